"""Filters of the list of images."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from api.conftest import Gateway
from sightline.domain.capture import Capture
from sightline.domain.ids import first_image_id, new_image_id
from sightline.domain.images import Image
from sightline_testing.builders import ETAG, make_image, make_rendition_set, with_recognition


def add_image(gateway: Gateway, taken_at: datetime | None = None, ready: bool = True) -> Image:
    image = make_image(gateway.owner)
    renditions = make_rendition_set().model_copy(update={"capture": Capture(taken_at=taken_at)})
    part = image.renditions.begin(ETAG).succeed(renditions)
    done = with_recognition(image, "Dog").with_part("renditions", part)

    async def store() -> None:
        await gateway.tables.images.create(image)
        if ready:
            await gateway.tables.images.store(image, done)

    asyncio.run(store())
    return image


def list_ids(gateway: Gateway, **params: Any) -> list[str]:
    """Return the ids of all pages."""
    found: list[str] = []
    while True:
        response = gateway.client.get("/v1/images", params=params, headers=gateway.headers())
        assert response.status_code == 200, response.text
        found += [item["id"] for item in response.json()["items"]]
        params["cursor"] = response.json()["next_cursor"]
        if params["cursor"] is None:
            return found


def test_images_are_filtered_by_status(gateway: Gateway) -> None:
    images = [add_image(gateway, ready=number % 3 == 0) for number in range(10)]
    ready = [images[number].image_id for number in (9, 6, 3, 0)]
    assert list_ids(gateway, status="ready", limit=3) == ready
    assert len(list_ids(gateway, status="awaiting_upload", limit=4)) == 6
    assert list_ids(gateway, status="failed") == []


def test_list_leaves_out_images_that_await_their_upload(gateway: Gateway) -> None:
    """A page is filled with what follows them, and the cursor continues after them."""
    images = [add_image(gateway, ready=number % 3 == 0) for number in range(10)]
    ready = [images[number].image_id for number in (9, 6, 3, 0)]
    for limit in range(1, 6):
        assert list_ids(gateway, limit=limit) == ready
    page = gateway.client.get("/v1/images", params={"limit": 4}, headers=gateway.headers()).json()
    assert [item["id"] for item in page["items"]] == ready
    awaiting = [image.image_id for image in reversed(images) if image.image_id not in ready]
    assert list_ids(gateway, status="awaiting_upload") == awaiting


def test_label_album_and_search_leave_out_images_that_await_their_upload(gateway: Gateway) -> None:
    awaiting, ready = add_image(gateway, ready=False), add_image(gateway)
    headers, both = gateway.headers(), [awaiting.image_id, ready.image_id]
    for image_id in both:
        path, body = f"/v1/images/{image_id}", {"labels_added": ["Holiday"]}
        edited = gateway.client.request("PATCH", path, json=body, headers=headers)
        assert edited.status_code == 200
    album = gateway.client.post("/v1/albums", json={"title": "Summer"}, headers=headers)
    gateway.client.post(f"{album.headers['Location']}/images", json={"ids": both}, headers=headers)
    album_id = album.json()["id"]
    assert list_ids(gateway, label="Holiday") == [ready.image_id]
    assert list_ids(gateway, album=album_id) == [ready.image_id]
    assert list_ids(gateway, album=album_id, status="awaiting_upload") == [awaiting.image_id]
    assert list_ids(gateway, label="Holiday", album=album_id) == [ready.image_id]


def test_list_ends_in_a_cursor_after_many_images_that_await_their_upload(gateway: Gateway) -> None:
    ready = add_image(gateway)
    for _ in range(1100):
        asyncio.run(gateway.tables.images.create(make_image(gateway.owner)))
    page = gateway.client.get("/v1/images", params={"limit": 1}, headers=gateway.headers()).json()
    assert page["items"] == []
    assert page["next_cursor"] is not None
    assert list_ids(gateway, limit=1) == [ready.image_id]


def test_images_are_filtered_by_creation_time(gateway: Gateway) -> None:
    add_image(gateway)
    now = datetime.now(UTC)
    assert len(list_ids(gateway, created_from=(now - timedelta(minutes=1)).isoformat())) == 1
    assert list_ids(gateway, created_from=(now + timedelta(minutes=1)).isoformat()) == []
    assert len(list_ids(gateway, created_until=(now + timedelta(minutes=1)).isoformat())) == 1
    assert list_ids(gateway, created_until=(now - timedelta(minutes=1)).isoformat()) == []


def test_images_are_filtered_by_capture_time(gateway: Gateway) -> None:
    summer = add_image(gateway, datetime(2026, 7, 1, 12, tzinfo=UTC))
    winter = add_image(gateway, datetime(2026, 1, 1, 12))  # noqa: DTZ001 - as most cameras write it
    add_image(gateway)
    found = list_ids(gateway, taken_from="2026-01-01T12:00:00Z", taken_until="2026-07-01T12:00:00Z")
    assert found == [winter.image_id]
    assert list_ids(gateway, taken_from="2026-03-01T00:00:00+02:00") == [summer.image_id]


def test_the_instant_of_capture_is_served_only_if_its_offset_is_known(gateway: Gateway) -> None:
    offset = timezone(timedelta(hours=5, minutes=30))
    local = datetime(2024, 1, 2, 3, 4, 5, 672_000)  # noqa: DTZ001
    for taken_at, instant in (
        (local.replace(tzinfo=offset), "2024-01-02T03:04:05.672000+05:30"),
        (local, None),
    ):
        image = add_image(gateway, taken_at)
        url = f"/v1/images/{image.image_id}"
        capture = gateway.client.get(url, headers=gateway.headers()).json()["capture"]
        listed = gateway.client.get("/v1/images", headers=gateway.headers()).json()["items"][0]
        for shown in (capture, listed):
            assert shown["taken_at"] == instant
            assert shown["taken_at_local"] == "2024-01-02T03:04:05.672000"


def test_a_page_that_skips_many_images_ends_with_a_cursor(gateway: Gateway) -> None:
    wanted = add_image(gateway)
    for _ in range(1100):
        asyncio.run(gateway.tables.images.create(make_image(gateway.owner)))
    response = gateway.client.get(
        "/v1/images", params={"status": "ready"}, headers=gateway.headers()
    ).json()
    assert response["items"] == []
    assert response["next_cursor"] is not None
    assert list_ids(gateway, status="ready") == [wanted.image_id]


@pytest.mark.parametrize(
    "params", [{"status": "lost"}, {"created_from": "yesterday"}, {"taken_until": "2026-13-01"}]
)
def test_an_invalid_filter_is_rejected(gateway: Gateway, params: dict[str, str]) -> None:
    response = gateway.client.get("/v1/images", params=params, headers=gateway.headers())
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59",
        "9999-12-31T23:59:59-23:59",
        "1969-01-01T00:00:00Z",
    ],
)
def test_extreme_times_are_accepted(gateway: Gateway, at: str) -> None:
    add_image(gateway)
    # Stored before implausible times were omitted.
    add_image(gateway, datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12))))
    for name in ("created_from", "created_until", "taken_from", "taken_until"):
        list_ids(gateway, **{name: at})


def test_the_first_id_of_a_time_sorts_before_all_later_ids() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=2)
    image_id = new_image_id()
    assert first_image_id(before) < image_id < first_image_id(before + timedelta(seconds=1))


def test_every_filter_of_the_list_combines_with_the_others(gateway: Gateway) -> None:
    """Labels, excluded labels, status and ranges in one request; the order of filters is free."""
    wanted, other = add_image(gateway), add_image(gateway)
    for image, labels in ((wanted, ["Holiday"]), (other, ["Holiday", "Beach"])):
        path, headers = f"/v1/images/{image.image_id}", gateway.headers()
        body = {"labels_added": labels}
        gateway.client.request("PATCH", path, json=body, headers=headers).raise_for_status()
    now = datetime.now(UTC)
    recent = {"created_from": (now - timedelta(minutes=1)).isoformat(), "status": "ready"}
    assert list_ids(gateway, label="holiday", **recent, **{"not": "BEACH"}) == [wanted.image_id]
    # Without a label that images must have.
    assert list_ids(gateway, **{"not": "BEACH"}) == [wanted.image_id]
    assert list_ids(gateway, limit=1, **{"not": "beach"}) == [wanted.image_id]
    assert list_ids(gateway, label="holiday", status="failed") == []
    later = (now + timedelta(minutes=1)).isoformat()
    assert list_ids(gateway, label="holiday", created_from=later) == []


@pytest.mark.parametrize("query", [{}, {"label": "dog"}, {"status": "ready"}])
def test_lists_are_sorted_by_creation_in_both_orders(
    gateway: Gateway, query: dict[str, str]
) -> None:
    ids = [add_image(gateway).image_id for _ in range(7)]
    for limit in (1, 3, 7, 100):
        assert list_ids(gateway, sort="newest", limit=limit, **query) == ids[::-1]
        assert list_ids(gateway, sort="oldest", limit=limit, **query) == ids
    now = datetime.now(UTC)
    recent = {
        "created_from": (now - timedelta(minutes=1)).isoformat(),
        "created_until": (now + timedelta(minutes=1)).isoformat(),
    }
    assert list_ids(gateway, sort="oldest", limit=3, **query, **recent) == ids
    later = {"created_from": (now + timedelta(minutes=1)).isoformat()}
    assert list_ids(gateway, sort="oldest", **query, **later) == []
    earlier = {"created_until": (now - timedelta(minutes=1)).isoformat()}
    assert list_ids(gateway, sort="oldest", **query, **earlier) == []


@pytest.mark.parametrize(("first", "second"), [("newest", "oldest"), ("oldest", "newest")])
def test_a_cursor_is_valid_for_its_order_only(gateway: Gateway, first: str, second: str) -> None:
    for _ in range(2):
        add_image(gateway)
    params, headers = {"limit": "1", "sort": first}, gateway.headers()
    cursor = gateway.client.get("/v1/images", params=params, headers=headers).json()["next_cursor"]
    params |= {"cursor": cursor, "sort": second}
    response = gateway.client.get("/v1/images", params=params, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")
