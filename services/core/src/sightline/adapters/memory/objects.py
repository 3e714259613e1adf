"""Stored objects in memory."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sightline.ports.object_store import (
    CHUNK_SIZE,
    ListedObject,
    ObjectChanged,
    ObjectNotFound,
    ObjectStream,
    StoredObject,
)


class MemoryObjectStore:
    """`ObjectStore` in a dictionary."""

    def __init__(self) -> None:
        #: Bytes and modification time.
        self._objects: dict[str, tuple[bytes, datetime]] = {}
        #: Keys of the objects that were copied from another region.
        self.replicas: set[str] = set()

    async def head(self, key: str) -> StoredObject:
        body = self._find(key)
        return StoredObject(
            key=key,
            etag=hashlib.md5(body, usedforsecurity=False).hexdigest(),
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
            is_replica=key in self.replicas,
        )

    async def read(self, stored: StoredObject, first: int | None = None) -> bytes:
        if (await self.head(stored.key)).etag != stored.etag:
            raise ObjectChanged(stored.key)
        return self._find(stored.key)[:first]

    @asynccontextmanager
    async def stream(self, key: str) -> AsyncIterator[ObjectStream]:
        body = self._find(key)
        yield ObjectStream(len(body), _split(body))

    async def write(self, key: str, body: bytes, media_type: str) -> None:
        self._objects[key] = body, datetime.now(UTC)

    async def delete(self, key: str) -> None:
        self._objects.pop(key, None)

    async def delete_all(self, prefix: str) -> None:
        async for listed in self.list(prefix):
            await self.delete(listed.key)

    async def list(self, prefix: str) -> AsyncIterator[ListedObject]:
        for key, (_, modified_at) in sorted(self._objects.items()):
            if key.startswith(prefix):
                yield ListedObject(key, modified_at)

    def _find(self, key: str) -> bytes:
        try:
            return self._objects[key][0]
        except KeyError:
            raise ObjectNotFound(key) from None


async def _split(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), CHUNK_SIZE):
        yield body[start : start + CHUNK_SIZE]
