"""Wiring of the notifier: the channels that its settings enable, and the deliverer of webhooks."""

from contextlib import AsyncExitStack

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.sns import SnsTopic
from sightline.adapters.aws.sqs import SqsMessageSender
from sightline.event_publisher import EventPublisher
from sightline.ports.queues import MessageSender
from sightline.ports.tables import Tables
from sightline_notifier.channels import BatchChannel, Channel
from sightline_notifier.event_bus import EventBridgeBus, EventBusChannel
from sightline_notifier.event_messages import EventMessages
from sightline_notifier.mail.channel import EmailChannel
from sightline_notifier.mail.digests import DigestSender, sending
from sightline_notifier.mail.invitations import InvitationSender
from sightline_notifier.mail.mailer import SesMailer
from sightline_notifier.mail.usage_monitor import UsageLimits, UsageMonitor
from sightline_notifier.settings import NotifierSettings
from sightline_notifier.webhooks.channel import WebhookChannel
from sightline_notifier.webhooks.deliverer import Deliverer
from sightline_notifier.webhooks.http_client import EndpointClient
from sightline_notifier.webhooks.payloads import MessageBuilder


async def open_messages(
    settings: NotifierSettings, clients: Clients, tables: Tables, stack: AsyncExitStack
) -> EventMessages:
    """Return the handler of the queue's messages; what it uses is open until the stack closes."""
    sender = SqsMessageSender(await clients.open("sqs"), settings.queue_url)
    events = EventPublisher(SnsTopic(await clients.open("sns"), settings.events_topic_arn))
    client = await stack.enter_async_context(
        EndpointClient(allow_loopback=settings.webhooks_allow_loopback)
    )
    # One owner never takes all places from the others.
    max_per_owner = max(1, settings.concurrency // 2)
    deliverer = Deliverer(tables.webhooks, client, sender, events, max_per_owner)
    channels = await open_channels(settings, clients, tables, sender, stack)
    invitations = await open_invitations(settings, clients, tables)
    return EventMessages(channels, deliverer, settings.handling_seconds, invitations)


async def open_invitations(
    settings: NotifierSettings, clients: Clients, tables: Tables
) -> InvitationSender | None:
    """Return the sender of invitations, None if no email is sent."""
    if settings.email_sender is None or settings.web_url is None:
        return None
    return InvitationSender(
        tables.album_members,
        tables.albums,
        tables.email_notifications,
        SesMailer(await clients.open("sesv2"), settings.email_sender),
        settings.web_url,
    )


async def open_channels(
    settings: NotifierSettings,
    clients: Clients,
    tables: Tables,
    sender: MessageSender,
    stack: AsyncExitStack,
) -> list[Channel | BatchChannel]:
    """Return the enabled channels, which stay open until the stack closes."""
    messages = MessageBuilder(tables.images, tables.albums)
    channels: list[Channel | BatchChannel] = [WebhookChannel(tables.webhooks, messages, sender)]
    if settings.event_bus is not None:
        bus = EventBridgeBus(await clients.open("events"), settings.event_bus)
        channels.append(EventBusChannel(bus, tables.images, tables.albums))
    if settings.email_sender is not None and settings.web_url is not None:
        mailer = SesMailer(await clients.open("sesv2"), settings.email_sender)
        limits = UsageLimits(
            settings.owner_max_images, settings.owner_max_bytes, settings.monthly_calls
        )
        monitor = UsageMonitor(tables.usage, limits)
        digests = DigestSender(tables.email_notifications, monitor, mailer, settings.web_url)
        await stack.enter_async_context(sending(digests, settings.digest_poll_seconds))
        channels.append(
            EmailChannel(tables.email_notifications, tables.images, tables.albums, tables.webhooks)
        )
    return channels
