"""The positions by time of capture of contributions to albums in DynamoDB.

The item of the album has the position, in the index `timeline`. It changes in the transaction of
the image. Only an album that gets the image meanwhile follows it; the condition of `unchanged`
keeps a contribution from taking a position that is no longer that of the image.
"""

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import (
    album_contribution_key,
    image_contribution_prefix,
    image_key,
    owner_partition,
    read_image,
)
from sightline.adapters.dynamo.queries import query, read_many
from sightline.adapters.dynamo.schema import TIMELINE_ATTRIBUTE
from sightline.adapters.dynamo.transactions import LIVE, raise_conflict, transact
from sightline.domain.album_members import Contribution
from sightline.domain.albums import AlbumKey
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.optimistic import Conflict, retry_conflicts

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Positions that change in the transaction of an image; those in further albums follow it.
MAX_POSITIONS = 20

#: Attempts to derive a position while its image changes.
ATTEMPTS = 10


class ContributionPositions:
    """Moves contributions to the time of capture of their images."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def list_albums(self, image: ImageKey) -> list[AlbumKey]:
        """Return the albums of others that the image is in."""
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": owner_partition(image.owner)},
                ":prefix": {"S": image_contribution_prefix(image.image_id)},
            },
            "ConsistentRead": True,
        }
        items = await query(self._client, request, sys.maxsize)
        return [Contribution.model_validate(item).album for item in items]

    def move(self, image: Image, albums: Iterable[AlbumKey]) -> "list[TransactWriteItemTypeDef]":
        """Return the writes of the image's position in these albums, if they still have it."""
        return [
            {
                "Update": {
                    "TableName": self._table,
                    "Key": album_contribution_key(album, image.image_id),
                    "UpdateExpression": "SET #timeline = :position",
                    "ConditionExpression": "attribute_exists(pk)",
                    "ExpressionAttributeNames": {"#timeline": TIMELINE_ATTRIBUTE},
                    "ExpressionAttributeValues": {":position": {"S": image.capture_position}},
                }
            }
            for album in albums
        ]

    def unchanged(self, image: Image, condition: str = LIVE) -> "TransactWriteItemTypeDef":
        """Return the condition that the image has the position at which it was read."""
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": image_key(image.key),
                "ConditionExpression": f"{condition} AND details.#revision = :details "
                "AND renditions.#revision = :renditions",
                "ExpressionAttributeNames": {"#revision": "revision"},
                "ExpressionAttributeValues": {
                    ":details": serialize(image.details.revision),
                    ":renditions": serialize(image.renditions.revision),
                },
            }
        }

    async def follow(self, image: ImageKey, moved: Iterable[AlbumKey]) -> None:
        """Bring the positions in all other albums to that of the image, which has changed."""
        done = set(moved)
        for album in await self.list_albums(image):
            if album not in done:
                # The image changes again and again: each change moves the contribution itself.
                with suppress(Conflict):
                    await self._follow(image, album)

    @retry_conflicts(ATTEMPTS)
    async def _follow(self, key: ImageKey, album: AlbumKey) -> None:
        rows = await read_many(self._client, self._table, [image_key(key)])
        for image in map(read_image, rows):
            try:
                await transact(self._client, [self.unchanged(image), *self.move(image, [album])])
            except ClientError as error:
                if not await self._is_in(album, image):
                    return
                raise_conflict(error)

    async def _is_in(self, album: AlbumKey, image: Image) -> bool:
        keys = [album_contribution_key(album, image.image_id), image_key(image.key)]
        rows = await read_many(self._client, self._table, keys)
        return len(rows) == len(keys) and all("deleted_at" not in row for row in rows)
