"""Create uploads: the row of an image, and the presigned POST that stores its original."""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from sightline import tracing
from sightline.domain.clock import now
from sightline.domain.ids import new_image_id
from sightline.domain.images import Details, Image
from sightline.domain.quotas import (
    Quotas,
    Reservation,
    StorageFull,
    TooManyUploads,
    reservation_end,
)
from sightline.ports.image_table import ImageTable
from sightline.ports.recognition_cache import RecognitionCache
from sightline.ports.usage_table import UsageTable
from sightline_api.events.publisher import ChangePublisher
from sightline_api.images.schemas import ImageUpload, ImageUploadRequest, ImageView, UploadTarget
from sightline_api.problems import ImageTooLarge, QuotaExceeded, TooManyUploadsProblem
from sightline_api.settings import ApiSettings
from sightline_api.urls.signer import Signer

logger = logging.getLogger(__name__)

#: Seconds for which a row outlives its presigned POST. An upload may still be in progress, and its
#: event may wait in the queues for up to four days while no consumer runs: removing the row earlier
#: would lose an accepted image.
UPLOAD_GRACE_SECONDS = 5 * 86_400


@dataclass(frozen=True, slots=True)
class UploadCreator:
    """Creates uploads within the limits of the settings."""

    images: ImageTable
    usage: UsageTable
    contents: RecognitionCache
    signer: Signer
    changes: ChangePublisher
    settings: ApiSettings

    async def create(self, request: ImageUploadRequest, owner: str) -> ImageUpload:
        """Create an image and its presigned POST.

        Raises `ImageTooLarge`, `QuotaExceeded`, `TooManyUploadsProblem`.
        """
        settings = self.settings
        if request.bytes > settings.max_upload_bytes:
            raise ImageTooLarge
        reservation = await self._reserve(request, owner)
        try:
            return await self._create_reserved(request, owner, reservation)
        except Exception:
            if reservation is not None:
                await self._give_back(reservation)
            raise

    async def _create_reserved(
        self, request: ImageUploadRequest, owner: str, reservation: Reservation | None
    ) -> ImageUpload:
        settings = self.settings
        image = Image(
            owner=owner,
            image_id=new_image_id(),
            details=Details(title=request.title),
            media_type=request.media_type,
            bytes=request.bytes,
            sha256=request.sha256,
            features=request.features,
            created_at=now(),
            traceparent=tracing.current_traceparent(),
            home=settings.region,
            expires_at=int(time.time()) + settings.upload_seconds + UPLOAD_GRACE_SECONDS,
            reserved_until=reservation and reservation.until,
        )
        tracing.set_attribute("sightline.image_id", image.image_id)
        post = await self.signer.sign_upload(image, settings.upload_seconds)
        duplicates = await self._find_duplicates(owner, request.sha256)
        await self.images.create(image)
        self.changes.image(image.key, "created")
        expires_at = image.created_at + timedelta(seconds=settings.upload_seconds)
        return ImageUpload(
            image=await ImageView.of(image, self.signer),
            upload=UploadTarget.of(post, expires_at),
            duplicate_of=duplicates[0] if duplicates else None,
        )

    async def create_in_batch(self, request: ImageUploadRequest, owner: str) -> ImageUpload:
        """Do the same as `create`, in a trace of the image's own that links to the request."""
        batch = tracing.current_context()
        links = () if batch is None else (batch,)
        with tracing.root_span("create upload", "internal", links=links) as span:
            span.set_owner(owner)
            return await self.create(request, owner)

    async def _find_duplicates(self, owner: str, sha256: str) -> list[str]:
        """Return the ids of the owner's images with these bytes that are not in the trash."""
        found = await self.contents.find_duplicates(owner, sha256)
        # The ids alone do not show which images are in the trash.
        visible = await self.images.get_summaries(owner, found) if found else []
        return [image.image_id for image in visible]

    async def _reserve(self, request: ImageUploadRequest, owner: str) -> Reservation | None:
        """Reserve a part of the owner's quotas until the upload arrives, lapses or is cancelled.

        Not in one transaction with the image: those of a batch would cancel each other. What is
        reserved for an image that is never created lapses.
        """
        settings = self.settings
        quotas = Quotas(
            settings.owner_max_images, settings.owner_max_bytes, settings.owner_max_uploads
        )
        if quotas.is_unlimited:
            return None
        until = reservation_end(time.time() + settings.upload_seconds)
        reservation = Reservation(owner, request.bytes, until)
        try:
            await self.usage.reserve(reservation, quotas)
        except StorageFull as error:
            raise QuotaExceeded from error
        except TooManyUploads as error:
            raise TooManyUploadsProblem from error
        return reservation

    async def _give_back(self, reservation: Reservation) -> None:
        try:
            await self.usage.give_back(reservation)
        except Exception:
            # It lapses.
            logger.warning("could not give back a reservation", exc_info=True)
