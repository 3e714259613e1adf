from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from local.recognition.drawn_images import encode
from local.recognition.service_model import check_answer
from sightline_local.recognition.errors import AccessDenied
from sightline_local.recognition.image_loading import DecodedImage, load_image
from sightline_local.recognition.moderation import (
    NullModerator,
    OnnxModerator,
    build_moderation_response,
    prepare,
)


def decoded(color: str, size: tuple[int, int] = (300, 200)) -> DecodedImage:
    return load_image(encode(Image.new("RGB", size, color)))


@pytest.mark.parametrize(("color", "expected"), [("red", 99.33), ("cyan", 0.67), ("black", 0.67)])
def test_judgement_is_the_share_of_the_second_class(
    models: Path, color: str, expected: float
) -> None:
    """The model's logits are 0 and 5 for red, 0 and -5 for what has no red."""
    moderator = OnnxModerator(models / "falconsai-nsfw.onnx", threads=1)
    assert moderator.score_unsafe(decoded(color)) == pytest.approx(expected, abs=0.01)


def test_input_is_that_of_the_real_model() -> None:
    tensor = prepare(decoded("red"))
    assert tensor.shape == (1, 3, 224, 224)
    assert tensor.dtype == np.float32
    assert (tensor[0, 0] == 1).all()
    assert (tensor[0, 1:] == -1).all()


def test_answer_is_one_label_of_the_first_level() -> None:
    answer = build_moderation_response(87.5, "sightline-local-1/falconsai-nsfw", min_confidence=50)
    check_answer("DetectModerationLabels", answer)
    (label,) = answer["ModerationLabels"]
    assert label == {
        "Name": "Explicit",
        "ParentName": "",
        "TaxonomyLevel": 1,
        "Confidence": 87.5,
    }
    below = build_moderation_response(49, "sightline-local-1/falconsai-nsfw", min_confidence=50)
    assert below["ModerationLabels"] == []


def test_without_a_model_nobody_calls_a_picture_harmless() -> None:
    with pytest.raises(AccessDenied, match="falconsai-nsfw"):
        NullModerator().score_unsafe(decoded("white"))
