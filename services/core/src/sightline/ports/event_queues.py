"""The inboxes through which gateway tasks hear of events, and the register of them: the ports.

An inbox is a short-lived queue and its subscription to the topic. It belongs to one task, and a
task that is killed cannot take its inbox with it. So it is registered before it is made, with the
time until which its task is known to live; what is over time, or in no register, anyone may remove.
"""

from typing import NamedTuple, Protocol

from sightline.ports.queues import Queue


class EventQueueLost(Exception):
    """The inbox is not registered any more, or is being removed: its task was believed dead."""


class Registration(NamedTuple):
    """An inbox in the register; its task has promised to live until then (Unix seconds)."""

    name: str
    alive_until: int


class EventQueueRegistry(Protocol):
    """Which inboxes there are, and until when each is looked after."""

    async def add(self, name: str, alive_until: int) -> None:
        """Register an inbox, or begin anew with one of that name."""

    async def renew(self, name: str, alive_until: int) -> None:
        """Promise to live longer. Raises `EventQueueLost`."""

    async def list(self) -> list[Registration]:
        """Every inbox, as last written."""

    async def condemn(self, entry: Registration, until: int) -> bool:
        """Take it upon oneself to remove the inbox, in the time until then.

        Whoever had it cannot renew it from now on. False where its entry is not as it was seen: it
        was renewed, or somebody else was first.
        """

    async def remove(self, name: str) -> None:
        """Forget an inbox, whether or not it is there."""


class EventQueues(Protocol):
    """The queues themselves, each subscribed to the topic of events and open to it alone."""

    async def open(self, name: str) -> Queue:
        """A queue of this name that hears of everything from now on; repeatable."""

    async def names(self) -> set[str]:
        """The names of all inboxes of which anything is there."""

    async def remove(self, name: str) -> None:
        """End an inbox, however much of it is there."""
