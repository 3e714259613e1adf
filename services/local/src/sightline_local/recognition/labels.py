"""Labels: their model, the labels computed from pixels, and Rekognition's filters."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline_local.recognition.geometry import Box
from sightline_local.recognition.image_loading import DecodedImage, Pixels
from sightline_local.recognition.image_properties import Measurements
from sightline_local.recognition.requests import GeneralLabelsSettings
from sightline_local.recognition.taxonomy import TAXONOMY, LabelDefinition
from sightline_local.recognition.text import Line, count_letters

#: Rekognition's categories for the look of an image, and for its text.
VISUAL_COMPOSITION = "Colors and Visual Composition"
TEXT_AND_DOCUMENTS = "Text and Documents"

#: Every so many pixels, one counts for the median color.
MEDIAN_STEP = 8

#: Rows of an image in which equal neighbors are counted.
SAMPLED_ROWS = 200


@dataclass(frozen=True, slots=True)
class Instance:
    """One detected object of a label; `confidence` is 0 to 100."""

    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Label:
    """A label of an image; `confidence` is 0 to 100, `parents` start with the nearest."""

    name: str
    confidence: float
    categories: tuple[str, ...]
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    instances: tuple[Instance, ...] = field(default=())


def linear_confidence(value: float, threshold: float, certain: float) -> float:
    """Map a measured value to a confidence.

    The confidence is 50 at the threshold, rises linearly to 100 at `certain` and is below 50 on the
    other side of the threshold. Rekognition's default minimum of 55 is thus clearly past the
    threshold. `certain` may be below the threshold.
    """
    return min(100.0, max(0.0, 50 + 50 * (value - threshold) / (certain - threshold)))


def computed_labels(
    image: DecodedImage, measurements: Measurements, lines: Iterable[Line]
) -> list[Label]:
    """Return the labels that need no model; see `linear_confidence`."""
    labels = [
        # Most informative first: the order decides between labels of equal confidence.
        *content_labels(image, measurements, lines),
        *_tone_labels(measurements),
        *_color_labels(measurements),
        *_format_labels(image.width, image.height),
    ]
    return [label for label in labels if label.confidence >= 50]


def content_labels(
    image: DecodedImage, measurements: Measurements, lines: Iterable[Line]
) -> list[Label]:
    """Return the computed labels that describe what an image shows, not how it looks."""
    labels = [*_text_labels(lines), *_surface_labels(image, measurements)]
    return [label for label in labels if label.confidence >= 50]


def merge_labels(*groups: Iterable[Label]) -> list[Label]:
    """Return one label per name, with the highest confidence and all instances.

    Labels of equal confidence are in the order of the groups.
    """
    merged: dict[str, Label] = {}
    for label in itertools.chain(*groups):
        other = merged.get(label.name)
        if other is not None:
            label = replace(
                max(label, other, key=lambda each: each.confidence),
                instances=(*other.instances, *label.instances),
            )
        merged[label.name] = label
    return list(merged.values())


def _format_labels(width: int, height: int) -> Iterator[Label]:
    """Yield the format labels, named to avoid confusion with landscapes and portraits."""
    ratio = max(width, height) / min(width, height)
    name = "Landscape Orientation" if width > height else "Portrait Orientation"
    yield Label(name, linear_confidence(ratio, 1.05, 1.25), (VISUAL_COMPOSITION,))
    yield Label("Square Format", linear_confidence(ratio, 1.05, 1.0), (VISUAL_COMPOSITION,))
    yield Label("Panoramic", linear_confidence(ratio, 2.0, 2.5), (VISUAL_COMPOSITION,))


def _tone_labels(measurements: Measurements) -> Iterator[Label]:
    brightness = measurements.quality().brightness
    yield Label("Dark", linear_confidence(brightness, 25, 8), (VISUAL_COMPOSITION,))
    yield Label("Bright", linear_confidence(brightness, 75, 95), (VISUAL_COMPOSITION,))
    # The 99.5th percentile: a few stray pixels do not make a color image.
    channels = measurements.rgb.astype(np.int16)
    chroma = float(np.percentile(channels.max(axis=-1) - channels.min(axis=-1), 99.5))
    gray = linear_confidence(chroma, 24, 8)
    yield Label("Black And White", gray, (VISUAL_COMPOSITION,), ("Monochrome",))
    yield Label(
        "Monochrome", max(gray, _single_hue_confidence(measurements)), (VISUAL_COMPOSITION,)
    )


def _single_hue_confidence(measurements: Measurements) -> float:
    """Return the confidence that all color has one hue: sepia, a blueprint, one ink."""
    lab = measurements.lab.reshape(-1, 3)
    colors = lab[:, 1] + 1j * lab[:, 2]
    strength = float(np.abs(colors).sum())
    if strength < len(lab):  # less than one CIELAB unit on average: no hue
        return 0.0
    return linear_confidence(float(abs(colors.sum())) / strength, 0.97, 0.995)


def _color_labels(measurements: Measurements) -> Iterator[Label]:
    """Yield colors that cover a quarter of the image; certain at three quarters."""
    shares: dict[str, float] = {}
    for color in measurements.dominant:
        shares[color.simplified] = shares.get(color.simplified, 0) + color.share
    for name, share in shares.items():
        yield Label(name.capitalize(), linear_confidence(share, 0.25, 0.75), (VISUAL_COMPOSITION,))


def _surface_labels(image: DecodedImage, measurements: Measurements) -> Iterator[Label]:
    pixels = measurements.rgb.reshape(-1, 3).astype(np.int16)
    median = np.median(pixels[::MEDIAN_STEP], axis=0).astype(np.int16)
    close = (np.abs(pixels - median) <= 12).all(axis=-1)
    blank = linear_confidence(float(close.mean()), 0.97, 0.999)
    yield Label("Blank", blank, (VISUAL_COMPOSITION,))
    # Drawings have areas of exactly one value; camera noise leaves none.
    rows = _sample_rows(image.pixels)
    flat = float((rows[:, 1:] == rows[:, :-1]).all(axis=-1).mean())
    if blank < 50:
        yield Label("Graphics", linear_confidence(flat, 0.7, 0.95), (VISUAL_COMPOSITION,))


def _sample_rows(pixels: Pixels) -> NDArray[np.uint8]:
    """Return `SAMPLED_ROWS` rows at most, at regular distances: rows x width x 3."""
    step = -(-pixels.height // SAMPLED_ROWS)
    rows = [
        np.asarray(pixels.crop((0, top, pixels.width, top + 1)))
        for top in range(0, pixels.height, step)
    ]
    return np.concatenate(rows)


def _text_labels(lines: Iterable[Line]) -> Iterator[Label]:
    """Yield "Text" with the confidence of the best line of more than one character."""
    found = [line.confidence for line in lines if count_letters(line.text) > 1]
    if found:
        yield Label("Text", max(found), (TEXT_AND_DOCUMENTS,))


def object_labels(detections: Iterable[tuple[LabelDefinition, Instance]]) -> list[Label]:
    """Return a label per class, with its instances, and a label per ancestor.

    A label has the confidence of its best instance, an ancestor that of its best descendant.
    """
    labels: dict[str, Label] = {}
    for definition, instance in sorted(detections, key=lambda each: -each[1].confidence):
        label = labels.get(definition.name)
        if label is None or not label.instances:
            label = Label(
                definition.name,
                instance.confidence,
                (definition.category,),
                definition.parents,
                definition.aliases,
            )
        labels[definition.name] = replace(label, instances=(*label.instances, instance))
        for index, parent in enumerate(definition.parents):
            ancestor = Label(
                parent,
                instance.confidence,
                (TAXONOMY.labels[parent].category,),
                definition.parents[index + 1 :],
                TAXONOMY.labels[parent].aliases,
            )
            labels.setdefault(parent, ancestor)
    return list(labels.values())


def filter_labels(
    labels: Iterable[Label],
    limit: int,
    min_confidence: float,
    settings: GeneralLabelsSettings,
) -> list[Label]:
    """Return the labels that match the request, most confident first (stable order)."""
    chosen = [
        _drop_doubtful_instances(label, min_confidence)
        for label in labels
        if label.confidence >= min_confidence and _matches_filters(label, settings)
    ]
    return sorted(chosen, key=lambda label: -label.confidence)[:limit]


def _drop_doubtful_instances(label: Label, min_confidence: float) -> Label:
    kept = tuple(each for each in label.instances if each.confidence >= min_confidence)
    return replace(label, instances=kept)


def _matches_filters(label: Label, settings: GeneralLabelsSettings) -> bool:
    """Exclusions take precedence; without inclusion filters every label is included."""
    names, categories = settings.LabelInclusionFilters, settings.LabelCategoryInclusionFilters
    if label.name in settings.LabelExclusionFilters:
        return False
    if set(label.categories) & set(settings.LabelCategoryExclusionFilters):
        return False
    if not names and not categories:
        return True
    return label.name in names or bool(set(label.categories) & set(categories))


def describe_label(label: Label, measurements: Measurements, colors: int | None) -> dict[str, Any]:
    """Return Rekognition's `Label`, with up to `colors` colors per instance if that is set."""
    return {
        "Name": label.name,
        "Confidence": label.confidence,
        "Instances": [_describe_instance(each, measurements, colors) for each in label.instances],
        "Parents": _name_objects(label.parents),
        "Aliases": _name_objects(label.aliases),
        "Categories": _name_objects(label.categories),
    }


def _describe_instance(
    instance: Instance, measurements: Measurements, colors: int | None
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "BoundingBox": instance.box.describe(),
        "Confidence": instance.confidence,
    }
    if colors is not None:
        described["DominantColors"] = measurements.colors(colors, measurements.mask([instance.box]))
    return described


def _name_objects(names: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"Name": name} for name in names]
