"""The event queues of API tasks, and the registry of their leases: the ports.

An event queue is a short-lived queue with its subscription to the topic. It belongs to one task,
and a task that is killed cannot remove its queue. So each queue is registered before it is created,
with the time until which its task counts as alive. Every task may remove a queue whose lease has
expired, or which is not registered.
"""

from typing import NamedTuple, Protocol

from sightline.ports.queues import Queue


class EventQueueLost(Exception):
    """The queue is no longer registered, or is being removed: its task counted as dead."""


class Registration(NamedTuple):
    """A registered queue; its task counts as alive until `alive_until` (Unix seconds)."""

    name: str
    alive_until: int


class EventQueueRegistry(Protocol):
    """The registered event queues and their leases."""

    async def add(self, name: str, alive_until: int) -> None:
        """Register a queue, or replace the registration of that name."""

    async def renew(self, name: str, alive_until: int) -> None:
        """Extend the lease of a queue. Raises `EventQueueLost`."""

    async def list(self) -> list[Registration]:
        """Return all registrations as last written."""

    async def claim_removal(self, registration: Registration, until: int) -> bool:
        """Claim the removal of a queue until then, and return whether the claim succeeded.

        The task of the queue can no longer renew its lease. The claim fails if the registration
        has changed: the task renewed it, or another task claimed the removal.
        """

    async def remove(self, name: str) -> None:
        """Remove a registration; idempotent."""


class EventQueues(Protocol):
    """The queues themselves; only the topic of events can send to them."""

    async def open(self, name: str) -> Queue:
        """Create a queue that receives every event from now on; idempotent."""

    async def names(self) -> set[str]:
        """Return the names of all queues, including those that exist only in part."""

    async def remove(self, name: str) -> None:
        """Remove a queue and its subscription, as far as they exist; idempotent."""
