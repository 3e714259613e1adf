"""Exhaustive interleavings of the services, and crashes at every step.

A scenario is repeated for each call that a service makes to a table or a store. Before or after
that call, another operation runs to its end, or the process crashes. The use cases are the real
ones, with ports in memory and with the AWS emulator.
"""

import hashlib
import inspect
import io
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

import boto3
import PIL.Image
import pytest

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.adapters.dynamo import dynamo_tables
from sightline.adapters.memory import MemoryTopic
from sightline.consumer.messages import ReprocessCommand, Upload, parse_uploads
from sightline.consumer.part_processor import PartProcessor, Superseded
from sightline.deletion import ImageDeleter, ImageTrash
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
from sightline.optimistic import Conflict
from sightline.ports.image_index import Term
from sightline.ports.image_table import ImageNotFound
from sightline.ports.object_store import ObjectChanged, ObjectNotFound
from sightline.ports.tables import Tables
from sightline_api.images.editing import edit_image
from sightline_local.provisioning import provision
from sightline_local.sample_image import draw_sample
from sightline_resizer.process import RenditionWork
from sightline_resizer.renditions import RenderOptions
from sightline_testing.backend import REGION, MemoryBackend
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
#: A different image of the same size.
OTHER = BODY[:-1] + b"x"

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")
Intervention = Callable[[], Awaitable[None]]


class Killed(Exception):
    """The process has crashed."""


class Steps:
    """Counts the calls of one process; before or after call number `at`, it intervenes."""

    def __init__(self, at: int, intervene: Intervention, after: bool = False) -> None:
        self._at = at
        self._intervene = intervene
        self._after = after
        self.taken = 0

    @property
    def reached(self) -> bool:
        """Whether the intervention has happened."""
        return self.taken >= self._at

    def watch(self, port: Any) -> Any:
        """Return the port with its calls counted."""
        return _Watched(port, self)

    async def count(self, call: Callable[[], Awaitable[Any]]) -> Any:
        self.taken += 1
        matches = self.taken == self._at
        if matches and not self._after:
            await self._intervene()
        value = await call()
        if matches and self._after:
            await self._intervene()
        return value


class _Watched:
    def __init__(self, port: Any, steps: Steps) -> None:
        self._port = port
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._port, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute
        return lambda *args, **kwargs: self._steps.count(lambda: attribute(*args, **kwargs))


class InlinePool:
    """Runs functions in this process: in these tests the service crashes, not its decoder."""

    async def run(
        self,
        function: Callable[Arguments, Value],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Value:
        return function(*args, **kwargs)


class ScriptedDetector:
    """Detects a dog in every image, in one paid call."""

    async def detect(self, _: ImageSource, profile: RecognitionProfile) -> Recognition:
        return make_recognition("Dog", profile=profile)


#: Every third step with the emulator, which is slow; all of them with `make test FULL=1`.
CLOUD_STRIDE = 3


class World:
    """Tables and stores, and the processes that use them.

    Scenarios intervene at the first step, and then at every step, or every `stride` steps.
    """

    def __init__(self, tables: Tables, originals: Any, renditions: Any, *, stride: int = 1) -> None:
        self.stride = stride
        self.tables = tables
        self.originals = originals
        self.renditions = renditions
        self.image: Image

    async def upload_image(self) -> Upload:
        """Upload an image of a new owner, add it to an album, and return its message."""
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
        """Return the processor of one worker or resizer process, whose calls are counted."""
        watch = steps.watch if steps else lambda port: port
        images, originals = watch(self.tables.images), watch(self.originals)
        cache, usage = watch(self.tables.recognition_cache), watch(self.tables.usage)
        pool: Any = InlinePool()
        work: Any
        if name == "recognition":
            sources = ImageSources(originals, pool, 2**20, Limits())
            work = RecognitionWork(
                ScriptedDetector(), sources, originals, cache, usage, RecognitionProfile(), None
            )
        else:
            renditions = watch(self.renditions)
            work = RenditionWork(originals, renditions, pool, 2**20, Limits(), RenderOptions())
        events = EventPublisher(MemoryTopic())
        corrector = work if name == "renditions" else None
        return PartProcessor(name, images, originals, work, events, REGION, corrector)

    async def deliver(
        self, name: PartName, upload: Upload, steps: Steps | None = None, times: int = 1
    ) -> None:
        """Deliver a message as the consumer does: until it is settled, but at most `times`."""
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
                # The message stays in the queue.
                continue
            return

    async def set_time(self, taken_at: datetime | None, steps: Steps | None = None) -> None:
        """Correct the time of capture, as the API does."""
        await self.edit(steps, taken_at_override=taken_at)

    async def edit(self, steps: Steps | None = None, **changes: object) -> list[Upload]:
        """Change the image, as the API does, and return the messages to the resizer."""
        images = steps.watch(self.tables.images) if steps else self.tables.images
        topic = MemoryTopic()
        await edit_image(self.image.key, images, topic, changes)
        return [upload for body in topic.published for upload in parse_uploads(body)]

    async def deliver_all(self, uploads: list[Upload]) -> None:
        """Deliver messages to the resizer until each is settled."""
        for upload in uploads:
            await self.deliver("renditions", upload, times=3)

    def trash(self, steps: Steps | None = None) -> ImageTrash:
        """Return the trash as one process of the API uses it, whose calls are counted."""
        watch = steps.watch if steps else lambda port: port
        return ImageTrash(watch(self.tables.images), watch(self.tables.albums))

    async def move_to_trash(self, steps: Steps | None = None) -> None:
        await self.trash(steps).move(self.image.key)

    async def restore(self, steps: Steps | None = None) -> bool:
        """Restore the image; return False if it is gone."""
        try:
            await self.trash(steps).restore(self.image.key)
        except ImageNotFound:
            return False
        return True

    async def purge(self, revision: int, steps: Steps | None = None) -> bool:
        """Delete the image as a purge that read this revision; return False if it has changed."""
        try:
            await self.deleter(steps).delete(self.image.key, revision)
        except (Conflict, ImageNotFound):
            return False
        return True

    def deleter(self, steps: Steps | None = None) -> ImageDeleter:
        """Return the deleter of one process, whose calls are counted."""
        watch = steps.watch if steps else lambda port: port
        tables, stores = self.tables, (self.originals, self.renditions)
        return ImageDeleter(
            *map(watch, (tables.images, tables.albums, *stores, tables.contributions))
        )

    async def delete(self, steps: Steps | None = None) -> None:
        await self.deleter(steps).delete(self.image.key)

    async def is_gone(self) -> bool:
        """Return whether no table or store contains anything of the image."""
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
        duplicates = await self.tables.recognition_cache.find_duplicates(owner, self.image.sha256)
        labels = await count_labels(self.tables, owner)
        return not (files or usage.images or usage.bytes or album.images or duplicates or labels)

    async def read(self) -> Image:
        found: Image = await self.tables.images.get(self.image.key)
        return found

    async def check_visible(self, name: PartName, images: int) -> None:
        """Check that only the trash has the image, or everything but the trash, as often."""
        owner, is_image = self.image.owner, name == "renditions"
        assert (await self.tables.albums.get(self.album.key)).images == images
        assert sum(each.images for each in await self.tables.timeline.count_months(owner)) == (
            images if is_image else 0
        )
        assert await count_labels(self.tables, owner) == (
            {"Dog": images} if images and not is_image else {}
        )
        usage = await self.tables.usage.read(owner)
        assert (usage.images, usage.trashed_images) == (is_image, is_image and not images)

    async def check_counts(self, labels: dict[str, int], images: int = 1) -> None:
        owner = self.image.owner
        assert await count_labels(self.tables, owner) == labels
        assert (await self.tables.usage.read(owner)).images == images


@pytest.fixture(params=["memory", "cloud"])
async def world(request: pytest.FixtureRequest, clients: Clients) -> AsyncIterator[World]:
    if request.param == "memory":
        backend = MemoryBackend()
        yield World(backend.tables, backend.originals, backend.renditions)
        return
    endpoint = request.getfixturevalue("aws_environment")
    session = boto3.Session("test", "test", region_name="eu-central-1")
    resources = provision(session, endpoint, f"steps-{uuid4().hex[:8]}")
    dynamodb, s3 = await clients.open("dynamodb"), await clients.open("s3")
    yield World(
        dynamo_tables(dynamodb, resources.table),
        S3ObjectStore(s3, resources.originals_bucket),
        S3ObjectStore(s3, resources.renditions_bucket),
        stride=1 if os.environ.get("SIGHTLINE_FULL") else CLOUD_STRIDE,
    )


#: For scenarios whose writes to a table others have, too.
in_memory = pytest.mark.parametrize("world", ["memory"], indirect=True)


async def at_each_step(
    world: World, scenario: Callable[[int], Awaitable[Steps]], min_steps: int
) -> None:
    """Run the scenario with an intervention at its first step, and at each further one."""
    at = 1
    while (await scenario(at)).reached:
        at += world.stride
    assert at > min_steps


async def crash() -> None:
    raise Killed


@pytest.mark.parametrize("name", PART_NAMES)
async def test_deletion_between_any_two_steps_of_processing(world: World, name: PartName) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        steps = Steps(at, world.delete)
        await world.deliver(name, upload, steps, times=2)
        if not steps.reached:
            await world.delete()
        assert await world.is_gone(), at
        return steps

    await at_each_step(world, scenario, 4)


@pytest.mark.parametrize("name", PART_NAMES)
async def test_processing_between_any_two_steps_of_a_deletion(world: World, name: PartName) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        await world.deliver(name, upload)
        steps = Steps(at, lambda: world.deliver(name, upload, times=2))
        await world.delete(steps)
        await world.deliver(name, upload)
        assert await world.is_gone(), at
        return steps

    await at_each_step(world, scenario, 4)


@pytest.mark.parametrize("name", PART_NAMES)
async def test_deletion_between_any_two_steps_of_reprocessing(world: World, name: PartName) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        await world.deliver(name, upload)
        command = upload._replace(request=ReprocessCommand("again", (name,)))
        steps = Steps(at, world.delete)
        await world.deliver(name, command, steps, times=2)
        if not steps.reached:
            await world.delete()
        assert await world.is_gone(), at
        return steps

    await at_each_step(world, scenario, 4)


@pytest.mark.parametrize("name", PART_NAMES)
async def test_second_delivery_between_any_two_steps_of_the_first(
    world: World, name: PartName
) -> None:
    """The message is redelivered after its visibility timeout, while it is still processed."""

    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
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

    await at_each_step(world, scenario, 4)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", PART_NAMES)
async def test_redelivery_completes_the_work_after_a_crash_at_any_step(
    world: World, name: PartName, after: bool
) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        steps = Steps(at, crash, after)
        await world.deliver(name, upload, steps)
        await world.deliver(name, upload)
        assert (await world.read()).part(name).state is State.SUCCEEDED, at
        await world.check_counts(*(({"Dog": 1}, 0) if name == "recognition" else ({}, 1)))
        return steps

    await at_each_step(world, scenario, 4)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_deletion_can_be_repeated_after_a_crash_at_any_step(
    world: World, after: bool
) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        for name in PART_NAMES:
            await world.deliver(name, upload)
        steps = Steps(at, crash, after)
        try:
            await world.delete(steps)
        except Killed:
            try:
                await world.delete()
            except ImageNotFound:
                # The deletion had completed; only its response was lost.
                assert after
        assert await world.is_gone(), at
        return steps

    await at_each_step(world, scenario, 4)


@pytest.mark.parametrize("name", PART_NAMES)
async def test_second_upload_of_other_bytes_between_any_two_steps(
    world: World, name: PartName
) -> None:
    """The final result is that of the final bytes."""

    async def scenario(at: int, first: bytes, last: bytes) -> Steps:
        upload = await world.upload_image()
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
        is_as_declared = last == BODY
        assert part.state is (State.SUCCEEDED if is_as_declared else State.FAILED), at
        if not is_as_declared:
            assert part.failure is not None
            assert part.failure.code == "checksum_mismatch"
        await world.check_counts(
            {"Dog": 1} if is_as_declared and name == "recognition" else {},
            images=int(name == "renditions"),
        )
        return steps

    await at_each_step(world, lambda at: scenario(at, BODY, OTHER), 4)
    await at_each_step(world, lambda at: scenario(at, OTHER, BODY), 2)


async def test_each_service_between_any_two_steps_of_the_other(world: World) -> None:
    async def scenario(at: int, first: PartName, second: PartName) -> Steps:
        upload = await world.upload_image()
        steps = Steps(at, lambda: world.deliver(second, upload))
        await world.deliver(first, upload, steps, times=3)
        if not steps.reached:
            await world.deliver(second, upload)
        image = await world.read()
        assert image.status is Status.READY, at
        await world.check_counts({"Dog": 1})
        return steps

    await at_each_step(world, lambda at: scenario(at, "recognition", "renditions"), 4)
    await at_each_step(world, lambda at: scenario(at, "renditions", "recognition"), 4)


@in_memory
@pytest.mark.parametrize("name", PART_NAMES)
async def test_trash_between_any_two_steps_of_processing(world: World, name: PartName) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        steps = Steps(at, world.move_to_trash)
        await world.deliver(name, upload, steps, times=2)
        if not steps.reached:
            await world.move_to_trash()
        await check_trashed_and_restored(world, name, upload)
        return steps

    await at_each_step(world, scenario, 4)


@in_memory
@pytest.mark.parametrize("name", PART_NAMES)
async def test_processing_between_any_two_steps_of_a_move_to_the_trash(
    world: World, name: PartName
) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        steps = Steps(at, lambda: world.deliver(name, upload, times=2))
        await world.move_to_trash(steps)
        await check_trashed_and_restored(world, name, upload)
        return steps

    await at_each_step(world, scenario, 4)


@in_memory
@pytest.mark.parametrize("name", PART_NAMES)
async def test_processing_between_any_two_steps_of_a_restoration(
    world: World, name: PartName
) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        await world.move_to_trash()
        steps = Steps(at, lambda: world.deliver(name, upload, times=2))
        assert await world.restore(steps)
        await world.deliver(name, upload, times=2)
        await check_restored(world, name)
        return steps

    await at_each_step(world, scenario, 4)


async def check_trashed_and_restored(world: World, name: PartName, upload: Upload) -> None:
    """Check that only the trash shows the image, and that it comes back with its result."""
    # The message is in the queue until it is handled.
    await world.deliver(name, upload, times=2)
    with pytest.raises(ImageNotFound):
        await world.read()
    await world.check_visible(name, 0)
    assert await world.restore()
    await check_restored(world, name)


async def check_restored(world: World, name: PartName) -> None:
    assert (await world.read()).part(name).state is State.SUCCEEDED
    await world.check_visible(name, 1)


async def test_restoration_between_any_two_steps_of_a_purge(world: World) -> None:
    """One of them wins, and the other one reports that it did nothing."""

    async def scenario(at: int) -> Steps:
        revision = await trash_image(world)
        restored: list[bool] = []

        async def restore() -> None:
            restored.append(await world.restore())

        steps = Steps(at, restore)
        is_purged = await world.purge(revision, steps)
        if not steps.reached:
            await restore()
        await check_purged_or_restored(world, is_purged, restored == [True])
        return steps

    await at_each_step(world, scenario, 3)


async def test_purge_between_any_two_steps_of_a_restoration(world: World) -> None:
    async def scenario(at: int) -> Steps:
        revision = await trash_image(world)
        purged: list[bool] = []

        async def purge() -> None:
            purged.append(await world.purge(revision))

        steps = Steps(at, purge)
        is_restored = await world.restore(steps)
        if not steps.reached:
            await purge()
        await check_purged_or_restored(world, purged == [True], is_restored)
        return steps

    await at_each_step(world, scenario, 3)


async def trash_image(world: World) -> int:
    """Move a new image with its renditions to the trash, and return the revision of its details."""
    await world.deliver("renditions", await world.upload_image())
    await world.move_to_trash()
    stored: Image = await world.tables.images.get_stored(world.image.key)
    return stored.details.revision


async def check_purged_or_restored(world: World, is_purged: bool, is_restored: bool) -> None:
    assert is_purged is not is_restored
    if is_purged:
        assert await world.is_gone()
        return
    await check_restored(world, "renditions")
    await world.originals.head(original_key(world.image.key))
    assert [each async for each in world.renditions.list(rendition_prefix(world.image.key))]


#: A time of capture that an owner gives.
CORRECTED = datetime(1987, 8, 2, 16, 30)  # noqa: DTZ001 - the owner seldom knows the offset


async def test_edit_of_the_capture_time_between_any_two_steps_of_reprocessing(
    world: World,
) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        await world.deliver("renditions", upload)
        steps = Steps(at, lambda: world.set_time(CORRECTED))
        command = upload._replace(request=ReprocessCommand("again", ("renditions",)))
        await world.deliver("renditions", command, steps, times=2)
        if not steps.reached:
            await world.set_time(CORRECTED)
        await check_time(world, at)
        return steps

    await at_each_step(world, scenario, 4)


async def test_reprocessing_between_any_two_steps_of_an_edit_of_the_capture_time(
    world: World,
) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        await world.deliver("renditions", upload)
        command = upload._replace(request=ReprocessCommand("again", ("renditions",)))
        steps = Steps(at, lambda: world.deliver("renditions", command, times=2))
        await world.set_time(CORRECTED, steps)
        if not steps.reached:
            await world.deliver("renditions", command, times=2)
        await check_time(world, at)
        return steps

    await at_each_step(world, scenario, 2)


async def check_time(world: World, at: int) -> None:
    """Check that the owner's time applies after reprocessing, and the file's time once removed."""
    image = await world.read()
    (summary,) = await world.tables.images.get_summaries(image.owner, [image.image_id])
    assert (image.renditions.state, image.renditions.request) == (State.SUCCEEDED, "again"), at
    assert image.taken_at == summary.taken_at == CORRECTED, at
    recorded = image.renditions.result and image.renditions.result.capture.taken_at
    assert recorded is not None
    await world.set_time(None)
    assert (await world.read()).taken_at == recorded, at


#: Two corrections of an owner, of which the second one applies at last.
LISBON = {"latitude": 38.7109, "longitude": -9.1366}
SYDNEY = {"latitude": -33.8568, "longitude": 151.2153}


async def test_correction_between_any_two_steps_of_the_work_on_another(world: World) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        await world.deliver("renditions", upload)
        sent: list[Upload] = []

        async def correct() -> None:
            sent.extend(await world.edit(rotation=270, position_override=SYDNEY))

        (first,) = await world.edit(rotation=90, position_override=LISBON)
        steps = Steps(at, correct)
        await world.deliver("renditions", first, steps)
        if not steps.reached:
            await correct()
        # A queue may deliver them in any order, and the first one again.
        await world.deliver_all([*sent, first])
        await check_correction(world, at)
        return steps

    await at_each_step(world, scenario, 6)


async def test_work_on_a_correction_between_any_two_steps_of_another(world: World) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        await world.deliver("renditions", upload)
        first = await world.edit(rotation=90, position_override=LISBON)
        steps = Steps(at, lambda: world.deliver_all(first))
        second = await world.edit(steps, rotation=270, position_override=SYDNEY)
        if not steps.reached:
            await world.deliver_all(first)
        await world.deliver_all(second)
        await check_correction(world, at)
        return steps

    await at_each_step(world, scenario, 2)


@in_memory
async def test_correction_between_any_two_steps_of_the_first_processing(world: World) -> None:
    """No command is sent before the first processing, so that it must read the correction."""

    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        sent: list[Upload] = []

        async def correct() -> None:
            sent.extend(await world.edit(rotation=270, position_override=SYDNEY))

        steps = Steps(at, correct)
        await world.deliver("renditions", upload, steps, times=3)
        if not steps.reached:
            await correct()
        await world.deliver_all(sent)
        await check_correction(world, at)
        return steps

    await at_each_step(world, scenario, 4)


@in_memory
async def test_redelivery_completes_a_correction_after_a_crash_at_any_step(world: World) -> None:
    async def scenario(at: int) -> Steps:
        upload = await world.upload_image()
        await world.deliver("renditions", upload)
        sent = await world.edit(rotation=270, position_override=SYDNEY)
        steps = Steps(at, crash)
        await world.deliver("renditions", sent[0], steps)
        await world.deliver_all(sent)
        await check_correction(world, at)
        return steps

    await at_each_step(world, scenario, 4)


async def check_correction(world: World, at: int) -> None:
    """Check that the second correction applies to the row, the summary, the index and pixels."""
    image = await world.read()
    result = image.renditions.result
    assert result is not None
    assert image.renditions.state is State.SUCCEEDED, at
    assert (result.rotation, result.width, result.height) == (270, 80, 96), at
    for rendition in result.renditions:
        stored = await world.renditions.read(await world.renditions.head(rendition.key))
        with PIL.Image.open(io.BytesIO(stored)) as rendered:
            assert rendered.size == (rendition.width, rendition.height) == (80, 96), at
    (summary,) = await world.tables.images.get_summaries(image.owner, [image.image_id])
    assert image.place == summary.place, at
    assert image.place is not None
    assert image.place.country == "Australia", at
    found = {
        word: await world.tables.index.find(image.owner, Term("word", word), 1)
        for word in ("australia", "portugal")
    }
    assert (len(found["australia"]), len(found["portugal"])) == (1, 0), at
