"""The timeline: lists by the time of capture, and the counts of months."""

import asyncio
import base64
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from api.conftest import Gateway
from sightline.domain.albums import Album
from sightline.domain.capture import Capture
from sightline.domain.clock import now
from sightline.domain.ids import first_image_id, new_album_id
from sightline.domain.images import Image
from sightline_testing.builders import ETAG, make_image, make_rendition_set, with_recognition

TOKYO = timezone(timedelta(hours=9))


def add_image(gateway: Gateway, taken_at: datetime | None = None, *labels: str) -> Image:
    image = make_image(gateway.owner)
    result = make_rendition_set().model_copy(update={"capture": Capture(taken_at=taken_at)})
    part = image.renditions.begin(ETAG).succeed(result)
    done = with_recognition(image, *labels).with_part("renditions", part)

    async def store() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, done)

    asyncio.run(store())
    return done


def get_page(gateway: Gateway, **params: Any) -> Any:
    params = {"order": "taken", **params}
    response = gateway.client.get("/v1/images", params=params, headers=gateway.headers())
    assert response.status_code == 200, response.text
    return response.json()


def list_ids(gateway: Gateway, **params: Any) -> list[str]:
    """Return the ids of all pages."""
    found: list[str] = []
    while True:
        page = get_page(gateway, **params)
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        params["cursor"] = page["next_cursor"]


def add_years(gateway: Gateway, *years: int) -> list[Image]:
    return [add_image(gateway, datetime(year, 5, 1)) for year in years]  # noqa: DTZ001


def count_months(gateway: Gateway) -> Any:
    response = gateway.client.get("/v1/timeline", headers=gateway.headers())
    assert response.status_code == 200, response.text
    return response.json()


def test_images_are_listed_by_the_time_of_capture(gateway: Gateway) -> None:
    images = add_years(gateway, 2020, 1999, 2010)
    uploaded = add_image(gateway)
    expected = [uploaded.image_id, *(images[each].image_id for each in (0, 2, 1))]
    for limit in range(1, 5):
        assert list_ids(gateway, limit=limit) == expected
        assert list_ids(gateway, limit=limit, sort="oldest") == expected[::-1]
    by_upload = [each.image_id for each in (uploaded, *reversed(images))]
    assert list_ids(gateway, order="uploaded") == by_upload


def test_the_default_order_is_by_upload(gateway: Gateway) -> None:
    images = add_years(gateway, 2020, 1999)
    response = gateway.client.get("/v1/images", headers=gateway.headers())
    assert [item["id"] for item in response.json()["items"]] == [
        image.image_id for image in reversed(images)
    ]


def test_a_cursor_survives_changes(gateway: Gateway) -> None:
    """The image at the cursor is deleted, and another one is uploaded before it."""
    images = add_years(gateway, 2001, 2002, 2003, 2004)
    page = get_page(gateway, limit=2)
    assert [item["id"] for item in page["items"]] == [images[3].image_id, images[2].image_id]
    asyncio.run(gateway.tables.images.begin_deletion(images[2].key))
    add_years(gateway, 2005)
    rest = list_ids(gateway, cursor=page["next_cursor"])
    assert rest == [images[1].image_id, images[0].image_id]


def test_a_cursor_belongs_to_one_order(gateway: Gateway) -> None:
    add_years(gateway, 2001, 2002)
    cursor = get_page(gateway, limit=1)["next_cursor"]
    for params in ({"order": "uploaded"}, {"order": "taken", "sort": "oldest"}):
        response = gateway.client.get(
            "/v1/images", params={**params, "cursor": cursor}, headers=gateway.headers()
        )
        assert response.json()["code"] == "invalid_cursor"


@pytest.mark.parametrize("key", ["taken:newest:2020\n", "taken:newest:\u00e9", "taken:oldest:2"])
def test_a_forged_cursor_is_rejected(gateway: Gateway, key: str) -> None:
    cursor = base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
    response = gateway.client.get(
        "/v1/images", params={"order": "taken", "cursor": cursor}, headers=gateway.headers()
    )
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


def test_months_are_counted_and_opened(gateway: Gateway) -> None:
    """Each month lists exactly the images that it counts, in both orders."""
    tokyo = add_image(gateway, datetime(2020, 6, 1, 3, tzinfo=TOKYO))
    unknown = add_image(gateway, datetime(2020, 5, 31, 23, 59, 59))  # noqa: DTZ001
    uploaded = add_image(gateway)
    this_month = f"{uploaded.created_at:%Y-%m}"
    assert count_months(gateway) == {
        "images": 3,
        "months": [
            {"month": this_month, "images": 1},
            {"month": "2020-06", "images": 1},
            {"month": "2020-05", "images": 1},
        ],
    }
    for order in ("taken", "uploaded"):
        for month, image in (("2020-06", tokyo), ("2020-05", unknown), (this_month, uploaded)):
            assert list_ids(gateway, order=order, month=month) == [image.image_id]
    assert list_ids(gateway, month="1999-01") == []


def test_an_edit_moves_an_image_to_another_month(gateway: Gateway) -> None:
    image = add_image(gateway, datetime(2020, 5, 1))  # noqa: DTZ001
    response = gateway.client.request(
        "PATCH",
        f"/v1/images/{image.image_id}",
        json={"taken_at_override": "1987-08-02T16:30:00"},
        headers=gateway.headers(),
    )
    assert response.status_code == 200
    assert count_months(gateway)["months"] == [{"month": "1987-08", "images": 1}]


@pytest.mark.parametrize("month", ["2020", "2020-13", "2020-1", "2020-01-01"])
def test_an_invalid_month_is_rejected(gateway: Gateway, month: str) -> None:
    response = gateway.client.get("/v1/images", params={"month": month}, headers=gateway.headers())
    assert response.status_code == 422


def test_filters_apply_in_the_order_of_capture(gateway: Gateway) -> None:
    dogs = [add_image(gateway, datetime(year, 5, 1), "Dog") for year in (2020, 1999)]  # noqa: DTZ001
    cat = add_image(gateway, datetime(2010, 5, 1), "Cat")  # noqa: DTZ001
    album = Album(
        owner=gateway.owner,
        album_id=new_album_id(),
        title="Pets",
        created_at=now(),
        updated_at=now(),
    )
    asyncio.run(gateway.tables.albums.create(album))
    members = [dogs[1].image_id, cat.image_id]
    asyncio.run(gateway.tables.albums.add_images(album.key, members))
    assert list_ids(gateway, label="dog", limit=1) == [image.image_id for image in dogs]
    assert list_ids(gateway, label="dog", min_confidence=99) == []
    assert list_ids(gateway, **{"not": "dog"}) == [cat.image_id]
    assert list_ids(gateway, album=album.album_id) == [cat.image_id, dogs[1].image_id]
    assert list_ids(gateway, album=album.album_id, sort="oldest") == members
    assert list_ids(gateway, album=album.album_id, label="dog") == [dogs[1].image_id]
    assert list_ids(gateway, status="failed") == []
    # All three may have been created in the same millisecond.
    since = dogs[1].created_at
    created = [
        image.image_id
        for image in (dogs[0], cat, dogs[1])
        if image.image_id >= first_image_id(since)
    ]
    assert list_ids(gateway, created_from=since.isoformat()) == created


def test_ranges_compare_instants_whatever_the_offset(gateway: Gateway) -> None:
    """A wall-clock time may lie hours outside the range in UTC that contains the instant."""
    tokyo = add_image(gateway, datetime(2020, 5, 1, 8, tzinfo=TOKYO))
    assert list_ids(gateway, taken_until="2020-05-01T00:00:00Z") == [tokyo.image_id]
    assert list_ids(gateway, taken_from="2020-05-01T00:00:00Z") == []
    assert list_ids(gateway, taken_from="0001-01-01T00:00:00+14:00") == [tokyo.image_id]
    assert list_ids(gateway, taken_until="9999-12-31T23:59:59-14:00") == [tokyo.image_id]


def test_images_that_await_their_upload_are_left_out(gateway: Gateway) -> None:
    image = make_image(gateway.owner)
    asyncio.run(gateway.tables.images.create(image))
    assert list_ids(gateway) == []
    assert count_months(gateway) == {"images": 0, "months": []}


def test_another_owner_has_another_timeline(gateway: Gateway) -> None:
    add_years(gateway, 2020)
    other = make_image()
    response = gateway.client.get("/v1/timeline", headers=gateway.headers(other.owner))
    assert response.json() == {"images": 0, "months": []}
