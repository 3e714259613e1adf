"""Corrections of many images at once: times, positions and rotations."""

from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from api.conftest import Gateway
from sightline.domain.capture import Capture
from sightline.domain.images import Image
from sightline_testing.builders import ETAG, make_image, make_rendition_set, with_recognition

#: Times of files, as cameras write them: without an offset, and with one.
TAKEN = ["2026-01-31T23:30:00", "2026-02-01T00:10:00+01:00", "2026-02-28T22:00:00.250000"]


def add_image(gateway: Gateway, taken_at: str | None = None) -> Image:
    """Add a ready image whose file records this time of capture."""
    created = make_image(gateway.owner)
    capture = Capture(taken_at=None if taken_at is None else datetime.fromisoformat(taken_at))
    renditions = make_rendition_set().model_copy(update={"capture": capture})
    part = created.renditions.begin(ETAG).succeed(renditions)
    ready = with_recognition(created, "Dog").with_part("renditions", part)
    gateway.run(gateway.tables.images.create(created))
    gateway.run(gateway.tables.images.store(created, ready))
    return ready


@pytest.fixture
def images(gateway: Gateway) -> list[Image]:
    return [add_image(gateway, taken_at) for taken_at in TAKEN]


def send(gateway: Gateway, images: list[Image], key: str | None = None, **changes: Any) -> Any:
    headers = gateway.headers() | ({"Idempotency-Key": key} if key else {})
    body = {"ids": [image.image_id for image in images], "changes": changes}
    return gateway.client.post("/v1/images/update", json=body, headers=headers)


def update(gateway: Gateway, images: list[Image], **options: Any) -> list[Any]:
    response = send(gateway, images, **options)
    assert response.status_code == 207, response.text
    items = response.json()["items"]
    return [(item["status"], (item["problem"] or {}).get("code")) for item in items]


def get_many(gateway: Gateway, images: list[Image]) -> list[Any]:
    return [
        gateway.client.get(f"/v1/images/{image.image_id}", headers=gateway.headers()).json()
        for image in images
    ]


def count_months(gateway: Gateway) -> dict[str, int]:
    months = gateway.client.get("/v1/timeline", headers=gateway.headers()).json()["months"]
    return {each["month"]: each["images"] for each in months}


def list_timeline(gateway: Gateway) -> list[str]:
    params = {"order": "taken", "sort": "oldest"}
    page = gateway.client.get("/v1/images", params=params, headers=gateway.headers()).json()
    return [item["id"] for item in page["items"]]


def test_a_shift_moves_each_image_from_its_own_time(gateway: Gateway, images: list[Image]) -> None:
    assert count_months(gateway) == {"2026-02": 2, "2026-01": 1}
    assert update(gateway, images[1:], taken_at_shift="P1DT1H55M") == [(204, None)] * 2
    views = get_many(gateway, images)
    assert [view["taken_at_local"] for view in views] == [
        "2026-01-31T23:30:00",
        "2026-02-02T02:05:00",
        "2026-03-01T23:55:00.250000",
    ]
    # The offset from UTC stays, known or not.
    assert [view["taken_at"] for view in views] == [None, "2026-02-02T02:05:00+01:00", None]
    assert count_months(gateway) == {"2026-03": 1, "2026-02": 1, "2026-01": 1}
    assert update(gateway, images[1:], taken_at_shift="-P1W2DT3H") == [(204, None)] * 2
    assert [view["taken_at_local"] for view in get_many(gateway, images[1:])] == [
        "2026-01-23T23:05:00",
        "2026-02-20T20:55:00.250000",
    ]
    assert count_months(gateway) == {"2026-02": 1, "2026-01": 2}
    assert list_timeline(gateway) == [images[index].image_id for index in (1, 0, 2)]


def test_a_shift_is_exact_where_clocks_change(gateway: Gateway) -> None:
    """In Vienna, the clock was set forward an hour later that night."""
    images = [add_image(gateway, "2026-03-29T01:30:00+01:00")]
    update(gateway, images, taken_at_shift="P1D")
    (view,) = get_many(gateway, images)
    assert view["taken_at"] == "2026-03-30T01:30:00+01:00"


def test_a_repeated_request_shifts_and_rotates_once(
    gateway: Gateway, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, fail_at = gateway.tables.images.store, images[1].image_id

    async def fail(before: Image, after: Image) -> None:
        if after.image_id == fail_at:
            raise ConnectTimeoutError(endpoint_url="http://table")
        await store(before, after)

    changes = {"taken_at_shift": "PT2H", "rotate_by": 90}
    with monkeypatch.context() as patched:
        patched.setattr(gateway.tables.images, "store", fail)
        assert send(gateway, images, key="once", **changes).status_code == 503
    for _ in range(2):
        assert update(gateway, images, key="once", **changes) == [(204, None)] * 3
    for image, view in zip(images, get_many(gateway, images), strict=True):
        shifted = image.timeline_at.replace(hour=(image.timeline_at.hour + 2) % 24)
        assert datetime.fromisoformat(view["taken_at_local"]).time() == shifted.time()
        assert view["rotation"] == 90
    update(gateway, images, key="again", **changes)
    assert {view["rotation"] for view in get_many(gateway, images)} == {180}


def test_an_image_that_is_named_twice_is_shifted_once(
    gateway: Gateway, images: list[Image]
) -> None:
    assert update(gateway, [images[0]] * 3, taken_at_shift="PT1H") == [(204, None)] * 3
    (view,) = get_many(gateway, images[:1])
    assert view["taken_at_local"] == "2026-02-01T00:30:00"


def test_a_time_that_cannot_be_shifted_stays(gateway: Gateway, images: list[Image]) -> None:
    undated = add_image(gateway)
    unshiftable = (422, "capture_time_not_shiftable")
    assert update(gateway, [undated, images[0]], taken_at_shift="PT1H", title="Sea") == [
        unshiftable,
        (204, None),
    ]
    assert [view["title"] for view in get_many(gateway, [undated, images[0]])] == [
        undated.details.title,
        "Sea",
    ]
    assert update(gateway, images[:1], taken_at_shift="-P999999D") == [unshiftable]
    assert update(gateway, [undated], taken_at_override="1987-08-02T16:30:00") == [(204, None)]
    assert update(gateway, [undated], taken_at_shift="-PT30M") == [(204, None)]
    (view,) = get_many(gateway, [undated])
    assert view["taken_at_override"] == "1987-08-02T16:00:00"


@pytest.mark.parametrize(
    "shift",
    [
        "",
        "P",
        "PT",
        "-P",
        "2h",
        "P1M",
        "P1Y",
        "PT1.5H",
        "P1H",
        "PT1S1M",
        "p1d",
        "+P1D",
        "P1D\n",
        60,
    ],
)
def test_an_invalid_shift_is_rejected(gateway: Gateway, images: list[Image], shift: object) -> None:
    response = send(gateway, images, taken_at_shift=shift)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    "changes",
    [
        {"taken_at_shift": "PT1H", "taken_at_override": None},
        {"rotation": 0, "rotate_by": 90},
        {"rotate_by": 0},
        {"rotate_by": 45},
        {"position_override": {"latitude": 1}},
    ],
)
def test_invalid_corrections_are_rejected(
    gateway: Gateway, images: list[Image], changes: dict[str, Any]
) -> None:
    assert send(gateway, images, **changes).status_code == 422


def test_many_images_are_moved_and_rotated(gateway: Gateway, images: list[Image]) -> None:
    position = {"latitude": 38.7109, "longitude": -9.1366}
    update(gateway, images[:1], rotation=270)
    outcomes = update(gateway, images, position_override=position, rotate_by=180)
    assert outcomes == [(204, None)] * 3
    views = get_many(gateway, images)
    assert [view["rotation"] for view in views] == [90, 180, 180]
    assert [view["position_override"] for view in views] == [position] * 3
    assert len(gateway.uploads.published) == 4
    assert update(gateway, images, position_override=None, rotation=0) == [(204, None)] * 3
    assert {view["rotation"] for view in get_many(gateway, images)} == {0}
