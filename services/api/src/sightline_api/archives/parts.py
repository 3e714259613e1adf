"""Parts of archives: which images each has, in the token that requests it.

A token contains the number of the part and the ids of its images, and never an owner: as with
cursors, a part always contains the caller's own images, so a forged token grants no access.
"""

import base64
import binascii
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sightline.domain.ids import image_id_adapter
from sightline_api.problems import InvalidArchivePart

#: Images of one part at most: their rows and sidecars are in memory while it is sent.
MAX_IMAGES = 200

#: Length of the longest token: 3 bytes, 16 for each image, and a bit for each, in Base64.
MAX_TOKEN_LENGTH = 4400

#: The first byte of a token.
_VERSION = 1

_HEAD = struct.Struct(">BH")
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class PlannedImage:
    """An image of a part, and whether its file name has its id, as an earlier one has the name."""

    image_id: str
    has_suffix: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an archive: its number, from 1 on, and its images."""

    number: int
    images: Sequence[PlannedImage]

    @property
    def name(self) -> str:
        """The file name without a suffix."""
        return f"sightline-{self.number:03d}"

    @property
    def token(self) -> str:
        ids = b"".join(UUID(image.image_id).bytes for image in self.images)
        flags = sum(image.has_suffix << index for index, image in enumerate(self.images))
        packed = _HEAD.pack(_VERSION, self.number) + ids
        packed += flags.to_bytes(_flag_bytes(len(self.images)), "little")
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def parse(cls, token: str) -> Self:
        """Return the part of a token. Raises `InvalidArchivePart`."""
        try:
            packed = base64.b64decode(
                token + "=" * (-len(token) % 4), altchars=b"-_", validate=True
            )
            version, number = _HEAD.unpack_from(packed)
            part = cls(number, list(_unpack(packed[_HEAD.size :])))
        except (binascii.Error, struct.error, ValueError):
            raise InvalidArchivePart from None
        if version != _VERSION or not number or part.token != token:
            raise InvalidArchivePart
        return part


def _unpack(packed: bytes) -> Iterator[PlannedImage]:
    """Yield the images. Raises `ValueError`."""
    # Each image takes 16 bytes and a bit.
    count = len(packed) * 8 // (_ID_BYTES * 8 + 1)
    if not 0 < count <= MAX_IMAGES or len(packed) != count * _ID_BYTES + _flag_bytes(count):
        raise ValueError("not the length of a token")
    flags = int.from_bytes(packed[count * _ID_BYTES :], "little")
    for index in range(count):
        raw = packed[index * _ID_BYTES : (index + 1) * _ID_BYTES]
        image_id = image_id_adapter.validate_python(str(UUID(bytes=raw)))
        yield PlannedImage(image_id, bool(flags >> index & 1))


def _flag_bytes(count: int) -> int:
    return -(-count // 8)
