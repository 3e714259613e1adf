"""Stored files: the port, and what it may answer besides a value."""

from collections.abc import AsyncIterator
from typing import NamedTuple, Protocol


class ObjectNotFound(Exception):
    """No object under this key."""


class ObjectChanged(Exception):
    """The object is no longer the one with this ETag."""


class StoredObject(NamedTuple):
    """What is known of an object without its bytes; `size` in bytes, `sha256` in hex.

    `sha256` is the store's own checksum, None where it keeps none.
    """

    key: str
    etag: str
    size: int
    sha256: str | None


class ObjectStore(Protocol):
    """One bucket."""

    async def head(self, key: str) -> StoredObject:
        """What is stored under the key. Raises `ObjectNotFound`."""

    async def read(self, stored: StoredObject, first: int | None = None) -> bytes:
        """The bytes of exactly this object, or the first of them.

        Raises `ObjectNotFound`, `ObjectChanged`.
        """

    async def write(self, key: str, body: bytes, media_type: str) -> None:
        """Store bytes under the key, replacing what was there."""

    async def delete(self, key: str) -> None:
        """Remove an object for good, with all that was ever under its key, if anything was."""

    async def delete_all(self, prefix: str) -> None:
        """Remove every object whose key begins so, likewise."""

    def keys(self, prefix: str) -> AsyncIterator[str]:
        """The keys that begin so, in order."""
