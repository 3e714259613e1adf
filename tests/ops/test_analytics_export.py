"""Exports of a table in the emulator, and of tables that the ports read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.adapters.dynamo import dynamo_tables
from sightline.adapters.dynamo.schema import table_schema
from sightline.adapters.memory import memory_tables
from sightline.adapters.memory.objects import MemoryObjectStore
from sightline.deletion import ImageDeleter
from sightline.domain.images import Image
from sightline.ports.tables import Tables
from sightline_ops.analytics.__main__ import refresh
from sightline_ops.analytics.demo import run_demo
from sightline_ops.analytics.exporter import DynamoTableExporter, ExportFailed
from sightline_ops.analytics.hash_key import derive_hash_key
from sightline_ops.analytics.refresh import STATE_KEY, Refreshed, ViewRefresher, ViewState
from sightline_ops.analytics.settings import AnalyticsSettings
from sightline_ops.analytics.table_export import parse_line, scan_items
from sightline_ops.analytics.view_files import connect, view_file
from sightline_ops.analytics.view_rows import Pseudonyms
from sightline_ops.analytics.view_schema import VIEW_TABLES
from sightline_testing.builders import create_image, make_rendition_set, new_owner, with_recognition

PSEUDONYMS = Pseudonyms(b"a key")


class Emulated:
    """A table and a bucket in the emulator."""

    def __init__(self, dynamodb: Any, s3: Any, name: str) -> None:
        self.tables = dynamo_tables(dynamodb, name)
        self.bucket = S3ObjectStore(s3, name)
        self.arn = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{name}"
        self.exporter = DynamoTableExporter(dynamodb, self.arn, name, poll_seconds=0.05)

    async def refresh(self) -> Refreshed:
        """Refresh the view with a full export: the emulator has no incremental ones."""
        refresher = ViewRefresher(self.exporter, self.bucket, PSEUDONYMS)
        refreshed = await refresher.refresh(datetime.now(UTC), full=True)
        assert refreshed is not None
        return refreshed

    async def read_view(self, folder: Path) -> dict[str, list[Any]]:
        for table in VIEW_TABLES:
            stored = await self.bucket.head(f"view/{table.name}/{table.name}.parquet")
            view_file(folder, table).write_bytes(await self.bucket.read(stored))
        return read_rows(folder)


def read_rows(folder: Path) -> dict[str, list[Any]]:
    """Return the number of rows and the sums of a view's tables, without the hashes."""
    with connect() as connection:
        return {
            table.name: connection.read_parquet(str(view_file(folder, table)))
            .project(", ".join(name for name in table.columns if not name.endswith("_hash")))
            .order("ALL")
            .fetchall()
            for table in VIEW_TABLES
        }


@pytest.fixture
async def emulated(clients: Clients) -> Emulated:
    dynamodb, s3 = await clients.open("dynamodb"), await clients.open("s3")
    name = f"analytics-{new_owner()}"
    await dynamodb.create_table(**table_schema(name))
    await dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    await s3.create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return Emulated(dynamodb, s3, name)


async def add_image(tables: Tables, owner: str, *labels: str) -> Image:
    """Upload and process an image as the services do."""
    image = await create_image(tables, owner)
    recognized = with_recognition(image, *labels)
    await tables.images.store(image, recognized)
    part = recognized.renditions.begin("etag").succeed(make_rendition_set())
    ready = recognized.with_part("renditions", part)
    await tables.images.store(recognized, ready)
    return ready


async def test_view_of_an_export_follows_the_table(emulated: Emulated, tmp_path: Path) -> None:
    """Images, labels and usage are read from what DynamoDB exports, among other items.

    After the erasure of an account, as the API does it, a view has no row of it.
    """
    kept, erased = new_owner(), new_owner()
    await add_image(emulated.tables, kept, "Dog", "Beach")
    image = await add_image(emulated.tables, erased, "Cat")
    refreshed = await emulated.refresh()
    assert refreshed.rows == {"images": 2, "labels": 3, "usage": 2}
    # Index entries, counters and the like are exported too.
    assert refreshed.items > 10
    assert [key.key async for key in emulated.bucket.list("exports/")] == []
    before = await emulated.read_view(tmp_path)
    assert sorted(row[1] for row in before["labels"]) == ["Beach", "Cat", "Dog"]

    objects = MemoryObjectStore()
    tables = emulated.tables
    deleter = ImageDeleter(tables.images, tables.albums, objects, objects, tables.contributions)
    await deleter.delete(image.key)
    await tables.owner_data.erase(erased)
    assert (await emulated.refresh()).rows == {"images": 1, "labels": 2, "usage": 1}
    after = await emulated.read_view(tmp_path)
    assert sorted(row[1] for row in after["labels"]) == ["Beach", "Dog"]


async def test_scan_of_a_table_gives_the_same_view_as_its_export(
    emulated: Emulated, tmp_path: Path
) -> None:
    """The demo reads the table by its ports, because a SQLite table has no export."""
    owner = new_owner()
    for labels in (["Dog"], ["Dog", "Cat"], []):
        await add_image(emulated.tables, owner, *labels)
    await emulated.refresh()
    exported = await emulated.read_view(tmp_path)
    run_demo([item async for item in scan_items(emulated.tables)], tmp_path / "demo")
    assert read_rows(tmp_path / "demo") == exported
    assert len(exported["usage"]) == 1


async def test_failed_export_is_reported(emulated: Emulated, clients: Clients) -> None:
    exporter = DynamoTableExporter(
        await clients.open("dynamodb"), emulated.arn, "no-such-bucket", poll_seconds=0.05
    )
    with pytest.raises(ExportFailed, match="does not exist"):
        await exporter.export_full(datetime.now(UTC), "exports/full/")


class RecordingClient:
    """A DynamoDB client that records the request, and has completed the export."""

    request: dict[str, Any]

    async def export_table_to_point_in_time(self, **request: Any) -> Any:
        self.request = request
        return {"ExportDescription": {"ExportArn": "arn", "ExportStatus": "COMPLETED"}}


async def test_incremental_export_requests_new_states_only() -> None:
    """The states before the changes hold data of images that were deleted since."""
    client: Any = RecordingClient()
    since, until = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    await DynamoTableExporter(client, "arn:table", "bucket").export_changes(since, until, "a/b/")
    assert client.request == {
        "TableArn": "arn:table",
        "S3Bucket": "bucket",
        "S3Prefix": "a/b",
        "ExportFormat": "DYNAMODB_JSON",
        "ExportType": "INCREMENTAL_EXPORT",
        "IncrementalExportSpecification": {
            "ExportFromTime": since,
            "ExportToTime": until,
            "ExportViewType": "NEW_IMAGE",
        },
    }


def test_lines_of_both_kinds_of_export_are_parsed() -> None:
    """The lines have the form of the examples of the DynamoDB Developer Guide."""
    keys = '"Keys": {"pk": {"S": "a"}, "sk": {"S": "b"}}'
    item = '{"pk": {"S": "a"}, "sk": {"S": "b"}, "n": {"N": "3"}}'
    metadata = '"Metadata": {"WriteTimestampMicros": {"N": "1680109764000000"}}'
    plain = {"pk": "a", "sk": "b", "n": 3}
    assert parse_line(f'{{"Item": {item}}}') == ("a", "b", plain)
    assert parse_line(f'{{{metadata}, {keys}, "NewImage": {item}}}') == ("a", "b", plain)
    assert parse_line(f"{{{metadata}, {keys}}}") == ("a", "b", None)


async def test_task_refreshes_the_view(
    emulated: Emulated,
    clients: Clients,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The task of the schedule reads its settings from the environment, and logs the result."""
    await add_image(emulated.tables, new_owner(), "Dog")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("SIGHTLINE_TABLE_ARN", emulated.arn)
    monkeypatch.setenv("SIGHTLINE_ANALYTICS_BUCKET", emulated.arn.split("/")[-1])
    kms = await clients.open("kms")
    hmac_key = await kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    key_arn = hmac_key["KeyMetadata"]["Arn"]
    monkeypatch.setenv("SIGHTLINE_ANALYTICS_KEY_ARN", key_arn)
    caplog.set_level("INFO", "sightline_ops.analytics")
    settings = AnalyticsSettings()
    await refresh(settings, full=False, poll_seconds=0.05)
    (record,) = [each for each in caplog.records if each.message == "view refreshed"]
    assert vars(record)["rows"] == {"images": 1, "labels": 1, "usage": 1}
    # The same key is derived each time, so the next refresh does not start over.
    key = await derive_hash_key(kms, key_arn, 1)
    stored = await emulated.bucket.head(STATE_KEY)
    state = ViewState.model_validate_json(await emulated.bucket.read(stored))
    assert state.fingerprint == Pseudonyms(key).fingerprint
    assert await derive_hash_key(kms, key_arn, 2) != key


async def test_memory_table_can_be_scanned() -> None:
    tables = memory_tables()
    await add_image(tables, new_owner(), "Dog")
    items = [item async for item in scan_items(tables)]
    assert [item["sk"]["S"].split("#")[0] for item in items] == ["IMAGE", "USAGE"]
