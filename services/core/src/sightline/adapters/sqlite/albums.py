"""The table of albums in SQLite.

An album has its number of images in its row, each image names its albums, the index finds the
images of an album, and the entries place them in its orders. All of them change in one transaction.
"""

import sqlite3
from collections.abc import Sequence

from sightline.adapters.sqlite.album_entries import (
    delete_entry,
    insert_entry,
    list_entries,
    move_entries,
    read_rank,
)
from sightline.adapters.sqlite.database import Database
from sightline.adapters.sqlite.image_index import AFTER_EVERY_ID
from sightline.adapters.sqlite.image_rows import read_image, read_images, replace_image
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
from sightline.domain.object_keys import ImageKey
from sightline.domain.ranks import new_ranks
from sightline.optimistic import Conflict
from sightline.ports.album_table import AddedImages, AlbumEntry, AlbumPage

#: Images that enter or leave an album in one transaction, so that other writers wait briefly.
IMAGES_PER_TRANSACTION = 100


class SqliteAlbumTable:
    """`AlbumTable` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, album: Album) -> None:
        await self._database.write(_create, album)

    async def get(self, key: AlbumKey) -> Album:
        return await self._database.read(_get, key)

    async def page(self, owner: str, limit: int, before: str | None = None) -> AlbumPage:
        albums = await self._database.read(_page, owner, limit + 1, before)
        more = len(albums) > limit
        return AlbumPage(albums[:limit], albums[limit - 1].album_id if more else None)

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        return await self._database.read(_list_ids, owner, limit)

    async def update(self, before: Album, after: Album) -> None:
        await self._database.write(_update, before, after)

    async def add_images(self, key: AlbumKey, image_ids: Sequence[str]) -> AddedImages:
        await self.get(key)
        inside: set[str] = set()
        full: set[str] = set()
        for batch in in_batches(dict.fromkeys(image_ids), IMAGES_PER_TRANSACTION):
            added = await self._database.write(_add_images, key, batch)
            inside |= added.inside
            full |= added.full
        return AddedImages(frozenset(inside), frozenset(full))

    async def remove_images(self, key: AlbumKey, image_ids: Sequence[str]) -> frozenset[str]:
        removed: set[str] = set()
        for batch in in_batches(dict.fromkeys(image_ids), IMAGES_PER_TRANSACTION):
            removed |= await self._database.write(_remove_images, key, batch)
        return frozenset(removed)

    async def list_entries(
        self, key: AlbumKey, sort: AlbumSort, limit: int, after: str | None = None
    ) -> list[AlbumEntry]:
        return await self._database.read(list_entries, key, sort, limit, after)

    async def move_images(
        self, key: AlbumKey, image_ids: Sequence[str], anchor: str, side: MoveSide
    ) -> frozenset[str]:
        return await self._database.write(_move_images, key, image_ids, anchor, side)

    async def suspend_images(self, key: AlbumKey, image_ids: Sequence[str]) -> None:
        for batch in in_batches(dict.fromkeys(image_ids), IMAGES_PER_TRANSACTION):
            await self._database.write(_suspend_images, key, batch)

    async def resume_images(self, key: AlbumKey, image_ids: Sequence[str]) -> None:
        for batch in in_batches(dict.fromkeys(image_ids), IMAGES_PER_TRANSACTION):
            await self._database.write(_resume_images, key, batch)

    async def begin_deletion(self, key: AlbumKey) -> Album:
        return await self._database.write(_begin_deletion, key)

    async def remove(self, album: Album) -> None:
        seen: list[str] = []
        while members := await self._database.read(_deleted_members, album.key):
            # Another call may have removed these first, but not those that follow.
            if not await self.remove_images(album.key, members) and members == seen:
                raise Conflict
            seen = members
        await self._database.write(_remove, album.key)


def _read(connection: sqlite3.Connection, key: AlbumKey) -> Album | None:
    row = connection.execute(
        "SELECT document FROM albums WHERE owner = ? AND album_id = ?", key
    ).fetchone()
    return None if row is None else Album.model_validate_json(row[0])


def _get(connection: sqlite3.Connection, key: AlbumKey) -> Album:
    album = _read(connection, key)
    if album is None or album.deleted_at is not None:
        raise AlbumNotFound(key.album_id)
    return album


def require_album(connection: sqlite3.Connection, key: AlbumKey) -> None:
    """Raise `AlbumNotFound` if the album is missing or being deleted."""
    _get(connection, key)


def _create(connection: sqlite3.Connection, album: Album) -> None:
    inserted = connection.execute(
        "INSERT INTO albums (owner, album_id, deleted, document) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        (*album.key, album.deleted_at is not None, _document(album)),
    )
    if inserted.rowcount == 0 and _read(connection, album.key) != album:
        raise Conflict


def _page(
    connection: sqlite3.Connection, owner: str, limit: int, before: str | None
) -> list[Album]:
    rows = connection.execute(
        "SELECT document FROM albums WHERE owner = ? AND album_id < ? AND NOT deleted "
        "ORDER BY album_id DESC LIMIT ?",
        (owner, before or AFTER_EVERY_ID, limit),
    )
    return [Album.model_validate_json(document) for (document,) in rows]


def _list_ids(connection: sqlite3.Connection, owner: str, limit: int) -> list[str]:
    rows = connection.execute(
        "SELECT album_id FROM albums WHERE owner = ? ORDER BY album_id DESC LIMIT ?",
        (owner, limit),
    )
    return [album_id for (album_id,) in rows]


def _update(connection: sqlite3.Connection, before: Album, after: Album) -> None:
    current = _read(connection, before.key)
    if current is None or current.deleted_at is not None or current.revision != before.revision:
        raise Conflict
    if after.cover_id is not None and after.cover_id != before.cover_id:
        image = read_image(connection, ImageKey(before.owner, after.cover_id))
        if image is None or before.album_id not in image.albums:
            raise NotInAlbum(after.cover_id)
    _change(
        connection,
        current,
        title=after.title,
        description=after.description,
        sort=after.sort,
        cover_id=after.cover_id,
    )


def _add_images(
    connection: sqlite3.Connection, key: AlbumKey, image_ids: Sequence[str]
) -> AddedImages:
    album = _get(connection, key)
    found = read_images(connection, key.owner, image_ids)
    images = [found[each] for each in image_ids if each in found and not found[each].is_hidden]
    inside = {image.image_id for image in images if key.album_id in image.albums}
    full = {image.image_id for image in images if len(image.albums) >= MAX_ALBUMS} - inside
    new = [image for image in images if image.image_id not in inside | full]
    for image, rank in zip(new, new_ranks(len(new)), strict=True):
        # The row must not expire: the album refers to it.
        entered = {"albums": image.albums | {key.album_id}, "expires_at": None}
        replace_image(connection, image, image.model_copy(update=entered))
        insert_entry(connection, key, image, rank)
    if new:
        _change(connection, album, images=album.images + len(new))
    return AddedImages(frozenset(inside | {image.image_id for image in new}), frozenset(full))


def _remove_images(
    connection: sqlite3.Connection, key: AlbumKey, image_ids: Sequence[str]
) -> set[str]:
    found = read_images(connection, key.owner, image_ids).values()
    inside = [image for image in found if key.album_id in image.albums]
    for image in inside:
        left = {"albums": image.albums - {key.album_id}}
        replace_image(connection, image, image.model_copy(update=left))
        delete_entry(connection, key, image.image_id)
    removed = {image.image_id for image in inside}
    album = _read(connection, key)
    if removed and album is not None:
        cover_id = None if album.cover_id in removed else album.cover_id
        _change(connection, album, images=album.images - len(removed), cover_id=cover_id)
    return removed


def _move_images(
    connection: sqlite3.Connection,
    key: AlbumKey,
    image_ids: Sequence[str],
    anchor: str,
    side: MoveSide,
) -> frozenset[str]:
    _get(connection, key)
    ids = [each for each in dict.fromkeys(image_ids) if each != anchor]
    return move_entries(connection, key, ids, anchor, side)


def _suspend_images(
    connection: sqlite3.Connection, key: AlbumKey, image_ids: Sequence[str]
) -> None:
    found = read_images(connection, key.owner, image_ids).values()
    trashed = [image for image in found if image.is_trashed and key.album_id in image.albums]
    album = _read(connection, key)
    for image in trashed:
        kept: dict[str, object] = {"trashed_albums": image.trashed_albums | {key.album_id}}
        if album is not None and album.cover_id == image.image_id:
            kept["trashed_covers"] = image.trashed_covers | {key.album_id}
        if rank := read_rank(connection, key, image.image_id):
            kept["trashed_ranks"] = image.trashed_ranks | {f"{key.album_id}:{rank}"}
        replace_image(connection, image, image.model_copy(update=kept))
    _remove_images(connection, key, [image.image_id for image in trashed])


def _resume_images(connection: sqlite3.Connection, key: AlbumKey, image_ids: Sequence[str]) -> None:
    found = read_images(connection, key.owner, image_ids).values()
    images = [each for each in found if not each.is_hidden and key.album_id in each.trashed_albums]
    for image in images:
        left = {
            "trashed_albums": image.trashed_albums - {key.album_id},
            "trashed_covers": image.trashed_covers - {key.album_id},
            "trashed_ranks": image.without_trashed_rank(key.album_id),
        }
        replace_image(connection, image, image.model_copy(update=left))
    try:
        added = _add_images(connection, key, [image.image_id for image in images])
    except AlbumNotFound:
        return
    for image in images:
        if image.image_id in added.inside and (rank := image.trashed_rank(key.album_id)):
            insert_entry(connection, key, image, rank)
    album = _get(connection, key)
    covers = [each.image_id for each in images if key.album_id in each.trashed_covers]
    if album.cover_id is None and (inside := added.inside.intersection(covers)):
        _write(connection, album.model_copy(update={"cover_id": min(inside)}))


def _begin_deletion(connection: sqlite3.Connection, key: AlbumKey) -> Album:
    album = _read(connection, key)
    if album is None:
        raise AlbumNotFound(key.album_id)
    hidden = album.model_copy(update={"deleted_at": album.deleted_at or now()})
    _write(connection, hidden)
    return hidden


def _deleted_members(connection: sqlite3.Connection, key: AlbumKey) -> list[str]:
    """Return images of an album that is being deleted, as many as one transaction takes."""
    rows = connection.execute(
        "SELECT image_id FROM terms WHERE owner = ? AND kind = 'album' AND name = ? "
        "AND EXISTS (SELECT 1 FROM albums WHERE owner = ? AND album_id = ? AND deleted) LIMIT ?",
        (*key, *key, IMAGES_PER_TRANSACTION),
    )
    return [image_id for (image_id,) in rows]


def _remove(connection: sqlite3.Connection, key: AlbumKey) -> None:
    connection.execute("DELETE FROM albums WHERE owner = ? AND album_id = ? AND deleted", key)


def _change(connection: sqlite3.Connection, album: Album, **changes: object) -> None:
    changed = {**changes, "revision": album.revision + 1, "updated_at": now()}
    _write(connection, album.model_copy(update=changed))


def _write(connection: sqlite3.Connection, album: Album) -> None:
    connection.execute(
        "UPDATE albums SET deleted = ?, document = ? WHERE owner = ? AND album_id = ?",
        (album.deleted_at is not None, _document(album), *album.key),
    )


def _document(album: Album) -> str:
    return album.model_dump_json(exclude_none=True)
