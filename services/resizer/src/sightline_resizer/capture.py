"""Read what a camera or an editor recorded about an image (EXIF 3.0 and XMP).

Tags are untrusted input: an invalid one is omitted and does not affect the others. docs/metadata.md
describes what is read, and from where.
"""

from collections.abc import Iterator
from typing import Any

from PIL import Image
from PIL.ExifTags import IFD, Base

from sightline.domain.capture import Capture
from sightline_resizer.capture_time import read_time
from sightline_resizer.motion import has_motion, read_projection
from sightline_resizer.position import read_position
from sightline_resizer.tag_values import Tags, parse_in_range, parse_optional, parse_text
from sightline_resizer.xmp import Xmp, read_xmp

#: Maximum length of the name of a camera or a lens, in characters.
MAX_NAME_LENGTH = 100

#: What a camera can mean; anything else is damage. DynamoDB stores no number from 1e126 on.
MIN_EXPOSURE, MAX_EXPOSURE = 1e-9, 1e7  # seconds: up to the months of a pinhole camera
MIN_F_NUMBER, MAX_F_NUMBER = 0.1, 1_000
MIN_FOCAL_LENGTH, MAX_FOCAL_LENGTH = 0.01, 100_000  # millimeters: up to a telescope
MIN_ISO, MAX_ISO = 1, 100_000_000

#: PhotographicSensitivity holds 16 bits: its maximum refers to the tags of 32 bits (EXIF 2.3).
ISO_OVERFLOW = 65_535

#: The tags that contain the sensitivity, by SensitivityType (EXIF 2.3, table 8).
STANDARD_OUTPUT, RECOMMENDED_INDEX, ISO_SPEED = 0x8831, 0x8832, 0x8833
SENSITIVITY_TAGS = {
    1: (STANDARD_OUTPUT,),
    2: (RECOMMENDED_INDEX,),
    3: (ISO_SPEED,),
    4: (RECOMMENDED_INDEX, STANDARD_OUTPUT),
    5: (ISO_SPEED, STANDARD_OUTPUT),
    6: (RECOMMENDED_INDEX, ISO_SPEED),
    7: (RECOMMENDED_INDEX, ISO_SPEED, STANDARD_OUTPUT),
}
ANY_SENSITIVITY = SENSITIVITY_TAGS[7]


def read_capture(image: Image.Image) -> Capture:
    """Return what is recorded in a loaded image, without what is missing or invalid."""
    exif = parse_optional(image.getexif) or Image.Exif()
    return parse_capture(exif, parse_optional(lambda: read_xmp(image)) or {})


def parse_capture(exif: Image.Exif, xmp: Xmp) -> Capture:
    """Return what these EXIF tags and XMP properties contain; EXIF has precedence."""
    details: Tags = parse_optional(lambda: exif.get_ifd(IFD.Exif)) or {}
    position: Tags = parse_optional(lambda: exif.get_ifd(IFD.GPSInfo)) or {}
    return Capture(
        taken_at=read_time(exif, details, position, xmp),
        camera=_parse_camera(exif.get(Base.Make), exif.get(Base.Model))
        or _parse_camera(xmp.get("tiff:Make"), xmp.get("tiff:Model")),
        lens=_parse_name(details.get(Base.LensModel))
        or _parse_name(xmp.get("exifEX:LensModel"))
        or _parse_name(xmp.get("aux:Lens")),
        exposure=_first_in_range(
            (details.get(Base.ExposureTime), xmp.get("exif:ExposureTime")),
            (MIN_EXPOSURE, MAX_EXPOSURE),
            decimals=9,
        ),
        f_number=_first_in_range(
            (details.get(Base.FNumber), xmp.get("exif:FNumber")),
            (MIN_F_NUMBER, MAX_F_NUMBER),
            decimals=2,
        ),
        iso=_parse_iso(details, xmp),
        focal_length=_first_in_range(
            (details.get(Base.FocalLength), xmp.get("exif:FocalLength")),
            (MIN_FOCAL_LENGTH, MAX_FOCAL_LENGTH),
            decimals=2,
        ),
        place=read_position(position, xmp),
        motion=has_motion(details, xmp),
        projection=read_projection(xmp),
    )


def read_orientation(exif: Image.Exif) -> int:
    """Return the EXIF orientation, 1 to 8; 1 (upright) if it is missing or invalid."""
    value = parse_optional(lambda: int(exif.get(Base.Orientation, 1)))
    return value if value is not None and 1 <= value <= 8 else 1


def _parse_camera(make_tag: Any, model_tag: Any) -> str | None:
    make, model = parse_text(make_tag), parse_text(model_tag)
    # Many model names include the make: the make of the "Canon EOS 40D" is "Canon".
    includes_make = bool(make) and model.lower().startswith(make.split()[0].lower())
    name = model if includes_make else f"{make} {model}".strip()
    return name[:MAX_NAME_LENGTH] or None


def _parse_name(value: Any) -> str | None:
    return parse_text(value)[:MAX_NAME_LENGTH] or None


def _first_in_range(
    values: tuple[Any, ...], limits: tuple[float, float], decimals: int
) -> float | None:
    """Return the first of the values that is a number within the limits."""
    for value in values:
        number = parse_optional(lambda value=value: parse_in_range(value, *limits, decimals))  # type: ignore[misc]
        if number is not None:
            return number
    return None


def _parse_iso(details: Tags, xmp: Xmp) -> int | None:
    for value in _sensitivities(details, xmp):
        # A camera may record several ratings; the first is the one that it displays.
        first = value[0] if isinstance(value, tuple) and value else value
        number = _first_in_range((first,), (MIN_ISO, MAX_ISO), decimals=0)
        if number is not None and number != ISO_OVERFLOW:
            return int(number)
    return None


def _sensitivities(details: Tags, xmp: Xmp) -> Iterator[Any]:
    """Yield the values that may be the sensitivity, most likely first."""
    yield details.get(Base.ISOSpeedRatings)
    kind = parse_optional(lambda: int(details[Base.SensitivityType])) or 0
    for tag in (*SENSITIVITY_TAGS.get(kind, ()), *ANY_SENSITIVITY):
        yield details.get(tag)
    yield xmp.get("exifEX:PhotographicSensitivity")
    yield xmp.get("exif:ISOSpeedRatings")
