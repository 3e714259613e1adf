from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from local.recognition.drawn_images import encode, rectangle
from local.recognition.service_model import check_response
from sightline_local.recognition.errors import AccessDenied
from sightline_local.recognition.faces import (
    NullFaceDetector,
    OnnxFaceDetector,
    build_faces_response,
    prepare,
)
from sightline_local.recognition.image_loading import load_image


@pytest.fixture(scope="module")
def detector(models: Path) -> OnnxFaceDetector:
    return OnnxFaceDetector(models / "yunet.onnx", threads=1)


def test_a_face_is_located(detector: OnnxFaceDetector) -> None:
    """320 by 160 is scaled to 640 by 320, so 16 pixels are one cell of the model."""
    decoded = load_image(encode(rectangle((320, 160), (64, 32, 80, 48), "blue", "black")))
    (face,) = detector.detect(decoded)
    assert face.box == pytest.approx((112 / 640, 48 / 320, 64 / 640, 64 / 320))
    assert 60 <= face.confidence <= 100
    eye_left, eye_right, nose, *_ = face.landmarks
    assert eye_left == pytest.approx((136 / 640, 72 / 320))
    assert eye_right == pytest.approx((152 / 640, 72 / 320))
    assert nose == pytest.approx((144 / 640, 80 / 320))


def test_overlapping_boxes_are_one_face(detector: OnnxFaceDetector) -> None:
    decoded = load_image(encode(rectangle((320, 160), (64, 32, 96, 48), "blue", "black")))
    assert len(detector.detect(decoded)) == 1


def test_separate_boxes_are_two_faces(detector: OnnxFaceDetector) -> None:
    image = rectangle((320, 160), (64, 32, 80, 48), "blue", "black")
    image.paste("blue", (192, 96, 208, 112))
    assert len(detector.detect(load_image(encode(image)))) == 2


@pytest.mark.parametrize("color", ["red", "lime", "black"])
def test_channels_are_in_bgr_order(detector: OnnxFaceDetector, color: str) -> None:
    decoded = load_image(encode(Image.new("RGB", (320, 160), color)))
    assert detector.detect(decoded) == []


def test_the_input_matches_the_real_model() -> None:
    tensor, width, height = prepare(load_image(encode(Image.new("RGB", (100, 200), "blue"))))
    assert (width, height) == (320, 640)
    assert tensor.shape == (1, 3, 640, 640)
    assert tensor.dtype == np.float32
    assert (tensor[0, 0, :, :320] == 255).all()
    assert (tensor[0, 1:] == 0).all()
    assert (tensor[0, :, :, 320:] == 0).all()


def test_the_response_has_known_members_only(detector: OnnxFaceDetector) -> None:
    decoded = load_image(encode(rectangle((320, 160), (64, 32, 80, 48), "blue", "black")))
    response = build_faces_response(decoded, detector.detect(decoded))
    check_response("DetectFaces", response)
    (face,) = response["FaceDetails"]
    assert set(face) == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
    assert [landmark["Type"] for landmark in face["Landmarks"]][:2] == ["eyeLeft", "eyeRight"]
    assert face["Pose"] == {"Roll": pytest.approx(0)}


def test_face_detection_without_a_model_is_denied() -> None:
    with pytest.raises(AccessDenied, match=r"sightline_local\.recognition\.models"):
        NullFaceDetector().detect(load_image(encode(Image.new("RGB", (100, 100)))))
