"""Usage and quotas."""

import asyncio

import pytest

from api.conftest import Gateway, serve
from sightline.domain.clock import now
from sightline_api.settings import ApiSettings
from sightline_testing.builders import ETAG, SHA256, make_image, new_owner, with_recognition
from sightline_testing.tokens import TokenIssuer

TICKET = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}


def arrive(gateway: Gateway, owner: str | None = None) -> None:
    image = make_image(owner or gateway.owner)
    begun = image.with_part("renditions", image.renditions.begin(ETAG))

    async def fill() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, begun)
        await gateway.tables.images.store(begun, with_recognition(begun, "Dog"))

    asyncio.run(fill())


def test_usage_tells_what_there_is_and_what_it_cost(gateway: Gateway) -> None:
    for _ in range(3):
        arrive(gateway)
    arrive(gateway, new_owner())
    usage = gateway.client.get("/v1/usage", headers=gateway.headers()).json()
    assert usage == {
        "images": 3,
        "bytes": 15,
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


def test_who_has_nothing_has_used_nothing(gateway: Gateway) -> None:
    usage = gateway.client.get("/v1/usage", headers=gateway.headers()).json()
    assert (usage["images"], usage["bytes"], usage["months"]) == (0, 0, [])


@pytest.mark.parametrize("quota", [{"owner_max_images": 2}, {"owner_max_bytes": 14}])
def test_above_the_quota_there_is_no_ticket(
    pool: TokenIssuer, settings: ApiSettings, quota: dict[str, int]
) -> None:
    with serve(pool, settings.model_copy(update=quota)) as gateway:
        arrive(gateway)
        answer = gateway.client.post("/v1/images", json=TICKET, headers=gateway.headers())
        assert answer.status_code == 201
        arrive(gateway)
        answer = gateway.client.post("/v1/images", json=TICKET, headers=gateway.headers())
        assert (answer.status_code, answer.json()["code"]) == (403, "quota_exceeded")
        other = gateway.headers(new_owner())
        assert gateway.client.post("/v1/images", json=TICKET, headers=other).status_code == 201
