from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

from local.recognition.drawn_images import encode, rectangle, stored
from local.recognition.onnx_models import (
    DOG_SCORE,
    PERSON_SCORE,
    save_faces,
    save_moderation,
    save_objects,
)
from sightline_local.recognition.image_loading import load_image
from sightline_local.recognition.objects import (
    INPUT_SIDE,
    SIGNATURE,
    OnnxObjectDetector,
    prepare,
    read_outputs,
)
from sightline_local.recognition.onnx_sessions import ModelError, Signature, open_session

#: Left, top, right and bottom in an image of 400 by 200 pixels.
BOX = (100, 50, 200, 150)


@pytest.fixture(scope="module")
def detector(models: Path) -> OnnxObjectDetector:
    return OnnxObjectDetector(models / "dfine-s.onnx", threads=1)


def test_the_version_is_the_name_of_the_model(detector: OnnxObjectDetector) -> None:
    assert detector.version == "dfine-s"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_object_is_located_in_the_upright_image(
    detector: OnnxObjectDetector, orientation: int
) -> None:
    """The box is relative to the upright image, although the model input is a square."""
    upright = rectangle((400, 200), BOX, "red")
    found = detector.detect(load_image(stored(upright, orientation, subsampling=0)))
    dog = next(instance for name, instance in found if name.name == "Dog")
    assert dog.box == pytest.approx((0.25, 0.25, 0.25, 0.5), abs=0.01)
    assert dog.confidence == pytest.approx(DOG_SCORE * 100)


@pytest.mark.parametrize("color", ["lime", "blue", "white", "yellow"])
def test_channels_are_in_rgb_order(detector: OnnxObjectDetector, color: str) -> None:
    """The model detects red only; another channel order or scale would find other colors."""
    found = detector.detect(load_image(encode(rectangle((400, 200), BOX, color))))
    assert [name.name for name, _ in found] == ["Person"]


def test_a_box_is_clipped_to_the_image(detector: OnnxObjectDetector) -> None:
    """The model's person extends from a tenth left of the image to a tenth inside it."""
    ((_, instance),) = detector.detect(load_image(encode(Image.new("RGB", (400, 200)))))
    assert instance.box == pytest.approx((0.0, 0.3, 0.1, 0.4), abs=1e-6)
    assert instance.confidence == pytest.approx(PERSON_SCORE * 100)


def test_the_input_matches_the_real_model() -> None:
    image = rectangle((100, 200), (0, 0, 100, 100), "red", "black")
    tensor = prepare(load_image(encode(image)))
    assert tensor.shape == (1, 3, INPUT_SIDE, INPUT_SIDE)
    assert tensor.dtype == np.float32
    assert tensor.flags["C_CONTIGUOUS"]
    assert (tensor[0, 0, : INPUT_SIDE // 2 - 8] == 1).all()
    assert (tensor[0, 1:] == 0).all()
    assert (tensor[0, 0, INPUT_SIDE // 2 + 8 :] == 0).all()


def test_a_query_with_two_likely_classes_counts_for_both() -> None:
    logits = np.full((2, 80), -10, dtype=np.float32)
    logits[0, [15, 16]] = 0.5
    boxes = np.array([[0.5, 0.5, 1, 1], [0.5, 0.5, 1, 1]], dtype=np.float32)
    found = read_outputs(logits, boxes)
    assert [name.name for name, _ in found] == ["Cat", "Dog"]


def test_boxes_outside_the_image_or_without_area_are_dropped() -> None:
    logits = np.full((3, 80), 5, dtype=np.float32)
    boxes = np.array([[2, 2, 0.5, 0.5], [0.5, 0.5, 0, 0], [np.nan] * 4], dtype=np.float32)
    assert read_outputs(logits, boxes) == []


def test_extreme_logits_do_not_overflow() -> None:
    logits = np.full((1, 80), -1e4, dtype=np.float32)
    logits[0, 0] = 1e4
    ((_, instance),) = read_outputs(logits, np.array([[0.5, 0.5, 1, 1]], dtype=np.float32))
    assert instance.confidence == 100


def test_a_model_with_other_classes_is_rejected(tmp_path: Path) -> None:
    path = save_objects(tmp_path / "other.onnx", classes=91)
    with pytest.raises(ModelError, match=r"other.onnx has 'logits' of shape .* 91\]"):
        open_session(path, SIGNATURE, 1)


def test_a_model_for_another_task_is_rejected(tmp_path: Path) -> None:
    faces, moderation = save_faces(tmp_path / "f.onnx"), save_moderation(tmp_path / "m.onnx")
    with pytest.raises(ModelError, match=r"f\.onnx has no output 'logits'"):
        open_session(faces, SIGNATURE, 1)
    with pytest.raises(ModelError, match=r"m\.onnx has 'pixel_values' of shape"):
        open_session(moderation, SIGNATURE, 1)
    lacking = Signature("input", (1, 3, 640, 640), {"nothing": ()})
    with pytest.raises(ModelError, match=r"f\.onnx has no output 'nothing'"):
        open_session(faces, lacking, 1)


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs.github.com/spec/v1\n"])
def test_a_file_that_is_not_a_model_is_rejected(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.onnx is not a valid ONNX model") as caught:
        open_session(path, SIGNATURE, 1)
    assert "\n" not in str(caught.value)


def test_the_fixture_has_the_signature_of_the_real_model(models: Path) -> None:
    """The signature of the D-FINE export of onnx-community."""
    graph = onnx.load(models / "dfine-s.onnx").graph
    sides = {
        value.name: [side.dim_param or side.dim_value for side in value.type.tensor_type.shape.dim]
        for value in (*graph.input, *graph.output)
    }
    assert sides == {
        "pixel_values": ["batch", 3, 640, 640],
        "logits": ["batch", 300, 80],
        "pred_boxes": ["batch", 300, 4],
    }
