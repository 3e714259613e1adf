"""Text recognition: the characters of lines that were located, by PP-OCR's recognizer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sightline_local.recognition.image_loading import Pixels
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import OnnxSession, Signature, Tensor, open_session
from sightline_local.recognition.text_detection import Quads

#: Height of the recognizer's input, and the granularity and minimum of its width, in pixels.
LINE_HEIGHT = 48
WIDTH_STEP = 32
MIN_WIDTH = 128

#: Sum of the widths in a batch, in pixels: the scores of 18,710 characters take 9 kB per pixel.
MAX_BATCH_WIDTH = 1920

#: Pixels around a line that bicubic interpolation reads.
CUT_MARGIN = 2

#: A line at least this many times as high as wide is written vertically and is rotated.
VERTICAL_RATIO = 1.5

#: A line below this score (0 to 1) may be upside down and is read a second time, rotated.
UPSIDE_DOWN_SCORE = 0.8

#: Input and output of PP-OCR's recognizer: a score per column and character.
SIGNATURE = Signature(
    input="x",
    shape=(None, 3, LINE_HEIGHT, None),
    outputs={"fetch_name_0": (None, None, None)},
)

#: One line as an image: height x width x 3, BGR.
Crop = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A recognized line.

    `quad` starts at the beginning of the text. `scores` (0 to 1) and `centers` (share of the length
    of the line) are those of each character of `text`, including spaces.
    """

    text: str
    quad: Quads
    scores: tuple[float, ...]
    centers: tuple[float, ...]

    @property
    def score(self) -> float:
        return float(np.mean(self.scores)) if self.scores else 0.0


class LineRecognizer:
    """Recognizes lines in batches of similar length."""

    def __init__(self, model: Path, threads: int, batch: int) -> None:
        self._session: Lazy[OnnxSession] = Lazy(lambda: open_session(model, SIGNATURE, threads))
        self._characters: Lazy[list[str]] = Lazy(self._read_characters)
        self._batch = batch

    def recognize(self, pixels: Pixels, quads: Quads) -> list[ReadLine]:
        """Return the line in each quad of an RGB image, in their order."""
        pairs = [cut_line(pixels, quad) for quad in quads]
        lines = self._recognize_crops(pairs)
        doubtful = [number for number, line in enumerate(lines) if line.score < UPSIDE_DOWN_SCORE]
        turned = self._recognize_crops([_turn(*pairs[number]) for number in doubtful])
        for number, line in zip(doubtful, turned, strict=True):
            if line.score > lines[number].score:
                lines[number] = line
        return lines

    def _recognize_crops(self, pairs: Sequence[tuple[Crop, Quads]]) -> list[ReadLine]:
        widths = [_input_width(crop) for crop, _ in pairs]
        order = sorted(range(len(pairs)), key=widths.__getitem__)
        lines: dict[int, ReadLine] = {}
        while order:
            # The widest lines first, so that the first batch needs the most memory.
            size = min(self._batch, max(1, MAX_BATCH_WIDTH // widths[order[-1]]))
            numbers, order = order[-size:], order[:-size]
            tensor = prepare([pairs[number][0] for number in numbers])
            outputs = self._session.get().run(tensor)["fetch_name_0"]
            for number, scores in zip(numbers, outputs, strict=True):
                share = widths[number] / tensor.shape[3]
                lines[number] = self._decode(scores, share, pairs[number][1])
        return [lines[number] for number in range(len(pairs))]

    def _decode(self, scores: Tensor, share: float, quad: Quads) -> ReadLine:
        """Decode by CTC: drop repetitions, then blanks. The line is `share` of the columns."""
        best = scores.argmax(axis=1)
        columns = np.flatnonzero((best != np.roll(best, 1)) | (np.arange(len(best)) == 0))
        columns = columns[best[columns] != 0]
        characters = self._characters.get()
        return ReadLine(
            "".join(characters[best[column]] for column in columns),
            quad,
            tuple(float(scores[column, best[column]]) for column in columns),
            tuple(min(1.0, float(column + 0.5) / len(best) / share) for column in columns),
        )

    def _read_characters(self) -> list[str]:
        """Return the characters by class; class 0 is CTC's blank, the last one a space."""
        return ["", *self._session.get().metadata["character"].splitlines(), " "]


def cut_line(pixels: Pixels, quad: Quads) -> tuple[Crop, Quads]:
    """Return a straightened line, and its quad from the beginning of the text.

    A vertical line is rotated by 90 degrees counterclockwise.
    """
    import cv2

    width, height = (
        max(1, int(max(np.linalg.norm(one - other), np.linalg.norm(third - fourth))))
        for one, other, third, fourth in (quad[[0, 1, 2, 3]], quad[[0, 3, 1, 2]])
    )
    surroundings, offset = _cut_surroundings(pixels, quad)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    transform = cv2.getPerspectiveTransform(np.ascontiguousarray(quad - offset), corners)
    crop: Crop = cv2.warpPerspective(
        surroundings,
        transform,
        (width, height),
        borderMode=cv2.BORDER_REPLICATE,
        flags=cv2.INTER_CUBIC,
    ).astype(np.uint8)
    if height < VERTICAL_RATIO * width:
        return crop, quad
    return np.rot90(crop), np.roll(quad, -1, axis=0)


def _cut_surroundings(pixels: Pixels, quad: Quads) -> tuple[Crop, Quads]:
    """Return the upright part of an image that shows a quad, and its top left corner (x, y).

    A copy of the whole image, per line or once, would take more memory and time than the line.
    """
    left, top = np.clip(np.floor(quad.min(axis=0)) - CUT_MARGIN, 0, np.array(pixels.size) - 1)
    right, bottom = np.clip(np.ceil(quad.max(axis=0)) + CUT_MARGIN, 1, pixels.size)
    part = np.asarray(pixels.crop((int(left), int(top), int(right), int(bottom))))
    return np.ascontiguousarray(part[:, :, ::-1]), np.array([left, top], dtype=np.float32)


def _turn(crop: Crop, quad: Quads) -> tuple[Crop, Quads]:
    """Rotate a line by 180 degrees."""
    return crop[::-1, ::-1], np.roll(quad, -2, axis=0)


def _input_width(crop: Crop) -> int:
    height, width = crop.shape[:2]
    return max(1, int(np.ceil(width / height * LINE_HEIGHT)))


def prepare(crops: Sequence[Crop]) -> Tensor:
    """Return a batch: lines scaled to `LINE_HEIGHT`, from -1 to 1, padded with 0 on the right."""
    import cv2

    widest = max(MIN_WIDTH, *(_input_width(crop) for crop in crops))
    batch = np.zeros(
        (len(crops), 3, LINE_HEIGHT, -(-widest // WIDTH_STEP) * WIDTH_STEP), dtype=np.float32
    )
    for values, crop in zip(batch, crops, strict=True):
        width = _input_width(crop)
        scaled = cv2.resize(np.ascontiguousarray(crop), (width, LINE_HEIGHT))
        values[:, :, :width] = scaled.transpose(2, 0, 1) / np.float32(127.5) - 1
    return batch


def split_words(line: ReadLine) -> Iterator[slice]:
    """Yield the characters of each word."""
    start = 0
    for end in range(len(line.text) + 1):
        if end == len(line.text) or line.text[end].isspace():
            if end > start:
                yield slice(start, end)
            start = end + 1
