"""Provisioning of the AWS resources is idempotent."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from sightline.adapters.dynamo.schema import table_schema
from sightline_api.images.uploads import UPLOAD_GRACE_SECONDS
from sightline_local.provisioning import RETENTION_SECONDS, DemoUser, Resources, provision


@pytest.fixture
def endpoint() -> Iterator[str]:
    """A moto server that only these tests use, because they count its resources."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


CREDENTIALS: dict[str, Any] = {
    "aws_access_key_id": "provisioning",
    "aws_secret_access_key": "test",
    "region_name": "eu-west-1",
}


def provision_trial(endpoint: str) -> Resources:
    return provision(boto3.Session(**CREDENTIALS), endpoint, "trial", DemoUser())


def client(endpoint: str, service: str) -> Any:
    return boto3.client(service, endpoint_url=endpoint, **CREDENTIALS)  # type: ignore[call-overload]


def describe(endpoint: str, resources: Resources) -> dict[str, Any]:
    """Return the provisioned resources as AWS describes them."""
    sns, sqs, s3 = (client(endpoint, name) for name in ("sns", "sqs", "s3"))
    cognito = client(endpoint, "cognito-idp")
    topics = [each["TopicArn"] for each in sns.list_topics()["Topics"]]
    assert resources.events_topic_arn in topics
    topic = resources.uploads_topic_arn
    queues = [url for url in sqs.list_queues()["QueueUrls"] if "trial" in url]
    buckets = [each["Name"] for each in s3.list_buckets()["Buckets"]]
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return {
        "buckets": [name for name in buckets if name.startswith("trial")],
        "notification": s3.get_bucket_notification_configuration(Bucket=resources.originals_bucket)[
            "TopicConfigurations"
        ][0]["Filter"],
        "topics": sorted(arn.rsplit(":", 1)[1] for arn in topics if "trial" in arn),
        "queues": sorted(queues),
        "redrive": [
            json.loads(
                sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"][
                    "RedrivePolicy"
                ]
            )["maxReceiveCount"]
            for url in (
                resources.recognition_queue_url,
                resources.recognition_backlog_url,
                resources.renditions_queue_url,
                resources.renditions_backlog_url,
            )
        ],
        "raw": [
            sns.get_subscription_attributes(SubscriptionArn=each["SubscriptionArn"])["Attributes"][
                "RawMessageDelivery"
            ]
            for each in subscriptions
        ],
        "users": [
            each["Attributes"][0]
            for each in cognito.list_users(UserPoolId=resources.pool_id)["Users"]
        ],
        "ttl": client(endpoint, "dynamodb").describe_time_to_live(TableName=resources.table)[
            "TimeToLiveDescription"
        ],
    }


def test_provisioning_twice_changes_nothing(endpoint: str) -> None:
    resources = provision_trial(endpoint)
    description = describe(endpoint, resources)
    assert provision_trial(endpoint) == resources
    assert describe(endpoint, resources) == description
    assert description["buckets"] == ["trial-originals", "trial-renditions"]
    assert description["topics"] == ["trial-image-events", "trial-uploads"]
    assert len(description["queues"]) == 8
    assert description["redrive"] == [10, 10, 10, 10]
    assert description["raw"] == ["true", "true"]
    assert len(description["users"]) == 1
    assert description["ttl"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    (rule,) = description["notification"]["Key"]["FilterRules"]
    assert (rule["Name"].lower(), rule["Value"]) == ("prefix", "originals/")


def test_provisioning_adds_missing_indexes(endpoint: str) -> None:
    """To the table that an earlier version created, which keeps its rows."""
    schema: Any = table_schema("trial-images")
    names = {key["AttributeName"] for key in schema["KeySchema"]}
    kept = [each for each in schema["AttributeDefinitions"] if each["AttributeName"] in names]
    earlier = {
        **{name: value for name, value in schema.items() if name != "GlobalSecondaryIndexes"},
        "AttributeDefinitions": kept,
    }
    dynamodb = client(endpoint, "dynamodb")
    table = provision_trial(endpoint).table
    dynamodb.delete_table(TableName=table)
    dynamodb.create_table(**{**earlier, "TableName": table})
    provision_trial(endpoint)
    described = dynamodb.describe_table(TableName=table)["Table"]["GlobalSecondaryIndexes"]
    indexes = {index["IndexName"]: index for index in described}
    for expected in schema["GlobalSecondaryIndexes"]:
        index = indexes[expected["IndexName"]]
        assert {name: index[name] for name in expected} == expected
    assert len(indexes) == len(schema["GlobalSecondaryIndexes"])


def test_an_unused_upload_is_kept_longer_than_queued_messages() -> None:
    """Otherwise a message that waited long in the queue would refer to an expired upload."""
    assert UPLOAD_GRACE_SECONDS > RETENTION_SECONDS
