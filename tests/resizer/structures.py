"""Images of hostile structure, made by a seeded generator.

Their parts are valid, but there are too many of them, they are nested too deeply, or they refer to
each other: scans, pages, chunks, frames, grids and boxes. A decoder that follows all of it would
need time or memory out of proportion to the size of the file.
"""

import io
import random
import struct
import zlib
from collections.abc import Callable
from itertools import pairwise

from PIL import Image

#: Numbers of parts that a generator selects from.
COUNTS = (2, 50, 1_000, 20_000)

Generator = Callable[[random.Random], bytes]


def _draw(size: tuple[int, int], rng: random.Random) -> Image.Image:
    """Return noise, which compresses badly in every format."""
    return Image.frombytes("RGB", size, rng.randbytes(size[0] * size[1] * 3))


def _encode(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def repeat_jpeg_scans(rng: random.Random) -> bytes:
    """A progressive JPEG whose scans are sent again and again (JPEG, section B.2.3)."""
    body = _encode(_draw((256, 256), rng), "JPEG", progressive=True)
    starts = [at for at in range(len(body)) if body[at : at + 2] == b"\xff\xda"]
    scans = [body[start:end] for start, end in pairwise([*starts, len(body) - 2])]
    repeated = rng.choice(scans) * rng.choice(COUNTS[:3])
    return body[: len(body) - 2] + repeated + b"\xff\xd9"


def add_jpeg_segments(rng: random.Random) -> bytes:
    """A JPEG with thousands of application segments, empty or as long as possible."""
    body = _encode(_draw((32, 32), rng), "JPEG")
    size = rng.choice((2, 100, 2_000))
    marker = rng.choice(range(0xE0, 0xF0))
    content = rng.choice(
        (b"Exif\0\0", b"ICC_PROFILE\0\1\2", b"http://ns.adobe.com/xap/1.0/\0", b"")
    )
    payload = (content + bytes(size))[: max(size, len(content))]
    segment = struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload
    return body[:2] + segment * rng.choice(COUNTS) + body[2:]


def nest_exif_directories(rng: random.Random) -> bytes:
    """A JPEG whose EXIF directories refer to each other in a circle, or to themselves."""
    count = rng.choice((1, 2, 200))
    directories = bytearray()
    for number in range(count):
        target = 8 + ((number + 1) % count) * 42
        entries = [(0x8769, target), (0x8825, target), (0xA005, target)]
        directories += struct.pack("<H", len(entries))
        for tag, value in entries:
            directories += struct.pack("<HHII", tag, 4, 1, value)
        directories += struct.pack("<I", target)
    exif = b"Exif\0\0" + struct.pack("<2sHI", b"II", 42, 8) + bytes(directories)
    return _encode(_draw((32, 32), rng), "JPEG", exif=exif)


def chain_tiff_pages(rng: random.Random) -> bytes:
    """A TIFF file with very many pages, all of the same strip; the last may refer to the first."""
    count = rng.choice(COUNTS)
    side = rng.choice((1, 64, 1_000))
    strip = rng.randbytes(side)
    first = 8 + len(strip) + len(strip) % 2
    body = bytearray(struct.pack("<2sHI", b"II", 42, first) + strip + bytes(len(strip) % 2))
    entries = [
        (256, 3, 1, side),
        (257, 3, 1, 1),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (277, 3, 1, 1),
        (279, 4, 1, side),
    ]
    for number in range(count):
        body += struct.pack("<H", len(entries))
        for entry in entries:
            body += struct.pack("<HHII", *entry)
        is_last = number == count - 1
        body += struct.pack("<I", rng.choice((0, first)) if is_last else len(body) + 4)
    return bytes(body)


def cut_tiff_into_strips(rng: random.Random) -> bytes:
    """A TIFF file with one strip or tile for each row, or a table of them that is far too long."""
    count = rng.choice((1_000, 100_000, 2**31 - 1))
    rows = min(count, 4_000)
    tag = rng.choice((273, 324))
    entries = [
        (256, 3, 1, 16),
        (257, 4, 1, rows),
        (258, 3, 1, 8),
        (259, 3, 1, rng.choice((1, 5, 7, 32773))),
        (262, 3, 1, 1),
        (tag, 4, count, 200),
        (277, 3, 1, 1),
        (278, 4, 1, 1),
        (tag + 6 if tag == 273 else 325, 4, count, 200),
    ]
    body = bytearray(struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", len(entries)))
    for entry in sorted(entries):
        body += struct.pack("<HHII", *entry)
    body += struct.pack("<I", 0)
    body += bytes(200 - len(body)) + struct.pack("<I", 16) * rows
    return bytes(body)


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def add_png_chunks(rng: random.Random) -> bytes:
    """A PNG with very many chunks, among them texts and profiles that expand a thousandfold."""
    bomb = zlib.compress(bytes(rng.choice((10_000, 50_000_000))), 9)
    chunk = rng.choice(
        (
            _png_chunk(b"tEXt", b"Comment\0" + bytes(1_000)),
            _png_chunk(b"zTXt", b"Comment\0\0" + bomb),
            _png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb),
            _png_chunk(b"iCCP", b"profile\0\0" + bomb),
            _png_chunk(b"IDAT", b""),
            _png_chunk(b"eXIf", b"II*\0" + struct.pack("<I", 8) + bytes(64)),
            _png_chunk(b"sPLT", b"palette\0\x08" + bytes(6 * 256)),
        )
    )
    body = _encode(_draw((32, 32), rng), "PNG")
    at = body.index(b"IDAT") - 4
    return body[:at] + chunk * rng.choice(COUNTS[:3]) + body[at:]


def split_png_data(rng: random.Random) -> bytes:
    """A PNG whose compressed data comes in chunks of one byte."""
    side = rng.choice((16, 128))
    body = _encode(_draw((side, side), rng), "PNG")
    at = body.index(b"IDAT") - 4
    length = struct.unpack(">I", body[at : at + 4])[0]
    data = body[at + 8 : at + 8 + length]
    chunks = b"".join(_png_chunk(b"IDAT", bytes([each])) for each in data)
    return body[:at] + chunks + body[at + 12 + length :]


def repeat_gif_frames(rng: random.Random) -> bytes:
    """A GIF with very many frames, which may be larger than the screen or lie outside of it."""
    side = rng.choice((1, 64, 2_000))
    frame = Image.new("P", (side, side), 1)
    body = _encode(frame, "GIF")
    start = body.index(b"\x2c", 13 + 3 * 2 ** ((body[10] & 7) + 1))
    descriptor = bytearray(body[start:-1])
    if rng.random() < 0.5:
        descriptor[1:5] = struct.pack("<HH", rng.choice((0, 60_000)), rng.choice((0, 60_000)))
    return body[:start] + bytes(descriptor) * rng.choice(COUNTS) + b"\x3b"


def repeat_webp_frames(rng: random.Random) -> bytes:
    """An animated WebP with very many frames on a large canvas."""
    still = _encode(_draw((16, 16), rng), "WEBP")
    bitstream = still[12:]
    side = rng.choice((16, 4_000, 16_384))
    canvas = (side - 1).to_bytes(3, "little")
    header = struct.pack("<4sI", b"VP8X", 10) + bytes([0x02, 0, 0, 0]) + canvas * 2
    header += struct.pack("<4sI", b"ANIM", 6) + bytes(6)
    content = bytes(6) + (15).to_bytes(3, "little") * 2 + bytes(4) + bitstream
    frame = struct.pack("<4sI", b"ANMF", len(content)) + content + bytes(len(content) % 2)
    chunks = b"WEBP" + header + frame * rng.choice(COUNTS[:3])
    return struct.pack("<4sI", b"RIFF", len(chunks)) + chunks


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def _full_box(kind: bytes, content: bytes, version: int = 0) -> bytes:
    return _box(kind, bytes([version, 0, 0, 0]) + content)


def nest_heif_boxes(rng: random.Random) -> bytes:
    """A HEIF file whose boxes contain each other thousands of levels deep."""
    kind = rng.choice((b"meta", b"iprp", b"ipco", b"iref", b"moov", b"dinf"))
    content = b""
    for _ in range(rng.choice((10, 1_000, 20_000))):
        content = (_full_box if kind == b"meta" else _box)(kind, content)
    return _box(b"ftyp", b"heic\0\0\0\0mif1heic") + content


def make_heif_grid(rng: random.Random) -> bytes:
    """A HEIF file whose image is a grid of very many tiles, or of itself."""
    rows, columns = rng.choice(((255, 255), (0, 0), (15, 15)))
    tiles = (rows + 1) * (columns + 1)
    size = rng.choice((512, 60_000))
    grid = struct.pack(">BBBBHH", 0, 0, rows, columns, size, size)
    is_circular = rng.random() < 0.5
    references = struct.pack(">H", 1 if is_circular else 2) * tiles
    items = [(1, b"grid"), (2, rng.choice((b"hvc1", b"grid", b"av01")))]
    infos = b"".join(
        _full_box(b"infe", struct.pack(">HH", number, 0) + kind + b"\0", version=2)
        for number, kind in items
    )
    locations = struct.pack(">BBH", 0x44, 0, len(items))
    for number, _ in items:
        locations += struct.pack(">HHHHII", number, 1, 0, 1, 0, len(grid))
    content = _full_box(b"hdlr", bytes(4) + b"pict" + bytes(13))
    content += _full_box(b"pitm", struct.pack(">H", 1))
    content += _full_box(b"iinf", struct.pack(">H", len(items)) + infos)
    content += _full_box(b"iloc", locations, version=1)
    content += _full_box(
        b"iref", _box(b"dimg", struct.pack(">HH", 1, tiles & 0xFFFF) + references[: 2 * 0xFFFF])
    )
    properties = _box(b"ipco", _full_box(b"ispe", struct.pack(">II", size, size)))
    properties += _full_box(b"ipma", struct.pack(">IHBBHBB", 2, 1, 1, 0x81, 2, 1, 0x81))
    content += _box(b"iprp", properties) + _box(b"idat", grid)
    return _box(b"ftyp", b"heic\0\0\0\0mif1heic") + _full_box(b"meta", content)


#: Every generator by the parts that it multiplies.
GENERATORS: dict[str, Generator] = {
    "JPEG scans": repeat_jpeg_scans,
    "JPEG segments": add_jpeg_segments,
    "EXIF directories": nest_exif_directories,
    "TIFF pages": chain_tiff_pages,
    "TIFF strips": cut_tiff_into_strips,
    "PNG chunks": add_png_chunks,
    "PNG data": split_png_data,
    "GIF frames": repeat_gif_frames,
    "WebP frames": repeat_webp_frames,
    "HEIF boxes": nest_heif_boxes,
    "HEIF grids": make_heif_grid,
}
