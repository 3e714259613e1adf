"""Capture data from valid, invalid and malicious EXIF tags."""

import io
import struct
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import IFDRational

from sightline.domain.capture import Capture, GeoPosition
from sightline_local.sample_image import draw_sample
from sightline_resizer.capture import (
    ISO_SPEED,
    RECOMMENDED_INDEX,
    STANDARD_OUTPUT,
    parse_capture,
    read_capture,
)
from sightline_testing.sample_images import find_images

PHOTOS = {path.name: path for path in find_images("photos")}


def read_file(body: bytes) -> Capture:
    with Image.open(io.BytesIO(body)) as image:
        image.load()
        return read_capture(image)


def read_details(**tags: object) -> Capture:
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif).update({Base[name]: value for name, value in tags.items()})
    return parse_capture(exif, {})


def test_the_sample_image_has_its_time_camera_and_place() -> None:
    assert read_file(draw_sample(size=(64, 40))) == Capture(
        taken_at=datetime(2026, 6, 21, 21, 14, 8, tzinfo=timezone(timedelta(hours=2))),
        camera="Sightline Drawing Board",
        place=GeoPosition(latitude=47.005, longitude=11.5075, altitude=1370),
    )


#: Time, camera and position of these photos as exiftool reads them, to the same digits.
EXIFTOOL_VALUES = {
    "camera_nikon_e950.jpg": (datetime(2001, 4, 6, 11, 51, 40), "NIKON E950", None),  # noqa: DTZ001
    "camera_canon_40d_tiny.jpg": (
        datetime(2008, 5, 30, 15, 56, 1),  # noqa: DTZ001
        "Canon EOS 40D",
        None,
    ),
    "gps_coolpix_a.jpg": (
        datetime(2008, 10, 22, 16, 28, 39),  # noqa: DTZ001
        "NIKON COOLPIX P6000",
        (43.46745, 11.88513),
    ),
    "gps_coolpix_b.jpg": (
        datetime(2008, 10, 22, 16, 38, 20),  # noqa: DTZ001
        "NIKON COOLPIX P6000",
        (43.46708, 11.88454),
    ),
    "phone_iphone_hdr.jpg": (
        datetime(2015, 4, 10, 20, 12, 23, 550_000),  # noqa: DTZ001
        "Apple iPhone 6",
        (40.44697, -3.72475),
    ),
    "phone_jolla.jpg": (datetime(2014, 9, 21, 16, 0, 56), "Jolla", None),  # noqa: DTZ001
}


@pytest.mark.parametrize(
    "path", [PHOTOS[name] for name in EXIFTOOL_VALUES if name in PHOTOS], ids=str
)
def test_real_photos_match_the_values_of_exiftool(path: Path) -> None:
    taken_at, camera, place = EXIFTOOL_VALUES[path.name]
    capture = read_file(path.read_bytes())
    assert (capture.taken_at, capture.camera) == (taken_at, camera)
    found = capture.place and (round(capture.place.latitude, 5), round(capture.place.longitude, 5))
    assert found == place


def test_the_exposure_settings_are_read() -> None:
    capture = read_details(
        LensModel="50mm f/1.4\0",
        ExposureTime=IFDRational(1, 250),
        FNumber=IFDRational(14, 10),
        ISOSpeedRatings=(200, 100),
        FocalLength=50,
    )
    assert capture == Capture(
        lens="50mm f/1.4", exposure=0.004, f_number=1.4, iso=200, focal_length=50
    )


@pytest.mark.parametrize(
    "value", [0, -1, float("nan"), float("inf"), "fast", b"\xff", (), IFDRational(1, 0), None]
)
def test_invalid_exposure_settings_are_omitted(value: object) -> None:
    capture = read_details(
        ExposureTime=value, FNumber=value, ISOSpeedRatings=value, FocalLength=value
    )
    assert capture == Capture()


def test_without_tags_the_capture_data_is_empty() -> None:
    assert parse_capture(Image.Exif(), {}) == Capture()


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS 40D", "Canon EOS 40D"),
        ("NIKON CORPORATION", "NIKON D800", "NIKON D800"),
        ("Apple", "iPhone 6", "Apple iPhone 6"),
        ("Jolla", "", "Jolla"),
        ("", "E-M1", "E-M1"),
        ("", "", None),
        ("Maker\0garbage", "Model\x07 \x1b[31m", "Maker Model [31m"),
        (b"Maker", b"\xff\xfeModel", "Maker ��Model"),
        ("M" * 5000, "x", "M" * 100),
        (7, (1, 2), None),
    ],
)
def test_the_camera_name_combines_make_and_model(
    make: object, model: object, camera: str | None
) -> None:
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = make, model
    assert parse_capture(exif, {}).camera == camera


@pytest.mark.parametrize("value", [1e130, 1e300, 1e-12, -5.0, 2**70])
def test_values_that_no_camera_means_are_omitted(value: float) -> None:
    capture = read_details(
        ExposureTime=value, FNumber=value, ISOSpeedRatings=value, FocalLength=value
    )
    assert capture == Capture()


@pytest.mark.parametrize(
    ("value", "kind", "tags", "iso"),
    [
        (65535, None, {RECOMMENDED_INDEX: 102400}, 102400),
        (65535, 1, {STANDARD_OUTPUT: 204800, RECOMMENDED_INDEX: 102400}, 204800),
        (65535, 2, {STANDARD_OUTPUT: 204800, RECOMMENDED_INDEX: 102400}, 102400),
        (65535, 3, {ISO_SPEED: 3280000}, 3280000),
        (65535, 4, {STANDARD_OUTPUT: 204800}, 204800),
        (65535, 2, {ISO_SPEED: 3280000}, 3280000),
        (65535, 99, {RECOMMENDED_INDEX: 102400}, 102400),
        ((65535, 0), 2, {RECOMMENDED_INDEX: 102400}, 102400),
        (None, 2, {RECOMMENDED_INDEX: 400}, 400),
        (0, 2, {RECOMMENDED_INDEX: 400}, 400),
        (200, 2, {RECOMMENDED_INDEX: 400}, 200),
        (65535, None, {}, None),
        (65535, 2, {RECOMMENDED_INDEX: 65535}, None),
        (65535, 2, {RECOMMENDED_INDEX: 2**32 - 1}, None),
    ],
)
def test_the_maximum_sensitivity_of_16_bits_refers_to_other_tags(
    value: object, kind: int | None, tags: dict[int, int], iso: int | None
) -> None:
    exif = Image.Exif()
    details = exif.get_ifd(IFD.Exif)
    details.update(tags)
    details[Base.SensitivityType] = kind
    details[Base.ISOSpeedRatings] = value
    assert parse_capture(exif, {}).iso == iso


def make_apple_note(*tags: int, order: str = ">") -> bytes:
    """Return a maker note as an iPhone writes it, with these tags in its directory."""
    entries = b"".join(struct.pack(f"{order}HHII", tag, 9, 1, 0) for tag in tags)
    mark = b"MM" if order == ">" else b"II"
    count = struct.pack(f"{order}H", len(tags))
    return b"Apple iOS\0\0\x01" + mark + count + entries + b"\0" * 4


@pytest.mark.parametrize(
    ("note", "motion"),
    [
        (make_apple_note(0x0001, 0x0011), True),
        (make_apple_note(0x0011, order="<"), True),
        (make_apple_note(0x0001, 0x0014), False),
        (make_apple_note(), False),
        (make_apple_note(0x0011)[:20].replace(b"\0\x11", b"\0\x12"), False),
        (b"Apple iOS\0", False),
        (b"Apple iOS\0\0\x01MM\xff\xff", False),
        (b"Nikon\0\x02\x11\0\x11", False),
        ("Apple iOS", False),
        (None, False),
    ],
)
def test_a_live_photo_is_recognized_by_its_maker_note(note: object, motion: bool) -> None:
    assert read_details(MakerNote=note).motion is motion


#: What is right for the reported files: time, place and other values.
REPORTED: dict[str, Capture] = {
    "exif_year9999.jpg": Capture(camera="Cam"),
    "exif_zero_original.jpg": Capture(taken_at=datetime(2020, 3, 1, 10)),  # noqa: DTZ001
    "exif_feb30.jpg": Capture(taken_at=datetime(2020, 3, 1, 10)),  # noqa: DTZ001
    "t_blank_then_digitized.jpg": Capture(
        taken_at=datetime(2010, 10, 10, 10, 10, 10)  # noqa: DTZ001
    ),
    "t_datetime_only.jpg": Capture(taken_at=datetime(2015, 3, 4, 5, 6, 7)),  # noqa: DTZ001
    "t_xmp_only.jpg": Capture(
        taken_at=datetime(2012, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=8))),
        place=GeoPosition(latitude=52.5083333, longitude=13.4083333),
    ),
    "t_offset_nocolon.jpg": Capture(
        taken_at=datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    ),
    "t_digitized_wrong_offset.jpg": Capture(
        taken_at=datetime(2001, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=-5)))
    ),
    "t_subsec.jpg": Capture(taken_at=datetime(2024, 1, 2, 3, 4, 5, 672_000)),  # noqa: DTZ001
    "exif_iso_65535.jpg": Capture(iso=102_400),
    "exif_fnumber_1e130.jpg": Capture(),
    "exif_focal_double_1e300.jpg": Capture(),
    "g_null_island.jpg": Capture(),
}


@pytest.mark.parametrize(
    "path", [path for path in find_images("reported") if path.name in REPORTED], ids=str
)
def test_reported_files_have_the_right_values(path: Path) -> None:
    assert read_file(path.read_bytes()) == REPORTED[path.name]
