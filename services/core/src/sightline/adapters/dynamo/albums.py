"""The table of albums in DynamoDB: rows beside those of the images.

The content of an album is stored in three places: its count, two items for each of its images (see
`album_entries`), and the row of each image. All of them change in one transaction.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.album_entries import AlbumEntries, entry_key
from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import (
    ALBUM_PREFIX,
    Item,
    album_item,
    album_key,
    image_key,
    owner_partition,
    read_album,
    read_image,
    term_partition,
)
from sightline.adapters.dynamo.queries import list_ids, query, read_many
from sightline.adapters.dynamo.schema import TIMELINE_ATTRIBUTE
from sightline.adapters.dynamo.transactions import (
    LIVE,
    is_condition_failure,
    raise_conflict,
    transact,
)
from sightline.batching import in_batches
from sightline.domain.albums import (
    MAX_ALBUMS,
    Album,
    AlbumKey,
    AlbumNotFound,
    AlbumSort,
    MoveSide,
    NotInAlbum,
)
from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.ranks import (
    MAX_RANK_LENGTH,
    MAX_RESPACED_IMAGES,
    RANK_LIMIT,
    NoRoom,
    manual_position,
    new_ranks,
    place_ranks,
    rank_of_position,
    respace,
)
from sightline.optimistic import Conflict, retry_conflicts
from sightline.ports.album_table import AddedImages, AlbumEntry, AlbumPage
from sightline.ports.image_index import Term

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Images that enter or leave an album in one transaction of 100 items: three for each image, and
#: one for the album.
IMAGES_PER_TRANSACTION = 25

#: A condition: the image is in the trash.
TRASHED = "attribute_exists(details.trashed_at)"

#: How often a change is derived anew because an image or the album changed meanwhile.
ATTEMPTS = 10


class DynamoAlbumTable:
    """`AlbumTable` in the same DynamoDB table as its images."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._entries = AlbumEntries(client, table)

    async def create(self, album: Album) -> None:
        try:
            await self._client.put_item(
                TableName=self._table,
                Item=album_item(album),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            # The SDK retries a call whose response was lost; then the existing row is our own.
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
        has_new_cover = after.cover_id is not None and after.cover_id != before.cover_id
        if has_new_cover:
            condition = "attribute_exists(pk)"
            changes.append(
                {
                    "ConditionCheck": {
                        "TableName": self._table,
                        "Key": entry_key(before.key, str(after.cover_id)),
                        "ConditionExpression": condition,
                    }
                }
            )
        try:
            await transact(self._client, changes)
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            current = await self._read(before.key)
            if has_new_cover and current is not None and current.revision == before.revision:
                raise NotInAlbum(after.cover_id) from error
            raise Conflict from error

    async def add_images(self, key: AlbumKey, image_ids: Sequence[str]) -> AddedImages:
        await self.get(key)
        inside: set[str] = set()
        full: set[str] = set()
        for chunk in in_batches(dict.fromkeys(image_ids), IMAGES_PER_TRANSACTION):
            added = await self._add_batch(key, chunk)
            inside |= added.inside
            full |= added.full
        return AddedImages(frozenset(inside), frozenset(full))

    async def remove_images(self, key: AlbumKey, image_ids: Sequence[str]) -> frozenset[str]:
        removed: set[str] = set()
        for chunk in in_batches(dict.fromkeys(image_ids), IMAGES_PER_TRANSACTION):
            removed |= await self._remove_batch(key, chunk)
        return frozenset(removed)

    async def list_entries(
        self, key: AlbumKey, sort: AlbumSort, limit: int, after: str | None = None
    ) -> list[AlbumEntry]:
        return await self._entries.list_entries(key, sort, limit, after)

    async def move_images(
        self, key: AlbumKey, image_ids: Sequence[str], anchor: str, side: MoveSide
    ) -> frozenset[str]:
        await self.get(key)
        ids = [each for each in dict.fromkeys(image_ids) if each != anchor]
        try:
            return await self._move(key, ids, anchor, side, MAX_RANK_LENGTH)
        except NoRoom:
            await self._respace(key, anchor, side)
        try:
            return await self._move(key, ids, anchor, side, RANK_LIMIT)
        except NoRoom as error:
            raise Conflict from error

    async def suspend_images(self, key: AlbumKey, image_ids: Sequence[str]) -> None:
        for chunk in in_batches(dict.fromkeys(image_ids), IMAGES_PER_TRANSACTION):
            await self._suspend_batch(key, chunk)

    async def resume_images(self, key: AlbumKey, image_ids: Sequence[str]) -> None:
        for chunk in in_batches(dict.fromkeys(image_ids), IMAGES_PER_TRANSACTION):
            await self._resume_batch(key, chunk)

    async def begin_deletion(self, key: AlbumKey) -> Album:
        try:
            response = await self._client.update_item(
                TableName=self._table,
                Key=album_key(key),
                UpdateExpression="SET deleted_at = if_not_exists(deleted_at, :now)",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":now": {"S": now().isoformat()}},
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if is_condition_failure(error):
                raise AlbumNotFound(key.album_id) from error
            raise
        return read_album(response["Attributes"])

    async def remove(self, album: Album) -> None:
        seen: list[str] = []
        while members := await self._first_members(album.key):
            # Another call may have removed these first, but not those that follow.
            if not await self.remove_images(album.key, members) and members == seen:
                raise Conflict
            seen = members
        try:
            await self._client.delete_item(
                TableName=self._table,
                Key=album_key(album.key),
                ConditionExpression="attribute_exists(deleted_at)",
            )
        except ClientError as error:
            # If the row is gone, another call has removed it.
            if not is_condition_failure(error):
                raise

    @retry_conflicts(ATTEMPTS)
    async def _add_batch(self, key: AlbumKey, image_ids: list[str]) -> AddedImages:
        """Add the images of one transaction. Raises `Conflict`, `AlbumNotFound`."""
        images = [image for image in await self._read_images(key, image_ids) if not image.is_hidden]
        inside = {image.image_id for image in images if key.album_id in image.albums}
        full = {image.image_id for image in images if len(image.albums) >= MAX_ALBUMS} - inside
        new = [image for image in images if image.image_id not in inside | full]
        if new:
            ranks = zip(new, new_ranks(len(new)), strict=True)
            changes = [change for each, rank in ranks for change in self._enter(key, each, rank)]
            changes.append(self._count(key, len(new), LIVE, {}))
            try:
                await transact(self._client, changes)
            except ClientError as error:
                if is_condition_failure(error):
                    # Raises `AlbumNotFound` if the album is what changed.
                    await self.get(key)
                raise_conflict(error)
        return AddedImages(frozenset(inside | {image.image_id for image in new}), frozenset(full))

    @retry_conflicts(ATTEMPTS)
    async def _remove_batch(self, key: AlbumKey, image_ids: list[str]) -> set[str]:
        """Remove the images of one transaction, and return them. Raises `Conflict`."""
        images = await self._read_images(key, image_ids)
        inside = {each.image_id: each for each in images if key.album_id in each.albums}
        album = await self._read(key)
        # An album without a row is empty: the row is removed after the last image.
        if not inside or album is None:
            return set()
        changes = [change for each in inside.values() for change in self._leave(key, each)]
        changes.append(self._uncount(album, set(inside)))
        try:
            await transact(self._client, changes)
        except ClientError as error:
            raise_conflict(error)
        return set(inside)

    @retry_conflicts(ATTEMPTS)
    async def _suspend_batch(self, key: AlbumKey, image_ids: list[str]) -> None:
        """Suspend the images of one transaction. Raises `Conflict`."""
        images = await self._read_images(key, image_ids)
        trashed = [each for each in images if each.is_trashed and key.album_id in each.albums]
        album = await self._read(key)
        # An album without a row is empty: the row is removed after the last image.
        if not trashed or album is None:
            return
        ids = {image.image_id for image in trashed}
        ranks = await self._entries.read_ranks(key, list(ids))
        changes = [
            change
            for each in trashed
            for change in self._suspend(album, each, ranks.get(each.image_id))
        ]
        await self._transact([*changes, self._uncount(album, ids)])

    @retry_conflicts(ATTEMPTS)
    async def _resume_batch(self, key: AlbumKey, image_ids: list[str]) -> None:
        """Resume the images of one transaction. Raises `Conflict`."""
        images = await self._read_images(key, image_ids)
        restored = [
            each for each in images if not each.is_hidden and key.album_id in each.trashed_albums
        ]
        if not restored:
            return
        album = await self._read(key)
        if album is None or album.deleted_at is not None:
            await self._transact([self._forget(key, image) for image in restored])
            return
        new = [image for image in restored if key.album_id not in image.albums]
        ranks = zip(new, new_ranks(len(new)), strict=True)
        changes = [change for each, rank in ranks for change in self._resume(key, each, rank)]
        changes += [self._forget(key, image) for image in restored if image not in new]
        if new:
            covers = [each.image_id for each in new if key.album_id in each.trashed_covers]
            changes.append(self._count_resumed(key, len(new), min(covers, default=None)))
        await self._transact(changes)

    @retry_conflicts(ATTEMPTS)
    async def _move(
        self, key: AlbumKey, image_ids: list[str], anchor: str, side: MoveSide, limit: int
    ) -> frozenset[str]:
        """Move the images in one transaction. Raises `NoRoom`, `NotInAlbum`, `Conflict`."""
        ranks = await self._entries.read_ranks(key, [anchor, *image_ids])
        if anchor not in ranks:
            raise NotInAlbum(anchor)
        moved = [image_id for image_id in image_ids if image_id in ranks]
        if not moved:
            return frozenset()
        found = await self._list_neighbors(key, anchor, ranks[anchor], side, len(moved) + 1)
        neighbor = next((rank for each, rank in found if each not in moved), None)
        if side is MoveSide.BEFORE:
            placed = place_ranks(neighbor or "", ranks[anchor], len(moved), limit)
        else:
            placed = place_ranks(ranks[anchor], neighbor, len(moved), limit)
        await self._transact(
            [
                self._entries.move(key, image_id, rank)
                for image_id, rank in zip(moved, placed, strict=True)
            ]
        )
        return frozenset(moved)

    @retry_conflicts(ATTEMPTS)
    async def _respace(self, key: AlbumKey, anchor: str, side: MoveSide) -> None:
        """Space the images around a gap evenly. Raises `NotInAlbum`, `Conflict`."""
        ranks = await self._entries.read_ranks(key, [anchor])
        if anchor not in ranks:
            raise NotInAlbum(anchor)
        size = MAX_RESPACED_IMAGES // 2 + 1
        rank = ranks[anchor]
        around = [(anchor, rank)]
        before = await self._list_neighbors(key, anchor, rank, MoveSide.BEFORE, size)
        after = await self._list_neighbors(key, anchor, rank, MoveSide.AFTER, size)
        before.reverse()
        if side is MoveSide.BEFORE:
            after = [*around, *after][:size]
        else:
            before = [*before, *around][-size:]
        try:
            respaced = respace(before, after)
        except NoRoom as error:
            raise Conflict from error
        await self._transact(
            [self._entries.move(key, each.image_id, each.rank, each.before) for each in respaced]
        )

    async def _list_neighbors(
        self, key: AlbumKey, anchor: str, rank: str, side: MoveSide, limit: int
    ) -> list[tuple[str, str]]:
        """Return the images on this side of another one, the nearest first, with their ranks."""
        found = await self._entries.list_neighbors(
            key, manual_position(rank, anchor), limit, forward=side is MoveSide.AFTER
        )
        return [(each.image_id, rank_of_position(each.position)) for each in found]

    def _suspend(
        self, album: Album, image: Image, rank: str | None
    ) -> "list[TransactWriteItemTypeDef]":
        kept = "trashed_albums :albums"
        values: Item = {}
        if rank is not None:
            kept += ", trashed_ranks :ranks"
            values[":ranks"] = {"SS": [f"{album.album_id}:{rank}"]}
        if album.cover_id == image.image_id:
            kept += ", trashed_covers :albums"
        condition = f"contains(albums, :album) AND {TRASHED}"
        return [
            self._name_album(album.key, image, f"ADD {kept} DELETE", condition, values),
            *self._entries.leave(album.key, image.image_id, rank),
        ]

    def _resume(
        self, key: AlbumKey, image: Image, new_rank: str
    ) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that bring an image back: at its rank, or else at a new one."""
        condition = (
            f"{LIVE} AND NOT {TRASHED} AND contains(trashed_albums, :album) "
            "AND NOT contains(albums, :album)"
        )
        ranks, values = _trashed_ranks(key, image)
        action = f"REMOVE expires_at DELETE trashed_albums :albums, trashed_covers :albums{ranks}"
        rank = image.trashed_rank(key.album_id) or new_rank
        return [
            self._name_album(key, image, f"{action} ADD", condition, values, is_placed=True),
            *self._entries.enter(key, image, rank),
        ]

    def _forget(self, key: AlbumKey, image: Image) -> "TransactWriteItemTypeDef":
        """Return the update that removes a suspended album from the image's row."""
        ranks, values = _trashed_ranks(key, image)
        return {
            "Update": {
                "TableName": self._table,
                "Key": image_key(image.key),
                "UpdateExpression": "DELETE trashed_albums :albums, trashed_covers :albums" + ranks,
                "ConditionExpression": LIVE,
                "ExpressionAttributeValues": {":albums": {"SS": [key.album_id]}, **values},
            }
        }

    def _count_resumed(
        self, key: AlbumKey, step: int, cover_id: str | None
    ) -> "TransactWriteItemTypeDef":
        if cover_id is None:
            return self._count(key, step, LIVE, {})
        cover = {":cover": {"S": cover_id}}
        return self._count(
            key, step, LIVE, cover, sets=", cover_id = if_not_exists(cover_id, :cover)"
        )

    async def _transact(self, changes: "list[TransactWriteItemTypeDef]") -> None:
        """Write all changes. Raises `Conflict`."""
        try:
            await transact(self._client, changes)
        except ClientError as error:
            raise_conflict(error)

    def _enter(self, key: AlbumKey, image: Image, rank: str) -> "list[TransactWriteItemTypeDef]":
        condition = (
            f"{LIVE} AND NOT {TRASHED} AND NOT contains(albums, :album) AND "
            "(attribute_not_exists(albums) OR size(albums) < :most)"
        )
        values: Item = {":most": serialize(MAX_ALBUMS)}
        return [
            # DynamoDB must not drop the row alone: the album refers to it.
            self._name_album(
                key, image, "REMOVE expires_at ADD", condition, values, is_placed=True
            ),
            *self._entries.enter(key, image, rank),
        ]

    def _leave(self, key: AlbumKey, image: Image) -> "list[TransactWriteItemTypeDef]":
        return [
            self._name_album(key, image, "DELETE", "contains(albums, :album)", {}),
            *self._entries.leave(key, image.image_id),
        ]

    def _name_album(
        self,
        key: AlbumKey,
        image: Image,
        action: str,
        condition: str,
        values: Item,
        *,
        is_placed: bool = False,
    ) -> "TransactWriteItemTypeDef":
        """Return the update of the albums that the image's row names.

        With `is_placed`, on the condition that the position that its entry takes is still the
        present one.
        """
        update: Any = {
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
        # A row of an earlier version has no position yet; it is derived as the entry's is.
        if is_placed and not image.is_outdated:
            update["ExpressionAttributeNames"] = {"#timeline": TIMELINE_ATTRIBUTE}
            if (position := image.timeline_position) is None:
                update["ConditionExpression"] += " AND attribute_not_exists(#timeline)"
            else:
                update["ConditionExpression"] += " AND #timeline = :position"
                update["ExpressionAttributeValues"][":position"] = {"S": position}
        return {"Update": update}

    def _uncount(self, album: Album, removed: set[str]) -> "TransactWriteItemTypeDef":
        """Return the update of the count; it clears the cover if that image leaves."""
        if album.cover_id is None:
            return self._count(album.key, -len(removed), "attribute_not_exists(cover_id)", {})
        ended = " REMOVE cover_id" if album.cover_id in removed else ""
        cover = {":cover": {"S": album.cover_id}}
        return self._count(album.key, -len(removed), "cover_id = :cover", cover, ended)

    def _count(
        self,
        key: AlbumKey,
        step: int,
        condition: str,
        values: Item,
        further: str = "",
        sets: str = "",
    ) -> "TransactWriteItemTypeDef":
        return {
            "Update": {
                "TableName": self._table,
                "Key": album_key(key),
                "UpdateExpression": f"SET updated_at = :now{sets} "
                f"ADD images :step, #revision :one{further}",
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
            ":sort": {"S": after.sort},
            ":now": {"S": now().isoformat()},
            ":revision": {"N": str(before.revision)},
            ":one": {"N": "1"},
        }
        sets, removed = "", []
        for name in ("cover_id", "description"):
            if (value := getattr(after, name)) is None:
                removed.append(f"#{name}")
            else:
                sets += f", #{name} = :{name}"
                values[f":{name}"] = {"S": value}
        removal = f" REMOVE {', '.join(removed)}" if removed else ""
        return {
            "Update": {
                "TableName": self._table,
                "Key": album_key(before.key),
                "UpdateExpression": "SET title = :title, #sort = :sort, updated_at = :now, "
                f"#revision = #revision + :one{sets}{removal}",
                "ConditionExpression": f"{LIVE} AND #revision = :revision",
                "ExpressionAttributeNames": {
                    f"#{name}": name for name in ("revision", "sort", "cover_id", "description")
                },
                "ExpressionAttributeValues": values,
            }
        }

    async def _first_members(self, key: AlbumKey) -> list[str]:
        partition = term_partition(key.owner, Term("album", key.album_id))
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": partition}},
            "ConsistentRead": True,
            "Limit": IMAGES_PER_TRANSACTION,
        }
        return [item["sk"] for item in await query(self._client, request, IMAGES_PER_TRANSACTION)]

    async def _read(self, key: AlbumKey) -> Album | None:
        response = await self._client.get_item(
            TableName=self._table, Key=album_key(key), ConsistentRead=True
        )
        return read_album(response["Item"]) if "Item" in response else None

    async def _read_images(self, key: AlbumKey, image_ids: list[str]) -> list[Image]:
        """Return those of the images that have a row, in the order of the ids."""
        keys = [image_key(ImageKey(key.owner, image_id)) for image_id in image_ids]
        rows = await read_many(self._client, self._table, keys)
        images = {image.image_id: image for image in map(read_image, rows)}
        return [images[image_id] for image_id in image_ids if image_id in images]


def _trashed_ranks(key: AlbumKey, image: Image) -> tuple[str, Item]:
    """Return the action that removes the rank of a suspended album, if any, and its values."""
    if (rank := image.trashed_rank(key.album_id)) is None:
        return "", {}
    return ", trashed_ranks :ranks", {":ranks": {"SS": [f"{key.album_id}:{rank}"]}}
