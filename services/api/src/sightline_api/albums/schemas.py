"""Albums as clients see them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from sightline.domain.albums import Album
from sightline.domain.ids import AlbumId, ImageId
from sightline.domain.images import Image
from sightline_api.images.schemas import RenditionView, Title
from sightline_api.urls.signer import Signer


class CoverView(BaseModel):
    """The picture that stands for an album."""

    image_id: ImageId
    placeholder: str | None
    renditions: list[RenditionView]

    @classmethod
    async def of(cls, image: Image, signer: Signer) -> Self:
        developed = image.renditions.result
        return cls(
            image_id=image.image_id,
            placeholder=developed and developed.placeholder,
            renditions=await RenditionView.all_of(image, signer),
        )


class AlbumView(BaseModel):
    """A set of pictures with a title."""

    id: AlbumId = Field(examples=["0199a3c0-9d5e-7b0a-8c1e-3f1f6a0b2c4d"])
    title: str = Field(examples=["Summer"])
    images: int = Field(description="How many pictures it holds.", examples=[17])
    cover_id: ImageId | None = Field(description="The picture that its owner chose for its cover.")
    cover: CoverView | None = Field(description="That one, else the newest; null where empty.")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, album: Album, cover: CoverView | None) -> Self:
        return cls(
            id=album.album_id,
            title=album.title,
            images=album.images,
            cover_id=album.cover_id,
            cover=cover,
            created_at=album.created_at,
            updated_at=album.updated_at,
        )


class AlbumPage(BaseModel):
    """Some albums, newest first; `next_cursor` continues, null at the end."""

    items: list[AlbumView]
    next_cursor: str | None


class AlbumRequest(BaseModel):
    """An album that is to be made."""

    model_config = {"extra": "forbid"}

    title: Title


class AlbumChanges(BaseModel):
    """What to change; what is left out stays as it is."""

    model_config = {"extra": "forbid"}

    title: Title | None = Field(None, description="Null leaves it as it is.")
    cover_id: ImageId | None = Field(None, description="Null for the newest picture.")

    def given(self) -> dict[str, Any]:
        """The fields that change, with their values."""
        changes = self.model_dump(exclude_unset=True)
        if changes.get("title", "") is None:
            del changes["title"]
        return changes


class AlbumImageBatch(BaseModel):
    """Pictures to put into an album, or to take out."""

    model_config = {"extra": "forbid"}

    ids: Annotated[list[str], Field(min_length=1, max_length=100)]


class AlbumImageOutcome(BaseModel):
    """What became of one: done, not there, or (409) in too many albums already."""

    id: str
    status: Literal[204, 404, 409]


class AlbumImageOutcomes(BaseModel):
    """One outcome for each picture, in the same order."""

    items: list[AlbumImageOutcome]
