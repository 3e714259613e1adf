"""The events of the last minutes, so that a client can resume its stream without a gap."""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import NamedTuple

from sightline.domain.events import Event
from sightline.domain.ids import event_id_adapter, time_of

#: Seconds for which events are kept: longer than a stream lives, so that a client that received
#: nothing in all that time can still resume.
MAX_AGE_SECONDS = 1_800

#: Events that are kept, of all owners together; one takes about 1 kB.
MAX_EVENTS = 10_000

#: Seconds by which two gateway tasks may differ in when they receive an event.
OVERLAP_SECONDS = 10


class _Received(NamedTuple):
    at: float
    event: Event


class ReplayBuffer:
    """The events that were received without a gap until now, by owner.

    A position in it is the time in an event's id. Ids come from the publisher, so a client may
    resume at another task than the one that it came from. Because tasks receive events in different
    order, it gets the events of the last seconds before its position again.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._order: deque[str] = deque()
        self._events: defaultdict[str, deque[_Received]] = defaultdict(deque)
        self._complete_since = clock()

    def restart(self) -> None:
        """Drop everything; the buffer is complete again from now on."""
        self._order.clear()
        self._events.clear()
        self._complete_since = self._clock()

    def add(self, event: Event) -> None:
        """Add an event, and drop those that are too old or too many."""
        now = self._clock()
        self._order.append(event.owner)
        self._events[event.owner].append(_Received(now, event))
        while len(self._order) > MAX_EVENTS or self._oldest().at < now - MAX_AGE_SECONDS:
            self._complete_since = self._oldest().at
            self._drop_oldest()

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
        last: dict[str, Event] = {}
        for received in self._events.get(owner, ()):
            if received.at >= start:
                # Removed first, so that the latest event of all comes last.
                last.pop(received.event.subject_id, None)
                last[received.event.subject_id] = received.event
        return list(last.values())

    def _oldest(self) -> _Received:
        return self._events[self._order[0]][0]

    def _drop_oldest(self) -> None:
        owner = self._order.popleft()
        self._events[owner].popleft()
        if not self._events[owner]:
            del self._events[owner]
