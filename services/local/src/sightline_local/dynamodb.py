"""Patch for moto's DynamoDB: a transaction copies the items that it touches, not the table.

moto deep-copies the table once per item of a transaction, to restore it on a failure. Here moto
runs the transaction on a scratch table that holds the touched items only. Their new versions
replace the old ones once every condition and update has succeeded; a failed transaction leaves
the table untouched.
"""

import copy
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple, Self

from moto.dynamodb.exceptions import MockValidationException, ResourceNotFoundException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

Json = dict[str, Any]


class ScratchTable(Table):
    """A table with the definition of another one, without its items and its stream."""

    @classmethod
    def of(cls, table: Table) -> Self:
        scratch = object.__new__(cls)
        scratch.__dict__.update(table.__dict__)
        scratch.items = defaultdict(dict)
        scratch.stream_shard = None
        return scratch

    def __deepcopy__(self, _: Any) -> Self:
        """Return the table itself: moto's backup is not needed, since a failure discards both."""
        return self


class TouchedItem(NamedTuple):
    """The key of an item, with its table and the scratch table of the transaction."""

    table: Table
    scratch: ScratchTable
    hash_key: DynamoType
    range_key: DynamoType | None

    def load(self, mutable: bool) -> None:
        """Put the item into the scratch table; a copy of it if the transaction changes it."""
        item = self.table.get_item(self.hash_key, self.range_key)
        if item is not None:
            self._store(self.scratch, copy.deepcopy(item) if mutable else item)

    def commit(self) -> None:
        """Store the new version in the table, and publish the change in its stream."""
        old = self.table.get_item(self.hash_key, self.range_key)
        new = self.scratch.get_item(self.hash_key, self.range_key)
        if new is old:
            return
        if new is None:
            self.table.delete_item(self.hash_key, self.range_key)
            return
        self._store(self.table, new)
        if self.table.stream_shard is not None:
            self.table.stream_shard.add(old, new)

    def _store(self, table: Table, item: Item) -> None:
        items: Any = table.items
        if self.range_key is None:
            items[self.hash_key] = item
        else:
            items[self.hash_key][self.range_key] = item


class Transaction:
    """One `TransactWriteItems` request on a backend of moto."""

    def __init__(self, backend: DynamoDBBackend, operations: list[Json]) -> None:
        self._backend = backend
        self._operations = operations
        self._scratch: dict[str, ScratchTable] = {}

    def run(self) -> None:
        """Write all items, or raise one of moto's errors and write none."""
        touched = list(self._load())
        scratch_backend = copy.copy(self._backend)
        scratch_backend.tables = dict(self._scratch)
        _transact_write_items(scratch_backend, self._operations)
        for item in touched:
            item.commit()

    def _load(self) -> Iterator[TouchedItem]:
        for operation in self._operations:
            for kind, parameters in operation.items():
                # moto reports a missing table or key when it runs the operation.
                with suppress(MockValidationException, ResourceNotFoundException, KeyError):
                    item = self._find(parameters["Item" if kind == "Put" else "Key"], parameters)
                    item.load(mutable=kind == "Update")
                    yield item

    def _find(self, key: Json, parameters: Json) -> TouchedItem:
        table = self._backend.get_table(parameters["TableName"])
        if table.name not in self._scratch:
            self._scratch[table.name] = ScratchTable.of(table)
        keys = self._backend.get_keys_value(table, key)
        return TouchedItem(table, self._scratch[table.name], *keys)


_transact_write_items = DynamoDBBackend.transact_write_items


def patch_dynamodb() -> None:
    """Patch moto in this process to run transactions on the items that they touch."""

    def transact_write_items(self: DynamoDBBackend, transact_items: list[Json]) -> None:
        Transaction(self, transact_items).run()

    # moto has no other extension point.
    DynamoDBBackend.transact_write_items = transact_write_items  # type: ignore[method-assign]
