"""Keys of the objects in the two buckets of images.

A key never contains the file name that the user chose: that is data, and would need escaping.
"""

from typing import NamedTuple

from pydantic import ValidationError

from sightline.domain.ids import image_id_adapter, owner_adapter
from sightline.domain.rotation import Rotation

ORIGINALS = "originals/"
RENDITIONS = "renditions/"


class ImageKey(NamedTuple):
    """The owner and the id of an image."""

    owner: str
    image_id: str


class InvalidObjectKey(ValueError):
    """An object key in a form that Sightline does not use."""


def owned_prefixes(owner: str) -> tuple[str, str]:
    """Return the prefixes of the keys of an owner's originals and renditions."""
    return f"{ORIGINALS}{owner}/", f"{RENDITIONS}{owner}/"


def original_key(image: ImageKey) -> str:
    """Return the key of the original of an image."""
    return f"{ORIGINALS}{image.owner}/{image.image_id}"


def rendition_prefix(image: ImageKey) -> str:
    """Return the prefix of the keys of the renditions of an image."""
    return f"{RENDITIONS}{image.owner}/{image.image_id}/"


def rendition_key(image: ImageKey, name: str, extension: str, rotation: Rotation = 0) -> str:
    """Return the key of one rendition of an image.

    Each rotation has keys of its own: clients may cache what they read at a URL.
    """
    suffix = f"-r{rotation}" if rotation else ""
    return f"{rendition_prefix(image)}{name}{suffix}.{extension}"


def parse_original_key(key: str) -> ImageKey:
    """Return the image that an original belongs to. Raises `InvalidObjectKey`."""
    match key.split("/"):
        case ["originals", owner, image_id]:
            try:
                return ImageKey(
                    owner_adapter.validate_python(owner), image_id_adapter.validate_python(image_id)
                )
            except ValidationError:
                raise InvalidObjectKey(key) from None
    raise InvalidObjectKey(key)
