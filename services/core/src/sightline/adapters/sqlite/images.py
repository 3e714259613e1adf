"""The table of images in SQLite."""

import json
import sqlite3
import time
from collections.abc import Sequence

from sightline.adapters.sqlite.database import Database
from sightline.adapters.sqlite.image_index import AFTER_EVERY_ID
from sightline.adapters.sqlite.image_rows import (
    delete_image,
    insert_image,
    parse_image,
    read_image,
    read_images,
    replace_image,
)
from sightline.adapters.sqlite.recognition_cache import cache_recognition, forget_content
from sightline.adapters.sqlite.usage import count_removal, count_usage
from sightline.domain.clock import now
from sightline.domain.images import (
    Image,
    adds_known_word,
    find_changes,
    find_preconditions,
)
from sightline.domain.object_keys import ImageKey
from sightline.domain.sort_order import SortOrder
from sightline.domain.summaries import ImageSummary
from sightline.optimistic import Conflict
from sightline.ports.image_table import ImageNotFound, ImagePage, SummaryPage

#: How long an expired upload keeps its row: who reads it just before it expires can still write.
EXPIRY_GRACE_SECONDS = 3_600

#: Expired uploads whose rows are deleted when an image is created.
MAX_EXPIRED = 100


class SqliteImageTable:
    """`ImageTable` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, image: Image) -> None:
        await self._database.write(_create, image)

    async def get(self, key: ImageKey) -> Image:
        image = await self._database.read(read_image, key)
        if image is None or image.is_hidden:
            raise ImageNotFound(key.image_id)
        return image

    async def get_stored(self, key: ImageKey) -> Image:
        image = await self._database.read(read_image, key)
        if image is None or image.is_gone:
            raise ImageNotFound(key.image_id)
        return image

    async def get_many(self, owner: str, image_ids: Sequence[str]) -> list[Image]:
        found = await self._database.read(read_images, owner, image_ids)
        images = (found.get(image_id) for image_id in image_ids)
        return [image for image in images if image is not None and not image.is_hidden]

    async def get_summaries(self, owner: str, image_ids: Sequence[str]) -> list[ImageSummary]:
        found = await self._database.read(_read_summaries, owner, image_ids)
        images = (found.get(image_id) for image_id in image_ids)
        return [image for image in images if image is not None and not image.is_hidden]

    async def page(self, owner: str, limit: int, before: str | None = None) -> ImagePage:
        images = await self._database.read(_page, owner, limit + 1, before)
        more = len(images) > limit
        return ImagePage(images[:limit], images[limit - 1].image_id if more else None)

    async def page_summaries(
        self,
        owner: str,
        limit: int,
        before: str | None = None,
        down_to: str | None = None,
        order: SortOrder = SortOrder.NEWEST,
    ) -> SummaryPage:
        images = await self._database.read(
            _page_summaries, owner, limit + 1, before, down_to, order
        )
        more = len(images) > limit
        return SummaryPage(images[:limit], images[limit - 1].image_id if more else None)

    async def store(self, before: Image, after: Image) -> None:
        await self._database.write(_store, before, after)

    async def begin_deletion(self, key: ImageKey, revision: int | None = None) -> Image:
        return await self._database.write(_begin_deletion, key, revision)

    async def remove(self, image: Image) -> None:
        await self._database.write(_remove, image.key)

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        return await self._database.read(_list_ids, owner, limit)


def _create(connection: sqlite3.Connection, image: Image) -> None:
    _delete_expired(connection)
    if not insert_image(connection, image) and read_image(connection, image.key) != image:
        raise Conflict


def _delete_expired(connection: sqlite3.Connection) -> None:
    """Delete the rows of unused uploads that expired a while ago: nothing refers to them."""
    connection.execute(
        "DELETE FROM images WHERE rowid IN "
        "(SELECT rowid FROM images WHERE expires_at <= ? LIMIT ?)",
        (int(time.time()) - EXPIRY_GRACE_SECONDS, MAX_EXPIRED),
    )


def _store(connection: sqlite3.Connection, before: Image, after: Image) -> None:
    current = read_image(connection, before.key)
    if current is None or current.deleted_at is not None or current.home != before.home:
        raise Conflict
    for name in find_preconditions(before, after):
        if getattr(current, name).revision != getattr(before, name).revision:
            raise Conflict
    if adds_known_word(before, after, current):
        raise Conflict
    changes: dict[str, object] = {"home": after.home}
    if after.expires_at is None:
        changes["expires_at"] = None
    changes |= {name: getattr(after, name) for name in find_changes(before, after)}
    stored = current.model_copy(update=changes)
    replace_image(connection, current, stored)
    count_usage(connection, current, stored)
    cache_recognition(connection, current, stored)


def _begin_deletion(connection: sqlite3.Connection, key: ImageKey, revision: int | None) -> Image:
    image = read_image(connection, key)
    if image is None:
        raise ImageNotFound(key.image_id)
    if revision is not None and image.details.revision != revision:
        raise Conflict
    hidden = image.model_copy(update={"deleted_at": image.deleted_at or now()})
    replace_image(connection, image, hidden)
    return hidden


def _remove(connection: sqlite3.Connection, key: ImageKey) -> None:
    image = read_image(connection, key)
    if image is not None and image.deleted_at is not None:
        delete_image(connection, image)
        count_removal(connection, image)
        forget_content(connection, image)


def _page(
    connection: sqlite3.Connection, owner: str, limit: int, before: str | None
) -> list[Image]:
    rows = connection.execute(
        "SELECT document FROM images WHERE owner = ? AND image_id < ? "
        "AND NOT deleted AND (expires_at IS NULL OR expires_at > ?) "
        "ORDER BY image_id DESC LIMIT ?",
        (owner, before or AFTER_EVERY_ID, time.time(), limit),
    )
    return [parse_image(document) for (document,) in rows]


_PAGE_SUMMARIES = (
    "SELECT summary FROM images WHERE owner = ? AND image_id < ? AND image_id >= ? "
    "AND NOT deleted AND (expires_at IS NULL OR expires_at > ?) ORDER BY image_id "
)

_PAGE_SUMMARIES_IN_ORDER = {
    SortOrder.NEWEST: _PAGE_SUMMARIES + "DESC LIMIT ?",
    SortOrder.OLDEST: _PAGE_SUMMARIES + "ASC LIMIT ?",
}


def _page_summaries(
    connection: sqlite3.Connection,
    owner: str,
    limit: int,
    before: str | None,
    down_to: str | None,
    order: SortOrder,
) -> list[ImageSummary]:
    rows = connection.execute(
        _PAGE_SUMMARIES_IN_ORDER[order],
        (owner, before or AFTER_EVERY_ID, down_to or "", time.time(), limit),
    )
    return [ImageSummary.model_validate_json(summary) for (summary,) in rows]


def _read_summaries(
    connection: sqlite3.Connection, owner: str, image_ids: Sequence[str]
) -> dict[str, ImageSummary]:
    rows = connection.execute(
        "SELECT image_id, summary FROM images "
        "WHERE owner = ? AND image_id IN (SELECT value FROM json_each(?))",
        (owner, json.dumps(list(image_ids))),
    )
    return {image_id: ImageSummary.model_validate_json(summary) for image_id, summary in rows}


def _list_ids(connection: sqlite3.Connection, owner: str, limit: int) -> list[str]:
    rows = connection.execute(
        "SELECT image_id FROM images WHERE owner = ? ORDER BY image_id DESC LIMIT ?",
        (owner, limit),
    )
    return [image_id for (image_id,) in rows]
