"""The contract of `IdempotencyStore`."""

import pytest

from sightline.ports.idempotency_store import RequestClaimed, StoredResponse
from sightline.ports.tables import Tables
from sightline_testing.builders import (
    new_owner,
)

RESPONSE = StoredResponse(201, {"location": "/x"}, '{"id": "x"}')


async def test_a_repeated_request_receives_the_stored_response(tables: Tables) -> None:
    owner = new_owner()
    assert await tables.idempotency.claim(owner, "k", "f", 60) is None
    with pytest.raises(RequestClaimed) as caught:
        await tables.idempotency.claim(owner, "k", "f", 60)
    assert caught.value.same
    await tables.idempotency.store(owner, "k", RESPONSE, 60)
    assert await tables.idempotency.claim(owner, "k", "f", 60) == RESPONSE
    with pytest.raises(RequestClaimed) as caught:
        await tables.idempotency.claim(owner, "k", "other", 60)
    assert not caught.value.same
    assert await tables.idempotency.claim(new_owner(), "k", "f", 60) is None


async def test_a_released_or_expired_key_can_be_claimed_again(tables: Tables) -> None:
    owner = new_owner()
    await tables.idempotency.claim(owner, "k", "f", 60)
    await tables.idempotency.release(owner, "k")
    assert await tables.idempotency.claim(owner, "k", "other", 0) is None
    assert await tables.idempotency.claim(owner, "k", "f", 60) is None
