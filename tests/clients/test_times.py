"""Dates and relative times of the command line."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import typer

from sightline_cli.times import parse_capture_time, parse_time

NOW = datetime(2026, 7, 31, 12, 0)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", "2026-07-31T11:30:00"),
        ("12h", "2026-07-31T00:00:00"),
        ("2d", "2026-07-29T12:00:00"),
        ("3w", "2026-07-10T12:00:00"),
        ("6mo", "2026-02-01T12:00:00"),
        ("1y", "2025-07-31T12:00:00"),
        ("2026-07-01", "2026-07-01T00:00:00"),
        ("2026-07-01T08:30:00", "2026-07-01T08:30:00"),
        ("2026-07-01 08:30:00", "2026-07-01T08:30:00"),
    ],
)
def test_time_is_a_date_or_relative_to_now(text: str, expected: str) -> None:
    assert parse_time(text, NOW) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("text", ["", "2", "d", "-2d", "2 d", "yesterday", "2026-13-01", "9999y"])
def test_other_text_is_rejected(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_time(text, NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("2021-07-03", datetime(2021, 7, 3)),  # noqa: DTZ001
        ("2021-07-03 14:05", datetime(2021, 7, 3, 14, 5)),  # noqa: DTZ001
        ("2021-07-03T14:05:09.5Z", datetime(2021, 7, 3, 14, 5, 9, 500_000, UTC)),
        (
            "2021-07-03 14:05+02:00",
            datetime(2021, 7, 3, 14, 5, tzinfo=timezone(timedelta(hours=2))),
        ),
        ("+2h", timedelta(hours=2)),
        ("-1d", timedelta(days=-1)),
        ("+1h30m15s", timedelta(hours=1, minutes=30, seconds=15)),
        ("-999999w", timedelta(weeks=-999_999)),
    ],
)
def test_capture_time_is_a_time_or_a_shift(
    text: str, expected: datetime | timedelta | None
) -> None:
    assert parse_capture_time(text) == expected


@pytest.mark.parametrize("text", ["2h", "+", "+2", "+2mo", "2d", "2021-02-30", "14:05", "noon"])
def test_other_capture_time_is_rejected(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_capture_time(text)
