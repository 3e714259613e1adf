"""What remains of an owner in DynamoDB once images and albums are gone."""

import sys
from typing import TYPE_CHECKING, Any

from sightline.adapters.dynamo.items import (
    ALBUM_PREFIX,
    API_KEY_PREFIX,
    CONTRIBUTION_PREFIX,
    IMAGE_PREFIX,
    INVITATION_PREFIX,
    MEMBER_PREFIX,
    MEMBERSHIP_PREFIX,
    SHARE_PREFIX,
    WEBHOOK_PREFIX,
    Item,
    api_key_digest_key,
    digest_key,
    label_counts_partition,
    month_counts_partition,
    owner_partition,
    share_link_digest_key,
    word_counts_partition,
)
from sightline.adapters.dynamo.queries import query
from sightline.adapters.dynamo.webhooks import delete_deliveries

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

#: The key of the item that a digest finds, by the prefix of the owner's item that holds the digest.
_DIGEST_KEYS = {API_KEY_PREFIX: api_key_digest_key, SHARE_PREFIX: share_link_digest_key}


#: Items that are deleted with what they belong to, in transactions of their own; those that remain
#: were created meanwhile, and are not part of what is erased.
_LEFT_OUT = (
    IMAGE_PREFIX,
    ALBUM_PREFIX,
    INVITATION_PREFIX,
    MEMBER_PREFIX,
    MEMBERSHIP_PREFIX,
    CONTRIBUTION_PREFIX,
)


class DynamoOwnerData:
    """`OwnerData` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def erase(self, owner: str) -> None:
        await self._delete(digest_key(owner))
        for partition in (
            owner_partition(owner),
            label_counts_partition(owner),
            month_counts_partition(owner),
            word_counts_partition(owner),
        ):
            request: Any = {
                "TableName": self._table,
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": {"S": partition}},
                "ProjectionExpression": "pk, sk, digest",
                "ConsistentRead": True,
            }
            for item in await query(self._client, request, sys.maxsize):
                if not item["sk"].startswith(_LEFT_OUT):
                    webhook_id = None
                    if item["sk"].startswith(WEBHOOK_PREFIX):
                        webhook_id = item["sk"].removeprefix(WEBHOOK_PREFIX)
                        await delete_deliveries(self._client, self._table, owner, webhook_id)
                    for prefix, credential_key in _DIGEST_KEYS.items():
                        if item["sk"].startswith(prefix):
                            # First, so that an interrupted erasure leaves no credential that works.
                            await self._delete(credential_key(item["digest"]))
                    await self._delete({name: {"S": item[name]} for name in ("pk", "sk")})
                    if webhook_id is not None:
                        # Those that were added before the endpoint was gone.
                        await delete_deliveries(self._client, self._table, owner, webhook_id)

    async def _delete(self, key: Item) -> None:
        await self._client.delete_item(TableName=self._table, Key=key)
