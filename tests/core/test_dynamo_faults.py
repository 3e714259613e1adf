"""Responses of DynamoDB that moto cannot produce, such as a transaction conflict."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sightline.adapters.dynamo import DynamoIdempotencyStore, DynamoImageTable
from sightline.adapters.dynamo.transactions import TransactionContended
from sightline.optimistic import Conflict
from sightline_testing.builders import make_image, with_recognition


def transaction_cancelled(*codes: str) -> ClientError:
    response: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
        "CancellationReasons": [{"Code": code} for code in codes],
    }
    return ClientError(response, "TransactWriteItems")


class ContendedClient:
    """Cancels the first `times` transactions for these reasons, then accepts them."""

    def __init__(self, times: int, *codes: str) -> None:
        self.remaining = times
        self.codes = codes
        self.calls = 0

    async def transact_write_items(self, **_: object) -> None:
        self.calls += 1
        if self.remaining:
            self.remaining -= 1
            raise transaction_cancelled(*self.codes)


async def write(client: ContendedClient) -> None:
    image = make_image()
    table = DynamoImageTable(client, "table")  # type: ignore[arg-type]
    await table.store(image, with_recognition(image, "Dog"))


@pytest.mark.parametrize(
    "reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
async def test_transaction_is_retried_after_a_transient_reason(reason: str) -> None:
    client = ContendedClient(3, "None", reason, "None")
    await write(client)
    assert client.calls == 4


async def test_number_of_transaction_attempts_is_bounded() -> None:
    client = ContendedClient(1000, "TransactionConflict")
    with pytest.raises(TransactionContended):
        await write(client)
    assert client.calls == 10


async def test_failed_condition_raises_a_conflict_without_a_retry() -> None:
    client = ContendedClient(1, "ConditionalCheckFailed", "TransactionConflict")
    with pytest.raises(Conflict):
        await write(client)
    assert client.calls == 1


async def test_other_reason_is_raised_without_a_retry() -> None:
    client = ContendedClient(1, "ValidationError")
    with pytest.raises(ClientError):
        await write(client)
    assert client.calls == 1


class EmptyTableClient:
    """Records its queries; finds nothing, and accepts every write."""

    def __init__(self) -> None:
        self.queries: list[dict[str, Any]] = []

    async def query(self, **request: Any) -> dict[str, Any]:
        self.queries.append(request)
        return {"Items": []}

    async def transact_write_items(self, **_: object) -> None:
        pass


async def test_remove_queries_with_consistent_reads() -> None:
    """Emulators are always consistent, so the test inspects the requests."""
    client = EmptyTableClient()
    table = DynamoImageTable(client, "table")  # type: ignore[arg-type]
    await table.remove(make_image())
    assert client.queries
    assert all(request["ConsistentRead"] for request in client.queries)


class RepeatedWriteClient:
    """A write that the SDK repeats after a lost response: the item exists, so it fails."""

    def __init__(self) -> None:
        self.item: dict[str, Any] = {}

    async def put_item(self, Item: dict[str, Any], **_: object) -> None:  # noqa: N803 - name in boto
        self.item = Item
        response: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
        raise ClientError(response, "PutItem")

    async def get_item(self, **_: object) -> dict[str, Any]:
        return {"Item": self.item}


async def test_claim_succeeds_if_only_its_response_was_lost() -> None:
    """Otherwise the client would receive a conflict until the claim expires."""
    table = DynamoIdempotencyStore(RepeatedWriteClient(), "table")  # type: ignore[arg-type]
    assert await table.claim("owner", "key", "fingerprint", 60) is None
