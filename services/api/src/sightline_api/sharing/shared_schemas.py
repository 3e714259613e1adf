"""What visitors see of an image or album: nothing else of its owner."""

from datetime import datetime
from typing import Literal, Protocol, Self

from pydantic import BaseModel, Field

from sightline.domain import summaries
from sightline.domain.albums import Album
from sightline.domain.capture import GeoPosition
from sightline.domain.ids import ImageId
from sightline.domain.images import Image
from sightline.domain.share_links import ShareLink
from sightline.domain.states import Status
from sightline_api.images.capture_times import LocalTime, format_local_time, known_instant
from sightline_api.images.schemas import Capture, LinkedRendition, RenditionView, link_rendition
from sightline_api.urls.signer import Signer


class Shown(Protocol):
    """What is shown of images beyond their renditions, by a link or to a member of an album."""

    @property
    def metadata(self) -> bool: ...

    @property
    def position(self) -> bool: ...


class SharedView(BaseModel):
    """What a link shows."""

    kind: Literal["image", "album"]
    title: str | None = Field(
        description="Title of the album; that of an image only if the link shows metadata.",
        examples=["Summer"],
    )
    description: str | None = Field(description="Description of the album.")
    images: int = Field(description="Number of images.", examples=[17])
    original: bool = Field(description="Whether originals can be downloaded.")
    metadata: bool = Field(description="Whether the metadata of images is shown.")
    position: bool = Field(description="Whether the position of images is shown.")
    expires_at: datetime | None = Field(description="Null: the link does not expire.")

    @classmethod
    def of(cls, link: ShareLink, target: Image | Album) -> Self:
        """Build the view of a link to this image or album."""
        if isinstance(target, Album):
            title: str | None = target.title
            description = target.description
        else:
            description = None
            title = target.details.title if link.metadata else None
        return cls(
            kind="album" if isinstance(target, Album) else "image",
            title=title,
            description=description,
            images=target.images if isinstance(target, Album) else 1,
            original=link.original,
            metadata=link.metadata,
            position=link.position,
            expires_at=link.ends_at,
        )


class SharedImageSummary(BaseModel):
    """An image in a list of what is shared."""

    id: ImageId = Field(examples=["0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"])
    status: Status
    title: str | None = Field(description="Null unless the link shows metadata.")
    taken_at_local: LocalTime | None
    width: int | None = Field(description="Pixels of the upright original.")
    height: int | None
    animated: bool | None
    projection: str | None = Field(description="The projection of a panorama.")
    placeholder: str | None = Field(
        description="ThumbHash in Base64, to show until the thumbnail has loaded.",
        examples=["3OcRJYB4d3h/iIeHeEh3eIhw+j2w"],
    )
    thumbnail: LinkedRendition | None = Field(description="The smallest rendition.")
    preview: LinkedRendition | None = Field(
        description="The smallest rendition of at least 1,024 pixels, or else the largest."
    )

    @classmethod
    def of(cls, image: summaries.ImageSummary, link: Shown, urls: dict[str, str]) -> Self:
        """Build the summary; `urls` has the URL of each rendition by its key."""
        renditions = image.renditions
        return cls(
            id=image.image_id,
            status=image.status,
            title=image.details.title if link.metadata else None,
            taken_at_local=format_local_time(image.taken_at) if link.metadata else None,
            width=renditions.width,
            height=renditions.height,
            animated=renditions.animated,
            projection=renditions.projection,
            placeholder=renditions.placeholder,
            thumbnail=link_rendition(renditions.thumbnail, urls),
            preview=link_rendition(renditions.preview, urls),
        )


class SharedImagePage(BaseModel):
    """A page of images; `next_cursor` continues it, null on the last page."""

    items: list[SharedImageSummary]
    next_cursor: str | None


class SharedImage(BaseModel):
    """An image with its renditions, and what the link shows of its metadata."""

    id: ImageId = Field(examples=["0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"])
    status: Status
    title: str | None = Field(description="Null unless the link shows metadata.")
    description: str | None
    width: int | None = Field(description="Pixels of the upright original.")
    height: int | None
    animated: bool | None
    projection: str | None = Field(description="The projection of a panorama.")
    placeholder: str | None = Field(
        description="ThumbHash in Base64, to show until a rendition has loaded.",
        examples=["3OcRJYB4d3h/iIeHeEh3eIhw+j2w"],
    )
    capture: Capture | None = Field(
        description="The time of capture and the camera, without the place; null unless the link "
        "shows metadata."
    )
    place: GeoPosition | None = Field(description="Null unless the link shows the position.")
    renditions: list[RenditionView]

    @classmethod
    async def of(cls, image: Image, link: Shown, signer: Signer) -> Self:
        result = image.renditions.result
        return cls(
            id=image.image_id,
            status=image.status,
            title=image.details.title if link.metadata else None,
            description=image.details.description if link.metadata else None,
            width=result.width if result else None,
            height=result.height if result else None,
            animated=result.animated if result else None,
            projection=result.capture.projection if result else None,
            placeholder=result and result.placeholder,
            capture=_view_capture(image) if link.metadata else None,
            place=image.place if link.position else None,
            renditions=await RenditionView.all_of(image, signer),
        )


class ShareUnlock(BaseModel):
    """The password of a link."""

    model_config = {"extra": "forbid"}

    password: str = Field(max_length=200)


class ShareAccess(BaseModel):
    """Proof that the visitor knows the password."""

    access: str = Field(description="The value of the header `Share-Access`.")
    expires_at: datetime


def _view_capture(image: Image) -> Capture | None:
    """Return what was recorded, with the time as the owner corrected it, and without the place."""
    result = image.renditions.result
    if result is None:
        return None
    corrected = {
        "taken_at": known_instant(image.taken_at),
        "taken_at_local": format_local_time(image.taken_at),
        "place": None,
    }
    return Capture.of(result.capture).model_copy(update=corrected)
