"""Inboxes as SQS queues that an SNS topic sends to."""

import json
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sightline.adapters.aws.sqs import MISSING_QUEUE, SqsQueue

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sqs import SQSClient

#: Seconds for which an event waits for a task that cannot receive: after that, everything on the
#: screens is read anew anyway.
RETENTION = 300

#: Seconds for which a received message is hidden.
VISIBILITY = 30


class SqsEventQueues:
    """`Inboxes` in SQS and SNS. Each name is the prefix of the stack and a UUID, nobody else's."""

    def __init__(self, sqs: "SQSClient", sns: "SNSClient", topic_arn: str, prefix: str) -> None:
        self._sqs = sqs
        self._sns = sns
        self._topic = topic_arn
        self._prefix = prefix
        self._name = re.compile(re.escape(prefix) + r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

    async def open(self, name: str) -> SqsQueue:
        answer = await self._sqs.create_queue(
            QueueName=name,
            Attributes={
                "MessageRetentionPeriod": str(RETENTION),
                "VisibilityTimeout": str(VISIBILITY),
                "Policy": self._policy(name),
            },
        )
        await self._sns.subscribe(
            TopicArn=self._topic,
            Protocol="sqs",
            Endpoint=self._arn(name),
            Attributes={"RawMessageDelivery": "true"},
        )
        return SqsQueue(self._sqs, answer["QueueUrl"], VISIBILITY, None)

    async def names(self) -> set[str]:
        subscribed = {name async for name, _ in self._subscriptions()}
        return subscribed | {name async for name, _ in self._queues()}

    async def remove(self, name: str) -> None:
        # The subscription first: a topic that sends to nowhere keeps trying.
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
            # A list may still name a queue that is gone.
            if error.response["Error"]["Code"] not in MISSING_QUEUE:
                raise

    async def _subscriptions(self) -> AsyncIterator[tuple[str, str]]:
        """Name and ARN of every inbox's subscription."""
        pages = self._sns.get_paginator("list_subscriptions_by_topic")
        async for page in pages.paginate(TopicArn=self._topic):
            for subscription in page["Subscriptions"]:
                name = subscription["Endpoint"].rsplit(":", 1)[-1]
                if self._name.fullmatch(name):
                    yield name, subscription["SubscriptionArn"]

    async def _queues(self, beginning: str | None = None) -> AsyncIterator[tuple[str, str]]:
        """Name and address of every inbox's queue."""
        pages = self._sqs.get_paginator("list_queues")
        async for page in pages.paginate(QueueNamePrefix=beginning or self._prefix):
            for url in page.get("QueueUrls", []):
                name = url.rsplit("/", 1)[-1]
                if self._name.fullmatch(name):
                    yield name, url

    def _policy(self, name: str) -> str:
        """Lets the topic send, and nobody else."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": self._arn(name),
            "Condition": {"ArnEquals": {"aws:SourceArn": self._topic}},
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def _arn(self, name: str) -> str:
        """Account and region are those of the topic."""
        partition, _, region, account = self._topic.split(":")[1:5]
        return f"arn:{partition}:sqs:{region}:{account}:{name}"
