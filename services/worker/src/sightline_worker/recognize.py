"""The worker's use case: recognize what a stored image shows."""

import asyncio
import hashlib

from sightline import tracing
from sightline.consumer.messages import ReprocessCommand
from sightline.consumer.part_processor import Superseded
from sightline.consumer.upload_check import check_upload
from sightline.domain.clock import now
from sightline.domain.failures import Rejected
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.recognition import Feature, Recognition, RecognitionProfile
from sightline.ports.object_store import ObjectNotFound, ObjectStore, StoredObject
from sightline.ports.recognition_cache import ContentClaimed, RecognitionCache
from sightline.ports.usage_table import UsageTable
from sightline_worker.detector import Detector
from sightline_worker.image_sources import ImageSources, S3Reference

#: Seconds between checks for the result of another image with the same bytes, and the number of
#: checks before the message is returned to the queue.
CLAIM_POLL_SECONDS = 0.5
MAX_CLAIM_POLLS = 20

#: Failure code of a file that Rekognition cannot decode.
UNREADABLE_CODE = "unsupported_format"

#: Seconds after which a claim expires, because its holder is considered dead.
CLAIM_SECONDS = 180


class RecognitionWork:
    """`Work` for the recognition part.

    The same bytes of the same owner with the same profile are paid for once. `monthly_calls` limits
    the calls of an owner in a month. They are counted when their results are stored, so concurrent
    calls may exceed the limit by their number.
    """

    def __init__(
        self,
        detector: Detector,
        sources: ImageSources,
        originals: ObjectStore,
        cache: RecognitionCache,
        usage: UsageTable,
        profile: RecognitionProfile,
        monthly_calls: int | None,
    ) -> None:
        self._detector = detector
        self._sources = sources
        self._originals = originals
        self._cache = cache
        self._usage = usage
        self._profile = profile
        self._monthly_calls = monthly_calls

    async def perform(
        self, image: Image, original: StoredObject, command: ReprocessCommand | None
    ) -> Recognition:
        await self._check_content(image, original)
        profile = self._choose_profile(image, command)
        # A reprocess command always calls Rekognition again.
        known = None if command is not None else await self._find_known(image, profile)
        if known is not None:
            return known.model_copy(update={"calls": image.calls})
        try:
            await self._check_budget(image.owner, profile)
            recognition = await self._detect(image, original, profile)
        except BaseException:
            await asyncio.shield(self._cache.release(image, profile))
            raise
        calls = _add_calls(image.calls, recognition.calls)
        return recognition.model_copy(update={"calls": calls})

    async def discard(self, key: ImageKey) -> None:
        """Do nothing: the worker stores its results in the row only."""

    def _choose_profile(self, image: Image, command: ReprocessCommand | None) -> RecognitionProfile:
        features = (command and command.features) or image.features
        return (
            self._profile.model_copy(update={"features": features}) if features else self._profile
        )

    async def _find_known(self, image: Image, profile: RecognitionProfile) -> Recognition | None:
        """Return the known result for these bytes; None if they are now claimed for this image."""
        for _ in range(MAX_CLAIM_POLLS):
            try:
                return await self._cache.claim(image, profile, CLAIM_SECONDS)
            except ContentClaimed:
                with tracing.child_span("wait for claim"):
                    await asyncio.sleep(CLAIM_POLL_SECONDS)
        raise Superseded(image.image_id)

    async def _check_budget(self, owner: str, profile: RecognitionProfile) -> None:
        if self._monthly_calls is None:
            return
        spent = (await self._usage.read(owner)).calls_in(now().strftime("%Y-%m"))
        if spent + len(set(profile.features)) > self._monthly_calls:
            raise Rejected(
                "budget_exceeded",
                "The recognition budget for this month is spent. Reprocess the image next month.",
            )

    async def _detect(
        self, image: Image, original: StoredObject, profile: RecognitionProfile
    ) -> Recognition:
        source = await self._sources.prepare(original)
        try:
            recognition = await self._detector.detect(source, profile)
        except Rejected as rejection:
            if not isinstance(source, S3Reference) or rejection.failure.code != UNREADABLE_CODE:
                raise
            # Its decoder is stricter than ours. What ours cannot decode either is rejected for
            # the same reason as by the resizer.
            transcoded = await self._sources.transcode(original)
            recognition = await self._detector.detect(transcoded, profile)
        # Rekognition reads by key alone: it saw this object only if it is still the current one.
        try:
            current = await self._originals.head(original.key)
        except ObjectNotFound:
            raise Superseded(image.image_id) from None
        if current.etag != original.etag:
            raise Superseded(image.image_id)
        return recognition

    async def _check_content(self, image: Image, original: StoredObject) -> None:
        """Verify the checksum, because the recognition cache is keyed by it."""
        if original.sha256 is not None:
            return
        body = await self._originals.read(original)
        digest = await asyncio.to_thread(lambda: hashlib.sha256(body).hexdigest())
        check_upload(image, len(body), digest)


def _add_calls(one: dict[Feature, int], other: dict[Feature, int]) -> dict[Feature, int]:
    return {
        feature: one.get(feature, 0) + other.get(feature, 0)
        for feature in Feature
        if feature in one or feature in other
    }
