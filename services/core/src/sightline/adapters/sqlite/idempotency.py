"""Idempotency keys and the responses to replay, in SQLite."""

import json
import sqlite3
import time

from sightline.adapters.sqlite.database import Database
from sightline.ports.idempotency_store import RequestClaimed, StoredResponse

#: Expired keys that are deleted when a key is claimed.
MAX_EXPIRED = 100


class SqliteIdempotencyStore:
    """`IdempotencyStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self, owner: str, key: str, fingerprint: str, seconds: float
    ) -> StoredResponse | None:
        return await self._database.write(_claim, owner, key, fingerprint, seconds)

    async def store(self, owner: str, key: str, response: StoredResponse, seconds: float) -> None:
        await self._database.write(_store, owner, key, response, seconds)

    async def release(self, owner: str, key: str) -> None:
        await self._database.write(_release, owner, key)


def _claim(
    connection: sqlite3.Connection, owner: str, key: str, fingerprint: str, seconds: float
) -> StoredResponse | None:
    at = time.time()
    row = connection.execute(
        "SELECT fingerprint, response FROM requests WHERE owner = ? AND key = ? AND expires_at > ?",
        (owner, key, at),
    ).fetchone()
    if row is not None:
        held, response = row
        if held != fingerprint or response is None:
            raise RequestClaimed(held == fingerprint)
        return StoredResponse(**json.loads(response))
    connection.execute(
        "DELETE FROM requests WHERE rowid IN "
        "(SELECT rowid FROM requests WHERE expires_at <= ? LIMIT ?)",
        (at, MAX_EXPIRED),
    )
    connection.execute(
        "INSERT OR REPLACE INTO requests (owner, key, fingerprint, expires_at) VALUES (?, ?, ?, ?)",
        (owner, key, fingerprint, at + seconds),
    )
    return None


def _store(
    connection: sqlite3.Connection, owner: str, key: str, response: StoredResponse, seconds: float
) -> None:
    connection.execute(
        "UPDATE requests SET response = ?, expires_at = ? WHERE owner = ? AND key = ?",
        (json.dumps(response._asdict()), time.time() + seconds, owner, key),
    )


def _release(connection: sqlite3.Connection, owner: str, key: str) -> None:
    connection.execute("DELETE FROM requests WHERE owner = ? AND key = ?", (owner, key))
