"""Makes what the services need, on whatever answers as AWS; running it again changes nothing.

On AWS itself this is Terraform's work. What is made here is the same.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from sightline.domain.object_keys import ORIGINALS

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient

#: Deliveries of one message before it is set aside.
MAX_RECEIVES = 10

#: Seconds for which a received message is hidden; consumers extend it while they work.
VISIBILITY_TIMEOUT_SECONDS = 60

#: Seconds for which messages are kept: four days while they wait, fourteen once set aside.
RETENTION_SECONDS = 345_600
DLQ_RETENTION_SECONDS = 1_209_600

_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 3})


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Somebody to sign in as, where everything is a trial anyway."""

    email: str = "demo@example.com"
    password: str = "Sightline-demo-1"  # noqa: S105 - a published password, for loopback only


@dataclass(frozen=True, slots=True)
class Resources:
    """What was made, by the names and addresses that the services are given."""

    region: str
    originals_bucket: str
    renditions_bucket: str
    table: str
    uploads_topic_arn: str
    events_topic_arn: str
    recognition_queue_url: str
    renditions_queue_url: str
    pool_id: str
    client_id: str

    @property
    def token_issuer(self) -> str:
        """Cognito's tokens name AWS as their issuer, whoever answers in its place."""
        return f"https://cognito-idp.{self.region}.amazonaws.com/{self.pool_id}"


def provision(
    session: boto3.Session,
    endpoint: str | None = None,
    project: str = "sightline",
    user: DemoUser | None = None,
    visibility: int = VISIBILITY_TIMEOUT_SECONDS,
) -> Resources:
    """Make everything under the project's name, and the user where one is given.

    The session says in which region and as whom; `endpoint` is the address of the stand-in, None
    for AWS; `visibility` is in seconds. Raises botocore's errors.
    """
    region = session.region_name

    def client(service: str) -> Any:
        # The session's overloads know each service by a literal.
        return session.client(service, endpoint_url=endpoint, config=_CONFIG)  # type: ignore[call-overload]

    s3, sns, sqs = client("s3"), client("sns"), client("sqs")
    originals = _make_bucket(s3, f"{project}-originals", region)
    renditions = _make_bucket(s3, f"{project}-renditions", region)
    _allow_uploads(s3, originals)
    topic = sns.create_topic(Name=f"{project}-uploads")["TopicArn"]
    _allow_bucket(sns, topic, originals)
    queues = {
        part: _make_queue(sqs, sns, f"{project}-{part}", topic, visibility)
        for part in ("recognition", "renditions")
    }
    # Last: from here on every upload is announced.
    _announce_uploads(s3, originals, topic)
    events = sns.create_topic(Name=f"{project}-image-events")["TopicArn"]
    table = _make_table(client("dynamodb"), project)
    cognito = client("cognito-idp")
    pool_id, client_id = _make_pool(cognito, project)
    if user is not None:
        _make_user(cognito, pool_id, user)
    return Resources(
        region=region,
        originals_bucket=originals,
        renditions_bucket=renditions,
        table=table,
        uploads_topic_arn=topic,
        events_topic_arn=events,
        recognition_queue_url=queues["recognition"],
        renditions_queue_url=queues["renditions"],
        pool_id=pool_id,
        client_id=client_id,
    )


def _make_bucket(s3: "S3Client", name: str, region: str) -> str:
    # us-east-1 is the one region that may not be named.
    place: Any = {} if region == "us-east-1" else {"LocationConstraint": region}
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": place} if place else {}))
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
    """Let a browser post the form of a ticket, from any page: the signature is what counts."""
    rule: Any = {"AllowedMethods": ["POST"], "AllowedOrigins": ["*"], "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})


def _announce_uploads(s3: "S3Client", bucket: str, topic: str) -> None:
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


def _make_queue(sqs: "SQSClient", sns: "SNSClient", name: str, topic: str, visibility: int) -> str:
    """A queue fed by the topic, with its dead-letter queue; answers its address."""
    dead = _ensure_queue(
        sqs, f"{name}-dead", {"MessageRetentionPeriod": str(DLQ_RETENTION_SECONDS)}
    )
    redrive = {"deadLetterTargetArn": _arn(sqs, dead), "maxReceiveCount": MAX_RECEIVES}
    url = _ensure_queue(
        sqs,
        name,
        {
            "MessageRetentionPeriod": str(RETENTION_SECONDS),
            "VisibilityTimeout": str(visibility),
            "RedrivePolicy": json.dumps(redrive),
        },
    )
    arn = _arn(sqs, url)
    policy = _policy("sns.amazonaws.com", "sqs:SendMessage", arn, topic)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
    )
    return url


def _ensure_queue(sqs: "SQSClient", name: str, attributes: dict[str, str]) -> str:
    """Creating refuses a queue that is there with other attributes, so those are set after it."""
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]
    return url


def _arn(sqs: "SQSClient", url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]


def _policy(service: str, action: str, resource: str, source: str) -> str:
    """Lets one AWS service do one thing here, on behalf of one resource of ours."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": resource,
        "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _make_table(dynamodb: "DynamoDBClient", name: str) -> str:
    with suppress(dynamodb.exceptions.ResourceInUseException):
        dynamodb.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
    dynamodb.get_waiter("table_exists").wait(
        TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if expiry["TimeToLiveStatus"] == "DISABLED":
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
        )
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return name


def _make_pool(cognito: "CognitoIdentityProviderClient", name: str) -> tuple[str, str]:
    """The pool of users and the client that signs them in; answers both ids."""
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    pool_id = next((pool["Id"] for pool in pools if pool["Name"] == name), None)
    if pool_id is None:
        pool_id = cognito.create_user_pool(
            PoolName=name,
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            Policies={"PasswordPolicy": {"MinimumLength": 12, "RequireNumbers": True}},
        )["UserPool"]["Id"]
    clients = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    client_id = next((entry["ClientId"] for entry in clients if entry["ClientName"] == name), None)
    if client_id is None:
        client_id = cognito.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName=name,
            GenerateSecret=False,
            ExplicitAuthFlows=[
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
            ],
            PreventUserExistenceErrors="ENABLED",
        )["UserPoolClient"]["ClientId"]
    return pool_id, client_id


def _make_user(cognito: "CognitoIdentityProviderClient", pool_id: str, user: DemoUser) -> None:
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
