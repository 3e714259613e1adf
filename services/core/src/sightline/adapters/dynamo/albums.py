"""The table of albums in DynamoDB: rows beside those of the images that it holds.

What an album holds is told three times: by its count, by a row for each of its images, and by each
image's own row. All three change in one transaction.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import (
    ALBUM_PREFIX,
    LIVE,
    Item,
    album_item,
    album_key,
    image_key,
    index_key,
    is_refused,
    list_ids,
    owner_partition,
    query,
    read_album,
    read_image,
    read_many,
    term_partition,
    transact,
)
from sightline.batching import in_batches
from sightline.domain.albums import MAX_ALBUMS, Album, AlbumKey, AlbumNotFound, NotInAlbum
from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.ports.album_table import AddedImages, AlbumPage
from sightline.ports.image_table import Conflict, Term

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Images that change their album in one transaction, which takes 100 items: two for each, and one.
TOGETHER = 25

#: How often a change is made anew because an image or the album moved meanwhile.
ATTEMPTS = 10


class DynamoAlbumTable:
    """`AlbumTable` in the same DynamoDB table as its images."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def create(self, album: Album) -> None:
        try:
            await self._client.put_item(
                TableName=self._table,
                Item=album_item(album),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if not is_refused(error):
                raise
            # The SDK repeats a call whose answer was lost; then the row that is in the way is ours.
            if await self._read(album.key) != album:
                raise Conflict from error

    async def get(self, key: AlbumKey) -> Album:
        album = await self._read(key)
        if album is None or album.deleted_at is not None:
            raise AlbumNotFound(key.album_id)
        return album

    async def page(self, owner: str, limit: int, before: str | None = None) -> AlbumPage:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "FilterExpression": "attribute_not_exists(deleted_at)",
            "ExpressionAttributeValues": {
                ":pk": {"S": owner_partition(owner)},
                ":prefix": {"S": ALBUM_PREFIX},
            },
            "ScanIndexForward": False,
        }
        if before is not None:
            request["ExclusiveStartKey"] = album_key(AlbumKey(owner, before))
        albums = [
            Album.model_validate(item) for item in await query(self._client, request, limit + 1)
        ]
        more = len(albums) > limit
        return AlbumPage(albums[:limit], albums[limit - 1].album_id if more else None)

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        return await list_ids(self._client, self._table, owner, ALBUM_PREFIX, limit)

    async def update(self, before: Album, after: Album) -> None:
        changes: list[TransactWriteItemTypeDef] = [self._write(before, after)]
        covered = after.cover_id is not None and after.cover_id != before.cover_id
        if covered:
            member = self._member(before.key, str(after.cover_id))
            condition = "attribute_exists(pk)"
            changes.append(
                {
                    "ConditionCheck": {
                        "TableName": self._table,
                        "Key": member,
                        "ConditionExpression": condition,
                    }
                }
            )
        try:
            await transact(self._client, changes)
        except ClientError as error:
            if not is_refused(error):
                raise
            current = await self._read(before.key)
            if covered and current is not None and current.revision == before.revision:
                raise NotInAlbum(after.cover_id) from error
            raise Conflict from error

    async def add(self, key: AlbumKey, image_ids: Sequence[str]) -> AddedImages:
        await self.get(key)
        inside: set[str] = set()
        full: set[str] = set()
        for chunk in in_batches(dict.fromkeys(image_ids), TOGETHER):
            added = await self._add_some(key, chunk)
            inside |= added.inside
            full |= added.full
        return AddedImages(frozenset(inside), frozenset(full))

    async def take(self, key: AlbumKey, image_ids: Sequence[str]) -> frozenset[str]:
        taken: set[str] = set()
        for chunk in in_batches(dict.fromkeys(image_ids), TOGETHER):
            taken |= await self._take_some(key, chunk)
        return frozenset(taken)

    async def begin_deletion(self, key: AlbumKey) -> Album:
        try:
            answer = await self._client.update_item(
                TableName=self._table,
                Key=album_key(key),
                UpdateExpression="SET deleted_at = if_not_exists(deleted_at, :now)",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":now": {"S": now().isoformat()}},
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if is_refused(error):
                raise AlbumNotFound(key.album_id) from error
            raise
        return read_album(answer["Attributes"])

    async def remove(self, album: Album) -> None:
        seen: list[str] = []
        while members := await self._first_members(album.key):
            # Another call may have been first with these, but not with those that follow.
            if not await self.take(album.key, members) and members == seen:
                raise Conflict
            seen = members
        try:
            await self._client.delete_item(
                TableName=self._table,
                Key=album_key(album.key),
                ConditionExpression="attribute_exists(deleted_at)",
            )
        except ClientError as error:
            # Without the row, another call was first.
            if not is_refused(error):
                raise

    async def _add_some(self, key: AlbumKey, image_ids: list[str]) -> AddedImages:
        """One transaction's worth, tried again where an image moved meanwhile."""
        for _ in range(ATTEMPTS):
            images = [
                image for image in await self._read_images(key, image_ids) if not image.is_hidden
            ]
            there = {image.image_id for image in images if key.album_id in image.albums}
            full = {image.image_id for image in images if len(image.albums) >= MAX_ALBUMS} - there
            new = [image for image in images if image.image_id not in there | full]
            if not new:
                return AddedImages(frozenset(there), frozenset(full))
            changes = [change for image in new for change in self._enter(key, image)]
            changes.append(self._count(key, len(new), LIVE, {}))
            try:
                await transact(self._client, changes)
            except ClientError as error:
                if not is_refused(error):
                    raise
                await self.get(key)
                continue
            return AddedImages(
                frozenset(there | {image.image_id for image in new}), frozenset(full)
            )
        raise Conflict

    async def _take_some(self, key: AlbumKey, image_ids: list[str]) -> set[str]:
        for _ in range(ATTEMPTS):
            images = await self._read_images(key, image_ids)
            inside = {image.image_id: image for image in images if key.album_id in image.albums}
            album = await self._read(key)
            # Without its row an album holds nothing: it goes when the last image has gone.
            if not inside or album is None:
                return set()
            changes = [change for image in inside.values() for change in self._leave(key, image)]
            changes.append(self._uncount(album, set(inside)))
            try:
                await transact(self._client, changes)
            except ClientError as error:
                if not is_refused(error):
                    raise
                continue
            return set(inside)
        raise Conflict

    def _enter(self, key: AlbumKey, image: Image) -> "list[TransactWriteItemTypeDef]":
        condition = (
            f"{LIVE} AND NOT contains(albums, :album) AND "
            "(attribute_not_exists(albums) OR size(albums) < :most)"
        )
        most = serialize(MAX_ALBUMS)
        member = self._member(key, image.image_id)
        return [
            # Its row must not expire alone, without what the album says of it.
            self._name_album(key, image, "REMOVE expires_at ADD", condition, {":most": most}),
            {"Put": {"TableName": self._table, "Item": member}},
        ]

    def _leave(self, key: AlbumKey, image: Image) -> "list[TransactWriteItemTypeDef]":
        member = self._member(key, image.image_id)
        return [
            self._name_album(key, image, "DELETE", "contains(albums, :album)", {}),
            {"Delete": {"TableName": self._table, "Key": member}},
        ]

    def _name_album(
        self, key: AlbumKey, image: Image, action: str, condition: str, values: Item
    ) -> "TransactWriteItemTypeDef":
        """Change what the image's own row says."""
        return {
            "Update": {
                "TableName": self._table,
                "Key": image_key(image.key),
                "UpdateExpression": f"{action} albums :albums",
                "ConditionExpression": condition,
                "ExpressionAttributeValues": {
                    ":album": {"S": key.album_id},
                    ":albums": {"SS": [key.album_id]},
                    **values,
                },
            }
        }

    def _uncount(self, album: Album, taken: set[str]) -> "TransactWriteItemTypeDef":
        """A cover that is taken out is one no more; that it is still the cover has to hold."""
        if album.cover_id is None:
            return self._count(album.key, -len(taken), "attribute_not_exists(cover_id)", {})
        ended = " REMOVE cover_id" if album.cover_id in taken else ""
        cover = {":cover": {"S": album.cover_id}}
        return self._count(album.key, -len(taken), "cover_id = :cover", cover, ended)

    def _count(
        self, key: AlbumKey, step: int, condition: str, values: Item, further: str = ""
    ) -> "TransactWriteItemTypeDef":
        return {
            "Update": {
                "TableName": self._table,
                "Key": album_key(key),
                "UpdateExpression": "SET updated_at = :now ADD images :step, #revision :one"
                + further,
                "ConditionExpression": f"attribute_exists(pk) AND {condition}",
                "ExpressionAttributeNames": {"#revision": "revision"},
                "ExpressionAttributeValues": {
                    ":now": {"S": now().isoformat()},
                    ":step": {"N": str(step)},
                    ":one": {"N": "1"},
                    **values,
                },
            }
        }

    def _write(self, before: Album, after: Album) -> "TransactWriteItemTypeDef":
        values: Item = {
            ":title": {"S": after.title},
            ":now": {"S": now().isoformat()},
            ":revision": {"N": str(before.revision)},
            ":one": {"N": "1"},
        }
        covering = " REMOVE cover_id"
        if after.cover_id is not None:
            covering = ", cover_id = :cover"
            values[":cover"] = {"S": after.cover_id}
        return {
            "Update": {
                "TableName": self._table,
                "Key": album_key(before.key),
                "UpdateExpression": "SET title = :title, updated_at = :now, "
                f"#revision = #revision + :one{covering}",
                "ConditionExpression": f"{LIVE} AND #revision = :revision",
                "ExpressionAttributeNames": {"#revision": "revision"},
                "ExpressionAttributeValues": values,
            }
        }

    def _member(self, key: AlbumKey, image_id: str) -> Item:
        return index_key(ImageKey(key.owner, image_id), Term("album", key.album_id))

    async def _first_members(self, key: AlbumKey) -> list[str]:
        partition = term_partition(key.owner, Term("album", key.album_id))
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": partition}},
            "ConsistentRead": True,
            "Limit": TOGETHER,
        }
        return [item["sk"] for item in await query(self._client, request, TOGETHER)]

    async def _read(self, key: AlbumKey) -> Album | None:
        answer = await self._client.get_item(
            TableName=self._table, Key=album_key(key), ConsistentRead=True
        )
        return read_album(answer["Item"]) if "Item" in answer else None

    async def _read_images(self, key: AlbumKey, image_ids: list[str]) -> list[Image]:
        keys = [image_key(ImageKey(key.owner, image_id)) for image_id in image_ids]
        return [read_image(row) for row in await read_many(self._client, self._table, keys)]
