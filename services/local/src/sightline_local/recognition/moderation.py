"""Telling what is not for everybody's eyes: the port, a classifier, DetectModerationLabels."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from sightline_local.recognition.errors import AccessDenied
from sightline_local.recognition.image_loading import DecodedImage
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.onnx_sessions import Session, Signature, Tensor, open_session

#: The side of the square that the model looks at, in pixels.
INPUT_SIDE = 224

#: Two classes: normal, and not safe for work.
SIGNATURE = Signature(
    input="pixel_values", shape=(None, 3, INPUT_SIDE, INPUT_SIDE), outputs={"logits": (None, 2)}
)

#: The one label of Rekognition's first level that the model's second class comes near. Which of
#: the labels below it applies, the model cannot tell.
#: https://docs.aws.amazon.com/rekognition/latest/dg/moderation-api.html
EXPLICIT = "Explicit"


class Moderator(Protocol):
    """Says how likely it is that a picture is not safe for work."""

    version: str

    def score_unsafe(self, image: DecodedImage) -> float:
        """From 0 to 100. Raises `AccessDenied` where there is no model."""


class NullModerator:
    """`Moderator` that refuses: an empty answer would call every picture harmless."""

    version = "none"

    def score_unsafe(self, image: DecodedImage) -> float:
        raise AccessDenied(
            "There is no model for moderation here: fetch it with "
            "`python -m sightline_local.recognition.models falconsai-nsfw`."
        )


class OnnxModerator:
    """`Moderator` by an image classifier, loaded at the first use."""

    def __init__(self, path: Path, threads: int) -> None:
        self.version = f"sightline-local-1/{path.stem}"
        self._session: Lazy[Session] = Lazy(lambda: open_session(path, SIGNATURE, threads))

    def warm_up(self) -> None:
        """Load the model now. Raises `ModelError`."""
        self._session.get()

    def score_unsafe(self, image: DecodedImage) -> float:
        logits = self._session.get().run(prepare(image))["logits"][0].astype(np.float64)
        shares = np.exp(logits - logits.max())
        return float(shares[1] / shares.sum()) * 100


def prepare(image: DecodedImage) -> Tensor:
    """The picture squeezed into the square: 1 x 3 x 224 x 224, RGB from -1 to 1."""
    square = image.pixels.resize((INPUT_SIDE, INPUT_SIDE), Image.Resampling.BILINEAR)
    values = np.asarray(square, dtype=np.float32) / 127.5 - 1
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def build_moderation_response(
    confidence: float, version: str, min_confidence: float
) -> dict[str, Any]:
    """Rekognition's `DetectModerationLabelsResponse`."""
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
