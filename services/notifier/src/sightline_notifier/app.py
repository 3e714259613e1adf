"""Wiring of the notifier: the channels that its settings enable."""

from contextlib import AsyncExitStack

from sightline.adapters.aws.clients import Clients
from sightline.ports.tables import Tables
from sightline_notifier.channels import Channel
from sightline_notifier.settings import NotifierSettings


async def open_channels(
    settings: NotifierSettings,  # noqa: ARG001
    clients: Clients,  # noqa: ARG001
    tables: Tables,  # noqa: ARG001
    stack: AsyncExitStack,  # noqa: ARG001
) -> list[Channel]:
    """Return the enabled channels, which stay open until the stack closes."""
    return []
