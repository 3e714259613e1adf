"""Canary deployments of the applied stack."""

import json
from typing import Any

import pytest

from infra.conftest import Applied
from infra.policies import as_list
from infra.terraform import Json
from sightline_api.settings import ApiSettings


@pytest.fixture(scope="module")
def group(applied: Applied) -> Json:
    """Return the deployment group."""
    canary = applied.outputs["canary"]
    response = applied.client("codedeploy").get_deployment_group(
        applicationName=canary["application"], deploymentGroupName=canary["deployment_group"]
    )
    found: Json = response["deploymentGroupInfo"]
    return found


def test_deployment_shifts_traffic_between_the_listeners_target_groups(
    applied: Applied, group: Json
) -> None:
    """Production and test traffic have a listener each, which lead to one group at first."""
    assert group["deploymentConfigName"] == "CodeDeployDefault.ECSCanary10Percent5Minutes"
    assert group["deploymentStyle"]["deploymentOption"] == "WITH_TRAFFIC_CONTROL"
    (service,) = group["ecsServices"]
    assert service["serviceName"] == "api-canary"
    assert service["serviceName"] in applied.outputs["services"]
    (pair,) = group["loadBalancerInfo"]["targetGroupPairInfoList"]
    client = applied.client("elbv2")
    groups = {
        each["TargetGroupName"]: each for each in client.describe_target_groups()["TargetGroups"]
    }
    assert {each["name"] for each in pair["targetGroups"]} <= groups.keys()
    routes = [pair[route]["listenerArns"] for route in ("prodTrafficRoute", "testTrafficRoute")]
    ((production,), (test,)) = routes
    listeners = client.describe_listeners(ListenerArns=[production, test])["Listeners"]
    assert len({each["Port"] for each in listeners}) == 2
    assert len({each["DefaultActions"][0]["TargetGroupArn"] for each in listeners}) == 1


def test_alarms_of_both_target_groups_roll_a_deployment_back(applied: Applied, group: Json) -> None:
    """They watch errors and latency of each group, and have no actions."""
    configuration = group["alarmConfiguration"]
    assert configuration["enabled"] is True
    assert not configuration.get("ignorePollAlarmFailure")
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["autoRollbackConfiguration"]["events"]
    names = {each["name"] for each in configuration["alarms"]}
    alarms = applied.client("cloudwatch").describe_alarms(AlarmNames=sorted(names))["MetricAlarms"]
    watched = set()
    for alarm in alarms:
        assert alarm.get("AlarmActions", []) == []
        metrics = [
            query["MetricStat"]["Metric"]
            for query in alarm.get("Metrics", [])
            if "MetricStat" in query
        ]
        for metric in metrics or [alarm]:
            dimensions = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
            watched.add((metric["MetricName"], dimensions["TargetGroup"].split("/")[1]))
    metric_names = ("RequestCount", "HTTPCode_Target_5XX_Count", "TargetResponseTime")
    name = applied.outputs["name"]
    assert watched == {
        (metric, target) for metric in metric_names for target in (name, f"{name}-green")
    }


def test_event_streams_end_before_the_earlier_tasks(applied: Applied, group: Json) -> None:
    """A stream that was opened just before the shift reaches its maximum lifetime."""
    options = group["blueGreenDeploymentConfiguration"]["terminateBlueInstancesOnDeploymentSuccess"]
    lifetime = ApiSettings.model_fields["events_max_seconds"].default
    assert options["terminationWaitTimeInMinutes"] * 60 > lifetime
    assert options["action"] == "TERMINATE"


def test_only_the_probe_reaches_the_test_listener(applied: Applied, group: Json) -> None:
    """Its port is open to the security group of the probe, and to no address."""
    (pair,) = group["loadBalancerInfo"]["targetGroupPairInfoList"]
    (listener,) = applied.client("elbv2").describe_listeners(
        ListenerArns=pair["testTrafficRoute"]["listenerArns"]
    )["Listeners"]
    function = applied.client("lambda").get_function_configuration(
        FunctionName=f"{applied.outputs['canary']['hook'].rsplit(':', 1)[1]}-probe"
    )
    rules = applied.client("ec2").describe_security_group_rules()["SecurityGroupRules"]
    ingress = [
        rule for rule in rules if not rule["IsEgress"] and rule.get("FromPort") == listener["Port"]
    ]
    assert [rule["ReferencedGroupInfo"]["GroupId"] for rule in ingress] == function["VpcConfig"][
        "SecurityGroupIds"
    ]


@pytest.mark.parametrize(
    ("role", "policy", "unrestricted"),
    [
        (
            "codedeploy",
            "deploy",
            {
                "ecs:CreateTaskSet",
                "elasticloadbalancing:DescribeListeners",
                "elasticloadbalancing:DescribeRules",
                "elasticloadbalancing:DescribeTargetGroups",
            },
        ),
        ("smoke-test", "test", {"codedeploy:PutLifecycleEventHookExecutionStatus"}),
    ],
)
def test_roles_are_limited_to_the_service(
    applied: Applied, role: str, policy: str, unrestricted: set[str]
) -> None:
    """Only actions without resource-level permissions apply to all resources."""
    response = applied.client("iam").get_role_policy(
        RoleName=f"{applied.outputs['name']}-api-{role}", PolicyName=policy
    )
    document: Any = response["PolicyDocument"]
    document = json.loads(document) if isinstance(document, str) else document
    found = {
        action
        for statement in document["Statement"]
        if "*" in as_list(statement["Resource"])
        for action in as_list(statement["Action"])
    }
    assert found == unrestricted
