"""The requests of the operations, with the constraints of the service model.

Members that do not affect a response are not modeled: unknown members are ignored, as on AWS.
https://docs.aws.amazon.com/rekognition/latest/APIReference/API_Operations.html
"""

import base64
import binascii
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from sightline_local.recognition.errors import ImageTooLarge, InvalidParameter

#: Maximum size of an image in the request, and of one in S3.
#: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
MAX_INLINE_BYTES = 5 * 1024 * 1024
MAX_S3_OBJECT_BYTES = 15 * 1024 * 1024

Percent = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]


def _decode_blob(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("not base64")  # noqa: TRY004 - pydantic reports ValueError only
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


class Shape(BaseModel):
    """A structure of the service model."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class S3Reference(Shape):
    Bucket: str = Field(min_length=3, max_length=255, pattern=r"^[0-9A-Za-z.\-_]*$")
    Name: str = Field(min_length=1, max_length=1024)
    Version: str | None = Field(None, min_length=1, max_length=1024)


class ImageSource(Shape):
    """Either the image itself or its location in S3."""

    Bytes: Annotated[bytes, BeforeValidator(_decode_blob)] | None = None
    S3Object: S3Reference | None = None

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if (self.Bytes is None) == (self.S3Object is None):
            raise ValueError("exactly one of Bytes and S3Object is required")
        if self.Bytes is not None and not self.Bytes:
            raise ValueError("Bytes must not be empty")
        return self


class Request(Shape):
    Image: ImageSource


GeneralFilter = Annotated[str, Field(max_length=50, pattern=r"^[A-Za-z0-9àâèçñó'\-_(). ]*$")]
GeneralFilters = Annotated[list[GeneralFilter], Field(max_length=100)]


class GeneralLabelsSettings(Shape):
    LabelInclusionFilters: GeneralFilters = []
    LabelExclusionFilters: GeneralFilters = []
    LabelCategoryInclusionFilters: GeneralFilters = []
    LabelCategoryExclusionFilters: GeneralFilters = []


class ImagePropertiesSettings(Shape):
    MaxDominantColors: int = Field(10, ge=0, le=20)


class DetectLabelsSettings(Shape):
    GeneralLabels: GeneralLabelsSettings = GeneralLabelsSettings()
    ImageProperties: ImagePropertiesSettings = ImagePropertiesSettings()


LabelFeature = Literal["GENERAL_LABELS", "IMAGE_PROPERTIES"]


class DetectLabelsRequest(Request):
    #: The default is that of the operation.
    MaxLabels: int = Field(1000, ge=0)
    MinConfidence: Percent = 55
    Features: list[LabelFeature] = Field(default=[], max_length=2)
    Settings: DetectLabelsSettings = DetectLabelsSettings()

    def includes(self, feature: LabelFeature) -> bool:
        """Return whether a feature was requested; labels are the default."""
        return feature in (self.Features or ["GENERAL_LABELS"])


class Region(Shape):
    Left: float = 0
    Top: float = 0
    Width: float = 1
    Height: float = 1


class Point(Shape):
    X: float
    Y: float


class RegionOfInterest(Shape):
    BoundingBox: Region | None = None
    Polygon: Annotated[list[Point], Field(min_length=3)] | None = None

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if (self.BoundingBox is None) == (self.Polygon is None):
            raise ValueError("exactly one of BoundingBox and Polygon is required")
        return self


class DetectionFilter(Shape):
    MinConfidence: Percent = 80
    MinBoundingBoxHeight: Share = 0
    MinBoundingBoxWidth: Share = 0


class DetectTextFilters(Shape):
    WordFilter: DetectionFilter | None = None
    RegionsOfInterest: list[RegionOfInterest] = Field(default=[], max_length=10)


class DetectTextRequest(Request):
    Filters: DetectTextFilters = DetectTextFilters()


FaceAttribute = Literal[
    "DEFAULT", "ALL", "AGE_RANGE", "BEARD", "EMOTIONS", "EYE_DIRECTION", "EYEGLASSES", "EYES_OPEN",
    "GENDER", "MOUTH_OPEN", "MUSTACHE", "FACE_OCCLUDED", "SMILE", "SUNGLASSES",
]  # fmt: skip


class DetectFacesRequest(Request):
    #: Validated but ignored: no local model estimates age, emotion or gender.
    Attributes: list[FaceAttribute] = []


class DetectModerationLabelsRequest(Request):
    MinConfidence: Percent = 50
    HumanLoopConfig: dict[str, Any] | None = None
    ProjectVersion: str | None = None


def parse_request(kind: type[Request], body: Any) -> Any:
    """Parse a request from a JSON value. Raises `InvalidParameter` and `ImageTooLarge`."""
    try:
        request = kind.model_validate(_without_nulls(body))
    except ValidationError as error:
        first = error.errors()[0]
        location = ".".join(map(str, first["loc"])) or "request"
        raise InvalidParameter(
            f"Request has invalid parameters: {location}: {first['msg']}"
        ) from None
    inline = request.Image.Bytes
    if inline is not None and len(inline) > MAX_INLINE_BYTES:
        raise ImageTooLarge(f"The image is larger than {MAX_INLINE_BYTES} bytes.")
    return request


def _without_nulls(value: Any) -> Any:
    """Drop members that are null: AWS treats them as absent."""
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    return value
