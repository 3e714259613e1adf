"""Share the places of a consumer between owners: received messages wait in one lane per owner.

A free place goes to the waiting owner with the fewest messages in flight, and among equals to the
one that was served the longest ago. So no owner takes a place beyond half of them while another
waits. An owner that has nothing in the consumer goes before those that were served in the last few
turns, but not before all: they would wait for as long as new owners come. A lane is short: what
exceeds it is deferred to another queue, where it does not stand before the messages of other
owners. See docs/decisions/0013-share-consumers-between-owners.md.
"""

import bisect
import itertools
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from sightline.ports.queues import Message, Queue


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """A message, the queue that delivered it, and the owner of its images; None if unknown."""

    message: Message
    queue: Queue
    owner: str | None = None

    @property
    def age_key(self) -> float:
        """Orders the messages of an owner; a message without a time is new."""
        sent_at = self.message.sent_at
        return float("inf") if sent_at is None else sent_at


@dataclass(slots=True)
class Lanes:
    """Messages that wait for a place, oldest first for each owner.

    `size` is the number of messages of one owner that wait at most, apart from those that cannot be
    deferred.
    """

    size: int
    _lanes: dict[str | None, list[Delivery]] = field(default_factory=dict)
    #: The turn in which each owner with messages waiting or in flight was served last.
    _served_at: dict[str | None, int] = field(default_factory=dict)
    _turn: int = 0

    def __len__(self) -> int:
        """Return the number of messages that wait."""
        return sum(map(len, self._lanes.values()))

    def __iter__(self) -> "itertools.chain[Delivery]":
        """Iterate over the messages that wait, in no order that matters."""
        return itertools.chain.from_iterable(self._lanes.values())

    def count(self, queue: Queue) -> int:
        """Return the number of messages of this queue that wait."""
        return sum(delivery.queue is queue for delivery in self)

    def add(self, delivery: Delivery) -> None:
        """Have a message wait in the lane of its owner."""
        # A new owner is served as if it had been served before the last turns.
        self._served_at.setdefault(delivery.owner, self._turn - 2 * self.size)
        lane = self._lanes.setdefault(delivery.owner, [])
        bisect.insort(lane, delivery, key=lambda each: each.age_key)

    def pop(self, in_flight: Mapping[str | None, int]) -> Delivery | None:
        """Remove and return the next message to process, given those in flight by owner."""
        if not self._lanes:
            return None
        owner = min(
            self._lanes,
            key=lambda each: (in_flight.get(each, 0), self._served_at[each]),
        )
        lane = self._lanes[owner]
        delivery = lane.pop(0)
        if not lane:
            del self._lanes[owner]
        self._turn += 1
        self._served_at[owner] = self._turn
        self._forget_idle({owner, *in_flight})
        return delivery

    def take_excess(self, queue: Queue) -> list[Delivery]:
        """Remove and return the newest messages of this queue that exceed the lane of their owner.

        They are ordered by age, so that a queue that keeps the order delivers the oldest first.
        """
        excess: list[Delivery] = []
        for lane in self._lanes.values():
            surplus = len(lane) - self.size
            movable = [each for each in lane if each.queue is queue]
            taken = movable[-surplus:] if surplus > 0 else []
            lane[:] = [each for each in lane if each not in taken]
            excess += taken
        return sorted(excess, key=lambda each: each.age_key)

    def take_all(self) -> list[Delivery]:
        """Remove and return every message, oldest first."""
        waiting = sorted(self, key=lambda each: each.age_key)
        self._lanes.clear()
        return waiting

    def _forget_idle(self, in_flight: AbstractSet[str | None]) -> None:
        """Forget the turns of owners without messages, so that they do not accumulate."""
        for owner in self._served_at.keys() - self._lanes.keys() - in_flight:
            del self._served_at[owner]
