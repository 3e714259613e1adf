"""Colors as every screen understands them: sRGB."""

import io
from functools import lru_cache
from typing import Any

from PIL import Image, ImageCms

#: How many profiles' transforms are kept: building one takes longer than applying it.
REMEMBERED = 32


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in RGB or RGBA, its colors carried over from its own profile.

    A profile that makes no sense, or is for another kind of picture, is passed over.
    """
    target = "RGBA" if picture.mode == "RGBA" else "RGB"
    transform = _build_transform(profile, picture.mode, target) if profile else None
    if transform is not None:
        applied = ImageCms.applyTransform(picture, transform)
        if applied is not None:
            return applied
    return picture if picture.mode == target else picture.convert(target)


@lru_cache(REMEMBERED)
def _build_transform(profile: bytes, source: str, target: str) -> Any:
    """A transform, None where there is nothing to do or nothing that can be done."""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source in {"RGB", "RGBA"} and "sRGB" in ImageCms.getProfileDescription(opened):
            return None
        return ImageCms.buildTransform(opened, ImageCms.createProfile("sRGB"), source, target)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
