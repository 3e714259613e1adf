"""The endpoint that returns originals: files as they were uploaded."""

import re
import unicodedata
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sightline.domain.images import Image
from sightline.domain.object_keys import original_key
from sightline.domain.states import Status
from sightline_api.dependencies import Images, OwnImage, UrlSigner
from sightline_api.problems import AUTHENTICATED, ImageNotFoundProblem, NotUploaded, documented
from sightline_api.urls.signer import OriginalDownload, Signer

router = APIRouter(
    prefix="/v1/images",
    tags=["images"],
    responses=documented(*AUTHENTICATED),
)

#: Suffixes of raw files. They are kept, because their media type is that of TIFF.
RAW_SUFFIXES = (
    ".dng",
    ".nef",
    ".nrw",
    ".cr2",
    ".cr3",
    ".arw",
    ".sr2",
    ".orf",
    ".rw2",
    ".raf",
    ".pef",
    ".srw",
)

#: File name suffixes by media type; the first one is used for downloads.
SUFFIXES = {
    "image/avif": (".avif",),
    "image/bmp": (".bmp",),
    "image/gif": (".gif",),
    "image/heic": (".heic", ".heif", ".hif"),
    "image/heif": (".heif", ".heic", ".hif"),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/tiff": (".tif", ".tiff", *RAW_SUFFIXES),
    "image/webp": (".webp",),
}

#: Maximum length of a file name without its suffix, in bytes; file systems allow 255 in all.
MAX_STEM_BYTES = 200

#: Path separators, and characters with a meaning in a shell or on Windows.
_RESERVED = re.compile(r'[<>:"/\\|?*]')


class OriginalView(BaseModel):
    """A URL that downloads the original; it needs no token, and is valid until `expires_at`."""

    url: str
    file_name: str = Field(
        description="The title, or else the id, with the suffix of the format.",
        examples=["Evening at sea.jpg"],
    )
    media_type: str = Field(examples=["image/jpeg"])
    bytes: int = Field(examples=[829183])
    expires_at: datetime


@router.get(
    "/{image_id}/original",
    operation_id="get_original",
    summary="Get the original of an image",
    responses=documented(ImageNotFoundProblem, NotUploaded),
)
async def get_original(key: OwnImage, images: Images, signer: UrlSigner) -> OriginalView:
    """Return a URL that downloads the file as it was uploaded, with all its metadata."""
    image = await images.get(key)
    if image.status is Status.AWAITING_UPLOAD:
        raise NotUploaded
    return await view_original(image, signer)


async def view_original(image: Image, signer: Signer) -> OriginalView:
    """Build the view of an original, with a presigned URL."""
    file_name = name_file(image)
    (url,) = await signer.sign_downloads([OriginalDownload(original_key(image.key), file_name)])
    return OriginalView(
        url=url.url,
        file_name=file_name,
        media_type=_media_type(image),
        bytes=image.bytes,
        expires_at=url.expires_at,
    )


def name_file(image: Image) -> str:
    """Return a file name for the original that is valid on every system; titles are free text."""
    return format_file_name(image.image_id, image.details.title, _media_type(image))


def format_file_name(image_id: str, title: str | None, media_type: str) -> str:
    """Return a file name of this title, or else of the id, with the suffix of the media type."""
    suffixes = SUFFIXES.get(media_type, ("",))
    title = unicodedata.normalize("NFC", title or "")
    # Without control characters and invisible ones, such as bidirectional overrides.
    visible = "".join(each for each in title if unicodedata.category(each)[0] != "C")
    stem = _RESERVED.sub("_", visible)
    final = suffixes[0]
    for suffix in suffixes:
        if suffix and stem.lower().endswith(suffix):
            stem = stem[: -len(suffix)]
            final = suffix if suffix in RAW_SUFFIXES else final
            break
    # A leading dot hides a file; Windows removes trailing dots and spaces.
    stem = stem.encode()[:MAX_STEM_BYTES].decode(errors="ignore").strip(" .")
    return (stem or image_id) + final


def _media_type(image: Image) -> str:
    """Return the detected media type, or the declared one until the file was read."""
    result = image.renditions.result
    return result.media_type if result else image.media_type
