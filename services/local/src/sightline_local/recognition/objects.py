"""Finding things: the port, and D-FINE behind it."""

from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from sightline_local.recognition.geometry import clip_box
from sightline_local.recognition.image_loading import DecodedImage
from sightline_local.recognition.labels import Instance
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import Session, Signature, Tensor, open_session
from sightline_local.recognition.taxonomy import COCO_LABELS, LabelDefinition

#: The side of the square that the model looks at, in pixels.
INPUT_SIDE = 640

#: Below this a guess is noise, whoever asks; from 0 to 1.
MIN_SCORE = 0.25

#: Of D-FINE and RT-DETR as exported from Hugging Face Transformers. Scores are logits for each of
#: the classes, boxes their middle, width and height in shares of the picture.
#: https://huggingface.co/docs/transformers/model_doc/d_fine
SIGNATURE = Signature(
    input="pixel_values",
    shape=(None, 3, INPUT_SIDE, INPUT_SIDE),
    outputs={"logits": (None, None, len(COCO_LABELS)), "pred_boxes": (None, None, 4)},
)

Found = list[tuple[LabelDefinition, Instance]]


class ObjectDetector(Protocol):
    """Knows what some things look like."""

    #: Which model it is, for whoever reads its answer later.
    version: str

    def detect(self, image: DecodedImage) -> Found:
        """Every thing it sees, with its place."""


class NullObjectDetector:
    """`ObjectDetector` that knows nothing, and says so."""

    version = "pixels"

    def detect(self, image: DecodedImage) -> Found:
        return []


class OnnxObjectDetector:
    """`ObjectDetector` by a model of D-FINE's or RT-DETR's kind, loaded at the first use."""

    def __init__(self, path: Path, threads: int) -> None:
        self.version = path.stem
        self._session: Lazy[Session] = Lazy(lambda: open_session(path, SIGNATURE, threads))

    def warm_up(self) -> None:
        """Load the model now. Raises `ModelError`."""
        self._session.get()

    def detect(self, image: DecodedImage) -> Found:
        outputs = self._session.get().run(prepare(image))
        return read_outputs(outputs["logits"][0], outputs["pred_boxes"][0])


def prepare(image: DecodedImage) -> Tensor:
    """The picture squeezed into the square: 1 x 3 x 640 x 640, RGB from 0 to 1.

    Not letterboxed: the models were trained so, and their boxes are shares of each side anyway.
    """
    square = image.pixels.resize((INPUT_SIDE, INPUT_SIDE), Image.Resampling.BILINEAR)
    values = np.asarray(square, dtype=np.float32) / 255
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def read_outputs(logits: Tensor, boxes: Tensor) -> Found:
    """The things in a picture, from one row per query: logits of the classes, and a box.

    A query that is unsure between two classes counts for both, as in the models' own
    evaluation. No overlapping boxes are removed: the models are trained to say a thing once.
    """
    scores = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -50, 50)))
    found: Found = []
    for query, number in zip(*np.nonzero(scores >= MIN_SCORE), strict=True):
        x, y, width, height = (float(each) for each in boxes[query])
        box = clip_box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if box is not None:
            found.append((COCO_LABELS[number], Instance(box, float(scores[query, number]) * 100)))
    return found
