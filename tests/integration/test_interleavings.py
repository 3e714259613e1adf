"""Everything that can come between two steps of a service, forced: at each of its calls to the
tables or the stores in turn, something else happens in full, or the process dies just before it or
just after it.

The use cases are the real ones, over memory and over the embedded cloud.
"""

import hashlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

import boto3
import pytest

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.adapters.dynamo import dynamo_tables
from sightline.adapters.memory import (
    MemoryObjectStore,
    MemoryTopic,
    memory_tables,
)
from sightline.consumer.messages import ReprocessCommand, Upload
from sightline.consumer.part_processor import PartProcessor, Superseded
from sightline.deletion import ImageDeleter
from sightline.domain.albums import Album
from sightline.domain.clock import now
from sightline.domain.failures import Gone, Rejected
from sightline.domain.ids import new_album_id
from sightline.domain.images import PART_NAMES, Image, PartName
from sightline.domain.object_keys import original_key, rendition_prefix
from sightline.domain.recognition import Feature, Recognition, RecognitionProfile
from sightline.domain.states import State, Status
from sightline.event_publisher import EventPublisher
from sightline.imaging.decoding import Limits
from sightline.ports.image_table import ImageNotFound
from sightline.ports.object_store import ObjectChanged, ObjectNotFound
from sightline.ports.tables import Tables
from sightline_local.provisioning import provision
from sightline_local.sample_image import draw_sample
from sightline_resizer.process import RenditionWork
from sightline_resizer.renditions import RenderOptions
from sightline_testing.builders import (
    count_calls,
    count_labels,
    make_image,
    make_recognition,
    new_owner,
)
from sightline_worker.image_sources import ImageSource, ImageSources
from sightline_worker.recognize import RecognitionWork

BODY = draw_sample(size=(96, 80))
#: As long, and another picture.
OTHER = BODY[:-1] + b"x"

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")
Event = Callable[[], Awaitable[None]]


class Killed(Exception):
    """The process is no more."""


class Steps:
    """Counts the calls of one process; before the chosen one, or after it, something happens."""

    def __init__(self, at: int, event: Event, after: bool = False) -> None:
        self._at = at
        self._event = event
        self._after = after
        self.taken = 0

    @property
    def reached(self) -> bool:
        return self.taken >= self._at

    def watch(self, port: Any) -> Any:
        return _Watched(port, self)

    async def take(self, call: Callable[[], Awaitable[Any]]) -> Any:
        self.taken += 1
        chosen = self.taken == self._at
        if chosen and not self._after:
            await self._event()
        value = await call()
        if chosen and self._after:
            await self._event()
        return value


class _Watched:
    def __init__(self, port: Any, steps: Steps) -> None:
        self._port = port
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._port, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute
        return lambda *given, **named: self._steps.take(lambda: attribute(*given, **named))


class InlineBench:
    """Works here and now: what dies in these tests is the service, not its helper."""

    async def run(
        self,
        function: Callable[Arguments, Value],
        *given: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Value:
        return function(*given, **named)


class ScriptedDetector:
    """Sees a dog in everything, for the price of one call."""

    async def detect(self, _: ImageSource, profile: RecognitionProfile) -> Recognition:
        return make_recognition("Dog", profile=profile)


class World:
    """Tables and stores, and processes that use them."""

    def __init__(self, tables: Tables, originals: Any, renditions: Any) -> None:
        self.tables = tables
        self.originals = originals
        self.renditions = renditions
        self.image: Image

    async def announce(self) -> Upload:
        """A new image of a new owner, with its picture uploaded and in an album."""
        self.image = make_image(
            new_owner(), bytes=len(BODY), sha256=hashlib.sha256(BODY).hexdigest()
        )
        at = now()
        self.album = Album(
            owner=self.image.owner,
            album_id=new_album_id(),
            title="Summer",
            created_at=at,
            updated_at=at,
        )
        await self.tables.images.create(self.image)
        await self.tables.albums.create(self.album)
        await self.tables.albums.add_images(self.album.key, [self.image.image_id])
        await self.put(BODY)
        return Upload(self.image.key)

    async def put(self, body: bytes) -> None:
        await self.originals.write(original_key(self.image.key), body, "image/jpeg")

    def process(self, name: PartName, steps: Steps | None = None) -> PartProcessor[Any]:
        """One process of the worker or of the resizer, which takes these steps."""
        watch = steps.watch if steps else lambda port: port
        images, originals = watch(self.tables.images), watch(self.originals)
        cache, usage = watch(self.tables.recognition_cache), watch(self.tables.usage)
        bench: Any = InlineBench()
        work: Any
        if name == "recognition":
            sources = ImageSources(originals, bench, 2**20, Limits())
            work = RecognitionWork(
                ScriptedDetector(), sources, originals, cache, usage, RecognitionProfile(), None
            )
        else:
            renditions = watch(self.renditions)
            work = RenditionWork(originals, renditions, bench, 2**20, Limits(), RenderOptions())
        return PartProcessor(name, images, originals, work, EventPublisher(MemoryTopic()))

    async def deliver(
        self, name: PartName, upload: Upload, steps: Steps | None = None, times: int = 1
    ) -> None:
        """What the consumer does with a message: again until it is settled, `times` at most."""
        for _ in range(times):
            processor = self.process(name, steps)
            try:
                try:
                    await processor.handle(upload)
                except Rejected as rejection:
                    await processor.fail(upload, rejection.failure)
                except Gone:
                    await processor.clear(upload)
            except (Killed, Superseded, ObjectNotFound, ObjectChanged, ExceptionGroup):
                # Left in the queue.
                continue
            return

    async def delete(self, steps: Steps | None = None) -> None:
        watch = steps.watch if steps else lambda port: port
        ports = map(
            watch, (self.tables.images, self.tables.albums, self.originals, self.renditions)
        )
        await ImageDeleter(*ports).delete(self.image.key)

    async def is_gone(self) -> bool:
        """Without a trace in any table or store."""
        try:
            await self.tables.images.begin_deletion(self.image.key)
        except ImageNotFound:
            pass
        else:
            return False
        key, owner = self.image.key, self.image.owner
        files = [each.key async for each in self.originals.list(original_key(key))]
        files += [each.key async for each in self.renditions.list(rendition_prefix(key))]
        usage = await self.tables.usage.read(owner)
        album = await self.tables.albums.get(self.album.key)
        same = await self.tables.recognition_cache.find_duplicates(owner, self.image.sha256)
        labels = await count_labels(self.tables, owner)
        return not (files or usage.images or usage.bytes or album.images or same or labels)

    async def read(self) -> Image:
        found: Image = await self.tables.images.get(self.image.key)
        return found

    async def check_counts(self, labels: dict[str, int], images: int = 1) -> None:
        owner = self.image.owner
        assert await count_labels(self.tables, owner) == labels
        assert (await self.tables.usage.read(owner)).images == images


@pytest.fixture(params=["memory", "cloud"])
async def world(request: pytest.FixtureRequest, clients: Clients) -> AsyncIterator[World]:
    if request.param == "memory":
        yield World(memory_tables(), MemoryObjectStore(), MemoryObjectStore())
        return
    endpoint = request.getfixturevalue("aws_environment")
    session = boto3.Session("test", "test", region_name="eu-central-1")
    made = provision(session, endpoint, f"steps-{uuid4().hex[:8]}")
    dynamodb, s3 = await clients.open("dynamodb"), await clients.open("s3")
    yield World(
        dynamo_tables(dynamodb, made.table),
        S3ObjectStore(s3, made.originals_bucket),
        S3ObjectStore(s3, made.renditions_bucket),
    )


async def at_each_step(scenario: Callable[[int], Awaitable[Steps]], least: int) -> None:
    """Play the scenario with its event at the first step, the second, until there are no more."""
    at = 1
    while (await scenario(at)).reached:
        at += 1
    assert at > least


async def die() -> None:
    raise Killed


@pytest.mark.parametrize("name", PART_NAMES)
async def test_a_deletion_between_any_two_steps_of_the_work(world: World, name: PartName) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.announce()
        steps = Steps(at, world.delete)
        await world.deliver(name, upload, steps, times=2)
        if not steps.reached:
            await world.delete()
        assert await world.is_gone(), at
        return steps

    await at_each_step(scenario, 4)


@pytest.mark.parametrize("name", PART_NAMES)
async def test_the_work_between_any_two_steps_of_a_deletion(world: World, name: PartName) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.announce()
        await world.deliver(name, upload)
        steps = Steps(at, lambda: world.deliver(name, upload, times=2))
        await world.delete(steps)
        await world.deliver(name, upload)
        assert await world.is_gone(), at
        return steps

    await at_each_step(scenario, 4)


@pytest.mark.parametrize("name", PART_NAMES)
async def test_a_deletion_between_any_two_steps_of_reprocessing(
    world: World, name: PartName
) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.announce()
        await world.deliver(name, upload)
        demand = upload._replace(request=ReprocessCommand("again", (name,)))
        steps = Steps(at, world.delete)
        await world.deliver(name, demand, steps, times=2)
        if not steps.reached:
            await world.delete()
        assert await world.is_gone(), at
        return steps

    await at_each_step(scenario, 4)


@pytest.mark.parametrize("name", PART_NAMES)
async def test_a_second_worker_between_any_two_steps_of_the_first(
    world: World, name: PartName
) -> None:
    """The same message in two hands, after its time had run out in the first."""

    async def scenario(at: int) -> Steps:
        upload = await world.announce()
        steps = Steps(at, lambda: world.deliver(name, upload))
        await world.deliver(name, upload, steps, times=3)
        image = await world.read()
        assert image.part(name).state is State.SUCCEEDED, at
        calls = await count_calls(world.tables, image.owner, now().strftime("%Y-%m"))
        if name == "recognition":
            await world.check_counts({"Dog": 1}, images=0)
            assert calls == {Feature.LABELS: 1}
        else:
            await world.check_counts({})
        return steps

    await at_each_step(scenario, 4)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", PART_NAMES)
async def test_a_crash_at_any_step_is_made_up_for(
    world: World, name: PartName, after: bool
) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.announce()
        steps = Steps(at, die, after)
        await world.deliver(name, upload, steps)
        await world.deliver(name, upload)
        assert (await world.read()).part(name).state is State.SUCCEEDED, at
        await world.check_counts(*(({"Dog": 1}, 0) if name == "recognition" else ({}, 1)))
        return steps

    await at_each_step(scenario, 4)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_crash_at_any_step_of_a_deletion_can_be_repeated(world: World, after: bool) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.announce()
        for name in PART_NAMES:
            await world.deliver(name, upload)
        steps = Steps(at, die, after)
        try:
            await world.delete(steps)
        except Killed:
            try:
                await world.delete()
            except ImageNotFound:
                # It had been carried out to its end; only the answer was lost.
                assert after
        assert await world.is_gone(), at
        return steps

    await at_each_step(scenario, 4)


@pytest.mark.parametrize("name", PART_NAMES)
async def test_a_ticket_used_again_with_other_bytes_between_any_two_steps(
    world: World, name: PartName
) -> None:
    """What is told in the end is of the bytes that are there in the end."""

    async def scenario(at: int, first: bytes, last: bytes) -> Steps:
        upload = await world.announce()
        await world.put(first)

        async def replace() -> None:
            await world.put(last)
            await world.deliver(name, upload, times=3)

        steps = Steps(at, replace)
        await world.deliver(name, upload, steps, times=3)
        if not steps.reached:
            await replace()
        part = (await world.read()).part(name)
        stored = await world.originals.head(original_key(world.image.key))
        assert part.etag == stored.etag, at
        promised = last == BODY
        assert part.state is (State.SUCCEEDED if promised else State.FAILED), at
        if not promised:
            assert part.failure is not None
            assert part.failure.code == "checksum_mismatch"
        await world.check_counts(
            {"Dog": 1} if promised and name == "recognition" else {},
            images=int(name == "renditions"),
        )
        return steps

    await at_each_step(lambda at: scenario(at, BODY, OTHER), 4)
    await at_each_step(lambda at: scenario(at, OTHER, BODY), 2)


async def test_both_services_between_any_two_steps_of_each_other(world: World) -> None:
    async def scenario(at: int, first: PartName, second: PartName) -> Steps:
        upload = await world.announce()
        steps = Steps(at, lambda: world.deliver(second, upload))
        await world.deliver(first, upload, steps, times=3)
        if not steps.reached:
            await world.deliver(second, upload)
        image = await world.read()
        assert image.status is Status.READY, at
        await world.check_counts({"Dog": 1})
        return steps

    await at_each_step(lambda at: scenario(at, "recognition", "renditions"), 4)
    await at_each_step(lambda at: scenario(at, "renditions", "recognition"), 4)
