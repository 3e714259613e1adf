"""One part of an image, from the news of its upload to a durable result.

The row decides, not the message: a delivery may be a repetition, may come late, and its image
may have been deleted or its object replaced meanwhile. `work` must act on exactly the object it
is given, and only after the part is marked as running: then, whoever begins last sees the newest
bytes, and whoever saw older ones cannot write.

Open screens are told after every write, and also where a delivery finds everything done: whoever
did it may have died before it could tell. So when a message is settled, its effect has been told.
"""

import logging
from typing import Generic, Protocol, TypeVar

from sightline.consumer.messages import ReprocessCommand, Upload
from sightline.domain.events import image_event
from sightline.domain.failures import Failure, Gone, Rejected
from sightline.domain.images import Image, PartName, State
from sightline.domain.model import Value
from sightline.domain.object_keys import ImageKey, original_key
from sightline.event_publisher import EventPublisher
from sightline.ports.image_table import Conflict, ImageNotFound, ImageTable
from sightline.ports.object_store import ObjectNotFound, ObjectStore, StoredObject

logger = logging.getLogger(__name__)

#: How often a write is decided anew because somebody else wrote in between.
ATTEMPTS = 5

Result = TypeVar("Result", bound=Value, covariant=True)


class Superseded(Exception):
    """The object was replaced during the work, or the part is contended; a later try will do."""


class Work(Protocol[Result]):
    """The picture work of one service."""

    async def perform(
        self, image: Image, original: StoredObject, request: ReprocessCommand | None
    ) -> Result:
        """The part's result. Raises `Rejected` where the picture is at fault."""

    async def discard(self, key: ImageKey) -> None:
        """Remove whatever `perform` may have stored for an image that is gone."""


class PartProcessor(Generic[Result]):
    """The consumer's handler for one part of every image."""

    def __init__(
        self,
        name: PartName,
        table: ImageTable,
        originals: ObjectStore,
        work: Work[Result],
        events: EventPublisher,
    ) -> None:
        self._name = name
        self._table = table
        self._originals = originals
        self._work = work
        self._events = events

    async def handle(self, upload: Upload) -> None:
        key, request = upload
        if request is not None and self._name not in request.parts:
            return
        begun = await self._begin(key, request and request.request_id)
        if begun is not None:
            image, original = begun
            try:
                _check_promise(image, original)
                result = await self._work.perform(image, original, request)
            except Rejected as rejection:
                # Written here, since it is true of these bytes alone: others may have come.
                await self._finish(image, rejection.failure)
                logger.info("rejected", extra={**key._asdict(), "code": rejection.failure.code})
            else:
                await self._finish(image, result)
        await self._tell(key)

    async def fail(self, upload: Upload, failure: Failure) -> None:
        try:
            await self._write_failure(upload.image, failure)
        except Gone:
            # An attempt that was cut off may have stored something before.
            await self._work.discard(upload.image)
            return
        await self._tell(upload.image)

    async def clear(self, upload: Upload) -> None:
        await self._work.discard(upload.image)

    async def _tell(self, key: ImageKey) -> None:
        await self._events.publish(image_event(key, "updated"))

    async def _tell_beginning(self, key: ImageKey) -> None:
        """Where that fails the work goes on: no picture waits for its news, and its end is told."""
        try:
            await self._tell(key)
        except Exception:
            logger.warning("could not tell of a beginning", exc_info=True)

    async def _write_failure(self, key: ImageKey, failure: Failure) -> None:
        for _ in range(ATTEMPTS):
            image = await self._read(key)
            part = image.part(self._name)
            if part.state is State.SUCCEEDED or (part.failure and part.failure.final):
                return
            if part.failure == failure:
                return
            try:
                await self._table.store(image, image.with_part(self._name, part.fail(failure)))
            except Conflict:
                continue
            return
        raise Superseded(key.image_id)

    async def _read(self, key: ImageKey) -> Image:
        try:
            return await self._table.get(key)
        except ImageNotFound:
            raise Gone from None

    async def _begin(self, key: ImageKey, request: str | None) -> tuple[Image, StoredObject] | None:
        """The image with its part running, and its object; None where that is settled already.

        Row and object are looked at anew each time: whoever came in between may have seen a newer
        object, and what is begun with an older one would undo that.
        """
        for _ in range(ATTEMPTS):
            image = await self._read(key)
            try:
                original = await self._originals.head(original_key(key))
            except ObjectNotFound:
                missing = "The uploaded picture is not there."
                raise Rejected("original_missing", missing) from None
            part = image.part(self._name)
            if part.is_settled(original.etag, request):
                return None
            running = image.with_part(self._name, part.begin(original.etag, request))
            try:
                await self._table.store(image, running)
            except Conflict:
                continue
            if running.status is not image.status:
                await self._tell_beginning(key)
            return running, original
        raise Superseded(key.image_id)

    async def _finish(self, image: Image, end: Value | Failure) -> None:
        begun = image.part(self._name)
        for _ in range(ATTEMPTS):
            part = image.part(self._name)
            if (part.etag, part.request) != (begun.etag, begun.request):
                raise Superseded(image.image_id)
            if part.state is not State.RUNNING:
                # Another delivery of the same work was first.
                return
            ended = part.fail(end) if isinstance(end, Failure) else part.succeed(end)  # type: ignore[arg-type]
            try:
                await self._table.store(image, image.with_part(self._name, ended))
            except Conflict:
                image = await self._read(image.key)
                continue
            return
        raise Superseded(image.image_id)


def _check_promise(image: Image, original: StoredObject) -> None:
    """S3 holds a ticket's bearer to what was promised; an emulator may not."""
    if original.size != image.bytes:
        raise Rejected("size_mismatch", "The upload is not of the size that was announced.")
    if original.sha256 is not None and original.sha256 != image.sha256:
        raise Rejected("checksum_mismatch", "The upload is not the picture that was announced.")
