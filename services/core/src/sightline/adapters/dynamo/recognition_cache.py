"""Recognition results by content in DynamoDB: a partition for each owner and checksum.

It holds a result or a claim for each profile, and an entry for each image with these bytes.
"""

import math
import sys
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import (
    IMAGE_PREFIX,
    cached_recognition_key,
    content_image_key,
    content_partition,
    plain_item,
    to_plain,
)
from sightline.adapters.dynamo.queries import query
from sightline.adapters.dynamo.transactions import is_condition_failure
from sightline.adapters.dynamo.upgrades import VERSION_ATTRIBUTE, current_version, upgrade
from sightline.domain.images import Image
from sightline.domain.recognition import Recognition, RecognitionProfile
from sightline.ports.recognition_cache import ContentClaimed

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Images with the same bytes that are returned.
MAX_DUPLICATES = 10


class DynamoRecognitionCache:
    """`RecognitionCache` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def claim(
        self, image: Image, profile: RecognitionProfile, seconds: float
    ) -> Recognition | None:
        key = cached_recognition_key(image, profile)
        response = await self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        known = upgrade("recognition", plain_item(response.get("Item", {}))).get("result")
        if known is not None:
            return Recognition.model_validate(known)
        now = int(time.time())
        claim = {
            "claimant": {"S": image.image_id},
            "expires_at": {"N": str(now + math.ceil(seconds))},
        }
        try:
            await self._client.put_item(
                TableName=self._table,
                Item=key | claim,
                # An expired claim counts as none, whether or not TTL has dropped its item. A claim
                # of the same image belongs to a worker that crashed or is outdated.
                ConditionExpression=(
                    "attribute_not_exists(pk) OR expires_at <= :now OR claimant = :claimant"
                ),
                ExpressionAttributeValues={
                    ":now": {"N": str(now)},
                    ":claimant": {"S": image.image_id},
                },
            )
        except ClientError as error:
            if is_condition_failure(error):
                raise ContentClaimed from error
            raise
        return None

    async def release(self, image: Image, profile: RecognitionProfile) -> None:
        try:
            await self._client.delete_item(
                TableName=self._table,
                Key=cached_recognition_key(image, profile),
                ConditionExpression="attribute_exists(expires_at)",
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise

    async def find_duplicates(self, owner: str, sha256: str) -> list[str]:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": content_partition(owner, sha256)},
                ":prefix": {"S": IMAGE_PREFIX},
            },
            "ScanIndexForward": False,
        }
        items = await query(self._client, request, MAX_DUPLICATES)
        return [item["sk"].removeprefix(IMAGE_PREFIX) for item in items]


class ContentWriter:
    """The entries of a content partition that change with an image."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def changes(self, before: Image, after: Image) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that store the result, and list the image with its bytes."""
        return [*self._cache_result(before, after), *self._list_image(before, after)]

    async def remove(self, image: Image) -> None:
        """Remove every result and claim for the bytes of the image, and its own entry.

        Other images with the same bytes stay listed; their next recognition is a new call.
        """
        pk, own = content_partition(image.owner, image.sha256), f"{IMAGE_PREFIX}{image.image_id}"
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            # An eventually consistent read could miss a result written a moment ago.
            "ConsistentRead": True,
        }
        for item in await query(self._client, request, sys.maxsize):
            if item["sk"] == own or not item["sk"].startswith(IMAGE_PREFIX):
                await self._client.delete_item(
                    TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": item["sk"]}}
                )

    def _cache_result(self, before: Image, after: Image) -> "list[TransactWriteItemTypeDef]":
        old, new = before.recognition.result, after.recognition.result
        writes: list[TransactWriteItemTypeDef] = []
        if old is not None and (new is None or old.profile.name != new.profile.name):
            key = cached_recognition_key(before, old.profile)
            writes.append({"Delete": {"TableName": self._table, "Key": key}})
        if new is not None and new != old:
            # The calls belong to this image; an image that finds the result here has not paid.
            known = new.model_copy(update={"calls": {}})
            result = {
                "result": serialize(to_plain(known)),
                VERSION_ATTRIBUTE: serialize(current_version("recognition")),
            }
            entry = cached_recognition_key(after, new.profile) | result
            writes.append({"Put": {"TableName": self._table, "Item": entry}})
        return writes

    def _list_image(self, before: Image, after: Image) -> "list[TransactWriteItemTypeDef]":
        had, has = before.renditions.result is not None, after.renditions.result is not None
        if had == has:
            return []
        key = content_image_key(after)
        if has:
            return [{"Put": {"TableName": self._table, "Item": key}}]
        return [{"Delete": {"TableName": self._table, "Key": key}}]
