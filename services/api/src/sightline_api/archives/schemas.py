"""Archives as clients see them."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from sightline.domain.ids import AlbumId
from sightline_api.archives.planning import Plan
from sightline_api.images.schemas import AnyId

#: Ids of one request.
MAX_SELECTED_IDS = 1_000

#: Limits of the size of a part that a client may select, in bytes.
MIN_PART_BYTES = 2**20
MAX_PART_BYTES = 2**32


class ArchiveRequest(BaseModel):
    """The images of an archive: these ids, an album, or everything if neither is given."""

    model_config = {"extra": "forbid"}

    ids: Annotated[list[AnyId], Field(min_length=1, max_length=MAX_SELECTED_IDS)] | None = None
    album: AlbumId | None = None
    part_bytes: int | None = Field(
        None,
        ge=MIN_PART_BYTES,
        le=MAX_PART_BYTES,
        description="Maximum size of the originals of a part; a larger original has a part of its "
        "own. Null selects the server's default.",
    )
    cursor: str | None = Field(
        None, max_length=200, description="The `next_cursor` of the previous response."
    )

    @model_validator(mode="after")
    def _select_once(self) -> Self:
        if self.ids is not None and (self.album is not None or self.cursor is not None):
            raise ValueError("provide `ids`, or else `album` and `cursor`")
        return self


class ArchivePart(BaseModel):
    """A part of an archive: a ZIP file."""

    url: str = Field(
        description="Path that returns the ZIP file, with the credential of the caller.",
        examples=["/v1/archives/download?part=AQABAZmjwHweewqdXj8fagssTQA"],
    )
    file_name: str = Field(examples=["sightline-001.zip"])
    images: int = Field(examples=[64])
    bytes: int = Field(
        description="Size of its originals; the file is a little larger.", examples=[268102656]
    )


class ArchiveView(BaseModel):
    """The parts of an archive; `next_cursor` continues the list, null at its end."""

    parts: list[ArchivePart]
    next_cursor: str | None

    @classmethod
    def of(cls, plan: Plan) -> "ArchiveView":
        parts = [
            ArchivePart(
                url=f"/v1/archives/download?part={part.token}",
                file_name=f"{part.name}.zip",
                images=len(part.images),
                bytes=size,
            )
            for part, size in plan.parts
        ]
        return cls(parts=parts, next_cursor=plan.next_cursor)
