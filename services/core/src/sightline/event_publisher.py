"""Publish change notifications to the topic that every gateway task subscribes to."""

from sightline.domain.events import Event, format_events
from sightline.ports.queues import Topic


class EventPublisher:
    """Tells every gateway task, through the topic that they all listen to."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic

    async def publish(self, *events: Event) -> None:
        """When it returns, these events will be delivered, each at least once.

        Not more than `MAX_TOGETHER`.
        """
        await self._topic.publish(format_events(events))
