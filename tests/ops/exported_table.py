"""A table in memory with point-in-time exports, in the formats of DynamoDB."""

import base64
import gzip
import json
from datetime import datetime

from sightline.ports.object_store import ObjectStore
from sightline_ops.analytics.exporter import ExportFailed
from sightline_ops.analytics.table_export import Item

Key = tuple[str, str]


class ExportedTable:
    """`TableExporter` of items in memory, to an object store.

    An incremental export has what has changed since the last export that was not `failing`; the
    windows of the exports are recorded.
    """

    def __init__(self, store: ObjectStore) -> None:
        self.items: dict[Key, Item] = {}
        self.windows: list[tuple[datetime, datetime]] = []
        self.full_exports = 0
        self.failing = False
        self.missing_items = 0
        self._store = store
        self._exported: dict[Key, Item] = {}

    def put(self, item: Item) -> None:
        self.items[item["pk"]["S"], item["sk"]["S"]] = item

    async def export_full(self, at: datetime, prefix: str) -> int:
        self.full_exports += 1
        await self._write(prefix, [{"Item": item} for item in self.items.values()])
        self._exported = dict(self.items)
        return len(self.items) + self.missing_items

    async def export_changes(self, since: datetime, until: datetime, prefix: str) -> None:
        entries = []
        for key in self.items.keys() | self._exported.keys():
            item = self.items.get(key)
            if item != self._exported.get(key):
                keys = {name: {"S": text} for name, text in zip(("pk", "sk"), key, strict=True)}
                written_at = {"WriteTimestampMicros": {"N": f"{until.timestamp() * 1e6:.0f}"}}
                entry = {"Metadata": written_at, "Keys": keys}
                entries.append(entry | ({"NewImage": item} if item else {}))
        await self._write(prefix, entries)
        self.windows.append((since, until))
        self._exported = dict(self.items)

    async def _write(self, prefix: str, entries: list[Item]) -> None:
        """Write the entries to two files, next to the manifest, as DynamoDB does."""
        if self.failing:
            raise ExportFailed("the table cannot be exported")
        folder = f"{prefix}AWSDynamoDB/01700000000000-1a2b3c4d/"
        await self._store.write(f"{folder}manifest-summary.json", b"{}", "application/json")
        for number in range(2):
            lines = "".join(
                json.dumps(entry, default=_encode_binary) + "\n" for entry in entries[number::2]
            )
            body = gzip.compress(lines.encode())
            await self._store.write(f"{folder}data/{number}.json.gz", body, "application/x-gzip")


def _encode_binary(value: object) -> str:
    """Encode a binary attribute as an export does."""
    assert isinstance(value, bytes)
    return base64.b64encode(value).decode()
