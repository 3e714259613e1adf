"""Images as clients see them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from sightline.domain import capture, labels, summaries
from sightline.domain.capture import GeoPosition
from sightline.domain.flags import MAX_RATING
from sightline.domain.ids import AlbumId, ImageId
from sightline.domain.image_words import WordField
from sightline.domain.images import PART_NAMES, Image, Part, PartName
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
from sightline.domain.rotated_recognition import rotate_recognition
from sightline.domain.rotation import Rotation
from sightline.domain.states import State, Status
from sightline_api.images.capture_times import (
    LocalTime,
    Shift,
    TakenAt,
    format_local_time,
    known_instant,
)
from sightline_api.images.editing import MAX_OWN_LABELS
from sightline_api.images.input_text import CLEAN_LINE, CLEAN_TEXT
from sightline_api.images.positions import PositionOverride
from sightline_api.images.searching import FoundImage
from sightline_api.problems import Problem, ProblemBody
from sightline_api.urls.signer import PresignedPost, Signer

#: Characters of a text.
MAX_TITLE_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 2000
MAX_LABEL_LENGTH = 50

MAX_BATCH_SIZE = 100

#: Media types that clients may declare. The resizer detects the real format from the content.
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
    str,
    CLEAN_TEXT,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_DESCRIPTION_LENGTH),
]

#: An id as a client sends it: one in another format belongs to no image.
AnyId = Annotated[str, StringConstraints(max_length=64)]

#: Any text of one line; labels are compared as `fold_label` does.
LabelName = Annotated[
    str,
    CLEAN_LINE,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LABEL_LENGTH),
]

LabelList = Annotated[tuple[LabelName, ...], Field(max_length=MAX_OWN_LABELS)]

Title = Annotated[
    str,
    CLEAN_LINE,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE_LENGTH),
]


Rating = Annotated[
    int, Field(ge=0, le=MAX_RATING, description="1 to 5 stars; 0 is none.", examples=[4])
]


class FailureView(BaseModel):
    """Why a part failed: `code` is stable, `message` is for people."""

    code: str = Field(examples=["unsupported_format"])
    message: str = Field(examples=["The file format is not supported."])


class PartView(BaseModel):
    """The state of one part of the processing."""

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
    """The recognition result. Boxes are fractions of the width and height of the renditions.

    They follow the rotation of the renditions. A feature that was not requested is null.
    """

    profile: RecognitionProfile | None = Field(
        description="The requested features, and which results are kept."
    )
    models: dict[Feature, str] = Field(
        description="Model version by feature; an emulator reports its own name."
    )
    labels: tuple[DetectedLabel, ...] | None
    properties: ImageProperties | None
    text: tuple[DetectedText, ...] | None
    faces: tuple[DetectedFace, ...] | None
    moderation: tuple[ModerationLabel, ...] | None

    @classmethod
    def of(cls, part: Part[Recognition], rotation: Rotation) -> Self:
        """Build the view for renditions with this rotation."""
        result = part.result and rotate_recognition(part.result, rotation)
        return cls(
            **PartView.fields(part),
            profile=result and result.profile,
            models=result.models if result else {},
            labels=result and result.labels,
            properties=result and result.properties,
            text=result and result.text,
            faces=result and result.faces,
            moderation=result and result.moderation,
        )


class RenditionView(BaseModel):
    """A rendition; sides are in pixels, and `url` is valid for at least an hour."""

    name: str = Field(examples=["thumb"])
    media_type: str = Field(examples=["image/webp"])
    width: int = Field(examples=[256])
    height: int = Field(examples=[192])
    bytes: int
    url: str

    @classmethod
    async def all_of(cls, image: Image, signer: Signer) -> list[Self]:
        """Return the renditions of an image; an empty list if there are none yet."""
        result = image.renditions.result
        renditions = result.renditions if result else ()
        urls = await signer.sign_renditions([rendition.key for rendition in renditions])
        return [
            cls(**rendition.model_dump(exclude={"key"}), url=url)
            for rendition, url in zip(renditions, urls, strict=True)
        ]


class RenditionsView(PartView):
    """The renditions of an image."""

    items: list[RenditionView]
    rotation: Rotation = Field(
        description="Degrees clockwise that they are rotated by: those of the image, once a change "
        "of it is processed."
    )


class ImageLabel(BaseModel):
    """A label of an image; a label that the owner added has a confidence of 100."""

    name: str = Field(examples=["Dog"])
    confidence: float = Field(examples=[98.5])

    @classmethod
    def all_of(cls, labels: dict[str, labels.ImageLabel]) -> list[Self]:
        """Return the labels, most confident first."""
        ordered = sorted(labels.values(), key=lambda label: -label.confidence)
        return [cls(name=label.name, confidence=label.confidence) for label in ordered]


class Capture(BaseModel):
    """What the camera or an editor recorded; a field that is missing or invalid is null.

    `exposure` is in seconds, `focal_length` in millimeters.
    """

    taken_at: datetime | None = Field(
        None, description="The instant of capture; null if its offset from UTC is unknown."
    )
    taken_at_local: LocalTime | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    place: GeoPosition | None = None

    @classmethod
    def of(cls, recorded: capture.Capture) -> Self:
        return cls(
            taken_at=known_instant(recorded.taken_at),
            taken_at_local=format_local_time(recorded.taken_at),
            camera=recorded.camera,
            lens=recorded.lens,
            exposure=recorded.exposure,
            f_number=recorded.f_number,
            iso=recorded.iso,
            focal_length=recorded.focal_length,
            place=recorded.place,
        )


class LinkedRendition(BaseModel):
    """A rendition in a list; sides are in pixels, and `url` is valid for at least an hour."""

    url: str
    width: int = Field(examples=[256])
    height: int = Field(examples=[192])


class SearchMatch(BaseModel):
    """A word, phrase or start of a word of a search, and the fields of the image that have it."""

    word: str = Field(description="As it was compared: folded.", examples=["lisbon"])
    fields: list[WordField] = Field(examples=[["title", "place"]])

    @classmethod
    def all_of(cls, matches: dict[str, frozenset[WordField]]) -> list[Self]:
        return [cls(word=word, fields=sorted(fields)) for word, fields in matches.items()]


class ImageSummary(BaseModel):
    """An image in a list; `GET /v1/images/{image_id}` returns all of it."""

    id: ImageId = Field(examples=["0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"])
    status: Status
    title: str | None
    media_type: str = Field(description="As detected in the file; until then as declared.")
    bytes: int
    width: int | None = Field(description="Pixels of the upright original.")
    height: int | None
    animated: bool | None
    placeholder: str | None = Field(
        description="ThumbHash in Base64, to show until the thumbnail has loaded.",
        examples=["3OcRJYB4d3h/iIeHeEh3eIhw+j2w"],
    )
    labels: list[ImageLabel] = Field(description="Most confident first.")
    taken_at: datetime | None = Field(
        description="The instant of capture; null if its offset from UTC is unknown."
    )
    taken_at_local: LocalTime | None
    place: GeoPosition | None
    motion: bool | None = Field(description="Whether it is the still of a motion or Live Photo.")
    projection: str | None = Field(description="As in the image itself.")
    thumbnail: LinkedRendition | None = Field(description="The smallest rendition.")
    preview: LinkedRendition | None = Field(
        description="The smallest rendition of at least 1,024 pixels, or else the largest."
    )
    albums: list[AlbumId] = Field(description="Ids of the albums that contain the image.")
    favorite: bool
    archived: bool
    rating: Rating
    created_at: datetime
    matches: list[SearchMatch] = Field(
        default=[], description="What matched the words of `q`; empty without `q`."
    )

    @classmethod
    def of(
        cls,
        image: summaries.ImageSummary,
        urls: dict[str, str],
        matches: dict[str, frozenset[WordField]] | None = None,
    ) -> Self:
        """Build the summary; `urls` has the URL of each rendition by its key."""
        renditions = image.renditions
        return cls(
            id=image.image_id,
            status=image.status,
            title=image.details.title,
            media_type=renditions.media_type or image.media_type,
            bytes=image.bytes,
            width=renditions.width,
            height=renditions.height,
            animated=renditions.animated,
            placeholder=renditions.placeholder,
            labels=ImageLabel.all_of(image.labels),
            taken_at=known_instant(image.taken_at),
            taken_at_local=format_local_time(image.taken_at),
            motion=renditions.motion,
            projection=renditions.projection,
            place=image.place,
            thumbnail=link_rendition(renditions.thumbnail, urls),
            preview=link_rendition(renditions.preview, urls),
            albums=sorted(image.albums),
            favorite=image.details.favorite,
            archived=image.details.archived,
            rating=image.details.rating,
            created_at=image.created_at,
            matches=SearchMatch.all_of(matches or {}),
        )


class ImageSummaryPage(BaseModel):
    """A page of images; `next_cursor` continues it in the same order, null on the last page."""

    items: list[ImageSummary]
    next_cursor: str | None

    @classmethod
    async def of(
        cls, images: Sequence[summaries.ImageSummary], next_cursor: str | None, signer: Signer
    ) -> Self:
        urls = await sign_links(images, signer)
        return cls(
            items=[ImageSummary.of(image, urls) for image in images], next_cursor=next_cursor
        )

    @classmethod
    async def of_search(
        cls, found: Sequence[FoundImage], next_cursor: str | None, signer: Signer
    ) -> Self:
        urls = await sign_links([each.summary for each in found], signer)
        return cls(
            items=[ImageSummary.of(each.summary, urls, each.matches) for each in found],
            next_cursor=next_cursor,
        )


async def sign_links(images: Iterable[summaries.ImageSummary], signer: Signer) -> dict[str, str]:
    """Return the URLs of all thumbnails and previews by key."""
    parts = [image.renditions for image in images]
    links = [link for part in parts for link in (part.thumbnail, part.preview) if link]
    keys = list(dict.fromkeys(link.key for link in links))
    return dict(zip(keys, await signer.sign_renditions(keys), strict=True))


def link_rendition(
    link: summaries.RenditionLink | None, urls: dict[str, str]
) -> LinkedRendition | None:
    return link and LinkedRendition(url=urls[link.key], width=link.width, height=link.height)


class ImageView(BaseModel):
    """An image with its processing state and results."""

    id: ImageId = Field(examples=["0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"])
    status: Status = Field(description="Derived from both parts; ends as `ready` or `failed`.")
    title: str | None
    description: str | None
    labels: list[ImageLabel] = Field(
        description="The labels that the image is found by: detected labels without the hidden "
        "ones, and the owner's own. Most confident first."
    )
    labels_added: tuple[str, ...] = Field(description="The owner's own labels.")
    labels_hidden: tuple[str, ...] = Field(description="Detected labels to leave out.")
    taken_at: datetime | None = Field(
        description="The instant of capture, as the owner corrected it, or else as the file "
        "records it; null if its offset from UTC is unknown."
    )
    taken_at_local: LocalTime | None
    taken_at_override: TakenAt | None = Field(
        description="The time of capture as the owner corrected it; null if it is that of the file."
    )
    place: GeoPosition | None = Field(
        description="The position, as the owner corrected it, or else as the file records it. The "
        "names of a corrected position follow in a moment."
    )
    position_override: PositionOverride | None = Field(
        description="The position as the owner corrected it; null if it is that of the file."
    )
    rotation: Rotation = Field(
        description="Degrees clockwise (0, 90, 180 or 270) that the owner rotates the image by, in "
        "addition to the orientation of the file. Renditions, sides and boxes follow in a moment; "
        "`renditions.rotation` is the rotation that they have."
    )
    albums: list[AlbumId] = Field(description="Ids of the albums that contain the image.")
    favorite: bool
    archived: bool = Field(description="Whether the timeline leaves the image out.")
    rating: Rating
    media_type: str = Field(description="As detected in the file; until then as declared.")
    bytes: int
    sha256: str
    created_at: datetime
    width: int | None = Field(description="Pixels of the upright original, as it is rotated.")
    height: int | None
    animated: bool | None = Field(description="Renditions of an animation show its first frame.")
    damaged: bool | None = Field(
        description="Whether pixels are missing in the file; renditions are gray there."
    )
    placeholder: str | None = Field(
        description="ThumbHash in Base64, to show until a rendition has loaded.",
        examples=["3OcRJYB4d3h/iIeHeEh3eIhw+j2w"],
    )
    motion: bool | None = Field(
        description="Whether the image is the still of a motion photo or a Live Photo."
    )
    projection: str | None = Field(
        description="The projection of a panorama, such as a 360-degree photo (`equirectangular`)."
    )
    capture: Capture | None = Field(description="What the file records.")
    recognition: RecognitionView
    renditions: RenditionsView

    @classmethod
    async def of(cls, image: Image, signer: Signer) -> Self:
        result = image.renditions.result
        items = await RenditionView.all_of(image, signer)
        rotation = result.rotation if result else 0
        return cls(
            id=image.image_id,
            status=image.status,
            title=image.details.title,
            description=image.details.description,
            labels=ImageLabel.all_of(image.labels),
            labels_added=image.details.added,
            labels_hidden=image.details.hidden,
            taken_at=known_instant(image.taken_at),
            taken_at_local=format_local_time(image.taken_at),
            taken_at_override=image.details.taken_at,
            place=image.place,
            position_override=PositionOverride.of(image.details.position),
            rotation=image.details.rotation,
            albums=sorted(image.albums),
            favorite=image.details.favorite,
            archived=image.details.archived,
            rating=image.details.rating,
            media_type=result.media_type if result else image.media_type,
            bytes=image.bytes,
            sha256=image.sha256,
            created_at=image.created_at,
            width=result.width if result else None,
            height=result.height if result else None,
            motion=result.capture.motion if result else None,
            projection=result.capture.projection if result else None,
            capture=Capture.of(result.capture) if result else None,
            animated=result.animated if result else None,
            damaged=result.damaged if result else None,
            placeholder=result and result.placeholder,
            recognition=RecognitionView.of(image.recognition, rotation),
            renditions=RenditionsView(
                **PartView.fields(image.renditions), items=items, rotation=rotation
            ),
        )


class ImageUploadRequest(BaseModel):
    """An image to upload."""

    model_config = {"extra": "forbid"}

    media_type: MediaType
    bytes: int = Field(gt=0, description="Exact size of the file.", examples=[829183])
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the file in hex; S3 rejects any other content.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    title: Title | None = None
    features: Features | None = Field(
        None, description="Features to recognize. Null selects the server's default."
    )


class CommonChanges(BaseModel):
    """What can be changed of one image and of many at once."""

    model_config = {"extra": "forbid"}

    title: Title | None = None
    description: Description | None = None
    favorite: bool | None = Field(None, description="Null keeps it.")
    archived: bool | None = Field(
        None,
        description="Whether to leave the image out of the timeline, its counts and the list of "
        "images. Searches, albums and shares keep it. Null keeps it.",
    )
    rating: Rating | None = Field(
        None, description="1 to 5 stars; 0 removes the rating. Null keeps it."
    )
    taken_at_override: TakenAt | None = Field(
        None,
        description="The time of capture on a clock at the place, with its offset from UTC if it "
        "is known. Null restores the time of the file.",
    )
    position_override: PositionOverride | None = Field(
        None,
        description="The position, or null coordinates for none. Null restores the position of the "
        "file.",
    )
    rotation: Rotation | None = Field(
        None,
        description="Degrees clockwise (0, 90, 180 or 270), in addition to the orientation of the "
        "file, which null restores. The renditions are created again.",
    )


class ImageChanges(CommonChanges):
    """The fields to change. A field that is left out stays; null removes a text or a time."""

    labels_added: LabelList | None = Field(
        None, description="All of the owner's own labels. Null keeps them."
    )
    labels_hidden: LabelList | None = Field(
        None, description="All detected labels to leave out. Null keeps them."
    )


class ReprocessRequest(BaseModel):
    """Which parts to process again, and how."""

    model_config = {"extra": "forbid"}

    parts: Annotated[tuple[PartName, ...], Field(min_length=1, max_length=2)] = PART_NAMES
    features: Features | None = Field(
        None, description="Features to recognize. Null repeats those of the image."
    )


class UploadTarget(BaseModel):
    """A presigned POST. Send `fields`, then the file as the last field `file`, to `url`.

    The encoding is multipart/form-data.
    """

    url: str
    fields: dict[str, str]
    expires_at: datetime

    @classmethod
    def of(cls, post: PresignedPost, expires_at: datetime) -> Self:
        return cls(url=post.url, fields=post.fields, expires_at=expires_at)


class ImageUpload(BaseModel):
    """A new image, and the presigned POST that uploads its file.

    If the caller already has an image with the same bytes, `duplicate_of` is its id. Uploading
    creates a second image of them; deleting the new image cancels the upload.
    """

    image: ImageView
    upload: UploadTarget
    duplicate_of: ImageId | None


class ImageUploadBatch(BaseModel):
    """Images to upload."""

    model_config = {"extra": "forbid"}

    images: Annotated[list[ImageUploadRequest], Field(min_length=1, max_length=MAX_BATCH_SIZE)]


class Outcome(BaseModel):
    """What became of one item of a batch, as if it had been a request of its own."""

    status: int = Field(ge=200, le=599, description="The status of that request.", examples=[404])
    problem: ProblemBody | None = Field(None, description="Why it failed; null on success.")


class ItemOutcome(Outcome):
    """The outcome for the item with this id: 204, or a problem."""

    id: str

    @classmethod
    def success(cls, item_id: str) -> Self:
        return cls(id=item_id, status=204)

    @classmethod
    def failure(cls, item_id: str, problem: Problem) -> Self:
        return cls(id=item_id, status=problem.status, problem=problem.body())


class ItemOutcomes(BaseModel):
    """One outcome for each item, in the order of the request."""

    items: list[ItemOutcome]


class ImageUploadOutcome(Outcome):
    """The outcome for one image: 201 and the upload, or a problem."""

    upload: ImageUpload | None = None


class ImageUploadOutcomes(BaseModel):
    """One outcome for each image, in the order of the request."""

    items: list[ImageUploadOutcome]


class ImageBatch(BaseModel):
    """Images to restore."""

    model_config = {"extra": "forbid"}

    ids: Annotated[list[AnyId], Field(min_length=1, max_length=MAX_BATCH_SIZE)]


class BatchChanges(CommonChanges):
    """The fields to change of each image, at least one. A field that is left out stays.

    Null removes a text or a correction.
    """

    add_labels: LabelList | None = Field(
        None, description="Labels to add to those of each image, or no longer to hide."
    )
    remove_labels: LabelList | None = Field(
        None,
        description="The owner's own labels to remove, and detected labels to hide. They are "
        "removed before others are added.",
    )
    taken_at_shift: Shift | None = Field(
        None, description="Moves the time of capture of each image, from the one that it has."
    )
    rotate_by: Literal[90, 180, 270] | None = Field(
        None, description="Degrees clockwise (90, 180 or 270) from the rotation of each image."
    )

    @model_validator(mode="after")
    def _require_change(self) -> Self:
        given = self.model_fields_set
        if not given:
            raise ValueError("provide at least one change")
        for pair in ({"taken_at_override", "taken_at_shift"}, {"rotation", "rotate_by"}):
            if pair <= given:
                raise ValueError(f"provide only one of {' and '.join(sorted(pair))}")
        return self


class UpdateBatch(ImageBatch):
    """Images to update, and what to change of each of them."""

    changes: BatchChanges


class DeletionBatch(ImageBatch):
    """Images to delete."""

    permanent: bool = Field(
        False, description="Delete them for good, also those in the trash, instead of moving them."
    )
