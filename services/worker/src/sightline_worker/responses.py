"""Parse Rekognition's responses into Sightline's domain model."""

import base64
from collections.abc import Iterable
from typing import Any

from sightline.domain.recognition import (
    MAX_VECTOR_BYTES,
    BoundingBox,
    DetectedFace,
    DetectedLabel,
    DetectedText,
    DominantColor,
    ImageProperties,
    ImageQuality,
    LabelInstance,
    ModerationLabel,
    PolygonPoint,
)
from sightline.domain.text import clean_line

#: Boolean attributes of a face that are stored, by Rekognition's names.
FACE_TRAITS = (
    "Smile",
    "Eyeglasses",
    "Sunglasses",
    "Beard",
    "Mustache",
    "EyesOpen",
    "MouthOpen",
    "FaceOccluded",
)

#: Maximum number of emotions stored per face; those with the highest confidence are kept.
MAX_EMOTIONS = 3

#: Header of the local emulator with the vector of the image, base64.
VECTOR_HEADER = "x-sightline-image-vector"

#: A JSON object of a response.
Response = Any


def parse_labels(response: Response, max_labels: int) -> tuple[DetectedLabel, ...]:
    """Parse the labels of a DetectLabels response.

    The limit is enforced here as well as in the request, because a transaction on the table holds
    a limited number of labels, and an emulator may ignore `MaxLabels`.
    """
    return tuple(
        DetectedLabel(
            name=label["Name"],
            confidence=label["Confidence"],
            parents=_parse_names(label, "Parents"),
            aliases=_parse_names(label, "Aliases"),
            categories=_parse_names(label, "Categories"),
            instances=tuple(
                LabelInstance(box=_parse_box(instance), confidence=instance["Confidence"])
                for instance in label.get("Instances", [])
            ),
        )
        for label in response["Labels"][:max_labels]
    )


def parse_vector(response: Response) -> bytes | None:
    """Return the image's own vector, which the local emulator provides in a header.

    Return None for a response without one, like those of Amazon Rekognition, and for an invalid
    one.
    """
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        vector = base64.b64decode(headers.get(VECTOR_HEADER, ""), validate=True)
    except ValueError:
        return None
    return vector if 0 < len(vector) <= MAX_VECTOR_BYTES else None


def parse_text(response: Response, min_confidence: float) -> tuple[DetectedText, ...]:
    """Parse the lines and words of a DetectText response."""
    return tuple(
        DetectedText(
            text=clean_line(detection["DetectedText"]),
            confidence=detection["Confidence"],
            is_line=detection["Type"] == "LINE",
            line=detection["Id"] if detection["Type"] == "LINE" else detection["ParentId"],
            box=_parse_box(detection["Geometry"]),
            polygon=tuple(
                PolygonPoint(x=point["X"], y=point["Y"])
                for point in detection["Geometry"].get("Polygon", [])
            ),
        )
        for detection in _filter_confident(response["TextDetections"], min_confidence)
    )


def parse_faces(response: Response, min_confidence: float) -> tuple[DetectedFace, ...]:
    """Parse the faces of a DetectFaces response."""
    return tuple(
        DetectedFace(
            box=_parse_box(face),
            confidence=face["Confidence"],
            youngest=face.get("AgeRange", {}).get("Low"),
            oldest=face.get("AgeRange", {}).get("High"),
            emotions={
                emotion["Type"].lower(): emotion["Confidence"]
                for emotion in sorted(
                    face.get("Emotions", []), key=lambda emotion: -emotion["Confidence"]
                )[:MAX_EMOTIONS]
            },
            traits={trait: face[trait]["Value"] for trait in FACE_TRAITS if trait in face},
        )
        for face in _filter_confident(response["FaceDetails"], min_confidence)
    )


def parse_moderation_labels(response: Response) -> tuple[ModerationLabel, ...]:
    """Parse the labels of a DetectModerationLabels response."""
    return tuple(
        ModerationLabel(
            name=label["Name"], confidence=label["Confidence"], parent=label.get("ParentName", "")
        )
        for label in response["ModerationLabels"]
    )


def parse_properties(response: Response) -> ImageProperties:
    """Parse the image properties of a DetectLabels response."""
    properties = response["ImageProperties"]
    foreground, background = properties.get("Foreground"), properties.get("Background")
    return ImageProperties(
        quality=_parse_quality(properties.get("Quality", {})),
        colors=_parse_colors(properties),
        foreground=_parse_quality(foreground["Quality"]) if foreground else None,
        foreground_colors=_parse_colors(foreground or {}),
        background=_parse_quality(background["Quality"]) if background else None,
        background_colors=_parse_colors(background or {}),
    )


def _filter_confident(detections: Iterable[Response], min_confidence: float) -> list[Response]:
    """Return the detections with enough confidence; DetectText and DetectFaces return them all."""
    return [each for each in detections if each["Confidence"] >= min_confidence]


def _parse_names(label: Response, field: str) -> tuple[str, ...]:
    return tuple(entry["Name"] for entry in label.get(field, []))


def _parse_box(parent: Response) -> BoundingBox:
    box = parent["BoundingBox"]
    return BoundingBox(left=box["Left"], top=box["Top"], width=box["Width"], height=box["Height"])


def _parse_quality(quality: Response) -> ImageQuality:
    return ImageQuality(
        brightness=quality.get("Brightness"),
        sharpness=quality.get("Sharpness"),
        contrast=quality.get("Contrast"),
    )


def _parse_colors(parent: Response) -> tuple[DominantColor, ...]:
    return tuple(
        DominantColor(
            # Built from the numbers, because the spelling of HexCode varies between responses.
            hex=f"#{color['Red']:02x}{color['Green']:02x}{color['Blue']:02x}",
            name=color.get("SimplifiedColor", ""),
            percent=color["PixelPercent"],
        )
        for color in parent.get("DominantColors", [])
    )
