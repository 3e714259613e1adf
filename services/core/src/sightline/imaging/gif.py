"""Count the frames of a GIF by its blocks, without decoding any (GIF89a, section 20 on)."""

HEADER_BYTES = 13


def count_frames(body: bytes, stop: int) -> int:
    """Return the number of frames, at most `stop`; a damaged file ends where the damage is."""
    at = HEADER_BYTES + _table_bytes(body[10] if len(body) > 10 else 0)
    frames = 0
    while at < len(body) and frames < stop:
        introducer = body[at]
        if introducer == 0x2C and at + 10 <= len(body):
            frames += 1
            at = _skip_blocks(body, at + 11 + _table_bytes(body[at + 9]))
        elif introducer == 0x21:
            at = _skip_blocks(body, at + 2)
        else:
            return frames
    return frames


def _table_bytes(flags: int) -> int:
    """Return the size of the color table that follows, by its flags."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_blocks(body: bytes, at: int) -> int:
    while at < len(body) and body[at]:
        at += 1 + body[at]
    return at + 1
