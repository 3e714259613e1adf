"""Convert the pixels of every color mode to one that can be scaled and converted to sRGB."""

import io

from PIL import Image, ImageChops, ImageFile, ImageMath

from sightline.imaging.blame import unsupported
from sightline.imaging.color import convert_lab

#: Modes of 16-bit grayscale, in either byte order; Pillow's own conversion would clip them.
DEEP_GRAYSCALE_MODES = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})

#: Modes of pixels whose range is not recorded: rendering them would be a guess.
UNBOUNDED_MODES = frozenset({"I", "F"})

#: Modes that are used as they are.
PLAIN_MODES = frozenset({"L", "RGB", "CMYK"})

#: The tag BitsPerSample of TIFF.
BITS_PER_SAMPLE = 258

#: The tag PhotometricInterpretation of TIFF, and its value for "white is zero".
PHOTOMETRIC, WHITE_IS_ZERO = 262, 0


def convert_pixels(
    image: ImageFile.ImageFile, profile: bytes | None
) -> tuple[Image.Image, bytes | None]:
    """Return the pixels in L, LA, RGB, RGBA or CMYK, and the profile to convert them from.

    The profile is None if the colors are in sRGB. Raises `Rejected` for pixels without a defined
    range.
    """
    if image.mode in UNBOUNDED_MODES:
        raise unsupported()
    if image.mode in DEEP_GRAYSCALE_MODES:
        return _convert_deep_grayscale(image), profile
    if image.mode == "LAB":
        return convert_lab(image), None
    if image.mode in {"LA", "La"}:
        return image.convert("LA"), profile
    if image.has_transparency_data:
        return image.convert("RGBA"), profile
    if image.mode in PLAIN_MODES:
        return image, profile
    return image.convert("L" if image.mode == "1" else "RGB"), profile


def find_opacity(image: ImageFile.ImageFile, body: bytes) -> Image.Image | None:
    """Return the alpha channel (L) of a PNG in 16-bit colors of which one is transparent.

    Pillow compares the color with the upper eight bits only. None for every other image; `image` is
    not loaded yet.
    """
    color = image.info.get("transparency")
    if image.mode != "RGB" or not image.tile or image.tile[0].args != "RGB;16B" or not color:
        return None
    transparent = Image.new("L", image.size, 255)
    # Read in the other byte order, the upper byte of each value is its lower one.
    for layout, shift in (("RGB;16B", 8), ("RGB;16L", 0)):
        with Image.open(io.BytesIO(body), formats=("PNG",)) as part:
            part.tile = [tile._replace(args=layout) for tile in part.tile]
            part.load()
            for channel, value in zip(part.split(), color, strict=True):
                expected = value >> shift & 255
                equal = channel.point([255 * (each == expected) for each in range(256)])
                transparent = ImageChops.darker(transparent, equal)
    image.info.pop("transparency")
    return ImageChops.invert(transparent)


def _convert_deep_grayscale(image: ImageFile.ImageFile) -> Image.Image:
    deep = image if image.mode == "I;16" else image.convert("I").convert("I;16")
    scale = 1 / 2 ** (_count_bits(image) - 8)
    gray = deep.point(lambda value: value * scale).convert("L")
    if _is_white_zero(image):
        gray = ImageChops.invert(gray)
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        opaque = ImageMath.lambda_eval(
            lambda args: args["convert"](args["gray"] != transparent, "L") * 255,
            gray=deep.convert("I"),
        )
        gray.putalpha(opaque.convert("L"))
    return gray


def _count_bits(image: ImageFile.ImageFile) -> int:
    """Return the bits of a gray value; a TIFF may have twelve."""
    tags = getattr(image, "tag_v2", None)
    return int(tags.get(BITS_PER_SAMPLE, (16,))[0]) if tags is not None else 16


def _is_white_zero(image: ImageFile.ImageFile) -> bool:
    """Return whether a TIFF stores white as zero; Pillow inverts it up to 8 bits only."""
    tags = getattr(image, "tag_v2", None)
    return tags is not None and tags.get(PHOTOMETRIC) == WHITE_IS_ZERO
