"""What the camera wrote about the taking of a picture (EXIF 2.32).

Every field is somebody's bytes: one that makes no sense is left out and harms no other.
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

#: Longest name of a camera or lens that is kept, in characters.
MAX_NAME = 100

#: Times before photography are mistakes.
FIRST_YEAR = 1826


def read_capture(exif: Image.Exif) -> Capture:
    """The capture data in these tags; empty where there is none."""
    details: Tags = _attempt(lambda: exif.get_ifd(IFD.Exif)) or {}
    position: Tags = _attempt(lambda: exif.get_ifd(IFD.GPSInfo)) or {}
    return Capture(
        taken_at=_attempt(lambda: _read_time(details)),
        camera=_attempt(lambda: _read_camera(exif)),
        lens=_attempt(lambda: _read_name(details.get(Base.LensModel))),
        exposure=_attempt(lambda: _positive(details[Base.ExposureTime], 6)),
        f_number=_attempt(lambda: _positive(details[Base.FNumber], 2)),
        iso=_attempt(lambda: _read_iso(details[Base.ISOSpeedRatings])),
        focal_length=_attempt(lambda: _positive(details[Base.FocalLength], 2)),
        place=_attempt(lambda: _read_place(position)),
    )


def read_orientation(exif: Image.Exif) -> int:
    """How the picture lies: 1 to 8, 1 where that is not said sensibly."""
    value = _attempt(lambda: int(exif.get(Base.Orientation, 1)))
    return value if value is not None and 1 <= value <= 8 else 1


def _attempt(read: Callable[[], Value]) -> Value | None:
    with contextlib.suppress(Exception):
        return read()
    return None


def _read_time(details: Tags) -> datetime | None:
    written = _text(details.get(Base.DateTimeOriginal) or details.get(Base.DateTimeDigitized))
    if not written:
        return None
    taken_at = datetime.strptime(written, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    if taken_at.year < FIRST_YEAR:
        return None
    offset = _attempt(lambda: _read_offset(_text(details.get(Base.OffsetTimeOriginal))))
    return taken_at.replace(tzinfo=offset)


def _read_offset(written: str) -> timezone:
    """The offset in `+09:00` or `-03:30`."""
    sign, hours, minutes = written[0], int(written[1:3]), int(written[4:6])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


def _read_camera(exif: Tags) -> str | None:
    make, model = _text(exif.get(Base.Make)), _text(exif.get(Base.Model))
    # Many models repeat the maker's name: "Canon" makes the "Canon EOS 40D".
    repeats = bool(make) and model.lower().startswith(make.split()[0].lower())
    name = model if repeats else f"{make} {model}".strip()
    return name[:MAX_NAME] or None


def _read_name(value: Any) -> str | None:
    return _text(value)[:MAX_NAME] or None


def _read_iso(value: Any) -> int:
    # Several where a camera counts in several ways; the first is the one it shows.
    first = value[0] if isinstance(value, tuple) else value
    return int(_positive(first, 0))


def _read_place(position: Tags) -> GeoPosition | None:
    latitude = _degrees(position[GPS.GPSLatitude], position.get(GPS.GPSLatitudeRef), "S")
    longitude = _degrees(position[GPS.GPSLongitude], position.get(GPS.GPSLongitudeRef), "W")
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return GeoPosition(
        latitude=latitude,
        longitude=longitude,
        altitude=_attempt(lambda: _read_altitude(position)),
        direction=_attempt(lambda: _read_direction(position)),
    )


def _degrees(parts: Any, reference: Any, negative: str) -> float:
    degrees, minutes, seconds = (_number(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    # Seven decimals are a centimetre, finer than any camera knows.
    return round(-value if _text(reference).upper() == negative else value, 7)


def _read_altitude(position: Tags) -> float:
    metres = _number(position[GPS.GPSAltitude])
    below_sea = position.get(GPS.GPSAltitudeRef) in (1, b"\x01")
    return round(-metres if below_sea else metres, 2)


def _read_direction(position: Tags) -> float | None:
    direction = _number(position[GPS.GPSImgDirection])
    return round(direction, 2) if 0 <= direction <= 360 else None


def _positive(value: Any, digits: int) -> float:
    number = round(_number(value), digits)
    if number <= 0:
        raise ValueError("not positive")
    return number


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not a number")
    return number


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    if not isinstance(value, str):
        return ""
    return "".join(filter(str.isprintable, value.split("\0")[0])).strip()
