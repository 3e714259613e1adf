"""The entries of albums in DynamoDB: what places an image in the orders of an album.

An image has two items in each of its albums: the entry, sorted by image id, whose position in the
index `timeline` is that of the image; and the rank, whose position there is the manual one. The
index is eventually consistent, so a list may show the order of a moment ago.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.items import (
    Item,
    image_key,
    index_key,
    rank_key,
    rank_partition,
    term_partition,
)
from sightline.adapters.dynamo.queries import query, read_many
from sightline.adapters.dynamo.schema import TIMELINE_ATTRIBUTE, TIMELINE_INDEX
from sightline.adapters.dynamo.transactions import LIVE, is_condition_failure, transact
from sightline.domain.albums import AlbumKey, AlbumSort
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.ranks import manual_position, rank_of_position
from sightline.ports.album_table import AlbumEntry
from sightline.ports.image_index import Term

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Entries that change in the transaction of an image; those of further albums follow it.
MAX_ENTRIES = 20


class AlbumEntries:
    """Reads and writes the entries of albums."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def list_entries(
        self, key: AlbumKey, sort: AlbumSort, limit: int, after: str | None
    ) -> list[AlbumEntry]:
        """Return the first `limit` entries that follow the position `after` in this order."""
        attribute = "sk" if sort.is_by_upload else TIMELINE_ATTRIBUTE
        values: Item = {":pk": {"S": _partition(key, sort)}}
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": values,
            "ScanIndexForward": sort.is_ascending,
            "Limit": limit,
        }
        if not sort.is_by_upload:
            request["IndexName"] = TIMELINE_INDEX
        if after is not None:
            comparison = ">" if sort.is_ascending else "<"
            request["KeyConditionExpression"] += f" AND #position {comparison} :after"
            request["ExpressionAttributeNames"] = {"#position": attribute}
            values[":after"] = {"S": after}
        items = await query(self._client, request, limit)
        return [AlbumEntry(item["sk"], item[attribute]) for item in items]

    async def list_neighbors(
        self, key: AlbumKey, position: str, limit: int, *, forward: bool
    ) -> list[AlbumEntry]:
        """Return the entries next to a manual position, the nearest first."""
        request: Any = {
            "TableName": self._table,
            "IndexName": TIMELINE_INDEX,
            "KeyConditionExpression": f"pk = :pk AND #position {'>' if forward else '<'} :position",
            "ExpressionAttributeNames": {"#position": TIMELINE_ATTRIBUTE},
            "ExpressionAttributeValues": {
                ":pk": {"S": rank_partition(key)},
                ":position": {"S": position},
            },
            "ScanIndexForward": forward,
            "Limit": limit,
        }
        items = await query(self._client, request, limit)
        return [AlbumEntry(item["sk"], item[TIMELINE_ATTRIBUTE]) for item in items]

    async def read_ranks(self, key: AlbumKey, image_ids: Sequence[str]) -> dict[str, str]:
        """Return the rank of each image that has one in the album."""
        keys = [rank_key(key, image_id) for image_id in dict.fromkeys(image_ids)]
        items = await read_many(self._client, self._table, keys)
        return {item["sk"]["S"]: rank_of_position(item[TIMELINE_ATTRIBUTE]["S"]) for item in items}

    def enter(self, key: AlbumKey, image: Image, rank: str) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that place an image in the album."""
        return [
            {"Put": {"TableName": self._table, "Item": entry_item(key, image)}},
            {"Put": {"TableName": self._table, "Item": rank_item(key, image.image_id, rank)}},
        ]

    def leave(
        self, key: AlbumKey, image_id: str, rank: str | None = None
    ) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that remove an image; with `rank`, only while it has that one."""
        removal: Any = {"TableName": self._table, "Key": rank_key(key, image_id)}
        if rank is not None:
            removal |= _has_position(manual_position(rank, image_id))
        entry = entry_key(key, image_id)
        return [{"Delete": {"TableName": self._table, "Key": entry}}, {"Delete": removal}]

    def move(
        self, key: AlbumKey, image_id: str, rank: str, before: str | None = None
    ) -> "TransactWriteItemTypeDef":
        """Return the write of another rank, if the image is in the album.

        With `before`, only while it has that rank.
        """
        update: Any = {
            "TableName": self._table,
            "Key": rank_key(key, image_id),
            "UpdateExpression": "SET #timeline = :rank",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#timeline": TIMELINE_ATTRIBUTE},
            "ExpressionAttributeValues": {},
        }
        if before is not None:
            update |= _has_position(manual_position(before, image_id))
        update["ExpressionAttributeValues"][":rank"] = {"S": manual_position(rank, image_id)}
        return {"Update": update}

    def reposition(self, image: Image, albums: Iterable[str]) -> "list[TransactWriteItemTypeDef]":
        """Return the writes of the image's entries at its present position.

        They hold only while the image is in exactly these albums.
        """
        return [
            {"Put": {"TableName": self._table, "Item": entry_item(_album(image, each), image)}}
            for each in albums
        ]

    async def follow(self, image: Image, albums: Iterable[str]) -> None:
        """Bring the entries of further albums to the position that the image has now.

        An entry stays as it is if the image has left the album, or has moved on.
        """
        for album_id in albums:
            try:
                await transact(self._client, self._follow(image, _album(image, album_id)))
            except ClientError as error:
                if not is_condition_failure(error):
                    raise

    def _follow(self, image: Image, key: AlbumKey) -> "list[TransactWriteItemTypeDef]":
        entry: Any = {
            "TableName": self._table,
            "Key": entry_key(key, image.image_id),
            "UpdateExpression": "REMOVE #timeline",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#timeline": TIMELINE_ATTRIBUTE},
        }
        row: Any = {
            "TableName": self._table,
            "Key": image_key(image.key),
            "ConditionExpression": f"{LIVE} AND attribute_not_exists(#timeline)",
            "ExpressionAttributeNames": {"#timeline": TIMELINE_ATTRIBUTE},
        }
        if image.timeline_position is not None:
            row |= _has_position(image.timeline_position)
        if image.album_position is not None:
            entry["UpdateExpression"] = "SET #timeline = :position"
            entry["ExpressionAttributeValues"] = {":position": {"S": image.album_position}}
        return [{"ConditionCheck": row}, {"Update": entry}]


def entry_key(key: AlbumKey, image_id: str) -> Item:
    return index_key(ImageKey(key.owner, image_id), Term("album", key.album_id))


def entry_item(key: AlbumKey, image: Image) -> Item:
    """Return the entry of an image: without a position before its processing."""
    position = image.album_position
    placed: Item = {} if position is None else {TIMELINE_ATTRIBUTE: {"S": position}}
    return entry_key(key, image.image_id) | placed


def rank_item(key: AlbumKey, image_id: str, rank: str) -> Item:
    position = manual_position(rank, image_id)
    return rank_key(key, image_id) | {TIMELINE_ATTRIBUTE: {"S": position}}


def _album(image: Image, album_id: str) -> AlbumKey:
    return AlbumKey(image.owner, album_id)


def _partition(key: AlbumKey, sort: AlbumSort) -> str:
    if sort is AlbumSort.MANUAL:
        return rank_partition(key)
    return term_partition(key.owner, Term("album", key.album_id))


def _has_position(position: str) -> dict[str, Any]:
    """Return the condition that an item is at the position."""
    return {
        "ConditionExpression": "#timeline = :position",
        "ExpressionAttributeNames": {"#timeline": TIMELINE_ATTRIBUTE},
        "ExpressionAttributeValues": {":position": {"S": position}},
    }
