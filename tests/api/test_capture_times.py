"""Corrections of the time of capture."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from api.conftest import Gateway
from sightline.domain.capture import Capture
from sightline.domain.images import Image
from sightline_testing.builders import ETAG, make_image, make_rendition_set, with_recognition

#: The time that the file records.
RECORDED = datetime(2026, 6, 21, 21, 14, 8)  # noqa: DTZ001 - as most cameras write it


@pytest.fixture
def image(gateway: Gateway) -> Image:
    """A ready image of the owner."""
    created = make_image(gateway.owner)
    renditions = make_rendition_set().model_copy(update={"capture": Capture(taken_at=RECORDED)})
    part = created.renditions.begin(ETAG).succeed(renditions)
    ready = with_recognition(created, "Dog").with_part("renditions", part)

    async def store() -> None:
        await gateway.tables.images.create(created)
        await gateway.tables.images.store(created, ready)

    asyncio.run(store())
    return ready


def edit(gateway: Gateway, image: Image, taken_at: object) -> Any:
    return gateway.client.request(
        "PATCH",
        f"/v1/images/{image.image_id}",
        json={"taken_at_override": taken_at},
        headers=gateway.headers(),
    )


def read(gateway: Gateway, image: Image) -> tuple[Any, Any]:
    """Return the image and its summary in the list."""
    headers = gateway.headers()
    single = gateway.client.get(f"/v1/images/{image.image_id}", headers=headers).json()
    (listed,) = gateway.client.get("/v1/images", headers=headers).json()["items"]
    return single, listed


@pytest.mark.parametrize(
    ("sent", "instant"),
    [
        ("1987-08-02T16:30:00", None),
        ("1987-08-02T16:30:00Z", "1987-08-02T16:30:00Z"),
        ("1987-08-02T16:30:00-07:00", "1987-08-02T16:30:00-07:00"),
    ],
)
def test_the_owner_corrects_the_time_and_restores_that_of_the_file(
    gateway: Gateway, image: Image, sent: str, instant: str | None
) -> None:
    edited = edit(gateway, image, sent)
    assert edited.status_code == 200
    single, listed = read(gateway, image)
    assert edited.json() == single
    assert single["taken_at_override"] == sent.replace("Z", "+00:00")
    for shown in (single, listed):
        assert (shown["taken_at"], shown["taken_at_local"]) == (instant, "1987-08-02T16:30:00")
    assert single["capture"]["taken_at_local"] == RECORDED.isoformat()

    assert edit(gateway, image, None).status_code == 200
    single, listed = read(gateway, image)
    assert single["taken_at_override"] is None
    for shown in (single, listed):
        assert (shown["taken_at"], shown["taken_at_local"]) == (None, RECORDED.isoformat())


def test_other_edits_keep_the_time(gateway: Gateway, image: Image) -> None:
    edit(gateway, image, "1987-08-02T16:30:00")
    url = f"/v1/images/{image.image_id}"
    edited = gateway.client.request(
        "PATCH", url, json={"title": "Beach"}, headers=gateway.headers()
    )
    assert edited.json()["taken_at_override"] == "1987-08-02T16:30:00"


def test_filters_use_the_time_of_the_owner(gateway: Gateway, image: Image) -> None:
    def find(start: str, end: str) -> list[str]:
        params = {"taken_from": start, "taken_until": end}
        page = gateway.client.get("/v1/images", params=params, headers=gateway.headers()).json()
        return [item["id"] for item in page["items"]]

    in_the_file = ("2026-06-21T00:00:00", "2026-06-22T00:00:00")
    corrected = ("1987-08-02T00:00:00", "1987-08-03T00:00:00")
    assert (find(*in_the_file), find(*corrected)) == ([image.image_id], [])
    edit(gateway, image, "1987-08-02T16:30:00")
    assert (find(*in_the_file), find(*corrected)) == ([], [image.image_id])


def test_a_time_is_accepted_before_the_upload(gateway: Gateway) -> None:
    awaiting = make_image(gateway.owner)
    asyncio.run(gateway.tables.images.create(awaiting))
    edited = edit(gateway, awaiting, "1987-08-02T16:30:00")
    assert (edited.status_code, edited.json()["taken_at_local"]) == (200, "1987-08-02T16:30:00")


@pytest.mark.parametrize(
    "taken_at",
    [
        "1987-08-02",
        "1987-08-02 16:30:00",
        "1987-02-30T16:30:00",
        "0000-01-01T00:00:00",
        "1987-08-02T16:30:60",
        "1987-08-02T24:00:00",
        "1987-08-02T16:30:00+18:30",
        "1987-08-02T16:30:00\n",
        "١٩٨٧-08-02T16:30:00",
        554_916_600,
    ],
)
def test_an_invalid_time_is_rejected(gateway: Gateway, image: Image, taken_at: object) -> None:
    response = edit(gateway, image, taken_at)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    (error,) = response.json()["errors"]
    assert "taken_at_override" in str(error)


@pytest.mark.parametrize("taken_at", ["0001-01-01T00:00:00+14:59", "9999-12-31T23:59:59-14:59"])
def test_the_ends_of_the_calendar_are_accepted(
    gateway: Gateway, image: Image, taken_at: str
) -> None:
    assert edit(gateway, image, taken_at).status_code == 200
    for single_or_listed in read(gateway, image):
        assert single_or_listed["taken_at"] == taken_at
    params = {"taken_from": "1987-08-02T00:00:00"}
    response = gateway.client.get("/v1/images", params=params, headers=gateway.headers())
    assert response.status_code == 200
