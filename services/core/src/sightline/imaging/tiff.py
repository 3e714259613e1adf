"""The directories of a TIFF and of the raw formats that are built like one.

TIFF 6.0, section 2; BigTIFF; TIFF/EP (ISO 12234-2) for sub-directories.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

#: The byte order and the version of a TIFF, and of raw formats with a version of their own:
#: Olympus (`RO`, `RS`) and Panasonic (`U`).
VERSIONS = {
    b"II*\0": "<",
    b"MM\0*": ">",
    b"IIRO": "<",
    b"IIRS": "<",
    b"MMOR": ">",
    b"IIU\0": "<",
}
BIG_VERSIONS = {b"II+\0": "<", b"MM\0+": ">"}

#: Bytes of one value, by the field type.
TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
BIG_TYPE_BYTES = {**TYPE_BYTES, 16: 8, 17: 8, 18: 8}

#: Formats of the field types whose values are integers, for `struct`.
INTEGER_FORMATS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}

#: Limits on the fields of one directory, and on the values that are read of one field.
MAX_FIELDS = 4_096
MAX_VALUES = 16


class Tag(IntEnum):
    """The tags that describe where an image is, and what it is."""

    SUBFILE_TYPE = 254
    WIDTH = 256
    HEIGHT = 257
    COMPRESSION = 259
    PHOTOMETRIC = 262
    STRIP_OFFSETS = 273
    STRIP_BYTES = 279
    SUB_DIRECTORIES = 330
    JPEG_OFFSET = 513
    JPEG_BYTES = 514
    PANASONIC_JPEG = 46
    EXIF = 34665
    MAKER_NOTE = 37500
    DNG_VERSION = 50706


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a directory: where its values are, and how they are stored."""

    kind: int
    count: int
    offset: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The fields of one directory."""

    body: bytes
    order: str
    fields: dict[int, Field]

    def integers(self, tag: int) -> tuple[int, ...]:
        """Return the values of a field of integers; empty if it is missing or invalid."""
        field = self.fields.get(tag)
        if field is None or field.kind not in INTEGER_FORMATS:
            return ()
        count = min(field.count, MAX_VALUES)
        try:
            values: tuple[int, ...] = struct.unpack_from(
                f"{self.order}{count}{INTEGER_FORMATS[field.kind]}", self.body, field.offset
            )
        except struct.error:
            return ()
        return values

    def integer(self, tag: int, default: int = 0) -> int:
        """Return the first value of a field of integers."""
        return next(iter(self.integers(tag)), default)


@dataclass(frozen=True, slots=True)
class TiffFile:
    """A TIFF whose header is valid."""

    body: bytes
    order: str
    big: bool

    def first_offset(self) -> int:
        """Return the offset of the first directory."""
        return self._read("Q" if self.big else "I", 8 if self.big else 4)

    def walk(self, stop: int) -> Iterator[Directory]:
        """Yield the directories of the chain up to an invalid one, at most `stop`."""
        offset, seen = self.first_offset(), set[int]()
        while offset and offset not in seen and len(seen) < stop:
            seen.add(offset)
            try:
                directory, following = self._parse(offset)
            except struct.error:
                return
            yield directory
            offset = following

    def directory(self, offset: int) -> Directory | None:
        """Return the directory at an offset, None if there is none."""
        try:
            return self._parse(offset)[0]
        except struct.error:
            return None

    def count_pages(self, stop: int) -> int:
        """Return the number of directories in the chain, at most `stop`."""
        offset, seen = self.first_offset(), set[int]()
        while offset and offset not in seen and len(seen) < stop:
            try:
                count = self._read("Q" if self.big else "H", offset)
                start = offset + (8 + 20 * count if self.big else 2 + 12 * count)
                following = self._read("Q" if self.big else "I", start)
            except struct.error:
                break
            seen.add(offset)
            offset = following
        return len(seen)

    def _parse(self, offset: int) -> tuple[Directory, int]:
        count = self._read("Q" if self.big else "H", offset)
        start = offset + (8 if self.big else 2)
        size = 20 if self.big else 12
        entry = f"{self.order}HHQ" if self.big else f"{self.order}HHI"
        type_bytes = BIG_TYPE_BYTES if self.big else TYPE_BYTES
        inline = 8 if self.big else 4
        fields = {}
        for index in range(min(count, MAX_FIELDS)):
            at = start + size * index
            tag, kind, values = struct.unpack_from(entry, self.body, at)
            where = at + size - inline
            if type_bytes.get(kind, 1) * values > inline:
                where = self._read("Q" if self.big else "I", where)
            fields[tag] = Field(kind, values, where)
        try:
            following = self._read("Q" if self.big else "I", start + size * count)
        except struct.error:
            following = 0
        return Directory(self.body, self.order, fields), following

    def _read(self, kind: str, offset: int) -> int:
        value: int = struct.unpack_from(self.order + kind, self.body, offset)[0]
        return value


def read_tiff(body: bytes) -> TiffFile | None:
    """Return the file if its header is that of a TIFF, or of a raw format like it."""
    version = body[:4]
    if version in VERSIONS and len(body) >= 8:
        return TiffFile(body, VERSIONS[version], big=False)
    if version in BIG_VERSIONS and len(body) >= 16:
        return TiffFile(body, BIG_VERSIONS[version], big=True)
    return None
