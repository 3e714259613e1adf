"""The position of the camera, from EXIF and from XMP."""

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD
from PIL.TiffImagePlugin import IFDRational

from sightline.domain.capture import GeoPosition
from sightline_resizer.capture import parse_capture

#: 52.5083333 degrees north, 13.4083333 degrees east.
BERLIN: dict[str, object] = {
    "GPSLatitude": (52, 30, 30),
    "GPSLatitudeRef": "N",
    "GPSLongitude": (13, 24, 30),
    "GPSLongitudeRef": "E",
}


def read_position(**tags: object) -> GeoPosition | None:
    exif = Image.Exif()
    exif.get_ifd(IFD.GPSInfo).update({GPS[name]: value for name, value in tags.items()})
    return parse_capture(exif, {}).place


def read_xmp_position(**properties: str) -> GeoPosition | None:
    return parse_capture(
        Image.Exif(), {f"exif:{name}": value for name, value in properties.items()}
    ).place


def test_south_west_and_below_sea_level_are_negative() -> None:
    assert read_position(
        GPSLatitude=(1, 30, 0),
        GPSLatitudeRef="S",
        GPSLongitude=(2, 15, 0),
        GPSLongitudeRef="W",
        GPSAltitude=5,
        GPSAltitudeRef=b"\x01",
    ) == GeoPosition(latitude=-1.5, longitude=-2.25, altitude=-5)


@pytest.mark.parametrize("letter", ["S", "s", "S\0", b"S\0", "South", " S "])
def test_the_reference_is_its_first_letter(letter: object) -> None:
    place = read_position(**BERLIN | {"GPSLatitudeRef": letter})
    assert place is not None
    assert place.latitude == -52.5083333


@pytest.mark.parametrize("name", ["GPSLatitudeRef", "GPSLongitudeRef"])
@pytest.mark.parametrize("letter", [None, "", "\0", "X", 7, b"\xff", "E W"])
def test_a_position_without_its_reference_letters_is_omitted(name: str, letter: object) -> None:
    if name == "GPSLongitudeRef" and letter == "E W":
        return
    assert read_position(**BERLIN | {name: letter}) is None
    assert read_position(**{key: value for key, value in BERLIN.items() if key != name}) is None


def test_swapped_references_are_rejected() -> None:
    assert read_position(**BERLIN | {"GPSLatitudeRef": "E", "GPSLongitudeRef": "N"}) is None


@pytest.mark.parametrize(
    "zero", [(0, 0, 0), (IFDRational(0, 1),) * 3, (0, 0, IFDRational(1, 1000)), (0,)]
)
def test_a_receiver_without_a_fix_has_no_position(zero: object) -> None:
    assert read_position(**BERLIN | {"GPSLatitude": zero, "GPSLongitude": zero}) is None
    on_the_equator = read_position(**BERLIN | {"GPSLatitude": zero})
    assert on_the_equator is not None
    assert on_the_equator.longitude == 13.4083333


@pytest.mark.parametrize(
    "latitude",
    [
        (IFDRational(52508333, 1_000_000), 0, 0),
        (52, IFDRational(305, 10), 0),
        (52, IFDRational(305, 10), IFDRational(0, 0)),
        (52, 30.5),
        (52.508333,),
        [52, 30, 30],
        52.508333,
    ],
)
def test_degrees_may_have_any_precision(latitude: object) -> None:
    place = read_position(**BERLIN | {"GPSLatitude": latitude})
    assert place is not None
    assert place.latitude == pytest.approx(52.508333, abs=1e-6)


@pytest.mark.parametrize(
    "latitude",
    [
        None,
        (),
        (1, 2, 3, 4),
        ("a", "b", "c"),
        (91, 0, 0),
        (90, 0, 1),
        (1, 61, 0),
        (-1, 0, 0),
        (float("nan"), 0, 0),
        (float("inf"), 0, 0),
        (IFDRational(1, 0), 0, 0),
        "x",
    ],
)
def test_an_invalid_latitude_is_omitted(latitude: object) -> None:
    assert read_position(**BERLIN | {"GPSLatitude": latitude}) is None


@pytest.mark.parametrize(
    ("reference", "altitude"),
    [
        (None, 5),
        (0, 5),
        (b"\0", 5),
        (b"", 5),
        ("0", 5),
        (1, -5),
        (b"\x01", -5),
        ("1", -5),
        (2, 5),
        (3, -5),
        (b"\x03", -5),
        ("below", 5),
    ],
)
def test_the_reference_of_the_altitude_sets_its_sign(reference: object, altitude: int) -> None:
    place = read_position(**BERLIN, GPSAltitude=5, GPSAltitudeRef=reference)
    assert place is not None
    assert place.altitude == altitude


@pytest.mark.parametrize("altitude", [1e126, 2_000_000, -20_000, IFDRational(1, 0), "x", None])
def test_an_impossible_altitude_is_omitted(altitude: object) -> None:
    place = read_position(**BERLIN, GPSAltitude=altitude)
    assert place == GeoPosition(latitude=52.5083333, longitude=13.4083333)


@pytest.mark.parametrize(("degrees", "direction"), [(270.5, 270.5), (361, None), (-1, None)])
def test_a_direction_outside_0_to_360_degrees_is_omitted(
    degrees: float, direction: float | None
) -> None:
    place = read_position(**BERLIN, GPSImgDirection=degrees)
    assert place is not None
    assert place.direction == direction


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("52,30.5N", "13,24.5E"),
        ("52,30,30N", "13,24,30E"),
        ("52.5083333N", "13.4083333E"),
        (" 52,30.50000N ", "13,24.50000 E"),
    ],
)
def test_the_position_of_xmp_is_read(latitude: str, longitude: str) -> None:
    assert read_xmp_position(
        GPSLatitude=latitude,
        GPSLongitude=longitude,
        GPSAltitude="13700/10",
        GPSAltitudeRef="1",
        GPSImgDirection="541/2",
    ) == GeoPosition(latitude=52.5083333, longitude=13.4083333, altitude=-1370, direction=270.5)


@pytest.mark.parametrize(
    "latitude", ["52,30.5", "52,30.5E", "N", "-52,30.5N", "91,0N", "52,,N", "1,2,3,4N", "x" * 10**5]
)
def test_an_invalid_position_of_xmp_is_omitted(latitude: str) -> None:
    assert read_xmp_position(GPSLatitude=latitude, GPSLongitude="13,24.5E") is None


def test_latitude_0_longitude_0_of_xmp_is_omitted() -> None:
    assert read_xmp_position(GPSLatitude="0,0.0N", GPSLongitude="0,0.0E") is None


def test_exif_has_precedence_over_xmp() -> None:
    exif = Image.Exif()
    exif.get_ifd(IFD.GPSInfo).update({GPS[name]: value for name, value in BERLIN.items()})
    xmp = {"exif:GPSLatitude": "1,0N", "exif:GPSLongitude": "1,0E"}
    place = parse_capture(exif, xmp).place
    assert place is not None
    assert place.latitude == 52.5083333
