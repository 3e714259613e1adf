"""The position of the camera, from the GPS tags of EXIF or else from XMP."""

import re
from typing import Any

from PIL.ExifTags import GPS

from sightline.domain.capture import GeoPosition
from sightline_resizer.tag_values import (
    Tags,
    parse_in_range,
    parse_number,
    parse_optional,
    parse_text,
)
from sightline_resizer.xmp import Xmp

#: Decimals of a coordinate, about a centimeter: finer than any camera's position.
COORDINATE_DECIMALS = 7

#: Both coordinates of a receiver without a fix are zero. Nothing but a buoy is that close to it.
NO_FIX_DEGREES = 0.0001

#: From below the deepest sea to above the space station, in meters.
MIN_ALTITUDE, MAX_ALTITUDE = -12_000, 1_000_000

#: References of an altitude below the sea level or the ellipsoid (EXIF 3.0, GPSAltitudeRef).
BELOW = frozenset({1, 3})

#: Degrees, perhaps minutes and seconds, and the reference: `52,30.5N` (XMP Specification Part 2).
_XMP_COORDINATE = re.compile(r"([\d.,]+)\s*([A-Za-z]+)", re.ASCII)


def read_position(position: Tags, xmp: Xmp) -> GeoPosition | None:
    """Return the position; None without reference letters, or for latitude 0, longitude 0."""
    return parse_optional(lambda: _parse_exif(position)) or parse_optional(lambda: _parse_xmp(xmp))


def _parse_exif(position: Tags) -> GeoPosition:
    return GeoPosition(
        *_check_coordinates(
            _parse_degrees(position[GPS.GPSLatitude], position[GPS.GPSLatitudeRef], "NS", 90),
            _parse_degrees(position[GPS.GPSLongitude], position[GPS.GPSLongitudeRef], "EW", 180),
        ),
        altitude=parse_optional(
            lambda: _parse_altitude(position[GPS.GPSAltitude], position.get(GPS.GPSAltitudeRef))
        ),
        direction=parse_optional(lambda: _parse_direction(position[GPS.GPSImgDirection])),
    )


def _parse_xmp(xmp: Xmp) -> GeoPosition:
    return GeoPosition(
        *_check_coordinates(
            _parse_xmp_degrees(xmp["exif:GPSLatitude"], "NS", 90),
            _parse_xmp_degrees(xmp["exif:GPSLongitude"], "EW", 180),
        ),
        altitude=parse_optional(
            lambda: _parse_altitude(xmp["exif:GPSAltitude"], xmp.get("exif:GPSAltitudeRef"))
        ),
        direction=parse_optional(lambda: _parse_direction(xmp["exif:GPSImgDirection"])),
    )


def _check_coordinates(latitude: float, longitude: float) -> tuple[float, float]:
    if max(abs(latitude), abs(longitude)) < NO_FIX_DEGREES:
        raise ValueError("a receiver without a fix")
    return latitude, longitude


def _parse_degrees(value: Any, reference: Any, letters: str, maximum: float) -> float:
    """Parse degrees, and minutes and seconds if there are any, with their reference.

    `letters` are the references of positive and of negative values.
    """
    letter = parse_text(reference)[:1].upper()
    if not letter or letter not in letters:
        raise ValueError("no reference")
    parts = list(value) if isinstance(value, tuple | list) else [value]
    degrees, minutes, seconds = _fill_parts(parts)
    if minutes > 60 or seconds > 60 or min(degrees, minutes, seconds) < 0:
        raise ValueError("not an angle")
    total = degrees + minutes / 60 + seconds / 3600
    if total > maximum:
        raise ValueError("out of range")
    return round(total if letter == letters[0] else -total, COORDINATE_DECIMALS)


def _fill_parts(parts: list[Any]) -> tuple[float, float, float]:
    """Return degrees, minutes and seconds; unknown minutes or seconds (0/0) are zero."""
    if not 1 <= len(parts) <= 3:
        raise ValueError("not an angle")
    finer = [parse_number(part) if part == part else 0.0 for part in parts[1:]]
    minutes, seconds = [*finer, 0.0, 0.0][:2]
    return parse_number(parts[0]), minutes, seconds


def _parse_xmp_degrees(text: str, letters: str, maximum: float) -> float:
    match = _XMP_COORDINATE.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a coordinate")
    return _parse_degrees(match[1].split(","), match[2], letters, maximum)


def _parse_altitude(value: Any, reference: Any) -> float:
    meters = parse_number(value)
    signed = -meters if _parse_reference(reference) in BELOW else meters
    return parse_in_range(signed, MIN_ALTITUDE, MAX_ALTITUDE, 2)


def _parse_reference(value: Any) -> int | None:
    """Parse a reference that is a byte, a digit or an integer."""
    if isinstance(value, bytes) and value[:1] < b"0":
        return value[0] if value else None
    return parse_optional(lambda: int(value))


def _parse_direction(value: Any) -> float:
    return parse_in_range(value, 0, 360, 2)
