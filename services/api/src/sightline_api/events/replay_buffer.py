"""The events of the last minutes, so that a client can resume its stream without a gap."""

import itertools
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import NamedTuple

from sightline.domain.events import Event
from sightline.domain.ids import event_id_adapter, time_of

#: Seconds for which events are kept: longer than a stream lives, so that a client that received
#: nothing in all that time can still resume.
MAX_AGE_SECONDS = 1_800

#: Events that are kept, of all owners together and of one; one takes about 1 kB. The second limit
#: keeps a busy owner from displacing the events of others.
MAX_EVENTS = 10_000
MAX_EVENTS_PER_OWNER = 500

#: Seconds by which two gateway tasks may differ in when they receive an event.
OVERLAP_SECONDS = 10


class _Received(NamedTuple):
    at: float
    event: Event


class _OwnEvents:
    """The events of one owner, by the numbers that the buffer gave them."""

    def __init__(self) -> None:
        self.received: OrderedDict[int, _Received] = OrderedDict()
        #: Time since when none was dropped because of the limit of an owner.
        self.complete_since = 0.0


class ReplayBuffer:
    """The events that were received without a gap until now, by owner.

    A position in it is the time in an event's id. Ids come from the publisher, so a client may
    resume at another task than the one that it came from. Because tasks receive events in different
    order, it gets the events of the last seconds before its position again.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._numbers = itertools.count()
        #: The owner of each event, the oldest event first.
        self._owners: OrderedDict[int, str] = OrderedDict()
        self._events: defaultdict[str, _OwnEvents] = defaultdict(_OwnEvents)
        self._complete_since = clock()

    def restart(self) -> None:
        """Drop everything; the buffer is complete again from now on."""
        self._owners.clear()
        self._events.clear()
        self._complete_since = self._clock()

    def add(self, event: Event) -> None:
        """Add an event, and drop those that are too old or too many."""
        now, number = self._clock(), next(self._numbers)
        self._owners[number] = event.owner
        own = self._events[event.owner]
        own.received[number] = _Received(now, event)
        if len(own.received) > MAX_EVENTS_PER_OWNER:
            own.complete_since = self._drop(next(iter(own.received)))
        while len(self._owners) > MAX_EVENTS or self._oldest_at() < now - MAX_AGE_SECONDS:
            self._complete_since = self._drop(next(iter(self._owners)))

    def since(self, owner: str, event_id: str) -> list[Event] | None:
        """Return the owner's events since this one, the last for each image and album.

        None if some may be missing, or if it is not the id of an event.
        """
        try:
            position = time_of(event_id_adapter.validate_python(event_id))
        except ValueError:
            return None
        start = position - OVERLAP_SECONDS
        if start < self._complete_since or start > self._clock():
            return None
        own = self._events.get(owner)
        if own is None:
            return []
        if start < own.complete_since:
            return None
        last: dict[str, Event] = {}
        for received in own.received.values():
            if received.at >= start:
                # Removed first, so that the latest event of all comes last.
                last.pop(received.event.subject_id, None)
                last[received.event.subject_id] = received.event
        return list(last.values())

    def _oldest_at(self) -> float:
        number, owner = next(iter(self._owners.items()))
        return self._events[owner].received[number].at

    def _drop(self, number: int) -> float:
        """Drop an event; return when it was received, in Unix seconds."""
        owner = self._owners.pop(number)
        own = self._events[owner]
        dropped = own.received.pop(number)
        if not own.received:
            del self._events[owner]
        return dropped.at
