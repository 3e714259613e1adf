"""Text detection: where the lines of text are, found once at a bounded size and refined nearby.

Detection costs in proportion to the pixels that the network sees. The whole image is therefore
scanned at `SCAN_SIDE`; where the scan finds a trace of small print, and only there, the
surroundings are scanned again at the resolution of the decoded image.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sightline_local.recognition.image_loading import DecodedImage, Pixels
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import Session, Signature, Tensor, open_session

#: Longest side of the image that is scanned for text, in pixels.
SCAN_SIDE = 576

#: Images with a shorter side below this (pixels) are enlarged: tiny letters are hard to find.
MIN_SCAN_SIDE = 480

#: Longest side of the image at which the surroundings of small print are scanned, in pixels.
CLOSE_SIDE = 1600

#: The surroundings are scanned only if they have at least this many times the pixels a side.
MIN_MAGNIFICATION = 1.25

#: Score (0 to 1) from which a pixel of the scan is a trace of text.
TRACE_SCORE = 0.2

#: Lines of at least this height in the scan (pixels) are large enough to be located by it.
LARGE_PRINT = 24

#: Margin around small print within which more of it is searched, as a share of the longest side.
SURROUNDINGS = 0.08

#: If the surroundings cover at least this share of the image, all of it is scanned.
WHOLE_IMAGE_SHARE = 0.6

#: The network requires sides that are multiples of this, in pixels.
STRIDE = 32

#: Input and output of PP-OCR's detector: the probability of text per pixel.
SIGNATURE = Signature(
    input="x", shape=(None, 3, None, None), outputs={"fetch_name_0": (None, 1, None, None)}
)

#: Lines of text: n x 4 corners x 2 coordinates (x, y) in pixels, clockwise from the top left.
Quads = NDArray[np.float32]


class Window(NamedTuple):
    """A part of an image, in pixels; `right` and `bottom` are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)


class TextFinder:
    """Locates lines of text with PP-OCR's detector."""

    def __init__(self, model: Path, threads: int) -> None:
        self._session: Lazy[Session] = Lazy(lambda: open_session(model, SIGNATURE, threads))
        self._postprocess: Lazy[Any] = Lazy(_load_postprocessing)

    def find(self, image: DecodedImage) -> Quads:
        """Return the lines, in pixels of `image.pixels`, from top to bottom."""
        pixels = image.pixels
        preview = image.fit(SCAN_SIDE)
        scores, quads = self._scan(preview, SCAN_SIDE)
        height, width = scores.shape
        in_scan = quads * _ratio((width, height), preview.size)
        quads = quads * _ratio(pixels.size, preview.size)
        if min(CLOSE_SIDE, max(pixels.size)) < MIN_MAGNIFICATION * max(width, height):
            return _sort(quads)
        windows = [
            _scale_window(each, (width, height), pixels.size)
            for each in find_windows(scores, in_scan)
        ]
        if sum(each.area for each in windows) >= WHOLE_IMAGE_SHARE * pixels.width * pixels.height:
            windows = [Window(0, 0, *pixels.size)]
        distant = quads[~_are_inside(quads, windows)]
        return _sort(np.concatenate([distant, *(self._look(pixels, each) for each in windows)]))

    def _look(self, pixels: Pixels, window: Window) -> Quads:
        """Return the lines in a window, scanned at close range."""
        scale = min(1.0, CLOSE_SIDE / max(pixels.size))
        side = max(window.right - window.left, window.bottom - window.top)
        _, quads = self._scan(pixels.crop(window), round(side * scale))
        return quads + np.array(window[:2], dtype=np.float32)

    def _scan(self, pixels: Pixels, side: int) -> tuple[Tensor, Quads]:
        """Return the score of each pixel at this longest side, and the lines in `pixels`."""
        scaled = pixels.resize(
            fit_to_stride(pixels.size, side), Image.Resampling.BILINEAR, reducing_gap=2.0
        )
        values = np.asarray(scaled, dtype=np.float32)[:, :, ::-1].transpose(2, 0, 1) / 127.5 - 1
        scores = self._session.get().run(np.ascontiguousarray(values[None]))["fetch_name_0"]
        quads, _ = self._postprocess.get()(scores, (pixels.height, pixels.width))
        return scores[0, 0], np.asarray(quads, dtype=np.float32).reshape(-1, 4, 2)


def _load_postprocessing() -> Any:
    # Imported lazily: the import takes half a second.
    from rapidocr.ch_ppocr_det.utils import DBPostProcess

    # The parameters of PP-OCR's detector that RapidOCR uses.
    # https://github.com/RapidAI/RapidOCR/blob/main/python/rapidocr/config.yaml
    return DBPostProcess(thresh=0.3, box_thresh=0.5, unclip_ratio=1.6, use_dilation=True)


def fit_to_stride(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return a size with this longest side at most, and sides that are multiples of `STRIDE`.

    Small images are enlarged to `MIN_SCAN_SIDE`, as far as the longest side permits.
    """
    longest, shortest = max(size), min(size)
    factor = min(side / longest, max(1.0, MIN_SCAN_SIDE / shortest))
    width, height = (max(STRIDE, round(each * factor / STRIDE) * STRIDE) for each in size)
    return width, height


def find_windows(scores: Tensor, quads: Quads) -> list[Window]:
    """Return the surroundings of the traces of small print, merged until none overlap.

    `scores` are those of the scan, `quads` its lines in the same pixels.
    """
    import cv2

    height, width = scores.shape
    traces = (scores >= TRACE_SCORE).astype(np.uint8)
    for quad in quads:
        if _line_height(quad) >= LARGE_PRINT:
            cv2.fillPoly(traces, [np.rint(quad).astype(np.int32)], 0)
    _, _, stats, _ = cv2.connectedComponentsWithStats(traces)
    margin = round(SURROUNDINGS * max(width, height))
    windows = [
        Window(
            max(0, left - margin),
            max(0, top - margin),
            min(width, left + wide + margin),
            min(height, top + high + margin),
        )
        for left, top, wide, high, _ in stats[1:].tolist()
    ]
    return merge_windows(windows)


def merge_windows(windows: list[Window]) -> list[Window]:
    """Return windows that do not overlap and cover the given ones."""
    merged: list[Window] = []
    for window in windows:
        current = window
        while overlapping := [each for each in merged if _overlap(each, current)]:
            merged = [each for each in merged if each not in overlapping]
            sides = list(zip(current, *overlapping, strict=True))
            current = Window(min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3]))
        merged.append(current)
    return merged


def _overlap(one: Window, other: Window) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def _line_height(quad: Quads) -> float:
    return float(min(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[0] - quad[1])))


def _ratio(size: tuple[int, int], other: tuple[int, int]) -> Quads:
    return np.array([size[0] / other[0], size[1] / other[1]], dtype=np.float32)


def _scale_window(window: Window, size: tuple[int, int], target: tuple[int, int]) -> Window:
    across, down = target[0] / size[0], target[1] / size[1]
    return Window(
        int(window.left * across),
        int(window.top * down),
        min(target[0], round(window.right * across)),
        min(target[1], round(window.bottom * down)),
    )


def _are_inside(quads: Quads, windows: list[Window]) -> NDArray[np.bool_]:
    """Return which lines have their center in one of the windows."""
    x, y = quads.mean(axis=1).T if len(quads) else np.empty((2, 0))
    inside = np.zeros(len(quads), dtype=bool)
    for left, top, right, bottom in windows:
        inside |= (x >= left) & (x < right) & (y >= top) & (y < bottom)
    return inside


#: Lines whose tops differ by less than this (pixels) are in one row, ordered from left to right.
ROW_PIXELS = 10


def _sort(quads: Quads) -> Quads:
    """Order the lines from top to bottom, and from left to right within a row."""
    by_top = quads[np.argsort(quads[:, 0, 1], kind="stable")]
    rows = np.cumsum(np.diff(by_top[:, 0, 1], prepend=-np.inf) >= ROW_PIXELS)
    return by_top[np.lexsort((by_top[:, 0, 0], rows))]


def line_areas(quads: Quads) -> NDArray[np.float32]:
    """Return the area of each line, in square pixels."""
    across = np.linalg.norm(quads[:, 0] - quads[:, 1], axis=1)
    down = np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1)
    areas: NDArray[np.float32] = across * down
    return areas
