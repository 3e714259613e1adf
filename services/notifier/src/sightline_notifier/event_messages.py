"""Process the messages of the notifier: change events, and tasks of deliveries and invitations."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from sightline import tracing
from sightline.consumer.settlement import Failed, Handled, Outcome
from sightline.domain.delivery_tasks import DeliveryTask, parse_delivery_tasks
from sightline.domain.events import Event, InvalidEventsMessage, parse_events
from sightline.domain.invitation_tasks import InvitationTask, parse_invitation_tasks
from sightline.ports.queues import Message
from sightline_notifier.channels import BatchChannel, Channel

logger = logging.getLogger(__name__)


class DeliveryHandler(Protocol):
    """Attempts deliveries to webhook endpoints."""

    async def deliver(self, task: DeliveryTask) -> None:
        """Attempt a delivery if it is due; its result, or a later task, is durable then."""


class InvitationHandler(Protocol):
    """Emails invitations."""

    async def send(self, task: InvitationTask) -> None:
        """Email an invitation, unless that was done or the invitation is gone."""


class EventMessages:
    """`MessageHandler` of events and tasks; each message times out after `timeout_seconds`."""

    def __init__(
        self,
        channels: Sequence[Channel | BatchChannel],
        deliverer: DeliveryHandler,
        timeout_seconds: float,
        invitations: InvitationHandler | None = None,
    ) -> None:
        self._channels = channels
        self._deliverer = deliverer
        self._timeout_seconds = timeout_seconds
        self._invitations = invitations

    async def attempt(self, message: Message, max_receives: int | None) -> Outcome:
        try:
            events = parse_events(message.body)
        except InvalidEventsMessage:
            logger.exception("unreadable message", extra={"message_id": message.message_id})
            return Failed()
        # Every channel sees every event, even if another channel fails.
        results = [await self._notify(channel, events) for channel in self._channels]
        results += [await self._deliver(task) for task in parse_delivery_tasks(message.body)]
        results += [await self._invite(task) for task in parse_invitation_tasks(message.body)]
        errors = [error for error in results if error is not None]
        return Failed(errors[0]) if errors else Handled()

    async def _notify(
        self, channel: Channel | BatchChannel, events: Sequence[Event]
    ) -> Exception | None:
        """Have the channel process all events, in order. Returns the error of a failure."""
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
            return error
        return None

    async def _deliver(self, task: DeliveryTask) -> Exception | None:
        """Process the task. Returns the error of a failure."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._deliverer.deliver(task)
        except Exception as error:
            tracing.fail_unit(type(error).__qualname__)
            logger.exception("could not process a delivery", extra=task.key._asdict())
            return error
        return None

    async def _invite(self, task: InvitationTask) -> Exception | None:
        """Email the invitation if email is enabled. Returns the error of a failure."""
        if self._invitations is None:
            return None
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._invitations.send(task)
        except Exception as error:
            tracing.fail_unit(type(error).__qualname__)
            logger.exception("could not email an invitation")
            return error
        return None
