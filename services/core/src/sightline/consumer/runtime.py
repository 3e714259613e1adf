"""Run a queue consumer as a service: signals, health endpoint and scale-in protection."""

import asyncio
import logging
import signal
from contextlib import AsyncExitStack

import aiohttp

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.outages import is_outage
from sightline.adapters.aws.sqs import SqsBacklogQueue, SqsQueue
from sightline.consumer.health import serve_health
from sightline.consumer.loop import Consumer, ConsumerOptions, Fairness, MessageHandler
from sightline.consumer.messages import find_owner
from sightline.consumer.scale_in import (
    EcsScaleInProtection,
    NullScaleInProtection,
    ScaleInProtection,
)
from sightline.consumer.settlement import Backoff
from sightline.settings import ConsumerSettings, UploadConsumerSettings

logger = logging.getLogger(__name__)

#: The longest interval between two probes of a dependency that is down.
MAX_PROBE_SECONDS = 30.0


async def consume_uploads(
    part: str,
    settings: UploadConsumerSettings,
    clients: Clients,
    stack: AsyncExitStack,
    handler: MessageHandler,
) -> None:
    """Consume uploads and commands to reprocess as `consume` does, shared between owners."""
    fairness = None
    if settings.backlog_url:
        backlog = await SqsBacklogQueue.open(await clients.open("sqs"), settings.backlog_url)
        fairness = Fairness(backlog, find_owner)
    await consume(part, settings, clients, stack, handler, fairness)


async def consume(
    part: str,
    settings: ConsumerSettings,
    clients: Clients,
    stack: AsyncExitStack,
    handler: MessageHandler,
    fairness: Fairness | None = None,
) -> None:
    """Consume the queue of the settings until SIGTERM or SIGINT; `part` names it in metrics."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    queue = await SqsQueue.open(await clients.open("sqs"), settings.queue_url)
    protection = await _open_protection(settings.ecs_agent_uri, stack)
    consumer = Consumer(queue, handler, _consumer_options(part, settings), protection, fairness)

    def check() -> tuple[bool, dict[str, object]]:
        return consumer.is_alive(), {
            "in_flight": consumer.in_flight,
            "waiting": consumer.waiting,
            "circuit": "open" if consumer.is_circuit_open else "closed",
        }

    async with serve_health(settings.health_host, settings.health_port, check):
        logger.info("consuming", extra={"queue": settings.queue_url})
        await consumer.run(stop)
        logger.info("stopped")


def _consumer_options(part: str, settings: ConsumerSettings) -> ConsumerOptions:
    return ConsumerOptions(
        part=part,
        concurrency=settings.concurrency,
        poll_seconds=settings.poll_seconds,
        handling_timeout_seconds=settings.handling_seconds,
        drain_timeout_seconds=settings.drain_seconds,
        backoff=Backoff(first=settings.backoff_seconds),
        probes=Backoff(first=settings.backoff_seconds, longest=MAX_PROBE_SECONDS),
        is_outage=is_outage,
    )


async def _open_protection(agent: str | None, stack: AsyncExitStack) -> ScaleInProtection:
    if agent is None:
        return NullScaleInProtection()
    return EcsScaleInProtection(await stack.enter_async_context(aiohttp.ClientSession()), agent)
