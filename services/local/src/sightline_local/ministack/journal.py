"""An append-only file of requests, from which their effects are repeated after a crash.

Each line is the checksum, the account, the region, the action and the body of one request. A line
is complete in the operating system before the request has an effect, so that a process that is
killed loses nothing that it has confirmed. (A power failure can cost the last seconds.)
"""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self


class Entry(NamedTuple):
    """One request."""

    account: str
    region: str
    action: str
    body: bytes


class JournalClosed(Exception):
    """An earlier write failed halfway and could not be undone; nothing more can be appended."""


class JournalDamaged(Exception):
    """An entry before the last is not as it was written; the message names the file."""


class Journal:
    """The journal at `path`, opened for appending after its last complete entry."""

    def __init__(self, path: Path, size: int) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        self._size = size
        self._failed = False
        os.ftruncate(self._file, size)
        os.lseek(self._file, size, os.SEEK_SET)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or create the journal; an incomplete last entry is cut off.

        Raises `JournalDamaged`.
        """
        *_, size = (0, *(end for _, end in _scan(path)))
        return cls(path, size)

    def append(self, entry: Entry) -> None:
        """Write one entry. Raises `OSError` without leaving a part of it, or `JournalClosed`."""
        if self._failed:
            raise JournalClosed("an earlier write to the journal failed")
        line = _format(entry)
        try:
            written = 0
            while written < len(line):
                written += os.write(self._file, line[written:])
        except OSError:
            self._undo()
            raise
        self._size += len(line)

    def close(self) -> None:
        os.close(self._file)

    def _undo(self) -> None:
        """Remove an incomplete entry: one in the middle would hide all that follow it."""
        self._failed = True
        os.ftruncate(self._file, self._size)
        os.lseek(self._file, self._size, os.SEEK_SET)
        self._failed = False


def read_entries(path: Path) -> Iterator[Entry]:
    """Iterate over the complete entries. Raises `JournalDamaged`.

    The last entry may be incomplete, if the process was killed while it wrote: its request was
    never confirmed.
    """
    for entry, _ in _scan(path):
        yield entry


def _scan(path: Path) -> Iterator[tuple[Entry, int]]:
    """Iterate over the complete entries, with the offset after each."""
    if not path.exists():
        return
    end = 0
    with path.open("rb") as lines:
        for line in lines:
            entry = _parse(line)
            if entry is None:
                if lines.read(1):
                    raise JournalDamaged(f"{path} is damaged at byte {end}")
                return
            end += len(line)
            yield entry, end


def _format(entry: Entry) -> bytes:
    # Line breaks are white space between the tokens of JSON, and escaped within them.
    body = entry.body.replace(b"\n", b" ")
    content = b" ".join(
        [entry.account.encode(), entry.region.encode(), entry.action.encode(), body]
    )
    return b"%08x %s\n" % (zlib.crc32(content), content)


def _parse(line: bytes) -> Entry | None:
    checksum, _, content = line.rstrip(b"\n").partition(b" ")
    fields = content.split(b" ", 3)
    if not line.endswith(b"\n") or len(fields) < len(Entry._fields):
        return None
    if checksum != b"%08x" % zlib.crc32(content):
        return None
    account, region, action, body = fields
    return Entry(account.decode(), region.decode(), action.decode(), body)
