"""Images of an album as its owner and members see them."""

from typing import NamedTuple, Self

from pydantic import BaseModel, Field

from sightline.domain import summaries
from sightline.domain.album_members import Visibility
from sightline.domain.ids import LinkId
from sightline.domain.images import Image
from sightline_api.sharing.shared_schemas import SharedImage, SharedImageSummary
from sightline_api.urls.signer import Signer

CONTRIBUTOR_DESCRIPTION = "The member who added the image; null for images of the album's owner."
OWN_DESCRIPTION = "Whether the image belongs to the caller, who also finds it in `GET /v1/images`."


class FoundImage(NamedTuple):
    """What the caller sees of an image, and whose it is."""

    visibility: Visibility
    contributor_id: str | None
    is_own: bool


class AlbumImageSummary(SharedImageSummary):
    """An image in a list of an album."""

    contributor_id: LinkId | None = Field(description=CONTRIBUTOR_DESCRIPTION)
    own: bool = Field(description=OWN_DESCRIPTION)

    @classmethod
    def build(cls, image: summaries.ImageSummary, found: FoundImage, urls: dict[str, str]) -> Self:
        """Build the summary; `urls` has the URL of each rendition by its key."""
        shared = SharedImageSummary.of(image, found.visibility, urls)
        return cls(**dict(shared), contributor_id=found.contributor_id, own=found.is_own)


class AlbumImagePage(BaseModel):
    """A page of images in the order of the album.

    `next_cursor` continues it, null on the last page.
    """

    items: list[AlbumImageSummary]
    next_cursor: str | None


class AlbumImageView(SharedImage):
    """An image with its renditions, and what is shown of its metadata."""

    contributor_id: LinkId | None = Field(description=CONTRIBUTOR_DESCRIPTION)
    own: bool = Field(description=OWN_DESCRIPTION)
    original: bool = Field(description="Whether the caller may download the original.")

    @classmethod
    async def build(cls, image: Image, found: FoundImage, signer: Signer) -> Self:
        shared = await SharedImage.of(image, found.visibility, signer)
        return cls(
            **dict(shared),
            contributor_id=found.contributor_id,
            own=found.is_own,
            original=found.visibility.original,
        )
