"""What stands after an apply, in the order of a stack's life: built, compared, used, removed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from infra.conftest import Applied, await_answer
from infra.terraform import Json, changes
from sightline.settings import ServiceSettings
from sightline_api.settings import ApiSettings
from sightline_local.connection import Connection
from sightline_local.demo import request_upload, sign_in, upload
from sightline_local.environment import REGION, Ports, aws_environment
from sightline_local.provisioning import DemoUser, Resources, provision
from sightline_local.sample_image import draw_sample
from sightline_local.stack import consecutive_ports
from sightline_resizer.settings import ResizerSettings
from sightline_worker.settings import WorkerSettings

SETTINGS: dict[str, type[ServiceSettings]] = {
    "api": ApiSettings,
    "worker": WorkerSettings,
    "resizer": ResizerSettings,
}

#: What a second plan wants to change although nothing has changed, and why.
FORGOTTEN = {
    ("aws_vpc_security_group_egress_rule", "description"): "moto drops the description of a rule",
    ("aws_vpc_security_group_ingress_rule", "description"): "whose other side is a prefix list",
}

#: What each service may do, on what.
TABLE = {
    f"dynamodb:{action}"
    for action in (
        "BatchGetItem",
        "ConditionCheckItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "UpdateItem",
    )
}
CONSUMER = {
    *TABLE,
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sns:Publish",
    "ecs:GetTaskProtection",
    "ecs:UpdateTaskProtection",
    "s3:ListBucket",
    "s3:GetObject",
}
KEY_OF_TABLE = {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"}
MAY = {
    "api": {
        *TABLE,
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:GetObject",
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
        *CONSUMER,
        "rekognition:DetectFaces",
        "rekognition:DetectLabels",
        "rekognition:DetectModerationLabels",
        "rekognition:DetectText",
    },
    "resizer": {
        *CONSUMER,
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:ListBucketVersions",
        "s3:PutObject",
    },
}


def test_second_plan_is_empty(applied: Applied) -> None:
    """An apply leaves nothing to do but for what the stand-in forgets."""
    wanted = [
        f"{address}: {attribute}"
        for address, kind, attribute in changes(applied.terraform.plan())
        if (kind, attribute) not in FORGOTTEN
    ]
    assert wanted == []


def test_private_key_stays_out_of_the_state(applied: Applied) -> None:
    """Neither the state nor a plan holds the key that signs, and Secrets Manager does."""
    for file in applied.terraform.folder.glob("terraform.tfstate*"):
        assert "PRIVATE KEY" not in file.read_text()
    assert _secrets(applied, "api")["SIGHTLINE_CLOUDFRONT_PRIVATE_KEY"].startswith("-----BEGIN")


def _secrets(applied: Applied, service: str) -> dict[str, str]:
    """What ECS would read from Secrets Manager for a container of the service."""
    client = applied.client("secretsmanager")
    container = _definition(applied, service)["containerDefinitions"][0]
    return {
        entry["name"]: client.get_secret_value(SecretId=entry["valueFrom"])["SecretString"]
        for entry in container.get("secrets", [])
    }


@pytest.mark.parametrize("service", SETTINGS)
def test_service_understands_its_settings(
    applied: Applied, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every name that a container is given is a setting, and every setting it needs is given."""
    given = {**applied.outputs["settings"][service], **_secrets(applied, service)}
    known = {f"SIGHTLINE_{name.upper()}" for name in SETTINGS[service].model_fields}
    ours = {name for name in given if name.startswith("SIGHTLINE_")}
    assert ours - known == set()
    for name in [name for name in os.environ if name.startswith("SIGHTLINE_")]:
        monkeypatch.delenv(name)
    for name, value in {"AWS_REGION": REGION, **given}.items():
        monkeypatch.setenv(name, value)
    settings = SETTINGS[service]()
    assert settings.table == applied.outputs["table"]


@pytest.mark.parametrize("service", SETTINGS)
def test_container_is_closed(applied: Applied, service: str) -> None:
    """Read-only, without capabilities, and with more time to stop than it takes to drain."""
    definition = _definition(applied, service)
    container = definition["containerDefinitions"][0]
    environment = {entry["name"]: entry["value"] for entry in container["environment"]}
    assert environment == applied.outputs["settings"][service]
    assert container["readonlyRootFilesystem"] is True
    assert container["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
    assert container["linuxParameters"]["initProcessEnabled"] is True
    assert container["stopTimeout"] > int(environment.get("SIGHTLINE_DRAIN_SECONDS", 0)) + 20
    assert definition["runtimePlatform"]["cpuArchitecture"] == "ARM64"
    secrets = [entry["name"] for entry in container.get("secrets", [])]
    assert secrets == (["SIGHTLINE_CLOUDFRONT_PRIVATE_KEY"] if service == "api" else [])


def _definition(applied: Applied, service: str) -> Json:
    answer = applied.client("ecs").describe_task_definition(
        taskDefinition=f"{applied.outputs['name']}-{service}"
    )
    definition: Json = answer["taskDefinition"]
    return definition


@pytest.mark.parametrize("service", MAY)
def test_service_may_do_its_work_and_no_more(applied: Applied, service: str) -> None:
    """The rights of each service are exactly these, each on a resource of this stack."""
    statements = _statements(applied, f"{applied.outputs['name']}-{service}", "work")
    allowed = {action for statement in statements for action in _list(statement["Action"])}
    assert {action for action in allowed if not action.startswith("kms:")} == MAY[service]
    assert allowed - MAY[service] <= KEY_OF_TABLE | {"kms:ReEncrypt*"}
    for statement in statements:
        assert statement["Effect"] == "Allow"
        if any(action.startswith("kms:") for action in _list(statement["Action"])):
            assert "kms:ViaService" in statement["Condition"]["StringEquals"]
        if "*" in _list(statement["Resource"]):
            # Rekognition's detection takes no resource, and nothing else may have the star.
            assert {action.split(":")[0] for action in _list(statement["Action"])} == {
                "rekognition"
            }


@pytest.mark.parametrize("service", MAY)
def test_service_has_a_role_of_its_own(applied: Applied, service: str) -> None:
    """What starts a container is not what the container is; neither is shared."""
    definition = _definition(applied, service)
    name = f"{applied.outputs['name']}-{service}"
    assert definition["taskRoleArn"].endswith(f":role/{name}")
    assert definition["executionRoleArn"].endswith(f":role/{name}-execution")
    for statement in _statements(applied, f"{name}-execution", "start"):
        if "*" in _list(statement["Resource"]):
            assert _list(statement["Action"]) == ["ecr:GetAuthorizationToken"]


def _statements(applied: Applied, role: str, policy: str) -> list[Json]:
    answer = applied.client("iam").get_role_policy(RoleName=role, PolicyName=policy)
    statements: list[Json] = answer["PolicyDocument"]["Statement"]
    return statements


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


# What local provisioning makes, and what Terraform makes: the services cannot tell them apart.


@pytest.fixture(scope="module")
def local(applied: Applied) -> Resources:
    """What `make run` would have, beside the stack on the same stand-in."""
    session = boto3.Session("test", "test", region_name=REGION)
    return provision(session, applied.endpoint, project="beside")


@pytest.mark.parametrize("role", ["originals", "renditions"])
def test_buckets_agree(applied: Applied, local: Resources, role: str) -> None:
    """Nothing is public, the same uploads are announced, and the same forms may be posted."""
    s3 = applied.client("s3")
    here, there = getattr(local, f"{role}_bucket"), applied.outputs["buckets"][role]

    def blocked(bucket: str) -> Json:
        block: Json = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        return block

    assert blocked(here) == blocked(there)
    assert _announced(s3, here) == _announced(s3, there)
    assert _posted(s3, here) == _posted(s3, there)


def _announced(s3: Any, bucket: str) -> list[tuple[list[str], list[tuple[str, str]]]]:
    answer = s3.get_bucket_notification_configuration(Bucket=bucket)
    assert not {"QueueConfigurations", "LambdaFunctionConfigurations"} & set(answer)
    return [
        (
            sorted(entry["Events"]),
            [
                (rule["Name"].lower(), rule["Value"])
                for rule in entry["Filter"]["Key"]["FilterRules"]
            ],
        )
        for entry in answer.get("TopicConfigurations", [])
    ]


def _posted(s3: Any, bucket: str) -> list[tuple[list[str], list[str]]]:
    """Methods and headers. The pages differ: any on a laptop, ours on AWS."""
    try:
        rules = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    except s3.exceptions.ClientError:
        return []
    return [(rule["AllowedMethods"], rule["AllowedHeaders"]) for rule in rules]


@pytest.mark.parametrize("role", ["recognition", "renditions"])
def test_queues_agree(applied: Applied, local: Resources, role: str) -> None:
    """The same times, the same number of attempts, fed alike by a topic and by nothing else."""
    here = getattr(local, f"{role}_queue_url")
    there = applied.outputs["queues"][role]
    assert _queue(applied, here) == _queue(applied, there)


def _queue(applied: Applied, url: str) -> Json:
    sqs, sns = applied.client("sqs"), applied.client("sns")

    def read(address: str) -> Json:
        attributes: Json = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=["All"])
        return dict(attributes["Attributes"])

    queue = read(url)
    redrive = json.loads(queue["RedrivePolicy"])
    dead_name = redrive["deadLetterTargetArn"].rsplit(":", 1)[1]
    dead = read(sqs.get_queue_url(QueueName=dead_name)["QueueUrl"])
    # The largest message is not compared: a topic sends none above 256 KiB, whatever a queue takes.
    times = (
        "VisibilityTimeout",
        "MessageRetentionPeriod",
        "DelaySeconds",
        "ReceiveMessageWaitTimeSeconds",
    )
    return {
        "queue": {name: queue[name] for name in times},
        "dead": {name: dead[name] for name in times},
        "named": dead_name == f"{url.rsplit('/', 1)[1]}-dead",
        "attempts": int(redrive["maxReceiveCount"]),
        "fed": [
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


def test_tables_agree(applied: Applied, local: Resources) -> None:
    """The same keys, paid by use, with expiry and point-in-time recovery."""
    dynamodb = applied.client("dynamodb")

    def describe(name: str) -> Json:
        table = dynamodb.describe_table(TableName=name)["Table"]
        expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        backups = dynamodb.describe_continuous_backups(TableName=name)
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        return {
            "keys": table["KeySchema"],
            "attributes": sorted(
                table["AttributeDefinitions"], key=lambda each: each["AttributeName"]
            ),
            "indexes": table.get("GlobalSecondaryIndexes", []),
            "billing": table["BillingModeSummary"]["BillingMode"],
            "expiry": (expiry["TimeToLiveStatus"], expiry.get("AttributeName")),
            "recovery": recovery["PointInTimeRecoveryStatus"],
        }

    assert describe(local.table) == describe(applied.outputs["table"])


def test_pools_agree(applied: Applied, local: Resources) -> None:
    """The same users and passwords; on a laptop alone may a password be sent as it is."""
    cognito = applied.client("cognito-idp")

    def describe(pool_id: str, client_id: str) -> tuple[Json, set[str]]:
        pool = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
        client = cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
        client = client["UserPoolClient"]
        policy = pool["Policies"]["PasswordPolicy"]
        described = {
            "sign in by": pool["UsernameAttributes"],
            "verified": pool["AutoVerifiedAttributes"],
            "password": (policy["MinimumLength"], policy["RequireNumbers"]),
            "secret": client.get("ClientSecret"),
            "hides users": client["PreventUserExistenceErrors"],
        }
        return described, set(client["ExplicitAuthFlows"])

    sign_in_settings = applied.outputs["sign_in"]
    here, flows_here = describe(local.pool_id, local.client_id)
    there, flows_there = describe(sign_in_settings["pool_id"], sign_in_settings["client_id"])
    assert here == there
    # The demo signs in without a library that speaks SRP.
    assert flows_here - flows_there == {"ALLOW_USER_PASSWORD_AUTH"}
    assert flows_there <= flows_here


# What stands is used.


def test_picture_becomes_ready(applied: Applied, tmp_path: Path) -> None:
    """The services, told what Terraform tells them, take a picture from ticket to ready."""
    ports = _ports(applied)
    with _running(applied, ports, tmp_path), httpx.Client(timeout=30) as http:
        card = _make_user(applied, ports)
        http.headers["Authorization"] = f"Bearer {sign_in(http, card)}"
        body = draw_sample()
        ticket = request_upload(http, card, "evening.jpg", body)
        upload(ticket, body)
        image = _await_end(http, f"{card.api}/v1/images/{ticket['image']['id']}")
        assert image["status"] == "ready", image
        assert image["recognition"]["labels"]
        assert image["renditions"]["state"] == "succeeded"


def _ports(applied: Applied) -> Ports:
    free = consecutive_ports(0)
    cloud = int(applied.endpoint.rsplit(":", 1)[1])
    return replace(free, cloud=cloud)


@contextmanager
def _running(applied: Applied, ports: Ports, folder: Path) -> Iterator[None]:
    """The stand-in for Rekognition and the three services, as processes of this machine."""
    environments = {
        "recognition": {"SIGHTLINE_RECOGNITION_PORT": str(ports.recognition)},
        "api": {
            "SIGHTLINE_HOST": "127.0.0.1",
            "SIGHTLINE_PORT": str(ports.api),
            # On AWS this is the pool's own address, or a private one that leads there.
            "SIGHTLINE_TOKEN_JWKS_URL": f"{applied.endpoint}/"
            f"{applied.outputs['sign_in']['pool_id']}/.well-known/jwks.json",
        },
    }
    for name in ("worker", "resizer"):
        environments[name] = {
            "SIGHTLINE_HEALTH_HOST": "127.0.0.1",
            "SIGHTLINE_HEALTH_PORT": str(getattr(ports, name)),
            "SIGHTLINE_POLL_SECONDS": "1",
            "SIGHTLINE_DRAIN_SECONDS": "5",
        }
    with ExitStack() as stack:
        for name, own in environments.items():
            told = applied.outputs["settings"].get(name, {})
            module = "sightline_local.recognition" if name == "recognition" else f"sightline_{name}"
            secrets = _secrets(applied, name) if told else {}
            environment = {**aws_environment(ports), **told, **secrets, **own}
            stack.enter_context(
                _process(module, environment, f"{ports.url(name)}/health", folder / f"{name}.log")
            )
        yield


@contextmanager
def _process(module: str, environment: dict[str, str], health: str, log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        await_answer(process, health, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _make_user(applied: Applied, ports: Ports) -> Connection:
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


def _await_end(http: httpx.Client, url: str) -> Json:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        image: Json = http.get(url).raise_for_status().json()
        if image["status"] in {"ready", "failed"}:
            return image
        time.sleep(0.2)
    raise AssertionError(f"still {image}")


# And removed, last of all.


def test_destroy_leaves_nothing(applied: Applied) -> None:
    """Not even what is in the buckets: this stack was for throwing away."""
    assert any(applied.outputs["name"] in name for name in _names(applied))
    applied.terraform.destroy()
    assert applied.terraform.resources() == []
    left = [name for name in _names(applied) if applied.outputs["name"] in name]
    assert left == []


def _names(applied: Applied) -> Iterator[str]:
    """The names of all that the stand-in has, of every kind that the stack is made of."""
    for region, service, call, path in LISTINGS:
        found: Any = getattr(applied.client(service, region), call)()
        for step in path:
            found = _step(found, step)
        for name in found:
            # An endpoint that is deleted is listed as such for a while.
            if not isinstance(name, dict) or name.get("State") != "deleted":
                yield f"{service} {json.dumps(name, default=str)}"


def _step(found: Any, step: str) -> Any:
    if isinstance(found, list):
        return [each.get(step) for each in found]
    return found.get(step) or []


#: Region, service, call, and where in the answer the things are.
LISTINGS: list[tuple[str, str, str, tuple[str, ...]]] = [
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
    (REGION, "secretsmanager", "list_secrets", ("SecretList",)),
    (REGION, "apigateway", "get_rest_apis", ("items",)),
    ("us-east-1", "cloudfront", "list_functions", ("FunctionList", "Items")),
    (
        "us-east-1",
        "cloudfront",
        "list_origin_access_controls",
        ("OriginAccessControlList", "Items"),
    ),
]
