"""Object detection: the port and its D-FINE adapter."""

from pathlib import Path
from typing import Protocol

import numpy as np

from sightline_local.recognition.geometry import clip_box
from sightline_local.recognition.image_loading import DecodedImage
from sightline_local.recognition.labels import Instance
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import Session, Signature, Tensor, open_session
from sightline_local.recognition.taxonomy import COCO_LABELS, LabelDefinition

#: Side of the square model input, in pixels.
INPUT_SIDE = 640

#: Detections below this score (0 to 1) are noise and never returned.
MIN_SCORE = 0.25

#: Signature of D-FINE and RT-DETR as exported from Hugging Face Transformers. Scores are logits per
#: class; boxes are center, width and height in fractions of the image.
#: https://huggingface.co/docs/transformers/model_doc/d_fine
SIGNATURE = Signature(
    input="pixel_values",
    shape=(None, 3, INPUT_SIDE, INPUT_SIDE),
    outputs={"logits": (None, None, len(COCO_LABELS)), "pred_boxes": (None, None, 4)},
)

Detections = list[tuple[LabelDefinition, Instance]]


class ObjectDetector(Protocol):
    """Detects objects in an image."""

    #: Name of the model, reported in the response; None without a model.
    version: str | None

    def detect(self, image: DecodedImage) -> Detections:
        """Return every detected object and its location."""


class NullObjectDetector:
    """`ObjectDetector` without a model: it detects nothing."""

    version: str | None = None

    def detect(self, image: DecodedImage) -> Detections:
        return []


class OnnxObjectDetector:
    """`ObjectDetector` that uses a D-FINE or RT-DETR model, loaded on first use."""

    def __init__(self, path: Path, threads: int) -> None:
        self.version: str | None = path.stem
        self._session: Lazy[Session] = Lazy(lambda: open_session(path, SIGNATURE, threads))

    def warm_up(self) -> None:
        """Load the model. Raises `ModelError`."""
        self._session.get()

    def detect(self, image: DecodedImage) -> Detections:
        outputs = self._session.get().run(prepare(image))
        return read_outputs(outputs["logits"][0], outputs["pred_boxes"][0])


def prepare(image: DecodedImage) -> Tensor:
    """Return the image, stretched to the square: 1 x 3 x 640 x 640, RGB from 0 to 1.

    It is not letterboxed: the models are trained this way, and boxes are relative to each side.
    """
    values = np.asarray(image.stretch(INPUT_SIDE), dtype=np.float32) / 255
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def read_outputs(logits: Tensor, boxes: Tensor) -> Detections:
    """Return the detections, from one row per query: class logits and a box.

    A query above the minimum score for two classes counts for both, as in the models' own
    evaluation. Overlapping boxes are kept: the models are trained to report an object once.
    """
    scores = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -50, 50)))
    detections: Detections = []
    for query, number in zip(*np.nonzero(scores >= MIN_SCORE), strict=True):
        x, y, width, height = (float(each) for each in boxes[query])
        box = clip_box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if box is not None:
            detections.append(
                (COCO_LABELS[number], Instance(box, float(scores[query, number]) * 100))
            )
    return detections
