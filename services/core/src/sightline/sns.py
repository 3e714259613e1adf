"""One SNS topic."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient


class NotPublished(Exception):
    """SNS took some of several messages, and refused others for this reason."""


class SnsTopic:
    """`Topic` in SNS."""

    def __init__(self, client: "SNSClient", arn: str) -> None:
        self._client = client
        self._arn = arn

    async def publish(self, *bodies: str) -> None:
        if len(bodies) == 1:
            await self._client.publish(TopicArn=self._arn, Message=bodies[0])
            return
        answer = await self._client.publish_batch(
            TopicArn=self._arn,
            PublishBatchRequestEntries=[
                {"Id": str(index), "Message": body} for index, body in enumerate(bodies)
            ],
        )
        if failed := answer.get("Failed"):
            raise NotPublished(failed[0]["Code"])
