"""Parse the capture data that a camera wrote into an image (EXIF 2.32).

Tags are untrusted input: an invalid one is omitted and does not affect the others.
"""

import contextlib
import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from sightline.domain.capture import Capture, GeoPosition

Value = TypeVar("Value")
Tags = Mapping[int, Any]

#: Maximum length of the name of a camera or a lens, in characters.
MAX_NAME_LENGTH = 100

#: Year of the oldest surviving photograph; earlier times are errors.
MIN_YEAR = 1826

#: Decimals of a coordinate, about a centimeter: finer than any camera's position.
COORDINATE_DECIMALS = 7


def read_capture(exif: Image.Exif) -> Capture:
    """Return the capture data in these tags, without the fields that are missing or invalid."""
    details: Tags = _parse_optional(lambda: exif.get_ifd(IFD.Exif)) or {}
    position: Tags = _parse_optional(lambda: exif.get_ifd(IFD.GPSInfo)) or {}
    return Capture(
        taken_at=_parse_optional(lambda: _parse_time(details)),
        camera=_parse_optional(lambda: _parse_camera(exif)),
        lens=_parse_optional(lambda: _parse_name(details.get(Base.LensModel))),
        exposure=_parse_optional(lambda: _parse_positive(details[Base.ExposureTime], 6)),
        f_number=_parse_optional(lambda: _parse_positive(details[Base.FNumber], 2)),
        iso=_parse_optional(lambda: _parse_iso(details[Base.ISOSpeedRatings])),
        focal_length=_parse_optional(lambda: _parse_positive(details[Base.FocalLength], 2)),
        place=_parse_optional(lambda: _parse_place(position)),
    )


def read_orientation(exif: Image.Exif) -> int:
    """Return the EXIF orientation, 1 to 8; 1 (upright) if it is missing or invalid."""
    value = _parse_optional(lambda: int(exif.get(Base.Orientation, 1)))
    return value if value is not None and 1 <= value <= 8 else 1


def _parse_optional(parse: Callable[[], Value]) -> Value | None:
    """Return the parsed value; None if parsing raises any exception."""
    with contextlib.suppress(Exception):
        return parse()
    return None


def _parse_time(details: Tags) -> datetime | None:
    text = _parse_text(details.get(Base.DateTimeOriginal) or details.get(Base.DateTimeDigitized))
    if not text:
        return None
    taken_at = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    if taken_at.year < MIN_YEAR:
        return None
    offset = _parse_optional(
        lambda: _parse_offset(_parse_text(details.get(Base.OffsetTimeOriginal)))
    )
    return taken_at.replace(tzinfo=offset)


def _parse_offset(text: str) -> timezone:
    """Parse an offset such as `+09:00` or `-03:30`."""
    sign, hours, minutes = text[0], int(text[1:3]), int(text[4:6])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


def _parse_camera(exif: Tags) -> str | None:
    make, model = _parse_text(exif.get(Base.Make)), _parse_text(exif.get(Base.Model))
    # Many model names include the make: the make of the "Canon EOS 40D" is "Canon".
    includes_make = bool(make) and model.lower().startswith(make.split()[0].lower())
    name = model if includes_make else f"{make} {model}".strip()
    return name[:MAX_NAME_LENGTH] or None


def _parse_name(value: Any) -> str | None:
    return _parse_text(value)[:MAX_NAME_LENGTH] or None


def _parse_iso(value: Any) -> int:
    # A camera may record several ratings; the first is the one that it displays.
    first = value[0] if isinstance(value, tuple) else value
    return int(_parse_positive(first, 0))


def _parse_place(position: Tags) -> GeoPosition | None:
    latitude = _parse_degrees(position[GPS.GPSLatitude], position.get(GPS.GPSLatitudeRef), "S")
    longitude = _parse_degrees(position[GPS.GPSLongitude], position.get(GPS.GPSLongitudeRef), "W")
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return GeoPosition(
        latitude=latitude,
        longitude=longitude,
        altitude=_parse_optional(lambda: _parse_altitude(position)),
        direction=_parse_optional(lambda: _parse_direction(position)),
    )


def _parse_degrees(parts: Any, reference: Any, negative: str) -> float:
    """Parse degrees, minutes and seconds; the reference `negative` (S or W) negates them."""
    degrees, minutes, seconds = (_parse_number(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    signed = -value if _parse_text(reference).upper() == negative else value
    return round(signed, COORDINATE_DECIMALS)


def _parse_altitude(position: Tags) -> float:
    meters = _parse_number(position[GPS.GPSAltitude])
    below_sea = position.get(GPS.GPSAltitudeRef) in (1, b"\x01")
    return round(-meters if below_sea else meters, 2)


def _parse_direction(position: Tags) -> float | None:
    direction = _parse_number(position[GPS.GPSImgDirection])
    return round(direction, 2) if 0 <= direction <= 360 else None


def _parse_positive(value: Any, decimals: int) -> float:
    number = round(_parse_number(value), decimals)
    if number <= 0:
        raise ValueError("not positive")
    return number


def _parse_number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def _parse_text(value: Any) -> str:
    """Return the printable characters up to the first NUL; empty if the value is no text."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    if not isinstance(value, str):
        return ""
    return "".join(filter(str.isprintable, value.split("\0")[0])).strip()
