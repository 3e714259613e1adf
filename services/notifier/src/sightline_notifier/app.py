"""Wiring of the notifier: the channels that its settings enable."""

from contextlib import AsyncExitStack

from sightline.adapters.aws.clients import Clients
from sightline.ports.tables import Tables
from sightline_notifier.channels import BatchChannel, Channel
from sightline_notifier.event_bus import EventBridgeBus, EventBusChannel
from sightline_notifier.settings import NotifierSettings


async def open_channels(
    settings: NotifierSettings,
    clients: Clients,
    tables: Tables,
    stack: AsyncExitStack,  # noqa: ARG001
) -> list[Channel | BatchChannel]:
    """Return the enabled channels, which stay open until the stack closes."""
    channels: list[Channel | BatchChannel] = []
    if settings.event_bus is not None:
        bus = EventBridgeBus(await clients.open("events"), settings.event_bus)
        channels.append(EventBusChannel(bus, tables.images, tables.albums))
    return channels
