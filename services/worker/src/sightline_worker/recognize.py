"""The worker's use case: from a stored picture to what is seen in it."""

import asyncio
import hashlib

from sightline.consumer.messages import ReprocessCommand
from sightline.consumer.part_processor import Superseded
from sightline.domain.clock import now
from sightline.domain.failures import Rejected
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.recognition import Feature, Recognition, RecognitionProfile
from sightline.ports.image_table import ContentClaimed, ImageTable
from sightline.ports.object_store import ObjectNotFound, ObjectStore, StoredObject
from sightline_worker.detector import Detector
from sightline_worker.sources import Sources

#: Seconds between looks at whether somebody else has recognised the same bytes by now, and how
#: often it is looked before the message is put back.
CLAIM_INTERVAL = 0.5
CLAIM_LOOKS = 20

#: Seconds after which whoever claimed the bytes is taken to have died.
CLAIM_SECONDS = 180


class RecognitionWork:
    """`Work` for the recognition part.

    The same bytes of the same owner, asked the same questions, are paid for once. `monthly_calls`
    is how many calls an owner may cause in a month, counted when their results are kept: calls
    under way at the same moment may exceed it by their number.
    """

    def __init__(
        self,
        detector: Detector,
        sources: Sources,
        originals: ObjectStore,
        table: ImageTable,
        profile: RecognitionProfile,
        monthly_calls: int | None,
    ) -> None:
        self._detector = detector
        self._sources = sources
        self._originals = originals
        self._table = table
        self._profile = profile
        self._monthly_calls = monthly_calls

    async def perform(
        self, image: Image, original: StoredObject, request: ReprocessCommand | None
    ) -> Recognition:
        await self._check_promise(image, original)
        profile = self._choose_profile(image, request)
        # A demand to look again means a new look.
        known = None if request is not None else await self._find_known(image, profile)
        if known is not None:
            return known.model_copy(update={"calls": image.calls})
        try:
            await self._check_budget(image.owner, profile)
            seen = await self._detect(image, original, profile)
        except BaseException:
            await asyncio.shield(self._table.release_content(image, profile))
            raise
        return seen.model_copy(update={"calls": _add(image.calls, seen.calls)})

    async def discard(self, key: ImageKey) -> None:
        """Nothing: what the worker makes is stored with the row, and never without it."""

    def _choose_profile(self, image: Image, request: ReprocessCommand | None) -> RecognitionProfile:
        features = (request and request.features) or image.features
        return (
            self._profile.model_copy(update={"features": features}) if features else self._profile
        )

    async def _find_known(self, image: Image, profile: RecognitionProfile) -> Recognition | None:
        """What is known of these bytes; None where it is now on us to find out."""
        for _ in range(CLAIM_LOOKS):
            try:
                return await self._table.claim_content(image, profile, CLAIM_SECONDS)
            except ContentClaimed:
                await asyncio.sleep(CLAIM_INTERVAL)
        raise Superseded(image.image_id)

    async def _check_budget(self, owner: str, profile: RecognitionProfile) -> None:
        if self._monthly_calls is None:
            return
        spent = (await self._table.read_usage(owner)).calls_in(now().strftime("%Y-%m"))
        if spent + len(set(profile.features)) > self._monthly_calls:
            raise Rejected(
                "budget_exceeded",
                "This month's recognition calls are used up; reprocess the picture later.",
            )

    async def _detect(
        self, image: Image, original: StoredObject, profile: RecognitionProfile
    ) -> Recognition:
        source = await self._sources.prepare(original)
        recognition = await self._detector.detect(source, profile)
        # Rekognition reads by key alone: it saw this object only if it is still there.
        try:
            current = await self._originals.head(original.key)
        except ObjectNotFound:
            raise Superseded(image.image_id) from None
        if current.etag != original.etag:
            raise Superseded(image.image_id)
        return recognition

    async def _check_promise(self, image: Image, original: StoredObject) -> None:
        """What is known of bytes is kept by their checksum, so it must be true."""
        if original.sha256 is not None:
            return
        # S3 has checked it; an emulator may not have.
        body = await self._originals.read(original)
        if await asyncio.to_thread(lambda: hashlib.sha256(body).hexdigest()) != image.sha256:
            raise Rejected("checksum_mismatch", "The upload is not the picture that was announced.")


def _add(one: dict[Feature, int], other: dict[Feature, int]) -> dict[Feature, int]:
    return {
        feature: one.get(feature, 0) + other.get(feature, 0)
        for feature in Feature
        if feature in one or feature in other
    }
