"""The timeline in SQLite: two columns of the images, each with an index."""

import sqlite3

from sightline.adapters.sqlite.database import Database
from sightline.domain.sort_order import SortOrder
from sightline.domain.summaries import ImageSummary
from sightline.domain.timeline import MonthCount, TimelineRange
from sightline.ports.timeline_table import TimelinePage


class SqliteTimelineTable:
    """`TimelineTable` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        owner: str,
        limit: int,
        within: TimelineRange,
        order: SortOrder = SortOrder.NEWEST,
    ) -> TimelinePage:
        rows = await self._database.read(_page, owner, limit + 1, within, order)
        images = [ImageSummary.model_validate_json(summary) for _, summary in rows[:limit]]
        return TimelinePage(images, rows[limit - 1][0] if len(rows) > limit else None)

    async def count_months(self, owner: str) -> list[MonthCount]:
        return await self._database.read(_count_months, owner)


_PAGE = (
    "SELECT timeline, summary FROM images WHERE owner = ? AND timeline >= ? AND timeline < ? "
    "ORDER BY timeline "
)

_PAGE_IN_ORDER = {
    SortOrder.NEWEST: _PAGE + "DESC LIMIT ?",
    SortOrder.OLDEST: _PAGE + "ASC LIMIT ?",
}


def _page(
    connection: sqlite3.Connection,
    owner: str,
    limit: int,
    within: TimelineRange,
    order: SortOrder,
) -> list[tuple[str, str]]:
    rows = connection.execute(_PAGE_IN_ORDER[order], (owner, within.start, within.end, limit))
    return list(rows)


def _count_months(connection: sqlite3.Connection, owner: str) -> list[MonthCount]:
    rows = connection.execute(
        "SELECT month, count(*) FROM images WHERE owner = ? AND month IS NOT NULL "
        "GROUP BY month ORDER BY month DESC",
        (owner,),
    )
    return [MonthCount(*row) for row in rows]
