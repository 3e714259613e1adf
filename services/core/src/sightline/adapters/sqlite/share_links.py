"""Share links in SQLite."""

import sqlite3
from datetime import datetime

from sightline.adapters.sqlite.database import Database
from sightline.domain.share_links import KEPT_AFTER_END, ShareLink, ShareLinkNotFound
from sightline.optimistic import Conflict
from sightline.ports.share_link_table import ShareLinkPage

#: What a list shows of a row.
_COLUMNS = "document, opened, last_opened_at"


class SqliteShareLinkTable:
    """`ShareLinkTable` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, link: ShareLink) -> None:
        await self._database.write(_create, link)

    async def find(self, digest: str) -> ShareLink | None:
        return await self._database.read(_find, digest)

    async def get(self, owner: str, link_id: str) -> ShareLink:
        return await self._database.read(_get, owner, link_id)

    async def page(self, owner: str, limit: int, before: str | None = None) -> ShareLinkPage:
        return await self._database.read(_page, owner, limit, before)

    async def update(self, before: ShareLink, after: ShareLink) -> None:
        await self._database.write(_update, before, after)

    async def record_open(self, link: ShareLink, at: datetime) -> None:
        await self._database.write(_record_open, link, at)

    async def revoke(self, owner: str, link_id: str) -> None:
        await self._database.write(_revoke, owner, link_id)


def _create(connection: sqlite3.Connection, link: ShareLink) -> None:
    connection.execute(
        "DELETE FROM share_links WHERE ends_at <= ?",
        ((link.created_at - KEPT_AFTER_END).timestamp(),),
    )
    row = (link.owner, link.link_id, link.digest, _ends_at(link), link.model_dump_json())
    try:
        connection.execute(
            "INSERT INTO share_links (owner, link_id, digest, ends_at, document) "
            "VALUES (?, ?, ?, ?, ?)",
            row,
        )
    except sqlite3.IntegrityError:
        if _find(connection, link.digest) != link:
            raise Conflict from None


def _find(connection: sqlite3.Connection, digest: str) -> ShareLink | None:
    row = connection.execute(
        "SELECT document FROM share_links WHERE digest = ?", (digest,)
    ).fetchone()
    return row and ShareLink.model_validate_json(row[0])


def _get(connection: sqlite3.Connection, owner: str, link_id: str) -> ShareLink:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM share_links WHERE owner = ? AND link_id = ?",  # noqa: S608 # nosec B608
        (owner, link_id),
    ).fetchone()
    if row is None:
        raise ShareLinkNotFound(link_id)
    return _read(*row)


def _page(
    connection: sqlite3.Connection, owner: str, limit: int, before: str | None
) -> ShareLinkPage:
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM share_links "  # noqa: S608 # nosec B608
        "WHERE owner = ? AND (? IS NULL OR link_id < ?) ORDER BY link_id DESC LIMIT ?",
        (owner, before, before, limit + 1),
    ).fetchall()
    links = [_read(*row) for row in rows]
    more = len(links) > limit
    return ShareLinkPage(links[:limit], links[limit - 1].link_id if more else None)


def _update(connection: sqlite3.Connection, before: ShareLink, after: ShareLink) -> None:
    try:
        current = _get(connection, before.owner, before.link_id)
    except ShareLinkNotFound as error:
        raise Conflict from error
    if current.revision != before.revision:
        raise Conflict
    written = after.without_opens().model_copy(update={"revision": before.revision + 1})
    connection.execute(
        "UPDATE share_links SET ends_at = ?, document = ? WHERE owner = ? AND link_id = ?",
        (_ends_at(written), written.model_dump_json(), written.owner, written.link_id),
    )


def _record_open(connection: sqlite3.Connection, link: ShareLink, at: datetime) -> None:
    connection.execute(
        "UPDATE share_links SET opened = opened + 1, last_opened_at = ? "
        "WHERE owner = ? AND link_id = ?",
        (at.isoformat(), link.owner, link.link_id),
    )


def _revoke(connection: sqlite3.Connection, owner: str, link_id: str) -> None:
    cursor = connection.execute(
        "DELETE FROM share_links WHERE owner = ? AND link_id = ?", (owner, link_id)
    )
    if cursor.rowcount == 0:
        raise ShareLinkNotFound(link_id)


def _read(document: str, opened: int, last_opened_at: str | None) -> ShareLink:
    visits = {
        "opened": opened,
        "last_opened_at": last_opened_at and datetime.fromisoformat(last_opened_at),
    }
    return ShareLink.model_validate_json(document).model_copy(update=visits)


def _ends_at(link: ShareLink) -> float | None:
    return None if link.ends_at is None else link.ends_at.timestamp()
