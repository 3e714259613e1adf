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

#: Left, top, right, bottom, in a picture of 400 by 200.
PLACE = (100, 50, 200, 150)


@pytest.fixture(scope="module")
def detector(models: Path) -> OnnxObjectDetector:
    return OnnxObjectDetector(models / "dfine-s.onnx", threads=1)


def test_version_is_the_name_of_the_model(detector: OnnxObjectDetector) -> None:
    assert detector.version == "dfine-s"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_thing_is_found_where_it_is(detector: OnnxObjectDetector, orientation: int) -> None:
    """Squeezed into the model's square and back, in the upright picture's own shares."""
    upright = rectangle((400, 200), PLACE, "red")
    found = detector.detect(load_image(stored(upright, orientation, subsampling=0)))
    dog = next(instance for name, instance in found if name.name == "Dog")
    assert dog.box == pytest.approx((0.25, 0.25, 0.25, 0.5), abs=0.01)
    assert dog.confidence == pytest.approx(DOG_SCORE * 100)


@pytest.mark.parametrize("color", ["lime", "blue", "white", "yellow"])
def test_channels_are_in_order(detector: OnnxObjectDetector, color: str) -> None:
    """The model looks for red; another order or scale of the channels would show it elsewhere."""
    found = detector.detect(load_image(encode(rectangle((400, 200), PLACE, color))))
    assert [name.name for name, _ in found] == ["Person"]


def test_box_ends_where_the_picture_does(detector: OnnxObjectDetector) -> None:
    """The model's person reaches from a tenth left of the picture to a tenth inside of it."""
    ((_, instance),) = detector.detect(load_image(encode(Image.new("RGB", (400, 200)))))
    assert instance.box == pytest.approx((0.0, 0.3, 0.1, 0.4), abs=1e-6)
    assert instance.confidence == pytest.approx(PERSON_SCORE * 100)


def test_input_is_that_of_the_real_model() -> None:
    image = rectangle((100, 200), (0, 0, 100, 100), "red", "black")
    tensor = prepare(load_image(encode(image)))
    assert tensor.shape == (1, 3, INPUT_SIDE, INPUT_SIDE)
    assert tensor.dtype == np.float32
    assert tensor.flags["C_CONTIGUOUS"]
    assert (tensor[0, 0, : INPUT_SIDE // 2 - 8] == 1).all()
    assert (tensor[0, 1:] == 0).all()
    assert (tensor[0, 0, INPUT_SIDE // 2 + 8 :] == 0).all()


def test_query_between_two_classes_counts_for_both() -> None:
    logits = np.full((2, 80), -10, dtype=np.float32)
    logits[0, [15, 16]] = 0.5
    boxes = np.array([[0.5, 0.5, 1, 1], [0.5, 0.5, 1, 1]], dtype=np.float32)
    found = read_outputs(logits, boxes)
    assert [name.name for name, _ in found] == ["Cat", "Dog"]


def test_nothing_outside_and_nothing_without_an_area() -> None:
    logits = np.full((3, 80), 5, dtype=np.float32)
    boxes = np.array([[2, 2, 0.5, 0.5], [0.5, 0.5, 0, 0], [np.nan] * 4], dtype=np.float32)
    assert read_outputs(logits, boxes) == []


def test_extreme_scores_do_no_harm() -> None:
    logits = np.full((1, 80), -1e4, dtype=np.float32)
    logits[0, 0] = 1e4
    ((_, instance),) = read_outputs(logits, np.array([[0.5, 0.5, 1, 1]], dtype=np.float32))
    assert instance.confidence == 100


def test_model_with_other_classes_is_refused(tmp_path: Path) -> None:
    path = save_objects(tmp_path / "other.onnx", classes=91)
    with pytest.raises(ModelError, match=r"other.onnx has 'logits' of shape .* 91\]"):
        open_session(path, SIGNATURE, 1)


def test_model_for_something_else_is_refused(tmp_path: Path) -> None:
    faces, moderation = save_faces(tmp_path / "f.onnx"), save_moderation(tmp_path / "m.onnx")
    with pytest.raises(ModelError, match=r"f\.onnx has no output 'logits'"):
        open_session(faces, SIGNATURE, 1)
    with pytest.raises(ModelError, match=r"m\.onnx has 'pixel_values' of shape"):
        open_session(moderation, SIGNATURE, 1)
    lacking = Signature("input", (1, 3, 640, 640), {"nothing": ()})
    with pytest.raises(ModelError, match=r"f\.onnx has no output 'nothing'"):
        open_session(faces, lacking, 1)


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs.github.com/spec/v1\n"])
def test_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.onnx is not a model that can be run") as caught:
        open_session(path, SIGNATURE, 1)
    assert "\n" not in str(caught.value)


def test_fixture_is_what_the_real_models_export_is(models: Path) -> None:
    """The signature of onnx-community's D-FINE, as its users describe it."""
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
