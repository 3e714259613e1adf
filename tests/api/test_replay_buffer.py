"""What is remembered of events, for whom, and how far back that can be relied upon."""

import pytest

from sightline.domain.events import Event, image_event
from sightline.domain.ids import new_image_id
from sightline.domain.object_keys import ImageKey
from sightline_api.events import replay_buffer as history_module
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
    """An event that was published at that time."""
    digits = f"{int(at * 1000):012x}"
    event = image_event(ImageKey(owner, subject or new_image_id()), "updated")
    event_id = f"{digits[:8]}-{digits[8:]}{event.event_id[13:]}"
    return event.model_copy(update={"event_id": event_id})


def heard(history: ReplayBuffer, clock: Clock, at: float, **options: str) -> Event:
    clock.now = START + at
    event = make_event(clock.now, **options)
    history.add(event)
    return event


def test_later_events_are_told_again_with_those_shortly_before(clock: Clock) -> None:
    """Another task may have heard them in another order."""
    history = ReplayBuffer(clock)
    heard(history, clock, 50)
    shortly_before = heard(history, clock, 100 - OVERLAP_SECONDS / 2)
    last = heard(history, clock, 100)
    later = heard(history, clock, 105)
    assert history.since("anna", last.event_id) == [shortly_before, last, later]


def test_a_task_that_never_heard_the_event_can_go_on_from_it(clock: Clock) -> None:
    """The place is a time, so the screen's last event need not have come here."""
    history = ReplayBuffer(clock)
    missed = heard(history, clock, 101)
    assert history.since("anna", make_event(START + 100).event_id) == [missed]


def test_each_owner_has_a_history_of_its_own(clock: Clock) -> None:
    history = ReplayBuffer(clock)
    place = make_event(START + 20).event_id
    heard(history, clock, 21)
    other = heard(history, clock, 22, owner="berta")
    assert history.since("berta", place) == [other]
    assert history.since("carla", place) == []


def test_one_event_of_each_image_is_told(clock: Clock) -> None:
    history, subject = ReplayBuffer(clock), new_image_id()
    place = make_event(START + 20).event_id
    heard(history, clock, 20, subject=subject)
    other = heard(history, clock, 21)
    last = heard(history, clock, 22, subject=subject)
    assert history.since("anna", place) == [other, last]


def test_nothing_can_be_said_of_the_time_before_it_began(clock: Clock) -> None:
    history = ReplayBuffer(clock)
    clock.now = START + 100
    assert history.since("anna", make_event(START + OVERLAP_SECONDS - 1).event_id) is None
    assert history.since("anna", make_event(START + OVERLAP_SECONDS).event_id) == []
    history.restart()
    assert history.since("anna", make_event(START + OVERLAP_SECONDS).event_id) is None


def test_it_ends_where_it_has_forgotten(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "MAX_EVENTS", 3)
    history = ReplayBuffer(clock)
    first, *events = [heard(history, clock, at) for at in (100, 200, 300, 400)]
    clock.now = START + 500
    assert history.since("anna", first.event_id) is None
    assert history.since("anna", make_event(START + 150).event_id) == events


def test_what_is_old_is_forgotten(clock: Clock) -> None:
    history = ReplayBuffer(clock)
    old = heard(history, clock, 100)
    new = heard(history, clock, 101 + MAX_AGE_SECONDS, owner="berta")
    assert history.since("anna", old.event_id) is None
    assert history.since("berta", make_event(clock.now).event_id) == [new]


def test_a_place_in_the_future_is_none(clock: Clock) -> None:
    history = ReplayBuffer(clock)
    clock.now = START + 100
    assert history.since("anna", make_event(clock.now + OVERLAP_SECONDS + 1).event_id) is None
    # A little ahead is another machine's clock.
    assert history.since("anna", make_event(clock.now + 1).event_id) == []
