"""ZIP files as streams of a size that is known before the first byte.

`zipfile` writes the format, to a file that cannot seek. Entries are stored without compression, as
images are compressed already: this makes the size of every entry known in advance. Where sizes or
offsets exceed the limits of the format, `zipfile` writes ZIP64.
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sightline.ports.object_store import CHUNK_SIZE, ObjectNotFound, ObjectStream

#: Sizes of the fixed parts of the format, in bytes (APPNOTE, sections 4.3.7 to 4.3.16).
LOCAL_HEADER_SIZE = 30
LOCAL_ZIP64_SIZE = 20
DESCRIPTOR_SIZE = 16
ZIP64_DESCRIPTOR_SIZE = 24
CENTRAL_HEADER_SIZE = 46
CENTRAL_ZIP64_SIZE = 4
ZIP64_FIELD_SIZE = 8
END_SIZE = 22
ZIP64_END_SIZE = 76

#: The size and the number of entries from which on `zipfile` writes ZIP64.
ZIP64_LIMIT = 2**31 - 1
MAX_ENTRIES = 2**16 - 1

#: How much larger than declared `zipfile` expects that an entry may become.
ZIP64_MARGIN = 1.05

#: The years that a ZIP file can represent.
FIRST_YEAR, LAST_YEAR = 1980, 2107

#: Permissions of an extracted file (`-rw-r--r--`), in the upper half of the external attributes.
FILE_MODE = 0o100644 << 16

OpenObject = Callable[[str], AbstractAsyncContextManager[ObjectStream]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive: its name, its exact size in bytes, and its local time.

    The content is that of the object with the key `key`, or else `content`.
    """

    name: str
    size: int
    at: datetime
    key: str | None = None
    content: bytes = b""

    @property
    def encoded_name(self) -> bytes:
        return self.name.encode()

    def is_zip64(self, limit: int) -> bool:
        """Return whether its header reserves 8 bytes for each size."""
        return self.size * ZIP64_MARGIN > limit

    def local_size(self, limit: int) -> int:
        """Return the bytes that it takes before the central directory."""
        size = LOCAL_HEADER_SIZE + len(self.encoded_name) + self.size
        if self.is_zip64(limit):
            return size + LOCAL_ZIP64_SIZE + ZIP64_DESCRIPTOR_SIZE
        return size + DESCRIPTOR_SIZE

    def central_size(self, offset: int, limit: int) -> int:
        """Return the bytes that it takes in the central directory, if it starts at this offset."""
        fields = 2 * (self.size > limit) + (offset > limit)
        extra = CENTRAL_ZIP64_SIZE + fields * ZIP64_FIELD_SIZE if fields else 0
        return CENTRAL_HEADER_SIZE + len(self.encoded_name) + extra


def measure_zip(entries: Sequence[Entry], comment: bytes = b"", limit: int = ZIP64_LIMIT) -> int:
    """Return the exact size of the ZIP file that `stream_zip` makes of these entries, in bytes."""
    offset = central = 0
    for entry in entries:
        central += entry.central_size(offset, limit)
        offset += entry.local_size(limit)
    is_zip64 = len(entries) > MAX_ENTRIES or offset > limit or central > limit
    return offset + central + END_SIZE + len(comment) + (ZIP64_END_SIZE if is_zip64 else 0)


async def stream_zip(
    entries: Sequence[Entry],
    last: Callable[[Sequence[Entry]], Entry],
    open_object: OpenObject,
    comment: bytes = b"",
    limit: int = ZIP64_LIMIT,
) -> AsyncGenerator[bytes]:
    """Yield a ZIP file of the entries, and a last one, in chunks.

    One object is open at a time. An entry whose object no longer exists, or has another size than
    the entry, is left out: zeros that no entry refers to take its place, so that the size of the
    file is the same. `last` returns the last entry for those that were left out; its size must not
    depend on them.
    """
    sink, absent, central = _Sink(), list[Entry](), 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            offset = sink.tell()
            if entry.key is None:
                archive.writestr(_describe(entry), entry.content)
                yield sink.take()
                continue
            try:
                async with _open(entry.key, entry.size, open_object) as chunks:
                    with archive.open(_describe(entry), "w") as file:
                        async for chunk in chunks:
                            file.write(chunk)
                            yield sink.take()
            except ObjectNotFound:
                absent.append(entry)
                central += entry.central_size(offset, limit)
                for chunk in sink.fill(entry.local_size(limit)):
                    yield chunk
        # In place of what the directory would have, before the last entry moves its start.
        for chunk in sink.fill(central):
            yield chunk
        final = last(absent)
        archive.writestr(_describe(final), final.content)
        archive.comment = comment
    yield sink.take()


@asynccontextmanager
async def _open(
    key: str, size: int, open_object: OpenObject
) -> AsyncGenerator[AsyncIterator[bytes]]:
    """Open an object of this size. Raises `ObjectNotFound` for another one, too."""
    async with open_object(key) as opened:
        if opened.size != size:
            raise ObjectNotFound(key)
        yield opened.chunks


def _describe(entry: Entry) -> zipfile.ZipInfo:
    at = entry.at
    year = min(max(at.year, FIRST_YEAR), LAST_YEAR)
    # The format counts seconds in twos.
    info = zipfile.ZipInfo(entry.name, (year, at.month, at.day, at.hour, at.minute, at.second))
    info.external_attr = FILE_MODE
    info.file_size = entry.size
    return info


class _Sink:
    """A file that `zipfile` writes to, which cannot seek, and keeps what was not taken yet."""

    def __init__(self) -> None:
        self._pending: list[bytes] = []
        self._position = 0

    def write(self, data: bytes) -> int:
        self._pending.append(bytes(data))
        self._position += len(data)
        return len(data)

    def tell(self) -> int:
        return self._position

    def seek(self, _offset: int, _whence: int = 0) -> int:
        raise OSError

    def flush(self) -> None:
        """Do nothing: what is pending is taken, not flushed."""

    def read(self, _size: int = -1) -> bytes:
        raise OSError

    def close(self) -> None:
        """Do nothing: `zipfile` closes only files that it has opened."""

    def take(self) -> bytes:
        """Return what was written since the last call."""
        taken = b"".join(self._pending)
        self._pending.clear()
        return taken

    def fill(self, size: int) -> Iterator[bytes]:
        """Write zeros, and yield all that is pending in chunks."""
        while size > 0:
            count = min(size, CHUNK_SIZE)
            self.write(bytes(count))
            size -= count
            yield self.take()
