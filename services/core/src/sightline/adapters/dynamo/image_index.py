"""The index of labels, albums, words and perceptual hashes in DynamoDB, and its entries.

Each term and each band of a hash has a partition of its own, with an entry for each image, sorted
by image id.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import (
    Item,
    band_key,
    band_partition,
    image_key,
    index_key,
    label_count_key,
    label_counts_partition,
    plain_item,
    term_partition,
)
from sightline.adapters.dynamo.queries import query, read_many
from sightline.adapters.dynamo.transactions import (
    LIVE,
    is_condition_failure,
    raise_conflict,
    transact,
)
from sightline.batching import in_batches
from sightline.domain.images import PART_NAMES, Image
from sightline.domain.labels import ImageLabel
from sightline.domain.object_keys import ImageKey
from sightline.domain.perceptual_hash import split_bands
from sightline.domain.sort_order import SortOrder
from sightline.ports.image_index import HashMatch, LabelCount, Term, TermMatch

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Words that one transaction indexes, beside the row that names them, with room to spare.
WORDS_PER_TRANSACTION = 50

#: Queries of bands in progress at a time: one search must not take every connection.
CONCURRENT_QUERIES = 12


class DynamoImageIndex:
    """`ImageIndex` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def find(
        self,
        owner: str,
        term: Term,
        limit: int,
        start: str | None = None,
        order: SortOrder = SortOrder.NEWEST,
    ) -> list[TermMatch]:
        condition, values = "pk = :pk", {":pk": {"S": term_partition(owner, term)}}
        if start is not None:
            condition += f" AND sk {'<=' if order is SortOrder.NEWEST else '>='} :start"
            values[":start"] = {"S": start}
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": order is SortOrder.OLDEST,
            "Limit": limit,
        }
        items = await query(self._client, request, limit)
        return [_read_match(item) for item in items]

    async def match(self, owner: str, term: Term, image_ids: Sequence[str]) -> list[TermMatch]:
        keys = [index_key(ImageKey(owner, image_id), term) for image_id in dict.fromkeys(image_ids)]
        items = map(plain_item, await read_many(self._client, self._table, keys))
        return sorted(map(_read_match, items), reverse=True)

    async def find_by_bands(self, owner: str, bands: Sequence[str], limit: int) -> list[HashMatch]:
        found: set[HashMatch] = set()
        for batch in in_batches(list(bands), CONCURRENT_QUERIES):
            async with asyncio.TaskGroup() as group:
                reads = [
                    group.create_task(self._find_by_band(owner, band, limit)) for band in batch
                ]
            for read in reads:
                found.update(read.result())
        return list(found)

    async def _find_by_band(self, owner: str, band: str, limit: int) -> list[HashMatch]:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": band_partition(owner, band)}},
            "ScanIndexForward": False,
            "Limit": limit,
        }
        items = await query(self._client, request, limit)
        return [HashMatch(item["sk"], item["perceptual_hash"]) for item in items]

    async def count_labels(
        self, owner: str, limit: int, prefix: str = "", after: str | None = None
    ) -> list[LabelCount]:
        pk, condition = label_counts_partition(owner), "pk = :pk"
        values: Item = {":pk": {"S": pk}, ":none": {"N": "0"}}
        if prefix:
            condition += " AND begins_with(sk, :prefix)"
            values[":prefix"] = {"S": prefix}
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "FilterExpression": "images > :none",
            "ExpressionAttributeValues": values,
        }
        if after is not None:
            request["ExclusiveStartKey"] = {"pk": {"S": pk}, "sk": {"S": after}}
        items = await query(self._client, request, limit)
        return [LabelCount(item["sk"], item["name"], int(item["images"])) for item in items]


def _read_match(item: Item) -> TermMatch:
    return TermMatch(item["sk"], float(item.get("confidence", 100)))


class LabelIndexWriter:
    """The index entries and counts of labels."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def changes(
        self, key: ImageKey, old: dict[str, ImageLabel], new: dict[str, ImageLabel]
    ) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that replace the entries and counts of the old labels by the new."""
        writes: list[TransactWriteItemTypeDef] = []
        for name, label in new.items():
            if name not in old or old[name].confidence != label.confidence:
                confidence = serialize(label.confidence)
                entry = index_key(key, Term("label", name)) | {"confidence": confidence}
                writes.append({"Put": {"TableName": self._table, "Item": entry}})
            if name not in old:
                writes.append(self._count(key.owner, name, label.name, 1))
        for name in old.keys() - new.keys():
            entry = index_key(key, Term("label", name))
            writes.append({"Delete": {"TableName": self._table, "Key": entry}})
            writes.append(self._count(key.owner, name, old[name].name, -1))
        return writes

    async def remove_unused(self, owner: str, label: str) -> None:
        """Remove the count of a label that no image has any more."""
        try:
            await self._client.delete_item(
                TableName=self._table,
                Key=label_count_key(owner, label),
                ConditionExpression="images <= :none",
                ExpressionAttributeValues={":none": {"N": "0"}},
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise

    def _count(self, owner: str, label: str, name: str, step: int) -> "TransactWriteItemTypeDef":
        return {
            "Update": {
                "TableName": self._table,
                "Key": label_count_key(owner, label),
                "UpdateExpression": "ADD images :step SET #name = if_not_exists(#name, :name)",
                "ExpressionAttributeNames": {"#name": "name"},
                "ExpressionAttributeValues": {":step": {"N": str(step)}, ":name": {"S": name}},
            }
        }


class HashIndexWriter:
    """The index entries of perceptual hashes."""

    def __init__(self, table: str) -> None:
        self._table = table

    def changes(
        self, key: ImageKey, old: str | None, new: str | None
    ) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that replace the entries of the old hash by those of the new one."""
        if old == new:
            return []
        before, after = (set(split_bands(value)) if value else set() for value in (old, new))
        writes: list[TransactWriteItemTypeDef] = [
            {"Delete": {"TableName": self._table, "Key": band_key(key, band)}}
            for band in before - after
        ]
        for band in after:
            entry = band_key(key, band) | {"perceptual_hash": serialize(new)}
            writes.append({"Put": {"TableName": self._table, "Item": entry}})
        return writes


class WordIndexWriter:
    """The index entries of words.

    The few words of a place are written in the transaction that stores it, and stay until the image
    is deleted. Recognized text has up to 200, which do not fit into the transaction of its
    recognition. They are indexed just before it, and the row names them: a crash leaves nothing
    that a deletion misses.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def entries(self, key: ImageKey, words: Iterable[str]) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that index words, beside an update of the row that names them."""
        items = [index_key(key, Term("word", word)) for word in sorted(words)]
        return [{"Put": {"TableName": self._table, "Item": item}} for item in items]

    async def add(self, image: Image) -> None:
        """Index the words of a recognition that is about to be stored. Raises `Conflict`.

        The row names each word before, or in the same transaction as, its entry. All words are
        written, whatever the row names already: another store may be removing them right now.
        """
        for chunk in in_batches(sorted(image.recognized_words), WORDS_PER_TRANSACTION):
            writes = [self._update_names(image, "ADD", chunk, LIVE, {})]
            writes += self.entries(image.key, chunk)
            try:
                await transact(self._client, writes)
            except ClientError as error:
                raise_conflict(error)

    async def remove(self, image: Image, words: frozenset[str]) -> None:
        """Remove words from the index, while the image is still as stored, or being deleted."""
        condition, values = "attribute_exists(deleted_at)", {}
        if image.deleted_at is None:
            condition = " AND ".join(f"{name}.#revision = :{name}" for name in PART_NAMES)
            values = {f":{name}": {"N": str(image.part(name).revision)} for name in PART_NAMES}
        for chunk in in_batches(sorted(words), WORDS_PER_TRANSACTION):
            writes = [self._update_names(image, "DELETE", chunk, condition, values)]
            for word in chunk:
                entry = index_key(image.key, Term("word", word))
                writes.append({"Delete": {"TableName": self._table, "Key": entry}})
            try:
                await transact(self._client, writes)
            except ClientError as error:
                # The row changed: another recognition removes the words, or a place needs them. For
                # a word that stays, the text of the image decides whether it is found.
                if not is_condition_failure(error):
                    raise

    def _update_names(
        self, image: Image, action: str, words: list[str], condition: str, values: Item
    ) -> "TransactWriteItemTypeDef":
        """Return the update of the words that the image's row names."""
        update: Any = {
            "TableName": self._table,
            "Key": image_key(image.key),
            "UpdateExpression": f"{action} words :words",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {":words": {"SS": words}, **values},
        }
        if values:
            update["ExpressionAttributeNames"] = {"#revision": "revision"}
        return {"Update": update}
