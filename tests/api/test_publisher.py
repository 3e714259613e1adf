"""Announcements that keep nobody waiting."""

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
    """Takes messages when it is let, and counts calls."""

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


def announce(announcer: ChangePublisher, count: int) -> list[str]:
    keys = [ImageKey(new_owner(), new_image_id()) for _ in range(count)]
    for key in keys:
        announcer.image(key, "created")
    return [key.image_id for key in keys]


def told(topic: MemoryTopic) -> list[str]:
    events: list[Event] = [event for body in topic.published for event in parse_events(body)]
    return [event.subject_id for event in events]


async def test_what_is_announced_together_goes_together() -> None:
    topic = SlowTopic()
    topic.open.set()
    async with ChangePublisher(EventPublisher(topic)) as announcer:
        announced = announce(announcer, MAX_EVENTS_PER_MESSAGE + 5)
    assert topic.calls == [MAX_EVENTS_PER_MESSAGE, 5]
    assert told(topic) == announced


async def test_the_most_that_goes_together_is_small_enough_for_a_message() -> None:
    topic = MemoryTopic()
    async with ChangePublisher(EventPublisher(topic)) as announcer:
        for _ in range(MAX_EVENTS_PER_MESSAGE):
            announcer.image(ImageKey("x" * 128, new_image_id()), "created")
    (body,) = topic.published
    assert len(body.encode()) < 256 * 1024


async def test_what_is_announced_meanwhile_goes_next() -> None:
    topic = SlowTopic()
    async with ChangePublisher(EventPublisher(topic)) as announcer:
        first = announce(announcer, 1)
        await topic.called.wait()
        second = announce(announcer, 2)
        topic.open.set()
    assert topic.calls == [1, 2]
    assert told(topic) == first + second


async def test_no_more_may_wait_than_there_is_room_for(caplog: pytest.LogCaptureFixture) -> None:
    topic = SlowTopic()
    topic.open.set()
    async with ChangePublisher(EventPublisher(topic)) as announcer:
        announced = announce(announcer, MAX_PENDING + 1)
    assert set(told(topic)) == set(announced[:-1])
    assert caplog.messages == ["dropped an event: too many are pending"]


async def test_at_the_end_it_waits_no_longer_than_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sightline_api.events.publisher.CLOSE_TIMEOUT_SECONDS", 0.05)
    topic = SlowTopic()
    async with ChangePublisher(EventPublisher(topic)) as announcer:
        announce(announcer, 1)
    assert told(topic) == []
