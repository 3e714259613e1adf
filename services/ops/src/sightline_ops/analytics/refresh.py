"""Refresh the view in S3 from exports of the table.

    exports/   files of DynamoDB, which hold personal data: deleted once they are read
    view/      one Parquet file per table, and `state.json`: what the view includes
    results/   results of Athena

A refresh exports what has changed since the last one, and replaces the files of the view. It starts
over with a full export if there is no view, if the changes are no longer available, and if the key
of the pseudonyms has changed. A refresh that fails repeats the same changes next time, with the
same result.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, ValidationError

from sightline.ports.object_store import ObjectNotFound, ObjectStore
from sightline_ops.analytics.exporter import TableExporter
from sightline_ops.analytics.table_export import read_export_files
from sightline_ops.analytics.view_files import ViewUpdate, update_view, view_file
from sightline_ops.analytics.view_rows import Pseudonyms
from sightline_ops.analytics.view_schema import VIEW_TABLES, ViewTable

logger = logging.getLogger(__name__)

EXPORTS_PREFIX, VIEW_PREFIX = "exports/", "view/"
STATE_KEY = f"{VIEW_PREFIX}state.json"

#: Version of the view's columns. After a change, the next refresh builds the view from scratch.
SCHEMA_VERSION = 1

#: DynamoDB needs a few minutes until a change can be exported.
EXPORT_LAG = timedelta(minutes=10)

#: Limits of the window of an incremental export.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
MIN_WINDOW, MAX_WINDOW = timedelta(minutes=15), timedelta(hours=24)

#: Changes are available for the 35 days of point-in-time recovery. A day is left for the refresh.
MAX_AGE = timedelta(days=34)

PARQUET, JSON = "application/vnd.apache.parquet", "application/json"


class ViewState(BaseModel):
    """What the view includes: all changes before `until`, hashed with the key of `fingerprint`."""

    until: AwareDatetime
    fingerprint: str
    schema_version: int


class IncompleteExport(Exception):
    """The files of an export do not have as many items as DynamoDB reported."""


class Refreshed(NamedTuple):
    """The result of a refresh; `exports` is the number of exports that it needed."""

    until: datetime
    is_full: bool
    exports: int
    items: int
    rows: dict[str, int]


class ViewRefresher:
    """Refreshes the view in one bucket."""

    def __init__(
        self, exporter: TableExporter, bucket: ObjectStore, pseudonyms: Pseudonyms
    ) -> None:
        self._exporter = exporter
        self._bucket = bucket
        self._pseudonyms = pseudonyms

    async def refresh(self, now: datetime, *, full: bool = False) -> Refreshed | None:
        """Bring the view up to a few minutes before `now`; None if it is as recent as that.

        `full` builds it from scratch. Raises `ExportFailed` and `IncompleteExport`.
        """
        until = (now - EXPORT_LAG).replace(microsecond=0)
        with TemporaryDirectory(prefix="analytics-") as name:
            folder = Path(name)
            state = None if full else await self._load(folder / "0")
            if state is None or until - state.until > MAX_AGE:
                return await self._refresh_fully(until, folder)
            return await self._refresh_changes(state.until, until, folder)

    async def _refresh_fully(self, until: datetime, folder: Path) -> Refreshed:
        prefix = _export_prefix("full", until)
        await self._bucket.delete_all(prefix)  # left by an interrupted refresh
        expected = await self._exporter.export_full(until, prefix)
        update = await self._apply(prefix, None, folder / "1")
        if update.items != expected:
            raise IncompleteExport(f"{update.items} of {expected} items were exported to {prefix}")
        await self._store(folder / "1", until)
        return self._report(Refreshed(until, True, 1, *update))

    async def _refresh_changes(
        self, since: datetime, until: datetime, folder: Path
    ) -> Refreshed | None:
        items = number = 0
        update = None
        for number, (start, end) in enumerate(split_windows(since, until), 1):
            prefix = _export_prefix("changes", end)
            await self._bucket.delete_all(prefix)
            await self._exporter.export_changes(start, end, prefix)
            update = await self._apply(prefix, folder / str(number - 1), folder / str(number))
            items += update.items
            await self._store(folder / str(number), end)
            since = end
        if update is None:
            return None
        return self._report(Refreshed(since, False, number, items, update.rows))

    async def _apply(self, prefix: str, base: Path | None, target: Path) -> ViewUpdate:
        """Update the view with an export, and delete the export."""
        scratch = target.with_name(f"{target.name}-scratch")
        scratch.mkdir(parents=True)
        files: list[Path] = []
        async for listed in self._bucket.list(prefix):
            if listed.key.endswith(".gz"):
                files.append(await self._download(listed.key, scratch / f"{len(files)}.gz"))
        update = update_view(read_export_files(files), self._pseudonyms, base, target, scratch)
        await self._bucket.delete_all(prefix)
        return update

    async def _download(self, key: str, file: Path) -> Path:
        stored = await self._bucket.head(key)
        body = await self._bucket.read(stored)
        # Nothing else runs in this process, so the event loop may wait for the disk.
        file.write_bytes(body)  # noqa: ASYNC240
        return file

    async def _load(self, folder: Path) -> ViewState | None:
        """Download the view and return its state; None if it cannot be updated."""
        folder.mkdir()  # noqa: ASYNC240
        try:
            stored = await self._bucket.head(STATE_KEY)
            state = ViewState.model_validate_json(await self._bucket.read(stored))
            if state != self._state(state.until):
                return None
            for table in VIEW_TABLES:
                await self._download(_view_key(table), view_file(folder, table))
        except (ObjectNotFound, ValidationError):
            return None
        return state

    async def _store(self, folder: Path, until: datetime) -> None:
        """Replace the files of the view, then its state: until then, the changes are repeated."""
        for table in VIEW_TABLES:
            body = view_file(folder, table).read_bytes()
            await self._bucket.write(_view_key(table), body, PARQUET)
        state = self._state(until).model_dump_json()
        await self._bucket.write(STATE_KEY, state.encode(), JSON)

    def _state(self, until: datetime) -> ViewState:
        return ViewState(
            until=until,
            fingerprint=self._pseudonyms.fingerprint,
            schema_version=SCHEMA_VERSION,
        )

    def _report(self, refreshed: Refreshed) -> Refreshed:
        fields = refreshed._asdict() | {"until": refreshed.until.isoformat()}
        logger.info("view refreshed", extra=fields)
        return refreshed


def split_windows(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Split a time range into windows that DynamoDB can export; a short rest is left out."""
    while until - since >= MIN_WINDOW:
        end = min(until, since + MAX_WINDOW)
        yield since, end
        since = end


def _export_prefix(kind: str, until: datetime) -> str:
    return f"{EXPORTS_PREFIX}{kind}-{until.astimezone(UTC):%Y%m%dT%H%M%SZ}/"


def _view_key(table: ViewTable) -> str:
    # A prefix of its own, because Athena reads all objects below the location of a table.
    return f"{VIEW_PREFIX}{table.name}/{table.name}.parquet"
