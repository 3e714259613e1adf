"""Face detection with CenterFace, whose weights a Python package carries.

The network reports, for each cell of four pixels, the score of a face centered there, its size, the
offset of its center and five landmarks. https://github.com/Star-Clouds/CenterFace
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sightline_local.recognition.faces import (
    LANDMARKS,
    MAX_FACES,
    Face,
    suppress_overlaps,
)
from sightline_local.recognition.geometry import Point, clip_box
from sightline_local.recognition.image_loading import DecodedImage
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import Session, Signature, Tensor, open_session

#: Longest side of the input, and the shortest side to which small images are enlarged, in pixels.
INPUT_SIDE = 640
MIN_INPUT_SIDE = 320

#: The network requires sides that are multiples of this, in pixels.
STRIDE = 32

#: Size of a cell of the outputs, in pixels.
CELL = 4

#: Minimum score of a face (0 to 1). On 75 photographs no object scored higher than 0.4 and no face
#: lower than 0.6.
MIN_SCORE = 0.5

#: Names of the outputs.
HEATMAP, SIZES, OFFSETS, POINTS = "537", "538", "539", "540"

SIGNATURE = Signature(
    input="input.1",
    shape=(None, 3, None, None),
    outputs={
        HEATMAP: (None, 1, None, None),
        SIZES: (None, 2, None, None),
        OFFSETS: (None, 2, None, None),
        POINTS: (None, 2 * len(LANDMARKS), None, None),
    },
)


class CenterFaceDetector:
    """`FaceDetector` that uses CenterFace, loaded on first use.

    `locate` returns the file of the model, and may raise `ModelError`.
    """

    def __init__(self, locate: Callable[[], Path], threads: int) -> None:
        self._session: Lazy[Session] = Lazy(lambda: open_session(locate(), SIGNATURE, threads))

    def warm_up(self) -> None:
        """Load the model. Raises `ModelError`."""
        self._session.get()

    def detect(self, image: DecodedImage) -> list[Face]:
        tensor = prepare(image)
        rows = read_outputs(self._session.get().run(tensor))
        height, width = tensor.shape[2:]
        faces = [_read_face(row, width, height) for row in suppress_overlaps(rows)]
        return [face for face in faces if face is not None][:MAX_FACES]


def prepare(image: DecodedImage) -> Tensor:
    """Return the input: 1 x 3 x height x width, RGB from 0 to 255."""
    pixels = image.fit(INPUT_SIDE)
    longest, shortest = max(pixels.size), min(pixels.size)
    factor = min(INPUT_SIDE / longest, max(1.0, MIN_INPUT_SIDE / shortest))
    width, height = (max(STRIDE, round(side * factor / STRIDE) * STRIDE) for side in pixels.size)
    scaled = pixels.resize((width, height), Image.Resampling.BILINEAR)
    return np.ascontiguousarray(np.asarray(scaled, dtype=np.float32).transpose(2, 0, 1)[None])


def read_outputs(outputs: Mapping[str, Tensor]) -> NDArray[np.float64]:
    """Return a row per face: left, top, width, height, ten coordinates (pixels), score."""
    scores = outputs[HEATMAP][0, 0].astype(np.float64)
    rows, columns = np.nonzero(scores >= MIN_SCORE)
    # All outputs list the vertical value first.
    size = np.exp(outputs[SIZES][0][::-1, rows, columns].T.astype(np.float64)) * CELL
    offset = outputs[OFFSETS][0][::-1, rows, columns].T.astype(np.float64)
    center = (np.stack([columns, rows], axis=1) + offset + 0.5) * CELL
    corner = center - size / 2
    # Landmarks are shares of the box.
    points = outputs[POINTS][0][:, rows, columns].T.reshape(-1, len(LANDMARKS), 2)[:, :, ::-1]
    points = points * size[:, None] + corner[:, None]
    found = scores[rows, columns]
    return np.hstack([corner, size, points.reshape(len(found), 2 * len(LANDMARKS)), found[:, None]])


def _read_face(row: NDArray[np.float64], width: int, height: int) -> Face | None:
    left, top, wide, high = (float(each) for each in row[:4])
    box = clip_box(left / width, top / height, (left + wide) / width, (top + high) / height)
    if box is None:
        return None
    points = tuple(Point(float(x) / width, float(y) / height) for x, y in row[4:-1].reshape(-1, 2))
    return Face(box, min(100.0, float(row[-1]) * 100), points)
