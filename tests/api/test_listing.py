"""Listing some of an owner's images."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.conftest import Gateway
from sightline.domain.capture import Capture
from sightline.domain.ids import first_image_id, new_image_id
from sightline.domain.images import Image
from sightline_testing.builders import ETAG, make_image, make_rendition_set, with_recognition


def add(gateway: Gateway, taken_at: datetime | None = None, ready: bool = True) -> Image:
    image = make_image(gateway.owner)
    development = make_rendition_set().model_copy(update={"capture": Capture(taken_at=taken_at)})
    part = image.renditions.begin(ETAG).succeed(development)
    done = with_recognition(image, "Dog").with_part("renditions", part)

    async def fill() -> None:
        await gateway.tables.images.create(image)
        if ready:
            await gateway.tables.images.store(image, done)

    asyncio.run(fill())
    return image


def ids(gateway: Gateway, **params: Any) -> list[str]:
    found: list[str] = []
    while True:
        answer = gateway.client.get("/v1/images", params=params, headers=gateway.headers())
        assert answer.status_code == 200, answer.text
        found += [item["id"] for item in answer.json()["items"]]
        params["cursor"] = answer.json()["next_cursor"]
        if params["cursor"] is None:
            return found


def test_images_are_listed_by_status(gateway: Gateway) -> None:
    images = [add(gateway, ready=number % 3 == 0) for number in range(10)]
    ready = [images[number].image_id for number in (9, 6, 3, 0)]
    assert ids(gateway, status="ready", limit=3) == ready
    assert len(ids(gateway, status="awaiting_upload", limit=4)) == 6
    assert ids(gateway, status="failed") == []


def test_images_are_listed_by_the_time_they_were_made(gateway: Gateway) -> None:
    add(gateway)
    now = datetime.now(UTC)
    assert len(ids(gateway, created_from=(now - timedelta(minutes=1)).isoformat())) == 1
    assert ids(gateway, created_from=(now + timedelta(minutes=1)).isoformat()) == []
    assert len(ids(gateway, created_until=(now + timedelta(minutes=1)).isoformat())) == 1
    assert ids(gateway, created_until=(now - timedelta(minutes=1)).isoformat()) == []


def test_images_are_listed_by_the_time_they_were_taken(gateway: Gateway) -> None:
    summer = add(gateway, datetime(2026, 7, 1, 12, tzinfo=UTC))
    winter = add(gateway, datetime(2026, 1, 1, 12))  # noqa: DTZ001 - as most cameras write it
    add(gateway)
    found = ids(gateway, taken_from="2026-01-01T12:00:00Z", taken_until="2026-07-01T12:00:00Z")
    assert found == [winter.image_id]
    assert ids(gateway, taken_from="2026-03-01T00:00:00+02:00") == [summer.image_id]


def test_a_page_that_passes_over_many_ends_with_a_cursor(gateway: Gateway) -> None:
    wanted = add(gateway)
    for _ in range(1100):
        asyncio.run(gateway.tables.images.create(make_image(gateway.owner)))
    answer = gateway.client.get(
        "/v1/images", params={"status": "ready"}, headers=gateway.headers()
    ).json()
    assert answer["items"] == []
    assert answer["next_cursor"] is not None
    assert ids(gateway, status="ready") == [wanted.image_id]


@pytest.mark.parametrize(
    "params", [{"status": "lost"}, {"created_from": "yesterday"}, {"taken_until": "2026-13-01"}]
)
def test_a_filter_of_nonsense_is_refused(gateway: Gateway, params: dict[str, str]) -> None:
    answer = gateway.client.get("/v1/images", params=params, headers=gateway.headers())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "1969-01-01T00:00:00Z"]
)
def test_times_at_the_ends_of_time_are_only_times(gateway: Gateway, at: str) -> None:
    add(gateway)
    for name in ("created_from", "created_until", "taken_from", "taken_until"):
        ids(gateway, **{name: at})


def test_the_first_id_of_a_moment_sorts_before_all_of_it() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=2)
    image_id = new_image_id()
    assert first_image_id(before) < image_id < first_image_id(before + timedelta(seconds=1))
