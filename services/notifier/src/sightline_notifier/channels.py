"""The ways in which an owner is notified of a change: the port."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from sightline.domain.events import Event


class Channel(Protocol):
    """Notifies the owner of an event, for example by webhooks.

    Events are delivered at least once and not in order, and one that another channel failed to
    process arrives again at every channel. Each method must therefore be idempotent.
    """

    async def notify(self, event: Event) -> None:
        """Process an event; its effects are durable when this returns.

        Any exception leaves the event in the queue to be redelivered.
        """


@runtime_checkable
class BatchChannel(Protocol):
    """A channel that processes the events of a message together, with fewer calls."""

    async def notify_all(self, events: Sequence[Event]) -> None:
        """Process the events, as `Channel.notify` does each of them."""
