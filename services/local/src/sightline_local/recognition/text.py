"""Text recognition: the port, its RapidOCR adapter and the DetectText response."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import disable_telemetry
from sightline_local.recognition.requests import DetectTextFilters, RegionOfInterest

#: Reported model version: PP-OCRv6, which is bundled with RapidOCR.
MODEL = "sightline-local-1/ppocr-v6-small"

#: Longest side for text recognition, in pixels. The full size finds small print; the quick read
#: decides on the label "Text" and costs a fifth.
READ_SIDE = 1600
QUICK_READ_SIDE = 800

#: Images with a shorter side below this (pixels) are enlarged: tiny letters are hard to read.
MIN_READ_SIDE = 480

#: Words per response. https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
MAX_WORDS = 100

#: Results below this score (0 to 1) are more likely texture than text.
MIN_SCORE = 0.5


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

    def read(self, image: DecodedImage, side: int = READ_SIDE) -> list[Line]:
        """Return the lines from top to bottom, read at this length of the longest side."""


class RapidTextReader:
    """`TextReader` that uses RapidOCR on ONNX Runtime; models are loaded on first use."""

    def __init__(self, threads: int, batch: int) -> None:
        self._engine = Lazy(lambda: _load_engine(threads, batch))
        # The engine is stateful and not thread-safe.
        self._lock = threading.Lock()

    def warm_up(self) -> None:
        """Load the models by reading a page: the engine loads them when it first sees text."""
        page = Image.new("RGB", (MIN_READ_SIDE, MIN_READ_SIDE), "white")
        ImageDraw.Draw(page).text((40, 200), "Sightline", "black", font_size=80)
        self.read(DecodedImage(page, *page.size))

    def read(self, image: DecodedImage, side: int = READ_SIDE) -> list[Line]:
        pixels = _scale(image, side)
        with self._lock:
            found = self._engine.get()(np.asarray(pixels)[:, :, ::-1].copy())
        if found.txts is None or found.boxes is None or found.scores is None:
            return []
        characters = found.word_results
        if len(characters) != len(found.txts):
            characters = [()] * len(found.txts)
        return [
            read_line(text, score, quad, boxes or (), pixels.size)
            for text, score, quad, boxes in zip(
                found.txts, found.scores, found.boxes, characters, strict=True
            )
        ]


def _load_engine(threads: int, batch: int) -> Any:
    # Imported lazily: the import takes half a second.
    from rapidocr import RapidOCR

    disable_telemetry()
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.text_score": MIN_SCORE,
            "Global.return_word_box": True,
            # `read_line` assembles words: the engine does so for plain ASCII lines only.
            "Global.return_single_char_box": True,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "Rec.rec_batch_num": batch,
            # `_scale` chooses the size; the engine would enlarge every image.
            "Det.limit_type": "max",
            "Det.limit_side_len": READ_SIDE,
        }
    )


def _scale(image: DecodedImage, side: int) -> Pixels:
    pixels = image.fit(side)
    longest, shortest = max(pixels.size), min(pixels.size)
    factor = min(MIN_READ_SIDE / shortest, side / longest)
    if factor <= 1:
        return pixels
    width, height = (round(each * factor) for each in pixels.size)
    return pixels.resize((width, height), Image.Resampling.BICUBIC)


def read_line(
    text: str, score: float, quad: Any, characters: Sequence[Any], size: tuple[int, int]
) -> Line:
    """Build a line from the result of the engine.

    `quad` and the boxes of the characters are four corners in pixels. `characters` has text, score
    and box of each non-space character; without them, all characters count as equally wide.
    """
    polygon = _to_fractions(quad, size)
    boxes = [_to_fractions(box, size) for _, _, box in characters]
    scores = [float(each) for _, each, _ in characters]
    if len(boxes) != len("".join(text.split())):
        boxes, scores = list(_divide(text, polygon)), []
    words, start = [], 0
    for word in text.split():
        end = start + len(word)
        confidence = float(np.mean(scores[start:end])) if scores else float(score)
        words.append(Word(word, _percent(confidence), _span(boxes[start:end])))
        start = end
    return Line(text, _percent(float(score)), polygon, tuple(words))


def _to_fractions(quad: Any, size: tuple[int, int]) -> Polygon:
    width, height = size
    return tuple(
        Point(min(1.0, max(0.0, float(x) / width)), min(1.0, max(0.0, float(y) / height)))
        for x, y in quad
    )


def _percent(score: float) -> float:
    return min(100.0, max(0.0, score * 100))


def _divide(text: str, polygon: Polygon) -> Iterator[Polygon]:
    """Yield the polygon of each character as if all were equally wide."""
    top_left, top_right, bottom_right, bottom_left = polygon

    def interpolate(one: Point, other: Point, share: float) -> Point:
        return Point(one.x + (other.x - one.x) * share, one.y + (other.y - one.y) * share)

    for index, character in enumerate(text):
        if not character.isspace():
            begin, end = index / len(text), (index + 1) / len(text)
            yield (
                interpolate(top_left, top_right, begin),
                interpolate(top_left, top_right, end),
                interpolate(bottom_left, bottom_right, end),
                interpolate(bottom_left, bottom_right, begin),
            )


def _span(characters: Sequence[Polygon]) -> Polygon:
    """Return the polygon from the first to the last character; it also fits slanted words."""
    first, last = characters[0], characters[-1]
    return (first[0], last[1], last[2], first[3])


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
