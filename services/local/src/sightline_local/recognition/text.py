"""Text recognition: the port, its RapidOCR adapter and the DetectText response."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image, ImageDraw

from sightline_local.recognition.geometry import (
    Box,
    Point,
    Polygon,
    bounding_box,
    box_polygon,
    center,
    describe_geometry,
    is_inside,
)
from sightline_local.recognition.image_loading import DecodedImage, Pixels
from sightline_local.recognition.requests import DetectTextFilters, RegionOfInterest
from sightline_local.recognition.text_detection import Quads, TextFinder, line_areas
from sightline_local.recognition.text_recognition import LineRecognizer, ReadLine, split_words

#: Reported model version: PP-OCRv6, which is bundled with RapidOCR.
MODEL = "sightline-local-1/ppocr-v6-small"

#: The models in RapidOCR's package.
DETECTION_FILE = "PP-OCRv6_det_small.onnx"
RECOGNITION_FILE = "PP-OCRv6_rec_small.onnx"

#: Lines that decide on the label "Text": one batch.
LARGEST_LINES = 6

#: Words per response. https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
MAX_WORDS = 100

#: Results below this score (0 to 1) are more likely texture than text. Lines of a few letters and
#: digits need a higher one: fur and cups are read as "do" and "8" with scores of up to 0.85.
MIN_SCORE = 0.5
MIN_SHORT_SCORE = 0.9

#: Letters and digits from which a line is not short.
MIN_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word; `confidence` is 0 to 100, `polygon` is clockwise from the start of the text."""

    text: str
    confidence: float
    polygon: Polygon


@dataclass(frozen=True, slots=True)
class Line(Word):
    """A line of text and its words."""

    words: tuple[Word, ...]


class TextReader(Protocol):
    """Reads the text in an image."""

    def read(self, image: DecodedImage) -> list[Line]:
        """Return the lines from top to bottom."""

    def read_largest(self, image: DecodedImage) -> list[Line]:
        """Return some of the lines, the largest ones."""


class RapidTextReader:
    """`TextReader` that uses the PP-OCR models of RapidOCR; they are loaded on first use.

    Lines that one operation located or read are not located or read by the next one.
    """

    def __init__(self, threads: int, batch: int) -> None:
        folder = _find_models()
        self._finder = TextFinder(folder / DETECTION_FILE, threads)
        self._recognizer = LineRecognizer(folder / RECOGNITION_FILE, threads, batch)

    def warm_up(self) -> None:
        """Load the models by reading a page."""
        page = Image.new("RGB", (480, 480), "white")
        ImageDraw.Draw(page).text((40, 200), "Sightline", "black", font_size=80)
        self.read(DecodedImage(page, *page.size))

    def read(self, image: DecodedImage) -> list[Line]:
        return self._text_of(image).read()

    def read_largest(self, image: DecodedImage) -> list[Line]:
        return self._text_of(image).read_largest(LARGEST_LINES)

    def _text_of(self, image: DecodedImage) -> "ImageText":
        return image.memo.get(
            "text", lambda: ImageText(image.pixels, self._finder.find(image), self._recognizer)
        )


class ImageText:
    """The lines that were located in an image, each read once at most."""

    def __init__(self, pixels: Pixels, quads: Quads, recognizer: LineRecognizer) -> None:
        self._pixels = pixels
        self._quads = quads
        self._recognizer = recognizer
        self._lock = threading.Lock()
        self._lines: dict[int, Line | None] = {}

    def read(self) -> list[Line]:
        """Return all lines, from top to bottom."""
        return self._read(range(len(self._quads)))

    def read_largest(self, count: int) -> list[Line]:
        """Return the lines of the `count` largest areas; all lines if they were read already."""
        with self._lock:
            known = [line for line in self._lines.values() if line is not None]
        if len(self._lines) == len(self._quads):
            return known
        return self._read([int(each) for each in np.argsort(-line_areas(self._quads))[:count]])

    def _read(self, numbers: Sequence[int]) -> list[Line]:
        with self._lock:
            missing = [number for number in numbers if number not in self._lines]
            if missing:
                found = self._recognizer.recognize(self._pixels, self._quads[missing])
                for number, line in zip(missing, found, strict=True):
                    self._lines[number] = describe_line(line, self._pixels.size)
            lines = (self._lines[number] for number in numbers)
            return [line for line in lines if line is not None]


def _find_models() -> Path:
    """Return the folder of the models in RapidOCR's package, without importing it."""
    package = find_spec("rapidocr")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("rapidocr is not installed")
    return Path(package.origin).parent / "models"


def describe_line(line: ReadLine, size: tuple[int, int]) -> Line | None:
    """Return the line and its words, or None if it is blank or more likely texture than text.

    `size` is that of the image, in pixels. A word reaches halfway to the spaces around it.
    """
    words = list(split_words(line))
    if not words or line.score < _min_score(line.text):
        return None
    polygon = _to_fractions(line.quad, size)
    middles = [(one + other) / 2 for one, other in pairwise(line.centers)]
    limits = [0.0, *middles, 1.0]
    return Line(
        " ".join(line.text[word] for word in words),
        _percent(line.score),
        polygon,
        tuple(
            Word(
                line.text[word],
                _percent(float(np.mean(line.scores[word]))),
                _cut(polygon, limits[word.start], limits[word.stop]),
            )
            for word in words
        ),
    )


def _min_score(text: str) -> float:
    """Return the score from which the text counts; more than 1 if it has no letter or digit."""
    letters = count_letters(text)
    if letters == 0:
        return 2.0
    return MIN_SHORT_SCORE if letters < MIN_LETTERS else MIN_SCORE


def count_letters(text: str) -> int:
    """Return the number of letters and digits."""
    return sum(map(str.isalnum, text))


def _to_fractions(quad: Quads, size: tuple[int, int]) -> Polygon:
    width, height = size
    return tuple(
        Point(min(1.0, max(0.0, float(x) / width)), min(1.0, max(0.0, float(y) / height)))
        for x, y in quad
    )


def _percent(score: float) -> float:
    return min(100.0, max(0.0, score * 100))


def _cut(polygon: Polygon, begin: float, end: float) -> Polygon:
    """Return the part of a line between two shares of its length; it also fits slanted words."""
    top_left, top_right, bottom_right, bottom_left = polygon

    def interpolate(one: Point, other: Point, share: float) -> Point:
        return Point(one.x + (other.x - one.x) * share, one.y + (other.y - one.y) * share)

    return (
        interpolate(top_left, top_right, begin),
        interpolate(top_left, top_right, end),
        interpolate(bottom_left, bottom_right, end),
        interpolate(bottom_left, bottom_right, begin),
    )


def build_text_response(lines: Iterable[Line], filters: DetectTextFilters) -> dict[str, Any]:
    """Return Rekognition's `DetectTextResponse`: the lines, then their words."""
    kept = list(_limit(_filter(lines, filters)))
    detections = [_describe(line, "LINE", number, None) for number, line in enumerate(kept)]
    for parent, line in enumerate(kept):
        for word in line.words:
            detections.append(_describe(word, "WORD", len(detections), parent))
    return {"TextDetections": detections, "TextModelVersion": MODEL}


def _describe(text: Word, kind: str, number: int, parent: int | None) -> dict[str, Any]:
    detection = {
        "DetectedText": text.text,
        "Type": kind,
        "Id": number,
        "Confidence": text.confidence,
        "Geometry": describe_geometry(text.polygon),
    }
    return detection if parent is None else {**detection, "ParentId": parent}


def _filter(lines: Iterable[Line], filters: DetectTextFilters) -> Iterator[Line]:
    """Drop the words that the filters exclude, and lines without words."""
    for line in lines:
        words = tuple(word for word in line.words if _passes(word, filters))
        if words:
            yield _shorten(line, words)


def _limit(lines: Iterable[Line]) -> Iterator[Line]:
    """Keep the first `MAX_WORDS` words."""
    remaining = MAX_WORDS
    for line in lines:
        if remaining:
            words = line.words[:remaining]
            remaining -= len(words)
            yield _shorten(line, words)


def _shorten(line: Line, words: tuple[Word, ...]) -> Line:
    """Return the line reduced to some of its words."""
    if len(words) == len(line.words):
        return line
    corners = tuple(point for word in words for point in word.polygon)
    return replace(
        line,
        text=" ".join(word.text for word in words),
        polygon=box_polygon(bounding_box(corners)),
        words=words,
    )


def _passes(word: Word, filters: DetectTextFilters) -> bool:
    regions, wanted = filters.RegionsOfInterest, filters.WordFilter
    if regions and not any(is_inside(center(word.polygon), _outline(each)) for each in regions):
        return False
    if wanted is None:
        return True
    box = bounding_box(word.polygon)
    return (
        word.confidence >= wanted.MinConfidence
        and box.height >= wanted.MinBoundingBoxHeight
        and box.width >= wanted.MinBoundingBoxWidth
    )


def _outline(region: RegionOfInterest) -> Polygon:
    if region.Polygon is not None:
        return tuple(Point(point.X, point.Y) for point in region.Polygon)
    box = region.BoundingBox
    assert box is not None  # noqa: S101 - a region has one or the other
    return box_polygon(Box(box.Left, box.Top, box.Width, box.Height))
