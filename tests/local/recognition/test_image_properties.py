from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from local.recognition.drawn_images import encode, rectangle
from local.recognition.service_model import MODEL, check_shape
from sightline_local.recognition.geometry import Box
from sightline_local.recognition.image_loading import load_image
from sightline_local.recognition.image_properties import Measurements, describe_properties


def measure(image: Image.Image) -> Measurements:
    return Measurements(load_image(encode(image)))


def noise(size: tuple[int, int] = (300, 200)) -> Image.Image:
    values = np.random.default_rng(3).integers(0, 256, (size[1], size[0], 3))
    return Image.fromarray(values.astype(np.uint8))


def describe(image: Image.Image, *boxes: Box, limit: int = 10) -> dict[str, Any]:
    properties = describe_properties(measure(image), boxes, limit)
    check_shape("ImageProperties", MODEL.shape_for("DetectLabelsImageProperties"), properties)
    return properties


@pytest.mark.parametrize(("color", "brightness"), [("black", 0), ("#808080", 50.2), ("white", 100)])
def test_brightness_is_the_mean_luma(color: str, brightness: float) -> None:
    quality = measure(Image.new("RGB", (100, 100), color)).quality()
    assert quality.brightness == pytest.approx(brightness, abs=0.1)
    assert quality.contrast == 0
    assert quality.sharpness == 0


def test_black_and_white_in_equal_parts_is_full_contrast() -> None:
    image = rectangle((200, 100), (0, 0, 100, 100), "black")
    assert measure(image).quality().contrast == pytest.approx(100, abs=0.1)


def test_blurring_reduces_sharpness() -> None:
    sharp = noise()
    blurred = sharp.filter(ImageFilter.GaussianBlur(3))
    assert measure(sharp).quality().sharpness > 90
    assert measure(blurred).quality().sharpness < 30


def test_a_shape_on_a_plain_background_is_the_foreground() -> None:
    """Without boxes, the background is the area with the colors of the border."""
    parts = describe(rectangle((200, 200), (50, 50, 150, 150), "red", "navy"))
    (front,) = parts["Foreground"]["DominantColors"]
    (back,) = parts["Background"]["DominantColors"]
    assert front["CSSColor"] == "red"
    assert back["CSSColor"] == "navy"
    shares = {each["CSSColor"]: each["PixelPercent"] for each in parts["DominantColors"]}
    assert shares == {"navy": pytest.approx(75), "red": pytest.approx(25)}


def test_detected_objects_are_the_foreground() -> None:
    image = rectangle((200, 200), (0, 0, 100, 200), "red", "navy")
    parts = describe(image, Box(0, 0, 0.5, 1))
    assert parts["Foreground"]["DominantColors"][0]["CSSColor"] == "red"
    assert parts["Background"]["DominantColors"][0]["PixelPercent"] == pytest.approx(100)


@pytest.mark.parametrize("image", [Image.new("RGB", (200, 100), "teal"), noise()])
def test_an_inseparable_image_has_no_foreground(image: Image.Image) -> None:
    """A plain image has no foreground, and noise has no background."""
    parts = describe(image)
    assert set(parts) == {"Quality", "DominantColors"}


def test_the_number_of_colors_is_limited() -> None:
    assert len(describe(noise(), limit=3)["DominantColors"]) == 3
    assert describe(noise(), limit=0)["DominantColors"] == []


@pytest.mark.parametrize("box", [Box(0.5, 0.5, 1e-6, 1e-6), Box(1.0, 1.0, 0.0, 0.0)])
def test_the_smallest_mask_is_one_pixel(box: Box) -> None:
    assert measure(noise()).mask([box]).sum() == 1
