"""Tags: labels of the image as a whole, and the image's own vector."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sightline_local.recognition.image_loading import DecodedImage
from sightline_local.recognition.labels import Label
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import Session, Signature, Tensor, open_session
from sightline_local.recognition.taxonomy import IMAGENET_CLASSES, TAXONOMY

#: Side of the square model input, in pixels.
INPUT_SIDE = 260

#: Input values are `(value - MEAN) / SCALE`, as in the training of EfficientNet-Lite. https://github.com/tensorflow/tpu/blob/master/models/official/efficientnet/lite/efficientnet_lite_builder.py
MEAN = 127.0
SCALE = 128.0

#: Length of an image's vector, in bytes.
VECTOR_SIZE = 256

#: Tags below this confidence (0 to 100) are noise and never returned.
MIN_CONFIDENCE = 30.0

#: Signature of the converted model: a probability per class of ImageNet, and the vector.
SIGNATURE = Signature(
    input="image",
    shape=(1, 3, INPUT_SIDE, INPUT_SIDE),
    outputs={"probabilities": (1, IMAGENET_CLASSES), "vector": (1, VECTOR_SIZE)},
)


@dataclass(frozen=True, slots=True)
class Tags:
    """The labels of an image, and its vector, which is None without a model.

    The vector has one signed byte per dimension. Images that look alike have vectors with a large
    cosine similarity.
    """

    labels: tuple[Label, ...] = ()
    vector: bytes | None = None


class Tagger(Protocol):
    """Labels an image as a whole."""

    #: Name of the model, reported in the response; None without a model.
    version: str | None

    def tag(self, image: DecodedImage) -> Tags:
        """Return the labels of the image and its vector."""


class NullTagger:
    """`Tagger` without a model: it returns no labels."""

    version: str | None = None

    def tag(self, image: DecodedImage) -> Tags:
        return Tags()


class OnnxTagger:
    """`Tagger` that uses EfficientNet-Lite, loaded on first use.

    `locate` returns the file of the model, and may raise `ModelError`.
    """

    def __init__(self, version: str, locate: Callable[[], Path], threads: int) -> None:
        self.version: str | None = version
        self._session: Lazy[Session] = Lazy(lambda: open_session(locate(), SIGNATURE, threads))

    def warm_up(self) -> None:
        """Load the model. Raises `ModelError`."""
        self._session.get()

    def tag(self, image: DecodedImage) -> Tags:
        outputs = self._session.get().run(prepare(image))
        return Tags(
            tuple(build_labels(outputs["probabilities"][0])), quantize(outputs["vector"][0])
        )


def prepare(image: DecodedImage) -> Tensor:
    """Return the whole image, stretched to the square: 1 x 3 x 260 x 260, RGB from -1 to 1."""
    square = image.pixels.resize(
        (INPUT_SIDE, INPUT_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0
    )
    values = (np.asarray(square, dtype=np.float32) - MEAN) / SCALE
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def build_labels(probabilities: Tensor) -> Iterator[Label]:
    """Yield each label whose confidence reaches its threshold.

    The confidence of a label is the sum of the probabilities of all classes that show it: an image
    that is certainly a dog of an uncertain breed is certainly a `Dog`.
    """
    for name, classes in TAXONOMY.classes_by_label.items():
        label = TAXONOMY.labels[name]
        confidence = min(100.0, 100 * float(probabilities[list(classes)].sum()))
        if confidence >= max(label.threshold, MIN_CONFIDENCE):
            yield Label(name, confidence, (label.category,), label.parents, label.aliases)


def quantize(vector: Tensor) -> bytes:
    """Return the vector with one signed byte per dimension; its direction is kept."""
    largest = float(np.abs(vector).max()) or 1.0
    stored: NDArray[np.int8] = np.rint(vector * (127 / largest)).astype(np.int8)
    return stored.tobytes()
