"""The endpoint of originals: the picture as it was uploaded."""

import re
import unicodedata
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sightline.domain.images import Image, Status
from sightline.domain.object_keys import original_key
from sightline.ports.image_table import ImageNotFound
from sightline_api.dependencies import OwnImage, PictureSigner, Table
from sightline_api.problems import AUTHENTICATED, ImageNotFoundProblem, NotUploaded, documented
from sightline_api.routing.route import Route
from sightline_api.urls.signer import OriginalDownload, Signer

router = APIRouter(
    prefix="/v1/images",
    tags=["images"],
    route_class=Route,
    responses=documented(*AUTHENTICATED),
)

#: File name suffixes by media type; the first is the one that is given.
SUFFIXES = {
    "image/avif": (".avif",),
    "image/bmp": (".bmp",),
    "image/gif": (".gif",),
    "image/heic": (".heic", ".heif"),
    "image/heif": (".heif", ".heic"),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/tiff": (".tif", ".tiff"),
    "image/webp": (".webp",),
}

#: Bytes of a name without its suffix; file systems take 255 in all.
MAX_STEM = 200

#: What separates folders somewhere, or means something to a shell or to Windows.
_RESERVED = re.compile(r'[<>:"/\\|?*]')


class OriginalView(BaseModel):
    """Where the original can be saved from; `url` needs no token and is good until `expires_at`."""

    url: str
    file_name: str = Field(
        description="What it is saved as: the title, else the id.", examples=["Evening at sea.jpg"]
    )
    media_type: str = Field(examples=["image/jpeg"])
    bytes: int = Field(examples=[829183])
    expires_at: datetime


@router.get(
    "/{image_id}/original",
    operation_id="get_original",
    responses=documented(ImageNotFoundProblem, NotUploaded),
)
async def get_original(key: OwnImage, table: Table, signer: PictureSigner) -> OriginalView:
    """The picture as it was uploaded, with all that the camera wrote into it, to be saved."""
    try:
        image = await table.get(key)
    except ImageNotFound:
        raise ImageNotFoundProblem from None
    if image.status is Status.AWAITING_UPLOAD:
        raise NotUploaded
    return await view_original(image, signer)


async def view_original(image: Image, signer: Signer) -> OriginalView:
    file_name = name_file(image)
    (address,) = await signer.sign_downloads([OriginalDownload(original_key(image.key), file_name)])
    return OriginalView(
        url=address.url,
        file_name=file_name,
        media_type=_media_type(image),
        bytes=image.bytes,
        expires_at=address.expires_at,
    )


def name_file(image: Image) -> str:
    """What the original may be saved as on any system; titles are people's, and say anything."""
    suffixes = SUFFIXES.get(_media_type(image), ("",))
    title = unicodedata.normalize("NFC", image.details.title or "")
    # Control characters, and those that are not seen but turn what follows them around.
    seen = "".join(each for each in title if unicodedata.category(each)[0] != "C")
    stem = _RESERVED.sub("_", seen)
    for suffix in suffixes:
        if suffix and stem.lower().endswith(suffix):
            stem = stem[: -len(suffix)]
            break
    # A leading dot hides a file; Windows drops dots and spaces at the end.
    stem = stem.encode()[:MAX_STEM].decode(errors="ignore").strip(" .")
    return (stem or image.image_id) + suffixes[0]


def _media_type(image: Image) -> str:
    """As found in the picture; until then as announced."""
    developed = image.renditions.result
    return developed.media_type if developed else image.media_type
