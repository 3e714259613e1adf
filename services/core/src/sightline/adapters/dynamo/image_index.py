"""The index of labels, albums, words and perceptual hashes in DynamoDB, and its entries.

Each term and each band of a hash has a partition of its own, with an entry for each image, sorted
by image id.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import (
    Item,
    album_key,
    band_key,
    band_partition,
    index_key,
    label_count_key,
    label_counts_partition,
    plain_item,
    term_partition,
    word_count_key,
    word_counts_partition,
)
from sightline.adapters.dynamo.queries import query, read_many
from sightline.adapters.dynamo.transactions import is_condition_failure
from sightline.batching import in_batches
from sightline.domain.albums import AlbumKey
from sightline.domain.image_words import WordField
from sightline.domain.labels import ImageLabel
from sightline.domain.object_keys import ImageKey
from sightline.domain.perceptual_hash import split_bands
from sightline.domain.sort_order import SortOrder
from sightline.ports.image_index import HashMatch, LabelCount, Term, TermMatch

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

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

    async def count_images(self, owner: str, terms: Sequence[Term]) -> list[int]:
        keys = {term: _count_item_key(owner, term) for term in terms}
        items = await read_many(self._client, self._table, keys.values())
        counts = {(item["pk"]["S"], item["sk"]["S"]): int(item["images"]["N"]) for item in items}
        return [
            counts.get((key["pk"]["S"], key["sk"]["S"]), 0)
            for key in (keys[term] for term in terms)
        ]

    async def list_words(self, owner: str, prefix: str, limit: int) -> list[str]:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "FilterExpression": "images > :none",
            "ExpressionAttributeValues": {
                ":pk": {"S": word_counts_partition(owner)},
                ":prefix": {"S": prefix},
                ":none": {"N": "0"},
            },
            "Limit": limit,
        }
        return [item["sk"] for item in await query(self._client, request, limit)]

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
    fields = frozenset(map(WordField, item.get("fields", ())))
    return TermMatch(item["sk"], float(item.get("confidence", 100)), fields)


def _key_of(item: Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _count_item_key(owner: str, term: Term) -> Item:
    """Return the key of the item that counts the images of a term."""
    match term.kind:
        case "label":
            return label_count_key(owner, term.name)
        case "word":
            return word_count_key(owner, term.name)
        case "album":
            return album_key(AlbumKey(owner, term.name))


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
