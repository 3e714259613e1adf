"""Stored objects: the port, and what it returns or raises."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import NamedTuple, Protocol


class ObjectNotFound(Exception):
    """No object has this key."""


class ObjectChanged(Exception):
    """The object with this key has another ETag now."""


class StoredObject(NamedTuple):
    """The metadata of an object; `size` in bytes, `sha256` in hex.

    `sha256` is the checksum that the store keeps, None if it keeps none. `is_replica` is whether
    the object was copied from another region.
    """

    key: str
    etag: str
    size: int
    sha256: str | None
    is_replica: bool = False


#: Bytes of a chunk of a streamed object, at most: enough for throughput, and little to compute on.
CHUNK_SIZE = 64 * 2**10


class ObjectStream(NamedTuple):
    """The `size` of an object in bytes, and its content in chunks of at most `CHUNK_SIZE`."""

    size: int
    chunks: AsyncIterator[bytes]


class ListedObject(NamedTuple):
    """An object in a listing: its key, and the time of its last write."""

    key: str
    modified_at: datetime


class ObjectStore(Protocol):
    """One bucket."""

    async def head(self, key: str) -> StoredObject:
        """Return the metadata of an object. Raises `ObjectNotFound`."""

    async def read(self, stored: StoredObject, first: int | None = None) -> bytes:
        """Return the bytes of exactly this object, or its `first` bytes.

        Raises `ObjectNotFound`, `ObjectChanged`.
        """

    def stream(self, key: str) -> AbstractAsyncContextManager[ObjectStream]:
        """Open an object, whose content is read only as fast as its chunks are taken.

        Entering raises `ObjectNotFound`. An object that is replaced or deleted meanwhile is still
        read as it was when it was opened.
        """

    async def write(self, key: str, body: bytes, media_type: str) -> None:
        """Store an object, replacing an existing one."""

    async def delete(self, key: str) -> None:
        """Delete an object with all its versions; idempotent."""

    async def delete_all(self, prefix: str) -> None:
        """Delete every object whose key starts with the prefix, with all versions; idempotent."""

    def list(self, prefix: str) -> AsyncIterator[ListedObject]:
        """Iterate over the objects whose key starts with the prefix, by key."""
