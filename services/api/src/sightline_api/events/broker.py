"""The subscribers of this process, and the events that each of them has not received yet."""

import asyncio
from collections import deque
from collections.abc import Callable

from sightline import metrics
from sightline.domain.events import Event
from sightline_api.events.replay_buffer import ReplayBuffer
from sightline_api.events.sse import format_reset
from sightline_api.problems import TooManyStreams

#: Pending events of a slow subscriber; beyond that, one reset event replaces them.
MAX_PENDING = 100


class Subscription:
    """The pending events of one subscriber, in order."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.ended = False
        self._pending: deque[bytes] = deque()
        self._changed = asyncio.Event()

    def put(self, event: bytes) -> None:
        """Add a formatted event."""
        if len(self._pending) >= MAX_PENDING:
            self._pending.clear()
            event = format_reset()
        self._pending.append(event)
        self._changed.set()

    def end(self) -> None:
        """End the stream after its pending events."""
        self.ended = True
        self._changed.set()

    async def take(self, seconds: float) -> bytes:
        """Return all pending events; b"" after this time, or at the end of the stream."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return b""
        events = b"".join(self._pending)
        self._pending.clear()
        if not self.ended:
            self._changed.clear()
        return events


class Broker:
    """Delivers the events of each owner to the owner's subscribers."""

    def __init__(self, max_streams: int, buffer: ReplayBuffer | None = None) -> None:
        self._max_streams = max_streams
        self._buffer = buffer or ReplayBuffer()
        self._subscriptions: dict[str, set[Subscription]] = {}
        self._closed = False

    def subscribe(self, owner: str) -> Subscription:
        """Add a subscriber for the events of the owner. Raises `TooManyStreams`."""
        subscriptions = self._subscriptions.setdefault(owner, set())
        if len(subscriptions) >= self._max_streams:
            raise TooManyStreams
        subscription = Subscription(owner)
        subscriptions.add(subscription)
        self._record_streams()
        if self._closed:
            subscription.end()
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Remove a subscriber."""
        subscriptions = self._subscriptions[subscription.owner]
        subscriptions.discard(subscription)
        if not subscriptions:
            del self._subscriptions[subscription.owner]
        self._record_streams()

    def since(self, owner: str, event_id: str) -> list[Event] | None:
        """Return the events of the owner since this one; see `ReplayBuffer.since`."""
        return self._buffer.since(owner, event_id)

    def remember(self, event: Event) -> bool:
        """Keep an event for later replay; return whether its owner has subscribers now."""
        self._buffer.add(event)
        return event.owner in self._subscriptions

    def publish(self, owner: str, event: bytes) -> None:
        """Deliver a formatted event to the subscribers of the owner."""
        self._for_each(lambda each: each.put(event), owner)

    def reset(self) -> None:
        """Report a gap to every subscriber; no stream can be resumed from before it."""
        self._buffer.restart()
        event = format_reset()
        self._for_each(lambda each: each.put(event))

    def close(self) -> None:
        """End every stream, also those that start later."""
        self._closed = True
        self._for_each(Subscription.end)

    def _record_streams(self) -> None:
        if metrics.is_enabled():
            metrics.record(metrics.EVENT_STREAMS, sum(map(len, self._subscriptions.values())))

    def _for_each(self, do: Callable[[Subscription], None], owner: str | None = None) -> None:
        owners = list(self._subscriptions) if owner is None else [owner]
        for subscription in [each for one in owners for each in self._subscriptions.get(one, ())]:
            do(subscription)
