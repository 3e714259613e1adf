"""Usage in SQLite: a row for each counter of a month or of the current totals."""

import sqlite3
from collections import Counter

from sightline.adapters.sqlite.database import Database
from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.recognition import Feature
from sightline.ports.usage_table import MonthlyUsage, Usage

#: The period of the current totals, in place of a month.
TOTAL = "total"


class SqliteUsageTable:
    """`UsageTable` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, owner: str) -> Usage:
        return await self._database.read(_read, owner)


def count_usage(connection: sqlite3.Connection, before: Image, after: Image) -> None:
    """Count an arrival, and the calls that were paid."""
    month = Counter({feature.value: count for feature, count in after.calls.items()})
    month.subtract({feature.value: count for feature, count in before.calls.items()})
    # Counted with the renditions part only, so that an arrival is counted once.
    if before.renditions.etag is None and after.renditions.etag is not None:
        arrival = Counter(images=1, bytes=after.bytes)
        month += arrival
        _add(connection, after.owner, TOTAL, arrival)
    step = after.is_trash_counted - before.is_trash_counted
    if step:
        _add(connection, after.owner, TOTAL, _count_trashed(after, step))
    _add(connection, after.owner, now().strftime("%Y-%m"), +month)


def count_removal(connection: sqlite3.Connection, image: Image) -> None:
    """Subtract a deleted image from the totals."""
    if image.renditions.etag is not None:
        _add(connection, image.owner, TOTAL, Counter(images=-1, bytes=-image.bytes))
    if image.is_trash_counted:
        _add(connection, image.owner, TOTAL, _count_trashed(image, -1))


def _count_trashed(image: Image, step: int) -> Counter[str]:
    return Counter(trashed_images=step, trashed_bytes=step * image.bytes)


def _add(connection: sqlite3.Connection, owner: str, period: str, counters: Counter[str]) -> None:
    connection.executemany(
        "INSERT INTO usage (owner, period, counter, value) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET value = value + excluded.value",
        [(owner, period, counter, value) for counter, value in counters.items()],
    )


def _read(connection: sqlite3.Connection, owner: str) -> Usage:
    rows = connection.execute(
        "SELECT period, counter, value FROM usage WHERE owner = ? ORDER BY period DESC", (owner,)
    )
    periods: dict[str, Counter[str]] = {}
    for period, counter, value in rows:
        periods.setdefault(period, Counter())[counter] = value
    total = periods.pop(TOTAL, Counter())
    months = [
        MonthlyUsage(
            month=month,
            images=counters["images"],
            bytes=counters["bytes"],
            calls={feature: counters[feature] for feature in Feature if counters[feature]},
        )
        for month, counters in periods.items()
    ]
    return Usage(
        total["images"], total["bytes"], months, total["trashed_images"], total["trashed_bytes"]
    )
