"""Who is listening in this process, and what each of them has yet to be told."""

import asyncio
from collections import deque
from collections.abc import Callable

from sightline.domain.events import Event
from sightline_api.events.replay_buffer import ReplayBuffer
from sightline_api.events.sse import reset_signal
from sightline_api.problems import TooManyStreams

#: Signals that may wait for a slow listener; with more it is told to read everything anew.
MAX_WAITING = 100


class Subscription:
    """One listener's share: what it has yet to be told, in order."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.ended = False
        self._waiting: deque[bytes] = deque()
        self._stirred = asyncio.Event()

    def put(self, signal: bytes) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.clear()
            signal = reset_signal()
        self._waiting.append(signal)
        self._stirred.set()

    def end(self) -> None:
        self.ended = True
        self._stirred.set()

    async def take(self, seconds: float) -> bytes:
        """Everything that waits; nothing after so many seconds, or at the end."""
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            return b""
        signals = b"".join(self._waiting)
        self._waiting.clear()
        if not self.ended:
            self._stirred.clear()
        return signals


class Broker:
    """Brings what is heard to the listeners of its owner."""

    def __init__(self, max_streams: int, history: ReplayBuffer | None = None) -> None:
        self._max_streams = max_streams
        self._history = history or ReplayBuffer()
        self._listeners: dict[str, set[Subscription]] = {}
        self._closed = False

    def subscribe(self, owner: str) -> Subscription:
        """From now on the owner's signals are kept for it. Raises `TooManyStreams`."""
        listeners = self._listeners.setdefault(owner, set())
        if len(listeners) >= self._max_streams:
            raise TooManyStreams
        subscription = Subscription(owner)
        listeners.add(subscription)
        if self._closed:
            subscription.end()
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        listeners = self._listeners[subscription.owner]
        listeners.discard(subscription)
        if not listeners:
            del self._listeners[subscription.owner]

    def since(self, owner: str, event_id: str) -> list[Event] | None:
        """What the owner was told since then, see `History.since`."""
        return self._history.since(owner, event_id)

    def remember(self, event: Event) -> bool:
        """Keep an event for who comes later; answers whether anybody is to be told now."""
        self._history.add(event)
        return event.owner in self._listeners

    def tell(self, owner: str, signal: bytes) -> None:
        self._each(lambda each: each.put(signal), owner)

    def restart(self) -> None:
        """Something may have been missed: everybody is told so, and nobody can resume."""
        self._history.restart()
        signal = reset_signal()
        self._each(lambda each: each.put(signal))

    def close(self) -> None:
        """End every stream, and those that are still to come."""
        self._closed = True
        self._each(Subscription.end)

    def _each(self, do: Callable[[Subscription], None], owner: str | None = None) -> None:
        owners = list(self._listeners) if owner is None else [owner]
        for subscription in [each for one in owners for each in self._listeners.get(one, ())]:
            do(subscription)
