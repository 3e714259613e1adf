"""The scheduled purge of the applied stack: what it runs, and what it may do."""

import inspect

import pytest

from infra.conftest import Applied
from infra.policies import as_list
from infra.terraform import Json
from sightline_ops.__main__ import purge
from sightline_ops.stack import StackOutputs


@pytest.fixture
def task(applied: Applied) -> Json:
    family = f"{applied.outputs['name']}-purge"
    definition: Json = applied.client("ecs").describe_task_definition(taskDefinition=family)
    found: Json = definition["taskDefinition"]
    return found


def test_schedule_starts_the_purge(applied: Applied, task: Json) -> None:
    name = applied.outputs["purge_schedule"]
    schedule = applied.client("scheduler").get_schedule(Name=name)
    assert schedule["State"] == "ENABLED"
    assert schedule["Target"]["EcsParameters"]["TaskDefinitionArn"] == task["taskDefinitionArn"]
    (container,) = task["containerDefinitions"]
    assert container["command"][:3] == ["python", "-m", "sightline_ops"]
    assert container["command"][-2:] == ["purge", "--apply"]
    assert container["image"] == f"{applied.outputs['repositories']['ops']}:first"
    assert container["readonlyRootFilesystem"] is True


def test_task_reads_the_outputs_of_the_stack(
    applied: Applied, task: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    (container,) = task["containerDefinitions"]
    environment = {entry["name"]: entry["value"] for entry in container["environment"]}
    monkeypatch.setenv("SIGHTLINE_STACK_OUTPUTS", environment["SIGHTLINE_STACK_OUTPUTS"])
    outputs = StackOutputs.read()
    assert (outputs.region, outputs.table) == (applied.outputs["region"], applied.outputs["table"])
    assert outputs.buckets.items() <= applied.outputs["buckets"].items()
    assert outputs.queues.items() <= applied.outputs["queues"].items()
    assert outputs.replicated is applied.outputs["replicated"]


def test_task_uses_only_the_images_of_the_stack(applied: Applied) -> None:
    """It can neither send messages nor write objects, and each permission names its resources."""
    name = f"{applied.outputs['name']}-purge"
    policy = applied.client("iam").get_role_policy(RoleName=name, PolicyName="work")
    statements = policy["PolicyDocument"]["Statement"]
    actions = {action for each in statements for action in as_list(each["Action"])}
    assert {action.partition(":")[0] for action in actions} == {"dynamodb", "kms", "s3"}
    assert "s3:PutObject" not in actions
    originals, renditions = (
        f"arn:aws:s3:::{applied.outputs['buckets'][role]}" for role in ("originals", "renditions")
    )
    resources = {resource for each in statements for resource in as_list(each["Resource"])}
    assert {each for each in resources if each.startswith("arn:aws:s3:")} == {
        originals,
        f"{originals}/originals/*",
        renditions,
        f"{renditions}/renditions/*",
    }
    others = {each for each in resources if not each.startswith("arn:aws:s3:")}
    assert all(
        each.endswith(f":table/{applied.outputs['table']}") or ":key/" in each for each in others
    )


def test_alarm_counts_the_runs_that_the_tool_logs(applied: Applied) -> None:
    """The pattern is text that the command prints after its last step."""
    name = f"{applied.outputs['name']}-purge"
    filters = applied.client("logs").describe_metric_filters(filterNamePrefix=name)
    (found,) = filters["metricFilters"]
    assert found["filterPattern"].strip('"') in inspect.getsource(purge)
    (transformation,) = found["metricTransformations"]
    alarms = applied.client("cloudwatch").describe_alarms(AlarmNames=[f"{name}-missed"])
    (alarm,) = alarms["MetricAlarms"]
    counted = (transformation["metricNamespace"], transformation["metricName"])
    assert (alarm["Namespace"], alarm["MetricName"]) == counted
    assert alarm["TreatMissingData"] == "breaching"
