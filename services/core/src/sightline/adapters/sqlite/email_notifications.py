"""Email preferences and digests in SQLite."""

import sqlite3
from datetime import datetime

from sightline.adapters.sqlite.database import Database
from sightline.domain.email_notifications import Digest, EmailPreferences
from sightline.optimistic import Conflict


class SqliteEmailNotificationTable:
    """`EmailNotificationTable` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get_preferences(self, owner: str) -> EmailPreferences:
        document = await self._database.read(_get_preferences, owner)
        if document is None:
            return EmailPreferences(owner=owner)
        return EmailPreferences.model_validate_json(document)

    async def store_preferences(self, preferences: EmailPreferences) -> None:
        await self._database.write(_store_preferences, preferences)

    async def get_digest(self, owner: str) -> Digest:
        document = await self._database.read(_get_digest, owner)
        return Digest(owner=owner) if document is None else Digest.model_validate_json(document)

    async def store_digest(self, digest: Digest) -> None:
        await self._database.write(_store_digest, digest)

    async def find_due_digests(self, at: datetime, limit: int) -> list[Digest]:
        documents = await self._database.read(_find_due, at, limit)
        return [Digest.model_validate_json(document) for document in documents]


def _get_preferences(connection: sqlite3.Connection, owner: str) -> str | None:
    row = connection.execute(
        "SELECT document FROM email_preferences WHERE owner = ?", (owner,)
    ).fetchone()
    return None if row is None else str(row[0])


def _store_preferences(connection: sqlite3.Connection, preferences: EmailPreferences) -> None:
    _require_one(
        connection.execute(
            "INSERT INTO email_preferences (owner, revision, document) "
            "SELECT ?1, ?2, ?3 WHERE ?2 = 1 OR EXISTS "
            "(SELECT 1 FROM email_preferences WHERE owner = ?1) "
            "ON CONFLICT (owner) DO UPDATE SET revision = ?2, document = ?3 "
            "WHERE revision = ?2 - 1",
            (preferences.owner, preferences.revision, preferences.model_dump_json()),
        )
    )


def _get_digest(connection: sqlite3.Connection, owner: str) -> str | None:
    row = connection.execute("SELECT document FROM digests WHERE owner = ?", (owner,)).fetchone()
    return None if row is None else str(row[0])


def _store_digest(connection: sqlite3.Connection, digest: Digest) -> None:
    due = digest.due_at and digest.due_at.timestamp()
    _require_one(
        connection.execute(
            "INSERT INTO digests (owner, revision, due_at, document) "
            "SELECT ?1, ?2, ?3, ?4 WHERE ?2 = 1 OR EXISTS "
            "(SELECT 1 FROM digests WHERE owner = ?1) "
            "ON CONFLICT (owner) DO UPDATE SET revision = ?2, due_at = ?3, document = ?4 "
            "WHERE revision = ?2 - 1",
            (digest.owner, digest.revision, due, digest.model_dump_json()),
        )
    )


def _find_due(connection: sqlite3.Connection, at: datetime, limit: int) -> list[str]:
    rows = connection.execute(
        "SELECT document FROM digests WHERE due_at <= ? ORDER BY due_at LIMIT ?",
        (at.timestamp(), limit),
    )
    return [document for (document,) in rows]


def _require_one(cursor: sqlite3.Cursor) -> None:
    if cursor.rowcount != 1:
        raise Conflict
