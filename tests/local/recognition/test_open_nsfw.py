from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

from sightline_local.recognition.conversion import onnx_files
from sightline_local.recognition.image_loading import DecodedImage
from sightline_local.recognition.onnx_sessions import ModelError
from sightline_local.recognition.open_nsfw import OpenNsfwModerator, prepare
from sightline_local.recognition.packaged_models import OPEN_NSFW, ensure_converted


def test_the_input_is_the_center_in_bgr_minus_the_mean() -> None:
    image = Image.new("RGB", (400, 300), "white")
    image.paste((10, 20, 30), (30, 30, 370, 270))
    tensor = prepare(DecodedImage(image, *image.size))
    assert tensor.shape == (1, 224, 224, 3)
    assert tensor[0, 112, 112].tolist() == [30 - 104, 20 - 117, 10 - 123]
    assert tensor[0, 0, 0].tolist() == [255 - 104, 255 - 117, 255 - 123]


@pytest.mark.parametrize("color", ["white", "teal", "gray"])
def test_a_plain_image_is_safe(converted_models: Path, color: str) -> None:
    """The real network."""
    path = ensure_converted(OPEN_NSFW, converted_models)
    moderator = OpenNsfwModerator(lambda: path, threads=1)
    image = Image.new("RGB", (300, 200), color)
    assert 0 <= moderator.score_unsafe(DecodedImage(image, *image.size)) < 50


def test_weights_are_constants_after_the_conversion(tmp_path: Path) -> None:
    path = tmp_path / "old.onnx"
    weight = onnx.numpy_helper.from_array(np.ones((2, 2), np.float32), "weight")
    values = {
        name: onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [2, 2])
        for name in ("image", "weight", "result")
    }
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMul", ["image", "weight"], ["result"])],
        "old",
        [values["image"], values["weight"]],
        [values["result"]],
        [weight],
    )
    onnx.save(onnx.helper.make_model(graph), path)
    shapes: dict[str, onnx_files.Shape] = {"image": ("batch", 2), "result": ("batch", 2)}
    converted = onnx.load_from_string(onnx_files.convert(path, shapes))
    assert [each.name for each in converted.graph.input] == ["image"]
    dimensions = converted.graph.input[0].type.tensor_type.shape.dim
    assert [each.dim_param or each.dim_value for each in dimensions] == ["batch", 2]
    with pytest.raises(ModelError, match=r"old\.onnx has the inputs and outputs image, result"):
        onnx_files.convert(path, {"image": (1, 2)})


def test_a_file_that_is_no_model_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "old.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"old\.onnx is not an ONNX model"):
        onnx_files.convert(path, {})
