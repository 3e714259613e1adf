"""A bucket in a dictionary."""

import hashlib
from collections.abc import AsyncIterator

from sightline.ports.object_store import ObjectChanged, ObjectNotFound, StoredObject


class MemoryObjectStore:
    """`ObjectStore` in a dictionary."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    async def head(self, key: str) -> StoredObject:
        body = self._find(key)
        return StoredObject(
            key=key,
            etag=hashlib.md5(body, usedforsecurity=False).hexdigest(),
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
        )

    async def read(self, stored: StoredObject, first: int | None = None) -> bytes:
        if (await self.head(stored.key)).etag != stored.etag:
            raise ObjectChanged(stored.key)
        return self._find(stored.key)[:first]

    async def write(self, key: str, body: bytes, media_type: str) -> None:
        self._objects[key] = body

    async def delete(self, key: str) -> None:
        self._objects.pop(key, None)

    async def delete_all(self, prefix: str) -> None:
        async for key in self.keys(prefix):
            await self.delete(key)

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        for key in sorted(self._objects):
            if key.startswith(prefix):
                yield key

    def _find(self, key: str) -> bytes:
        try:
            return self._objects[key]
        except KeyError:
            raise ObjectNotFound(key) from None
