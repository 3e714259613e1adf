import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from local.recognition.drawn_images import page
from local.recognition.photographs import find_photographs
from sightline_local.recognition.centerface import (
    HEATMAP,
    OFFSETS,
    POINTS,
    SIZES,
    CenterFaceDetector,
    prepare,
    read_outputs,
)
from sightline_local.recognition.faces import Face, confirm_faces
from sightline_local.recognition.geometry import Box
from sightline_local.recognition.image_loading import DecodedImage, load_image
from sightline_local.recognition.onnx_sessions import Tensor
from sightline_local.recognition.packaged_models import CENTERFACE, ensure_converted


def empty_outputs(rows: int = 8, columns: int = 10) -> dict[str, Tensor]:
    channels = {HEATMAP: 1, SIZES: 2, OFFSETS: 2, POINTS: 10}
    return {
        name: np.zeros((1, count, rows, columns), np.float32) for name, count in channels.items()
    }


def test_outputs_are_read_per_cell() -> None:
    """All outputs list the vertical value first, and landmarks are shares of the box."""
    outputs = empty_outputs()
    outputs[HEATMAP][0, 0, 2, 5] = 0.9
    outputs[SIZES][0, :, 2, 5] = math.log(4), math.log(3)
    outputs[OFFSETS][0, :, 2, 5] = 0.25, -0.25
    outputs[POINTS][0, :2, 2, 5] = 0.25, 0.5
    (row,) = read_outputs(outputs)
    left, top, width, height = row[:4]
    assert (width, height) == pytest.approx((12, 16))
    assert (left + width / 2, top + height / 2) == pytest.approx((5.25 * 4, 2.75 * 4))
    assert tuple(row[4:6]) == pytest.approx((left + 0.5 * width, top + 0.25 * height))
    assert row[-1] == pytest.approx(0.9)


def test_cells_below_the_minimum_score_are_no_faces() -> None:
    outputs = empty_outputs()
    outputs[HEATMAP][0, 0, 2, 5] = 0.49
    assert len(read_outputs(outputs)) == 0


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ((2000, 1000), (1, 3, 320, 640)),
        ((100, 90), (1, 3, 320, 352)),
        ((400, 330), (1, 3, 320, 384)),
    ],
)
def test_the_input_keeps_the_aspect_ratio(
    size: tuple[int, int], shape: tuple[int, int, int, int]
) -> None:
    tensor = prepare(DecodedImage(Image.new("RGB", size, (10, 20, 30)), *size))
    assert tensor.shape == shape
    assert tensor[0, :, 5, 5].tolist() == [10, 20, 30]


@pytest.fixture(scope="module")
def detector(converted_models: Path) -> CenterFaceDetector:
    """The real network."""
    path = ensure_converted(CENTERFACE, converted_models)
    return CenterFaceDetector(lambda: path, threads=1)


def photograph(name: str) -> DecodedImage:
    (file,) = (each.file for each in find_photographs() if each.file.name == name)
    return load_image(file.read_bytes())


def test_a_face_in_a_photograph_is_detected(detector: CenterFaceDetector) -> None:
    """The landmarks are in Rekognition's order, left to right in the image."""
    (face,) = detector.detect(photograph("astronaut.png"))
    assert face.confidence > 80
    assert face.box.left == pytest.approx(0.36, abs=0.03)
    assert face.box.top == pytest.approx(0.12, abs=0.03)
    eye_left, eye_right, nose, mouth_left, mouth_right = face.landmarks
    assert eye_left.x < nose.x < eye_right.x
    assert mouth_left.x < mouth_right.x
    assert eye_left.y < nose.y < mouth_left.y


def test_photographs_without_people_have_no_faces(detector: CenterFaceDetector) -> None:
    """Cats, dogs and birds are among them."""
    for each in find_photographs():
        if "Person" not in each.right_labels:
            assert detector.detect(load_image(each.file.read_bytes())) == [], each.file


def test_a_page_has_no_faces(detector: CenterFaceDetector) -> None:
    image = page("Hello world")
    assert detector.detect(DecodedImage(image, *image.size)) == []


def test_a_doubtful_face_counts_if_it_is_a_persons() -> None:
    box = Box(0.4, 0.2, 0.1, 0.1)
    sure, doubtful = Face(box, 66, ()), Face(box, 60, ())
    assert confirm_faces([sure, doubtful], []) == [sure]
    assert confirm_faces([doubtful], [Box(0.3, 0.1, 0.3, 0.9)]) == [doubtful]
    assert confirm_faces([doubtful], [Box(0.6, 0.1, 0.3, 0.9)]) == []
