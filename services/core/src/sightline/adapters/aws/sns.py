"""A topic in SNS."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient


class SnsTopic:
    """`Topic` in SNS."""

    def __init__(self, client: "SNSClient", arn: str) -> None:
        self._client = client
        self._arn = arn

    async def publish(self, body: str) -> None:
        await self._client.publish(TopicArn=self._arn, Message=body)
