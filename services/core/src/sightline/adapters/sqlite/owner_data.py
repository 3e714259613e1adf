"""What remains of an owner in SQLite once images and albums are gone."""

import sqlite3

from sightline.adapters.sqlite.database import Database


class SqliteOwnerData:
    """`OwnerData` in SQLite. Label counts go with the images."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase(self, owner: str) -> None:
        await self._database.write(_erase, owner)


def _erase(connection: sqlite3.Connection, owner: str) -> None:
    connection.execute("DELETE FROM usage WHERE owner = ?", (owner,))
    connection.execute("DELETE FROM reservations WHERE owner = ?", (owner,))
    connection.execute("DELETE FROM api_keys WHERE owner = ?", (owner,))
    connection.execute("DELETE FROM webhooks WHERE owner = ?", (owner,))
    connection.execute("DELETE FROM deliveries WHERE owner = ?", (owner,))
    connection.execute("DELETE FROM email_preferences WHERE owner = ?", (owner,))
    connection.execute("DELETE FROM digests WHERE owner = ?", (owner,))
    connection.execute("DELETE FROM share_links WHERE owner = ?", (owner,))
    connection.execute("DELETE FROM album_invitation_counts WHERE owner = ?", (owner,))
    connection.execute("DELETE FROM requests WHERE owner = ?", (owner,))
