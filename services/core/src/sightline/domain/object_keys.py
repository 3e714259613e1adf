"""Names of objects in the two picture buckets.

A user's file name is never part of a key: it is data, and it would need escaping.
"""

from typing import NamedTuple

from pydantic import ValidationError

from sightline.domain.ids import image_id_adapter, owner_adapter

ORIGINALS = "originals/"
RENDITIONS = "renditions/"


class ImageKey(NamedTuple):
    """Which image of whom."""

    owner: str
    image_id: str


class ForeignKey(ValueError):
    """An object key that no part of Sightline would have made."""


def owned_prefixes(owner: str) -> tuple[str, str]:
    """What the keys of all of an owner's originals, and of all renditions, begin with."""
    return f"{ORIGINALS}{owner}/", f"{RENDITIONS}{owner}/"


def original_key(image: ImageKey) -> str:
    return f"{ORIGINALS}{image.owner}/{image.image_id}"


def rendition_prefix(image: ImageKey) -> str:
    return f"{RENDITIONS}{image.owner}/{image.image_id}/"


def rendition_key(image: ImageKey, name: str, extension: str) -> str:
    return f"{rendition_prefix(image)}{name}.{extension}"


def parse_original_key(key: str) -> ImageKey:
    """The image that an original belongs to. Raises `ForeignKey`."""
    match key.split("/"):
        case ["originals", owner, image_id]:
            try:
                return ImageKey(
                    owner_adapter.validate_python(owner), image_id_adapter.validate_python(image_id)
                )
            except ValidationError:
                raise ForeignKey(key) from None
    raise ForeignKey(key)
