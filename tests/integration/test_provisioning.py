"""Provisioning, and that running it again changes nothing."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from sightline_api.images.uploads import UPLOAD_GRACE_SECONDS
from sightline_local.provisioning import RETENTION_SECONDS, DemoUser, Resources, provision


@pytest.fixture
def endpoint() -> Iterator[str]:
    """A moto server of its own: what is counted here must be ours alone."""
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


def make(endpoint: str) -> Resources:
    return provision(boto3.Session(**CREDENTIALS), endpoint, "trial", DemoUser())


def client(endpoint: str, service: str) -> Any:
    return boto3.client(service, endpoint_url=endpoint, **CREDENTIALS)  # type: ignore[call-overload]


def describe(endpoint: str, made: Resources) -> dict[str, Any]:
    """Everything that was made, as AWS tells it."""
    sns, sqs, s3 = (client(endpoint, name) for name in ("sns", "sqs", "s3"))
    cognito = client(endpoint, "cognito-idp")
    topics = [each["TopicArn"] for each in sns.list_topics()["Topics"]]
    assert made.events_topic_arn in topics
    topic = made.uploads_topic_arn
    queues = [url for url in sqs.list_queues()["QueueUrls"] if "trial" in url]
    buckets = [each["Name"] for each in s3.list_buckets()["Buckets"]]
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return {
        "buckets": [name for name in buckets if name.startswith("trial")],
        "notification": s3.get_bucket_notification_configuration(Bucket=made.originals_bucket)[
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
            for url in (made.recognition_queue_url, made.renditions_queue_url)
        ],
        "raw": [
            sns.get_subscription_attributes(SubscriptionArn=each["SubscriptionArn"])["Attributes"][
                "RawMessageDelivery"
            ]
            for each in subscriptions
        ],
        "users": [
            each["Attributes"][0] for each in cognito.list_users(UserPoolId=made.pool_id)["Users"]
        ],
        "ttl": client(endpoint, "dynamodb").describe_time_to_live(TableName=made.table)[
            "TimeToLiveDescription"
        ],
    }


def test_provisioning_twice_is_provisioning_once(endpoint: str) -> None:
    made = make(endpoint)
    once = describe(endpoint, made)
    assert make(endpoint) == made
    assert describe(endpoint, made) == once
    assert once["buckets"] == ["trial-originals", "trial-renditions"]
    assert once["topics"] == ["trial-image-events", "trial-uploads"]
    assert len(once["queues"]) == 4
    assert once["redrive"] == [10, 10]
    assert once["raw"] == ["true", "true"]
    assert len(once["users"]) == 1
    assert once["ttl"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    (rule,) = once["notification"]["Key"]["FilterRules"]
    assert (rule["Name"].lower(), rule["Value"]) == ("prefix", "originals/")


def test_a_ticket_outlives_the_queues_memory_of_its_upload() -> None:
    """Else an upload whose message waited long would be taken for one without a ticket."""
    assert UPLOAD_GRACE_SECONDS > RETENTION_SECONDS
