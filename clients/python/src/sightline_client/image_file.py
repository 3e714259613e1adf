"""Pictures that are to be uploaded: what they are, and how to read them."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from sightline_client.errors import NotAPicture

#: A path, the bytes themselves, or something to read them from.
Source = str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes]

#: Bytes that tell of what kind a file is.
HEAD = 32

_BLOCK = 2**20

#: How files begin. https://en.wikipedia.org/wiki/List_of_file_signatures
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)

#: Brands of ISO media files (ISO/IEC 23008-12 and the AVIF specification).
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1"), "image/heif"),
}


def find_media_type(head: bytes) -> str | None:
    """What a file is by its first `HEAD` bytes, None for nothing that Sightline takes."""
    if head[4:8] == b"ftyp":
        # The first brand that is known: the major one, or one that the file is compatible with.
        brands = (head[8:12], *(head[at : at + 4] for at in range(16, len(head), 4)))
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), None)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _BEGINNINGS if head.startswith(start)), None)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is known well enough to be announced. `open` reads it from the beginning."""

    name: str | None
    media_type: str
    size: int
    sha256: str
    open: Callable[[], IO[bytes]]

    @classmethod
    def of(cls, source: Source) -> "Picture":
        """Reads all of it once. Raises `NotAPicture`, `OSError`."""
        if isinstance(source, str | os.PathLike):
            path = Path(source)
            with path.open("rb") as opened:
                return cls._measured(opened, path.name, lambda: path.open("rb"))
        if isinstance(source, bytes | bytearray | memoryview):
            body = bytes(source)
            return cls._measured(BytesIO(body), None, lambda: BytesIO(body))
        # What cannot be read twice is held in memory: a picture is never very large.
        file = source if source.seekable() else BytesIO(source.read())
        name = getattr(source, "name", None)
        title = Path(name).name if isinstance(name, str) else None
        start = file.tell()
        return cls._measured(file, title, lambda: _Reading(file, start))

    @classmethod
    def _measured(
        cls, file: IO[bytes], name: str | None, reopen: Callable[[], IO[bytes]]
    ) -> "Picture":
        head = file.read(HEAD)
        media_type = find_media_type(head)
        if media_type is None:
            raise NotAPicture(f"{name or 'this'} is not a picture of a kind that Sightline takes")
        digest, size = hashlib.sha256(head), len(head)
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
        return cls(name, media_type, size, digest.hexdigest(), reopen)


class _Reading(BytesIO):
    """Somebody else's stream from where it was; closing this leaves that open."""

    def __init__(self, file: IO[bytes], start: int) -> None:
        super().__init__()
        file.seek(start)
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)
