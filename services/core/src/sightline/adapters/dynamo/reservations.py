"""What outstanding uploads reserve of an owner's quotas, in the item of the owner's totals.

DynamoDB compares attributes, but does not add them in a condition. So `committed_images` and
`committed_bytes` are kept: what is stored and what is reserved, together. They are the sum of
`images` (or `bytes`) and of an attribute for each window of reservations, in every state:

an upload is created     committed and its window grow
it arrives               the total grows, its window shrinks; committed stays
it is cancelled          committed and its window shrink
its window lapses        committed shrinks by the window, which is removed
it arrives after that    the total and committed grow

The attribute `reserving` says that these counts are complete: an item of an earlier version gets
them with the first reservation.
"""

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.items import TOTAL, usage_key
from sightline.adapters.dynamo.transactions import is_condition_failure
from sightline.domain.quotas import Amount, Quotas, Reservation, check_quotas
from sightline.ports.errors import DependencyBusy

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

COMMITTED_IMAGES = "committed_images"
COMMITTED_BYTES = "committed_bytes"
RESERVED_IMAGES = "reserved_images"

#: The attributes of a window end with the time at which it lapses, in Unix seconds.
WINDOW_IMAGES = "window_images_"
WINDOW_BYTES = "window_bytes_"

#: Says that the item has the counts of this module.
RESERVING = "reserving"

#: Seconds after which a lapsed window is removed: the clock of every process says that it lapsed.
MAX_CLOCK_SKEW_SECONDS = 300

#: Attempts at a reservation while others change the same item.
ATTEMPTS = 20


class ReservationsContended(DependencyBusy):
    """Other calls kept changing the totals of the owner."""


class ReservationWriter:
    """Reserves, and gives back."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def reserve(self, reservation: Reservation, quotas: Quotas) -> None:
        """Reserve one image. Raises `StorageFull`, `TooManyUploads`."""
        for _ in range(ATTEMPTS):
            try:
                total = await self._add(reservation, quotas)
            except ClientError as error:
                if not is_condition_failure(error):
                    raise
            else:
                await self._remove_lapsed(reservation.owner, total)
                return
            total = await self._read(reservation.owner)
            if RESERVING not in total:
                await self._begin(reservation.owner, total)
            elif not await self._remove_lapsed(reservation.owner, total):
                reserved = sum_windows(total)
                stored = Amount(
                    total[COMMITTED_IMAGES] - reserved.images,
                    total[COMMITTED_BYTES] - reserved.bytes,
                )
                check_quotas(quotas, stored, reserved, reservation.bytes)
        raise ReservationsContended

    async def give_back(self, reservation: Reservation) -> None:
        """End a reservation of which no image was created."""
        await self._update(reservation.owner, "ADD", count_cancellation(reservation))

    async def _add(self, reservation: Reservation, quotas: Quotas) -> dict[str, int]:
        """Add a reservation if it fits, and return the item after it."""
        steps = {name: -step for name, step in count_cancellation(reservation).items()}
        conditions = [f"attribute_exists({RESERVING})"]
        limits: dict[str, int] = {}
        for name, quota, step in (
            (COMMITTED_IMAGES, quotas.images, 1),
            (COMMITTED_BYTES, quotas.bytes, reservation.bytes),
            (RESERVED_IMAGES, quotas.uploads, 1),
        ):
            if quota is not None:
                conditions.append(f"#{name} <= :{name}_limit")
                limits[f"{name}_limit"] = quota - step
        return await self._update(reservation.owner, "ADD", steps, conditions, limits)

    async def _begin(self, owner: str, total: dict[str, int]) -> None:
        """Complete the counts of an item that has none, unless it changes meanwhile."""
        stored = Amount(total.get("images", 0), total.get("bytes", 0))
        counts = {RESERVING: 1, **count_committed({**total, RESERVING: 1}, stored)}
        unchanged = {name: total.get(name) for name in ("images", "bytes", *_list_windows(total))}
        await self._update_if_unchanged(owner, "SET", counts, unchanged)

    async def _remove_lapsed(self, owner: str, total: dict[str, int]) -> bool:
        """Give back what lapsed reservations hold; return whether there are any."""
        before = time.time() - MAX_CLOCK_SKEW_SECONDS
        lapsed = {name: total[name] for name in _list_windows(total) if _end_of(name) <= before}
        if not lapsed:
            return False
        amount = sum_windows(lapsed)
        steps = {
            COMMITTED_IMAGES: -amount.images,
            COMMITTED_BYTES: -amount.bytes,
            RESERVED_IMAGES: -amount.images,
        }
        await self._update_if_unchanged(owner, "ADD", steps, lapsed, removed=lapsed)
        return True

    async def _update_if_unchanged(
        self,
        owner: str,
        action: str,
        values: Mapping[str, int],
        unchanged: Mapping[str, int | None],
        removed: Iterable[str] = (),
    ) -> None:
        """Write unless one of the attributes has changed: then another call has the newer state."""
        conditions = [
            f"attribute_not_exists(#{name})" if value is None else f"#{name} = :{name}_before"
            for name, value in unchanged.items()
        ]
        limits = {f"{name}_before": value for name, value in unchanged.items() if value is not None}
        if action == "SET":
            conditions.append(f"attribute_not_exists(#{RESERVING})")
        try:
            await self._update(owner, action, values, conditions, limits, removed, unchanged)
        except ClientError as error:
            if not is_condition_failure(error):
                raise

    async def _update(
        self,
        owner: str,
        action: str,
        values: Mapping[str, int],
        conditions: Iterable[str] = (),
        limits: Mapping[str, int] | None = None,
        removed: Iterable[str] = (),
        named: Iterable[str] = (),
    ) -> dict[str, int]:
        """Add or set the values; return the item. `named` are further names in the conditions."""
        joiner = " = " if action == "SET" else " "
        expression = f"{action} " + ", ".join(f"#{name}{joiner}:{name}" for name in values)
        if removed:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
        numbers = {**values, **(limits or {})}
        request: Any = {
            "TableName": self._table,
            "Key": usage_key(owner, TOTAL),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {f"#{name}": name for name in (*values, *removed, *named)},
            "ExpressionAttributeValues": {
                f":{name}": {"N": str(value)} for name, value in numbers.items()
            },
            "ReturnValues": "ALL_NEW",
        }
        if conditions:
            request["ConditionExpression"] = " AND ".join(conditions)
        response = await self._client.update_item(**request)
        return _read_numbers(response["Attributes"])

    async def _read(self, owner: str) -> dict[str, int]:
        response = await self._client.get_item(
            TableName=self._table, Key=usage_key(owner, TOTAL), ConsistentRead=True
        )
        return _read_numbers(response.get("Item", {}))


def count_arrival(reservation: Reservation | None, size: int) -> dict[str, int]:
    """Return the steps of an upload that arrives, beside those of the totals."""
    if reservation is None:
        return {COMMITTED_IMAGES: 1, COMMITTED_BYTES: size}
    return {RESERVED_IMAGES: -1, **_count_window(reservation)}


def count_cancellation(reservation: Reservation) -> dict[str, int]:
    """Return the steps of an upload that will not arrive."""
    return {
        COMMITTED_IMAGES: -1,
        COMMITTED_BYTES: -reservation.bytes,
        RESERVED_IMAGES: -1,
        **_count_window(reservation),
    }


def count_committed(total: Mapping[str, Any], stored: Amount) -> dict[str, int]:
    """Return the counts that an item should have, given what is stored; none if it has none."""
    if RESERVING not in total:
        return {}
    reserved = sum_windows({name: int(total[name]) for name in _list_windows(total)})
    return {
        COMMITTED_IMAGES: stored.images + reserved.images,
        COMMITTED_BYTES: stored.bytes + reserved.bytes,
        RESERVED_IMAGES: reserved.images,
    }


def sum_windows(total: Mapping[str, int], since: float = 0) -> Amount:
    """Return what those windows of an item reserve that lapse after `since`."""
    live = [name for name in _list_windows(total) if _end_of(name) > since]
    return Amount(
        sum(total[name] for name in live if name.startswith(WINDOW_IMAGES)),
        sum(total[name] for name in live if name.startswith(WINDOW_BYTES)),
    )


def _count_window(reservation: Reservation) -> dict[str, int]:
    return {
        f"{WINDOW_IMAGES}{reservation.until}": -1,
        f"{WINDOW_BYTES}{reservation.until}": -reservation.bytes,
    }


def _list_windows(total: Mapping[str, Any]) -> list[str]:
    return [name for name in total if name.startswith((WINDOW_IMAGES, WINDOW_BYTES))]


def _end_of(window: str) -> int:
    return int(window.rpartition("_")[2])


def _read_numbers(item: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(value["N"]) for name, value in item.items() if "N" in value}
