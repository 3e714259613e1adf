"""Publishing changes in the background."""

import asyncio

import pytest

from sightline.adapters.memory import MemoryTopic
from sightline.domain.events import MAX_EVENTS_PER_MESSAGE, Event, parse_events
from sightline.domain.ids import new_image_id
from sightline.domain.object_keys import ImageKey
from sightline.event_publisher import EventPublisher
from sightline_api.events.publisher import MAX_PENDING, ChangePublisher
from sightline_testing.builders import new_owner


class SlowTopic(MemoryTopic):
    """A topic that blocks until it is opened, and records the number of events per call."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.called = asyncio.Event()
        self.calls: list[int] = []

    async def publish(self, body: str) -> None:
        self.calls.append(len(parse_events(body)))
        self.called.set()
        await self.open.wait()
        await super().publish(body)


def publish(publisher: ChangePublisher, count: int) -> list[str]:
    """Publish changes of new images, and return the ids of the images."""
    keys = [ImageKey(new_owner(), new_image_id()) for _ in range(count)]
    for key in keys:
        publisher.image(key, "created")
    return [key.image_id for key in keys]


def published_ids(topic: MemoryTopic) -> list[str]:
    events: list[Event] = [event for body in topic.published for event in parse_events(body)]
    return [event.subject_id for event in events]


async def test_simultaneous_changes_share_messages() -> None:
    topic = SlowTopic()
    topic.open.set()
    async with ChangePublisher(EventPublisher(topic)) as publisher:
        ids = publish(publisher, MAX_EVENTS_PER_MESSAGE + 5)
    assert topic.calls == [MAX_EVENTS_PER_MESSAGE, 5]
    assert published_ids(topic) == ids


async def test_the_largest_message_is_within_the_limit_of_sns() -> None:
    topic = MemoryTopic()
    async with ChangePublisher(EventPublisher(topic)) as publisher:
        for _ in range(MAX_EVENTS_PER_MESSAGE):
            publisher.image(ImageKey("x" * 128, new_image_id()), "created")
    (body,) = topic.published
    assert len(body.encode()) < 256 * 1024


async def test_changes_during_a_publish_follow_in_the_next_message() -> None:
    topic = SlowTopic()
    async with ChangePublisher(EventPublisher(topic)) as publisher:
        first = publish(publisher, 1)
        await topic.called.wait()
        second = publish(publisher, 2)
        topic.open.set()
    assert topic.calls == [1, 2]
    assert published_ids(topic) == first + second


async def test_changes_above_the_maximum_pending_are_dropped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    topic = SlowTopic()
    topic.open.set()
    async with ChangePublisher(EventPublisher(topic)) as publisher:
        ids = publish(publisher, MAX_PENDING + 1)
    assert set(published_ids(topic)) == set(ids[:-1])
    assert caplog.messages == ["dropped an event: too many are pending"]


async def test_closing_waits_for_the_topic_until_the_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sightline_api.events.publisher.CLOSE_TIMEOUT_SECONDS", 0.05)
    topic = SlowTopic()
    async with ChangePublisher(EventPublisher(topic)) as publisher:
        publish(publisher, 1)
    assert published_ids(topic) == []
