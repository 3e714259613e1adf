"""Shifts of the time of capture."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sightline_client.capture_times import shift_capture_time
from sightline_client.errors import InvalidCaptureTime

HOURS = timedelta(hours=2)


def build_image(taken_at: datetime | None, taken_at_local: str | None) -> Any:
    return SimpleNamespace(id="image-1", taken_at=taken_at, taken_at_local=taken_at_local)


def test_shift_keeps_the_offset() -> None:
    instant = datetime(2021, 7, 3, 23, 30, tzinfo=UTC)
    image = build_image(instant, "2021-07-03T23:30:00")
    assert shift_capture_time(image, HOURS) == "2021-07-04T01:30:00+00:00"
    image = build_image(None, "2021-07-03T23:30:00.250000")
    assert shift_capture_time(image, -HOURS) == "2021-07-03T21:30:00.250000"


@pytest.mark.parametrize("taken_at_local", [None, "9999-12-31T23:30:00"])
def test_shift_that_is_not_possible_is_an_error(taken_at_local: str | None) -> None:
    with pytest.raises(InvalidCaptureTime, match="image-1"):
        shift_capture_time(build_image(None, taken_at_local), HOURS)
