"""A request that is sent again is answered again, and not done again."""

import asyncio
from typing import Any

import pytest

from api.conftest import Gateway
from sightline_testing.builders import SHA256, new_owner

TICKET = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}


def post(gateway: Gateway, key: str, body: Any = TICKET, owner: str | None = None) -> Any:
    headers = {**gateway.headers(owner), "Idempotency-Key": key}
    return gateway.client.post("/v1/images", json=body, headers=headers)


def count(gateway: Gateway, owner: str | None = None) -> int:
    return len(asyncio.run(gateway.tables.images.page(owner or gateway.owner, 100)).images)


def test_the_same_request_has_the_same_answer(gateway: Gateway) -> None:
    first, second = post(gateway, "k"), post(gateway, "k")
    assert second.json() == first.json()
    assert second.status_code == 201
    assert second.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert count(gateway) == 1


def test_without_a_key_each_request_is_another(gateway: Gateway) -> None:
    for _ in range(2):
        gateway.client.post("/v1/images", json=TICKET, headers=gateway.headers())
    assert count(gateway) == 2


def test_a_key_belongs_to_its_owner(gateway: Gateway) -> None:
    other = new_owner()
    post(gateway, "k")
    assert "Idempotent-Replayed" not in post(gateway, "k", owner=other).headers
    assert count(gateway, other) == 1


def test_a_key_is_for_one_request(gateway: Gateway) -> None:
    post(gateway, "k")
    answer = post(gateway, "k", {**TICKET, "bytes": 6})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    headers = {**gateway.headers(), "Idempotency-Key": "k"}
    answer = gateway.client.post("/v1/images/batch", json=TICKET, headers=headers)
    assert answer.json()["code"] == "idempotency_key_reused"


def test_a_request_that_is_being_answered_is_not_done_twice(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner: list[Any] = []
    create = gateway.tables.images.create

    async def slow(image: Any) -> None:
        try:
            store: Any = gateway.tables.idempotency
            fingerprint = store._requests[gateway.owner, "k"][0]
            await gateway.tables.idempotency.claim(gateway.owner, "k", fingerprint, 60)
        except Exception as error:
            inner.append(error)
        await create(image)

    monkeypatch.setattr(gateway.tables.images, "create", slow)
    assert post(gateway, "k").status_code == 201
    assert [type(error).__name__ for error in inner] == ["RequestClaimed"]
    assert inner[0].same


def test_a_request_that_failed_may_be_tried_again(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(gateway.tables.images, "create", fail)
        assert post(gateway, "k").status_code == 500
    assert post(gateway, "k", {**TICKET, "bytes": 2**40}).status_code == 413
    assert post(gateway, "k").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 201])
def test_an_impossible_key_is_refused(gateway: Gateway, key: str) -> None:
    answer = post(gateway, key)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_idempotency_key")


def test_without_a_token_a_key_is_nothing(gateway: Gateway) -> None:
    answer = gateway.client.post("/v1/images", json=TICKET, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 401
