"""Every image row in SQLite, for operators."""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterable

from sightline.adapters.sqlite.database import Database
from sightline.adapters.sqlite.image_rows import parse_image, read_image
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey

#: Rows that a scan reads at once.
SCAN_SIZE = 100


class SqliteImageInventory:
    """`ImageInventory` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: ImageKey) -> Image | None:
        return await self._database.read(read_image, key)

    async def find_existing(self, keys: Iterable[ImageKey]) -> set[ImageKey]:
        return await self._database.read(_find_existing, list(keys))

    async def scan(self) -> AsyncIterator[Image]:
        after = ImageKey("", "")
        while images := await self._database.read(_scan, after):
            for image in images:
                yield image
            after = images[-1].key


def _find_existing(connection: sqlite3.Connection, keys: list[ImageKey]) -> set[ImageKey]:
    rows = connection.execute(
        "SELECT images.owner, images.image_id FROM json_each(?) AS wanted JOIN images "
        "ON images.owner = json_extract(wanted.value, '$[0]') "
        "AND images.image_id = json_extract(wanted.value, '$[1]')",
        (json.dumps(keys),),
    )
    return {ImageKey(*row) for row in rows}


def _scan(connection: sqlite3.Connection, after: ImageKey) -> list[Image]:
    rows = connection.execute(
        "SELECT document FROM images WHERE (owner, image_id) > (?, ?) "
        "ORDER BY owner, image_id LIMIT ?",
        (*after, SCAN_SIZE),
    )
    return [parse_image(document) for (document,) in rows]
