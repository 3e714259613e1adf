"""Making renditions: smaller upright copies in sRGB, without metadata.

The order of work is what measurement favoured: libjpeg scales while it decodes, each size is made
from the next larger one, and colors are carried over and the picture turned upright only when it
has become small.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image
from PIL.Image import Resampling, Transpose

from sightline.domain.capture import Capture
from sightline.imaging.decoding import MEDIA_TYPES, Limits, decode, is_animated, open_image
from sightline_resizer.capture import read_capture, read_orientation
from sightline_resizer.color import to_srgb
from sightline_resizer.encoding import Format, encode
from sightline_resizer.thumbhash import hash_thumb

#: What turns a picture upright, by its EXIF orientation.
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}

#: Orientations in which width and height change places.
SIDEWAYS = range(5, 9)

#: How much larger than the largest rendition libjpeg must leave a picture. With several sizes a
#: little less than all of it is enough, lest rounding cost a whole step of two; a single one has
#: nothing but these pixels to be sharp from.
DRAFT_SHARE_OF_SEVERAL = 0.98
DRAFT_SHARE_OF_ONE = 1.5

#: How much larger than its target a picture is when the exact filter takes over from the fast one.
REDUCING_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to make: the longest side in pixels of each rendition by its name, and its file."""

    sizes: tuple[tuple[str, int], ...] = (("full", 2048), ("preview", 1024), ("thumb", 256))
    format: Format = Format.WEBP
    quality: int | None = None

    def largest_first(self) -> list[tuple[str, int]]:
        return sorted(self.sizes, key=lambda size: size[1], reverse=True)

    def draft_share(self) -> float:
        return DRAFT_SHARE_OF_ONE if len(self.sizes) == 1 else DRAFT_SHARE_OF_SEVERAL


class Size(NamedTuple):
    """Pixels."""

    width: int
    height: int

    def fit(self, longest: int) -> "Size":
        """The size of the same shape whose longer side is at most `longest`; never larger."""
        scale = min(1.0, longest / max(self))
        return Size(max(1, round(self.width * scale)), max(1, round(self.height * scale)))

    def lie(self, orientation: int) -> "Size":
        """This size as it is when the picture stands upright."""
        return Size(self.height, self.width) if orientation in SIDEWAYS else self


class Encoded(NamedTuple):
    """A rendition's file."""

    name: str
    size: Size
    body: bytes


class RenderedImage(NamedTuple):
    """What a picture is, and what was made of it; `size` is of the upright original."""

    media_type: str
    size: Size
    animated: bool
    capture: Capture
    placeholder: str
    renditions: list[Encoded]


class DecodedImage(NamedTuple):
    """A decoded picture, no larger than the largest rendition, lying as it is stored.

    `size` is of the original as it is stored.
    """

    media_type: str
    size: Size
    animated: bool
    orientation: int
    capture: Capture
    picture: Image.Image


def render_image(body: bytes, limits: Limits, recipe: Recipe) -> RenderedImage:
    """Look into a picture and make its renditions; heavy, for a process of its own.

    Raises `Rejected`, and `MemoryError`.
    """
    # When this returns, the full picture has been let go: only one of the two is ever in memory.
    exposed = decode_image(body, limits, recipe)
    shown = list(render(exposed, recipe))
    return RenderedImage(
        media_type=exposed.media_type,
        size=exposed.size.lie(exposed.orientation),
        animated=exposed.animated,
        capture=exposed.capture,
        placeholder=base64.b64encode(hash_thumb(shown[-1][1])).decode(),
        renditions=list(_encode_all(shown, recipe)),
    )


def decode_image(body: bytes, limits: Limits, recipe: Recipe) -> DecodedImage:
    """Decode a picture, and make it as small as its largest rendition at once."""
    with open_image(body, limits) as picture:
        size, animated = Size(*picture.size), is_animated(picture)
        profile = picture.info.get("icc_profile")
        largest = size.fit(recipe.largest_first()[0][1])
        share = recipe.draft_share()
        decoded = decode(picture, (int(largest.width * share), int(largest.height * share)))
        # After decoding: a PNG may carry it behind its pixels.
        exif = picture.getexif()
        small = decoded.resize(largest, Resampling.LANCZOS, reducing_gap=REDUCING_GAP)
        return DecodedImage(
            media_type=MEDIA_TYPES[picture.format or ""],
            size=size,
            animated=animated,
            orientation=read_orientation(exif),
            capture=read_capture(exif),
            picture=to_srgb(small, profile),
        )


def render(exposed: DecodedImage, recipe: Recipe) -> Iterator[tuple[str, Image.Image]]:
    """The upright pictures by name, largest first."""
    current = exposed.picture
    upright: dict[Size, Image.Image] = {}
    for name, longest in recipe.largest_first():
        # From the original size, lest rounding adds up along the way.
        target = exposed.size.fit(longest)
        if target not in upright:
            if target != current.size:
                current = current.resize(target, Resampling.LANCZOS, reducing_gap=REDUCING_GAP)
            upright[target] = _turn(current, exposed.orientation)
        yield name, upright[target]


def _turn(picture: Image.Image, orientation: int) -> Image.Image:
    method = UPRIGHT.get(orientation)
    return picture if method is None else picture.transpose(method)


def _encode_all(shown: list[tuple[str, Image.Image]], recipe: Recipe) -> Iterator[Encoded]:
    bodies: dict[Size, bytes] = {}
    for name, picture in shown:
        size = Size(*picture.size)
        if size not in bodies:
            bodies[size] = encode(picture, recipe.format, recipe.quality)
        yield Encoded(name, size, bodies[size])
