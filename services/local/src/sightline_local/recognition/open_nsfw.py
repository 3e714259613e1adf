"""Content moderation with Yahoo's open_nsfw, whose weights a Python package carries.

https://github.com/yahoo/open_nsfw
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sightline_local.recognition.image_loading import DecodedImage
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import Session, Signature, Tensor, open_session

#: Side of the square that the image is stretched to, and of its center that is classified, in
#: pixels.
STRETCHED_SIDE = 256
INPUT_SIDE = 224

#: Mean of the training images: blue, green, red.
MEAN = np.array([104, 117, 123], dtype=np.float32)

#: Two probabilities: safe and not safe for work.
SIGNATURE = Signature(
    input="input:0", shape=(None, INPUT_SIDE, INPUT_SIDE, 3), outputs={"outputs": (None, 2)}
)


class OpenNsfwModerator:
    """`Moderator` that uses open_nsfw, loaded on first use.

    `locate` returns the file of the model, and may raise `ModelError`.
    """

    version = "sightline-local-1/open-nsfw"

    def __init__(self, locate: Callable[[], Path], threads: int) -> None:
        self._session: Lazy[Session] = Lazy(lambda: open_session(locate(), SIGNATURE, threads))

    def warm_up(self) -> None:
        """Load the model. Raises `ModelError`."""
        self._session.get()

    def score_unsafe(self, image: DecodedImage) -> float:
        return float(self._session.get().run(prepare(image))["outputs"][0, 1]) * 100


def prepare(image: DecodedImage) -> Tensor:
    """Return the center of the stretched image: 1 x 224 x 224 x 3, BGR minus the mean."""
    margin = (STRETCHED_SIDE - INPUT_SIDE) // 2
    values = np.asarray(image.stretch(STRETCHED_SIDE), dtype=np.float32)[:, :, ::-1] - MEAN
    return np.ascontiguousarray(values[None, margin:-margin, margin:-margin])
