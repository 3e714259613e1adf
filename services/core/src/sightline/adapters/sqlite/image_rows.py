"""Rows of images in SQLite. Each function runs inside a transaction of its caller."""

import json
import sqlite3
from collections.abc import Iterable

from sightline.adapters.sqlite.album_entries import reposition_entries
from sightline.adapters.sqlite.image_index import replace_terms
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey


def read_image(connection: sqlite3.Connection, key: ImageKey) -> Image | None:
    """Return the image as stored, hidden or not; None if there is no row."""
    row = connection.execute(
        "SELECT document FROM images WHERE owner = ? AND image_id = ?", key
    ).fetchone()
    return None if row is None else parse_image(row[0])


def read_images(
    connection: sqlite3.Connection, owner: str, image_ids: Iterable[str]
) -> dict[str, Image]:
    """Return those of the owner's images that have a row, hidden ones included, by id."""
    rows = connection.execute(
        "SELECT image_id, document FROM images "
        "WHERE owner = ? AND image_id IN (SELECT value FROM json_each(?))",
        (owner, json.dumps(list(image_ids))),
    )
    return {image_id: parse_image(document) for image_id, document in rows}


def insert_image(connection: sqlite3.Connection, image: Image) -> bool:
    """Insert a new image; return False if there is a row with its id."""
    inserted = connection.execute(
        "INSERT INTO images "
        "(deleted, rendered, expires_at, timeline, month, summary, document, "
        "owner, image_id, sha256) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (*_columns(image), *image.key, image.sha256),
    )
    return inserted.rowcount == 1


def replace_image(connection: sqlite3.Connection, old: Image, new: Image) -> None:
    """Write another state of an image, with its index entries and label counts."""
    connection.execute(
        "UPDATE images SET deleted = ?, rendered = ?, expires_at = ?, timeline = ?, month = ?, "
        "summary = ?, document = ? WHERE owner = ? AND image_id = ?",
        (*_columns(new), *new.key),
    )
    replace_terms(connection, old, new)
    reposition_entries(connection, old, new)


def delete_image(connection: sqlite3.Connection, image: Image) -> None:
    """Delete an image, with its index entries and label counts."""
    connection.execute("DELETE FROM images WHERE owner = ? AND image_id = ?", image.key)
    replace_terms(connection, image, None)


def parse_image(document: str) -> Image:
    return Image.model_validate_json(document)


def _columns(image: Image) -> tuple[int, int, int | None, str | None, str | None, str, str]:
    """Return the columns that change with the image."""
    return (
        image.deleted_at is not None or image.is_trashed,
        image.renditions.result is not None,
        image.expires_at,
        image.timeline_position,
        image.timeline_month,
        image.summary.model_dump_json(exclude_defaults=True),
        image.model_dump_json(exclude_none=True),
    )
