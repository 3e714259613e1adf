"""Upload tickets: an image's row, and the form that its picture may be posted with."""

import time
from datetime import timedelta

from sightline.domain.clock import now
from sightline.domain.ids import new_image_id
from sightline.domain.images import Details, Image
from sightline.ports.image_table import ImageTable
from sightline_api.images.schemas import ImageUpload, ImageUploadRequest, ImageView, UploadTarget
from sightline_api.problems import ImageTooLarge, QuotaExceeded
from sightline_api.settings import ApiSettings
from sightline_api.urls.signer import Signer

#: Seconds for which a row outlives its unused ticket. An upload may still be on its way, and the
#: news of it waits in the queues for as long as four days while nobody works them off: a row that
#: went sooner would take an accepted picture with it.
UPLOAD_GRACE_SECONDS = 5 * 86_400


async def create_upload(
    asked: ImageUploadRequest, owner: str, settings: ApiSettings, table: ImageTable, signer: Signer
) -> ImageUpload:
    """Raises `ImageTooLarge`, `QuotaExceeded`."""
    if asked.bytes > settings.max_upload_bytes:
        raise ImageTooLarge
    await _check_quota(asked, owner, settings, table)
    image = Image(
        owner=owner,
        image_id=new_image_id(),
        details=Details(title=asked.title),
        media_type=asked.media_type,
        bytes=asked.bytes,
        sha256=asked.sha256,
        features=asked.features,
        created_at=now(),
        expires_at=int(time.time()) + settings.ticket_seconds + UPLOAD_GRACE_SECONDS,
    )
    form = await signer.sign_upload(image, settings.ticket_seconds)
    same = await table.find_content(owner, asked.sha256)
    await table.create(image)
    expires_at = image.created_at + timedelta(seconds=settings.ticket_seconds)
    return ImageUpload(
        image=await ImageView.of(image, signer),
        upload=UploadTarget.of(form, expires_at),
        duplicate_of=same[0] if same else None,
    )


async def _check_quota(
    asked: ImageUploadRequest, owner: str, settings: ApiSettings, table: ImageTable
) -> None:
    """What is on its way is not counted yet, so that abandoned tickets take no room."""
    most_images, most_bytes = settings.owner_max_images, settings.owner_max_bytes
    if most_images is None and most_bytes is None:
        return
    usage = await table.read_usage(owner)
    if most_images is not None and usage.images >= most_images:
        raise QuotaExceeded
    if most_bytes is not None and usage.bytes + asked.bytes > most_bytes:
        raise QuotaExceeded
