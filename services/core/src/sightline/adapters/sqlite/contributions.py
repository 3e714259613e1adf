"""Contributions to albums in SQLite."""

import json
import sqlite3
from collections.abc import Sequence

from sightline.adapters.sqlite.album_entries import (
    AFTER_EVERY_POSITION,
    delete_entry,
    insert_contribution,
)
from sightline.adapters.sqlite.album_members import read_member
from sightline.adapters.sqlite.albums import require_album
from sightline.adapters.sqlite.database import Database
from sightline.adapters.sqlite.image_rows import read_images
from sightline.batching import in_batches
from sightline.domain.album_members import (
    Contribution,
    Member,
    MemberNotFound,
    Visibility,
    contribute,
)
from sightline.domain.albums import AlbumKey, AlbumSort
from sightline.domain.clock import now
from sightline.domain.object_keys import ImageKey
from sightline.domain.ranks import new_ranks
from sightline.domain.states import Status
from sightline.ports.contribution_table import ContributionEntry

#: Images that enter an album in one transaction, so that other writers wait briefly.
IMAGES_PER_TRANSACTION = 100

_SELECT = """
SELECT document, {column} FROM album_entries
JOIN album_contributions USING (owner, album_id, image_id)
WHERE owner = ? AND album_id = ? AND album_entries.contributor IS NOT NULL
AND {column} {comparison} ? ORDER BY {column} {direction} LIMIT ?
"""

#: Selects the contributions to an album that follow a position.
_LIST: dict[AlbumSort, str] = {
    sort: _SELECT.format(
        column="image_id" if sort.is_by_upload else "timeline",
        comparison=">" if sort.is_ascending else "<",
        direction="ASC" if sort.is_ascending else "DESC",
    )
    for sort in AlbumSort
    if sort is not AlbumSort.MANUAL
}


class SqliteContributionTable:
    """`ContributionTable` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, member: Member, image_ids: Sequence[str], visibility: Visibility
    ) -> frozenset[str]:
        inside: set[str] = set()
        for batch in in_batches(dict.fromkeys(image_ids), IMAGES_PER_TRANSACTION):
            inside |= await self._database.write(_add, member, batch, visibility)
        return frozenset(inside)

    async def remove(
        self, album: AlbumKey, image_ids: Sequence[str], contributor: str | None = None
    ) -> frozenset[str]:
        return await self._database.write(_remove, album, image_ids, contributor)

    async def list_entries(
        self, album: AlbumKey, sort: AlbumSort, limit: int, after: str | None = None
    ) -> list[ContributionEntry]:
        if sort is AlbumSort.MANUAL:
            raise ValueError(sort)
        return await self._database.read(_list_entries, album, sort, limit, after)

    async def get(self, album: AlbumKey, image_id: str) -> Contribution | None:
        found = await self.get_many(album, [image_id])
        return found[0] if found else None

    async def get_many(self, album: AlbumKey, image_ids: Sequence[str]) -> list[Contribution]:
        return await self._database.read(_get_many, album, image_ids)

    async def list_albums(self, image: ImageKey) -> list[AlbumKey]:
        return await self._database.read(_list_albums, image)

    async def remove_contributor(self, album: AlbumKey, contributor: str) -> None:
        await self._database.write(_remove_contributor, album, contributor)

    async def remove_all(self, album: AlbumKey) -> None:
        await self._database.write(_remove_all, album)


def _add(
    connection: sqlite3.Connection, member: Member, image_ids: list[str], visibility: Visibility
) -> set[str]:
    require_album(connection, member.album)
    current = read_member(connection, member.album, member.member)
    if current is None or not current.may_contribute:
        raise MemberNotFound(member.member_id)
    inside = set()
    ranks = iter(new_ranks(len(image_ids)))
    for image in read_images(connection, member.member, image_ids).values():
        if image.is_hidden or image.status is Status.AWAITING_UPLOAD:
            continue
        contribution = contribute(member, image.image_id, visibility, now())
        connection.execute(
            "INSERT OR REPLACE INTO album_contributions "
            "(owner, album_id, image_id, contributor, document) VALUES (?, ?, ?, ?, ?)",
            (*member.album, image.image_id, member.member, contribution.model_dump_json()),
        )
        insert_contribution(connection, member.album, image, next(ranks))
        inside.add(image.image_id)
    return inside


def _remove(
    connection: sqlite3.Connection,
    album: AlbumKey,
    image_ids: Sequence[str],
    contributor: str | None,
) -> frozenset[str]:
    rows = connection.execute(
        "DELETE FROM album_contributions WHERE owner = ? AND album_id = ? "
        "AND image_id IN (SELECT value FROM json_each(?)) AND (? IS NULL OR contributor = ?) "
        "RETURNING image_id",
        (*album, json.dumps(list(image_ids)), contributor, contributor),
    ).fetchall()
    for (image_id,) in rows:
        delete_entry(connection, album, image_id)
    return frozenset(image_id for (image_id,) in rows)


def _list_entries(
    connection: sqlite3.Connection, album: AlbumKey, sort: AlbumSort, limit: int, after: str | None
) -> list[ContributionEntry]:
    if after is None:
        after = "" if sort.is_ascending else AFTER_EVERY_POSITION
    rows = connection.execute(_LIST[sort], (*album, after, limit))
    return [
        ContributionEntry(Contribution.model_validate_json(document), position)
        for document, position in rows
    ]


def _get_many(
    connection: sqlite3.Connection, album: AlbumKey, image_ids: Sequence[str]
) -> list[Contribution]:
    rows = connection.execute(
        "SELECT document FROM album_contributions WHERE owner = ? AND album_id = ? "
        "AND image_id IN (SELECT value FROM json_each(?))",
        (*album, json.dumps(list(image_ids))),
    )
    return [Contribution.model_validate_json(document) for (document,) in rows]


def _list_albums(connection: sqlite3.Connection, image: ImageKey) -> list[AlbumKey]:
    rows = connection.execute(
        "SELECT owner, album_id FROM album_contributions WHERE contributor = ? AND image_id = ?",
        image,
    )
    return [AlbumKey(owner, album_id) for owner, album_id in rows]


def _remove_contributor(connection: sqlite3.Connection, album: AlbumKey, contributor: str) -> None:
    for table in ("album_contributions", "album_entries"):
        connection.execute(
            f"DELETE FROM {table} WHERE owner = ? AND album_id = ? AND contributor = ?",  # noqa: S608 # nosec B608
            (*album, contributor),
        )


def _remove_all(connection: sqlite3.Connection, album: AlbumKey) -> None:
    connection.execute("DELETE FROM album_contributions WHERE owner = ? AND album_id = ?", album)
    connection.execute(
        "DELETE FROM album_entries WHERE owner = ? AND album_id = ? AND contributor IS NOT NULL",
        album,
    )
