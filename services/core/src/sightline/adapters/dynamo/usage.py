"""Usage in DynamoDB: one item for each month of an owner, and one for the current totals."""

import time
from typing import TYPE_CHECKING, Any

from sightline.adapters.dynamo.items import (
    TOTAL,
    USAGE_PREFIX,
    calls_attribute,
    owner_partition,
    usage_key,
)
from sightline.adapters.dynamo.queries import query
from sightline.adapters.dynamo.reservations import (
    COMMITTED_BYTES,
    COMMITTED_IMAGES,
    ReservationWriter,
    count_arrival,
    count_cancellation,
    sum_windows,
)
from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.quotas import Quotas, Reservation
from sightline.domain.recognition import Feature
from sightline.ports.usage_table import MonthlyUsage, Usage

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Months that are returned.
MAX_MONTHS = 24


class DynamoUsageTable:
    """`UsageTable` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._reservations = ReservationWriter(client, table)

    async def read(self, owner: str) -> Usage:
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
        months = [_read_month(item) for item in items if item["sk"] != USAGE_PREFIX + TOTAL]
        (total,) = [item for item in items if item["sk"] == USAGE_PREFIX + TOTAL] or [{}]
        return Usage(
            int(total.get("images", 0)),
            int(total.get("bytes", 0)),
            months,
            int(total.get("trashed_images", 0)),
            int(total.get("trashed_bytes", 0)),
            *sum_windows(
                {name: int(total[name]) for name in total if name.startswith("window_")},
                time.time(),
            ),
        )

    async def reserve(self, reservation: Reservation, quotas: Quotas) -> None:
        await self._reservations.reserve(reservation, quotas)

    async def give_back(self, reservation: Reservation) -> None:
        await self._reservations.give_back(reservation)


class UsageWriter:
    """The counts that change with an image."""

    def __init__(self, table: str) -> None:
        self._table = table

    def changes(self, before: Image, after: Image) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that count an arrival, the trash, and the calls that were paid."""
        month = {
            calls_attribute(feature): count - before.calls.get(feature, 0)
            for feature, count in after.calls.items()
            if count > before.calls.get(feature, 0)
        }
        writes: list[TransactWriteItemTypeDef] = []
        total: dict[str, int] = {}
        # Counted with the renditions part only, so that an arrival is counted once.
        if before.renditions.etag is None and after.renditions.etag is not None:
            arrival = {"images": 1, "bytes": after.bytes}
            month |= arrival
            total |= arrival | count_arrival(_live_reservation(before), after.bytes)
        step = after.is_trash_counted - before.is_trash_counted
        if step:
            total |= _count_trashed(after, step)
        if total:
            writes.append(self._add(after.owner, TOTAL, total))
        if month:
            writes.append(self._add(after.owner, now().strftime("%Y-%m"), month))
        return writes

    def removal(self, image: Image) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that take a deleted image off the totals, or off what is reserved."""
        if (reservation := _live_reservation(image)) is not None:
            return [self._add(image.owner, TOTAL, count_cancellation(reservation))]
        if image.renditions.etag is None:
            return []
        total = {"images": -1, "bytes": -image.bytes}
        total |= {COMMITTED_IMAGES: -1, COMMITTED_BYTES: -image.bytes}
        if image.is_trash_counted:
            total |= _count_trashed(image, -1)
        return [self._add(image.owner, TOTAL, total)]

    def _add(self, owner: str, period: str, steps: dict[str, int]) -> "TransactWriteItemTypeDef":
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


def _live_reservation(image: Image) -> Reservation | None:
    """Return what the upload still reserves: not once it has lapsed, whoever removes its window."""
    reservation = image.reservation
    return reservation if reservation and reservation.until > time.time() else None


def _count_trashed(image: Image, step: int) -> dict[str, int]:
    return {"trashed_images": step, "trashed_bytes": step * image.bytes}


def _read_month(item: dict[str, Any]) -> MonthlyUsage:
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
