"""Rendering: decode an image and create its renditions, upright, in sRGB and without metadata.

The order of the steps was chosen by measurement: libjpeg scales while it decodes, each size is
made from the next larger one, and colors are converted and the image rotated only after it has been
scaled down.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image
from PIL.Image import Resampling, Transpose

from sightline.domain.capture import Capture
from sightline.domain.rotation import Rotation, rotate_orientation
from sightline.imaging.color import convert_to_srgb
from sightline.imaging.decoding import Limits, open_image
from sightline_resizer.capture import read_capture, read_orientation
from sightline_resizer.encoding import RenditionFormat, encode
from sightline_resizer.perceptual_hash import compute_perceptual_hash
from sightline_resizer.thumbhash import encode_thumbhash

#: The operation that turns an image upright, by its EXIF orientation.
TRANSPOSE_BY_ORIENTATION = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}

#: EXIF orientations that swap width and height.
SWAPPING_ORIENTATIONS = range(5, 9)

#: Minimum size to which libjpeg may scale an image while it decodes it, as a multiple of the
#: largest rendition. With several renditions, slightly less than their full size is sufficient, so
#: that a rounding error does not cost a whole step (a factor of two). A single rendition needs more
#: pixels to be sharp.
DRAFT_SCALE_OF_SEVERAL = 0.98
DRAFT_SCALE_OF_ONE = 1.5

#: Multiple of the target size down to which Pillow reduces an image with its fast filter, before
#: it resizes it with the exact one.
REDUCING_GAP = 2.0


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """The renditions to create: name and longest side (pixels) of each, format and quality."""

    sizes: tuple[tuple[str, int], ...] = (("full", 2048), ("preview", 1024), ("thumb", 256))
    format: RenditionFormat = RenditionFormat.WEBP
    quality: int | None = None

    def largest_first(self) -> list[tuple[str, int]]:
        """Return `sizes`, ordered by the longest side, descending."""
        return sorted(self.sizes, key=lambda size: size[1], reverse=True)

    def draft_scale(self) -> float:
        """Return the minimum size of a decoded JPEG, as a multiple of the largest rendition."""
        return DRAFT_SCALE_OF_ONE if len(self.sizes) == 1 else DRAFT_SCALE_OF_SEVERAL


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    def fit(self, longest: int) -> "Size":
        """Return the size scaled down to a longest side of `longest`; never scale it up."""
        scale = min(1.0, longest / max(self))
        return Size(max(1, round(self.width * scale)), max(1, round(self.height * scale)))

    def apply_orientation(self, orientation: int) -> "Size":
        """Return the size of the upright image, from the size as stored."""
        return Size(self.height, self.width) if orientation in SWAPPING_ORIENTATIONS else self


class EncodedRendition(NamedTuple):
    """The encoded file of a rendition."""

    name: str
    size: Size
    body: bytes


class RenderedImage(NamedTuple):
    """The properties of an image, and its renditions.

    `size` is of the upright original, rotated as the owner rotated it; `orientation` is of the file
    alone.
    """

    media_type: str
    size: Size
    orientation: int
    animated: bool
    damaged: bool
    capture: Capture
    placeholder: str
    perceptual_hash: str | None
    renditions: list[EncodedRendition]


class DecodedImage(NamedTuple):
    """A decoded image in sRGB, scaled down to the largest rendition and oriented as stored.

    `size` is of the original as stored.
    """

    media_type: str
    size: Size
    animated: bool
    damaged: bool
    orientation: int
    capture: Capture
    image: Image.Image


def render_image(
    body: bytes, limits: Limits, options: RenderOptions, rotation: Rotation = 0
) -> RenderedImage:
    """Decode an image and create its renditions, rotated clockwise by `rotation`.

    Decoding may take much time and memory: run it in an isolated process. Raises `Rejected` and
    `MemoryError`.
    """
    # `decode_image` releases the full-size image when it returns, so that it is not in memory
    # together with the renditions.
    decoded = decode_image(body, limits, options)
    orientation = rotate_orientation(decoded.orientation, rotation)
    upright = list(resize_image(decoded._replace(orientation=orientation), options))
    _, smallest = upright[-1]
    return RenderedImage(
        media_type=decoded.media_type,
        size=decoded.size.apply_orientation(orientation),
        orientation=decoded.orientation,
        animated=decoded.animated,
        damaged=decoded.damaged,
        capture=decoded.capture,
        placeholder=base64.b64encode(encode_thumbhash(smallest)).decode(),
        perceptual_hash=compute_perceptual_hash(smallest),
        renditions=list(_encode_renditions(upright, options)),
    )


def decode_image(body: bytes, limits: Limits, options: RenderOptions) -> DecodedImage:
    """Decode an image, and scale it down to its largest rendition."""
    with open_image(body, limits) as opened:
        image = opened.file
        size, animated = Size(*opened.size), opened.animated
        largest = size.fit(options.largest_first()[0][1])
        scale = options.draft_scale()
        decoded = opened.decode(
            (max(1, int(largest.width * scale)), max(1, int(largest.height * scale))), largest
        )
        # Read after decoding, because a PNG may contain its EXIF data after its pixels.
        exif = image.getexif()
        scaled = decoded.image.resize(largest, Resampling.LANCZOS, reducing_gap=REDUCING_GAP)
        return DecodedImage(
            media_type=opened.media_type,
            size=size,
            animated=animated,
            damaged=decoded.damaged,
            orientation=read_orientation(exif),
            capture=read_capture(image),
            image=convert_to_srgb(scaled, decoded.profile),
        )


def resize_image(
    decoded: DecodedImage, options: RenderOptions
) -> Iterator[tuple[str, Image.Image]]:
    """Yield the name and the upright image of each rendition, largest first."""
    current = decoded.image
    upright: dict[Size, Image.Image] = {}
    for name, longest in options.largest_first():
        # Computed from the original size, so that rounding errors do not accumulate.
        target = decoded.size.fit(longest)
        if target not in upright:
            if target != current.size:
                current = current.resize(target, Resampling.LANCZOS, reducing_gap=REDUCING_GAP)
            upright[target] = _turn_upright(current, decoded.orientation)
        yield name, upright[target]


def _turn_upright(image: Image.Image, orientation: int) -> Image.Image:
    method = TRANSPOSE_BY_ORIENTATION.get(orientation)
    return image if method is None else image.transpose(method)


def _encode_renditions(
    upright: list[tuple[str, Image.Image]], options: RenderOptions
) -> Iterator[EncodedRendition]:
    """Encode each image; renditions of the same size share one file body."""
    bodies: dict[Size, bytes] = {}
    for name, image in upright:
        size = Size(*image.size)
        if size not in bodies:
            bodies[size] = encode(image, options.format, options.quality)
        yield EncodedRendition(name, size, bodies[size])
