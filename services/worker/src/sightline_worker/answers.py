"""Rekognition's answers in our own terms."""

from collections.abc import Iterable
from typing import Any

from sightline.domain.recognition import (
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

#: Yes-or-no traits of a face that are kept, by Rekognition's names.
TRAITS = (
    "Smile",
    "Eyeglasses",
    "Sunglasses",
    "Beard",
    "Mustache",
    "EyesOpen",
    "MouthOpen",
    "FaceOccluded",
)

#: How many emotions of a face are kept, the likeliest first.
EMOTIONS = 3

Answer = Any


def read_labels(answer: Answer, most: int) -> tuple[DetectedLabel, ...]:
    """Cut here too: whoever answers, the table has room for so many and no more."""
    return tuple(
        DetectedLabel(
            name=label["Name"],
            confidence=label["Confidence"],
            parents=_names(label, "Parents"),
            aliases=_names(label, "Aliases"),
            categories=_names(label, "Categories"),
            instances=tuple(
                LabelInstance(box=_box(each), confidence=each["Confidence"])
                for each in label.get("Instances", [])
            ),
        )
        for label in answer["Labels"][:most]
    )


def read_text(answer: Answer, min_confidence: float) -> tuple[DetectedText, ...]:
    found = _confident(answer["TextDetections"], min_confidence)
    return tuple(
        DetectedText(
            text=each["DetectedText"],
            confidence=each["Confidence"],
            is_line=each["Type"] == "LINE",
            line=each["Id"] if each["Type"] == "LINE" else each["ParentId"],
            box=_box(each["Geometry"]),
            polygon=tuple(
                PolygonPoint(x=point["X"], y=point["Y"])
                for point in each["Geometry"].get("Polygon", [])
            ),
        )
        for each in found
    )


def read_faces(answer: Answer, min_confidence: float) -> tuple[DetectedFace, ...]:
    found = _confident(answer["FaceDetails"], min_confidence)
    return tuple(
        DetectedFace(
            box=_box(each),
            confidence=each["Confidence"],
            youngest=each.get("AgeRange", {}).get("Low"),
            oldest=each.get("AgeRange", {}).get("High"),
            emotions={
                emotion["Type"].lower(): emotion["Confidence"]
                for emotion in sorted(
                    each.get("Emotions", []), key=lambda emotion: -emotion["Confidence"]
                )[:EMOTIONS]
            },
            traits={trait: each[trait]["Value"] for trait in TRAITS if trait in each},
        )
        for each in found
    )


def read_moderation(answer: Answer) -> tuple[ModerationLabel, ...]:
    return tuple(
        ModerationLabel(
            name=each["Name"], confidence=each["Confidence"], parent=each.get("ParentName", "")
        )
        for each in answer["ModerationLabels"]
    )


def read_properties(answer: Answer) -> ImageProperties:
    found = answer["ImageProperties"]
    foreground, background = found.get("Foreground"), found.get("Background")
    return ImageProperties(
        quality=_quality(found.get("Quality", {})),
        colors=_colors(found),
        foreground=_quality(foreground["Quality"]) if foreground else None,
        foreground_colors=_colors(foreground or {}),
        background=_quality(background["Quality"]) if background else None,
        background_colors=_colors(background or {}),
    )


def _confident(found: Iterable[Answer], min_confidence: float) -> list[Answer]:
    """Text and faces are answered in full, whatever their confidence."""
    return [each for each in found if each["Confidence"] >= min_confidence]


def _names(label: Answer, kind: str) -> tuple[str, ...]:
    return tuple(entry["Name"] for entry in label.get(kind, []))


def _box(holder: Answer) -> BoundingBox:
    box = holder["BoundingBox"]
    return BoundingBox(left=box["Left"], top=box["Top"], width=box["Width"], height=box["Height"])


def _quality(found: Answer) -> ImageQuality:
    return ImageQuality(
        brightness=found.get("Brightness"),
        sharpness=found.get("Sharpness"),
        contrast=found.get("Contrast"),
    )


def _colors(holder: Answer) -> tuple[DominantColor, ...]:
    return tuple(
        DominantColor(
            # Made from the numbers: not every answer spells it alike.
            hex=f"#{each['Red']:02x}{each['Green']:02x}{each['Blue']:02x}",
            name=each.get("SimplifiedColor", ""),
            percent=each["PixelPercent"],
        )
        for each in holder.get("DominantColors", [])
    )
