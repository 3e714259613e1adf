"""The chunks of a PNG: its color space, and a copy without the chunks that a decoder rejects.

PNG, third edition: https://www.w3.org/TR/png-3/
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sightline.domain.failures import Rejected

SIGNATURE = b"\x89PNG\r\n\x1a\n"

#: Limit on the chunks of a file: those of 50 MB in blocks of 1 kB, the smallest in use.
MAX_CHUNKS = 50_000

#: Limits on the inflated size of one compressed chunk, and of all of them, in bytes.
MAX_INFLATED_BYTES = 2**20
MAX_INFLATED_TOTAL = 16 * 2**20

#: The chunks of an animation (APNG).
ANIMATION_CHUNKS = frozenset({b"acTL", b"fcTL", b"fdAT"})

#: Chunks of metadata, which may follow the pixels.
METADATA_CHUNKS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt"})

#: Chunks of a keyword, a byte and compressed data.
COMPRESSED_CHUNKS = frozenset({b"iCCP", b"zTXt"})


#: Lengths (bytes) of the ancillary chunks that decoders read.
LENGTHS = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"pHYs": 9, b"cICP": 4, b"acTL": 8}


class Chunk(NamedTuple):
    """One chunk: its type, and where its data starts and ends in the file."""

    kind: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PngFile:
    """A PNG that a decoder can read: `body`, and the code points of its chunk `cICP`."""

    body: bytes
    cicp: tuple[int, int] | None


def read_png(body: bytes, max_frames: int) -> PngFile:
    """Return the file without what keeps a decoder from showing it.

    Dropped are ancillary chunks with a wrong checksum or of excessive size, and the animation if
    the number of its frames is not the one that it declares. Data that is missing at the end is not
    replaced. Raises `Rejected` if there are too many chunks or frames.
    """
    chunks = list(_walk(body))
    frames = sum(chunk.kind == b"fcTL" for chunk in chunks)
    if frames > max_frames:
        raise Rejected("too_many_frames", "The animation exceeds the maximum number of frames.")
    animated = frames > 0 and any(
        chunk.kind == b"acTL" and body[chunk.start : chunk.start + 4] == struct.pack(">I", frames)
        for chunk in chunks
    )
    kept = [chunk for chunk in chunks if animated or chunk.kind not in ANIMATION_CHUNKS]
    kept = list(_drop_invalid(body, kept))
    cicp = next(
        ((body[chunk.start], body[chunk.start + 1]) for chunk in kept if chunk.kind == b"cICP"),
        None,
    )
    kinds = [chunk.kind for chunk in kept]
    complete = kinds[-1:] == [b"IEND"] and len(kept) == len(chunks)
    if complete and not METADATA_CHUNKS & set(kinds[_find_pixels(kinds) :]):
        return PngFile(body, cicp)
    # Metadata moves before the pixels, so that it can be read without decoding them.
    first = _find_pixels(kinds)
    metadata = [chunk for chunk in kept[first:] if chunk.kind in METADATA_CHUNKS]
    others = [chunk for chunk in kept[first:] if chunk.kind not in METADATA_CHUNKS]
    return PngFile(_join(body, [*kept[:first], *metadata, *others]), cicp)


def _find_pixels(kinds: list[bytes]) -> int:
    """Return the index of the first chunk of pixels."""
    return kinds.index(b"IDAT") if b"IDAT" in kinds else len(kinds)


def _walk(body: bytes) -> Iterator[Chunk]:
    """Yield the chunks up to the end of the image; the last one may be incomplete."""
    at, count = len(SIGNATURE), 0
    while at + 8 <= len(body):
        length, kind = struct.unpack_from(">I4s", body, at)
        count += 1
        if count > MAX_CHUNKS:
            raise Rejected("too_complex", "The PNG has too many chunks.")
        yield Chunk(kind, at + 8, min(at + 8 + length, len(body)))
        if kind == b"IEND":
            return
        at += 12 + length


def _drop_invalid(body: bytes, chunks: list[Chunk]) -> Iterator[Chunk]:
    """Yield the chunks without the ancillary ones that are damaged or too large."""
    inflated = 0
    for chunk in chunks:
        if chunk.kind[0] & 0x20 and chunk.kind != b"fdAT":
            length = chunk.end - chunk.start
            if LENGTHS.get(chunk.kind, length) != length or not _is_intact(body, chunk):
                continue
            if (data := _find_compressed(body, chunk)) is not None:
                size = _inflated_size(data)
                inflated += min(size or 0, MAX_INFLATED_BYTES)
                if size is None or size > MAX_INFLATED_BYTES or inflated > MAX_INFLATED_TOTAL:
                    continue
            elif chunk.kind in {b"tEXt", b"iTXt"} and chunk.end - chunk.start > MAX_INFLATED_BYTES:
                continue
        yield chunk


def _is_intact(body: bytes, chunk: Chunk) -> bool:
    checksum = zlib.crc32(memoryview(body)[chunk.start - 4 : chunk.end])
    return body[chunk.end : chunk.end + 4] == struct.pack(">I", checksum)


def _find_compressed(body: bytes, chunk: Chunk) -> bytes | None:
    """Return the compressed data of a chunk, None if it contains none."""
    data = body[chunk.start : chunk.end]
    if chunk.kind in COMPRESSED_CHUNKS:
        return data.partition(b"\0")[2][1:]
    if chunk.kind == b"iTXt":
        rest = data.partition(b"\0")[2]
        if rest[:1] == b"\1":
            # Behind the method, the language and the translated keyword.
            return rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    return None


def _inflated_size(data: bytes) -> int | None:
    """Return the size of the inflated data, at most one more than the limit; None if invalid."""
    try:
        return len(zlib.decompressobj().decompress(data, MAX_INFLATED_BYTES + 1))
    except zlib.error:
        return None


def _join(body: bytes, chunks: list[Chunk]) -> bytes:
    parts = [SIGNATURE]
    for kind, start, end in chunks:
        if kind == b"IEND":
            continue
        data = memoryview(body)[start:end]
        # Decoders do not verify those of pixels: they have a checksum of their own.
        checksum = body[end : end + 4].ljust(4, b"\0")
        parts += [struct.pack(">I4s", end - start, kind), bytes(data), checksum]
    parts.append(b"\0\0\0\0IEND\xaeB`\x82")
    return b"".join(parts)
