"""Conversion of colors to sRGB."""

import io
from functools import lru_cache
from typing import Any

from PIL import Image, ImageCms

#: Number of cached color transforms: building one takes longer than applying it.
TRANSFORM_CACHE_SIZE = 32


def convert_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the image in RGB or RGBA, with its colors converted from its ICC profile to sRGB.

    An invalid profile, or one for another color mode, is ignored.
    """
    target_mode = "RGBA" if image.mode == "RGBA" else "RGB"
    transform = _build_transform(profile, image.mode, target_mode) if profile else None
    if transform is not None:
        converted = ImageCms.applyTransform(image, transform)
        if converted is not None:
            return converted
    return image if image.mode == target_mode else image.convert(target_mode)


@lru_cache(TRANSFORM_CACHE_SIZE)
def _build_transform(profile: bytes, source_mode: str, target_mode: str) -> Any:
    """Return the transform; None if the profile is sRGB or cannot be applied."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source_mode in {"RGB", "RGBA"} and "sRGB" in ImageCms.getProfileDescription(source):
            return None
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(source, srgb, source_mode, target_mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
