"""The refresh of the view: windows, interruptions, and what remains in the bucket."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ops.exported_table import ExportedTable
from sightline.adapters.dynamo import upgrades
from sightline.adapters.dynamo.items import image_item, plain_item
from sightline.adapters.dynamo.upgrades import Upgrade
from sightline.adapters.memory.objects import MemoryObjectStore
from sightline.domain.images import Image
from sightline_ops.analytics.exporter import ExportFailed
from sightline_ops.analytics.refresh import (
    EXPORT_LAG,
    MAX_AGE,
    STATE_KEY,
    IncompleteExport,
    ViewRefresher,
    split_windows,
)
from sightline_ops.analytics.table_export import ItemChange
from sightline_ops.analytics.view_files import connect
from sightline_ops.analytics.view_rows import Pseudonyms, derive_changes
from sightline_ops.analytics.view_schema import IMAGES
from sightline_testing.builders import make_image, with_recognition

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)


class Bucket:
    """A table with one image, its bucket, and refreshes of its view."""

    def __init__(self, folder: Path) -> None:
        self.store = MemoryObjectStore()
        self.table = ExportedTable(self.store)
        self.image = self.add()
        self.refresher = self.with_key(b"first key")
        self._folder = folder

    def with_key(self, key: bytes) -> ViewRefresher:
        return ViewRefresher(self.table, self.store, Pseudonyms(key))

    def add(self, image: Image | None = None) -> Image:
        image = image or make_image()
        self.table.put(image_item(image))
        return image

    async def read_view(self) -> list[tuple[str, str]]:
        """Return the hash of the owner and the status of each image."""
        stored = await self.store.head("view/images/images.parquet")
        file = self._folder / "images.parquet"
        file.write_bytes(await self.store.read(stored))
        with connect() as connection:
            relation = connection.read_parquet(str(file)).project("owner_hash, status")
            return sorted(relation.fetchall())

    async def keys(self) -> list[str]:
        return [listed.key async for listed in self.store.list("")]


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    return Bucket(tmp_path)


async def test_first_refresh_exports_the_whole_table(bucket: Bucket) -> None:
    refreshed = await bucket.refresher.refresh(NOW)
    assert refreshed is not None
    assert (refreshed.is_full, refreshed.items) == (True, 1)
    assert refreshed.rows == {"images": 1, "labels": 0, "usage": 0}
    assert refreshed.until == NOW - EXPORT_LAG


async def test_later_refreshes_export_changes_only(bucket: Bucket) -> None:
    """The windows continue each other, none is longer than a day, and each is applied."""
    await bucket.refresher.refresh(NOW)
    bucket.add(with_recognition(bucket.image, "Dog", "Cat"))
    bucket.add()
    refreshed = await bucket.refresher.refresh(NOW + 2.5 * DAY)
    assert refreshed is not None
    assert (refreshed.is_full, refreshed.exports, refreshed.items) == (False, 3, 2)
    assert refreshed.rows == {"images": 2, "labels": 2, "usage": 0}
    assert {status for _, status in await bucket.read_view()} == {"awaiting_upload", "processing"}
    starts, ends = zip(*bucket.table.windows, strict=True)
    assert starts == (NOW - EXPORT_LAG, *ends[:-1])
    assert ends[-1] == NOW - EXPORT_LAG + 2.5 * DAY
    assert bucket.table.full_exports == 1


@pytest.mark.parametrize(
    ("hours", "windows"),
    [(0, []), (0.2, []), (0.25, [0.25]), (24, [24]), (24.1, [24]), (49, [24, 24, 1])],
)
def test_windows_are_those_that_dynamodb_exports(hours: float, windows: list[float]) -> None:
    """A window has 15 minutes to 24 hours; a shorter rest is left to the next refresh."""
    found = list(split_windows(NOW, NOW + timedelta(hours=hours)))
    assert [(end - start) / timedelta(hours=1) for start, end in found] == windows


async def test_recent_view_needs_no_export(bucket: Bucket) -> None:
    await bucket.refresher.refresh(NOW)
    assert await bucket.refresher.refresh(NOW + timedelta(minutes=10)) is None
    assert bucket.table.windows == []


async def test_deleted_image_leaves_the_view(bucket: Bucket) -> None:
    await bucket.refresher.refresh(NOW)
    bucket.table.items.clear()
    refreshed = await bucket.refresher.refresh(NOW + DAY)
    assert refreshed is not None
    assert refreshed.rows == {"images": 0, "labels": 0, "usage": 0}


async def test_failed_refresh_is_repeated(bucket: Bucket) -> None:
    """The state stays as it was, and the next refresh exports the same changes again."""
    await bucket.refresher.refresh(NOW)
    bucket.add()
    bucket.table.failing = True
    with pytest.raises(ExportFailed):
        await bucket.refresher.refresh(NOW + DAY)
    bucket.table.failing = False
    await bucket.refresher.refresh(NOW + 2 * DAY)
    assert bucket.table.windows[0][0] == NOW - EXPORT_LAG
    assert len(await bucket.read_view()) == 2


async def test_repeated_changes_give_the_same_view(bucket: Bucket) -> None:
    """As after a crash between the files of the view and its state."""
    await bucket.refresher.refresh(NOW)
    stored = await bucket.store.head(STATE_KEY)
    state = await bucket.store.read(stored)
    bucket.add(with_recognition(bucket.image, "Dog"))
    refreshed = await bucket.refresher.refresh(NOW + DAY)
    await bucket.store.write(STATE_KEY, state, "application/json")
    bucket.add(with_recognition(bucket.image, "Dog", "Cat"))
    repeated = await bucket.refresher.refresh(NOW + DAY)
    assert refreshed is not None
    assert repeated is not None
    assert refreshed.rows == {"images": 1, "labels": 1, "usage": 0}
    assert repeated.rows == {"images": 1, "labels": 2, "usage": 0}


async def test_incomplete_export_is_rejected(bucket: Bucket) -> None:
    """A full export with fewer items than DynamoDB reports does not become the view."""
    bucket.table.missing_items = 1
    with pytest.raises(IncompleteExport):
        await bucket.refresher.refresh(NOW)
    assert STATE_KEY not in await bucket.keys()


@pytest.mark.parametrize("reason", ["age", "key", "schema", "unreadable", "file", "request"])
async def test_view_is_built_from_scratch(bucket: Bucket, reason: str) -> None:
    """When the changes are no longer available or do not fit, the view is exported in full."""
    await bucket.refresher.refresh(NOW)
    stored = await bucket.store.head(STATE_KEY)
    state = json.loads(await bucket.store.read(stored))
    refresher, now = bucket.refresher, NOW + DAY
    match reason:
        case "age":
            now = NOW + MAX_AGE + DAY
        case "key":
            refresher = bucket.with_key(b"second key")
        case "schema":
            changed = json.dumps(state | {"schema_version": 0})
            await bucket.store.write(STATE_KEY, changed.encode(), "application/json")
        case "unreadable":
            await bucket.store.write(STATE_KEY, b"{}", "application/json")
        case "file":
            await bucket.store.delete(f"view/{IMAGES.name}/{IMAGES.name}.parquet")
    refreshed = await refresher.refresh(now, full=reason == "request")
    assert refreshed is not None
    assert refreshed.is_full
    assert bucket.table.full_exports == 2
    expected = b"second key" if reason == "key" else b"first key"
    ((owner_hash, _),) = await bucket.read_view()
    assert owner_hash == Pseudonyms(expected).hash_owner(bucket.image.owner)


async def test_bucket_keeps_the_view_only(bucket: Bucket) -> None:
    """Exports hold personal data, and are deleted once read; the view is replaced in place."""
    keys = {STATE_KEY, *(f"view/{name}/{name}.parquet" for name in ("images", "labels", "usage"))}
    await bucket.refresher.refresh(NOW)
    assert set(await bucket.keys()) == keys
    bucket.add()
    await bucket.refresher.refresh(NOW + DAY)
    assert set(await bucket.keys()) == keys


async def test_export_of_an_interrupted_refresh_is_deleted(bucket: Bucket) -> None:
    """Its prefix is that of the same window, and is emptied before the export is repeated."""
    prefix = f"exports/full-{NOW - EXPORT_LAG:%Y%m%dT%H%M%SZ}/"
    await bucket.store.write(f"{prefix}data/0.json.gz", b"interrupted", "application/x-gzip")
    refreshed = await bucket.refresher.refresh(NOW)
    assert refreshed is not None
    assert refreshed.items == 1


def test_empty_key_is_rejected() -> None:
    with pytest.raises(ValueError, match="key of the owner hash is empty"):
        Pseudonyms(b"")


def test_items_of_earlier_schema_versions_are_upgraded(monkeypatch: pytest.MonkeyPatch) -> None:
    """An export contains items that no release has written anew yet."""
    image = make_image()
    item = plain_item(image_item(image))
    item["declared_type"] = item.pop("media_type")
    item.pop("v", None)
    rename: Upgrade = lambda old: old | {"media_type": old["declared_type"]}  # noqa: E731
    monkeypatch.setattr(upgrades, "UPGRADES", {"image": (rename,)})
    change = ItemChange(item["pk"], item["sk"], item)
    images, _ = derive_changes(change, Pseudonyms(b"key"))
    assert [row["media_type"] for row in images.rows] == [image.media_type]
