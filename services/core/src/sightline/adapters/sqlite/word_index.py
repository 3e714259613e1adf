"""The index of words in SQLite: its entries, and the number of images with each word."""

import json
import sqlite3
from collections.abc import Sequence

from sightline.domain.image_words import WordField, WordFields
from sightline.domain.images import Image
from sightline.domain.sort_order import SortOrder
from sightline.ports.image_index import TermMatch


def replace_words(connection: sqlite3.Connection, old: Image, new: Image | None) -> None:
    """Replace the entries and counts of an image; None removes all of them."""
    before, after = old.word_fields, {} if new is None else new.word_fields
    if before != after:
        _replace(connection, (old.owner, old.image_id), before, after)


def index_all(connection: sqlite3.Connection) -> None:
    """Insert the entries and counts of all images, of which there are none."""
    for (document,) in connection.execute("SELECT document FROM images"):
        image = Image.model_validate_json(document)
        _replace(connection, (image.owner, image.image_id), {}, image.word_fields)


def _replace(
    connection: sqlite3.Connection, key: tuple[str, str], before: WordFields, after: WordFields
) -> None:
    owner, image_id = key
    removed = [(owner, word) for word in before.keys() - after.keys()]
    changed = [word for word, fields in after.items() if before.get(word) != fields]
    connection.executemany(
        "DELETE FROM words WHERE owner = ? AND word = ? AND image_id = ?",
        [(*each, image_id) for each in removed],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO words (owner, word, image_id, fields) VALUES (?, ?, ?, ?)",
        [(owner, word, image_id, " ".join(sorted(after[word]))) for word in changed],
    )
    connection.executemany(
        "INSERT INTO word_counts (owner, word, images) VALUES (?, ?, 1) "
        "ON CONFLICT DO UPDATE SET images = images + 1",
        [(owner, word) for word in after.keys() - before.keys()],
    )
    connection.executemany(
        "UPDATE word_counts SET images = images - 1 WHERE owner = ? AND word = ?", removed
    )
    connection.executemany(
        "DELETE FROM word_counts WHERE owner = ? AND word = ? AND images <= 0", removed
    )


#: Selects the images of a word, from a position on.
_FIND = {
    SortOrder.NEWEST: "SELECT image_id, fields FROM words WHERE owner = ? AND word = ? "
    "AND image_id <= ? ORDER BY image_id DESC LIMIT ?",
    SortOrder.OLDEST: "SELECT image_id, fields FROM words WHERE owner = ? AND word = ? "
    "AND image_id >= ? ORDER BY image_id LIMIT ?",
}


def find_by_word(
    connection: sqlite3.Connection,
    owner: str,
    word: str,
    limit: int,
    start: str,
    order: SortOrder,
) -> list[TermMatch]:
    """Return the first images with the word, from the position `start` on."""
    rows = connection.execute(_FIND[order], (owner, word, start, limit))
    return [_read_match(*row) for row in rows]


def match_word(
    connection: sqlite3.Connection, owner: str, word: str, image_ids: Sequence[str]
) -> list[TermMatch]:
    """Return those of the images that have the word, newest first."""
    rows = connection.execute(
        "SELECT image_id, fields FROM words WHERE owner = ? AND word = ? "
        "AND image_id IN (SELECT value FROM json_each(?)) ORDER BY image_id DESC",
        (owner, word, json.dumps(list(image_ids))),
    )
    return [_read_match(*row) for row in rows]


def count_word(connection: sqlite3.Connection, owner: str, word: str) -> int:
    """Return the number of images with the word."""
    row = connection.execute(
        "SELECT images FROM word_counts WHERE owner = ? AND word = ?", (owner, word)
    ).fetchone()
    return row[0] if row else 0


def list_words(
    connection: sqlite3.Connection, owner: str, start: str, end: str, limit: int
) -> list[str]:
    """Return the first words from `start` on and before `end`, in order."""
    rows = connection.execute(
        "SELECT word FROM word_counts WHERE owner = ? AND word >= ? AND word < ? "
        "ORDER BY word LIMIT ?",
        (owner, start, end, limit),
    )
    return [word for (word,) in rows]


def _read_match(image_id: str, fields: str) -> TermMatch:
    return TermMatch(image_id, 100, frozenset(map(WordField, fields.split())))
