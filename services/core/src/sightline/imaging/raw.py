"""The preview in a raw file: a JPEG of the camera, which shows the image as its display does.

Raw pixels are not developed. Read are DNG, NEF, NRW, CR2, ARW, SR2, PEF, SRW and others that are
built as a TIFF, ORF and RW2 that nearly are, RAF, and CR3.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from sightline.domain.failures import Rejected
from sightline.imaging.iso_media import find_box, walk_boxes
from sightline.imaging.jpeg import SIGNATURE as JPEG_SIGNATURE
from sightline.imaging.jpeg import read_jpeg
from sightline.imaging.tiff import Directory, Tag, TiffFile, read_tiff

RAF_SIGNATURE = b"FUJIFILMCCD-RAW"

#: Where a RAF has the offset and the size of its JPEG.
RAF_JPEG_OFFSET = 84

CR3_BRAND = b"crx "

#: Versions of TIFF that only cameras write.
RAW_VERSIONS = frozenset({b"IIRO", b"IIRS", b"MMOR", b"IIU\0"})

#: Photometric interpretations of sensor data: a color filter array, and linear raw (DNG 1.6).
RAW_PHOTOMETRICS = frozenset({32803, 34892})

#: Compressions of sensor data: of Sony, Nikon, Pentax, Samsung and Kodak.
RAW_COMPRESSIONS = frozenset({32767, 34713, 65535, 32770, 65000, 32867})

#: Minimum longest side of a preview that is used as the image, in pixels. A smaller one is used if
#: it has at least half of the sensor's.
MIN_PREVIEW_SIDE = 1_000

#: Limits on the directories of a chain, and on the levels of sub-directories.
MAX_DIRECTORIES = 16
MAX_LEVELS = 3

#: Tags of the maker note of Olympus: its camera settings, and in these the preview.
OLYMPUS_SETTINGS, OLYMPUS_OFFSET, OLYMPUS_BYTES = 0x2020, 0x101, 0x102


class Preview(NamedTuple):
    """The JPEG in a raw file, and the TIFF with the tags of the photo, if there is one."""

    jpeg: bytes
    tags: bytes | None


def is_raw(body: bytes) -> bool:
    """Return whether the file holds sensor data, by its structure."""
    if body.startswith(RAF_SIGNATURE) or body[4:12] == b"ftyp" + CR3_BRAND:
        return True
    if body[:4] in RAW_VERSIONS or body[8:10] == b"CR":
        return read_tiff(body) is not None
    tiff = read_tiff(body)
    return tiff is not None and any(map(_is_raw_directory, _walk_all(tiff)))


def find_preview(body: bytes) -> Preview | None:
    """Return the largest JPEG of a raw file, None if it has none of a usable size."""
    if body.startswith(RAF_SIGNATURE):
        candidates, tags, sensor_side = _find_in_raf(body), None, 0
    elif body[4:12] == b"ftyp" + CR3_BRAND:
        candidates, tags, sensor_side = _find_in_cr3(body), _find_cr3_tags(body), 0
    else:
        tiff = read_tiff(body)
        if tiff is None:
            return None
        directories = list(_walk_all(tiff))
        candidates = (span for each in directories for span in _find_in_directory(tiff, each))
        tags = b"II*\0" + body[4:] if body[:4] in RAW_VERSIONS and body[:2] == b"II" else body
        sensor_side = max((_longest_side(each) for each in directories), default=0)
    jpegs = [body[start : start + size] for start, size in candidates]
    best = max(jpegs, key=_jpeg_side, default=b"")
    side = _jpeg_side(best)
    usable = side >= MIN_PREVIEW_SIDE or 0 < sensor_side <= 2 * side
    return Preview(best, tags) if usable else None


def _walk_all(tiff: TiffFile) -> Iterator[Directory]:
    """Yield the directories of the chain, and those below them."""
    for directory in tiff.walk(MAX_DIRECTORIES):
        yield from _walk_below(tiff, directory, MAX_LEVELS)


def _walk_below(tiff: TiffFile, directory: Directory, levels: int) -> Iterator[Directory]:
    yield directory
    if levels == 0:
        return
    for offset in directory.integers(Tag.SUB_DIRECTORIES):
        if (below := tiff.directory(offset)) is not None:
            yield from _walk_below(tiff, below, levels - 1)


def _is_raw_directory(directory: Directory) -> bool:
    return (
        Tag.DNG_VERSION in directory.fields
        or directory.integer(Tag.PHOTOMETRIC) in RAW_PHOTOMETRICS
        or directory.integer(Tag.COMPRESSION) in RAW_COMPRESSIONS
    )


def _longest_side(directory: Directory) -> int:
    return max(directory.integer(Tag.WIDTH), directory.integer(Tag.HEIGHT))


def _find_in_directory(tiff: TiffFile, directory: Directory) -> Iterator[tuple[int, int]]:
    """Yield the offset and the size of each JPEG that the directory names."""
    for offset, size in (
        (Tag.JPEG_OFFSET, Tag.JPEG_BYTES),
        (Tag.STRIP_OFFSETS, Tag.STRIP_BYTES),
    ):
        yield directory.integer(offset), directory.integer(size)
    if (field := directory.fields.get(Tag.PANASONIC_JPEG)) is not None:
        yield field.offset, field.count
    exif = tiff.directory(directory.integer(Tag.EXIF)) if Tag.EXIF in directory.fields else None
    note = exif.fields.get(Tag.MAKER_NOTE) if exif is not None else None
    if note is not None:
        yield from _find_in_olympus(tiff.body[note.offset : note.offset + note.count], note.offset)


def _find_in_olympus(note: bytes, base: int) -> Iterator[tuple[int, int]]:
    """Yield the preview in a maker note of Olympus, whose offsets count from its own start."""
    prefix = next((each for each in (b"OLYMPUS\0", b"OM SYSTEM\0") if note.startswith(each)), None)
    if prefix is None:
        return
    start = {b"OLYMPUS\0": 8, b"OM SYSTEM\0": 12}[prefix]
    order = "<" if note[start : start + 2] == b"II" else ">"
    tiff = TiffFile(note, order, big=False)
    directory = tiff.directory(start + 4)
    settings = directory and tiff.directory(
        directory.integer(OLYMPUS_SETTINGS) or directory.fields[OLYMPUS_SETTINGS].offset
        if OLYMPUS_SETTINGS in directory.fields
        else 0
    )
    if settings:
        yield base + settings.integer(OLYMPUS_OFFSET), settings.integer(OLYMPUS_BYTES)


def _find_in_raf(body: bytes) -> Iterator[tuple[int, int]]:
    if len(body) >= RAF_JPEG_OFFSET + 8:
        offset, size = struct.unpack_from(">II", body, RAF_JPEG_OFFSET)
        yield offset, size


def _find_in_cr3(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield the JPEG of the first track, which has full size, and the one for displays."""
    if (movie := find_box(body, (b"moov",), 0, len(body))) is not None:
        for kind, start, end in walk_boxes(body, *movie):
            if kind != b"trak":
                continue
            table = find_box(body, (b"mdia", b"minf", b"stbl"), start, end)
            sizes = table and find_box(body, (b"stsz",), *table)
            offsets = table and find_box(body, (b"co64",), *table)
            if sizes and offsets:
                size = int.from_bytes(body[sizes[0] + 4 : sizes[0] + 8])
                size = size or int.from_bytes(body[sizes[0] + 12 : sizes[0] + 16])
                yield int.from_bytes(body[offsets[0] + 8 : offsets[0] + 16]), size
    for kind, start, end in walk_boxes(body, 0, len(body)):
        preview = kind == b"uuid" and body.find(b"PRVW", start, min(end, start + 64))
        if preview and preview > 0:
            at = body.find(JPEG_SIGNATURE, preview, min(end, preview + 64))
            if at > 0:
                yield at, end - at


def _find_cr3_tags(body: bytes) -> bytes | None:
    """Return the TIFF of the box `CMT1`, which has the orientation and the camera."""
    movie = find_box(body, (b"moov",), 0, len(body))
    if movie is None:
        return None
    for kind, start, end in walk_boxes(body, *movie):
        if kind == b"uuid":
            box = find_box(body, (b"CMT1",), start + 16, end)
            if box is not None:
                return body[box[0] : box[1]]
    return None


def _jpeg_side(jpeg: bytes) -> int:
    """Return the longest side of a JPEG of 8 bits in pixels, 0 if it is none."""
    if not jpeg.startswith(JPEG_SIGNATURE):
        return 0
    try:
        structure = read_jpeg(jpeg)
    except Rejected:
        return 0
    return structure.longest_side if structure.decodable else 0
