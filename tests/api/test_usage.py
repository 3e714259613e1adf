"""Usage and storage quotas of an owner."""

import asyncio
from collections import Counter

import pytest

from api.conftest import Gateway, serve
from sightline.adapters.dynamo.queries import TableBusy
from sightline.domain.clock import now
from sightline_api.settings import ApiSettings
from sightline_testing.builders import ETAG, SHA256, make_image, new_owner, with_recognition
from sightline_testing.tokens import TokenIssuer

UPLOAD_REQUEST = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}


def add_recognized(gateway: Gateway, owner: str | None = None) -> None:
    """Add an image that was uploaded and recognized."""
    image = make_image(owner or gateway.owner)
    started = image.with_part("renditions", image.renditions.begin(ETAG))

    async def store() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, started)
        await gateway.tables.images.store(started, with_recognition(started, "Dog"))

    asyncio.run(store())


def test_usage_reports_stored_images_and_recognition_costs(gateway: Gateway) -> None:
    for _ in range(3):
        add_recognized(gateway)
    add_recognized(gateway, new_owner())
    usage = gateway.client.get("/v1/usage", headers=gateway.headers()).json()
    assert usage == {
        "images": 3,
        "bytes": 15,
        "trashed_images": 0,
        "trashed_bytes": 0,
        "reserved_images": 0,
        "reserved_bytes": 0,
        "max_images": None,
        "max_bytes": None,
        "months": [
            {
                "month": now().strftime("%Y-%m"),
                "images": 3,
                "bytes": 15,
                "calls": {"labels": 3},
                "estimated_cost": 0.003,
            }
        ],
    }


def test_usage_of_a_new_owner_is_zero(gateway: Gateway) -> None:
    usage = gateway.client.get("/v1/usage", headers=gateway.headers()).json()
    assert (usage["images"], usage["bytes"], usage["months"]) == (0, 0, [])


@pytest.mark.parametrize("quota", [{"owner_max_images": 2}, {"owner_max_bytes": 14}])
def test_an_upload_above_the_quota_is_rejected(
    pool: TokenIssuer, settings: ApiSettings, quota: dict[str, int]
) -> None:
    with serve(pool, settings.model_copy(update=quota)) as gateway:
        add_recognized(gateway)
        response = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
        assert response.status_code == 201
        add_recognized(gateway)
        response = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
        assert (response.status_code, response.json()["code"]) == (403, "quota_exceeded")
        other = gateway.headers(new_owner())
        assert (
            gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=other).status_code == 201
        )


def test_a_batch_in_parallel_stays_within_the_quota(
    pool: TokenIssuer, settings: ApiSettings
) -> None:
    with serve(pool, settings.model_copy(update={"owner_max_images": 3})) as gateway:
        uploads = {"images": [UPLOAD_REQUEST] * 8}
        response = gateway.client.post("/v1/images/batch", json=uploads, headers=gateway.headers())
        statuses = Counter(item["status"] for item in response.json()["items"])
        assert statuses == {201: 3, 403: 5}
        usage = gateway.client.get("/v1/usage", headers=gateway.headers()).json()
        assert (usage["images"], usage["reserved_images"], usage["reserved_bytes"]) == (0, 3, 15)


def test_a_cancelled_upload_gives_back_what_it_reserved(
    pool: TokenIssuer, settings: ApiSettings
) -> None:
    with serve(pool, settings.model_copy(update={"owner_max_bytes": 5})) as gateway:
        upload = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
        image = f"/v1/images/{upload.json()['image']['id']}?permanent=true"
        assert gateway.client.delete(image, headers=gateway.headers()).status_code == 204
        again = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
        assert again.status_code == 201


def test_outstanding_uploads_are_bounded(pool: TokenIssuer, settings: ApiSettings) -> None:
    with serve(pool, settings.model_copy(update={"owner_max_uploads": 1})) as gateway:
        first = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
        assert first.status_code == 201
        second = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
        assert (second.status_code, second.json()["code"]) == (429, "too_many_uploads")
        assert int(second.headers["Retry-After"]) > 0


def test_an_upload_that_cannot_be_created_reserves_nothing(
    pool: TokenIssuer, settings: ApiSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(pool, settings.model_copy(update={"owner_max_images": 1})) as gateway:

        async def fail(_: object) -> None:
            raise TableBusy("busy")

        with monkeypatch.context() as patch:
            patch.setattr(gateway.tables.images, "create", fail)
            failed = gateway.client.post(
                "/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers()
            )
            assert failed.status_code == 503
        response = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
        assert response.status_code == 201
