"""The registry of event queues in DynamoDB: one partition, with a row for each API task."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.ports.event_queues import EventQueueLost, Registration

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

PARTITION = "EVENT_QUEUES"

#: The task may renew its lease: the row exists, and no reaper has claimed its removal.
_RENEWABLE = "attribute_exists(pk) AND attribute_not_exists(reaping)"


class DynamoEventQueueRegistry:
    """`EventQueueRegistry` in DynamoDB.

    The rows have no `expires_at`: if DynamoDB deleted a row alone, its queue would remain.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def add(self, name: str, alive_until: int) -> None:
        row = {**_key(name), "alive_until": _number(alive_until)}
        await self._client.put_item(TableName=self._table, Item=row)

    async def renew(self, name: str, alive_until: int) -> None:
        values = {":until": _number(alive_until)}
        if not await self._update(name, "SET alive_until = :until", _RENEWABLE, values):
            raise EventQueueLost(name)

    async def list(self) -> list[Registration]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": PARTITION}},
            ConsistentRead=True,
        )
        return [
            Registration(item["sk"]["S"], int(item["alive_until"]["N"]))
            async for page in pages
            for item in page["Items"]
        ]

    async def claim_removal(self, registration: Registration, until: int) -> bool:
        values = {
            ":seen": _number(registration.alive_until),
            ":until": _number(until),
            ":yes": {"BOOL": True},
        }
        change = "SET alive_until = :until, reaping = :yes"
        return await self._update(registration.name, change, "alive_until = :seen", values)

    async def remove(self, name: str) -> None:
        await self._client.delete_item(TableName=self._table, Key=_key(name))

    async def _update(self, name: str, change: str, condition: str, values: Any) -> bool:
        """Update a row, and return whether the condition held."""
        try:
            await self._client.update_item(
                TableName=self._table,
                Key=_key(name),
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _key(name: str) -> Any:
    return {"pk": {"S": PARTITION}, "sk": {"S": name}}


def _number(seconds: int) -> Any:
    return {"N": str(seconds)}
