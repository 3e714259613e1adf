"""What is known of a picture's pixels and files."""

from sightline.domain.capture import Capture
from sightline.domain.model import Value


class Rendition(Value):
    """One stored file made from the original; `bytes` is its size, sides are in pixels."""

    name: str
    key: str
    media_type: str
    width: int
    height: int
    bytes: int


class RenditionSet(Value):
    """All that the resizer finds and makes; `width` and `height` are of the upright original.

    `placeholder` is a ThumbHash in Base64, to be shown before a byte of picture arrives. Of a
    picture that is `animated` only the first frame is shown.
    """

    media_type: str
    width: int
    height: int
    animated: bool = False
    placeholder: str | None = None
    capture: Capture = Capture()
    renditions: tuple[Rendition, ...] = ()
