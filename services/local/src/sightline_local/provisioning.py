"""Idempotent creation of the AWS resources that the services need, on an emulator.

On AWS itself Terraform creates the same resources.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from sightline.adapters.dynamo.schema import EXPIRY_ATTRIBUTE, table_schema
from sightline.domain.api_keys import Scope
from sightline.domain.object_keys import ORIGINALS
from sightline_local.password_policy import read_password_policy

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient
    from types_boto3_cognito_idp.literals import ExplicitAuthFlowsTypeType
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient

#: Receives of a message before SQS moves it to the dead-letter queue.
MAX_RECEIVES = 10

#: Visibility timeout of a received message; consumers extend it while they work.
VISIBILITY_TIMEOUT_SECONDS = 60

#: Message retention: four days in a queue, fourteen in its dead-letter queue.
RETENTION_SECONDS = 345_600
DLQ_RETENTION_SECONDS = 1_209_600

#: Identifier of the resource server, which the API expects before each scope of a machine client.
RESOURCE_SERVER = "sightline"

#: What the scopes allow, as the console of Cognito shows it.
SCOPE_DESCRIPTIONS = {
    Scope.IMAGES_READ: "List, search and download images.",
    Scope.IMAGES_WRITE: "Upload, change and delete images.",
    Scope.ALBUMS_WRITE: "Create, change and delete albums.",
    Scope.SHARES_WRITE: "Create, change and revoke share links.",
    Scope.ACCOUNT_READ: "Read usage, and export the account.",
}

#: Ports on which `sightline login --browser` waits for the redirect of the sign-in page.
LOOPBACK_PORTS = (47821, 47822, 47823)

#: How the client of people may sign in.
AUTH_FLOWS: list["ExplicitAuthFlowsTypeType"] = [
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
]

_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 3})


@dataclass(frozen=True, slots=True)
class DemoUser:
    """The user that a local stack comes with."""

    email: str = "demo@example.com"
    password: str = "Sightline-demo-1"  # noqa: S105 - a published password, for loopback only


@dataclass(frozen=True, slots=True)
class MachineClient:
    """The app client that a local stack comes with for programs: it has every scope."""

    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Resources:
    """Names, ARNs and URLs of the created resources, as the services need them."""

    region: str
    originals_bucket: str
    renditions_bucket: str
    table: str
    uploads_topic_arn: str
    events_topic_arn: str
    recognition_queue_url: str
    recognition_backlog_url: str
    renditions_queue_url: str
    renditions_backlog_url: str
    notifications_queue_url: str
    pool_id: str
    client_id: str
    machine_client: "MachineClient"

    @property
    def token_issuer(self) -> str:
        """The `iss` claim of the access tokens: AWS's own URL, also on an emulator."""
        return f"https://cognito-idp.{self.region}.amazonaws.com/{self.pool_id}"


def provision(
    session: boto3.Session,
    endpoint: str | None = None,
    project: str = "sightline",
    user: DemoUser | None = None,
    visibility: int = VISIBILITY_TIMEOUT_SECONDS,
    callback_urls: tuple[str, ...] = (),
) -> Resources:
    """Create all resources, named after the project, and the demo user if one is given.

    The session provides region and credentials. `endpoint` is the URL of the emulator (None for
    AWS) and `visibility` the visibility timeout in seconds. The sign-in page may redirect to the
    `callback_urls`. Raises botocore's errors.
    """
    region = session.region_name

    def client(service: str) -> Any:
        # The session's overloads accept literal service names only.
        return session.client(service, endpoint_url=endpoint, config=_CONFIG)  # type: ignore[call-overload]

    s3, sns, sqs = client("s3"), client("sns"), client("sqs")
    originals = _create_bucket(s3, f"{project}-originals", region)
    renditions = _create_bucket(s3, f"{project}-renditions", region)
    _allow_uploads(s3, originals)
    topic = sns.create_topic(Name=f"{project}-uploads")["TopicArn"]
    _allow_bucket(sns, topic, originals)
    queues = {
        part: _create_queue(sqs, sns, f"{project}-{part}", topic, visibility)
        for part in ("recognition", "renditions")
    }
    backlogs = {
        part: _create_backlog(sqs, f"{project}-{part}", visibility)
        for part in ("recognition", "renditions")
    }
    # Last: from here on S3 publishes every upload.
    _notify_uploads(s3, originals, topic)
    events = sns.create_topic(Name=f"{project}-image-events")["TopicArn"]
    notifications = _create_queue(sqs, sns, f"{project}-notifications", events, visibility)
    table = _create_table(client("dynamodb"), project)
    cognito = client("cognito-idp")
    pool_id, client_id = _create_pool(cognito, project)
    if callback_urls:
        _allow_sign_in_page(cognito, pool_id, client_id, project, callback_urls)
    machine_client = _create_machine_client(cognito, pool_id, machine_client_name(project))
    if user is not None:
        _create_user(cognito, pool_id, user)
    return Resources(
        region=region,
        originals_bucket=originals,
        renditions_bucket=renditions,
        table=table,
        uploads_topic_arn=topic,
        events_topic_arn=events,
        recognition_queue_url=queues["recognition"],
        recognition_backlog_url=backlogs["recognition"],
        renditions_queue_url=queues["renditions"],
        renditions_backlog_url=backlogs["renditions"],
        notifications_queue_url=notifications,
        pool_id=pool_id,
        client_id=client_id,
        machine_client=machine_client,
    )


def _create_bucket(s3: "S3Client", name: str, region: str) -> str:
    # S3 rejects us-east-1 as a location constraint.
    location: Any = {} if region == "us-east-1" else {"LocationConstraint": region}
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        s3.create_bucket(
            Bucket=name, **({"CreateBucketConfiguration": location} if location else {})
        )
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    return name


def _allow_uploads(s3: "S3Client", bucket: str) -> None:
    """Allow a presigned POST from a page of any origin: the signature protects the bucket."""
    rule: Any = {"AllowedMethods": ["POST"], "AllowedOrigins": ["*"], "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})


def _notify_uploads(s3: "S3Client", bucket: str, topic: str) -> None:
    rule: Any = {
        "TopicArn": topic,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": ORIGINALS}]}},
    }
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"TopicConfigurations": [rule]}
    )


def _allow_bucket(sns: "SNSClient", topic: str, bucket: str) -> None:
    policy = _policy("s3.amazonaws.com", "sns:Publish", topic, f"arn:aws:s3:::{bucket}")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)


def _create_queue(
    sqs: "SQSClient", sns: "SNSClient", name: str, topic: str, visibility: int
) -> str:
    """Create a queue subscribed to the topic, and its dead-letter queue; return the queue URL."""
    _ensure_queue(sqs, f"{name}-dead", {"MessageRetentionPeriod": str(DLQ_RETENTION_SECONDS)})
    url = _create_source_queue(sqs, name, f"{name}-dead", visibility)
    arn = _arn(sqs, url)
    policy = _policy("sns.amazonaws.com", "sqs:SendMessage", arn, topic)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
    )
    return url


def _create_backlog(sqs: "SQSClient", name: str, visibility: int) -> str:
    """Create the queue for deferred messages of a queue, with the same dead-letter queue."""
    return _create_source_queue(sqs, f"{name}-backlog", f"{name}-dead", visibility)


def _create_source_queue(sqs: "SQSClient", name: str, dead: str, visibility: int) -> str:
    dead_arn = _arn(sqs, sqs.get_queue_url(QueueName=dead)["QueueUrl"])
    redrive = {"deadLetterTargetArn": dead_arn, "maxReceiveCount": MAX_RECEIVES}
    return _ensure_queue(
        sqs,
        name,
        {
            "MessageRetentionPeriod": str(RETENTION_SECONDS),
            "VisibilityTimeout": str(visibility),
            "RedrivePolicy": json.dumps(redrive),
        },
    )


def _ensure_queue(sqs: "SQSClient", name: str, attributes: dict[str, str]) -> str:
    """Create a queue; set its attributes separately, since creation fails if they differ."""
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]
    return url


def _arn(sqs: "SQSClient", url: str) -> str:
    response = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return response["Attributes"]["QueueArn"]


def _policy(service: str, action: str, resource: str, source: str) -> str:
    """Return a policy that lets one AWS service do one action for one source resource."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": resource,
        "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _create_table(dynamodb: "DynamoDBClient", name: str) -> str:
    with suppress(dynamodb.exceptions.ResourceInUseException):
        dynamodb.create_table(**table_schema(name))
    _wait_until_active(dynamodb, name)
    _create_missing_indexes(dynamodb, name)
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if expiry["TimeToLiveStatus"] == "DISABLED":
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": EXPIRY_ATTRIBUTE},
        )
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return name


def _create_missing_indexes(dynamodb: "DynamoDBClient", name: str) -> None:
    """Create the indexes that a table of an earlier version lacks."""
    schema: Any = table_schema(name)
    existing = dynamodb.describe_table(TableName=name)["Table"].get("GlobalSecondaryIndexes", [])
    names = {index.get("IndexName") for index in existing}
    for index in schema["GlobalSecondaryIndexes"]:
        if index["IndexName"] not in names:
            dynamodb.update_table(
                TableName=name,
                AttributeDefinitions=schema["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[{"Create": index}],
            )
            # DynamoDB creates one index at a time.
            _wait_until_active(dynamodb, name)


def _wait_until_active(dynamodb: "DynamoDBClient", name: str) -> None:
    dynamodb.get_waiter("table_exists").wait(
        TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )


def _create_pool(cognito: "CognitoIdentityProviderClient", name: str) -> tuple[str, str]:
    """Create the user pool and its client; return both ids."""
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    pool_id = next((pool["Id"] for pool in pools if pool["Name"] == name), None)
    if pool_id is None:
        pool_id = cognito.create_user_pool(
            PoolName=name,
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            Policies={"PasswordPolicy": read_password_policy()},
        )["UserPool"]["Id"]
    # Apart from the creation, whose settings the ids of Docker Compose are derived from.
    cognito.set_user_pool_mfa_config(
        UserPoolId=pool_id,
        SoftwareTokenMfaConfiguration={"Enabled": True},
        MfaConfiguration="OPTIONAL",
    )
    client_id = find_client(cognito, pool_id, name)
    if client_id is None:
        client_id = cognito.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName=name,
            GenerateSecret=False,
            ExplicitAuthFlows=AUTH_FLOWS,
            PreventUserExistenceErrors="ENABLED",
        )["UserPoolClient"]["ClientId"]
    return pool_id, client_id


def _allow_sign_in_page(
    cognito: "CognitoIdentityProviderClient",
    pool_id: str,
    client_id: str,
    name: str,
    callback_urls: tuple[str, ...],
) -> None:
    """Let the client sign in on the page of the user pool, with the authorization code flow."""
    cognito.update_user_pool_client(
        UserPoolId=pool_id,
        ClientId=client_id,
        ClientName=name,
        ExplicitAuthFlows=AUTH_FLOWS,
        PreventUserExistenceErrors="ENABLED",
        SupportedIdentityProviders=["COGNITO"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email", "profile"],
        CallbackURLs=list(callback_urls),
    )


def _create_machine_client(
    cognito: "CognitoIdentityProviderClient", pool_id: str, name: str
) -> MachineClient:
    """Create the resource server, and a client that may ask for each of its scopes."""
    servers = cognito.list_resource_servers(UserPoolId=pool_id, MaxResults=50)["ResourceServers"]
    if all(server["Identifier"] != RESOURCE_SERVER for server in servers):
        cognito.create_resource_server(
            UserPoolId=pool_id,
            Identifier=RESOURCE_SERVER,
            Name=RESOURCE_SERVER,
            Scopes=[
                {"ScopeName": scope, "ScopeDescription": description}
                for scope, description in SCOPE_DESCRIPTIONS.items()
            ],
        )
    client_id = find_client(cognito, pool_id, name)
    if client_id is None:
        client_id = cognito.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName=name,
            GenerateSecret=True,
            AllowedOAuthFlows=["client_credentials"],
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthScopes=[f"{RESOURCE_SERVER}/{scope}" for scope in Scope],
        )["UserPoolClient"]["ClientId"]
    return read_machine_client(cognito, pool_id, client_id)


def read_machine_client(
    cognito: "CognitoIdentityProviderClient", pool_id: str, client_id: str
) -> MachineClient:
    """Read the secret of a client."""
    client = cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    return MachineClient(client_id, client["UserPoolClient"]["ClientSecret"])


def machine_client_name(project: str) -> str:
    """Return the name of the machine client of a local stack."""
    return f"{project}-machine"


def find_client(cognito: "CognitoIdentityProviderClient", pool_id: str, name: str) -> str | None:
    """Return the id of the client with this name, None if there is none."""
    clients = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    return next((each["ClientId"] for each in clients if each["ClientName"] == name), None)


def _create_user(cognito: "CognitoIdentityProviderClient", pool_id: str, user: DemoUser) -> None:
    try:
        cognito.admin_create_user(
            UserPoolId=pool_id,
            Username=user.email,
            UserAttributes=[
                {"Name": "email", "Value": user.email},
                {"Name": "email_verified", "Value": "true"},
            ],
            MessageAction="SUPPRESS",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "UsernameExistsException":
            raise
    cognito.admin_set_user_password(
        UserPoolId=pool_id, Username=user.email, Password=user.password, Permanent=True
    )
