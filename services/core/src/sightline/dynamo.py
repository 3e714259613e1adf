"""The table of images in DynamoDB: one table, no scan; see docs/architecture.md for its items."""

import json
import math
import sys
import time
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import stamina
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from sightline.images import PART_NAMES, Image, Mark, now
from sightline.keys import ImageKey
from sightline.recognition import Feature, Profile, Recognition
from sightline.table import (
    Answer,
    Conflict,
    ContentClaimed,
    ImageNotFound,
    LabelCount,
    Marked,
    Month,
    Page,
    RequestClaimed,
    Usage,
)

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

Item = dict[str, Any]

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

#: Reasons for which DynamoDB cancels a transaction that would succeed a moment later.
#: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
PASSING_REASONS = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)

#: What of an image counts its writes, and what of that gives it labels.
REVISED = ("details", *PART_NAMES)
LABELLING = frozenset({"details", "recognition"})

#: How often keys that a batch left out are asked for again.
BATCH_ATTEMPTS = 5

#: Images of the same bytes that are told of.
MAX_SAME = 10

#: Months that are told of.
MAX_MONTHS = 24

#: In the place of a month: what the owner has now. It sorts behind every month.
TOTAL = "total"

_USAGE_PREFIX = "USAGE#"
_IMAGE_PREFIX = "IMAGE#"
_LIVE = "attribute_exists(pk) AND attribute_not_exists(deleted_at)"


class TransactionContended(Exception):
    """Another transaction held one of our items, or the table throttled."""


class TableBusy(Exception):
    """The table gave only a part of what was asked for, again and again."""


class DynamoImageTable:
    """`ImageTable` in one DynamoDB table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def create(self, image: Image) -> None:
        try:
            await self._client.put_item(
                TableName=self._table,
                Item=_image_item(image),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if not _is_refused(error):
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
    ) -> Page:
        images: list[Image] = []
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :oldest AND :newest",
            "ExpressionAttributeValues": {
                ":pk": {"S": _user(owner)},
                ":oldest": {"S": f"{_IMAGE_PREFIX}{down_to or ''}"},
                # Behind every id, which begins with a figure or a to f.
                ":newest": {"S": f"{_IMAGE_PREFIX}g"},
            },
            "ScanIndexForward": False,
            "Limit": limit + 1,
        }
        if before is not None:
            request["ExclusiveStartKey"] = _image_key(ImageKey(owner, before))
        while True:
            answer = await self._client.query(**request)
            images += [image for image in map(_read_image, answer["Items"]) if not image.is_hidden]
            if len(images) > limit or "LastEvaluatedKey" not in answer:
                break
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        more = len(images) > limit
        return Page(images[:limit], images[limit - 1].image_id if more else None)

    async def store(self, before: Image, after: Image) -> None:
        update = self._update_image(before, after)
        derived = [
            *self._reindex(after.key, before.labels, after.labels),
            *self._charge(before, after),
            *self._keep_content(before, after),
            *self._list_content(before, after),
        ]
        try:
            if derived:
                await self._transact([{"Update": update}, *derived])
            else:
                await self._client.update_item(**update)
        except ClientError as error:
            _raise_conflict(error)

    async def begin_deletion(self, key: ImageKey) -> Image:
        try:
            answer = await self._client.update_item(
                TableName=self._table,
                Key=_image_key(key),
                UpdateExpression="SET deleted_at = if_not_exists(deleted_at, :now)",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":now": {"S": now().isoformat()}},
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if _is_refused(error):
                raise ImageNotFound(key.image_id) from error
            raise
        return _read_image(answer["Attributes"])

    async def remove(self, image: Image) -> None:
        row: TransactWriteItemTypeDef = {
            "Delete": {
                "TableName": self._table,
                "Key": _image_key(image.key),
                "ConditionExpression": "attribute_exists(deleted_at)",
            }
        }
        await self._forget_content(image)
        changes = [row, *self._reindex(image.key, image.labels, {})]
        if image.renditions.etag is not None:
            departure = {"images": -1, "bytes": -image.bytes}
            changes.append(self._add_usage(image.owner, TOTAL, departure))
        try:
            await self._transact(changes)
        except ClientError as error:
            # The only condition is that the row is there: without it, another call was first.
            if not _is_refused(error):
                raise
        for label in image.labels:
            await self._drop_unused(image.owner, label)

    async def count_labels(
        self, owner: str, limit: int, prefix: str = "", after: str | None = None
    ) -> list[LabelCount]:
        pk, condition = f"{_user(owner)}#LABELS", "pk = :pk"
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
        items = await self._query(request, limit)
        return [LabelCount(item["sk"], item["name"], int(item["images"])) for item in items]

    async def find_labelled(
        self, owner: str, label: str, limit: int, upto: str | None = None
    ) -> list[Marked]:
        condition, values = "pk = :pk", {":pk": {"S": _label(owner, label)}}
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
        items = await self._query(request, limit)
        return [Marked(item["sk"], float(item["confidence"])) for item in items]

    async def get_many(self, owner: str, image_ids: Sequence[str]) -> list[Image]:
        keys = [_image_key(ImageKey(owner, image_id)) for image_id in dict.fromkeys(image_ids)]
        found: dict[str, Image] = {}
        for _ in range(BATCH_ATTEMPTS):
            if not keys:
                break
            answer = await self._client.batch_get_item(
                RequestItems={self._table: {"Keys": keys, "ConsistentRead": True}}
            )
            for image in map(_read_image, answer["Responses"].get(self._table, [])):
                found[image.image_id] = image
            # Where the answer would be too large, or the table throttles, some are left.
            left: Any = answer["UnprocessedKeys"].get(self._table, {})
            keys = left.get("Keys", [])
        if keys:
            raise TableBusy
        images = (found.get(image_id) for image_id in image_ids)
        return [image for image in images if image is not None and not image.is_hidden]

    async def find_content(self, owner: str, sha256: str) -> list[str]:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": _content(owner, sha256)},
                ":prefix": {"S": _IMAGE_PREFIX},
            },
            "ScanIndexForward": False,
        }
        items = await self._query(request, MAX_SAME)
        return [item["sk"].removeprefix(_IMAGE_PREFIX) for item in items]

    async def read_usage(self, owner: str) -> Usage:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": _user(owner)},
                ":prefix": {"S": _USAGE_PREFIX},
            },
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        items = await self._query(request, MAX_MONTHS + 1)
        months = [_read_month(item) for item in items if item["sk"] != _USAGE_PREFIX + TOTAL]
        (total,) = [item for item in items if item["sk"] == _USAGE_PREFIX + TOTAL] or [{}]
        return Usage(int(total.get("images", 0)), int(total.get("bytes", 0)), months)

    async def claim_content(
        self, image: Image, profile: Profile, seconds: float
    ) -> Recognition | None:
        key = _content_key(image, profile)
        answer = await self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        known = _plain_item(answer.get("Item", {})).get("result")
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
            if _is_refused(error):
                raise ContentClaimed from error
            raise
        return None

    async def release_content(self, image: Image, profile: Profile) -> None:
        try:
            await self._client.delete_item(
                TableName=self._table,
                Key=_content_key(image, profile),
                ConditionExpression="attribute_exists(expires_at)",
            )
        except ClientError as error:
            if not _is_refused(error):
                raise

    async def claim_request(
        self, owner: str, key: str, fingerprint: str, seconds: float
    ) -> Answer | None:
        row, at = _request_key(owner, key), int(time.time())
        claim = {
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
            if not _is_refused(error):
                raise
            found = await self._client.get_item(TableName=self._table, Key=row, ConsistentRead=True)
            item = _plain_item(found.get("Item", {}))
            same = item.get("fingerprint") == fingerprint
            if not same or "answer" not in item:
                raise RequestClaimed(same) from None
            answer = item["answer"]
            return Answer(int(answer["status"]), answer["headers"], answer["body"])
        return None

    async def keep_answer(self, owner: str, key: str, answer: Answer, seconds: float) -> None:
        await self._client.update_item(
            TableName=self._table,
            Key=_request_key(owner, key),
            UpdateExpression="SET answer = :answer, expires_at = :expires_at",
            ExpressionAttributeValues={
                ":answer": _serialize(answer._asdict()),
                ":expires_at": {"N": str(int(time.time()) + math.ceil(seconds))},
            },
        )

    async def release_request(self, owner: str, key: str) -> None:
        await self._client.delete_item(TableName=self._table, Key=_request_key(owner, key))

    async def _read(self, key: ImageKey) -> Image | None:
        answer = await self._client.get_item(
            TableName=self._table, Key=_image_key(key), ConsistentRead=True
        )
        return _read_image(answer["Item"]) if "Item" in answer else None

    def _update_image(self, before: Image, after: Image) -> Any:
        """The update that carries over every part whose revision moved."""
        relabelled = before.labels != after.labels
        names: dict[str, str] = {"#revision": "revision"}
        values: Item = {}
        sets: list[str] = []
        conditions = [_LIVE]
        for name in REVISED:
            old, new = getattr(before, name), getattr(after, name)
            moved = old.revision != new.revision
            if moved:
                sets.append(f"#{name} = :{name}")
                values[f":{name}"] = _serialize(_plain(new))
            # The index was derived from all that bears labels, so all of that must still be so.
            if moved or (relabelled and name in LABELLING):
                names[f"#{name}"] = name
                conditions.append(f"#{name}.#revision = :{name}_revision")
                values[f":{name}_revision"] = {"N": str(old.revision)}
        ended = " REMOVE expires_at" if after.expires_at is None else ""
        return {
            "TableName": self._table,
            "Key": _image_key(before.key),
            "UpdateExpression": f"SET {', '.join(sets)}{ended}",
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def _reindex(
        self, key: ImageKey, old: dict[str, Mark], new: dict[str, Mark]
    ) -> "list[TransactWriteItemTypeDef]":
        """What turns the index and counts of the old labels into those of the new."""
        changes: list[TransactWriteItemTypeDef] = []
        for label, mark in new.items():
            if label not in old or old[label].confidence != mark.confidence:
                confidence = _serialize(_decimal(mark.confidence))
                entry = _index_key(key, label) | {"confidence": confidence}
                changes.append({"Put": {"TableName": self._table, "Item": entry}})
            if label not in old:
                changes.append(self._count(key.owner, label, mark.name, 1))
        for label in old.keys() - new.keys():
            entry = _index_key(key, label)
            changes.append({"Delete": {"TableName": self._table, "Key": entry}})
            changes.append(self._count(key.owner, label, old[label].name, -1))
        return changes

    def _count(self, owner: str, label: str, name: str, step: int) -> "TransactWriteItemTypeDef":
        return {
            "Update": {
                "TableName": self._table,
                "Key": _count_key(owner, label),
                "UpdateExpression": "ADD images :step SET #name = if_not_exists(#name, :name)",
                "ExpressionAttributeNames": {"#name": "name"},
                "ExpressionAttributeValues": {":step": {"N": str(step)}, ":name": {"S": name}},
            }
        }

    def _charge(self, before: Image, after: Image) -> "list[TransactWriteItemTypeDef]":
        """What the write means for the owner's usage: an arrival, or calls that were paid."""
        month = {
            _calls(feature): count - before.calls.get(feature, 0)
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
                "Key": _usage_key(owner, period),
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
            key = _content_key(before, old.profile)
            changes.append({"Delete": {"TableName": self._table, "Key": key}})
        if new is not None and new != old:
            # What it cost is this image's own; whoever finds it here has not paid.
            known = new.model_copy(update={"calls": {}})
            entry = _content_key(after, new.profile) | {"result": _serialize(_plain(known))}
            changes.append({"Put": {"TableName": self._table, "Item": entry}})
        return changes

    def _list_content(self, before: Image, after: Image) -> "list[TransactWriteItemTypeDef]":
        """The image among those that show its bytes, from when it does."""
        shown, shows = before.renditions.result, after.renditions.result
        if (shown is None) == (shows is None):
            return []
        key = _content_image_key(after)
        if shows is None:
            return [{"Delete": {"TableName": self._table, "Key": key}}]
        return [{"Put": {"TableName": self._table, "Item": key}}]

    async def _forget_content(self, image: Image) -> None:
        """Everything that is known of the image's bytes, claims included, and that it has them.

        Other images may have them too; they stay listed, and what is known is found out again.
        """
        pk, own = _content(image.owner, image.sha256), f"{_IMAGE_PREFIX}{image.image_id}"
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
        }
        for item in await self._query(request, sys.maxsize):
            if item["sk"] == own or not item["sk"].startswith(_IMAGE_PREFIX):
                await self._client.delete_item(
                    TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": item["sk"]}}
                )

    async def _drop_unused(self, owner: str, label: str) -> None:
        """Remove a count that has come down to nothing."""
        try:
            await self._client.delete_item(
                TableName=self._table,
                Key=_count_key(owner, label),
                ConditionExpression="images <= :none",
                ExpressionAttributeValues={":none": {"N": "0"}},
            )
        except ClientError as error:
            if not _is_refused(error):
                raise

    @stamina.retry(on=TransactionContended, attempts=10, timeout=15, wait_initial=0.02, wait_max=1)
    async def _transact(self, items: "Iterable[TransactWriteItemTypeDef]") -> None:
        try:
            await self._client.transact_write_items(TransactItems=list(items))
        except ClientError as error:
            reasons = _cancellation_reasons(error)
            if reasons & PASSING_REASONS and "ConditionalCheckFailed" not in reasons:
                raise TransactionContended from error
            raise

    async def _query(self, request: Any, limit: int) -> list[dict[str, Any]]:
        """The first `limit` items that the query gives and its filter lets through."""
        items: list[dict[str, Any]] = []
        while True:
            answer = await self._client.query(**request)
            items += map(_plain_item, answer["Items"])
            if len(items) >= limit or "LastEvaluatedKey" not in answer:
                return items[:limit]
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _user(owner: str) -> str:
    return f"USER#{owner}"


def _label(owner: str, label: str) -> str:
    return f"{_user(owner)}#LABEL#{label}"


def _image_key(key: ImageKey) -> Item:
    return {"pk": {"S": _user(key.owner)}, "sk": {"S": f"{_IMAGE_PREFIX}{key.image_id}"}}


def _index_key(key: ImageKey, label: str) -> Item:
    return {"pk": {"S": _label(key.owner, label)}, "sk": {"S": key.image_id}}


def _count_key(owner: str, label: str) -> Item:
    return {"pk": {"S": f"{_user(owner)}#LABELS"}, "sk": {"S": label}}


def _request_key(owner: str, key: str) -> Item:
    return {"pk": {"S": _user(owner)}, "sk": {"S": f"IDEMPOTENCY#{key}"}}


def _usage_key(owner: str, period: str) -> Item:
    return {"pk": {"S": _user(owner)}, "sk": {"S": f"{_USAGE_PREFIX}{period}"}}


def _read_month(item: dict[str, Any]) -> Month:
    return Month(
        month=item["sk"].removeprefix(_USAGE_PREFIX),
        images=int(item.get("images", 0)),
        bytes=int(item.get("bytes", 0)),
        calls={
            feature: int(item[_calls(feature)]) for feature in Feature if _calls(feature) in item
        },
    )


def _content(owner: str, sha256: str) -> str:
    return f"CONTENT#{owner}#{sha256}"


def _content_key(image: Image, profile: Profile) -> Item:
    pk = _content(image.owner, image.sha256)
    return {"pk": {"S": pk}, "sk": {"S": f"RECOGNITION#{profile.name}"}}


def _content_image_key(image: Image) -> Item:
    pk = _content(image.owner, image.sha256)
    return {"pk": {"S": pk}, "sk": {"S": f"{_IMAGE_PREFIX}{image.image_id}"}}


def _calls(feature: Feature) -> str:
    """The attribute that counts calls for a feature; `text` alone is a word of DynamoDB's."""
    return f"calls_{feature}"


def _plain_item(item: Item) -> dict[str, Any]:
    return {name: _deserialize(value) for name, value in item.items()}


def _plain(value: Any) -> Any:
    """A pydantic value as what DynamoDB keeps: no floats, no absent fields."""
    return json.loads(value.model_dump_json(exclude_none=True), parse_float=Decimal)


def _decimal(number: float) -> Decimal:
    return Decimal(str(number))


def _image_item(image: Image) -> Item:
    attributes = {name: _serialize(value) for name, value in _plain(image).items()}
    return _image_key(image.key) | attributes


def _read_image(item: Item) -> Image:
    return Image.model_validate(_plain_item(item))


def _cancellation_reasons(error: ClientError) -> frozenset[str]:
    reasons = error.response.get("CancellationReasons", [])
    return frozenset(reason.get("Code", "None") for reason in reasons)


def _is_refused(error: ClientError) -> bool:
    """Whether a condition did not hold, alone or inside a transaction."""
    code = error.response["Error"]["Code"]
    return code == "ConditionalCheckFailedException" or (
        code == "TransactionCanceledException"
        and "ConditionalCheckFailed" in _cancellation_reasons(error)
    )


def _raise_conflict(error: ClientError) -> None:
    if _is_refused(error):
        raise Conflict from error
    raise error
