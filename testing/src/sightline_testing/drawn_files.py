"""Files of unusual structure, drawn and assembled for tests."""

import io
import struct
import zlib
from collections.abc import Iterator, Sequence

from PIL import Image

from sightline_testing.sample_images import draw_image, encode

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

#: Field types of TIFF.
SHORT, LONG, UNDEFINED = 3, 4, 7

#: Tags of offsets and lengths, which are LONG.
LONG_TAGS = frozenset({273, 279, 330, 513, 514, 34665})


def split_png(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the type and the data of each chunk."""
    at = len(PNG_SIGNATURE)
    while at < len(body):
        length, kind = struct.unpack_from(">I4s", body, at)
        yield kind, body[at + 8 : at + 8 + length]
        at += 12 + length


def make_chunk(kind: bytes, data: bytes, *, valid: bool = True) -> bytes:
    """Return a chunk of a PNG; its checksum is wrong if it is not `valid`."""
    checksum = zlib.crc32(kind + data) ^ (0 if valid else 1)
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", checksum)


def insert_chunks(body: bytes, *chunks: bytes) -> bytes:
    """Return the PNG with chunks after its header."""
    start = len(PNG_SIGNATURE) + 25
    return body[:start] + b"".join(chunks) + body[start:]


def make_png(
    size: tuple[int, int], depth: int, color_type: int, rows: Sequence[bytes], *chunks: bytes
) -> bytes:
    """Return a PNG of these rows, without a filter."""
    header = struct.pack(">IIBBBBB", *size, depth, color_type, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return PNG_SIGNATURE + b"".join(
        (
            make_chunk(b"IHDR", header),
            *chunks,
            make_chunk(b"IDAT", data),
            make_chunk(b"IEND", b""),
        )
    )


#: The values of a TIFF field by its tag: integers as SHORT or LONG, or bytes.
Fields = dict[int, Sequence[int] | bytes]


def make_tiff(
    *directories: Fields, order: str = "<", data: bytes = b"", magic: bytes = b""
) -> bytes:
    """Return a TIFF with a chain of directories.

    `data` starts at byte 8, so that offsets into it can be computed; the directories follow it.
    """
    version = magic or (b"II*\0" if order == "<" else b"MM\0*")
    body = bytearray(version + b"\0\0\0\0" + data + b"\0" * (len(data) % 2))
    link = 4
    for fields in directories:
        link = _append_directory(body, fields, order, link)
    return bytes(body)


def _append_directory(body: bytearray, fields: Fields, order: str, link: int) -> int:
    """Append a directory and refer to it at `link`; return where its own link is."""
    entries = b""
    for tag, values in sorted(fields.items()):
        if isinstance(values, bytes):
            kind, count, value = UNDEFINED, len(values), values
        elif all(0 <= each < 65536 for each in values) and tag not in LONG_TAGS:
            kind, count = SHORT, len(values)
            value = struct.pack(f"{order}{count}H", *values)
        else:
            kind, count = LONG, len(values)
            value = struct.pack(f"{order}{count}I", *values)
        if len(value) > 4:
            offset = len(body)
            body += value + b"\0" * (len(value) % 2)
            value = struct.pack(f"{order}I", offset)
        entries += struct.pack(f"{order}HHI", tag, kind, count) + value.ljust(4, b"\0")
    start = len(body)
    struct.pack_into(f"{order}I", body, link, start)
    body += struct.pack(f"{order}H", len(fields)) + entries + b"\0\0\0\0"
    return len(body) - 4


def describe_pixels(
    size: tuple[int, int], photometric: int, bits: Sequence[int], offset: int = 8, **more: int
) -> Fields:
    """Return the fields of an uncompressed image whose only strip is at `offset`."""
    length = (size[0] * sum(bits) + 7) // 8 * size[1]
    return {
        256: [size[0]],
        257: [size[1]],
        258: list(bits),
        259: [more.get("compression", 1)],
        262: [photometric],
        273: [offset],
        277: [len(bits)],
        278: [size[1]],
        279: [length],
    }


def make_raw(
    preview: Image.Image | None,
    sensor: tuple[int, int] = (3000, 2000),
    magic: bytes = b"",
    fields: Fields | None = None,
) -> bytes:
    """Return a raw file as DNG and NEF are: a small thumbnail, sensor data, and a preview.

    `fields` are added to the first directory.
    """
    thumbnail = draw_image((160, 106)).tobytes()
    jpeg = encode(preview, "JPEG") if preview else b""
    first = describe_pixels((160, 106), 2, (8, 8, 8))
    first |= {254: [1], **(fields or {})}
    raw = describe_pixels(sensor, 32803, (16,)) | {279: [2]}
    directories = [first, raw]
    if jpeg:
        directories.append({513: [8 + len(thumbnail)], 514: [len(jpeg)]})
    return make_tiff(*directories, data=thumbnail + jpeg, magic=magic)


def insert_nclx(body: bytes, primaries: int, transfer: int) -> bytes:
    """Return the AVIF or HEIF file with other code points in its box `colr`."""
    at = body.index(b"colrnclx") + 8
    return body[:at] + struct.pack(">HH", primaries, transfer) + body[at + 4 :]


def repeat_scans(body: bytes, count: int) -> bytes:
    """Return the progressive JPEG with its first scan repeated."""
    start = body.index(b"\xff\xda")
    end = next(
        at
        for at in range(start + 2, len(body))
        if body[at] == 0xFF and body[at + 1] not in (0, *range(0xD0, 0xD8))
    )
    return body[:start] + body[start:end] * count + body[end:]


def with_exif(image: Image.Image, kind: str, orientation: int) -> bytes:
    """Encode the image with this EXIF orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, kind, exif=exif)
    return file.getvalue()
