"""Capture data, honest and hostile."""

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


def read(body: bytes) -> Capture:
    with Image.open(io.BytesIO(body)) as picture:
        return read_capture(picture.getexif())


def details(**tags: object) -> Capture:
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif).update({Base[name]: value for name, value in tags.items()})
    return read_capture(exif)


def position(**tags: object) -> Capture:
    exif = Image.Exif()
    exif.get_ifd(IFD.GPSInfo).update({GPS[name]: value for name, value in tags.items()})
    return read_capture(exif)


def test_a_picture_of_our_own_tells_all() -> None:
    assert read(draw_sample(size=(64, 40))) == Capture(
        taken_at=datetime(2026, 6, 21, 21, 14, 8, tzinfo=timezone(timedelta(hours=2))),
        camera="Sightline Drawing Board",
        place=GeoPosition(latitude=47.005, longitude=11.5075, altitude=1370),
    )


#: What other readers say of these photographs (exiftool's values, to the same digits).
KNOWN = {
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


@pytest.mark.parametrize("path", [PHOTOS[name] for name in KNOWN if name in PHOTOS], ids=str)
def test_real_photographs_tell_what_is_known_of_them(path: Path) -> None:
    taken_at, camera, place = KNOWN[path.name]
    capture = read(path.read_bytes())
    assert (capture.taken_at, capture.camera) == (taken_at, camera)
    found = capture.place and (round(capture.place.latitude, 5), round(capture.place.longitude, 5))
    assert found == place


def test_the_settings_of_the_shot_are_read() -> None:
    capture = details(
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
def test_impossible_settings_are_left_out(value: object) -> None:
    capture = details(ExposureTime=value, FNumber=value, ISOSpeedRatings=value, FocalLength=value)
    assert capture == Capture()


@pytest.mark.parametrize(("written", "direction"), [(270.5, 270.5), (361, None), (-1, None)])
def test_the_direction_is_within_the_circle(written: float, direction: float | None) -> None:
    place = position(GPSLatitude=(1, 0, 0), GPSLongitude=(2, 0, 0), GPSImgDirection=written).place
    assert place is not None
    assert place.direction == direction


def test_without_tags_nothing_is_said() -> None:
    assert read_capture(Image.Exif()) == Capture()


@pytest.mark.parametrize(
    "written",
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
def test_an_impossible_time_is_left_out(written: object) -> None:
    assert details(DateTimeOriginal=written).taken_at is None


@pytest.mark.parametrize("offset", ["", "Z", "+99:99", "0200", "+2", b"\xff", "UTC"])
def test_an_impossible_offset_leaves_the_time(offset: object) -> None:
    taken_at = details(DateTimeOriginal="2026:06:21 21:14:08", OffsetTimeOriginal=offset).taken_at
    assert taken_at is not None
    assert taken_at.tzinfo is None


def test_west_and_below_zero_are_negative() -> None:
    offset = details(DateTimeOriginal="2026:06:21 21:14:08", OffsetTimeOriginal="-03:30").taken_at
    assert offset is not None
    assert offset.utcoffset() == timedelta(hours=-3, minutes=-30)
    place = position(
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
def test_an_impossible_place_is_left_out(latitude: object) -> None:
    tags = {"GPSLatitude": latitude} if latitude is not None else {}
    assert position(**tags, GPSLongitude=(2, 0, 0)).place is None


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
def test_the_camera_is_named_as_people_do(make: object, model: object, camera: str | None) -> None:
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = make, model
    assert read_capture(exif).camera == camera
