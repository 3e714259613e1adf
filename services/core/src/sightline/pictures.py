"""What is known of a picture's pixels, files and taking."""

from datetime import datetime

from sightline.recognition import Value


class Rendition(Value):
    """One stored file made from the original; `bytes` is its size, sides are in pixels."""

    name: str
    key: str
    media_type: str
    width: int
    height: int
    bytes: int


class Place(Value):
    """Where the camera was: degrees north and east (WGS 84), metres above sea level.

    `direction` is where it looked, in degrees from north, clockwise.
    """

    latitude: float
    longitude: float
    altitude: float | None = None
    direction: float | None = None


class Capture(Value):
    """What the camera wrote into the picture about its taking.

    `taken_at` has an offset only where the camera recorded one: most do not, and then it is
    the clock on the wall at the place. `exposure` is in seconds, `focal_length` in millimetres.
    """

    taken_at: datetime | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    place: Place | None = None


class Development(Value):
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
