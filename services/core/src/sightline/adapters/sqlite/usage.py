"""Usage in SQLite: a row for each counter of a month or of the current totals."""

import sqlite3
import time
from collections import Counter

from sightline.adapters.sqlite.database import Database
from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.quotas import Amount, Quotas, Reservation, check_quotas
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

    async def reserve(self, reservation: Reservation, quotas: Quotas) -> None:
        await self._database.write(_reserve, reservation, quotas)

    async def give_back(self, reservation: Reservation) -> None:
        await self._database.write(_end_reservation, reservation)


def count_usage(connection: sqlite3.Connection, before: Image, after: Image) -> None:
    """Count an arrival, and the calls that were paid."""
    month = Counter({feature.value: count for feature, count in after.calls.items()})
    month.subtract({feature.value: count for feature, count in before.calls.items()})
    # Counted with the renditions part only, so that an arrival is counted once.
    if before.renditions.etag is None and after.renditions.etag is not None:
        arrival = Counter(images=1, bytes=after.bytes)
        month += arrival
        _add(connection, after.owner, TOTAL, arrival)
        if before.reservation is not None:
            _end_reservation(connection, before.reservation)
    step = after.is_trash_counted - before.is_trash_counted
    if step:
        _add(connection, after.owner, TOTAL, _count_trashed(after, step))
    _add(connection, after.owner, now().strftime("%Y-%m"), +month)


def count_removal(connection: sqlite3.Connection, image: Image) -> None:
    """Subtract a deleted image from the totals, or from what is reserved if it never arrived."""
    if image.reservation is not None:
        _end_reservation(connection, image.reservation)
    if image.renditions.etag is not None:
        _add(connection, image.owner, TOTAL, Counter(images=-1, bytes=-image.bytes))
    if image.is_trash_counted:
        _add(connection, image.owner, TOTAL, _count_trashed(image, -1))


def _reserve(connection: sqlite3.Connection, reservation: Reservation, quotas: Quotas) -> None:
    owner, added, until = reservation
    connection.execute(
        "DELETE FROM reservations WHERE owner = ? AND until <= ?", (owner, int(time.time()))
    )
    check_quotas(quotas, _read_stored(connection, owner), _read_reserved(connection, owner), added)
    connection.execute(
        "INSERT INTO reservations (owner, until, images, bytes) VALUES (?, ?, 1, ?) "
        "ON CONFLICT DO UPDATE SET images = images + 1, bytes = bytes + excluded.bytes",
        (owner, until, added),
    )


def _end_reservation(connection: sqlite3.Connection, reservation: Reservation) -> None:
    """Give back what an upload reserved, unless it has lapsed and is forgotten."""
    connection.execute(
        "UPDATE reservations SET images = images - 1, bytes = bytes - ? "
        "WHERE owner = ? AND until = ?",
        (reservation.bytes, reservation.owner, reservation.until),
    )


def _read_stored(connection: sqlite3.Connection, owner: str) -> Amount:
    rows = connection.execute(
        "SELECT counter, value FROM usage WHERE owner = ? AND period = ?", (owner, TOTAL)
    )
    total: Counter[str] = Counter(dict(rows.fetchall()))
    return Amount(total["images"], total["bytes"])


def _read_reserved(connection: sqlite3.Connection, owner: str) -> Amount:
    row = connection.execute(
        "SELECT coalesce(sum(images), 0), coalesce(sum(bytes), 0) FROM reservations "
        "WHERE owner = ? AND until > ?",
        (owner, int(time.time())),
    )
    return Amount(*row.fetchone())


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
        total["images"],
        total["bytes"],
        months,
        total["trashed_images"],
        total["trashed_bytes"],
        *_read_reserved(connection, owner),
    )
