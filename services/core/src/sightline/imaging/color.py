"""Conversion of colors to sRGB."""

import io
from functools import lru_cache
from itertools import product
from typing import Any

from PIL import Image, ImageCms

from sightline.imaging.color_spaces import profile_from_cicp
from sightline.imaging.icc import read_cicp, read_color_space

#: Number of cached color transforms: building one takes longer than applying it.
TRANSFORM_CACHE_SIZE = 32

#: Code points of PQ and HLG: profiles that carry one of them need tone mapping.
HDR_TRANSFERS = frozenset({16, 18})

#: A transform that changes no color by more than this (of 255) is the identity.
IDENTITY_TOLERANCE = 1

#: Values of a channel, from which the colors are made that a transform is tested with.
PROBE_VALUES = (0, 24, 64, 128, 192, 255)

#: Color spaces of profiles, by the modes of the images that they apply to.
PROFILE_SPACES = {"L": b"GRAY", "RGB": b"RGB ", "RGBA": b"RGB ", "CMYK": b"CMYK", "LAB": b"Lab "}


def convert_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the image in RGB or RGBA, with its colors converted from its ICC profile to sRGB.

    `image` is in L, LA, RGB, RGBA or CMYK. An invalid profile, or one for another color mode, is
    ignored; one for RGB applies to grayscale as well.
    """
    if image.mode == "LA":
        converted = convert_to_srgb(image.getchannel("L"), profile)
        converted.putalpha(image.getchannel("A"))
        return converted
    target_mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if image.mode == "L" and profile is not None and read_color_space(profile) == b"RGB ":
        image = image.convert("RGB")
    transform = _build_transform(profile, image.mode, target_mode) if profile else None
    if transform is not None:
        return _apply(transform, image)
    return image if image.mode == target_mode else image.convert(target_mode)


def convert_lab(image: Image.Image) -> Image.Image:
    """Return an image in CIELAB (D50) in RGB."""
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return _apply(ImageCms.buildTransform(lab, srgb, "LAB", "RGB"), image)


@lru_cache(TRANSFORM_CACHE_SIZE)
def _build_transform(profile: bytes, source_mode: str, target_mode: str) -> Any:
    """Return the transform; None if it changes nothing, or the profile cannot be applied."""
    if read_color_space(profile) != PROFILE_SPACES.get(source_mode):
        return None
    cicp = read_cicp(profile)
    if cicp is not None and cicp[1] in HDR_TRANSFERS:
        profile = profile_from_cicp(*cicp) or profile
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, srgb, source_mode, target_mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return None if _is_identity(transform, source_mode) else transform


def _is_identity(transform: Any, mode: str) -> bool:
    """Return whether an image looks the same after the transform."""
    if mode not in {"RGB", "RGBA"}:
        return False
    colors = bytes(value for color in product(PROBE_VALUES, repeat=3) for value in color)
    probe = Image.frombytes("RGB", (len(colors) // 3, 1), colors).convert(mode)
    applied = _apply(transform, probe)
    return all(
        abs(one - other) <= IDENTITY_TOLERANCE
        for one, other in zip(probe.tobytes(), applied.tobytes(), strict=True)
    )


def _apply(transform: Any, image: Image.Image) -> Image.Image:
    applied = ImageCms.applyTransform(image, transform)
    if applied is None:
        raise ValueError("the transform was applied in place")
    return applied
