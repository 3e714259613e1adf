"""The entries and counts of words in DynamoDB.

An entry names the fields of its image that have the word, the row of the image names its words, and
a count says how many images have a word. All three change in one transaction. So do the words and
the result or edit that they derive from, as far as one transaction holds them. An image may have
five hundred words: those that do not fit are added just before. Words that others replace are
removed just after. A crash in between leaves words that the row names, so that its next write or
its deletion removes them.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import Item, image_key, index_key, word_count_key
from sightline.adapters.dynamo.queries import read_many
from sightline.adapters.dynamo.transactions import (
    LIVE,
    MAX_TRANSACTION_ITEMS,
    is_condition_failure,
    raise_conflict,
    transact,
)
from sightline.batching import in_batches
from sightline.domain.image_words import WordField
from sightline.domain.images import REVISED, Image
from sightline.domain.object_keys import ImageKey
from sightline.ports.image_index import Term

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Writes for a word that is new or removed: its entry and its count.
WRITES_PER_WORD = 2

#: Words of one transaction, beside the row that names them. The row has a condition for each of
#: them, and an expression at most 4 KB.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
WORDS_PER_TRANSACTION = (MAX_TRANSACTION_ITEMS - 1) // WRITES_PER_WORD


class WordChanges(NamedTuple):
    """Words that become indexed with these fields, that change their fields, and that are removed.

    `changed` includes the words of which the row names an entry that may be incomplete.
    """

    new: dict[str, frozenset[WordField]]
    changed: dict[str, frozenset[WordField]]
    removed: frozenset[str]

    def split(self, writes: int) -> "tuple[WordChanges, WordChanges]":
        """Return the changes that one transaction takes with at most `writes`, and the others.

        One update cannot add to a set and delete from it: words are removed afterwards if others
        are new.
        """
        count = max(0, min(WORDS_PER_TRANSACTION, writes // WRITES_PER_WORD))
        removed = [] if self.new else sorted(self.removed)[:count]
        changed = dict(list(self.changed.items())[: count - len(removed)])
        new = dict(list(self.new.items())[: count - len(removed) - len(changed)])
        first = WordChanges(new, changed, frozenset(removed))
        rest = WordChanges(
            {word: fields for word, fields in self.new.items() if word not in new},
            {word: fields for word, fields in self.changed.items() if word not in changed},
            self.removed - first.removed,
        )
        return first, rest

    @property
    def depends_on_all(self) -> bool:
        """Whether the changes are right only if no part and no detail has changed."""
        return bool(self.changed or self.removed)


def find_word_changes(before: Image, after: Image) -> WordChanges:
    """Return how a write from `before` to `after` changes the index of words."""
    old, new = before.word_fields, after.word_fields
    # Its own words are named, too, if the image was written since it was read.
    named = before.indexed_words | old.keys()
    return WordChanges(
        {word: fields for word, fields in new.items() if word not in named},
        {word: fields for word, fields in new.items() if word in named and old.get(word) != fields},
        named - new.keys(),
    )


class RowUpdate(NamedTuple):
    """What the update of an image's row must add for the words of the same transaction."""

    actions: str
    conditions: list[str]
    names: dict[str, str]
    values: Item


class WordIndexWriter:
    """Writes the entries and counts of words."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def changes(self, key: ImageKey, changes: WordChanges) -> "list[TransactWriteItemTypeDef]":
        """Return the writes of entries and counts, beside an update of the row (`row_update`)."""
        writes = self.entries(key, changes.new | changes.changed)
        writes += [self._count(key.owner, word, 1) for word in changes.new]
        for word in sorted(changes.removed):
            entry = index_key(key, Term("word", word))
            writes.append({"Delete": {"TableName": self._table, "Key": entry}})
            writes.append(self._count(key.owner, word, -1))
        return writes

    def entries(
        self, key: ImageKey, words: dict[str, frozenset[WordField]]
    ) -> "list[TransactWriteItemTypeDef]":
        """Return the writes of the entries of these words."""
        return [
            {"Put": {"TableName": self._table, "Item": _entry(key, word, fields)}}
            for word, fields in words.items()
        ]

    def row_update(self, changes: WordChanges) -> RowUpdate:
        """Return what the row's update must contain for these changes.

        A word that becomes indexed must not be named yet, and any other one must be: another write
        may have indexed or removed it.
        """
        actions = ""
        values: Item = {}
        if changes.new:
            actions += " ADD #words :new_words"
            values[":new_words"] = {"SS": sorted(changes.new)}
        if changes.removed:
            actions += " DELETE #words :old_words"
            values[":old_words"] = {"SS": sorted(changes.removed)}
        conditions: list[str] = []
        for number, word in enumerate([*changes.new, *changes.changed, *sorted(changes.removed)]):
            operator = "NOT contains" if word in changes.new else "contains"
            conditions.append(f"{operator}(#words, :w{number})")
            values[f":w{number}"] = {"S": word}
        names = {"#words": "indexed_words"} if conditions else {}
        return RowUpdate(actions, conditions, names, values)

    async def add(self, image: Image, changes: WordChanges, condition: str = LIVE) -> None:
        """Index words of a write that is about to be stored. Raises `Conflict`."""
        words = changes.new | changes.changed
        for chunk in in_batches(words, WORDS_PER_TRANSACTION):
            part = WordChanges(
                {word: words[word] for word in chunk if word in changes.new},
                {word: words[word] for word in chunk if word in changes.changed},
                frozenset(),
            )
            try:
                await transact(self._client, self._transaction(image, part, [condition], {}))
            except ClientError as error:
                raise_conflict(error)

    async def remove(self, image: Image, words: Iterable[str]) -> None:
        """Remove words, while the image is still as stored, or being deleted."""
        conditions, values = ["attribute_exists(deleted_at)"], Item()
        if image.deleted_at is None:
            conditions = [f"#{name}.#revision = :{name}" for name in REVISED]
            values = {f":{name}": {"N": str(getattr(image, name).revision)} for name in REVISED}
        for chunk in in_batches(sorted(words), WORDS_PER_TRANSACTION):
            part = WordChanges({}, {}, frozenset(chunk))
            try:
                await transact(self._client, self._transaction(image, part, conditions, values))
            except ClientError as error:
                # The row changed: the next write or the deletion removes what it names.
                if not is_condition_failure(error):
                    raise
        await self.remove_unused(image.owner, words)

    async def remove_uncounted(self, image: Image, words: Iterable[str]) -> None:
        """Remove entries of an earlier schema version, which no count includes."""
        for chunk in in_batches(sorted(words), MAX_TRANSACTION_ITEMS):
            keys = [index_key(image.key, Term("word", word)) for word in chunk]
            await transact(
                self._client, [{"Delete": {"TableName": self._table, "Key": key}} for key in keys]
            )

    async def remove_unused(self, owner: str, words: Iterable[str]) -> None:
        """Remove the counts of those of the words that no image has any more."""
        keys = [word_count_key(owner, word) for word in sorted(words)]
        for item in await read_many(self._client, self._table, keys):
            if int(item["images"]["N"]) > 0:
                continue
            try:
                await self._client.delete_item(
                    TableName=self._table,
                    Key={name: item[name] for name in ("pk", "sk")},
                    ConditionExpression="images <= :none",
                    ExpressionAttributeValues={":none": {"N": "0"}},
                )
            except ClientError as error:
                if not is_condition_failure(error):
                    raise

    def _transaction(
        self, image: Image, changes: WordChanges, conditions: Sequence[str], values: Item
    ) -> "list[TransactWriteItemTypeDef]":
        """Return a transaction of the changes alone, on these conditions of the row."""
        row = self.row_update(changes)
        names = dict(row.names)
        if values:
            names |= {"#revision": "revision", **{f"#{name}": name for name in REVISED}}
        write: Any = {
            "TableName": self._table,
            "Key": image_key(image.key),
            "ConditionExpression": " AND ".join([*conditions, *row.conditions]),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": row.values | values,
        }
        if not row.actions:
            return [{"ConditionCheck": write}, *self.changes(image.key, changes)]
        write["UpdateExpression"] = row.actions.strip()
        return [{"Update": write}, *self.changes(image.key, changes)]

    def _count(self, owner: str, word: str, step: int) -> "TransactWriteItemTypeDef":
        return {
            "Update": {
                "TableName": self._table,
                "Key": word_count_key(owner, word),
                "UpdateExpression": "ADD images :step",
                "ExpressionAttributeValues": {":step": {"N": str(step)}},
            }
        }


def _entry(key: ImageKey, word: str, fields: frozenset[WordField]) -> Item:
    entry = index_key(key, Term("word", word))
    # Sets cannot be empty: a word that is being replaced is in no field.
    return entry | ({"fields": serialize(frozenset(map(str, fields)))} if fields else {})
