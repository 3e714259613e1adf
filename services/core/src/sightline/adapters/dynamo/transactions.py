"""Transactions and conditions of DynamoDB, and what their errors mean."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import stamina
from botocore.exceptions import ClientError

from sightline.optimistic import Conflict
from sightline.ports.errors import DependencyBusy

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Items that one transaction takes.
#: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
MAX_TRANSACTION_ITEMS = 100

#: Reasons for which DynamoDB cancels a transaction that would succeed a moment later.
#: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
TRANSIENT_REASONS = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)

#: A condition: the row exists and is not being deleted.
LIVE = "attribute_exists(pk) AND attribute_not_exists(deleted_at)"


class TransactionContended(DependencyBusy):
    """Another transaction held one of the items, or the table throttled."""


@stamina.retry(on=TransactionContended, attempts=10, timeout=15, wait_initial=0.02, wait_max=1)
async def transact(client: "DynamoDBClient", items: "Iterable[TransactWriteItemTypeDef]") -> None:
    """Write all items or none; retry transient cancellations.

    Raises `TransactionContended` when the retries are exhausted, and `ClientError`.
    """
    try:
        await client.transact_write_items(TransactItems=list(items))
    except ClientError as error:
        reasons = _cancellation_reasons(error)
        if reasons & TRANSIENT_REASONS and "ConditionalCheckFailed" not in reasons:
            raise TransactionContended from error
        raise


def is_condition_failure(error: ClientError) -> bool:
    """Return whether a condition did not hold, alone or inside a transaction."""
    code = error.response["Error"]["Code"]
    return code == "ConditionalCheckFailedException" or (
        code == "TransactionCanceledException"
        and "ConditionalCheckFailed" in _cancellation_reasons(error)
    )


def raise_conflict(error: ClientError) -> None:
    """Raise `Conflict` for a failed condition, and every other error as it is."""
    if is_condition_failure(error):
        raise Conflict from error
    raise error


def _cancellation_reasons(error: ClientError) -> frozenset[str]:
    reasons = error.response.get("CancellationReasons", [])
    return frozenset(reason.get("Code", "None") for reason in reasons)
