"""The replay buffer: what it returns, for whom, and how far back it is complete."""

import pytest

from sightline.domain.events import Event, image_event
from sightline.domain.ids import new_image_id
from sightline.domain.object_keys import ImageKey
from sightline_api.events import replay_buffer
from sightline_api.events.replay_buffer import MAX_AGE_SECONDS, OVERLAP_SECONDS, ReplayBuffer

START = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make_event(at: float, owner: str = "anna", subject: str | None = None) -> Event:
    """Build an event that was published at this time."""
    digits = f"{int(at * 1000):012x}"
    event = image_event(ImageKey(owner, subject or new_image_id()), "updated")
    event_id = f"{digits[:8]}-{digits[8:]}{event.event_id[13:]}"
    return event.model_copy(update={"event_id": event_id})


def receive(buffer: ReplayBuffer, clock: Clock, at: float, **options: str) -> Event:
    """Add an event that was published and received `at` seconds after the start."""
    clock.now = START + at
    event = make_event(clock.now, **options)
    buffer.add(event)
    return event


def test_a_replay_includes_events_shortly_before_the_position(clock: Clock) -> None:
    """Another task may have received them in a different order."""
    buffer = ReplayBuffer(clock)
    receive(buffer, clock, 50)
    shortly_before = receive(buffer, clock, 100 - OVERLAP_SECONDS / 2)
    last = receive(buffer, clock, 100)
    later = receive(buffer, clock, 105)
    assert buffer.since("anna", last.event_id) == [shortly_before, last, later]


def test_a_replay_can_start_at_an_event_of_another_task(clock: Clock) -> None:
    """A position is a time, so this task need not have received the client's last event."""
    buffer = ReplayBuffer(clock)
    missed = receive(buffer, clock, 101)
    assert buffer.since("anna", make_event(START + 100).event_id) == [missed]


def test_each_owner_has_separate_events(clock: Clock) -> None:
    buffer = ReplayBuffer(clock)
    position = make_event(START + 20).event_id
    receive(buffer, clock, 21)
    other = receive(buffer, clock, 22, owner="berta")
    assert buffer.since("berta", position) == [other]
    assert buffer.since("carla", position) == []


def test_only_the_last_event_of_each_image_is_replayed(clock: Clock) -> None:
    buffer, subject = ReplayBuffer(clock), new_image_id()
    position = make_event(START + 20).event_id
    receive(buffer, clock, 20, subject=subject)
    other = receive(buffer, clock, 21)
    last = receive(buffer, clock, 22, subject=subject)
    assert buffer.since("anna", position) == [other, last]


def test_a_position_before_the_start_is_unknown(clock: Clock) -> None:
    buffer = ReplayBuffer(clock)
    clock.now = START + 100
    assert buffer.since("anna", make_event(START + OVERLAP_SECONDS - 1).event_id) is None
    assert buffer.since("anna", make_event(START + OVERLAP_SECONDS).event_id) == []
    buffer.restart()
    assert buffer.since("anna", make_event(START + OVERLAP_SECONDS).event_id) is None


def test_the_oldest_events_are_dropped_above_the_maximum(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_buffer, "MAX_EVENTS", 3)
    buffer = ReplayBuffer(clock)
    first, *events = [receive(buffer, clock, at) for at in (100, 200, 300, 400)]
    clock.now = START + 500
    assert buffer.since("anna", first.event_id) is None
    assert buffer.since("anna", make_event(START + 150).event_id) == events


def test_a_busy_owner_does_not_displace_the_events_of_others(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_buffer, "MAX_EVENTS_PER_OWNER", 2)
    buffer = ReplayBuffer(clock)
    other = receive(buffer, clock, 100, owner="berta")
    first, *events = [receive(buffer, clock, at) for at in (200, 300, 400)]
    assert buffer.since("anna", first.event_id) is None
    assert buffer.since("anna", make_event(START + 250).event_id) == events
    assert buffer.since("berta", other.event_id) == [other]
    assert buffer.since("carla", other.event_id) == []


def test_events_above_the_maximum_age_are_dropped(clock: Clock) -> None:
    buffer = ReplayBuffer(clock)
    old = receive(buffer, clock, 100)
    new = receive(buffer, clock, 101 + MAX_AGE_SECONDS, owner="berta")
    assert buffer.since("anna", old.event_id) is None
    assert buffer.since("berta", make_event(clock.now).event_id) == [new]


def test_a_position_in_the_future_is_unknown(clock: Clock) -> None:
    buffer = ReplayBuffer(clock)
    clock.now = START + 100
    assert buffer.since("anna", make_event(clock.now + OVERLAP_SECONDS + 1).event_id) is None
    # A little ahead is allowed: clocks of machines differ.
    assert buffer.since("anna", make_event(clock.now + 1).event_id) == []
