"""Finding faces: the port, YuNet behind it, and Rekognition's DetectFaces."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sightline_local.recognition.errors import AccessDenied
from sightline_local.recognition.geometry import Box, Point, clip_box
from sightline_local.recognition.image_loading import DecodedImage
from sightline_local.recognition.image_properties import Measurements
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import Session, Signature, Tensor, open_session

#: The side of the square that the model looks at, in pixels.
INPUT_SIDE = 640

#: Pixels between the places that the three outputs of each kind look at.
STRIDES = (8, 16, 32)

#: Below this it is no face, and two boxes that share more than this are of one face. Both are
#: the model's own: https://github.com/opencv/opencv_zoo/tree/main/models/face_detection_yunet
MIN_SCORE = 0.6
MAX_OVERLAP = 0.3

#: In an answer; the service knows no more either.
MAX_FACES = 100

#: The model's landmarks in its order. It calls left and right what is so for the person,
#: Rekognition what is so in the picture.
LANDMARKS = ("eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight")

#: For each stride: is it a face, how sure is that, the box, and five points, for each place.
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
    """`confidence` is 0 to 100; landmarks in the order of `LANDMARKS`."""

    box: Box
    confidence: float
    landmarks: tuple[Point, ...]


class FaceDetector(Protocol):
    """Finds faces. It does not know whose they are, nor what is on their mind."""

    def detect(self, image: DecodedImage) -> list[Face]:
        """The surest first. Raises `AccessDenied` where there is no model."""


class NullFaceDetector:
    """`FaceDetector` that refuses: to say that there is no face would be an invention."""

    def detect(self, image: DecodedImage) -> list[Face]:
        raise AccessDenied(
            "There is no model for faces here: fetch it with "
            "`python -m sightline_local.recognition.models`."
        )


class OnnxFaceDetector:
    """`FaceDetector` by YuNet, loaded at the first use."""

    def __init__(self, path: Path, threads: int) -> None:
        self._session: Lazy[Session] = Lazy(lambda: open_session(path, SIGNATURE, threads))

    def warm_up(self) -> None:
        """Load the model now. Raises `ModelError`."""
        self._session.get()

    def detect(self, image: DecodedImage) -> list[Face]:
        tensor, width, height = prepare(image)
        outputs = self._session.get().run(tensor)
        rows = np.concatenate([_read_stride(outputs, stride) for stride in STRIDES])
        faces = [_read_face(row, width, height) for row in _suppress_overlaps(rows)]
        return [face for face in faces if face is not None][:MAX_FACES]


def prepare(image: DecodedImage) -> tuple[Tensor, int, int]:
    """1 x 3 x 640 x 640, BGR from 0 to 255, and the part of it that is the picture.

    The picture keeps its shape, in the top left corner; a small one is enlarged.
    """
    factor = INPUT_SIDE / max(image.pixels.size)
    width, height = (max(1, round(each * factor)) for each in image.pixels.size)
    square = Image.new("RGB", (INPUT_SIDE, INPUT_SIDE))
    square.paste(image.pixels.resize((width, height), Image.Resampling.BILINEAR), (0, 0))
    values = np.asarray(square, dtype=np.float32)[:, :, ::-1].transpose(2, 0, 1)
    return np.ascontiguousarray(values[None]), width, height


def _read_stride(outputs: Any, stride: int) -> NDArray[np.float64]:
    """One row per likely face: left, top, width, height, ten coordinates, score, in pixels."""
    kinds = (outputs[f"{kind}_{stride}"][0] for kind in ("cls", "obj", "bbox", "kps"))
    is_face, sure, box, points = (each.astype(np.float64) for each in kinds)
    scores = np.sqrt(np.clip(is_face[:, 0], 0, 1) * np.clip(sure[:, 0], 0, 1))
    places = np.flatnonzero(scores >= MIN_SCORE)
    columns = INPUT_SIDE // stride
    corner = np.stack([places % columns, places // columns], axis=1).astype(np.float64)
    # From the place's corner to the middle in strides; the sizes are logarithms.
    center = (corner + box[places, :2]) * stride
    size = np.exp(np.clip(box[places, 2:], -10, 10)) * stride
    marks = (points[places].reshape(-1, 5, 2) + corner[:, None]) * stride
    return np.hstack([center - size / 2, size, marks.reshape(-1, 10), scores[places, None]])


def _suppress_overlaps(rows: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The surest row of each group of boxes that overlap."""
    left = rows[np.argsort(-rows[:, -1], kind="stable")]
    kept = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        left = left[_overlap(best, left) <= MAX_OVERLAP]
    return kept


def _overlap(one: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the boxes share of what they cover together."""
    low = np.maximum(one[:2], others[:, :2])
    high = np.minimum(one[:2] + one[2:4], others[:, :2] + others[:, 2:4])
    common = np.clip(high - low, 0, None).prod(axis=1)
    together = one[2:4].prod() + others[:, 2:4].prod(axis=1) - common
    shares: NDArray[np.float64] = common / together
    return shares


def _read_face(row: NDArray[np.float64], width: int, height: int) -> Face | None:
    left, top, wide, high = (float(each) for each in row[:4])
    box = clip_box(left / width, top / height, (left + wide) / width, (top + high) / height)
    if box is None:
        return None
    marks = row[4:14].reshape(5, 2)
    points = tuple(Point(float(x) / width, float(y) / height) for x, y in marks)
    return Face(box, min(100.0, float(row[14]) * 100), points)


def build_faces_response(image: DecodedImage, faces: list[Face]) -> dict[str, Any]:
    """Rekognition's `DetectFacesResponse`."""
    if not faces:
        return {"FaceDetails": []}
    measurements = Measurements(image)
    return {"FaceDetails": [_describe(image, measurements, face) for face in faces]}


def _describe(image: DecodedImage, measurements: Measurements, face: Face) -> dict[str, Any]:
    """Only what is known: of the pose the roll, which two eyes tell, and neither yaw nor pitch."""
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
    """Degrees by which the line through the eyes leans, clockwise."""
    left, right = face.landmarks[:2]
    across = (right.x - left.x) * image.width
    return math.degrees(math.atan2((right.y - left.y) * image.height, across))
