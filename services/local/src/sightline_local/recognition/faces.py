"""Face detection: the port, its YuNet adapter and the DetectFaces response."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sightline_local.recognition.errors import AccessDenied
from sightline_local.recognition.geometry import (
    Box,
    Point,
    box_polygon,
    center,
    clip_box,
    is_inside,
)
from sightline_local.recognition.image_loading import DecodedImage
from sightline_local.recognition.image_properties import Measurements, measure
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import Session, Signature, Tensor, open_session

#: Side of the square model input, in pixels.
INPUT_SIDE = 640

#: Cell sizes of the three detection grids, in pixels.
STRIDES = (8, 16, 32)

#: Minimum score of a face, and maximum overlap (IoU) of two faces. Both are the model's defaults: https://github.com/opencv/opencv_zoo/tree/main/models/face_detection_yunet
MIN_SCORE = 0.6
MAX_OVERLAP = 0.3

#: Confidence from which a face counts without a detected person: below it, animals and patterns
#: look like faces.
SURE_CONFIDENCE = 65.0

#: Faces per response, as in Rekognition.
MAX_FACES = 100

#: The model's landmarks, in its order. The model's left and right are those of the person;
#: Rekognition's are those of the image.
LANDMARKS = ("eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight")

#: Per stride and cell: face score, objectness, box and five landmarks.
SIGNATURE = Signature(
    input="input",
    shape=(None, 3, INPUT_SIDE, INPUT_SIDE),
    outputs={
        f"{kind}_{stride}": (None, (INPUT_SIDE // stride) ** 2, size)
        for kind, size in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10))
        for stride in STRIDES
    },
)


@dataclass(frozen=True, slots=True)
class Face:
    """A detected face; `confidence` is 0 to 100, landmarks are in the order of `LANDMARKS`."""

    box: Box
    confidence: float
    landmarks: tuple[Point, ...]


class FaceDetector(Protocol):
    """Detects faces; it neither identifies people nor estimates emotions."""

    def detect(self, image: DecodedImage) -> list[Face]:
        """Return the faces, most confident first. Raises `AccessDenied` without a model."""


class NullFaceDetector:
    """`FaceDetector` without a model: it fails rather than report that there are no faces."""

    def detect(self, image: DecodedImage) -> list[Face]:
        raise AccessDenied(
            "No model for faces is installed. Download it with "
            "`python -m sightline_local.recognition.models`."
        )


class OnnxFaceDetector:
    """`FaceDetector` that uses YuNet, loaded on first use."""

    def __init__(self, path: Path, threads: int) -> None:
        self._session: Lazy[Session] = Lazy(lambda: open_session(path, SIGNATURE, threads))

    def warm_up(self) -> None:
        """Load the model. Raises `ModelError`."""
        self._session.get()

    def detect(self, image: DecodedImage) -> list[Face]:
        tensor, width, height = prepare(image)
        outputs = self._session.get().run(tensor)
        rows = np.concatenate([_read_stride(outputs, stride) for stride in STRIDES])
        faces = [_read_face(row, width, height) for row in suppress_overlaps(rows)]
        return [face for face in faces if face is not None][:MAX_FACES]


def prepare(image: DecodedImage) -> tuple[Tensor, int, int]:
    """Return the input (1 x 3 x 640 x 640, BGR from 0 to 255), and the image's size in it.

    The image keeps its aspect ratio, in the top left corner. A small image is enlarged.
    """
    factor = INPUT_SIDE / max(image.pixels.size)
    width, height = (max(1, round(each * factor)) for each in image.pixels.size)
    square = Image.new("RGB", (INPUT_SIDE, INPUT_SIDE))
    square.paste(image.fit(INPUT_SIDE).resize((width, height), Image.Resampling.BILINEAR), (0, 0))
    values = np.asarray(square, dtype=np.float32)[:, :, ::-1].transpose(2, 0, 1)
    return np.ascontiguousarray(values[None]), width, height


def _read_stride(outputs: Any, stride: int) -> NDArray[np.float64]:
    """Return a row per candidate: left, top, width, height, ten coordinates (pixels), score."""
    kinds = (outputs[f"{kind}_{stride}"][0] for kind in ("cls", "obj", "bbox", "kps"))
    face_score, objectness, box, points = (each.astype(np.float64) for each in kinds)
    scores = np.sqrt(np.clip(face_score[:, 0], 0, 1) * np.clip(objectness[:, 0], 0, 1))
    cells = np.flatnonzero(scores >= MIN_SCORE)
    columns = INPUT_SIDE // stride
    corner = np.stack([cells % columns, cells // columns], axis=1).astype(np.float64)
    # The box center is relative to the cell's corner, in strides; sizes are logarithms.
    center = (corner + box[cells, :2]) * stride
    size = np.exp(np.clip(box[cells, 2:], -10, 10)) * stride
    landmarks = (points[cells].reshape(-1, 5, 2) + corner[:, None]) * stride
    return np.hstack([center - size / 2, size, landmarks.reshape(-1, 10), scores[cells, None]])


def suppress_overlaps(rows: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return the best row of each group of overlapping boxes (non-maximum suppression)."""
    remaining = rows[np.argsort(-rows[:, -1], kind="stable")]
    kept = []
    while len(remaining):
        best, remaining = remaining[0], remaining[1:]
        kept.append(best)
        remaining = remaining[_overlap(best, remaining) <= MAX_OVERLAP]
    return kept


def _overlap(one: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the intersection over union (IoU) of one box with each of the others."""
    low = np.maximum(one[:2], others[:, :2])
    high = np.minimum(one[:2] + one[2:4], others[:, :2] + others[:, 2:4])
    intersection = np.clip(high - low, 0, None).prod(axis=1)
    union = one[2:4].prod() + others[:, 2:4].prod(axis=1) - intersection
    ratio: NDArray[np.float64] = intersection / union
    return ratio


def _read_face(row: NDArray[np.float64], width: int, height: int) -> Face | None:
    left, top, wide, high = (float(each) for each in row[:4])
    box = clip_box(left / width, top / height, (left + wide) / width, (top + high) / height)
    if box is None:
        return None
    landmarks = row[4:14].reshape(5, 2)
    points = tuple(Point(float(x) / width, float(y) / height) for x, y in landmarks)
    return Face(box, min(100.0, float(row[14]) * 100), points)


def confirm_faces(faces: Iterable[Face], people: Sequence[Box]) -> list[Face]:
    """Return the faces that are sure or whose center is inside a detected person."""
    return [
        face
        for face in faces
        if face.confidence >= SURE_CONFIDENCE
        or any(is_inside(center(box_polygon(face.box)), box_polygon(each)) for each in people)
    ]


def build_faces_response(image: DecodedImage, faces: list[Face]) -> dict[str, Any]:
    """Return Rekognition's `DetectFacesResponse`."""
    if not faces:
        return {"FaceDetails": []}
    measurements = measure(image)
    return {"FaceDetails": [_describe(image, measurements, face) for face in faces]}


def _describe(image: DecodedImage, measurements: Measurements, face: Face) -> dict[str, Any]:
    """Return only what is known: of the pose the roll (from the eyes), not yaw or pitch."""
    quality = measurements.quality(measurements.mask([face.box]))
    return {
        "BoundingBox": face.box.describe(),
        "Confidence": face.confidence,
        "Landmarks": [
            {"Type": kind, "X": point.x, "Y": point.y}
            for kind, point in zip(LANDMARKS, face.landmarks, strict=True)
        ],
        "Pose": {"Roll": _roll(image, face)},
        "Quality": {"Brightness": quality.brightness, "Sharpness": quality.sharpness},
    }


def _roll(image: DecodedImage, face: Face) -> float:
    """Return the clockwise tilt of the line through the eyes, in degrees."""
    left, right = face.landmarks[:2]
    across = (right.x - left.x) * image.width
    return math.degrees(math.atan2((right.y - left.y) * image.height, across))
