"""The files to upload: format detection, size, hash and repeated reading."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from sightline_client.errors import UnsupportedFileType

#: A path, the content itself, or a binary stream.
Source = str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes]

#: Bytes at the beginning of a file that its format is detected from.
SIGNATURE_SIZE = 32

_BLOCK_SIZE = 2**20

#: File signatures. https://en.wikipedia.org/wiki/List_of_file_signatures
_SIGNATURES = (
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


def detect_media_type(head: bytes) -> str | None:
    """Return the media type of a file from its first bytes, None if it is not supported."""
    if head[4:8] == b"ftyp":
        # The first known brand: the major brand, or one of the compatible brands.
        brands = (head[8:12], *(head[at : at + 4] for at in range(16, len(head), 4)))
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), None)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _SIGNATURES if head.startswith(start)), None)


@dataclass(frozen=True, slots=True)
class ImageFile:
    """What the API needs to know before an upload. `open` reads the content from its beginning."""

    name: str | None
    media_type: str
    size: int
    sha256: str
    open: Callable[[], IO[bytes]]

    @classmethod
    def from_source(cls, source: Source) -> "ImageFile":
        """Read the whole source once. Raises `UnsupportedFileType`, `OSError`."""
        if isinstance(source, str | os.PathLike):
            path = Path(source)
            with path.open("rb") as opened:
                return cls._read(opened, path.name, lambda: path.open("rb"))
        if isinstance(source, bytes | bytearray | memoryview):
            body = bytes(source)
            return cls._read(BytesIO(body), None, lambda: BytesIO(body))
        # A stream that cannot be read twice is held in memory: images are of limited size.
        file = source if source.seekable() else BytesIO(source.read())
        name = getattr(source, "name", None)
        title = Path(name).name if isinstance(name, str) else None
        start = file.tell()
        return cls._read(file, title, lambda: _StreamReader(file, start))

    @classmethod
    def _read(
        cls, file: IO[bytes], name: str | None, reopen: Callable[[], IO[bytes]]
    ) -> "ImageFile":
        head = file.read(SIGNATURE_SIZE)
        media_type = detect_media_type(head)
        if media_type is None:
            raise UnsupportedFileType(f"{name or 'the source'} is not a supported image file")
        digest, size = hashlib.sha256(head), len(head)
        while block := file.read(_BLOCK_SIZE):
            digest.update(block)
            size += len(block)
        return cls(name, media_type, size, digest.hexdigest(), reopen)


class _StreamReader(BytesIO):
    """Reads the caller's stream from its original position; closing it leaves the stream open."""

    def __init__(self, file: IO[bytes], start: int) -> None:
        super().__init__()
        file.seek(start)
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)
