"""The registry of event queues in SQLite."""

import sqlite3

from sightline.adapters.sqlite.database import Database
from sightline.ports.event_queues import EventQueueLost, Registration


class SqliteEventQueueRegistry:
    """`EventQueueRegistry` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, name: str, alive_until: int) -> None:
        await self._database.write(_add, name, alive_until)

    async def renew(self, name: str, alive_until: int) -> None:
        if not await self._database.write(_renew, name, alive_until):
            raise EventQueueLost(name)

    async def list(self) -> list[Registration]:
        return await self._database.read(_list)

    async def claim_removal(self, registration: Registration, until: int) -> bool:
        return await self._database.write(_claim_removal, registration, until)

    async def remove(self, name: str) -> None:
        await self._database.write(_remove, name)


def _add(connection: sqlite3.Connection, name: str, alive_until: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO event_queues (name, alive_until, reaping) VALUES (?, ?, FALSE)",
        (name, alive_until),
    )


def _renew(connection: sqlite3.Connection, name: str, alive_until: int) -> bool:
    updated = connection.execute(
        "UPDATE event_queues SET alive_until = ? WHERE name = ? AND NOT reaping",
        (alive_until, name),
    )
    return updated.rowcount == 1


def _list(connection: sqlite3.Connection) -> list[Registration]:
    return [
        Registration(*row)
        for row in connection.execute("SELECT name, alive_until FROM event_queues")
    ]


def _claim_removal(connection: sqlite3.Connection, registration: Registration, until: int) -> bool:
    updated = connection.execute(
        "UPDATE event_queues SET alive_until = ?, reaping = TRUE "
        "WHERE name = ? AND alive_until = ?",
        (until, *registration),
    )
    return updated.rowcount == 1


def _remove(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("DELETE FROM event_queues WHERE name = ?", (name,))
