"""Process the messages of the notifier: change events."""

import asyncio
import logging
from collections.abc import Sequence

from sightline import tracing
from sightline.consumer.settlement import Failed, Handled, Outcome
from sightline.domain.events import Event, InvalidEventsMessage, parse_events
from sightline.ports.queues import Message
from sightline_notifier.channels import BatchChannel, Channel

logger = logging.getLogger(__name__)


class EventMessages:
    """`MessageHandler` of change events; each message times out after `timeout_seconds`."""

    def __init__(self, channels: Sequence[Channel | BatchChannel], timeout_seconds: float) -> None:
        self._channels = channels
        self._timeout_seconds = timeout_seconds

    async def attempt(self, message: Message, max_receives: int | None) -> Outcome:
        try:
            events = parse_events(message.body)
        except InvalidEventsMessage:
            logger.exception("unreadable message", extra={"message_id": message.message_id})
            return Failed()
        # Every channel sees every event, even if another channel fails.
        results = [await self._notify(channel, events) for channel in self._channels]
        return Handled() if all(results) else Failed()

    async def _notify(self, channel: Channel | BatchChannel, events: Sequence[Event]) -> bool:
        """Return whether the channel processed all events, in order."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                if isinstance(channel, BatchChannel):
                    await channel.notify_all(events)
                else:
                    for event in events:
                        await channel.notify(event)
        except Exception as error:
            tracing.fail_unit(type(error).__qualname__)
            logger.exception("could not notify of an event")
            return False
        return True
