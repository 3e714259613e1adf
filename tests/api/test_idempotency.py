"""Idempotency keys: a repeated request returns the first response and has no further effect."""

import asyncio
from typing import Any

import pytest

from api.conftest import Gateway, PlainSigner
from sightline.domain.images import Image
from sightline.ports.idempotency_store import StoredResponse
from sightline_api.urls.signer import PresignedPost
from sightline_testing.builders import SHA256, new_owner

UPLOAD_REQUEST = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}


def post(gateway: Gateway, key: str, body: Any = UPLOAD_REQUEST, owner: str | None = None) -> Any:
    headers = {**gateway.headers(owner), "Idempotency-Key": key}
    return gateway.client.post("/v1/images", json=body, headers=headers)


def count_images(gateway: Gateway, owner: str | None = None) -> int:
    return len(asyncio.run(gateway.tables.images.page(owner or gateway.owner, 100)).images)


def test_a_repeated_request_returns_the_first_response(gateway: Gateway) -> None:
    first, second = post(gateway, "k"), post(gateway, "k")
    assert second.json()["image"] == first.json()["image"]
    assert second.json()["duplicate_of"] == first.json()["duplicate_of"]
    assert second.status_code == 201
    assert second.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert count_images(gateway) == 1


def test_a_repeated_request_returns_a_presigned_post_that_is_valid_as_long_as_the_first(
    gateway: Gateway,
) -> None:
    first, second = (post(gateway, "k").json()["upload"] for _ in range(2))
    assert (second["url"], second["fields"]) == (first["url"], first["fields"])
    assert second["expires_at"] > first["expires_at"]


def test_the_largest_batch_is_replayed_with_the_longest_credentials(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sign_upload(_: Any, image: Image, seconds: int) -> PresignedPost:
        token = "x" * 4_096
        return PresignedPost("http://s3", {"key": image.image_id, "token": token, "policy": token})

    monkeypatch.setattr(PlainSigner, "sign_upload", sign_upload)
    title = "\N{SUNRISE OVER MOUNTAINS}" * 200
    batch = {"images": [{**UPLOAD_REQUEST, "title": title}] * 100}

    def create() -> Any:
        headers = {**gateway.headers(), "Idempotency-Key": "k"}
        return gateway.client.post("/v1/images/batch", json=batch, headers=headers)

    first, second = create(), create()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert count_images(gateway) == 100
    uploads = [
        [outcome["upload"] for outcome in response.json()["items"]] for response in (first, second)
    ]
    for before, after in zip(*uploads, strict=True):
        assert after["image"] == before["image"]
        assert after["upload"]["fields"] == before["upload"]["fields"]


def test_a_stored_response_has_no_credentials(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[StoredResponse] = []
    store = gateway.tables.idempotency.store

    async def keep(owner: str, key: str, response: StoredResponse, seconds: float) -> None:
        stored.append(response)
        await store(owner, key, response, seconds)

    monkeypatch.setattr(gateway.tables.idempotency, "store", keep)
    post(gateway, "k")
    assert "fields" not in stored[0].body


def test_requests_without_a_key_are_independent(gateway: Gateway) -> None:
    for _ in range(2):
        gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
    assert count_images(gateway) == 2


def test_each_owner_has_separate_keys(gateway: Gateway) -> None:
    other = new_owner()
    post(gateway, "k")
    assert "Idempotent-Replayed" not in post(gateway, "k", owner=other).headers
    assert count_images(gateway, other) == 1


def test_a_key_cannot_be_reused_for_another_request(gateway: Gateway) -> None:
    post(gateway, "k")
    response = post(gateway, "k", {**UPLOAD_REQUEST, "bytes": 6})
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    headers = {**gateway.headers(), "Idempotency-Key": "k"}
    response = gateway.client.post("/v1/images/batch", json=UPLOAD_REQUEST, headers=headers)
    assert response.json()["code"] == "idempotency_key_reused"


def test_a_request_in_progress_is_not_executed_twice(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[Any] = []
    create = gateway.tables.images.create

    async def create_after_a_repetition(image: Any) -> None:
        try:
            store: Any = gateway.tables.idempotency
            fingerprint = store._requests[gateway.owner, "k"][0]
            await gateway.tables.idempotency.claim(gateway.owner, "k", fingerprint, 60)
        except Exception as error:
            errors.append(error)
        await create(image)

    monkeypatch.setattr(gateway.tables.images, "create", create_after_a_repetition)
    assert post(gateway, "k").status_code == 201
    assert [type(error).__name__ for error in errors] == ["RequestClaimed"]
    assert errors[0].same


def test_a_failed_request_can_be_retried(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(gateway.tables.images, "create", fail)
        assert post(gateway, "k").status_code == 500
    assert post(gateway, "k", {**UPLOAD_REQUEST, "bytes": 2**40}).status_code == 413
    assert post(gateway, "k").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 201])
def test_an_invalid_key_is_rejected(gateway: Gateway, key: str) -> None:
    response = post(gateway, key)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_idempotency_key")


def test_a_key_requires_a_token(gateway: Gateway) -> None:
    response = gateway.client.post(
        "/v1/images", json=UPLOAD_REQUEST, headers={"Idempotency-Key": "k"}
    )
    assert response.status_code == 401
