"""The index of labels, albums, words and perceptual hashes in SQLite, and its entries."""

import json
import sqlite3
from collections.abc import Sequence

from sightline.adapters.sqlite.database import Database
from sightline.adapters.sqlite.word_index import (
    count_word,
    find_by_word,
    list_words,
    match_word,
    replace_words,
)
from sightline.domain.images import Image
from sightline.domain.perceptual_hash import split_bands
from sightline.domain.sort_order import SortOrder
from sightline.ports.image_index import HashMatch, LabelCount, Term, TermMatch

#: Sorts after every image or album id, which start with a digit or a letter from a to f.
AFTER_EVERY_ID = "g"

#: The last character of Unicode, and the first and last of those that no text contains.
MAX_CHARACTER, FIRST_SURROGATE, LAST_SURROGATE = 0x10FFFF, 0xD800, 0xDFFF


class SqliteImageIndex:
    """`ImageIndex` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self,
        owner: str,
        term: Term,
        limit: int,
        start: str | None = None,
        order: SortOrder = SortOrder.NEWEST,
    ) -> list[TermMatch]:
        return await self._database.read(_find, owner, term, limit, start, order)

    async def match(self, owner: str, term: Term, image_ids: Sequence[str]) -> list[TermMatch]:
        return await self._database.read(_match, owner, term, image_ids)

    async def count_images(self, owner: str, terms: Sequence[Term]) -> list[int]:
        return await self._database.read(_count_images, owner, terms)

    async def list_words(self, owner: str, prefix: str, limit: int) -> list[str]:
        return await self._database.read(_list_words, owner, prefix, limit)

    async def find_by_bands(self, owner: str, bands: Sequence[str], limit: int) -> list[HashMatch]:
        return await self._database.read(_find_by_bands, owner, bands, limit)

    async def count_labels(
        self, owner: str, limit: int, prefix: str = "", after: str | None = None
    ) -> list[LabelCount]:
        return await self._database.read(_count_labels, owner, limit, prefix, after)


def replace_terms(connection: sqlite3.Connection, old: Image, new: Image | None) -> None:
    """Replace the index entries and label counts of an image; None removes all of them."""
    before, after = _terms(old), {} if new is None else _terms(new)
    removed = before.keys() - after.keys()
    changed = [term for term, confidence in after.items() if before.get(term) != confidence]
    connection.executemany(
        "DELETE FROM terms WHERE owner = ? AND kind = ? AND name = ? AND image_id = ?",
        [(old.owner, *term, old.image_id) for term in removed],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO terms (owner, kind, name, image_id, confidence) "
        "VALUES (?, ?, ?, ?, ?)",
        [(old.owner, *term, old.image_id, after[term]) for term in changed],
    )
    _replace_counts(connection, old, new)
    _replace_bands(connection, old, new)
    replace_words(connection, old, new)


def _replace_bands(connection: sqlite3.Connection, old: Image, new: Image | None) -> None:
    before, after = old.perceptual_hash, None if new is None else new.perceptual_hash
    if before == after:
        return
    connection.executemany(
        "DELETE FROM hash_bands WHERE owner = ? AND band = ? AND image_id = ?",
        [(old.owner, band, old.image_id) for band in split_bands(before)] if before else [],
    )
    connection.executemany(
        "INSERT INTO hash_bands (owner, band, image_id, perceptual_hash) VALUES (?, ?, ?, ?)",
        [(old.owner, band, old.image_id, after) for band in split_bands(after)] if after else [],
    )


def _replace_counts(connection: sqlite3.Connection, old: Image, new: Image | None) -> None:
    before, after = old.indexed_labels, {} if new is None else new.indexed_labels
    connection.executemany(
        "INSERT INTO label_counts (owner, label, name, images) VALUES (?, ?, ?, 1) "
        "ON CONFLICT DO UPDATE SET images = images + 1",
        [(old.owner, label, after[label].name) for label in after.keys() - before.keys()],
    )
    removed = [(old.owner, label) for label in before.keys() - after.keys()]
    connection.executemany(
        "UPDATE label_counts SET images = images - 1 WHERE owner = ? AND label = ?", removed
    )
    connection.executemany(
        "DELETE FROM label_counts WHERE owner = ? AND label = ? AND images <= 0", removed
    )


def _terms(image: Image) -> dict[Term, float]:
    """Return the labels and albums that find the image, with their confidence."""
    return {
        **{Term("label", key): label.confidence for key, label in image.indexed_labels.items()},
        **{Term("album", album_id): 100.0 for album_id in image.albums},
    }


#: Selects the images of a term, from a position on.
_FIND = {
    SortOrder.NEWEST: "SELECT image_id, confidence FROM terms WHERE owner = ? AND kind = ? "
    "AND name = ? AND image_id <= ? ORDER BY image_id DESC LIMIT ?",
    SortOrder.OLDEST: "SELECT image_id, confidence FROM terms WHERE owner = ? AND kind = ? "
    "AND name = ? AND image_id >= ? ORDER BY image_id LIMIT ?",
}


def _find(
    connection: sqlite3.Connection,
    owner: str,
    term: Term,
    limit: int,
    start: str | None,
    order: SortOrder,
) -> list[TermMatch]:
    first = AFTER_EVERY_ID if order is SortOrder.NEWEST else ""
    if term.kind == "word":
        return find_by_word(connection, owner, term.name, limit, start or first, order)
    rows = connection.execute(_FIND[order], (owner, *term, start or first, limit))
    return [TermMatch(image_id, confidence) for image_id, confidence in rows]


def _match(
    connection: sqlite3.Connection, owner: str, term: Term, image_ids: Sequence[str]
) -> list[TermMatch]:
    if term.kind == "word":
        return match_word(connection, owner, term.name, image_ids)
    rows = connection.execute(
        "SELECT image_id, confidence FROM terms WHERE owner = ? AND kind = ? AND name = ? "
        "AND image_id IN (SELECT value FROM json_each(?)) ORDER BY image_id DESC",
        (owner, *term, json.dumps(list(image_ids))),
    )
    return [TermMatch(image_id, confidence) for image_id, confidence in rows]


def _count_images(connection: sqlite3.Connection, owner: str, terms: Sequence[Term]) -> list[int]:
    return [_count(connection, owner, term) for term in terms]


def _count(connection: sqlite3.Connection, owner: str, term: Term) -> int:
    if term.kind == "word":
        return count_word(connection, owner, term.name)
    if term.kind == "label":
        row = connection.execute(
            "SELECT images FROM label_counts WHERE owner = ? AND label = ?", (owner, term.name)
        ).fetchone()
    else:
        row = connection.execute(
            "SELECT count(*) FROM terms WHERE owner = ? AND kind = ? AND name = ?", (owner, *term)
        ).fetchone()
    return row[0] if row else 0


def _list_words(connection: sqlite3.Connection, owner: str, prefix: str, limit: int) -> list[str]:
    end = _prefix_end(prefix) or AFTER_EVERY_LABEL
    return list_words(connection, owner, prefix, end, limit)


def _find_by_bands(
    connection: sqlite3.Connection, owner: str, bands: Sequence[str], limit: int
) -> list[HashMatch]:
    found: set[tuple[str, str]] = set()
    for band in bands:
        found.update(
            connection.execute(
                "SELECT image_id, perceptual_hash FROM hash_bands "
                "WHERE owner = ? AND band = ? ORDER BY image_id DESC LIMIT ?",
                (owner, band, limit),
            )
        )
    return [HashMatch(*row) for row in found]


#: Sorts after every folded label: they are far shorter.
AFTER_EVERY_LABEL = chr(MAX_CHARACTER) * 1_000


def _count_labels(
    connection: sqlite3.Connection, owner: str, limit: int, prefix: str, after: str | None
) -> list[LabelCount]:
    # The smallest text after `after` is the same with a null character behind it.
    start = prefix if after is None or after < prefix else f"{after}\0"
    rows = connection.execute(
        "SELECT label, name, images FROM label_counts "
        "WHERE owner = ? AND label >= ? AND label < ? ORDER BY label LIMIT ?",
        (owner, start, _prefix_end(prefix) or AFTER_EVERY_LABEL, limit),
    )
    return [LabelCount(*row) for row in rows]


def _prefix_end(prefix: str) -> str | None:
    """Return the first text after all that start with the prefix; None if there is none."""
    head = prefix.rstrip(chr(MAX_CHARACTER))
    if not head:
        return None
    following = ord(head[-1]) + 1
    if FIRST_SURROGATE <= following <= LAST_SURROGATE:
        following = LAST_SURROGATE + 1
    return head[:-1] + chr(following)
