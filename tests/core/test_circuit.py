"""Outages of hours, in simulated time: no image fails, and no delivery is spent on them."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from sightline.adapters.aws.outages import is_outage
from sightline.adapters.dynamo.queries import TableBusy
from sightline.adapters.memory import MemoryQueue
from sightline.consumer.loop import Consumer, ConsumerOptions
from sightline.consumer.messages import ReprocessCommand
from sightline.consumer.part_processor import PartProcessor
from sightline.consumer.settlement import Backoff
from sightline.consumer.upload_messages import Handler, UploadMessages
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key
from sightline.domain.recognition import Recognition
from sightline.domain.states import State
from sightline.ports.object_store import StoredObject
from sightline.ports.queues import Message
from sightline_testing.backend import REGION, MemoryBackend
from sightline_testing.builders import make_recognition
from sightline_testing.simulated_time import Simulate

HOUR_SECONDS = 3600.0

#: Time that a call takes which gets no response.
TIMEOUT_SECONDS = 3.0

OPTIONS = ConsumerOptions(part="recognition", concurrency=4, is_outage=is_outage)


class Dependency:
    """Forwards each call, or lets it time out while the dependency is down."""

    def __init__(self, inner: object) -> None:
        self._inner = inner
        self.is_down = False
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        method: Callable[..., Awaitable[object]] = getattr(self._inner, name)

        async def call(*args: object, **kwargs: object) -> object:
            self.calls += 1
            if self.is_down:
                await asyncio.sleep(TIMEOUT_SECONDS)
                raise EndpointConnectionError(endpoint_url="http://dependency")
            return await method(*args, **kwargs)

        return call


class Recognizer:
    """Detects a dog in every image."""

    async def perform(self, *_: Image | StoredObject | ReprocessCommand | None) -> Recognition:
        return make_recognition("Dog")

    async def discard(self, *_: object) -> None: ...


class PatientQueue(MemoryQueue):
    """A queue that looks for messages at the beginning and at the end of a poll only."""

    async def receive(self, limit: int, wait: float) -> list[Message]:
        messages = await super().receive(limit, 0)
        if not messages and wait:
            await asyncio.sleep(wait)
            messages = await super().receive(limit, 0)
        return messages


class Deployment(MemoryBackend):
    """A backend with a queue, and dependencies that can be down."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = PatientQueue(max_receives=10)
        self.uploaded: list[Image] = []
        self.dependencies = {
            "dynamodb": Dependency(self.tables.images),
            "s3": Dependency(self.originals),
            "rekognition": Dependency(Recognizer()),
        }

    def processor_of_dependencies(self) -> PartProcessor[Recognition]:
        images: Any = self.dependencies["dynamodb"]
        originals: Any = self.dependencies["s3"]
        work: Any = self.dependencies["rekognition"]
        return PartProcessor("recognition", images, originals, work, self.publisher, REGION)

    async def upload_many(self, count: int) -> None:
        for _ in range(count):
            image = await self.upload(f"image {len(self.uploaded)}".encode())
            self.uploaded.append(image)
            self.queue.send(format_event(image))

    async def states(self) -> Mapping[State, int]:
        images = [await self.read(image) for image in self.uploaded]
        return Counter(image.recognition.state for image in images)


def format_event(image: Image) -> str:
    key = original_key(image.key)
    return json.dumps(
        {"Records": [{"eventName": "ObjectCreated:Post", "s3": {"object": {"key": key}}}]}
    )


async def consume(
    queue: MemoryQueue, handler: Handler, scenario: Callable[[Consumer], Awaitable[None]]
) -> None:
    stop = asyncio.Event()
    messages = UploadMessages(handler, OPTIONS.handling_timeout_seconds)
    consumer = Consumer(queue, messages, OPTIONS)
    task = asyncio.create_task(consumer.run(stop))
    try:
        await scenario(consumer)
    finally:
        stop.set()
        await task


async def wait_until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - nothing signals the condition
        await asyncio.sleep(1)


async def wait_until_empty(queue: MemoryQueue) -> None:
    await wait_until(lambda: not len(queue))


@pytest.mark.parametrize("backlog", [1, 3, 40])
@pytest.mark.parametrize("name", ["dynamodb", "s3", "rekognition"])
def test_an_outage_of_hours_fails_no_image(simulate: Simulate, name: str, backlog: int) -> None:
    async def test() -> None:
        deployment = Deployment()
        dependency = deployment.dependencies[name]

        async def scenario(consumer: Consumer) -> None:
            await deployment.upload_many(2)
            await wait_until_empty(deployment.queue)
            dependency.is_down = True
            await deployment.upload_many(backlog)
            for _ in range(6):
                await asyncio.sleep(HOUR_SECONDS / 2)
                assert consumer.is_circuit_open
                assert consumer.is_alive()
            # Neither the failed attempts nor the probes are many.
            assert dependency.calls < 2000
            dependency.is_down = False
            await wait_until_empty(deployment.queue)
            assert not consumer.is_circuit_open

        await consume(deployment.queue, deployment.processor_of_dependencies(), scenario)
        assert await deployment.states() == {State.SUCCEEDED: backlog + 2}
        assert deployment.queue.dead == []

    simulate(test())


def test_no_delivery_is_spent_on_messages_that_wait(simulate: Simulate) -> None:
    async def test() -> None:
        deployment = Deployment()

        async def scenario(_: Consumer) -> None:
            deployment.dependencies["s3"].is_down = True
            await deployment.upload_many(100)
            await asyncio.sleep(HOUR_SECONDS / 6)

        await consume(deployment.queue, deployment.processor_of_dependencies(), scenario)
        await asyncio.sleep(HOUR_SECONDS)
        messages = [
            message for _ in range(10) for message in await deployment.queue.receive(10, wait=0)
        ]
        counts = Counter(message.receive_count - 1 for message in messages)
        assert sum(counts.values()) == 100
        assert counts[0] >= 100 - 2 * OPTIONS.concurrency

    simulate(test())


def test_images_that_a_dependency_cannot_process_stop_no_others(simulate: Simulate) -> None:
    """Rekognition answers each of their calls with an internal error."""
    poisonous = set[str]()

    class Work(Recognizer):
        async def perform(self, *args: Any) -> Recognition:
            if args[0].image_id in poisonous:
                raise client_error("InternalServerError", 500)
            return make_recognition("Dog")

    async def test() -> None:
        deployment = Deployment()
        deployment.dependencies["rekognition"] = Dependency(Work())

        async def scenario(_: Consumer) -> None:
            await deployment.upload_many(2 * OPTIONS.concurrency)
            poisonous.update(image.image_id for image in deployment.uploaded)
            await asyncio.sleep(1)
            await deployment.upload_many(50)
            await wait_until(lambda: len(deployment.queue) <= len(poisonous))
            # They fail as others do whose attempts all failed: something succeeds meanwhile.
            while len(deployment.queue):
                await deployment.upload_many(1)
                await asyncio.sleep(60)

        await consume(deployment.queue, deployment.processor_of_dependencies(), scenario)
        states = await deployment.states()
        assert states[State.FAILED] == len(poisonous)
        assert len(deployment.queue.dead) == len(poisonous)

    simulate(test())


def test_single_outages_do_not_open_the_circuit(simulate: Simulate) -> None:
    async def test() -> None:
        deployment = Deployment()
        dependency = deployment.dependencies["rekognition"]

        async def scenario(consumer: Consumer) -> None:
            for _ in range(20):
                dependency.is_down = True
                await deployment.upload_many(1)
                await asyncio.sleep(TIMEOUT_SECONDS)
                dependency.is_down = False
                await deployment.upload_many(1)
                await asyncio.sleep(30)
                assert not consumer.is_circuit_open
            await wait_until_empty(deployment.queue)

        await consume(deployment.queue, deployment.processor_of_dependencies(), scenario)
        assert await deployment.states() == {State.SUCCEEDED: 40}

    simulate(test())


def test_a_consumer_stops_at_once_during_an_outage(simulate: Simulate) -> None:
    async def test() -> None:
        deployment = Deployment()

        async def scenario(consumer: Consumer) -> None:
            deployment.dependencies["dynamodb"].is_down = True
            await deployment.upload_many(10)
            await wait_until(lambda: consumer.is_circuit_open)

        await consume(deployment.queue, deployment.processor_of_dependencies(), scenario)
        assert len(deployment.queue) == 10
        assert deployment.queue.dead == []

    simulate(test())


def client_error(code: str, status: int) -> ClientError:
    return ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "DetectLabels",
    )


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://s3"),
        ReadTimeoutError(endpoint_url="http://s3"),
        client_error("InternalServerError", 500),
        client_error("SlowDown", 503),
        client_error("ProvisionedThroughputExceededException", 400),
        client_error("AccessDeniedException", 400),
        TableBusy("busy"),
        TimeoutError(),
        ExceptionGroup("both", [TimeoutError(), client_error("ServiceUnavailable", 503)]),
    ],
)
def test_an_error_of_a_dependency_is_an_outage(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a defect"),
        ParamValidationError(report="a defect"),
        client_error("InvalidImageFormatException", 400),
        client_error("ConditionalCheckFailedException", 400),
        ExceptionGroup("both", [TimeoutError(), ValueError("a defect")]),
    ],
)
def test_an_error_of_the_request_is_no_outage(error: Exception) -> None:
    assert not is_outage(error)


def test_probes_have_a_longest_interval() -> None:
    assert Backoff(first=2, longest=30).delay(100, 1) == 30
