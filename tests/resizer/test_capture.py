"""Capture data from valid, invalid and malicious EXIF tags."""

import io
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from sightline.domain.capture import Capture, GeoPosition
from sightline_local.sample_image import draw_sample
from sightline_resizer.capture import read_capture
from sightline_testing.sample_images import find_images

PHOTOS = {path.name: path for path in find_images("photos")}


def read_file(body: bytes) -> Capture:
    with Image.open(io.BytesIO(body)) as image:
        return read_capture(image.getexif())


def read_details(**tags: object) -> Capture:
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif).update({Base[name]: value for name, value in tags.items()})
    return read_capture(exif)


def read_position(**tags: object) -> Capture:
    exif = Image.Exif()
    exif.get_ifd(IFD.GPSInfo).update({GPS[name]: value for name, value in tags.items()})
    return read_capture(exif)


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
        datetime(2015, 4, 10, 20, 12, 23),  # noqa: DTZ001
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


@pytest.mark.parametrize(("degrees", "direction"), [(270.5, 270.5), (361, None), (-1, None)])
def test_a_direction_outside_0_to_360_degrees_is_omitted(
    degrees: float, direction: float | None
) -> None:
    place = read_position(
        GPSLatitude=(1, 0, 0), GPSLongitude=(2, 0, 0), GPSImgDirection=degrees
    ).place
    assert place is not None
    assert place.direction == direction


def test_without_tags_the_capture_data_is_empty() -> None:
    assert read_capture(Image.Exif()) == Capture()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000:00:00 00:00:00",
        "2026:13:41 25:61:61",
        "    :  :     :  :  ",
        "yesterday",
        b"\xff\xfe\xfd",
        7,
        (1, 2),
        "2026-06-21",
        "9" * 100_000,
    ],
)
def test_an_invalid_time_is_omitted(text: object) -> None:
    assert read_details(DateTimeOriginal=text).taken_at is None


@pytest.mark.parametrize("offset", ["", "Z", "+99:99", "0200", "+2", b"\xff", "UTC"])
def test_an_invalid_offset_is_omitted_without_the_time(offset: object) -> None:
    taken_at = read_details(
        DateTimeOriginal="2026:06:21 21:14:08", OffsetTimeOriginal=offset
    ).taken_at
    assert taken_at is not None
    assert taken_at.tzinfo is None


def test_south_west_and_below_sea_level_are_negative() -> None:
    offset = read_details(
        DateTimeOriginal="2026:06:21 21:14:08", OffsetTimeOriginal="-03:30"
    ).taken_at
    assert offset is not None
    assert offset.utcoffset() == timedelta(hours=-3, minutes=-30)
    place = read_position(
        GPSLatitude=(1, 30, 0),
        GPSLatitudeRef="S",
        GPSLongitude=(2, 15, 0),
        GPSLongitudeRef="W",
        GPSAltitude=5,
        GPSAltitudeRef=b"\x01",
    ).place
    assert place == GeoPosition(latitude=-1.5, longitude=-2.25, altitude=-5)


@pytest.mark.parametrize(
    "latitude",
    [None, (), (1, 2), (1, 2, 3, 4), ("a", "b", "c"), (91, 0, 0), (float("nan"), 0, 0), 7, "x"],
)
def test_an_invalid_place_is_omitted(latitude: object) -> None:
    tags = {"GPSLatitude": latitude} if latitude is not None else {}
    assert read_position(**tags, GPSLongitude=(2, 0, 0)).place is None


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
    assert read_capture(exif).camera == camera
