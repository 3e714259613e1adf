"""The table of images in DynamoDB."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.album_entries import MAX_ENTRIES, AlbumEntries
from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.contribution_positions import MAX_POSITIONS, ContributionPositions
from sightline.adapters.dynamo.image_index import HashIndexWriter, LabelIndexWriter
from sightline.adapters.dynamo.image_migration import ImageMigration
from sightline.adapters.dynamo.items import (
    IMAGE_PREFIX,
    SUMMARY_PROJECTION,
    Item,
    image_item,
    image_key,
    owner_partition,
    read_image,
    to_plain,
)
from sightline.adapters.dynamo.queries import list_ids, read_many
from sightline.adapters.dynamo.recognition_cache import ContentWriter
from sightline.adapters.dynamo.schema import PART_SUMMARIES, TIMELINE_ATTRIBUTE, UPLOADS_INDEX
from sightline.adapters.dynamo.summary_items import part_summary
from sightline.adapters.dynamo.summary_reads import read_summaries
from sightline.adapters.dynamo.timeline import MonthCountWriter
from sightline.adapters.dynamo.transactions import (
    LIVE,
    MAX_TRANSACTION_ITEMS,
    is_condition_failure,
    raise_conflict,
    transact,
)
from sightline.adapters.dynamo.usage import UsageWriter
from sightline.adapters.dynamo.word_index import (
    RowUpdate,
    WordIndexWriter,
    find_word_changes,
)
from sightline.domain.clock import now
from sightline.domain.images import REVISED, Image, find_changes, find_preconditions
from sightline.domain.object_keys import ImageKey
from sightline.domain.sort_order import SortOrder
from sightline.domain.summaries import ImageSummary
from sightline.optimistic import Conflict
from sightline.ports.image_table import ImageNotFound, ImagePage, SummaryPage

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Before and after every image id: they start with a digit or a letter from a to f.
FIRST_ID, LAST_ID = "0", "g"

#: A whole image, or its summary.
Row = TypeVar("Row", Image, ImageSummary)


class DynamoImageTable:
    """`ImageTable` in one DynamoDB table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._labels = LabelIndexWriter(client, table)
        self._words = WordIndexWriter(client, table)
        self._hashes = HashIndexWriter(table)
        self._usage = UsageWriter(table)
        self._months = MonthCountWriter(table)
        self._contents = ContentWriter(client, table)
        self._albums = AlbumEntries(client, table)
        self._contributions = ContributionPositions(client, table)
        self._migration = ImageMigration(client, table)

    async def create(self, image: Image) -> None:
        try:
            await self._client.put_item(
                TableName=self._table,
                Item=image_item(image),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            # The SDK retries a call whose response was lost; then the existing row is our own.
            if await self._read(image.key) != image:
                raise Conflict from error

    async def get(self, key: ImageKey) -> Image:
        image = await self._read(key)
        if image is None or image.is_hidden:
            raise ImageNotFound(key.image_id)
        return image

    async def get_stored(self, key: ImageKey) -> Image:
        image = await self._read(key)
        if image is None or image.is_gone:
            raise ImageNotFound(key.image_id)
        return image

    async def get_many(self, owner: str, image_ids: Sequence[str]) -> list[Image]:
        rows = await self._read_many(owner, image_ids)
        return _select_visible(map(read_image, rows), image_ids)

    async def get_summaries(self, owner: str, image_ids: Sequence[str]) -> list[ImageSummary]:
        rows = await self._read_many(owner, image_ids, SUMMARY_PROJECTION)
        return _select_visible(await self._read_summaries(rows), image_ids)

    async def page(self, owner: str, limit: int, before: str | None = None) -> ImagePage:
        request = self._page_request(owner, limit, before)
        return ImagePage(*await self._read_page(request, _read_images, limit))

    async def page_summaries(
        self,
        owner: str,
        limit: int,
        before: str | None = None,
        down_to: str | None = None,
        order: SortOrder = SortOrder.NEWEST,
    ) -> SummaryPage:
        if before is not None and down_to is not None and before <= down_to:
            # DynamoDB rejects an empty range.
            return SummaryPage([], None)
        request = self._summary_request(owner, limit, before, down_to, order)
        return SummaryPage(*await self._read_page(request, self._read_summaries, limit))

    async def store(self, before: Image, after: Image) -> None:
        await self._migration.migrate(before)
        derived = [
            *self._labels.changes(after.key, before.indexed_labels, after.indexed_labels),
            *self._hashes.changes(after.key, before.perceptual_hash, after.perceptual_hash),
            *self._usage.changes(before, after),
            *self._months.changes(after.owner, before.timeline_month, after.timeline_month),
            *self._contents.changes(before, after),
        ]
        # The entries of an image in the trash are removed by `AlbumTable.suspend_images`.
        is_moved = before.album_position != after.album_position and not after.is_trashed
        albums = sorted(before.albums) if is_moved else []
        room = max(0, min(MAX_ENTRIES, MAX_TRANSACTION_ITEMS - 1 - len(derived)))
        derived += self._albums.reposition(after, albums[:room])
        is_retaken = before.capture_position != after.capture_position
        shared = await self._contributions.list_albums(after.key) if is_retaken else []
        room_shared = max(0, min(MAX_POSITIONS, MAX_TRANSACTION_ITEMS - 1 - len(derived)))
        derived += self._contributions.move(after, shared[:room_shared])
        capacity = MAX_TRANSACTION_ITEMS - 1 - len(derived)
        words, other_words = find_word_changes(before, after).split(capacity)
        derived += self._words.changes(after.key, words)
        revised = set(REVISED) if words.depends_on_all else find_preconditions(before, after)
        update = self._update_image(before, after, revised, self._words.row_update(words))
        if is_moved:
            _require_albums(update, before)
        await self._words.add(after, other_words)
        try:
            if derived:
                await transact(self._client, [{"Update": update}, *derived])
            else:
                await self._client.update_item(**update)
        except ClientError as error:
            raise_conflict(error)
        await self._albums.follow(after, albums[room:])
        if is_retaken:
            await self._contributions.follow(after.key, shared[:room_shared])
        if other_words.removed:
            await self._words.remove(after, other_words.removed)
        if words.removed:
            await self._words.remove_unused(after.owner, words.removed)

    async def begin_deletion(self, key: ImageKey, revision: int | None = None) -> Image:
        request: Any = {
            "TableName": self._table,
            "Key": image_key(key),
            "UpdateExpression": "SET deleted_at = if_not_exists(deleted_at, :now) "
            f"REMOVE {TIMELINE_ATTRIBUTE}",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": {":now": {"S": now().isoformat()}},
            "ReturnValues": "ALL_NEW",
        }
        if revision is not None:
            request["ConditionExpression"] += " AND details.#revision = :revision"
            request["ExpressionAttributeNames"] = {"#revision": "revision"}
            request["ExpressionAttributeValues"][":revision"] = {"N": str(revision)}
        try:
            response = await self._client.update_item(**request)
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            if revision is not None and await self._read(key) is not None:
                raise Conflict from error
            raise ImageNotFound(key.image_id) from error
        return read_image(response["Attributes"])

    async def remove(self, image: Image) -> None:
        await self._migration.migrate(image)
        row: TransactWriteItemTypeDef = {
            "Delete": {
                "TableName": self._table,
                "Key": image_key(image.key),
                "ConditionExpression": "attribute_exists(deleted_at)",
            }
        }
        await self._contents.remove(image)
        await self._words.remove(image, image.indexed_words)
        labels = self._labels.changes(image.key, image.indexed_labels, {})
        hashes = self._hashes.changes(image.key, image.perceptual_hash, None)
        try:
            await transact(
                self._client,
                [
                    row,
                    *labels,
                    *hashes,
                    *self._usage.removal(image),
                    *self._months.removal(image),
                ],
            )
        except ClientError as error:
            # The only condition is that the row exists: another call has removed it.
            if not is_condition_failure(error):
                raise
        # Also those that left the index when the image was moved to the trash.
        for label in image.labels:
            await self._labels.remove_unused(image.owner, label)

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        return await list_ids(self._client, self._table, owner, IMAGE_PREFIX, limit)

    async def _read(self, key: ImageKey) -> Image | None:
        response = await self._client.get_item(
            TableName=self._table, Key=image_key(key), ConsistentRead=True
        )
        return read_image(response["Item"]) if "Item" in response else None

    async def _read_many(
        self, owner: str, image_ids: Sequence[str], projection: dict[str, Any] | None = None
    ) -> list[Item]:
        keys = [image_key(ImageKey(owner, image_id)) for image_id in dict.fromkeys(image_ids)]
        return await read_many(self._client, self._table, keys, projection)

    async def _read_page(
        self,
        request: dict[str, Any],
        read: Callable[[list[Item]], Awaitable[list[Row]]],
        limit: int,
    ) -> tuple[list[Row], str | None]:
        """Return at most `limit` visible rows, and the id that continues after them, if any."""
        images: list[Row] = []
        while True:
            answer = await self._client.query(**request)
            images += [image for image in await read(answer["Items"]) if not image.is_hidden]
            if len(images) > limit or "LastEvaluatedKey" not in answer:
                break
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        more = len(images) > limit
        return images[:limit], images[limit - 1].image_id if more else None

    async def _read_summaries(self, items: list[Item]) -> list[ImageSummary]:
        return await read_summaries(self._client, self._table, items)

    def _page_request(self, owner: str, limit: int, before: str | None) -> dict[str, Any]:
        """Return the query of rows, newest first."""
        return {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :oldest AND :newest",
            "ExpressionAttributeValues": {
                ":pk": {"S": owner_partition(owner)},
                ":oldest": {"S": IMAGE_PREFIX},
                ":newest": {"S": f"{IMAGE_PREFIX}{_last_before(before)}"},
            },
            "ScanIndexForward": False,
            "Limit": limit + 1,
        }

    def _summary_request(
        self,
        owner: str,
        limit: int,
        before: str | None,
        down_to: str | None,
        order: SortOrder,
    ) -> dict[str, Any]:
        """Return the query of the index that projects summaries."""
        return {
            "TableName": self._table,
            "IndexName": UPLOADS_INDEX,
            "KeyConditionExpression": "pk = :pk AND image_id BETWEEN :oldest AND :newest",
            "FilterExpression": "begins_with(sk, :images)",
            "ExpressionAttributeValues": {
                ":pk": {"S": owner_partition(owner)},
                ":oldest": {"S": down_to or FIRST_ID},
                ":newest": {"S": _last_before(before)},
                ":images": {"S": IMAGE_PREFIX},
            },
            "ScanIndexForward": order is SortOrder.OLDEST,
            "Limit": limit + 1,
        }

    def _update_image(
        self, before: Image, after: Image, preconditions: set[str], words: RowUpdate
    ) -> Any:
        """Return the update that writes every attribute whose revision changed, and its words."""
        names: dict[str, str] = {"#home": "home", **words.names}
        values: Item = dict(words.values)
        sets: list[str] = []
        conditions = [LIVE, *words.conditions]
        for name in find_changes(before, after):
            summary = PART_SUMMARIES[name]
            sets += [f"#{name} = :{name}", f"{summary} = :{summary}"]
            values[f":{name}"] = serialize(to_plain(getattr(after, name)))
            values[f":{summary}"] = part_summary(after, name)
        for name in sorted(preconditions):
            names |= {f"#{name}": name, "#revision": "revision"}
            conditions.append(f"#{name}.#revision = :{name}_revision")
            values[f":{name}_revision"] = {"N": str(getattr(before, name).revision)}
        if before.home is None:
            conditions.append("attribute_not_exists(#home)")
        else:
            conditions.append("#home = :old_home")
            values[":old_home"] = {"S": before.home}
        if after.home is not None and after.home != before.home:
            sets.append("#home = :home")
            values[":home"] = {"S": after.home}
        removed = [] if after.expires_at is not None else ["expires_at"]
        if before.timeline_position != after.timeline_position:
            names["#timeline"] = TIMELINE_ATTRIBUTE
            if after.timeline_position is None:
                removed.append("#timeline")
            else:
                sets.append("#timeline = :timeline")
                values[":timeline"] = {"S": after.timeline_position}
        removal = f" REMOVE {', '.join(removed)}" if removed else ""
        return {
            "TableName": self._table,
            "Key": image_key(before.key),
            "UpdateExpression": f"SET {', '.join(sets)}{removal}{words.actions}",
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }


def _require_albums(update: Any, image: Image) -> None:
    """Add the condition that the image is in the same albums as when it was read."""
    condition = "attribute_not_exists(albums)"
    if image.albums:
        condition = "albums = :albums"
        update["ExpressionAttributeValues"][":albums"] = {"SS": sorted(image.albums)}
    update["ConditionExpression"] += f" AND {condition}"


def _last_before(before: str | None) -> str:
    """Return the last id before this one; without it, one that follows every id."""
    return LAST_ID if before is None else SortOrder.NEWEST.next_position(before)


async def _read_images(items: list[Item]) -> list[Image]:
    return [read_image(item) for item in items]


def _select_visible(images: Iterable[Row], image_ids: Sequence[str]) -> list[Row]:
    """Return the visible images in the order of the ids."""
    found = {image.image_id: image for image in images}
    selected = (found.get(image_id) for image_id in image_ids)
    return [image for image in selected if image is not None and not image.is_hidden]
