"""The capture time: its sources in their order, and every form in which cameras write it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from sightline.domain.clock import now
from sightline_resizer.capture import parse_capture

#: One plausible time for each source, in the documented order.
SOURCES = {
    "DateTimeOriginal": "2001:01:01 01:01:01",
    "DateTimeDigitized": "2002:02:02 02:02:02",
    "exif:DateTimeOriginal": "2003-03-03T03:03:03",
    "photoshop:DateCreated": "2004-04-04T04:04:04",
    "xmp:CreateDate": "2005-05-05T05:05:05",
    "DateTime": "2006:06:06 06:06:06",
    "GPSDateStamp": "2007:07:07",
    "exif:GPSTimeStamp": "2008-08-08T08:08:08Z",
}


def read_time(tags: dict[str, object]) -> datetime | None:
    """Read the time of EXIF tags by name, and of XMP properties by prefixed name."""
    exif = Image.Exif()
    for name, value in tags.items():
        if name.startswith("GPS"):
            exif.get_ifd(IFD.GPSInfo)[GPS[name]] = value
        elif name == "DateTime":
            exif[Base.DateTime] = value
        elif ":" not in name:
            exif.get_ifd(IFD.Exif)[Base[name]] = value
    xmp = {name: str(value) for name, value in tags.items() if ":" in name}
    return parse_capture(exif, xmp).taken_at


def test_the_sources_are_read_in_the_documented_order() -> None:
    tags: dict[str, object] = SOURCES | {"GPSTimeStamp": (7.0, 7.0, 7.0)}
    years = []
    for name in SOURCES:
        found = read_time(tags)
        assert found is not None
        years.append(found.year)
        del tags[name]
    assert years == list(range(2001, 2009))
    assert read_time(tags) is None


@pytest.mark.parametrize(
    "unusable",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        " " * 19,
        "",
        "\0" * 20,
        "2020:02:30 10:00:00",
        "2021:02:29 10:00:00",
        "2026:13:41 25:61:61",
        "2020:01:01 24:00:00",
        "2020:00:01 10:00:00",
        "1825:12:31 23:59:59",
        "9999:12:31 23:59:59",
        "2099:01:01 00:00:00",
        "10000:01:01 00:00:00",
        "yesterday",
        "2020:01:01",
        "\u0662\u0660\u0662\u0660:01:01 10:00:00",
        b"\xff\xfe\xfd",
        7,
        (1, 2),
        None,
        "9" * 100_000,
    ],
)
def test_an_unusable_time_falls_through_to_the_next_source(unusable: object) -> None:
    tags = {"DateTimeOriginal": unusable, "DateTimeDigitized": "2020:03:01 10:00:00"}
    assert read_time(tags) == datetime(2020, 3, 1, 10)  # noqa: DTZ001
    assert read_time({"DateTimeOriginal": unusable}) is None


def test_an_extreme_time_with_an_offset_is_omitted() -> None:
    for offset in ("-12:00", "+14:00"):
        for text in ("9999:12:31 23:59:59", "0001:01:01 00:00:00"):
            assert read_time({"DateTimeOriginal": text, "OffsetTimeOriginal": offset}) is None


def test_a_clock_may_be_ahead_but_not_by_years() -> None:
    for ahead, plausible in ((timedelta(days=2), True), (timedelta(days=800), False)):
        text = (now() + ahead).strftime("%Y:%m:%d %H:%M:%S")
        assert (read_time({"DateTimeOriginal": text}) is not None) is plausible


@pytest.mark.parametrize(
    "text",
    [
        "2015:03:04 05:06:07",
        "2015:03:04 05:06:07\0",
        b"2015:03:04 05:06:07\0garbage",
        " 2015:03:04 05:06:07 ",
        "2015-03-04 05:06:07",
        "2015/03/04 05:06:07",
        "2015:03:04T05:06:07",
        "2015: 3: 4  5: 6: 7",
    ],
)
def test_a_time_with_other_separators_is_read(text: object) -> None:
    for name in ("DateTimeOriginal", "DateTimeDigitized", "DateTime"):
        assert read_time({name: text}) == datetime(2015, 3, 4, 5, 6, 7)  # noqa: DTZ001


#: Offsets in the forms that cameras write, in minutes; None for none.
OFFSETS = {
    "+05:30": 330,
    "-03:30": -210,
    "+0530": 330,
    "-0800": -480,
    "+05": 300,
    "+5": 300,
    "-9:00": -540,
    "+05:30\0": 330,
    " +05:30 ": 330,
    "\u221205:00": -300,
    "UTC+02:00": 120,
    "GMT-7": -420,
    "Z": 0,
    "z": 0,
    "UTC": 0,
    "+00:00": 0,
    "-00:00": 0,
    "+14:00": 840,
    "+14:01": None,
    "+99:99": None,
    "+02:60": None,
    "0200": None,
    "": None,
    "   :  ": None,
    "      ": None,
    "local": None,
}


@pytest.mark.parametrize(
    ("time", "offset_tag"),
    [
        ("DateTimeOriginal", "OffsetTimeOriginal"),
        ("DateTimeDigitized", "OffsetTimeDigitized"),
        ("DateTime", "OffsetTime"),
    ],
)
@pytest.mark.parametrize(("text", "minutes"), OFFSETS.items())
def test_each_time_has_its_own_offset_in_any_form(
    time: str, offset_tag: str, text: str, minutes: int | None
) -> None:
    others = {"OffsetTime", "OffsetTimeOriginal", "OffsetTimeDigitized"} - {offset_tag}
    tags: dict[str, object] = {time: "2024:01:02 03:04:05", offset_tag: text}
    found = read_time(tags | dict.fromkeys(others, "+09:00"))
    zone = None if minutes is None else timezone(timedelta(minutes=minutes))
    assert found == datetime(2024, 1, 2, 3, 4, 5, tzinfo=zone)
    assert (found.utcoffset() is None) is (minutes is None)


@pytest.mark.parametrize(
    ("fraction", "microseconds"),
    [
        ("672", 672_000),
        ("67", 670_000),
        ("05", 50_000),
        ("672123", 672_123),
        ("672123999", 672_123),
        (" 67 \0", 670_000),
        (672, 672_000),
        ("", 0),
        ("   ", 0),
        ("-5", 0),
        ("x", 0),
        ((1,), 0),
    ],
)
def test_fractions_of_a_second_are_kept(fraction: object, microseconds: int) -> None:
    for time, tag in (
        ("DateTimeOriginal", "SubsecTimeOriginal"),
        ("DateTimeDigitized", "SubsecTimeDigitized"),
        ("DateTime", "SubsecTime"),
    ):
        found = read_time({time: "2024:01:02 03:04:05", tag: fraction})
        assert found == datetime(2024, 1, 2, 3, 4, 5, microseconds)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2012-03-04T05:06:07+08:00", "2012-03-04T05:06:07+08:00"),
        ("2012-03-04T05:06:07.25Z", "2012-03-04T05:06:07.250000+00:00"),
        ("2012-03-04T05:06", "2012-03-04T05:06:00"),
        ("2012-03-04T05:06-03:30", "2012-03-04T05:06:00-03:30"),
        ("2012-03-04", "2012-03-04T00:00:00"),
        ("2012:03:04 05:06:07", "2012-03-04T05:06:07"),
        ("2012:03:04 05:06:07.672+0530", "2012-03-04T05:06:07.672000+05:30"),
        ("2012-03", None),
        ("2012", None),
        ("2012-02-30T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("x" * 100_000, None),
    ],
)
def test_xmp_times_are_read_in_any_form_of_iso_8601(text: str, expected: str | None) -> None:
    for name in ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate"):
        found = read_time({name: text})
        assert found == (expected and datetime.fromisoformat(expected))


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ((5, 6, 7), datetime(2007, 7, 7, 5, 6, 7, tzinfo=UTC)),
        (
            (IFDRational(5), IFDRational(6), IFDRational(75, 10)),
            datetime(2007, 7, 7, 5, 6, 7, 500_000, tzinfo=UTC),
        ),
        ((24, 0, 0), None),
        ((5, 60, 0), None),
        ((-1, 0, 0), None),
        ((5, 6), None),
        ((5, 6, float("nan")), None),
        ("05:06:07", None),
        (None, None),
    ],
)
def test_the_time_of_a_gps_receiver_is_in_utc(time: object, expected: datetime | None) -> None:
    assert read_time({"GPSDateStamp": "2007:07:07", "GPSTimeStamp": time}) == expected
