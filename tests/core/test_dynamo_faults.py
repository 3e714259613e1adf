"""What moto cannot be brought to say: a transaction that loses against another."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sightline.adapters.dynamo import DynamoIdempotencyStore, DynamoImageTable
from sightline.adapters.dynamo.transactions import TransactionContended
from sightline.optimistic import Conflict
from sightline_testing.builders import make_image, with_recognition


def cancelled(*codes: str) -> ClientError:
    response: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
        "CancellationReasons": [{"Code": code} for code in codes],
    }
    return ClientError(response, "TransactWriteItems")


class ContendedClient:
    """Cancels the first transactions for the given reason, then takes them."""

    def __init__(self, times: int, *codes: str) -> None:
        self.left = times
        self.codes = codes
        self.calls = 0

    async def transact_write_items(self, **_: object) -> None:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise cancelled(*self.codes)


async def write(client: ContendedClient) -> None:
    image = make_image()
    table = DynamoImageTable(client, "table")  # type: ignore[arg-type]
    await table.store(image, with_recognition(image, "Dog"))


@pytest.mark.parametrize(
    "reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
async def test_a_passing_reason_is_tried_again(reason: str) -> None:
    client = ContendedClient(3, "None", reason, "None")
    await write(client)
    assert client.calls == 4


async def test_the_retry_is_bounded() -> None:
    client = ContendedClient(1000, "TransactionConflict")
    with pytest.raises(TransactionContended):
        await write(client)
    assert client.calls == 10


async def test_a_condition_that_does_not_hold_is_a_conflict_at_once() -> None:
    client = ContendedClient(1, "ConditionalCheckFailed", "TransactionConflict")
    with pytest.raises(Conflict):
        await write(client)
    assert client.calls == 1


async def test_another_reason_goes_up() -> None:
    client = ContendedClient(1, "ValidationError")
    with pytest.raises(ClientError):
        await write(client)
    assert client.calls == 1


class ForgettingClient:
    """Remembers what its queries asked for; finds nothing, takes every write."""

    def __init__(self) -> None:
        self.queries: list[dict[str, Any]] = []

    async def query(self, **request: Any) -> dict[str, Any]:
        self.queries.append(request)
        return {"Items": []}

    async def transact_write_items(self, **_: object) -> None:
        pass


async def test_a_deletion_looks_for_what_was_written_a_moment_ago() -> None:
    """moto and its kin are always consistent, so that it is asked for is all there is to see."""
    client = ForgettingClient()
    table = DynamoImageTable(client, "table")  # type: ignore[arg-type]
    await table.remove(make_image())
    assert client.queries
    assert all(request["ConsistentRead"] for request in client.queries)


class RepeatedClient:
    """The SDK's second attempt at a write whose first answer was lost: done, and refused."""

    def __init__(self) -> None:
        self.item: dict[str, Any] = {}

    async def put_item(self, Item: dict[str, Any], **_: object) -> None:  # noqa: N803 - boto's
        self.item = Item
        response: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
        raise ClientError(response, "PutItem")

    async def get_item(self, **_: object) -> dict[str, Any]:
        return {"Item": self.item}


async def test_a_claim_whose_answer_was_lost_is_held() -> None:
    """Else whoever sent the request would be told for a minute that it is being answered."""
    table = DynamoIdempotencyStore(RepeatedClient(), "table")  # type: ignore[arg-type]
    assert await table.claim("owner", "key", "fingerprint", 60) is None
