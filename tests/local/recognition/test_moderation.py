from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from local.recognition.drawn_images import encode
from local.recognition.service_model import check_response
from sightline_local.recognition.errors import AccessDenied
from sightline_local.recognition.image_loading import DecodedImage, load_image
from sightline_local.recognition.moderation import (
    NullModerator,
    OnnxModerator,
    build_moderation_response,
    prepare,
)


def plain_image(color: str, size: tuple[int, int] = (300, 200)) -> DecodedImage:
    return load_image(encode(Image.new("RGB", size, color)))


@pytest.mark.parametrize(("color", "expected"), [("red", 99.33), ("cyan", 0.67), ("black", 0.67)])
def test_the_score_is_the_share_of_the_second_class(
    models: Path, color: str, expected: float
) -> None:
    """The model's logits are 0 and 5 for red, 0 and -5 without red."""
    moderator = OnnxModerator(models / "falconsai-nsfw.onnx", threads=1)
    assert moderator.score_unsafe(plain_image(color)) == pytest.approx(expected, abs=0.01)


def test_the_input_matches_the_real_model() -> None:
    tensor = prepare(plain_image("red"))
    assert tensor.shape == (1, 3, 224, 224)
    assert tensor.dtype == np.float32
    assert (tensor[0, 0] == 1).all()
    assert (tensor[0, 1:] == -1).all()


def test_the_response_is_one_label_of_the_first_level() -> None:
    response = build_moderation_response(
        87.5, "sightline-local-1/falconsai-nsfw", min_confidence=50
    )
    check_response("DetectModerationLabels", response)
    (label,) = response["ModerationLabels"]
    assert label == {
        "Name": "Explicit",
        "ParentName": "",
        "TaxonomyLevel": 1,
        "Confidence": 87.5,
    }
    below = build_moderation_response(49, "sightline-local-1/falconsai-nsfw", min_confidence=50)
    assert below["ModerationLabels"] == []


def test_moderation_without_a_model_is_denied() -> None:
    with pytest.raises(AccessDenied, match="falconsai-nsfw"):
        NullModerator().score_unsafe(plain_image("white"))
