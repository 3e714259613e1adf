"""The files to upload: format detection, size, hash and repeated reading."""

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from sightline_client.errors import FileChanged, UnsupportedFileType, convert_file_errors

#: A path, the content itself, or a binary stream.
Source = str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes]

#: Bytes at the beginning of a file that its format is detected from.
SIGNATURE_SIZE = 32

_BLOCK_SIZE = 2**20

#: What is neither a file nor a folder, by the type bits of its mode.
_SPECIAL_FILES = {
    stat.S_IFIFO: "FIFO",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "character device",
    stat.S_IFBLK: "block device",
}

#: Windows has neither FIFOs nor this flag.
_O_NONBLOCK = getattr(os, "O_NONBLOCK", 0)

#: File signatures. https://en.wikipedia.org/wiki/List_of_file_signatures
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    # Raw files of Olympus, Panasonic and Fujifilm, which the API knows as TIFF.
    (b"IIRO", "image/tiff"),
    (b"IIRS", "image/tiff"),
    (b"MMOR", "image/tiff"),
    (b"IIU\0", "image/tiff"),
    (b"FUJIFILMCCD-RAW", "image/tiff"),
)

#: Brands of ISO media files (ISO/IEC 23008-12 and the AVIF specification).
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1"), "image/heif"),
    # Raw files of Canon.
    b"crx ": "image/tiff",
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


def describe_special_file(mode: int) -> str | None:
    """Return what a FIFO, a socket or a device is, from its `st_mode`; None for anything else."""
    return _SPECIAL_FILES.get(stat.S_IFMT(mode))


@convert_file_errors()
def open_regular_file(path: Path) -> IO[bytes]:
    """Open a file for reading without ever blocking. Raises `UnsupportedFileType`, `FileError`."""
    # Checked before it is opened: even that has effects on a device, and on a FIFO's writer.
    _reject_special_file(path, path.stat().st_mode)
    # Checked again, because another file may have replaced it; then nothing may block either.
    file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | _O_NONBLOCK))  # noqa: SIM115
    try:
        _reject_special_file(path, os.fstat(file.fileno()).st_mode)
    except UnsupportedFileType:
        file.close()
        raise
    return file


def _reject_special_file(path: Path, mode: int) -> None:
    if kind := describe_special_file(mode):
        raise UnsupportedFileType(f"{path.name} is a {kind}, not a regular file")


@dataclass(frozen=True, slots=True)
class ImageFile:
    """What the API needs to know before an upload. `open` reads the content from its beginning."""

    name: str | None
    media_type: str
    size: int
    sha256: str
    open: Callable[[], IO[bytes]]

    @classmethod
    @convert_file_errors((OSError, ValueError))
    def from_source(cls, source: Source) -> "ImageFile":
        """Read the whole source once. Raises `UnsupportedFileType`, `FileError`."""
        if isinstance(source, str | os.PathLike):
            path = Path(source)
            with open_regular_file(path) as opened:
                return cls._read(opened, path.name, lambda: open_regular_file(path))
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


class VerifiedReader:
    """Reads a file again, and checks that its content is still what was hashed.

    The check precedes the last chunk, so that changed content is never sent completely.
    """

    def __init__(self, expected: ImageFile, file: IO[bytes]) -> None:
        self._expected = expected
        self._file = file
        self._digest = hashlib.sha256()
        self.count = 0

    @convert_file_errors((OSError, ValueError))
    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, none at the end. Raises `FileChanged`, `FileError`."""
        remaining = self._expected.size - self.count
        if remaining == 0:
            return b""
        chunk = self._file.read(min(size, remaining))
        self._digest.update(chunk)
        self.count += len(chunk)
        if not chunk or (self.count == self._expected.size and not self._is_unchanged()):
            raise FileChanged(f"{self._expected.name or 'the source'} changed during the upload")
        return chunk

    def _is_unchanged(self) -> bool:
        return self._digest.hexdigest() == self._expected.sha256 and not self._file.read(1)


class _StreamReader(BytesIO):
    """Reads the caller's stream from its original position; closing it leaves the stream open."""

    def __init__(self, file: IO[bytes], start: int) -> None:
        super().__init__()
        file.seek(start)
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)
