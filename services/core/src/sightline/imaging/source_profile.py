"""Find the color space of an image in what its file records."""

from typing import Any

from PIL import Image, ImageFile
from PIL.ExifTags import IFD, Base

from sightline.imaging.color_spaces import ADOBE_RGB, profile_from_cicp, profile_from_gamma
from sightline.imaging.icc import Primaries
from sightline.imaging.iso_media import read_nclx

#: Values of EXIF's ColorSpace: "uncalibrated", and Adobe RGB as some cameras write it.
UNCALIBRATED, ADOBE_RGB_COLOR_SPACE = 65535, 2

#: Value of InteroperabilityIndex for Adobe RGB ("DCF optional file", DCF 2.0).
ADOBE_RGB_INDEX = "R03"

#: Code points of H.273 that say nothing.
UNSPECIFIED = 2


def find_profile(
    image: ImageFile.ImageFile, body: bytes, cicp: tuple[int, int] | None
) -> bytes | None:
    """Return the ICC profile of the image's color space, None for sRGB.

    In this order: the code points of a PNG (`cicp`), an embedded profile, what the format records
    itself, and EXIF.
    """
    if image.format == "PNG" and cicp is not None and cicp[1] != UNSPECIFIED:
        return profile_from_cicp(*cicp)
    embedded = image.info.get("icc_profile")
    if embedded:
        return bytes(embedded)
    if image.format == "PNG":
        return _find_in_png(image.info)
    if image.format in {"AVIF", "HEIF"}:
        nclx = read_nclx(body)
        return None if nclx is None else profile_from_cicp(*nclx)
    return ADOBE_RGB if _is_adobe_rgb(image) else None


def _find_in_png(info: dict[Any, Any]) -> bytes | None:
    """Return the profile by the chunks `sRGB`, `gAMA` and `cHRM`."""
    if "srgb" in info:
        return None
    points = info.get("chromaticity")
    primaries = None
    if points is not None and len(points) == 8:
        white, red, green, blue = ((points[at], points[at + 1]) for at in range(0, 8, 2))
        primaries = Primaries(red, green, blue, white)
    return profile_from_gamma(info.get("gamma"), primaries)


def _is_adobe_rgb(image: Image.Image) -> bool:
    try:
        exif = image.getexif()
        color_space = exif.get_ifd(IFD.Exif).get(Base.ColorSpace)
        index = str(exif.get_ifd(IFD.Interop).get(1, ""))
    except Exception:
        return False
    return color_space == ADOBE_RGB_COLOR_SPACE or (
        color_space == UNCALIBRATED and index.startswith(ADOBE_RGB_INDEX)
    )
