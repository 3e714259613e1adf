"""The color space of AVIF and HEIF files, which is in the box `colr` (ISO/IEC 14496-12, 12.1.5)."""

import struct
from collections.abc import Iterator

#: Boxes inside each other that lead to the properties of a file's items.
PROPERTIES_PATH = (b"meta", b"iprp")

#: Limit on the boxes of one level, so that a file of empty boxes costs no time.
MAX_BOXES = 10_000

#: A box of this type begins with a version and flags, and then contains boxes.
FULL_BOXES = frozenset({b"meta"})


def walk_boxes(body: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each box, and where its content starts and ends."""
    for _ in range(MAX_BOXES):
        if start + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", body, start)
        content = start + 8
        if size == 1:
            if content + 8 > end:
                return
            (size,) = struct.unpack_from(">Q", body, content)
            content += 8
        elif size == 0:
            size = end - start
        if size < content - start:
            return
        yield kind, content, min(start + size, end)
        start += size


def find_box(body: bytes, path: tuple[bytes, ...], start: int, end: int) -> tuple[int, int] | None:
    """Return where the content of the first box on this path starts and ends."""
    for kind, content, stop in walk_boxes(body, start, end):
        if kind == path[0]:
            content += 4 if kind in FULL_BOXES else 0
            return find_box(body, path[1:], content, stop) if path[1:] else (content, stop)
    return None


def read_nclx(body: bytes) -> tuple[int, int] | None:
    """Return the primaries and the transfer function (ITU-T H.273) of the primary item.

    None if they are not recorded.
    """
    properties = find_box(body, PROPERTIES_PATH, 0, len(body))
    meta = find_box(body, PROPERTIES_PATH[:1], 0, len(body))
    if properties is None or meta is None:
        return None
    container = find_box(body, (b"ipco",), *properties)
    if container is None:
        return None
    boxes = list(walk_boxes(body, *container))
    associated = _read_associations(body, properties, _read_primary_item(body, meta))
    # The tiles of a grid may have the property instead of the grid itself.
    chosen = [boxes[index - 1] for index in associated if 0 < index <= len(boxes)]
    for kind, start, end in (*chosen, *boxes):
        if kind == b"colr" and body[start : start + 4] == b"nclx" and end - start >= 10:
            primaries, transfer = struct.unpack_from(">HH", body, start + 4)
            return primaries, transfer
    return None


def _read_primary_item(body: bytes, meta: tuple[int, int]) -> int | None:
    box = find_box(body, (b"pitm",), *meta)
    if box is None:
        return None
    start, end = box
    size = 2 if body[start] == 0 else 4
    return int.from_bytes(body[start + 4 : min(start + 4 + size, end)])


def _read_associations(body: bytes, properties: tuple[int, int], item: int | None) -> list[int]:
    """Return the numbers of the item's properties, from 1 on."""
    box = find_box(body, (b"ipma",), *properties)
    if box is None:
        return []
    at, end = box
    wide_item, wide_index = body[at] >= 1, body[at + 3] & 1
    (count,) = struct.unpack_from(">I", body, at + 4)
    at += 8
    for _ in range(min(count, MAX_BOXES)):
        size = 4 if wide_item else 2
        current = int.from_bytes(body[at : at + size])
        number, at = body[at + size], at + size + 1
        step = 2 if wide_index else 1
        if at + step * number > end:
            return []
        if current == item:
            mask = 0x7FFF if wide_index else 0x7F
            return [
                int.from_bytes(body[at + step * index : at + step * (index + 1)]) & mask
                for index in range(number)
            ]
        at += step * number
    return []
