"""Shifts of the time of capture."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sightline_api.images.capture_times import SHIFT_PATTERN
from sightline_client.capture_times import format_shift, shift_capture_time
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


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (HOURS, "P0DT7200S"),
        (-HOURS, "-P0DT7200S"),
        (timedelta(days=-3653, seconds=-1), "-P3653DT1S"),
        (timedelta(milliseconds=1_600), "P0DT2S"),
        (timedelta(), "P0DT0S"),
    ],
)
def test_an_interval_is_a_duration_that_the_api_accepts(interval: timedelta, expected: str) -> None:
    assert format_shift(interval) == expected
    assert re.fullmatch(SHIFT_PATTERN, expected)
