"""The owner's rotation: boxes, points and EXIF orientations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from sightline.domain.recognition import (
    BoundingBox,
    DetectedFace,
    DetectedLabel,
    DetectedText,
    LabelInstance,
    PolygonPoint,
    Recognition,
    RecognitionProfile,
)
from sightline.domain.rotated_recognition import rotate_box, rotate_recognition
from sightline.domain.rotation import ROTATIONS, Rotation, add_rotation, rotate_orientation

rotations = st.sampled_from(ROTATIONS)


def as_tuple(box: BoundingBox) -> tuple[float, float, float, float]:
    return box.left, box.top, box.width, box.height


def box_of_mask(mask: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]") -> BoundingBox:
    """Return the box around the pixels that are set."""
    rows, columns = np.nonzero(mask)
    height, width = mask.shape
    return BoundingBox(
        left=columns.min() / width,
        top=rows.min() / height,
        width=(columns.max() + 1 - columns.min()) / width,
        height=(rows.max() + 1 - rows.min()) / height,
    )


@st.composite
def masks(draw: st.DrawFn) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    """Draw an image in which the pixels of one rectangle are set."""
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    bottom, right = draw(st.integers(top + 1, height)), draw(st.integers(left + 1, width))
    mask = np.zeros((height, width), dtype=np.bool_)
    mask[top:bottom, left:right] = True
    return mask


@given(mask=masks(), rotation=rotations)
def test_a_box_is_around_the_same_pixels_of_the_rotated_image(
    mask: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]", rotation: Rotation
) -> None:
    rotated = np.rot90(mask, k=-(rotation // 90))
    found = rotate_box(box_of_mask(mask), rotation)
    assert as_tuple(found) == pytest.approx(as_tuple(box_of_mask(rotated)))


fractions = st.floats(-0.25, 1.25)
sides = st.floats(0, 1.25)
boxes = st.builds(BoundingBox, left=fractions, top=fractions, width=sides, height=sides)


@given(box=boxes, first=rotations, second=rotations)
def test_two_rotations_are_one_by_their_sum(
    box: BoundingBox, first: Rotation, second: Rotation
) -> None:
    twice = rotate_box(rotate_box(box, first), second)
    assert as_tuple(twice) == pytest.approx(as_tuple(rotate_box(box, add_rotation(first, second))))


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_takes_up_the_rotation(orientation: int, rotation: Rotation) -> None:
    """Pillow turns a file with the new orientation as it turns the one with the old one, and on."""

    def turn_upright(value: int) -> Image.Image:
        stored = Image.frombytes("L", (3, 2), bytes(range(6)))
        stored.getexif()[0x0112] = value
        return ImageOps.exif_transpose(stored)

    expected = turn_upright(orientation).rotate(-rotation, expand=True)
    found = turn_upright(rotate_orientation(orientation, rotation))
    assert (found.size, found.tobytes()) == (expected.size, expected.tobytes())


def test_every_box_and_polygon_of_a_result_is_rotated() -> None:
    box = BoundingBox(left=0.1, top=0.2, width=0.3, height=0.4)
    corner = PolygonPoint(x=0.1, y=0.2)
    recognition = Recognition(
        profile=RecognitionProfile(),
        labels=(
            DetectedLabel(
                name="Dog", confidence=90, instances=(LabelInstance(box=box, confidence=80),)
            ),
        ),
        text=(
            DetectedText(
                text="EXIT", confidence=90, is_line=True, line=0, box=box, polygon=(corner,)
            ),
        ),
        faces=(DetectedFace(box=box, confidence=90),),
    )
    assert rotate_recognition(recognition, 0) is recognition
    found = rotate_recognition(recognition, 90)
    assert found.labels is not None
    assert found.text is not None
    assert found.faces is not None
    found_boxes = [found.labels[0].instances[0].box, found.text[0].box, found.faces[0].box]
    for each in found_boxes:
        assert as_tuple(each) == pytest.approx((0.4, 0.1, 0.4, 0.3))
    (point,) = found.text[0].polygon
    assert (point.x, point.y) == pytest.approx((0.8, 0.1))
    nothing = Recognition(profile=RecognitionProfile())
    assert rotate_recognition(nothing, 90) == nothing
