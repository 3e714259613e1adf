"""The events of the last minutes, so that a screen that was away for a moment misses nothing."""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import NamedTuple

from sightline.domain.events import Event
from sightline.domain.ids import event_id_adapter, time_of

#: Seconds for which events are remembered: longer than a stream lives, so that a quiet screen which
#: was told nothing in all that time can still come back. And how many, of all owners together; one
#: takes about 1 kB.
KEPT = 1_800
MAX_KEPT = 10_000

#: Seconds by which two gateway tasks may differ in when they hear of an event.
OVERLAP = 10


class _Heard(NamedTuple):
    at: float
    event: Event


class ReplayBuffer:
    """What was heard without a gap until now, by owner.

    A place in it is the time in an event's id. Ids are the publisher's, so a screen may go on with
    another task than the one that it came from; since tasks hear of events in different order, it
    is told again of what came shortly before.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._order: deque[str] = deque()
        self._heard: defaultdict[str, deque[_Heard]] = defaultdict(deque)
        self._complete_since = clock()

    def restart(self) -> None:
        """Forget everything: from now on it is complete again."""
        self._order.clear()
        self._heard.clear()
        self._complete_since = self._clock()

    def add(self, event: Event) -> None:
        now = self._clock()
        self._order.append(event.owner)
        self._heard[event.owner].append(_Heard(now, event))
        while len(self._order) > MAX_KEPT or self._oldest().at < now - KEPT:
            self._complete_since = self._oldest().at
            self._drop_oldest()

    def since(self, owner: str, event_id: str) -> list[Event] | None:
        """The owner's events since this one, the last for each image and album; None where some
        may be missing, or where it is no place in any history."""
        try:
            place = time_of(event_id_adapter.validate_python(event_id))
        except ValueError:
            return None
        begin = place - OVERLAP
        if begin < self._complete_since or begin > self._clock():
            return None
        last: dict[str, Event] = {}
        for heard in self._heard.get(owner, ()):
            if heard.at >= begin:
                # Anew, so that the last of all stays the last.
                last.pop(heard.event.subject_id, None)
                last[heard.event.subject_id] = heard.event
        return list(last.values())

    def _oldest(self) -> _Heard:
        return self._heard[self._order[0]][0]

    def _drop_oldest(self) -> None:
        owner = self._order.popleft()
        self._heard[owner].popleft()
        if not self._heard[owner]:
            del self._heard[owner]
