"""Analytics of the applied stack: who may read what, and what expires."""

import json

import pytest

from infra.conftest import Applied
from infra.policies import as_list
from infra.terraform import Json
from sightline_ops.analytics.queries import read_queries
from sightline_ops.analytics.settings import AnalyticsSettings


@pytest.fixture
def analytics(applied: Applied) -> Json:
    found: Json = applied.outputs["analytics"]
    return found


def list_statements(applied: Applied, role: str, policy: str) -> list[Json]:
    name = f"{applied.outputs['name']}-{role}"
    response = applied.client("iam").get_role_policy(RoleName=name, PolicyName=policy)
    statements: list[Json] = response["PolicyDocument"]["Statement"]
    return statements


def list_actions(statements: list[Json]) -> set[str]:
    actions: list[str] = []
    for statement in statements:
        actions += as_list(statement["Action"])
    return set(actions)


def read_task(applied: Applied) -> Json:
    family = f"{applied.outputs['name']}-analytics"
    definition: Json = applied.client("ecs").describe_task_definition(taskDefinition=family)
    task: Json = definition["taskDefinition"]
    return task


def test_everything_in_the_bucket_expires(applied: Applied, analytics: Json) -> None:
    """One rule covers all objects, and no earlier version of one is kept."""
    s3 = applied.client("s3")
    versioning = s3.get_bucket_versioning(Bucket=analytics["bucket"])
    assert versioning.get("Status") != "Enabled"
    rules = s3.get_bucket_lifecycle_configuration(Bucket=analytics["bucket"])["Rules"]
    (expiry,) = [rule for rule in rules if "Expiration" in rule]
    assert (expiry["Status"], expiry["Expiration"]["Days"]) == ("Enabled", 5)
    assert not expiry.get("Prefix")
    assert not (expiry.get("Filter") or {}).get("Prefix")


def test_task_exports_the_table_but_cannot_read_items(applied: Applied, analytics: Json) -> None:
    """It can use nothing of the stack but the table's exports, its bucket and the keys."""
    statements = list_statements(applied, "analytics", "work")
    assert {each for each in list_actions(statements) if not each.startswith("kms:")} == {
        "dynamodb:DescribeExport",
        "dynamodb:ExportTableToPointInTime",
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:PutObject",
        "s3:PutObjectAcl",
    }
    bucket = f"arn:aws:s3:::{analytics['bucket']}"
    table = analytics["settings"]["SIGHTLINE_TABLE_ARN"]
    for resource in (each for found in statements for each in as_list(found["Resource"])):
        assert resource.startswith((bucket, table, "arn:aws:kms:")), resource


def test_schedule_starts_this_task_only(applied: Applied) -> None:
    """Its role runs the task in the cluster of the stack, and passes the roles of the task."""
    name = f"{applied.outputs['name']}-analytics"
    schedule = applied.client("scheduler").get_schedule(Name=name)
    task = read_task(applied)
    assert schedule["State"] == "ENABLED"
    assert schedule["Target"]["EcsParameters"]["TaskDefinitionArn"] == task["taskDefinitionArn"]
    run, pass_roles = list_statements(applied, "analytics-scheduler", "start")
    assert (run["Action"], pass_roles["Action"]) == ("ecs:RunTask", "iam:PassRole")
    assert run["Resource"].endswith(f":task-definition/{name}:*")
    assert run["Condition"]["ArnEquals"]["ecs:cluster"] == schedule["Target"]["Arn"]
    assert set(pass_roles["Resource"]) == {task["taskRoleArn"], task["executionRoleArn"]}


def test_task_settings_are_valid(
    applied: Applied, analytics: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terraform passes all settings of the refresh, and the container is hardened."""
    (container,) = read_task(applied)["containerDefinitions"]
    environment = {entry["name"]: entry["value"] for entry in container["environment"]}
    assert environment == analytics["settings"]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert AnalyticsSettings().analytics_bucket == analytics["bucket"]
    assert container["command"] == ["python", "-m", "sightline_ops.analytics", "refresh"]
    assert container["image"] == f"{applied.outputs['repositories']['ops']}:first"
    assert container["readonlyRootFilesystem"] is True
    assert container["linuxParameters"]["capabilities"]["drop"] == ["ALL"]


def test_key_of_the_hashes_can_only_be_used(applied: Applied, analytics: Json) -> None:
    """It is an HMAC key, which the task may use for MACs and nothing else."""
    arn = analytics["settings"]["SIGHTLINE_ANALYTICS_KEY_ARN"]
    key = applied.client("kms").describe_key(KeyId=arn)["KeyMetadata"]
    assert (key["KeyUsage"], key["KeySpec"]) == ("GENERATE_VERIFY_MAC", "HMAC_256")
    statements = list_statements(applied, "analytics", "work")
    assert list_actions([s for s in statements if s["Resource"] == arn]) == {"kms:GenerateMac"}


def test_workgroup_limits_and_saves_the_queries(applied: Applied, analytics: Json) -> None:
    athena = applied.client("athena")
    workgroup = athena.get_work_group(WorkGroup=analytics["workgroup"])["WorkGroup"]
    configuration = workgroup["Configuration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == 10_000_000_000
    result = configuration["ResultConfiguration"]
    assert result["OutputLocation"] == f"s3://{analytics['bucket']}/results/"
    ids = athena.list_named_queries(WorkGroup=analytics["workgroup"])["NamedQueryIds"]
    saved = [athena.get_named_query(NamedQueryId=each)["NamedQuery"] for each in ids]
    assert {each["Name"]: each["QueryString"] for each in saved} == read_queries()
    assert {each["Database"] for each in saved} == {analytics["database"]}


def test_analyst_reads_the_view_and_own_results_only(applied: Applied, analytics: Json) -> None:
    """Neither exports nor anything else of the stack is readable with the policy."""
    iam = applied.client("iam")
    arn = analytics["analyst_policy_arn"]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    statements = document if isinstance(document, dict) else json.loads(document)
    readable = {
        resource
        for statement in statements["Statement"]
        if "s3:GetObject" in statement["Action"]
        for resource in as_list(statement["Resource"])
    }
    bucket = f"arn:aws:s3:::{analytics['bucket']}"
    assert readable == {f"{bucket}/view/*", f"{bucket}/results/*"}
