"""Rows of the one table, as DynamoDB keeps them: their keys, their values, and how they are read
and written. See docs/architecture.md for what there is."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import stamina
from botocore.exceptions import ClientError

from sightline.adapters.aws.clients import DependencyBusy
from sightline.adapters.dynamo.attribute_values import deserialize, serialize
from sightline.domain.albums import Album, AlbumKey
from sightline.domain.images import Image
from sightline.domain.model import Value
from sightline.domain.object_keys import ImageKey
from sightline.domain.recognition import Feature, RecognitionProfile
from sightline.ports.image_table import Conflict, MonthlyUsage, Term

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

Item = dict[str, Any]

#: Reasons for which DynamoDB cancels a transaction that would succeed a moment later.
#: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
PASSING_REASONS = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)

#: In the place of a month: what the owner has now. It sorts behind every month.
TOTAL = "total"

USAGE_PREFIX = "USAGE#"
IMAGE_PREFIX = "IMAGE#"
ALBUM_PREFIX = "ALBUM#"
LIVE = "attribute_exists(pk) AND attribute_not_exists(deleted_at)"

#: How often keys that a batch left out are asked for again.
BATCH_ATTEMPTS = 5


class TableBusy(DependencyBusy):
    """The table gave only a part of what was asked for, again and again."""


class TransactionContended(DependencyBusy):
    """Another transaction held one of our items, or the table throttled."""


@stamina.retry(on=TransactionContended, attempts=10, timeout=15, wait_initial=0.02, wait_max=1)
async def transact(client: "DynamoDBClient", items: "Iterable[TransactWriteItemTypeDef]") -> None:
    try:
        await client.transact_write_items(TransactItems=list(items))
    except ClientError as error:
        reasons = cancellation_reasons(error)
        if reasons & PASSING_REASONS and "ConditionalCheckFailed" not in reasons:
            raise TransactionContended from error
        raise


async def query(client: "DynamoDBClient", request: Any, limit: int) -> list[dict[str, Any]]:
    """The first `limit` items that the query gives and its filter lets through."""
    items: list[dict[str, Any]] = []
    while True:
        answer = await client.query(**request)
        items += map(plain_item, answer["Items"])
        if len(items) >= limit or "LastEvaluatedKey" not in answer:
            return items[:limit]
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


async def read_many(client: "DynamoDBClient", table: str, keys: list[Item]) -> list[Item]:
    """Those of up to 100 items that are there, in no order. Raises `TableBusy`."""
    found: list[Item] = []
    for _ in range(BATCH_ATTEMPTS):
        if not keys:
            break
        answer = await client.batch_get_item(
            RequestItems={table: {"Keys": keys, "ConsistentRead": True}}
        )
        found += answer["Responses"].get(table, [])
        # Where the answer would be too large, or the table throttles, some are left.
        left: Any = answer["UnprocessedKeys"].get(table, {})
        keys = left.get("Keys", [])
    if keys:
        raise TableBusy
    return found


async def list_ids(
    client: "DynamoDBClient", table: str, owner: str, prefix: str, limit: int
) -> list[str]:
    """What follows the prefix in the newest of the owner's rows that begin with it."""
    request: Any = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
        "ExpressionAttributeValues": {
            ":pk": {"S": owner_partition(owner)},
            ":prefix": {"S": prefix},
        },
        "ProjectionExpression": "sk",
        "ScanIndexForward": False,
        "ConsistentRead": True,
        "Limit": limit,
    }
    items = await query(client, request, limit)
    return [item["sk"].removeprefix(prefix) for item in items]


def owner_partition(owner: str) -> str:
    return f"USER#{owner}"


def term_partition(owner: str, term: Term) -> str:
    """All images of the owner that are found by the term, by id."""
    return f"{owner_partition(owner)}#{term.kind.upper()}#{term.name}"


def image_key(key: ImageKey) -> Item:
    return {"pk": {"S": owner_partition(key.owner)}, "sk": {"S": f"{IMAGE_PREFIX}{key.image_id}"}}


def index_key(key: ImageKey, term: Term) -> Item:
    return {"pk": {"S": term_partition(key.owner, term)}, "sk": {"S": key.image_id}}


def count_key(owner: str, label: str) -> Item:
    return {"pk": {"S": f"{owner_partition(owner)}#LABELS"}, "sk": {"S": label}}


def request_key(owner: str, key: str) -> Item:
    return {"pk": {"S": owner_partition(owner)}, "sk": {"S": f"IDEMPOTENCY#{key}"}}


def usage_key(owner: str, period: str) -> Item:
    return {"pk": {"S": owner_partition(owner)}, "sk": {"S": f"{USAGE_PREFIX}{period}"}}


def read_month(item: dict[str, Any]) -> MonthlyUsage:
    return MonthlyUsage(
        month=item["sk"].removeprefix(USAGE_PREFIX),
        images=int(item.get("images", 0)),
        bytes=int(item.get("bytes", 0)),
        calls={
            feature: int(item[calls_attribute(feature)])
            for feature in Feature
            if calls_attribute(feature) in item
        },
    )


def content_partition(owner: str, sha256: str) -> str:
    return f"CONTENT#{owner}#{sha256}"


def content_key(image: Image, profile: RecognitionProfile) -> Item:
    pk = content_partition(image.owner, image.sha256)
    return {"pk": {"S": pk}, "sk": {"S": f"RECOGNITION#{profile.name}"}}


def content_image_key(image: Image) -> Item:
    pk = content_partition(image.owner, image.sha256)
    return {"pk": {"S": pk}, "sk": {"S": f"{IMAGE_PREFIX}{image.image_id}"}}


def calls_attribute(feature: Feature) -> str:
    """The attribute that counts calls for a feature; `text` alone is a word of DynamoDB's."""
    return f"calls_{feature}"


def plain_item(item: Item) -> dict[str, Any]:
    return {name: deserialize(value) for name, value in item.items()}


def to_plain(value: Value, exclude: set[str] | None = None) -> Any:
    """A value as what DynamoDB keeps: no absent fields."""
    return value.model_dump(mode="json", exclude_none=True, exclude=exclude)


def image_item(image: Image) -> Item:
    # Sets cannot be empty; these two appear with their first member.
    plain = to_plain(image, exclude={"albums", "words"})
    attributes = {name: serialize(value) for name, value in plain.items()}
    return image_key(image.key) | attributes


def album_key(key: AlbumKey) -> Item:
    return {"pk": {"S": owner_partition(key.owner)}, "sk": {"S": f"{ALBUM_PREFIX}{key.album_id}"}}


def album_item(album: Album) -> Item:
    attributes = {name: serialize(value) for name, value in to_plain(album).items()}
    return album_key(album.key) | attributes


def read_album(item: Item) -> Album:
    return Album.model_validate(plain_item(item))


def read_image(item: Item) -> Image:
    return Image.model_validate(plain_item(item))


def cancellation_reasons(error: ClientError) -> frozenset[str]:
    reasons = error.response.get("CancellationReasons", [])
    return frozenset(reason.get("Code", "None") for reason in reasons)


def is_refused(error: ClientError) -> bool:
    """Whether a condition did not hold, alone or inside a transaction."""
    code = error.response["Error"]["Code"]
    return code == "ConditionalCheckFailedException" or (
        code == "TransactionCanceledException"
        and "ConditionalCheckFailed" in cancellation_reasons(error)
    )


def raise_conflict(error: ClientError) -> None:
    if is_refused(error):
        raise Conflict from error
    raise error
