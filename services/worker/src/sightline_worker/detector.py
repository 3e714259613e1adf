"""Who looks at the pictures: the port, and Rekognition behind it."""

from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from sightline.consumer import Rejected
from sightline.recognition import Box, Instance, Label, Recognition

if TYPE_CHECKING:
    from types_aiobotocore_rekognition import RekognitionClient

#: What an error of Rekognition says about the picture itself.
#: https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html#API_DetectLabels_Errors
REJECTIONS = {
    "InvalidImageFormatException": (
        "unsupported_format",
        "The file is not a picture of a kind that can be recognised.",
    ),
    "ImageTooLargeException": (
        "picture_too_large",
        "The picture is too large to be recognised.",
    ),
}


class Detector(Protocol):
    """Recognises what is in a stored picture."""

    async def detect(self, key: str) -> Recognition:
        """What is seen in the picture of this key. Raises `Rejected`."""


class RekognitionDetector:
    """`Detector` by Amazon Rekognition, which reads the picture from S3 itself."""

    def __init__(
        self, client: "RekognitionClient", bucket: str, max_labels: int, min_confidence: float
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._max_labels = max_labels
        self._min_confidence = min_confidence

    async def detect(self, key: str) -> Recognition:
        try:
            answer = await self._client.detect_labels(
                Image={"S3Object": {"Bucket": self._bucket, "Name": key}},
                MaxLabels=self._max_labels,
                MinConfidence=self._min_confidence,
            )
        except ClientError as error:
            rejection = REJECTIONS.get(error.response["Error"]["Code"])
            if rejection is None:
                raise
            raise Rejected(*rejection) from error
        return Recognition(
            # Cut here too: whoever answers, the write has room for so many and no more.
            labels=tuple(map(_read_label, answer["Labels"][: self._max_labels])),
            label_model_version=answer["LabelModelVersion"],
            min_confidence=self._min_confidence,
            max_labels=self._max_labels,
        )


def _read_label(label: Any) -> Label:
    return Label(
        name=label["Name"],
        confidence=label["Confidence"],
        parents=_names(label, "Parents"),
        aliases=_names(label, "Aliases"),
        categories=_names(label, "Categories"),
        instances=tuple(map(_read_instance, label.get("Instances", []))),
    )


def _names(label: Any, kind: str) -> tuple[str, ...]:
    return tuple(entry["Name"] for entry in label.get(kind, []))


def _read_instance(instance: Any) -> Instance:
    box = instance["BoundingBox"]
    return Instance(
        box=Box(left=box["Left"], top=box["Top"], width=box["Width"], height=box["Height"]),
        confidence=instance["Confidence"],
    )
