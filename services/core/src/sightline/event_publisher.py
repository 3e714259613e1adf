"""Publish change events to the topic that every API task subscribes to."""

from sightline.domain.events import Event, format_events
from sightline.ports.queues import Topic


class EventPublisher:
    """Publishes change events to the topic."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic

    async def publish(self, *events: Event) -> None:
        """Publish up to `MAX_EVENTS_PER_MESSAGE` events in one message.

        Once this returns, each of them will be delivered at least once.
        """
        await self._topic.publish(format_events(events))
