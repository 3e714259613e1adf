"""Recognition results by content in SQLite."""

import sqlite3
import time

from sightline.adapters.sqlite.database import Database
from sightline.domain.images import Image
from sightline.domain.recognition import Recognition, RecognitionProfile
from sightline.ports.recognition_cache import ContentClaimed

#: Images with the same bytes that are returned.
MAX_DUPLICATES = 10


class SqliteRecognitionCache:
    """`RecognitionCache` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self, image: Image, profile: RecognitionProfile, seconds: float
    ) -> Recognition | None:
        return await self._database.write(_claim, image, profile, seconds)

    async def release(self, image: Image, profile: RecognitionProfile) -> None:
        await self._database.write(_release, image, profile)

    async def find_duplicates(self, owner: str, sha256: str) -> list[str]:
        return await self._database.read(_find_duplicates, owner, sha256)


def cache_recognition(connection: sqlite3.Connection, before: Image, after: Image) -> None:
    """Store the result for the bytes of the image; remove the result of a former profile."""
    old, new = before.recognition.result, after.recognition.result
    if old is not None and (new is None or old.profile.name != new.profile.name):
        connection.execute(
            "DELETE FROM contents WHERE owner = ? AND sha256 = ? AND profile = ?",
            _key(before, old.profile),
        )
    if new is not None and new != old:
        # The calls belong to this image; an image that finds the result here has not paid.
        known = new.model_copy(update={"calls": {}})
        connection.execute(
            "INSERT OR REPLACE INTO contents (owner, sha256, profile, result) VALUES (?, ?, ?, ?)",
            (*_key(after, new.profile), known.model_dump_json(exclude_none=True)),
        )


def forget_content(connection: sqlite3.Connection, image: Image) -> None:
    """Remove every result and claim for the bytes of the image."""
    connection.execute(
        "DELETE FROM contents WHERE owner = ? AND sha256 = ?", (image.owner, image.sha256)
    )


def _claim(
    connection: sqlite3.Connection, image: Image, profile: RecognitionProfile, seconds: float
) -> Recognition | None:
    at = time.time()
    row = connection.execute(
        "SELECT result, claimant, expires_at FROM contents "
        "WHERE owner = ? AND sha256 = ? AND profile = ?",
        _key(image, profile),
    ).fetchone()
    if row is not None:
        result, claimant, expires_at = row
        if result is not None:
            return Recognition.model_validate_json(result)
        # A claim of the same image belongs to a worker that crashed or is outdated.
        if expires_at > at and claimant != image.image_id:
            raise ContentClaimed
    connection.execute(
        "INSERT OR REPLACE INTO contents (owner, sha256, profile, claimant, expires_at) "
        "VALUES (?, ?, ?, ?, ?)",
        (*_key(image, profile), image.image_id, at + seconds),
    )
    return None


def _release(connection: sqlite3.Connection, image: Image, profile: RecognitionProfile) -> None:
    connection.execute(
        "DELETE FROM contents WHERE owner = ? AND sha256 = ? AND profile = ? AND result IS NULL",
        _key(image, profile),
    )


def _find_duplicates(connection: sqlite3.Connection, owner: str, sha256: str) -> list[str]:
    rows = connection.execute(
        "SELECT image_id FROM images WHERE owner = ? AND sha256 = ? AND rendered "
        "ORDER BY image_id DESC LIMIT ?",
        (owner, sha256, MAX_DUPLICATES),
    )
    return [image_id for (image_id,) in rows]


def _key(image: Image, profile: RecognitionProfile) -> tuple[str, str, str]:
    return image.owner, image.sha256, profile.name
