"""Rows that earlier versions of the code wrote: today's code reads, changes and deletes them.

A dump of version 1 is kept, because the code that wrote it is gone. The tables in
memory and in SQLite are younger than it; SQLite has migrations of its own.
"""

import asyncio
import json
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import pytest

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import DynamoEventQueueRegistry, dynamo_tables, schema_migration
from sightline.adapters.dynamo.items import read_image
from sightline.adapters.dynamo.upgrades import current_version
from sightline.adapters.memory import MemoryObjectStore, MemoryTopic
from sightline.consumer.messages import ReprocessCommand, Upload
from sightline.consumer.part_processor import PartProcessor
from sightline.deletion import ImageDeleter
from sightline.domain.albums import AlbumKey
from sightline.domain.images import PART_NAMES, Image
from sightline.domain.object_keys import original_key
from sightline.domain.recognition import Feature, Recognition, RecognitionProfile
from sightline.domain.renditions import RenditionSet
from sightline.domain.states import Status
from sightline.domain.timeline import TimelineRange
from sightline.event_publisher import EventPublisher
from sightline.optimistic import retry_conflicts
from sightline.ports.idempotency_store import RequestClaimed
from sightline.ports.image_index import Term
from sightline.ports.image_table import ImageNotFound
from sightline.ports.object_store import StoredObject
from sightline.ports.recognition_cache import ContentClaimed
from sightline.ports.tables import Tables
from sightline_testing.builders import (
    count_labels,
    edit_details,
    find_labeled,
    make_recognition,
    make_rendition_set,
)
from sightline_testing.earlier_rows import (
    VERSION_1,
    EarlierTable,
    load_items,
    read_earlier_table,
    scan_items,
)

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class Earlier(NamedTuple):
    """A table with the rows of the dump."""

    dump: EarlierTable
    client: "DynamoDBClient"
    table: str
    tables: Tables

    async def get(self, name: str) -> Image:
        return await self.tables.images.get(self.dump.images[name])

    async def scan(self) -> list[dict[str, Any]]:
        return await scan_items(self.client, self.table)

    async def migrate(self) -> None:
        async for _ in self.tables.migration.migrate_all(apply=True):
            pass


@pytest.fixture
async def earlier(clients: Clients) -> Earlier:
    client = await clients.open_dynamodb(fast_path=True)
    dump, table = read_earlier_table(VERSION_1), f"images-{uuid4()}"
    await load_items(client, table, dump.items)
    return Earlier(dump, client, table, dynamo_tables(client, table))


class Recognizer:
    """Finds a dog in every image."""

    async def perform(
        self, image: Image, original: StoredObject, command: ReprocessCommand | None
    ) -> Recognition:
        return make_recognition("Dog")

    async def discard(self, key: Any) -> None:
        raise AssertionError("no image is deleted during this work")


class Renderer(Recognizer):
    async def perform(  # type: ignore[override]
        self, image: Image, original: StoredObject, command: ReprocessCommand | None
    ) -> RenditionSet:
        return make_rendition_set()


async def assert_labels_are_consistent(earlier: Earlier) -> None:
    """Every index entry and count follows from the rows of the images, and none is missing."""
    items = await earlier.scan()
    images = [
        read_image(item)
        for item in items
        if item["sk"]["S"].startswith("IMAGE#") and item["pk"]["S"].startswith("USER#")
    ]
    expected = {
        (f"USER#{image.owner}#LABEL#{label}", image.image_id): found.confidence
        for image in images
        for label, found in image.indexed_labels.items()
    }
    entries = {
        (item["pk"]["S"], item["sk"]["S"]): float(item["confidence"]["N"])
        for item in items
        if "#LABEL#" in item["pk"]["S"]
    }
    assert entries == expected
    counts = {
        (item["pk"]["S"], item["sk"]["S"]): int(item["images"]["N"])
        for item in items
        if item["pk"]["S"].endswith("#LABELS") and item["images"]["N"] != "0"
    }
    assert counts == Counter(
        (f"USER#{image.owner}#LABELS", label) for image in images for label in image.indexed_labels
    )


async def assert_timeline_is_consistent(earlier: Earlier) -> None:
    """The position of each row, and the count of each month, follow from the images."""
    items = await earlier.scan()
    rows = [item for item in items if item["sk"]["S"].startswith("IMAGE#")]
    images = {
        read_image(item).key: (read_image(item), item.get("timeline"))
        for item in rows
        if item["pk"]["S"].startswith("USER#")
    }
    for image, position in images.values():
        expected = image.timeline_position
        assert position == (None if expected is None else {"S": expected}), image.image_id
    counts = {
        (item["pk"]["S"], item["sk"]["S"]): int(item["images"]["N"])
        for item in items
        if item["pk"]["S"].endswith("#MONTHS") and item["images"]["N"] != "0"
    }
    assert counts == Counter(
        (f"USER#{image.owner}#MONTHS", image.timeline_month)
        for image, _ in images.values()
        if image.timeline_month
    )


async def assert_words_are_consistent(earlier: Earlier) -> None:
    """Every entry and count of a word follows from the rows, which are of this version."""
    items = await earlier.scan()
    images = [
        image
        for item in items
        if item["sk"]["S"].startswith("IMAGE#")
        and item["pk"]["S"].startswith("USER#")
        # The words of an image that is being deleted are not indexed any more.
        and (image := read_image(item)).deleted_at is None
    ]
    expected = {
        (f"USER#{image.owner}#WORD#{word}", image.image_id): set(fields)
        for image in images
        for word, fields in image.word_fields.items()
    }
    assert {
        (item["pk"]["S"], item["sk"]["S"]): set(item["fields"]["SS"])
        for item in items
        if "#WORD#" in item["pk"]["S"]
    } == expected
    counts = {
        (item["pk"]["S"], item["sk"]["S"]): int(item["images"]["N"])
        for item in items
        if item["pk"]["S"].endswith("#WORDS") and item["images"]["N"] != "0"
    }
    assert counts == Counter(
        (f"USER#{image.owner}#WORDS", word) for image in images for word in image.word_fields
    )
    for image in images:
        assert image.indexed_words == image.word_fields.keys()


async def test_every_earlier_image_is_read(earlier: Earlier) -> None:
    """Statuses, details and results are as they were; lists show the same as single images."""
    statuses = {
        name: (await earlier.get(name)).status for name in earlier.dump.images if name != "deleting"
    }
    assert statuses == {
        "awaiting_upload": Status.AWAITING_UPLOAD,
        "awaiting_upload_labeled": Status.AWAITING_UPLOAD,
        "queued": Status.PROCESSING,
        "running": Status.PROCESSING,
        "ready": Status.READY,
        "ready_plain": Status.READY,
        "ready_same_content": Status.READY,
        "failed_renditions": Status.FAILED,
        "failed_recognition": Status.FAILED,
        "reprocessing": Status.PROCESSING,
        "other_owner": Status.READY,
    }
    image = await earlier.get("ready")
    assert image.recognition.result is not None
    properties = image.recognition.result.properties
    assert properties is not None
    assert [color.hex for color in properties.colors] == ["#a0b1c2", "#102030"]
    assert [color.hex for color in properties.foreground_colors] == ["#ff0000"]
    assert [color.hex for color in properties.background_colors] == ["#00ff00"]
    assert image.renditions.result is not None
    assert image.renditions.result.capture.place is not None
    assert image.renditions.result.capture.place.latitude == 48.8584
    for owner in earlier.dump.owners:
        images = await earlier.tables.images.page(owner, 100)
        ids = [each.image_id for each in images.images]
        expected = [each.summary for each in images.images]
        assert (await earlier.tables.images.page_summaries(owner, 100)).images == expected
        assert await earlier.tables.images.get_summaries(owner, ids) == expected
    with pytest.raises(ImageNotFound):
        await earlier.get("deleting")


async def test_pages_of_earlier_and_new_images_are_complete(earlier: Earlier) -> None:
    """A page of summaries keeps its order if only some of its rows have been migrated."""
    image = await earlier.get("ready_plain")
    await earlier.tables.images.store(image, edit_details(image, title="Changed"))
    owner = image.owner
    whole = (await earlier.tables.images.page(owner, 100)).images
    found: list[Any] = []
    before: str | None = None
    while True:
        page = await earlier.tables.images.page_summaries(owner, 3, before)
        found += page.images
        before = page.next_after
        if before is None:
            break
    assert found == [each.summary for each in whole]


async def test_every_earlier_image_is_edited(earlier: Earlier) -> None:
    """The first write migrates the row, with the index of labels and the counts."""
    for name in earlier.dump.images.keys() - {"deleting"}:
        image = await earlier.get(name)
        edited = edit_details(image, title="Edited", added=("Edited \u2019label\u2019",))
        await earlier.tables.images.store(image, edited)
        assert (await earlier.get(name)).details == edited.details
    deleted = await earlier.tables.images.begin_deletion(earlier.dump.images["deleting"])
    await earlier.tables.images.remove(deleted)
    await assert_labels_are_consistent(earlier)
    await assert_timeline_is_consistent(earlier)
    owner = earlier.dump.images["ready"].owner
    assert (await count_labels(earlier.tables, owner))["Edited \u2019label\u2019"] == 8
    assert len(await find_labeled(earlier.tables, owner, "edited 'LABEL'")) == 8


async def test_every_earlier_image_is_processed(earlier: Earlier) -> None:
    """The consumers end the work that was in progress, and reprocess what had ended."""
    originals, events = MemoryObjectStore(), EventPublisher(MemoryTopic())
    images = earlier.tables.images
    processors: list[PartProcessor[Any]] = [
        PartProcessor("recognition", images, originals, Recognizer(), events, "eu-central-1"),
        PartProcessor("renditions", images, originals, Renderer(), events, "eu-central-1"),
    ]
    names = earlier.dump.images.keys() - {"deleting"}
    for name in names:
        key = earlier.dump.images[name]
        await originals.write(original_key(key), earlier.dump.body(name), "image/jpeg")
        command = ReprocessCommand(str(uuid4()), PART_NAMES)
        for processor in processors:
            await processor.handle(Upload(key, command))
    for name in names:
        image = await earlier.get(name)
        assert image.status is Status.READY, name
        assert "dog" in image.labels
    deleted = await images.begin_deletion(earlier.dump.images["deleting"])
    await images.remove(deleted)
    await assert_labels_are_consistent(earlier)
    await assert_timeline_is_consistent(earlier)
    usage = await earlier.tables.usage.read(earlier.dump.images["ready"].owner)
    # Without the other owner's and the deleted one.
    assert usage.images == len(names) - 1


async def test_earlier_results_are_reused(earlier: Earlier) -> None:
    """Cached recognitions are found with their colors, and claims of workers still hold."""
    cache = earlier.tables.recognition_cache
    image = await earlier.get("ready")
    profile = RecognitionProfile(features=tuple(Feature), min_confidence=50, max_labels=10)
    result = await cache.claim(image, profile, 60)
    assert result is not None
    assert result.properties is not None
    assert len(result.properties.colors) == 2
    running = await earlier.get("running")
    copy = running.model_copy(update={"image_id": image.image_id})
    with pytest.raises(ContentClaimed):
        await cache.claim(copy, RecognitionProfile(), 60)
    same = await cache.find_duplicates(image.owner, (await earlier.get("ready_plain")).sha256)
    assert set(same) == {
        earlier.dump.images[name].image_id for name in ("ready_plain", "ready_same_content")
    }


async def test_earlier_responses_are_replayed(earlier: Earlier) -> None:
    """A repeated request gets the response that an earlier version stored."""
    owner = earlier.dump.images["ready"].owner
    store = earlier.tables.idempotency
    response = await store.claim(owner, "answered-request", "f" * 64, 60)
    assert response is not None
    assert (response.status, json.loads(response.body)) == (201, {"id": "x"})
    with pytest.raises(RequestClaimed):
        await store.claim(owner, "claimed-request", "a" * 64, 60)


async def test_earlier_albums_are_read_and_changed(earlier: Earlier) -> None:
    owner, ids = earlier.dump.images["ready"].owner, earlier.dump.albums
    albums = earlier.tables.albums
    found = {album.title: album for album in (await albums.page(owner, 10)).albums}
    assert {title: album.images for title, album in found.items()} == {"Journey": 3, "Empty": 0}
    journey = found["Journey"]
    assert journey.cover_id == earlier.dump.images["ready"].image_id
    members = await earlier.tables.index.find(owner, Term("album", ids["album"]), 10)
    assert len(members) == 3
    await albums.remove_images(journey.key, [earlier.dump.images["ready"].image_id])
    await albums.add_images(journey.key, [earlier.dump.images["failed_renditions"].image_id])
    changed = await albums.get(journey.key)
    assert (changed.images, changed.cover_id) == (3, None)


async def delete_everything(earlier: Earlier) -> None:
    tables, stores = earlier.tables, (MemoryObjectStore(), MemoryObjectStore())
    deleter = ImageDeleter(tables.images, tables.albums, *stores, tables.contributions)
    for owner in earlier.dump.owners:
        for album_id in await earlier.tables.albums.list_ids(owner, 100):
            album = await earlier.tables.albums.begin_deletion(AlbumKey(owner, album_id))
            await earlier.tables.albums.remove(album)
    for key in earlier.dump.images.values():
        await deleter.delete(key)
    for owner in earlier.dump.owners:
        await earlier.tables.owner_data.erase(owner)


async def test_deletion_leaves_no_earlier_row(earlier: Earlier) -> None:
    """Nothing of an erased owner stays, under the keys of whatever version it was written."""
    await delete_everything(earlier)
    left = await earlier.scan()
    assert [item for item in left if item["pk"]["S"] != "INBOXES"] == []


async def test_migration_resumes_where_it_was_interrupted(
    earlier: Earlier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step is stored; the counts add up over all runs, and the last run ends the migration."""
    monkeypatch.setattr(schema_migration, "STEP_SIZE", 10)
    dry_runs = [each async for each in earlier.tables.migration.migrate_all(apply=False)]
    assert await earlier.scan() == sorted_like(await earlier.scan(), earlier.dump.items)
    steps = []
    for _ in range(3):
        async for progress in earlier.tables.migration.migrate_all(apply=True):
            steps.append(progress)
            break
    assert [step.checked for step in steps] == [10, 20, 30]
    steps += [each async for each in earlier.tables.migration.migrate_all(apply=True)]
    assert dry_runs[-1].checked == len(earlier.dump.items)
    assert steps[-1].migrated == steps[-1].outdated == dry_runs[-1].outdated
    await assert_labels_are_consistent(earlier)
    await assert_timeline_is_consistent(earlier)
    await assert_words_are_consistent(earlier)
    (again,) = {each.outdated async for each in earlier.tables.migration.migrate_all(apply=True)}
    assert again == 0
    registry = DynamoEventQueueRegistry(earlier.client, earlier.table)
    assert await registry.list() == []
    left = {item["pk"]["S"] for item in await earlier.scan()}
    assert left & {"INBOXES", "MIGRATION"} == set()


def sorted_like(items: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the other items in the order of the items."""
    by_key = {(each["pk"]["S"], each["sk"]["S"]): each for each in others}
    return [by_key[each["pk"]["S"], each["sk"]["S"]] for each in items]


async def test_migration_runs_while_the_services_work(earlier: Earlier) -> None:
    """Edits, results and deletions during a migration are kept, and nothing is indexed twice."""
    images = earlier.tables.images

    @retry_conflicts(10)
    async def edit(name: str, number: int) -> None:
        image = await earlier.get(name)
        await images.store(image, edit_details(image, title=f"Title {number}"))

    @retry_conflicts(10)
    async def recognize(name: str) -> None:
        image = await earlier.get(name)
        begun = image.with_part("recognition", image.recognition.begin("etag"))
        await images.store(image, begun)
        result = make_recognition("Dog", "Rock \u2019n\u2019 Roll")
        ended = begun.with_part("recognition", begun.recognition.succeed(result))
        await images.store(begun, ended)

    async def delete(name: str) -> None:
        deleted = await images.begin_deletion(earlier.dump.images[name])
        await images.remove(deleted)

    edited = ["awaiting_upload_labeled", "ready"]
    await asyncio.gather(
        earlier.migrate(),
        *(edit(name, number) for number in range(2) for name in edited),
        *map(recognize, ("running", "awaiting_upload")),
        *map(delete, ("deleting", "ready_same_content")),
    )
    await earlier.migrate()
    await assert_labels_are_consistent(earlier)
    await assert_timeline_is_consistent(earlier)
    await assert_words_are_consistent(earlier)
    for name in edited:
        assert str((await earlier.get(name)).details.title).startswith("Title ")
    assert not [
        item
        for item in await earlier.scan()
        if item["sk"]["S"].startswith("IMAGE#")
        and item["pk"]["S"].startswith("USER#")
        and item.get("v") != {"N": str(current_version("image"))}
    ]


async def test_rows_of_version_3_enter_the_timeline(earlier: Earlier) -> None:
    """They have summaries, labels and words already; a migration adds what is missing."""
    await earlier.migrate()
    for item in await earlier.scan():
        key = {name: item[name] for name in ("pk", "sk")}
        if item["pk"]["S"].endswith("#MONTHS"):
            await earlier.client.delete_item(TableName=earlier.table, Key=key)
        elif item["pk"]["S"].startswith("USER#") and item["sk"]["S"].startswith("IMAGE#"):
            await earlier.client.update_item(
                TableName=earlier.table,
                Key=key,
                UpdateExpression="SET #v = :v REMOVE #timeline",
                ExpressionAttributeNames={"#v": "v", "#timeline": "timeline"},
                ExpressionAttributeValues={":v": {"N": "3"}},
            )
    ready = await earlier.get("ready")
    assert (await earlier.tables.timeline.page(ready.owner, 100, TimelineRange())).images == []
    await earlier.migrate()
    await assert_labels_are_consistent(earlier)
    await assert_timeline_is_consistent(earlier)
    found = await earlier.tables.timeline.page(ready.owner, 100, TimelineRange())
    assert ready.summary in found.images
