"""Content moderation: the port, a classifier adapter and the DetectModerationLabels response."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sightline_local.recognition.errors import AccessDenied
from sightline_local.recognition.image_loading import DecodedImage
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import Session, Signature, Tensor, open_session

#: Side of the square model input, in pixels.
INPUT_SIDE = 224

#: Two classes: normal and not safe for work (NSFW).
SIGNATURE = Signature(
    input="pixel_values", shape=(None, 3, INPUT_SIDE, INPUT_SIDE), outputs={"logits": (None, 2)}
)

#: Rekognition's first-level label closest to the NSFW class. The model does not distinguish the
#: labels below it.
#: https://docs.aws.amazon.com/rekognition/latest/dg/moderation-api.html
EXPLICIT = "Explicit"


class Moderator(Protocol):
    """Scores how likely an image is to be unsafe for work."""

    version: str

    def score_unsafe(self, image: DecodedImage) -> float:
        """Return a score from 0 to 100. Raises `AccessDenied` without a model."""


class NullModerator:
    """`Moderator` without a model: it fails rather than report every image as safe."""

    version = "none"

    def score_unsafe(self, image: DecodedImage) -> float:
        raise AccessDenied(
            "No model for moderation is installed. Download it with "
            "`python -m sightline_local.recognition.models falconsai-nsfw`."
        )


class OnnxModerator:
    """`Moderator` that uses an image classifier, loaded on first use."""

    def __init__(self, path: Path, threads: int) -> None:
        self.version = f"sightline-local-1/{path.stem}"
        self._session: Lazy[Session] = Lazy(lambda: open_session(path, SIGNATURE, threads))

    def warm_up(self) -> None:
        """Load the model. Raises `ModelError`."""
        self._session.get()

    def score_unsafe(self, image: DecodedImage) -> float:
        logits = self._session.get().run(prepare(image))["logits"][0].astype(np.float64)
        exponentials = np.exp(logits - logits.max())
        return float(exponentials[1] / exponentials.sum()) * 100


def prepare(image: DecodedImage) -> Tensor:
    """Return the image, stretched to the square: 1 x 3 x 224 x 224, RGB from -1 to 1."""
    values = np.asarray(image.stretch(INPUT_SIDE), dtype=np.float32) / 127.5 - 1
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def build_moderation_response(
    confidence: float, version: str, min_confidence: float
) -> dict[str, Any]:
    """Return Rekognition's `DetectModerationLabelsResponse`."""
    label = {
        "Name": EXPLICIT,
        "ParentName": "",
        "TaxonomyLevel": 1,
        "Confidence": confidence,
    }
    return {
        "ModerationLabels": [label] if confidence >= min_confidence else [],
        "ModerationModelVersion": version,
        "ContentTypes": [],
    }
