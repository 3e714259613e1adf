"""Photos with a video of the moment, and 360-degree photos, by their metadata."""

import struct
from typing import Any

from PIL.ExifTags import Base

from sightline.domain.capture import Projection
from sightline_resizer.tag_values import Tags, parse_optional, parse_text
from sightline_resizer.xmp import Xmp

#: Properties of a still that has a video after it in the same file: of the motion photo format 1.0,
#: and of its predecessor.
MOTION_PROPERTIES = ("GCamera:MotionPhoto", "GCamera:MicroVideo")

#: The start of Apple's maker note: its name, a version, and the byte order of its directory.
_APPLE_HEADER = b"Apple iOS\0"
_APPLE_DIRECTORY = 14

#: The identifier that the still and the video of a Live Photo share (exiftool: Apple tags, 0x0011).
_CONTENT_IDENTIFIER = 0x0011

#: Entries of a maker note's directory that are read at most.
_MAX_ENTRIES = 500

#: The projections of Google's Photo Sphere XMP (GPano:ProjectionType).
PROJECTIONS: tuple[Projection, ...] = ("equirectangular", "cylindrical")


def has_motion(details: Tags, xmp: Xmp) -> bool:
    """Return whether the image is the still of a motion photo or of a Live Photo."""
    if any(xmp.get(name) in {"1", "True", "true"} for name in MOTION_PROPERTIES):
        return True
    return bool(parse_optional(lambda: _find_content_identifier(details[Base.MakerNote])))


def read_projection(xmp: Xmp) -> Projection | None:
    """Return the projection of a panorama; None for a flat photo."""
    name = parse_text(xmp.get("GPano:ProjectionType")).lower()
    return next((each for each in PROJECTIONS if each == name), None)


def _find_content_identifier(note: Any) -> bool:
    """Return whether an Apple maker note has a content identifier.

    A directory is a count, and for each entry its tag, type, count, and value or offset, as in
    TIFF.
    """
    if not isinstance(note, bytes) or not note.startswith(_APPLE_HEADER):
        return False
    order = "<" if note[12:14] == b"II" else ">"
    (count,) = struct.unpack_from(f"{order}H", note, _APPLE_DIRECTORY)
    start = _APPLE_DIRECTORY + 2
    return any(
        struct.unpack_from(f"{order}H", note, start + 12 * entry) == (_CONTENT_IDENTIFIER,)
        for entry in range(min(count, _MAX_ENTRIES))
    )
