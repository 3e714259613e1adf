"""Process one part of an image, from the event of its upload to a durable result.

The row decides, not the message: a message may be redelivered, may come late, and meanwhile its
image may have been deleted or its object replaced. `Work` acts on exactly the object that it is
given, and only after the part is marked as running. So the last to begin sees the newest bytes, and
a processor that saw older bytes cannot write.

A change is published after every write, and also when a redelivered message needs no work, because
the process that did the work may have crashed before it published. When a message is settled, its
effect has been published.

The consumers of each region process the images whose home it is, and leave all others alone:
replication creates objects in the other region, and S3 sends their events there as well. A row may
be replicated later than its object, so a replica without a row is left alone too, and not removed.
A reprocess command comes from the API of the same region, which becomes the home of the image.
"""

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from sightline import metrics, tracing
from sightline.consumer.messages import ReprocessCommand, Upload
from sightline.consumer.upload_check import check_upload
from sightline.domain.events import image_event
from sightline.domain.failures import Failure, Gone, Rejected
from sightline.domain.images import PART_NAMES, Image, Part, PartName
from sightline.domain.model import Value
from sightline.domain.object_keys import ImageKey, original_key
from sightline.domain.states import State, Status
from sightline.event_publisher import EventPublisher
from sightline.optimistic import Conflict, retry_conflicts
from sightline.ports.image_table import ImageNotFound, ImageTable
from sightline.ports.object_store import ObjectNotFound, ObjectStore, StoredObject

logger = logging.getLogger(__name__)

Result = TypeVar("Result", bound=Value, covariant=True)


class Superseded(Exception):
    """The object was replaced during the work, or the part is contended; a retry will succeed."""


class HomeElsewhere(Exception):
    """Another region is the home of the image, and processes it."""


#: Reasons of failed attempts that owners see in the history of an image.
REASONS: Mapping[type[Exception], str] = {Superseded: "superseded", TimeoutError: "timeout"}
OTHER = "temporary_error"


class Work(Protocol[Result]):
    """What one service does with an image."""

    async def perform(
        self, image: Image, original: StoredObject, command: ReprocessCommand | None
    ) -> Result:
        """Return the result of the part. Raises `Rejected` if the image cannot be processed."""

    async def discard(self, key: ImageKey) -> None:
        """Remove whatever `perform` may have stored for a deleted image."""


class Corrector(Protocol[Result]):
    """What a service corrects in a result without the object."""

    async def correct(self, image: Image) -> Result | None:
        """Return the present result as the owner corrected it; None if that requires work."""


class PartProcessor(Generic[Result]):
    """The consumer's handler for one part of every image whose home is `region`."""

    def __init__(
        self,
        name: PartName,
        images: ImageTable,
        originals: ObjectStore,
        work: Work[Result],
        events: EventPublisher,
        region: str,
        corrector: Corrector[Result] | None = None,
    ) -> None:
        self._name = name
        self._images = images
        self._originals = originals
        self._work = work
        self._events = events
        self._region = region
        self._corrector = corrector

    async def handle(self, upload: Upload) -> None:
        if upload.request is not None and self._name not in upload.request.parts:
            return
        try:
            await self._process(upload)
        except HomeElsewhere:
            _log_home_elsewhere(upload.image)

    async def _process(self, upload: Upload) -> None:
        key, command, sent_at = upload
        if command is not None and command.only_corrections and await self._correct(key):
            await self._publish(key)
            return
        begun = await self._begin(key, command and command.request_id, sent_at)
        if begun is not None:
            image, original = begun
            started = time.monotonic()
            try:
                check_upload(image, original.size, original.sha256)
                result = await self._work.perform(image, original, command)
            except Rejected as rejection:
                # Written here because it holds for these bytes only: others may have arrived.
                tracing.fail_unit(rejection.failure.code)
                ended = await self._finish(image, rejection.failure)
            except Exception as error:
                await self._end_attempt(image, error)
                raise
            else:
                ended = await self._finish(image, result)
            if ended is not None:
                self._record_end(ended, sent_at, time.monotonic() - started)
                await self._record_image(ended, sent_at)
        await self._publish(key)

    async def fail(self, upload: Upload, failure: Failure) -> None:
        try:
            ended = await self._write_failure(upload, failure)
        except HomeElsewhere:
            _log_home_elsewhere(upload.image)
            return
        except Conflict:
            raise Superseded(upload.image.image_id) from None
        except Gone:
            # An interrupted attempt may have stored something before.
            await self._work.discard(upload.image)
            return
        if ended is not None:
            self._record_end(ended, upload.sent_at)
            await self._record_image(ended, upload.sent_at)
        await self._publish(upload.image)

    async def clear(self, upload: Upload) -> None:
        await self._work.discard(upload.image)

    async def _publish(self, key: ImageKey) -> None:
        await self._events.publish(image_event(key, "updated"))

    async def _publish_start(self, key: ImageKey) -> None:
        """Publish that work began. Work goes on if this fails; its end is published as well."""
        try:
            await self._publish(key)
        except Exception:
            logger.warning("could not publish the start of processing", exc_info=True)

    @retry_conflicts()
    async def _write_failure(self, upload: Upload, failure: Failure) -> Image | None:
        """Return the image as it was written; None if its part has ended already."""
        image = await self._read_to_process(upload.image, upload.request is not None)
        part = image.part(self._name)
        if part.state is State.SUCCEEDED or (part.failure and part.failure.final):
            return None
        if part.failure == failure:
            return None
        failed = self._with_part(image, part.fail(failure))
        await self._images.store(image, failed)
        return failed

    async def _read(self, key: ImageKey) -> Image:
        try:
            image = await self._images.get_stored(key)
        except ImageNotFound:
            raise Gone from None
        tracing.join_trace(image.traceparent)
        return image

    async def _read_to_process(self, key: ImageKey, is_command: bool) -> Image:
        """Return the image if this region is to process it. Raises `HomeElsewhere`, `Gone`."""
        try:
            image = await self._read(key)
        except Gone:
            if await self._is_replica(key):
                raise HomeElsewhere from None
            raise
        if not is_command:
            self._check_home(image)
        return image

    def _check_home(self, image: Image) -> None:
        """Raise `HomeElsewhere` if another region is the home of the image."""
        if not image.is_at_home(self._region):
            raise HomeElsewhere

    async def _is_replica(self, key: ImageKey) -> bool:
        try:
            return (await self._originals.head(original_key(key))).is_replica
        except ObjectNotFound:
            return False

    def _with_part(self, image: Image, part: Part[Any]) -> Image:
        """Return the image with another state of the part, at home in this region."""
        changed = image.with_part(self._name, part)
        return changed if image.is_at_home(self._region) else changed.with_home(self._region)

    async def _correct(self, key: ImageKey) -> bool:
        """Apply corrections that need no work on the object; return whether no others are due."""
        if self._corrector is None:
            return False
        try:
            return await self._store_correction(key, self._corrector)
        except Conflict:
            raise Superseded(key.image_id) from None

    @retry_conflicts()
    async def _store_correction(self, key: ImageKey, corrector: Corrector[Result]) -> bool:
        """Write the corrected result, on the condition that nothing that it derives from changed.

        The part stays as it is otherwise: it has not been processed again.
        """
        image = await self._read_to_process(key, is_command=True)
        part: Part[Any] = image.part(self._name)
        corrected = await corrector.correct(image)
        if corrected is None:
            return False
        if corrected != part.result:
            await self._images.store(image, self._with_part(image, part.correct(corrected)))
        return True

    async def _end_attempt(self, image: Image, error: Exception) -> None:
        """Note in the row why an attempt failed, for the history; processing goes on without it."""
        reason = REASONS.get(type(error), OTHER)
        ended = image.part(self._name).end_attempt(reason)
        with suppress(Exception):
            await self._images.store(image, image.with_part(self._name, ended))

    async def _begin(
        self, key: ImageKey, request: str | None, sent_at: float | None
    ) -> tuple[Image, StoredObject] | None:
        """Return the image with its part running, and its object; None if it is settled already."""
        try:
            before, running, original = await self._mark_running(key, request, sent_at)
        except Conflict:
            raise Superseded(key.image_id) from None
        if before is running:
            return None
        if running.status is not before.status:
            await self._publish_start(key)
        return running, original

    @retry_conflicts()
    async def _mark_running(
        self, key: ImageKey, request: str | None, sent_at: float | None
    ) -> tuple[Image, Image, StoredObject]:
        """Return the image before and after its part began; the same twice if it is settled.

        Row and object are both read at each attempt. The writer that caused a conflict may have
        seen a newer object, and beginning with an older one would undo its work.
        """
        image = await self._read_to_process(key, request is not None)
        try:
            original = await self._originals.head(original_key(key))
        except ObjectNotFound:
            raise Rejected("original_missing", "The original does not exist.") from None
        part = image.part(self._name)
        if part.is_settled(original.etag, request):
            return image, image, original
        queued_at = None if sent_at is None else datetime.fromtimestamp(sent_at, UTC)
        running = self._with_part(image, part.begin(original.etag, request, queued_at))
        await self._images.store(image, running)
        return image, running, original

    async def _finish(self, image: Image, end: Value | Failure) -> Image | None:
        """Write the end of the work that began with this image, unless a newer one replaced it.

        Returns the image as it was written; None if the same work has ended already.
        """
        begun = image.part(self._name)
        attempts = iter([image])

        @retry_conflicts()
        async def write() -> Image | None:
            # The row as it was begun is read anew only after a conflict.
            current = next(attempts, None) or await self._read(image.key)
            self._check_home(current)
            part = current.part(self._name)
            if (part.etag, part.request) != (begun.etag, begun.request):
                raise Superseded(image.image_id)
            if part.state is not State.RUNNING:
                # A redelivered message of the same work finished first.
                return None
            ended = part.fail(end) if isinstance(end, Failure) else part.succeed(end)  # type: ignore[arg-type]
            written = current.with_part(self._name, ended)
            await self._images.store(current, written)
            return written

        try:
            return await write()
        except Conflict:
            raise Superseded(image.image_id) from None

    def _record_end(
        self, image: Image, sent_at: float | None, processing_seconds: float | None = None
    ) -> None:
        """Record how the part ended."""
        part = image.part(self._name)
        fields: dict[str, object] = {
            **image.key._asdict(),
            "part": self._name,
            "state": part.state.value,
            "code": part.failure and part.failure.code,
            "seconds": _round(processing_seconds),
            "seconds_since_upload": _round(sent_at and time.time() - sent_at),
        }
        logger.info("part completed", extra=fields)
        if processing_seconds is not None:
            metrics.record(
                metrics.PROCESSING_SECONDS,
                processing_seconds,
                Part=self._name,
                Outcome=part.state.value,
            )
        if part.failure is not None:
            metrics.record(metrics.FAILURES, Code=part.failure.code)

    async def _record_image(self, image: Image, sent_at: float | None) -> None:
        """Record how long the image took, if this part was the last one to end.

        The other part may have ended meanwhile in another process, which the row as it was read
        when this one began does not show. The later of two parts counts, so that the image does
        once.
        """
        if sent_at is None or not metrics.is_enabled():
            return
        seconds = max(0.0, time.time() - sent_at)
        if image.status is Status.PROCESSING:
            try:
                image = await self._images.get_stored(image.key)
            except Exception:
                logger.warning("could not read the end of the other part", exc_info=True)
                return
        if image.status in {Status.READY, Status.FAILED} and _last_part(image) == self._name:
            metrics.record(metrics.IMAGE_SECONDS, seconds, Outcome=_describe_outcome(image))


def _last_part(image: Image) -> PartName:
    """Return the part that ended last, of an image with no part pending."""
    return max(
        PART_NAMES, key=lambda name: (image.part(name).finished_at or image.created_at, name)
    )


def _log_home_elsewhere(key: ImageKey) -> None:
    logger.info("left the image to its home region", extra=key._asdict())


def _round(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _describe_outcome(image: Image) -> str:
    """Return how an image ended, in metrics; an objective excludes what the image itself causes."""
    failures = [failure for name in PART_NAMES if (failure := image.part(name).failure)]
    if not failures:
        return "ready"
    return "rejected" if all(failure.final for failure in failures) else "failed"
