"""API keys in SQLite."""

import sqlite3
from datetime import datetime

from sightline.adapters.sqlite.database import Database
from sightline.domain.api_keys import KEPT_AFTER_END, USE_INTERVAL, ApiKey, ApiKeyNotFound
from sightline.optimistic import Conflict


class SqliteApiKeyTable:
    """`ApiKeyTable` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, key: ApiKey) -> None:
        await self._database.write(_create, key)

    async def find(self, digest: str) -> ApiKey | None:
        return await self._database.read(_find, digest)

    async def list(self, owner: str) -> list[ApiKey]:
        return await self._database.read(_list, owner)

    async def record_use(self, key: ApiKey, at: datetime) -> None:
        await self._database.write(_record_use, key, at)

    async def revoke(self, owner: str, key_id: str) -> None:
        await self._database.write(_revoke, owner, key_id)


def _create(connection: sqlite3.Connection, key: ApiKey) -> None:
    connection.execute(
        "DELETE FROM api_keys WHERE ends_at <= ?",
        ((key.created_at - KEPT_AFTER_END).timestamp(),),
    )
    document = key.model_dump_json()
    row = (key.owner, key.key_id, key.digest, key.ends_at.timestamp(), document)
    try:
        connection.execute(
            "INSERT INTO api_keys (owner, key_id, digest, ends_at, document) "
            "VALUES (?, ?, ?, ?, ?)",
            row,
        )
    except sqlite3.IntegrityError:
        if _find(connection, key.digest) != key:
            raise Conflict from None


def _find(connection: sqlite3.Connection, digest: str) -> ApiKey | None:
    row = connection.execute("SELECT document FROM api_keys WHERE digest = ?", (digest,)).fetchone()
    return row and ApiKey.model_validate_json(row[0])


def _list(connection: sqlite3.Connection, owner: str) -> list[ApiKey]:
    rows = connection.execute(
        "SELECT document, last_used_at FROM api_keys WHERE owner = ? ORDER BY key_id DESC", (owner,)
    )
    return [
        ApiKey.model_validate_json(document).model_copy(
            update={"last_used_at": used and datetime.fromisoformat(used)}
        )
        for document, used in rows
    ]


def _record_use(connection: sqlite3.Connection, key: ApiKey, at: datetime) -> None:
    connection.execute(
        "UPDATE api_keys SET last_used_at = ? WHERE owner = ? AND key_id = ? "
        "AND (last_used_at IS NULL OR last_used_at <= ?)",
        (_format(at), key.owner, key.key_id, _format(at - USE_INTERVAL)),
    )


def _revoke(connection: sqlite3.Connection, owner: str, key_id: str) -> None:
    cursor = connection.execute(
        "DELETE FROM api_keys WHERE owner = ? AND key_id = ?", (owner, key_id)
    )
    if cursor.rowcount == 0:
        raise ApiKeyNotFound(key_id)


def _format(at: datetime) -> str:
    """Format a time in UTC such that times sort as text."""
    return at.isoformat(timespec="microseconds")
