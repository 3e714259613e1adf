"""The table of images in DynamoDB."""

import math
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import (
    ALBUM_PREFIX,
    IMAGE_PREFIX,
    LIVE,
    TOTAL,
    USAGE_PREFIX,
    Item,
    calls_attribute,
    content_image_key,
    content_key,
    content_partition,
    count_key,
    image_item,
    image_key,
    index_key,
    is_refused,
    list_ids,
    owner_partition,
    plain_item,
    query,
    raise_conflict,
    read_image,
    read_many,
    read_month,
    request_key,
    term_partition,
    to_plain,
    transact,
    usage_key,
)
from sightline.batching import in_batches
from sightline.domain.clock import now
from sightline.domain.images import PART_NAMES, Image, ImageLabel
from sightline.domain.object_keys import ImageKey
from sightline.domain.recognition import Recognition, RecognitionProfile
from sightline.ports.image_table import (
    Conflict,
    ContentClaimed,
    ImageNotFound,
    ImagePage,
    LabelCount,
    RequestClaimed,
    StoredResponse,
    Term,
    TermMatch,
    Usage,
)

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: What of an image counts its writes, and what of that gives it labels.
REVISED = ("details", *PART_NAMES)
LABELLING = frozenset({"details", "recognition"})

#: Words that one transaction indexes, beside the row that names them, with room to spare.
WORDS = 50

#: Images of the same bytes that are told of.
MAX_SAME = 10

#: Months that are told of.
MAX_MONTHS = 24


class DynamoImageTable:
    """`ImageTable` in one DynamoDB table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def create(self, image: Image) -> None:
        try:
            await self._client.put_item(
                TableName=self._table,
                Item=image_item(image),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if not is_refused(error):
                raise
            # The SDK repeats a call whose answer was lost; then the row that is in the way is ours.
            if await self._read(image.key) != image:
                raise Conflict from error

    async def get(self, key: ImageKey) -> Image:
        image = await self._read(key)
        if image is None or image.is_hidden:
            raise ImageNotFound(key.image_id)
        return image

    async def page(
        self, owner: str, limit: int, before: str | None = None, down_to: str | None = None
    ) -> ImagePage:
        images: list[Image] = []
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :oldest AND :newest",
            "ExpressionAttributeValues": {
                ":pk": {"S": owner_partition(owner)},
                ":oldest": {"S": f"{IMAGE_PREFIX}{down_to or ''}"},
                # Behind every id, which begins with a figure or a to f.
                ":newest": {"S": f"{IMAGE_PREFIX}g"},
            },
            "ScanIndexForward": False,
            "Limit": limit + 1,
        }
        if before is not None:
            request["ExclusiveStartKey"] = image_key(ImageKey(owner, before))
        while True:
            answer = await self._client.query(**request)
            images += [image for image in map(read_image, answer["Items"]) if not image.is_hidden]
            if len(images) > limit or "LastEvaluatedKey" not in answer:
                break
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        more = len(images) > limit
        return ImagePage(images[:limit], images[limit - 1].image_id if more else None)

    async def store(self, before: Image, after: Image) -> None:
        update = self._update_image(before, after)
        derived = [
            *self._reindex(after.key, before.labels, after.labels),
            *self._charge(before, after),
            *self._keep_content(before, after),
            *self._list_content(before, after),
        ]
        reread = after.recognition.result is not before.recognition.result
        if reread:
            await self._add_words(after)
        try:
            if derived:
                await transact(self._client, [{"Update": update}, *derived])
            else:
                await self._client.update_item(**update)
        except ClientError as error:
            raise_conflict(error)
        if reread:
            await self._drop_words(after, before.words - after.found_words)

    async def begin_deletion(self, key: ImageKey) -> Image:
        try:
            answer = await self._client.update_item(
                TableName=self._table,
                Key=image_key(key),
                UpdateExpression="SET deleted_at = if_not_exists(deleted_at, :now)",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":now": {"S": now().isoformat()}},
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if is_refused(error):
                raise ImageNotFound(key.image_id) from error
            raise
        return read_image(answer["Attributes"])

    async def remove(self, image: Image) -> None:
        row: TransactWriteItemTypeDef = {
            "Delete": {
                "TableName": self._table,
                "Key": image_key(image.key),
                "ConditionExpression": "attribute_exists(deleted_at)",
            }
        }
        await self._forget_content(image)
        await self._drop_words(image, image.words)
        changes = [row, *self._reindex(image.key, image.labels, {})]
        if image.renditions.etag is not None:
            departure = {"images": -1, "bytes": -image.bytes}
            changes.append(self._add_usage(image.owner, TOTAL, departure))
        try:
            await transact(self._client, changes)
        except ClientError as error:
            # The only condition is that the row is there: without it, another call was first.
            if not is_refused(error):
                raise
        for label in image.labels:
            await self._drop_unused(image.owner, label)

    async def count_labels(
        self, owner: str, limit: int, prefix: str = "", after: str | None = None
    ) -> list[LabelCount]:
        pk, condition = f"{owner_partition(owner)}#LABELS", "pk = :pk"
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

    async def find_marked(
        self, owner: str, term: Term, limit: int, upto: str | None = None
    ) -> list[TermMatch]:
        condition, values = "pk = :pk", {":pk": {"S": term_partition(owner, term)}}
        if upto is not None:
            condition += " AND sk <= :upto"
            values[":upto"] = {"S": upto}
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": False,
            "Limit": limit,
        }
        items = await query(self._client, request, limit)
        return [TermMatch(item["sk"], float(item.get("confidence", 100))) for item in items]

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        return await list_ids(self._client, self._table, owner, IMAGE_PREFIX, limit)

    async def forget(self, owner: str) -> None:
        for partition in (owner_partition(owner), f"{owner_partition(owner)}#LABELS"):
            request: Any = {
                "TableName": self._table,
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": {"S": partition}},
                "ProjectionExpression": "pk, sk",
                "ConsistentRead": True,
            }
            for item in await query(self._client, request, sys.maxsize):
                # What came meanwhile is no part of what was to be forgotten.
                if not item["sk"].startswith((IMAGE_PREFIX, ALBUM_PREFIX)):
                    key = {name: {"S": item[name]} for name in ("pk", "sk")}
                    await self._client.delete_item(TableName=self._table, Key=key)

    async def get_many(self, owner: str, image_ids: Sequence[str]) -> list[Image]:
        keys = [image_key(ImageKey(owner, image_id)) for image_id in dict.fromkeys(image_ids)]
        rows = await read_many(self._client, self._table, keys)
        found = {image.image_id: image for image in map(read_image, rows)}
        images = (found.get(image_id) for image_id in image_ids)
        return [image for image in images if image is not None and not image.is_hidden]

    async def find_content(self, owner: str, sha256: str) -> list[str]:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": content_partition(owner, sha256)},
                ":prefix": {"S": IMAGE_PREFIX},
            },
            "ScanIndexForward": False,
        }
        items = await query(self._client, request, MAX_SAME)
        return [item["sk"].removeprefix(IMAGE_PREFIX) for item in items]

    async def read_usage(self, owner: str) -> Usage:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": owner_partition(owner)},
                ":prefix": {"S": USAGE_PREFIX},
            },
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        items = await query(self._client, request, MAX_MONTHS + 1)
        months = [read_month(item) for item in items if item["sk"] != USAGE_PREFIX + TOTAL]
        (total,) = [item for item in items if item["sk"] == USAGE_PREFIX + TOTAL] or [{}]
        return Usage(int(total.get("images", 0)), int(total.get("bytes", 0)), months)

    async def claim_content(
        self, image: Image, profile: RecognitionProfile, seconds: float
    ) -> Recognition | None:
        key = content_key(image, profile)
        answer = await self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        known = plain_item(answer.get("Item", {})).get("result")
        if known is not None:
            return Recognition.model_validate(known)
        now = int(time.time())
        try:
            await self._client.put_item(
                TableName=self._table,
                Item=key
                | {
                    "claimant": {"S": image.image_id},
                    "expires_at": {"N": str(now + math.ceil(seconds))},
                },
                # A claim that ended is as good as none, whether or not the row has gone yet; and
                # whoever worked on this image before has died or will find itself overtaken.
                ConditionExpression=(
                    "attribute_not_exists(pk) OR expires_at <= :now OR claimant = :claimant"
                ),
                ExpressionAttributeValues={
                    ":now": {"N": str(now)},
                    ":claimant": {"S": image.image_id},
                },
            )
        except ClientError as error:
            if is_refused(error):
                raise ContentClaimed from error
            raise
        return None

    async def release_content(self, image: Image, profile: RecognitionProfile) -> None:
        try:
            await self._client.delete_item(
                TableName=self._table,
                Key=content_key(image, profile),
                ConditionExpression="attribute_exists(expires_at)",
            )
        except ClientError as error:
            if not is_refused(error):
                raise

    async def claim_request(
        self, owner: str, key: str, fingerprint: str, seconds: float
    ) -> StoredResponse | None:
        row, at, claim_id = request_key(owner, key), int(time.time()), str(uuid4())
        claim = {
            "claim_id": {"S": claim_id},
            "fingerprint": {"S": fingerprint},
            "expires_at": {"N": str(at + math.ceil(seconds))},
        }
        try:
            await self._client.put_item(
                TableName=self._table,
                Item=row | claim,
                ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
                ExpressionAttributeValues={":now": {"N": str(at)}},
            )
        except ClientError as error:
            if not is_refused(error):
                raise
            found = await self._client.get_item(TableName=self._table, Key=row, ConsistentRead=True)
            item = plain_item(found.get("Item", {}))
            # The SDK repeats a call whose answer was lost; then the claim in the way is ours.
            if item.get("claim_id") == claim_id:
                return None
            same = item.get("fingerprint") == fingerprint
            if not same or "answer" not in item:
                raise RequestClaimed(same) from None
            answer = item["answer"]
            return StoredResponse(int(answer["status"]), answer["headers"], answer["body"])
        return None

    async def keep_answer(
        self, owner: str, key: str, answer: StoredResponse, seconds: float
    ) -> None:
        await self._client.update_item(
            TableName=self._table,
            Key=request_key(owner, key),
            UpdateExpression="SET answer = :answer, expires_at = :expires_at",
            ExpressionAttributeValues={
                ":answer": serialize(answer._asdict()),
                ":expires_at": {"N": str(int(time.time()) + math.ceil(seconds))},
            },
        )

    async def release_request(self, owner: str, key: str) -> None:
        await self._client.delete_item(TableName=self._table, Key=request_key(owner, key))

    async def _read(self, key: ImageKey) -> Image | None:
        answer = await self._client.get_item(
            TableName=self._table, Key=image_key(key), ConsistentRead=True
        )
        return read_image(answer["Item"]) if "Item" in answer else None

    def _update_image(self, before: Image, after: Image) -> Any:
        """The update that carries over every part whose revision moved."""
        relabelled = before.labels != after.labels
        names: dict[str, str] = {"#revision": "revision"}
        values: Item = {}
        sets: list[str] = []
        conditions = [LIVE]
        for name in REVISED:
            old, new = getattr(before, name), getattr(after, name)
            moved = old.revision != new.revision
            if moved:
                sets.append(f"#{name} = :{name}")
                values[f":{name}"] = serialize(to_plain(new))
            # The index was derived from all that bears labels, so all of that must still be so.
            if moved or (relabelled and name in LABELLING):
                names[f"#{name}"] = name
                conditions.append(f"#{name}.#revision = :{name}_revision")
                values[f":{name}_revision"] = {"N": str(old.revision)}
        ended = " REMOVE expires_at" if after.expires_at is None else ""
        return {
            "TableName": self._table,
            "Key": image_key(before.key),
            "UpdateExpression": f"SET {', '.join(sets)}{ended}",
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def _reindex(
        self, key: ImageKey, old: dict[str, ImageLabel], new: dict[str, ImageLabel]
    ) -> "list[TransactWriteItemTypeDef]":
        """What turns the index and counts of the old labels into those of the new."""
        changes: list[TransactWriteItemTypeDef] = []
        for label, mark in new.items():
            if label not in old or old[label].confidence != mark.confidence:
                confidence = serialize(mark.confidence)
                entry = index_key(key, Term("label", label)) | {"confidence": confidence}
                changes.append({"Put": {"TableName": self._table, "Item": entry}})
            if label not in old:
                changes.append(self._count(key.owner, label, mark.name, 1))
        for label in old.keys() - new.keys():
            entry = index_key(key, Term("label", label))
            changes.append({"Delete": {"TableName": self._table, "Key": entry}})
            changes.append(self._count(key.owner, label, old[label].name, -1))
        return changes

    def _count(self, owner: str, label: str, name: str, step: int) -> "TransactWriteItemTypeDef":
        return {
            "Update": {
                "TableName": self._table,
                "Key": count_key(owner, label),
                "UpdateExpression": "ADD images :step SET #name = if_not_exists(#name, :name)",
                "ExpressionAttributeNames": {"#name": "name"},
                "ExpressionAttributeValues": {":step": {"N": str(step)}, ":name": {"S": name}},
            }
        }

    async def _add_words(self, image: Image) -> None:
        """Index what is about to be stored, in as many transactions as it takes.

        The row names every word before, or as, its entry is made, so that a crash anywhere leaves
        nothing that a deletion would not find. All of them are written, whatever the row names
        already: another store may be dropping those at this moment.
        """
        for chunk in in_batches(sorted(image.found_words), WORDS):
            changes = [self._name_words(image, "ADD", chunk, LIVE, {})]
            for word in chunk:
                entry = index_key(image.key, Term("word", word))
                changes.append({"Put": {"TableName": self._table, "Item": entry}})
            try:
                await transact(self._client, changes)
            except ClientError as error:
                raise_conflict(error)

    async def _drop_words(self, image: Image, words: frozenset[str]) -> None:
        """Take words out of the index while the image is still as it was stored, or deleted."""
        condition, values = "attribute_exists(deleted_at)", {}
        if image.deleted_at is None:
            condition = "recognition.#revision = :revision"
            values = {":revision": {"N": str(image.recognition.revision)}}
        for chunk in in_batches(sorted(words), WORDS):
            changes = [self._name_words(image, "DELETE", chunk, condition, values)]
            for word in chunk:
                entry = index_key(image.key, Term("word", word))
                changes.append({"Delete": {"TableName": self._table, "Key": entry}})
            try:
                await transact(self._client, changes)
            except ClientError as error:
                # Whoever came later has them to drop.
                if not is_refused(error):
                    raise

    def _name_words(
        self, image: Image, action: str, words: list[str], condition: str, values: Item
    ) -> "TransactWriteItemTypeDef":
        """Change what the image's own row says."""
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

    def _charge(self, before: Image, after: Image) -> "list[TransactWriteItemTypeDef]":
        """What the write means for the owner's usage: an arrival, or calls that were paid."""
        month = {
            calls_attribute(feature): count - before.calls.get(feature, 0)
            for feature, count in after.calls.items()
            if count > before.calls.get(feature, 0)
        }
        changes: list[TransactWriteItemTypeDef] = []
        # Told by the resizer's part alone, so that the same arrival is counted once.
        if before.renditions.etag is None and after.renditions.etag is not None:
            arrival = {"images": 1, "bytes": after.bytes}
            month |= arrival
            changes.append(self._add_usage(after.owner, TOTAL, arrival))
        if month:
            changes.append(self._add_usage(after.owner, now().strftime("%Y-%m"), month))
        return changes

    def _add_usage(
        self, owner: str, period: str, steps: dict[str, int]
    ) -> "TransactWriteItemTypeDef":
        return {
            "Update": {
                "TableName": self._table,
                "Key": usage_key(owner, period),
                "UpdateExpression": "ADD " + ", ".join(f"#{name} :{name}" for name in steps),
                "ExpressionAttributeNames": {f"#{name}": name for name in steps},
                "ExpressionAttributeValues": {
                    f":{name}": {"N": str(step)} for name, step in steps.items()
                },
            }
        }

    def _keep_content(self, before: Image, after: Image) -> "list[TransactWriteItemTypeDef]":
        """What is now known of the image's bytes, in the place of what was or was claimed."""
        old, new = before.recognition.result, after.recognition.result
        changes: list[TransactWriteItemTypeDef] = []
        if old is not None and (new is None or old.profile.name != new.profile.name):
            key = content_key(before, old.profile)
            changes.append({"Delete": {"TableName": self._table, "Key": key}})
        if new is not None and new != old:
            # What it cost is this image's own; whoever finds it here has not paid.
            known = new.model_copy(update={"calls": {}})
            entry = content_key(after, new.profile) | {"result": serialize(to_plain(known))}
            changes.append({"Put": {"TableName": self._table, "Item": entry}})
        return changes

    def _list_content(self, before: Image, after: Image) -> "list[TransactWriteItemTypeDef]":
        """The image among those that show its bytes, from when it does."""
        shown, shows = before.renditions.result, after.renditions.result
        if (shown is None) == (shows is None):
            return []
        key = content_image_key(after)
        if shows is None:
            return [{"Delete": {"TableName": self._table, "Key": key}}]
        return [{"Put": {"TableName": self._table, "Item": key}}]

    async def _forget_content(self, image: Image) -> None:
        """Everything that is known of the image's bytes, claims included, and that it has them.

        Other images may have them too; they stay listed, and what is known is found out again.
        """
        pk, own = content_partition(image.owner, image.sha256), f"{IMAGE_PREFIX}{image.image_id}"
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            # What was written a moment ago must not outlive its image unseen.
            "ConsistentRead": True,
        }
        for item in await query(self._client, request, sys.maxsize):
            if item["sk"] == own or not item["sk"].startswith(IMAGE_PREFIX):
                await self._client.delete_item(
                    TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": item["sk"]}}
                )

    async def _drop_unused(self, owner: str, label: str) -> None:
        """Remove a count that has come down to nothing."""
        try:
            await self._client.delete_item(
                TableName=self._table,
                Key=count_key(owner, label),
                ConditionExpression="images <= :none",
                ExpressionAttributeValues={":none": {"N": "0"}},
            )
        except ClientError as error:
            if not is_refused(error):
                raise
