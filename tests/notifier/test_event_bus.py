"""The event bus: notices of events, batches, and entries that the bus rejects."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sightline.adapters.memory import memory_tables
from sightline.consumer.settlement import Failed, Handled
from sightline.domain.albums import Album, AlbumKey
from sightline.domain.clock import now
from sightline.domain.delivery_tasks import DeliveryTask
from sightline.domain.events import Event, album_event, format_events, image_event, webhook_event
from sightline.domain.failures import Failure
from sightline.domain.ids import new_album_id, new_image_id, new_webhook_id
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.ports.queues import Message
from sightline.ports.tables import Tables
from sightline_notifier.event_bus import (
    MAX_ENTRIES,
    EventBridgeBus,
    EventBusChannel,
    RejectedEntries,
)
from sightline_notifier.event_messages import EventMessages
from sightline_notifier.notices import END_WINDOW, Notice, read_notice
from sightline_testing.builders import make_image, make_recognition, make_rendition_set


class MemoryEventBus:
    """`EventBus` that records the notices, and rejects the ids in `rejects` as often as given."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.published: list[Notice] = []
        self.rejects: dict[str, int] = {}

    async def put(self, notices: Sequence[Notice]) -> list[str | None]:
        self.calls.append([notice.id for notice in notices])
        codes = [self._code(notice) for notice in notices]
        accepted = [notice for notice, code in zip(notices, codes, strict=True) if code is None]
        self.published.extend(accepted)
        return codes

    def _code(self, notice: Notice) -> str | None:
        left = self.rejects.get(notice.id, 0)
        self.rejects[notice.id] = left - 1
        return "ThrottlingException" if left > 0 else None


class NoDeliveries:
    """`DeliveryHandler` of messages without deliveries."""

    async def deliver(self, task: DeliveryTask) -> None:
        raise AssertionError(task)


@pytest.fixture
def tables() -> Tables:
    return memory_tables()


@pytest.fixture
def bus() -> MemoryEventBus:
    return MemoryEventBus()


@pytest.fixture
def channel(bus: MemoryEventBus, tables: Tables) -> EventBusChannel:
    return EventBusChannel(bus, tables.images, tables.albums, retry_seconds=(0, 0))


def deletions(number: int) -> list[Event]:
    return [image_event(ImageKey("owner", new_image_id()), "deleted") for _ in range(number)]


async def read(tables: Tables, event: Event) -> Notice:
    notice = await read_notice(event, tables.images, tables.albums)
    assert notice is not None
    return notice


async def create_ended(tables: Tables, failure: Failure | None = None) -> Image:
    """Create an image whose processing has ended."""
    image = make_image()
    recognition = image.recognition.begin("etag")
    image = image.with_part(
        "recognition",
        recognition.fail(failure) if failure else recognition.succeed(make_recognition("Cat")),
    ).with_part("renditions", image.renditions.begin("etag").succeed(make_rendition_set()))
    await tables.images.create(image)
    return image


async def test_end_of_processing_is_a_type_of_its_own(tables: Tables) -> None:
    ready = await create_ended(tables)
    failed = await create_ended(tables, Failure(code="broken_image", message="Broken."))
    notice = await read(tables, image_event(ready.key, "updated"))
    assert notice.type == "image.ready"
    assert notice.image
    assert notice.image.labels == ("Cat",)
    assert notice.image.finished_at == ready.renditions.finished_at
    notice = await read(tables, image_event(failed.key, "updated"))
    assert (notice.type, notice.image and notice.image.codes) == ("image.failed", ("broken_image",))


async def test_later_change_of_a_ready_image_is_an_update(tables: Tables) -> None:
    image = await create_ended(tables)
    past = now() - END_WINDOW - timedelta(seconds=60)
    earlier = {
        name: image.part(name).model_copy(update={"finished_at": past})
        for name in ("recognition", "renditions")
    }
    tables_with_past = memory_tables()
    await tables_with_past.images.create(image.model_copy(update=earlier))
    assert (await read(tables_with_past, image_event(image.key, "updated"))).type == "image.updated"


async def test_processing_image_is_an_update(tables: Tables) -> None:
    image = make_image()
    await tables.images.create(image.with_part("recognition", image.recognition.begin("etag")))
    assert (await read(tables, image_event(image.key, "updated"))).type == "image.updated"
    assert (await read(tables, image_event(image.key, "created"))).type == "image.created"


async def test_albums_have_their_state(tables: Tables) -> None:
    at = now()
    album = Album(
        owner="owner", album_id=new_album_id(), title="Lisbon", created_at=at, updated_at=at
    )
    await tables.albums.create(album)
    notice = await read(tables, album_event(album.key, "updated"))
    assert notice.type == "album.updated"
    assert notice.album
    assert (notice.album.title, notice.album.images) == (album.title, 0)


async def test_deleted_subject_has_no_state_and_an_earlier_event_of_it_no_notice(
    tables: Tables,
) -> None:
    key = ImageKey("owner", new_image_id())
    notice = await read(tables, image_event(key, "deleted"))
    assert (notice.type, notice.image, notice.subject_id) == ("image.deleted", None, key.image_id)
    album = AlbumKey("owner", new_album_id())
    for event in (image_event(key, "updated"), album_event(album, "created")):
        assert await read_notice(event, tables.images, tables.albums) is None


async def test_events_of_webhooks_are_not_published(
    channel: EventBusChannel, bus: MemoryEventBus
) -> None:
    await channel.notify_all([webhook_event("owner", new_webhook_id(), "updated")])
    assert bus.calls == []


async def test_events_are_published_in_batches(
    channel: EventBusChannel, bus: MemoryEventBus
) -> None:
    events = deletions(MAX_ENTRIES + 3)
    await channel.notify_all(events)
    assert [len(call) for call in bus.calls] == [MAX_ENTRIES, 3]
    assert [notice.id for notice in bus.published] == [event.event_id for event in events]


async def test_only_rejected_entries_are_sent_again(
    channel: EventBusChannel, bus: MemoryEventBus
) -> None:
    events = deletions(4)
    bus.rejects = {events[1].event_id: 1, events[3].event_id: 2}
    await channel.notify_all(events)
    assert bus.calls[1:] == [[events[1].event_id, events[3].event_id], [events[3].event_id]]
    assert sorted(notice.id for notice in bus.published) == [event.event_id for event in events]


async def test_bus_that_keeps_rejecting_leaves_the_message_in_the_queue(
    channel: EventBusChannel, bus: MemoryEventBus
) -> None:
    (event,) = events = deletions(1)
    bus.rejects = {event.event_id: 100}
    with pytest.raises(RejectedEntries, match="ThrottlingException"):
        await channel.notify_all(events)
    messages = EventMessages([channel], NoDeliveries(), 10)
    message = Message("message", "receipt", format_events(events), 1)
    assert isinstance(await messages.attempt(message, None), Failed)
    bus.rejects.clear()
    assert await messages.attempt(message, None) == Handled()
    assert [notice.id for notice in bus.published] == [event.event_id]


class RecordingClient:
    """Answers PutEvents as EventBridge does."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    async def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.entries.extend(Entries)
        results: list[dict[str, str]] = [{"EventId": "1"} for _ in Entries]
        results[-1] = {"ErrorCode": "InternalFailure", "ErrorMessage": "Failed."}
        return {"FailedEntryCount": 1, "Entries": results}


async def test_entries_name_the_bus_and_the_type(tables: Tables) -> None:
    image = await create_ended(tables)
    notices = [
        await read(tables, image_event(image.key, change)) for change in ("updated", "deleted")
    ]
    client = RecordingClient()
    codes = await EventBridgeBus(client, "sightline-dev").put(notices)
    assert codes == [None, "InternalFailure"]
    ready, deleted = client.entries
    assert (ready["EventBusName"], ready["Source"]) == ("sightline-dev", "sightline")
    assert (ready["DetailType"], deleted["DetailType"]) == ("image.ready", "image.deleted")
    detail = json.loads(ready["Detail"])
    assert detail["owner"] == image.owner
    assert detail["image"]["id"] == detail["subject_id"] == image.image_id
    assert "album" not in detail
    assert "image" not in json.loads(deleted["Detail"])
    assert ready["Time"] == datetime.fromisoformat(detail["occurred_at"]).astimezone(UTC)
