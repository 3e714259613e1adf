"""The event queues of API tasks: SQS queues that are subscribed to an SNS topic."""

import json
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sightline.adapters.aws.sqs import MISSING_QUEUE_CODES, SqsQueue

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sqs import SQSClient

#: Time for which events are kept for a task that cannot receive them; after a longer gap, clients
#: reload everything anyway.
RETENTION_SECONDS = 300

#: Visibility timeout of received messages.
VISIBILITY_SECONDS = 30


class SqsEventQueues:
    """`EventQueues` in SQS and SNS; only names of the stack's prefix and a UUID are its own."""

    def __init__(self, sqs: "SQSClient", sns: "SNSClient", topic_arn: str, prefix: str) -> None:
        self._sqs = sqs
        self._sns = sns
        self._topic = topic_arn
        self._prefix = prefix
        self._name = re.compile(re.escape(prefix) + r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

    async def open(self, name: str) -> SqsQueue:
        response = await self._sqs.create_queue(
            QueueName=name,
            Attributes={
                "MessageRetentionPeriod": str(RETENTION_SECONDS),
                "VisibilityTimeout": str(VISIBILITY_SECONDS),
                "Policy": self._policy(name),
            },
        )
        await self._sns.subscribe(
            TopicArn=self._topic,
            Protocol="sqs",
            Endpoint=self._arn(name),
            Attributes={"RawMessageDelivery": "true"},
        )
        return SqsQueue(self._sqs, response["QueueUrl"], VISIBILITY_SECONDS, None)

    async def names(self) -> set[str]:
        subscribed = {name async for name, _ in self._subscriptions()}
        return subscribed | {name async for name, _ in self._queues()}

    async def remove(self, name: str) -> None:
        # The subscription first: SNS keeps retrying deliveries to a queue that does not exist.
        async for each, arn in self._subscriptions():
            if each == name:
                await self._sns.unsubscribe(SubscriptionArn=arn)
        async for each, url in self._queues(name):
            if each == name:
                await self._delete(url)

    async def _delete(self, url: str) -> None:
        try:
            await self._sqs.delete_queue(QueueUrl=url)
        except ClientError as error:
            # Listings may still contain a deleted queue.
            if error.response["Error"]["Code"] not in MISSING_QUEUE_CODES:
                raise

    async def _subscriptions(self) -> AsyncIterator[tuple[str, str]]:
        """Iterate over the names of the subscribed event queues and their subscription ARNs."""
        pages = self._sns.get_paginator("list_subscriptions_by_topic")
        async for page in pages.paginate(TopicArn=self._topic):
            for subscription in page["Subscriptions"]:
                name = subscription["Endpoint"].rsplit(":", 1)[-1]
                if self._name.fullmatch(name):
                    yield name, subscription["SubscriptionArn"]

    async def _queues(self, prefix: str | None = None) -> AsyncIterator[tuple[str, str]]:
        """Iterate over the names and URLs of the event queues."""
        pages = self._sqs.get_paginator("list_queues")
        async for page in pages.paginate(QueueNamePrefix=prefix or self._prefix):
            for url in page.get("QueueUrls", []):
                name = url.rsplit("/", 1)[-1]
                if self._name.fullmatch(name):
                    yield name, url

    def _policy(self, name: str) -> str:
        """Return a policy that allows only the topic to send to the queue."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": self._arn(name),
            "Condition": {"ArnEquals": {"aws:SourceArn": self._topic}},
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def _arn(self, name: str) -> str:
        """Return the ARN of a queue in the account and region of the topic."""
        partition, _, region, account = self._topic.split(":")[1:5]
        return f"arn:{partition}:sqs:{region}:{account}:{name}"
