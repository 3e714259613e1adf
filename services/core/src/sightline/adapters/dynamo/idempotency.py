"""Idempotency keys and the responses to replay, in DynamoDB."""

import math
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import idempotency_key, plain_item
from sightline.adapters.dynamo.transactions import is_condition_failure
from sightline.adapters.dynamo.upgrades import VERSION_ATTRIBUTE, current_version, upgrade
from sightline.ports.idempotency_store import RequestClaimed, StoredResponse

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class DynamoIdempotencyStore:
    """`IdempotencyStore` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def claim(
        self, owner: str, key: str, fingerprint: str, seconds: float
    ) -> StoredResponse | None:
        row, at, claim_id = idempotency_key(owner, key), int(time.time()), str(uuid4())
        claim = {
            "claim_id": {"S": claim_id},
            "fingerprint": {"S": fingerprint},
            "expires_at": {"N": str(at + math.ceil(seconds))},
        }
        try:
            await self._client.put_item(
                TableName=self._table,
                Item=row | claim,
                ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
                ExpressionAttributeValues={":now": {"N": str(at)}},
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            found = await self._client.get_item(TableName=self._table, Key=row, ConsistentRead=True)
            item = upgrade("response", plain_item(found.get("Item", {})))
            # The SDK retries a call whose response was lost; then the existing claim is our own.
            if item.get("claim_id") == claim_id:
                return None
            same = item.get("fingerprint") == fingerprint
            if not same or "response" not in item:
                raise RequestClaimed(same) from None
            response = item["response"]
            return StoredResponse(int(response["status"]), response["headers"], response["body"])
        return None

    async def store(self, owner: str, key: str, response: StoredResponse, seconds: float) -> None:
        await self._client.update_item(
            TableName=self._table,
            Key=idempotency_key(owner, key),
            # `response` is a reserved word of DynamoDB.
            UpdateExpression="SET #response = :response, expires_at = :expires_at, #v = :v",
            ExpressionAttributeNames={"#response": "response", "#v": VERSION_ATTRIBUTE},
            ExpressionAttributeValues={
                ":v": serialize(current_version("response")),
                ":response": serialize(response._asdict()),
                ":expires_at": {"N": str(int(time.time()) + math.ceil(seconds))},
            },
        )

    async def release(self, owner: str, key: str) -> None:
        await self._client.delete_item(TableName=self._table, Key=idempotency_key(owner, key))
