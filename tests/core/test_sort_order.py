"""Positions in lists of images."""

import pytest

from sightline.domain.sort_order import SortOrder

NEWEST, OLDEST = SortOrder


@pytest.mark.parametrize(
    ("order", "image_id", "following"),
    [
        (NEWEST, "01932b6e-8f00-7c3a-9d5e-3f1f6a0b2c00", "01932b6e-8f00-7c3a-9d5e-3f1f6a0b2bff"),
        (OLDEST, "01932b6e-8f00-7c3a-9d5e-3f1f6a0b2bff", "01932b6e-8f00-7c3a-9d5e-3f1f6a0b2c00"),
    ],
)
def test_the_next_position_is_immediately_after_an_id(
    order: SortOrder, image_id: str, following: str
) -> None:
    assert order.next_position(image_id) == following
    assert order.reaches(following, image_id)
    assert order.reaches(image_id, image_id)
    assert not order.reaches(image_id, following)
