"""Share links in DynamoDB: an item that its digest finds, and one in the partition of the owner.

Both hold the whole link; only the owner's item counts visits.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import Attribute, serialize
from sightline.adapters.dynamo.items import (
    SHARE_PREFIX,
    Item,
    owner_partition,
    plain_item,
    share_link_digest_key,
    share_link_key,
    to_plain,
)
from sightline.adapters.dynamo.queries import query
from sightline.adapters.dynamo.schema import EXPIRY_ATTRIBUTE
from sightline.adapters.dynamo.transactions import (
    is_condition_failure,
    raise_conflict,
    transact,
)
from sightline.domain.share_links import ShareLink, ShareLinkNotFound
from sightline.optimistic import Conflict
from sightline.ports.share_link_table import ShareLinkPage

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: What visitors change; every other attribute is written by the owner alone.
VISITS = {"opened", "last_opened_at"}

#: Attributes that an update may remove.
OPTIONAL_ATTRIBUTES = frozenset({"password", "ends_at", EXPIRY_ATTRIBUTE})


class DynamoShareLinkTable:
    """`ShareLinkTable` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def create(self, link: ShareLink) -> None:
        puts: list[TransactWriteItemTypeDef] = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": row | _attributes(link),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for row in _keys(link)
        ]
        try:
            await transact(self._client, puts)
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            # The SDK retries a call whose response was lost; then the existing link is our own.
            if await self.find(link.digest) != link:
                raise Conflict from error

    async def find(self, digest: str) -> ShareLink | None:
        item = await self._read(share_link_digest_key(digest))
        return None if item is None else ShareLink.model_validate(item)

    async def get(self, owner: str, link_id: str) -> ShareLink:
        item = await self._read(share_link_key(owner, link_id))
        if item is None:
            raise ShareLinkNotFound(link_id)
        return ShareLink.model_validate(item)

    async def page(self, owner: str, limit: int, before: str | None = None) -> ShareLinkPage:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": owner_partition(owner)},
                ":prefix": {"S": SHARE_PREFIX},
            },
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": limit + 1,
        }
        if before is not None:
            request["ExclusiveStartKey"] = share_link_key(owner, before)
        items = await query(self._client, request, limit + 1)
        links = [ShareLink.model_validate(item) for item in items]
        more = len(links) > limit
        return ShareLinkPage(links[:limit], links[limit - 1].link_id if more else None)

    async def update(self, before: ShareLink, after: ShareLink) -> None:
        written = after.model_copy(update={"revision": before.revision + 1})
        attributes = _attributes(written)
        removed = OPTIONAL_ATTRIBUTES - attributes.keys()
        names = [*attributes, *removed]
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in attributes)
        if removed:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in sorted(removed))
        values = {f":{name}": value for name, value in attributes.items()}
        changes: list[TransactWriteItemTypeDef] = [
            {
                "Update": {
                    "TableName": self._table,
                    "Key": row,
                    "UpdateExpression": expression,
                    "ConditionExpression": "#revision = :before",
                    "ExpressionAttributeNames": {f"#{name}": name for name in names},
                    "ExpressionAttributeValues": {
                        **values,
                        ":before": serialize(before.revision),
                    },
                }
            }
            for row in _keys(before)
        ]
        try:
            await transact(self._client, changes)
        except ClientError as error:
            raise_conflict(error)

    async def record_open(self, link: ShareLink, at: datetime) -> None:
        try:
            await self._client.update_item(
                TableName=self._table,
                Key=share_link_key(link.owner, link.link_id),
                UpdateExpression="SET last_opened_at = :at ADD opened :one",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":at": {"S": at.isoformat()}, ":one": {"N": "1"}},
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise

    async def revoke(self, owner: str, link_id: str) -> None:
        link = await self.get(owner, link_id)
        deletions: list[TransactWriteItemTypeDef] = [
            {"Delete": {"TableName": self._table, "Key": row}} for row in _keys(link)
        ]
        await transact(self._client, deletions)

    async def _read(self, row: Item) -> dict[str, Any] | None:
        found = await self._client.get_item(TableName=self._table, Key=row, ConsistentRead=True)
        return plain_item(found["Item"]) if "Item" in found else None


def _keys(link: ShareLink) -> tuple[Item, Item]:
    """Return the keys of both items of a link."""
    return share_link_digest_key(link.digest), share_link_key(link.owner, link.link_id)


def _attributes(link: ShareLink) -> dict[str, Attribute]:
    """Return what both items hold: the link, and when DynamoDB drops them."""
    plain = to_plain(link, exclude=VISITS)
    attributes = {name: serialize(value) for name, value in plain.items()}
    if link.kept_until is not None:
        attributes[EXPIRY_ATTRIBUTE] = {"N": str(int(link.kept_until.timestamp()))}
    return attributes
