"""The renditions of an image, and what the resizer finds out about its pixels."""

from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.model import Value
from sightline.domain.rotation import Rotation


class Rendition(Value):
    """One stored rendition; `bytes` is its size, `width` and `height` are in pixels."""

    name: str
    key: str
    media_type: str
    width: int
    height: int
    bytes: int


class RenditionSet(Value):
    """The result of the resizer; `width` and `height` are those of the upright original.

    `rotation` is the one of the owner that the renditions and these sides have, and `orientation`
    the EXIF orientation of the file, None if a row does not state it. `corrected_place` is the
    owner's position when the resizer last read it, with the names of its place.
    `placeholder` is a ThumbHash in Base64, which clients show until a rendition has loaded. The
    renditions of an `animated` image show its first frame only; those of a `damaged` one are gray
    where its pixels are missing. `perceptual_hash` is that of the smallest rendition; None for an
    image that is one plain color.
    """

    media_type: str
    width: int
    height: int
    animated: bool = False
    damaged: bool = False
    placeholder: str | None = None
    perceptual_hash: str | None = None
    capture: Capture = Capture()
    orientation: int | None = None
    rotation: Rotation = 0
    corrected_place: GeoPosition | None = None
    renditions: tuple[Rendition, ...] = ()
