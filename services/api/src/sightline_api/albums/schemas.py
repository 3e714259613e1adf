"""Albums as clients see them."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from sightline.domain.album_members import Visibility
from sightline.domain.albums import Album, AlbumSort, MoveSide
from sightline.domain.ids import AlbumId, ImageId
from sightline.domain.summaries import ImageSummary
from sightline_api.albums.access import CallerRole
from sightline_api.albums.searching import AlbumSearch
from sightline_api.images.schemas import (
    MAX_BATCH_SIZE,
    AnyId,
    Description,
    LinkedRendition,
    Title,
    link_rendition,
)


class CoverView(BaseModel):
    """The image that represents an album."""

    image_id: ImageId
    placeholder: str | None
    thumbnail: LinkedRendition | None
    preview: LinkedRendition | None

    @classmethod
    def of(cls, image: ImageSummary, urls: dict[str, str]) -> Self:
        """Build the cover; `urls` has the URL of each rendition by its key."""
        return cls(
            image_id=image.image_id,
            placeholder=image.renditions.placeholder,
            thumbnail=link_rendition(image.renditions.thumbnail, urls),
            preview=link_rendition(image.renditions.preview, urls),
        )


class AlbumView(BaseModel):
    """A set of images with a title."""

    id: AlbumId = Field(examples=["0199a3c0-9d5e-7b0a-8c1e-3f1f6a0b2c4d"])
    title: str = Field(examples=["Summer"])
    description: str | None
    sort: AlbumSort = Field(description="The order of the images, unless a list names another one.")
    role: CallerRole = Field(description="What the caller is in the album.", examples=["owner"])
    images: int = Field(
        description="Number of images of the owner in the album, without those of members.",
        examples=[17],
    )
    cover_id: ImageId | None = Field(description="The image that the owner chose as the cover.")
    cover: CoverView | None = Field(
        description="The chosen cover, or else the newest image; null if the album is empty."
    )
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, album: Album, cover: CoverView | None, role: CallerRole = "owner") -> Self:
        return cls(
            id=album.album_id,
            role=role,
            title=album.title,
            description=album.description,
            sort=album.sort,
            images=album.images,
            cover_id=album.cover_id,
            cover=cover,
            created_at=album.created_at,
            updated_at=album.updated_at,
        )


class CreatedAlbum(AlbumView):
    """A new album, with the first images of its search."""

    next_cursor: str | None = Field(
        description="Null unless the search finds more images than one request adds, up to 500. "
        "Continue with this `cursor` and the same filters in `GET /v1/images?sort=newest`, and add "
        "each page to the album."
    )


class AlbumPage(BaseModel):
    """A page of albums, newest first; `next_cursor` continues it, null on the last page."""

    items: list[AlbumView]
    next_cursor: str | None


class AlbumRequest(BaseModel):
    """A new album."""

    model_config = {"extra": "forbid"}

    title: Title
    description: Description | None = None
    sort: AlbumSort = Field(
        AlbumSort.UPLOADED_NEWEST,
        description="The order of the images, unless a list of them names another one.",
    )
    search: AlbumSearch | None = Field(
        None, description="Add the newest images that match all of these filters of a list."
    )


class AlbumChanges(BaseModel):
    """The fields to change. A field that is left out stays as it is."""

    model_config = {"extra": "forbid"}

    title: Title | None = Field(None, description="Null keeps the title.")
    description: Description | None = Field(None, description="Null removes the description.")
    sort: AlbumSort | None = Field(None, description="Null keeps the order.")
    cover_id: ImageId | None = Field(None, description="Null selects the newest image.")

    def changed_fields(self) -> dict[str, Any]:
        """Return the fields that change, with their values."""
        changes = self.model_dump(exclude_unset=True)
        return {
            name: value
            for name, value in changes.items()
            if value is not None or name not in {"title", "sort"}
        }


class AlbumImageBatch(BaseModel):
    """Images to add to an album, or to remove from it."""

    model_config = {"extra": "forbid"}

    ids: Annotated[list[AnyId], Field(min_length=1, max_length=MAX_BATCH_SIZE)]


class AlbumAddition(AlbumImageBatch):
    """Images to add to an album.

    The other fields matter for images that a contributor adds to an album of another owner.
    """

    original: bool = Field(
        False, description="Whether others may download originals; requires the other two."
    )
    metadata: bool = Field(
        False,
        description="Whether others see titles, descriptions, times of capture and cameras.",
    )
    position: bool = Field(False, description="Whether others see where images were captured.")

    @property
    def visibility(self) -> Visibility:
        """What the contributor shows to the owner and the other members."""
        return Visibility(original=self.original, metadata=self.metadata, position=self.position)

    @model_validator(mode="after")
    def _require_metadata(self) -> Self:
        if self.original and not (self.metadata and self.position):
            raise ValueError("`original` requires `metadata` and `position`")
        return self


class AlbumMove(BaseModel):
    """Images to move in an album, and the image that they are moved next to."""

    model_config = {"extra": "forbid"}

    ids: Annotated[list[AnyId], Field(min_length=1, max_length=MAX_BATCH_SIZE)]
    before: ImageId | None = Field(None, description="Move them in front of this image.")
    after: ImageId | None = Field(None, description="Or move them behind this image.")

    @model_validator(mode="after")
    def _has_one_anchor(self) -> Self:
        if (self.before is None) == (self.after is None):
            raise ValueError("exactly one of `before` and `after` is required")
        if self.anchor in self.ids:
            raise ValueError("an image cannot be moved next to itself")
        return self

    @property
    def anchor(self) -> str:
        """The image that the others are moved next to."""
        return self.before or self.after or ""

    @property
    def side(self) -> MoveSide:
        return MoveSide.AFTER if self.before is None else MoveSide.BEFORE
