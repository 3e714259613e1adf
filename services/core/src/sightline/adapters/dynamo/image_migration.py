"""Write rows of images anew that an earlier schema version wrote, with what derives from them."""

import asyncio
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.image_index import LabelIndexWriter
from sightline.adapters.dynamo.items import (
    Item,
    image_key,
    index_key,
    read_image,
    timeline_item,
    to_plain,
)
from sightline.adapters.dynamo.schema import TIMELINE_ATTRIBUTE
from sightline.adapters.dynamo.summary_items import summary_items
from sightline.adapters.dynamo.timeline import MonthCountWriter
from sightline.adapters.dynamo.transactions import is_condition_failure, transact
from sightline.adapters.dynamo.upgrades import (
    VERSION_ATTRIBUTE,
    compare_indexed_labels,
    current_version,
)
from sightline.adapters.dynamo.word_index import WordChanges, WordIndexWriter
from sightline.domain.images import REVISED, Image
from sightline.domain.labels import ImageLabel
from sightline.optimistic import Conflict
from sightline.ports.image_index import Term

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

#: Attributes of earlier versions: the words of version 2, and the summaries of versions 2 and 3.
EARLIER_ATTRIBUTES = ("words", "details_summary", "recognition_summary", "renditions_summary")


class ImageMigration:
    """Migrates single rows, in one conditional transaction each; repeatable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._labels = LabelIndexWriter(client, table)
        self._months = MonthCountWriter(table)
        self._words = WordIndexWriter(client, table)

    async def migrate(self, image: Image) -> bool:
        """Write the row as the current version has it; return False if it is current already.

        The row must not have changed since the image was read. Raises `Conflict`.
        """
        if not image.is_outdated:
            return False
        await self._migrate_words(image)
        labels = compare_indexed_labels(image)
        existing = await self._find_entries(image, labels.uncertain)
        indexed: dict[str, ImageLabel] = {
            key: label
            for key, label in (labels.current | labels.earlier).items()
            if key in existing or key not in labels.uncertain
        }
        changes = [
            *self._labels.changes(image.key, indexed, labels.current),
            # No earlier version counts months.
            *self._months.changes(image.owner, None, image.timeline_month),
        ]
        try:
            await transact(self._client, [{"Update": self._update(image)}, *changes])
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            if await self._is_outdated(image):
                raise Conflict from error
            return False
        for key in indexed.keys() - labels.current.keys():
            await self._labels.remove_unused(image.owner, key)
        return True

    async def _migrate_words(self, image: Image) -> None:
        """Index the words of an image, and remove the entries of its earlier words; repeatable.

        Raises `Conflict`.
        """
        words, named = image.word_fields, image.indexed_words
        if image.deleted_at is None:
            new = {word: fields for word, fields in words.items() if word not in named}
            await self._words.add(image, WordChanges(new, {}, frozenset()), "attribute_exists(pk)")
            named |= words.keys()
        await self._words.remove_uncounted(image, image.earlier_words - named)

    async def _find_entries(self, image: Image, labels: set[str]) -> set[str]:
        """Return those of the labels that the image has an index entry for."""

        async def exists(label: str) -> bool:
            key = index_key(image.key, Term("label", label))
            response = await self._client.get_item(
                TableName=self._table, Key=key, ConsistentRead=True
            )
            return "Item" in response

        names = sorted(labels)
        found = await asyncio.gather(*map(exists, names))
        return {name for name, is_found in zip(names, found, strict=True) if is_found}

    def _update(self, image: Image) -> Any:
        """Return the update of the row, on the condition that none of its parts has changed."""
        names = {"#v": VERSION_ATTRIBUTE, "#revision": "revision", "#recognition": "recognition"}
        values: Item = {
            ":v": serialize(current_version("image")),
            ":recognition": serialize(to_plain(image.recognition)),
        }
        sets, conditions = ["#v = :v", "#recognition = :recognition"], ["attribute_exists(pk)"]
        for value in timeline_item(image).values():
            names["#timeline"] = TIMELINE_ATTRIBUTE
            sets.append("#timeline = :timeline")
            values[":timeline"] = value
        for name, value in summary_items(image).items():
            sets.append(f"{name} = :{name}")
            values[f":{name}"] = value
        for name in REVISED:
            names[f"#{name}"] = name
            conditions.append(f"#{name}.#revision = :{name}_revision")
            values[f":{name}_revision"] = serialize(getattr(image, name).revision)
        # A position must not appear after the deletion has begun.
        is_deleted = "attribute_exists" if image.deleted_at else "attribute_not_exists"
        conditions.append(f"{is_deleted}(deleted_at)")
        conditions.append("(attribute_not_exists(#v) OR #v < :v)")
        return {
            "TableName": self._table,
            "Key": image_key(image.key),
            "UpdateExpression": f"SET {', '.join(sets)} REMOVE {', '.join(EARLIER_ATTRIBUTES)}",
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    async def _is_outdated(self, image: Image) -> bool:
        response = await self._client.get_item(
            TableName=self._table, Key=image_key(image.key), ConsistentRead=True
        )
        return "Item" in response and read_image(response["Item"]).is_outdated
