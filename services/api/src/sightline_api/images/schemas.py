"""Images as clients see them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import Query
from pydantic import BaseModel, Field, StringConstraints

from sightline.domain.capture import Capture
from sightline.domain.ids import AlbumId, ImageId
from sightline.domain.images import PART_NAMES, Image, Part, PartName, State, Status
from sightline.domain.recognition import (
    DetectedFace,
    DetectedLabel,
    DetectedText,
    Feature,
    ImageProperties,
    ModerationLabel,
    Recognition,
    RecognitionProfile,
)
from sightline.domain.renditions import RenditionSet
from sightline_api.problems import ProblemBody
from sightline_api.urls.signer import PresignedPost, Signer

#: What clients may announce. What a picture is, the resizer sees for itself.
MediaType = Literal[
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heic",
    "image/heif",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
]

Features = Annotated[tuple[Feature, ...], Field(min_length=1, max_length=len(Feature))]

Description = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)
]

#: As people write them: letters of any script, figures, and a little between them.
LabelName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=50, pattern=r"^[\w &'()+,./-]+$"
    ),
]

#: Replacing twelve added and twelve hidden labels by others takes 97 of a transaction's 100 items.
LabelList = Annotated[tuple[LabelName, ...], Field(max_length=12)]

#: Labels that one question may name; each is a partition to go through.
LabelNames = Annotated[list[LabelName], Query(max_length=10)]

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class FailureView(BaseModel):
    """Why a part failed: `code` is stable, `message` is for people."""

    code: str = Field(examples=["unsupported_format"])
    message: str = Field(examples=["The file is not a picture of a kind that is supported."])


class PartView(BaseModel):
    """How far one part of the processing is."""

    state: State
    started_at: datetime | None
    finished_at: datetime | None
    failure: FailureView | None

    @staticmethod
    def fields(part: Part[Recognition] | Part[RenditionSet]) -> dict[str, Any]:
        failure = part.failure and FailureView(code=part.failure.code, message=part.failure.message)
        return {
            "state": part.state,
            "started_at": part.started_at,
            "finished_at": part.finished_at,
            "failure": failure,
        }


class RecognitionView(PartView):
    """What was recognised; boxes are shares of the upright picture's width and height.

    A feature that was not looked for is null.
    """

    profile: RecognitionProfile | None = Field(
        description="What was asked for, and what of it is kept."
    )
    models: dict[Feature, str] = Field(
        description="Version of the model by feature; a stand-in's own name where one answered."
    )
    labels: tuple[DetectedLabel, ...] | None
    properties: ImageProperties | None
    text: tuple[DetectedText, ...] | None
    faces: tuple[DetectedFace, ...] | None
    moderation: tuple[ModerationLabel, ...] | None

    @classmethod
    def of(cls, part: Part[Recognition]) -> Self:
        seen = part.result
        return cls(
            **PartView.fields(part),
            profile=seen and seen.profile,
            models=seen.models if seen else {},
            labels=seen and seen.labels,
            properties=seen and seen.properties,
            text=seen and seen.text,
            faces=seen and seen.faces,
            moderation=seen and seen.moderation,
        )


class RenditionView(BaseModel):
    """A smaller copy; `bytes` is its size, sides are in pixels, `url` is good for an hour."""

    name: str = Field(examples=["thumb"])
    media_type: str = Field(examples=["image/webp"])
    width: int = Field(examples=[256])
    height: int = Field(examples=[192])
    bytes: int
    url: str

    @classmethod
    async def all_of(cls, image: Image, signer: Signer) -> list[Self]:
        """Those of an image; none where there are none yet."""
        developed = image.renditions.result
        made = developed.renditions if developed else ()
        urls = await signer.sign_renditions([rendition.key for rendition in made])
        return [
            cls(**rendition.model_dump(exclude={"key"}), url=url)
            for rendition, url in zip(made, urls, strict=True)
        ]


class RenditionsView(PartView):
    """The copies that were made."""

    items: list[RenditionView]


class ImageLabel(BaseModel):
    """A label as an image bears it; the owner's own have a confidence of 100."""

    name: str = Field(examples=["Dog"])
    confidence: float = Field(examples=[98.5])


class ImageView(BaseModel):
    """A picture and what became of it."""

    id: ImageId = Field(examples=["0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"])
    status: Status = Field(description="Ends as `ready` or `failed`, derived from both parts.")
    title: str | None
    description: str | None
    labels: list[ImageLabel] = Field(
        description="What the image is found by: recognition's labels without the hidden ones, "
        "and the owner's own."
    )
    labels_added: tuple[str, ...] = Field(description="The owner's own labels.")
    labels_hidden: tuple[str, ...] = Field(description="Labels of recognition's to leave out.")
    albums: list[AlbumId] = Field(description="Ids of the albums that hold the image.")
    media_type: str = Field(description="As found in the picture; until then as announced.")
    bytes: int
    sha256: str
    created_at: datetime
    width: int | None = Field(description="Pixels of the upright original.")
    height: int | None
    animated: bool | None = Field(description="Whether it moves; renditions show one frame.")
    placeholder: str | None = Field(
        description="ThumbHash in Base64, to show until a rendition has arrived.",
        examples=["3OcRJYB4d3h/iIeHeEh3eIhw+j2w"],
    )
    capture: Capture | None = Field(description="What the camera recorded.")
    recognition: RecognitionView
    renditions: RenditionsView

    @classmethod
    async def of(cls, image: Image, signer: Signer) -> Self:
        developed = image.renditions.result
        items = await RenditionView.all_of(image, signer)
        return cls(
            id=image.image_id,
            status=image.status,
            title=image.details.title,
            description=image.details.description,
            labels=[
                ImageLabel(name=mark.name, confidence=mark.confidence)
                for mark in sorted(image.labels.values(), key=lambda mark: -mark.confidence)
            ],
            labels_added=image.details.added,
            labels_hidden=image.details.hidden,
            albums=sorted(image.albums),
            media_type=developed.media_type if developed else image.media_type,
            bytes=image.bytes,
            sha256=image.sha256,
            created_at=image.created_at,
            width=developed.width if developed else None,
            height=developed.height if developed else None,
            capture=developed.capture if developed else None,
            animated=developed.animated if developed else None,
            placeholder=developed and developed.placeholder,
            recognition=RecognitionView.of(image.recognition),
            renditions=RenditionsView(**PartView.fields(image.renditions), items=items),
        )


class ImagePage(BaseModel):
    """Some images, newest first; `next_cursor` continues, null at the end."""

    items: list[ImageView]
    next_cursor: str | None


class ImageUploadRequest(BaseModel):
    """A picture that a client is about to upload."""

    model_config = {"extra": "forbid"}

    media_type: MediaType
    bytes: int = Field(gt=0, description="Exact size of the file.", examples=[829183])
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the file, in hex; S3 refuses any other content.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    title: Title | None = None
    features: Features | None = Field(None, description="What to look for; null for what is usual.")


class ImageChanges(BaseModel):
    """What to change; what is left out stays as it is, null takes a text away."""

    model_config = {"extra": "forbid"}

    title: Title | None = None
    description: Description | None = None
    labels_added: LabelList = Field((), description="All of the owner's own labels.")
    labels_hidden: LabelList = Field((), description="All of recognition's labels to leave out.")


class ReprocessRequest(BaseModel):
    """A demand to process a picture once more."""

    model_config = {"extra": "forbid"}

    parts: Annotated[tuple[PartName, ...], Field(min_length=1, max_length=2)] = PART_NAMES
    features: Features | None = Field(None, description="What to look for; null for what it was.")


class UploadTarget(BaseModel):
    """Post `fields`, then the file as the last field `file`, to `url` as multipart/form-data."""

    url: str
    fields: dict[str, str]
    expires_at: datetime

    @classmethod
    def of(cls, form: PresignedPost, expires_at: datetime) -> Self:
        return cls(url=form.url, fields=form.fields, expires_at=expires_at)


class ImageUpload(BaseModel):
    """The image that the upload will be, and the way to upload it.

    Where the caller already has the same picture, `duplicate_of` is its id. Going on makes a
    second image of it; deleting this one does not.
    """

    image: ImageView
    upload: UploadTarget
    duplicate_of: ImageId | None


class ImageUploadBatch(BaseModel):
    """Pictures that a client is about to upload."""

    model_config = {"extra": "forbid"}

    images: Annotated[list[ImageUploadRequest], Field(min_length=1, max_length=100)]


class ImageUploadOutcome(BaseModel):
    """A ticket, or why there is none; the other is null."""

    ticket: ImageUpload | None = None
    problem: ProblemBody | None = None


class ImageUploadOutcomes(BaseModel):
    """One outcome for each picture, in the same order."""

    items: list[ImageUploadOutcome]


class DeletionBatch(BaseModel):
    """Images to delete."""

    model_config = {"extra": "forbid"}

    ids: Annotated[list[str], Field(min_length=1, max_length=100)]


class DeletionOutcome(BaseModel):
    """What became of one: gone now, or not there in the first place."""

    id: str
    status: Literal[204, 404]


class DeletionOutcomes(BaseModel):
    """One outcome for each image, in the same order."""

    items: list[DeletionOutcome]
