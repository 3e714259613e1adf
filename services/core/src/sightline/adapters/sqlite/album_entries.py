"""The entries of albums in SQLite: what places an image in the orders of an album.

Each function runs inside a transaction of its caller.
"""

import sqlite3
from collections.abc import Sequence

from sightline.domain.albums import AlbumKey, AlbumSort, MoveSide, NotInAlbum
from sightline.domain.images import Image
from sightline.domain.ranks import (
    MAX_RANK_LENGTH,
    MAX_RESPACED_IMAGES,
    RANK_LIMIT,
    NoRoom,
    manual_position,
    place_ranks,
    rank_of_position,
    respace,
)
from sightline.optimistic import Conflict
from sightline.ports.album_table import AlbumEntry

#: Sorts after every position.
AFTER_EVERY_POSITION = "~"

#: Selects the entries of an album that follow a position: in manual order, those of members too.
_LIST = {
    AlbumSort.UPLOADED_NEWEST: "SELECT image_id, image_id FROM album_entries WHERE owner = ? "
    "AND album_id = ? AND image_id < ? AND contributor IS NULL ORDER BY image_id DESC LIMIT ?",
    AlbumSort.UPLOADED_OLDEST: "SELECT image_id, image_id FROM album_entries WHERE owner = ? "
    "AND album_id = ? AND image_id > ? AND contributor IS NULL ORDER BY image_id LIMIT ?",
    AlbumSort.TAKEN_NEWEST: "SELECT image_id, timeline FROM album_entries WHERE owner = ? "
    "AND album_id = ? AND timeline < ? AND contributor IS NULL ORDER BY timeline DESC LIMIT ?",
    AlbumSort.TAKEN_OLDEST: "SELECT image_id, timeline FROM album_entries WHERE owner = ? "
    "AND album_id = ? AND timeline > ? AND contributor IS NULL ORDER BY timeline LIMIT ?",
    AlbumSort.MANUAL: "SELECT image_id, position FROM album_entries WHERE owner = ? "
    "AND album_id = ? AND position > ? ORDER BY position LIMIT ?",
}

#: Selects the entries on each side of a manual position, the nearest first.
_NEIGHBORS = {
    MoveSide.BEFORE: "SELECT image_id, position FROM album_entries WHERE owner = ? "
    "AND album_id = ? AND position < ? ORDER BY position DESC LIMIT ?",
    MoveSide.AFTER: _LIST[AlbumSort.MANUAL],
}


def insert_entry(connection: sqlite3.Connection, key: AlbumKey, image: Image, rank: str) -> None:
    """Place an image in an album."""
    connection.execute(
        "INSERT OR REPLACE INTO album_entries (owner, album_id, image_id, timeline, position) "
        "VALUES (?, ?, ?, ?, ?)",
        (*key, image.image_id, image.album_position, manual_position(rank, image.image_id)),
    )


def insert_contribution(
    connection: sqlite3.Connection, key: AlbumKey, image: Image, rank: str
) -> None:
    """Place an image of a member in an album, at the rank that it has there already, if any."""
    connection.execute(
        "INSERT INTO album_entries (owner, album_id, image_id, timeline, position, contributor) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET timeline = excluded.timeline",
        (
            *(*key, image.image_id, image.capture_position),
            *(manual_position(rank, image.image_id), image.owner),
        ),
    )


def delete_entry(connection: sqlite3.Connection, key: AlbumKey, image_id: str) -> None:
    connection.execute(
        "DELETE FROM album_entries WHERE owner = ? AND album_id = ? AND image_id = ?",
        (*key, image_id),
    )


def reposition_entries(connection: sqlite3.Connection, old: Image, new: Image) -> None:
    """Move the entries of an image, in all albums, to its position by the time of capture."""
    if old.album_position != new.album_position:
        connection.executemany(
            "UPDATE album_entries SET timeline = ? "
            "WHERE owner = ? AND album_id = ? AND image_id = ?",
            [
                (new.album_position, new.owner, album_id, new.image_id)
                for album_id in sorted(new.albums)
            ],
        )
    if old.capture_position != new.capture_position:
        connection.execute(
            "UPDATE album_entries SET timeline = ? WHERE contributor = ? AND image_id = ?",
            (new.capture_position, new.owner, new.image_id),
        )


def list_entries(
    connection: sqlite3.Connection, key: AlbumKey, sort: AlbumSort, limit: int, after: str | None
) -> list[AlbumEntry]:
    """Return the first entries that follow the position `after` in this order."""
    if after is None:
        after = "" if sort.is_ascending else AFTER_EVERY_POSITION
    rows = connection.execute(_LIST[sort], (*key, after, limit))
    return [AlbumEntry(*row) for row in rows]


def read_rank(connection: sqlite3.Connection, key: AlbumKey, image_id: str) -> str | None:
    """Return the rank of an image in an album; None if it is not in it."""
    row = connection.execute(
        "SELECT position FROM album_entries WHERE owner = ? AND album_id = ? AND image_id = ?",
        (*key, image_id),
    ).fetchone()
    return row and rank_of_position(row[0])


def move_entries(
    connection: sqlite3.Connection,
    key: AlbumKey,
    image_ids: Sequence[str],
    anchor: str,
    side: MoveSide,
) -> frozenset[str]:
    """Move images next to another one, in this order. Raises `NotInAlbum`, `Conflict`."""
    moved = [each for each in image_ids if read_rank(connection, key, each) is not None]
    try:
        try:
            ranks = _place(connection, key, moved, anchor, side, MAX_RANK_LENGTH)
        except NoRoom:
            _respace(connection, key, anchor, side)
            ranks = _place(connection, key, moved, anchor, side, RANK_LIMIT)
    except NoRoom as error:
        raise Conflict from error
    _write_ranks(connection, key, list(zip(moved, ranks, strict=True)))
    return frozenset(moved)


def _place(
    connection: sqlite3.Connection,
    key: AlbumKey,
    moved: Sequence[str],
    anchor: str,
    side: MoveSide,
    limit: int,
) -> list[str]:
    """Return the ranks of the moved images. Raises `NoRoom`, `NotInAlbum`."""
    found = _neighbors(connection, key, anchor, side, len(moved) + 1)
    rank = read_rank(connection, key, anchor) or ""
    neighbor = next((rank for image_id, rank in found if image_id not in moved), None)
    if side is MoveSide.BEFORE:
        return place_ranks(neighbor or "", rank, len(moved), limit)
    return place_ranks(rank, neighbor, len(moved), limit)


def _respace(connection: sqlite3.Connection, key: AlbumKey, anchor: str, side: MoveSide) -> None:
    """Space the images around a gap evenly. Raises `NoRoom`."""
    size = MAX_RESPACED_IMAGES // 2 + 1
    around = [(anchor, read_rank(connection, key, anchor) or "")]
    before, after = (_neighbors(connection, key, anchor, each, size) for each in MoveSide)
    before.reverse()
    if side is MoveSide.BEFORE:
        after = [*around, *after][:size]
    else:
        before = [*before, *around][-size:]
    respaced = respace(before, after)
    _write_ranks(connection, key, [(each.image_id, each.rank) for each in respaced])


def _neighbors(
    connection: sqlite3.Connection, key: AlbumKey, anchor: str, side: MoveSide, limit: int
) -> list[tuple[str, str]]:
    """Return the images on this side of another one, the nearest first, with their ranks."""
    rank = read_rank(connection, key, anchor)
    if rank is None:
        raise NotInAlbum(anchor)
    position = manual_position(rank, anchor)
    rows = connection.execute(_NEIGHBORS[side], (*key, position, limit))
    return [(image_id, rank_of_position(found)) for image_id, found in rows]


def _write_ranks(
    connection: sqlite3.Connection, key: AlbumKey, ranks: Sequence[tuple[str, str]]
) -> None:
    connection.executemany(
        "UPDATE album_entries SET position = ? WHERE owner = ? AND album_id = ? AND image_id = ?",
        [(manual_position(rank, image_id), *key, image_id) for image_id, rank in ranks],
    )
