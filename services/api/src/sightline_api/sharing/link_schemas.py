"""Share links as their owner sees them."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from sightline.domain.ids import AlbumId, ImageId, LinkId
from sightline.domain.share_links import ShareLink

#: Lifetime of a link, days.
DEFAULT_DAYS, MAX_DAYS = 30, 3650

#: Any text: it is compared byte for byte.
SharePassword = Annotated[str, StringConstraints(min_length=4, max_length=200)]

ExpiresInDays = Annotated[int, Field(ge=1, le=MAX_DAYS)]

EXPIRY_DESCRIPTION = "Days from now until the link expires. Null: it does not expire."
PASSWORD_DESCRIPTION = "Password that visitors must enter. Null: none."  # noqa: S105
ORIGINAL_DESCRIPTION = "Whether visitors may download originals; requires the other two."
METADATA_DESCRIPTION = (
    "Whether visitors see titles, descriptions, times of capture and cameras of images."
)
POSITION_DESCRIPTION = "Whether visitors see where images were captured."


class ShareLinkRequest(BaseModel):
    """A link to create, to either an image or an album."""

    model_config = {"extra": "forbid"}

    image_id: ImageId | None = Field(None, description="The image to share.")
    album_id: AlbumId | None = Field(None, description="The album to share.")
    expires_in_days: ExpiresInDays | None = Field(DEFAULT_DAYS, description=EXPIRY_DESCRIPTION)
    password: SharePassword | None = Field(None, description=PASSWORD_DESCRIPTION)
    original: bool = Field(False, description=ORIGINAL_DESCRIPTION)
    metadata: bool = Field(False, description=METADATA_DESCRIPTION)
    position: bool = Field(False, description=POSITION_DESCRIPTION)

    @model_validator(mode="after")
    def _require_one_target(self) -> Self:
        if (self.image_id is None) == (self.album_id is None):
            raise ValueError("provide either `image_id` or `album_id`")
        return self


class ShareLinkChanges(BaseModel):
    """The settings to change. A field that is left out stays as it is."""

    model_config = {"extra": "forbid"}

    expires_in_days: ExpiresInDays | None = Field(None, description=EXPIRY_DESCRIPTION)
    password: SharePassword | None = Field(None, description=PASSWORD_DESCRIPTION)
    original: bool = Field(False, description=ORIGINAL_DESCRIPTION)
    metadata: bool = Field(False, description=METADATA_DESCRIPTION)
    position: bool = Field(False, description=POSITION_DESCRIPTION)

    def changed_fields(self) -> dict[str, Any]:
        """Return the fields that change, with their values."""
        return self.model_dump(exclude_unset=True)


class ShareLinkView(BaseModel):
    """A share link, without its token."""

    id: LinkId = Field(examples=["0199a3c0-9d5e-7b0a-8c1e-3f1f6a0b2c4d"])
    image_id: ImageId | None = Field(description="The shared image.")
    album_id: AlbumId | None = Field(description="The shared album.")
    prefix: str = Field(description="Start of the token, to recognize it.", examples=["k3Fv"])
    has_password: bool
    original: bool = Field(description=ORIGINAL_DESCRIPTION)
    metadata: bool = Field(description=METADATA_DESCRIPTION)
    position: bool = Field(description=POSITION_DESCRIPTION)
    created_at: datetime
    expires_at: datetime | None = Field(description="Null: the link does not expire.")
    opened: int = Field(description="How often the link was opened.", examples=[12])
    last_opened_at: datetime | None = Field(description="Null if the link was never opened.")

    @classmethod
    def of(cls, link: ShareLink) -> Self:
        return cls(
            id=link.link_id,
            image_id=link.image_id,
            album_id=link.album_id,
            prefix=link.shown,
            has_password=link.password is not None,
            original=link.original,
            metadata=link.metadata,
            position=link.position,
            created_at=link.created_at,
            expires_at=link.ends_at,
            opened=link.opened,
            last_opened_at=link.last_opened_at,
        )


class CreatedShareLink(BaseModel):
    """A new link, with its token."""

    share_link: ShareLinkView
    token: str = Field(
        description="The credential of visitors. It is returned only here.",
        examples=["k3FvbQ0x8Jm2kTz5WcR7nYp4Ld"],
    )
    path: str = Field(
        description="Path of what visitors get, below the URL of the API.",
        examples=["/v1/shared/k3FvbQ0x8Jm2kTz5WcR7nYp4Ld"],
    )


class ShareLinkPage(BaseModel):
    """A page of links, newest first; `next_cursor` continues it, null on the last page."""

    items: list[ShareLinkView]
    next_cursor: str | None
