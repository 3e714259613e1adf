"""Email preferences and digests in DynamoDB.

The preferences are in the partition of the owner. Digests are in one partition of all owners, which
holds only those that wait to be sent or were sent lately, so that reading it costs little.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.items import (
    DIGESTS_PARTITION,
    Item,
    digest_key,
    email_preferences_key,
)
from sightline.adapters.dynamo.queries import query
from sightline.adapters.dynamo.schema import EXPIRY_ATTRIBUTE
from sightline.adapters.dynamo.transactions import is_condition_failure
from sightline.domain.email_notifications import Digest, EmailPreferences
from sightline.optimistic import Conflict

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class DynamoEmailNotificationTable:
    """`EmailNotificationTable` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def get_preferences(self, owner: str) -> EmailPreferences:
        document = await self._read(email_preferences_key(owner))
        if document is None:
            return EmailPreferences(owner=owner)
        return EmailPreferences.model_validate_json(document)

    async def store_preferences(self, preferences: EmailPreferences) -> None:
        item = email_preferences_key(preferences.owner)
        await self._write(item, preferences.revision, preferences.model_dump_json())

    async def get_digest(self, owner: str) -> Digest:
        document = await self._read(digest_key(owner))
        return Digest(owner=owner) if document is None else Digest.model_validate_json(document)

    async def store_digest(self, digest: Digest) -> None:
        item = digest_key(digest.owner)
        if digest.due_at is not None:
            item["due_at"] = {"N": repr(digest.due_at.timestamp())}
        if digest.expires_at is not None:
            item[EXPIRY_ATTRIBUTE] = {"N": str(int(digest.expires_at.timestamp()))}
        await self._write(item, digest.revision, digest.model_dump_json())

    async def find_due_digests(self, at: datetime, limit: int) -> list[Digest]:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "FilterExpression": "due_at <= :at",
            "ExpressionAttributeValues": {
                ":pk": {"S": DIGESTS_PARTITION},
                ":at": {"N": repr(at.timestamp())},
            },
            "ConsistentRead": True,
        }
        items = await query(self._client, request, limit)
        return [Digest.model_validate_json(item["document"]) for item in items]

    async def _read(self, key: Item) -> str | None:
        found = await self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return str(found["Item"]["document"]["S"]) if "Item" in found else None

    async def _write(self, item: Item, revision: int, document: str) -> None:
        """Put an item with this revision. Raises `Conflict` unless the previous one is stored."""
        written = {"revision": {"N": str(revision)}, "document": {"S": document}}
        condition: Any = (
            {"ConditionExpression": "attribute_not_exists(pk)"}
            if revision == 1
            else {
                "ConditionExpression": "revision = :before",
                "ExpressionAttributeValues": {":before": {"N": str(revision - 1)}},
            }
        )
        try:
            await self._client.put_item(TableName=self._table, Item=item | written, **condition)
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            # The SDK retries a call whose response was lost; then the existing item is our own.
            key = {name: item[name] for name in ("pk", "sk")}
            if await self._read(key) != document:
                raise Conflict from error
