"""`POST /v1/images/update`: the same changes of up to 100 images."""

import asyncio
from typing import Any

import httpx
import pytest

from api.conftest import Gateway
from sightline.domain.ids import new_image_id
from sightline.domain.images import Image
from sightline.optimistic import ATTEMPTS, Conflict
from sightline_testing.builders import make_image, with_recognition

MISSING = "01a21c09-4618-77e1-8648-7ea475d7cce6"


def call(gateway: Gateway, method: str, path: str, **options: Any) -> httpx.Response:
    return gateway.client.request(method, path, headers=gateway.headers(), **options)


def add_image(gateway: Gateway, *labels: str) -> Image:
    image = make_image(gateway.owner)
    recognized = with_recognition(image, *labels)

    async def store() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, recognized)

    asyncio.run(store())
    return recognized


def update(gateway: Gateway, ids: list[str], **changes: Any) -> list[Any]:
    body = {"ids": ids, "changes": changes}
    response = call(gateway, "POST", "/v1/images/update", json=body)
    assert response.status_code == 207, response.text
    items = response.json()["items"]
    assert [item["id"] for item in items] == ids
    return [(item["status"], (item["problem"] or {}).get("code")) for item in items]


def get_image(gateway: Gateway, image: Image) -> Any:
    return call(gateway, "GET", f"/v1/images/{image.image_id}").json()


def test_every_image_gets_the_changes_and_an_outcome(gateway: Gateway) -> None:
    images = [add_image(gateway, "Dog") for _ in range(3)]
    trashed = add_image(gateway, "Dog")
    call(gateway, "DELETE", f"/v1/images/{trashed.image_id}")
    flags = {"favorite": True, "archived": True, "rating": 4}
    changes = flags | {"title": "Holiday", "description": "On the beach"}
    ids = [*(image.image_id for image in images), MISSING, "x", trashed.image_id]
    missing = (404, "image_not_found")
    assert update(gateway, ids, **changes) == [(204, None)] * 3 + [missing] * 3
    for image in images:
        assert get_image(gateway, image).items() >= changes.items()
    update(gateway, ids[:1], title=None, favorite=False)
    first, second = (get_image(gateway, image) for image in images[:2])
    assert (first["title"], first["favorite"], first["rating"]) == (None, False, 4)
    assert (second["title"], second["favorite"]) == ("Holiday", True)


def test_labels_are_added_and_removed_one_by_one(gateway: Gateway) -> None:
    dog, cat = add_image(gateway, "Dog", "Animal"), add_image(gateway, "Cat", "Animal")
    call(gateway, "PATCH", f"/v1/images/{cat.image_id}", json={"labels_added": ["Mine", "Old"]})
    ids = [dog.image_id, cat.image_id]
    changes = {"add_labels": ["DOG", "Holiday"], "remove_labels": ["animal", "old"]}
    for _ in range(2):
        assert update(gateway, ids, **changes) == [(204, None)] * 2
        views = [get_image(gateway, image) for image in (dog, cat)]
        # An image that has the label already shows it as it was detected.
        assert [view["labels_added"] for view in views] == [["Holiday"], ["DOG", "Holiday", "Mine"]]
        assert [view["labels_hidden"] for view in views] == [["Animal"], ["Animal"]]
    update(gateway, ids, add_labels=["Animal"])
    assert [get_image(gateway, image)["labels_hidden"] for image in (dog, cat)] == [[], []]


def test_an_image_with_too_many_labels_stays_as_it_is(gateway: Gateway) -> None:
    full, other = add_image(gateway), add_image(gateway)
    own = [f"own {number:02}" for number in range(12)]
    call(gateway, "PATCH", f"/v1/images/{full.image_id}", json={"labels_added": own})
    ids = [full.image_id, other.image_id]
    outcomes = update(gateway, ids, add_labels=["One more"], favorite=True)
    assert outcomes == [(409, "too_many_labels"), (204, None)]
    view = get_image(gateway, full)
    assert (view["labels_added"], view["favorite"]) == (own, False)
    outcomes = update(gateway, ids, add_labels=["One more"], remove_labels=own[:1])
    assert outcomes == [(204, None)] * 2


def test_an_update_that_changes_nothing_writes_nothing(gateway: Gateway) -> None:
    image = add_image(gateway, "Dog")
    for _ in range(2):
        assert update(gateway, [image.image_id], favorite=True, add_labels=["Dog"]) == [(204, None)]
        stored = asyncio.run(gateway.tables.images.get(image.key))
        assert stored.details.revision == 1


@pytest.mark.parametrize(
    "body",
    [
        {"ids": [], "changes": {"favorite": True}},
        {"ids": [new_image_id()] * 101, "changes": {"favorite": True}},
        {"ids": [MISSING], "changes": {}},
        {"ids": [MISSING], "changes": {"labels_added": ["Dog"]}},
        {"ids": [MISSING], "changes": {"rating": 6}},
        {"ids": [MISSING], "changes": {"add_labels": ["x" * 51]}},
        {"ids": [MISSING]},
    ],
)
def test_an_invalid_batch_is_rejected(gateway: Gateway, body: dict[str, Any]) -> None:
    response = call(gateway, "POST", "/v1/images/update", json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_another_owner_changes_nothing(gateway: Gateway) -> None:
    image = add_image(gateway)
    body = {"ids": [image.image_id], "changes": {"favorite": True}}
    headers = gateway.headers(make_image().owner)
    response = gateway.client.post("/v1/images/update", json=body, headers=headers)
    assert [item["status"] for item in response.json()["items"]] == [404]
    assert get_image(gateway, image)["favorite"] is False


@pytest.mark.parametrize(("conflicts", "expected"), [(1, (204, None)), (ATTEMPTS, (409, None))])
def test_conflicts_are_retried_a_bounded_number_of_times(
    gateway: Gateway,
    monkeypatch: pytest.MonkeyPatch,
    conflicts: int,
    expected: tuple[int, str | None],
) -> None:
    image, other = add_image(gateway), add_image(gateway)
    store, calls = gateway.tables.images.store, 0

    async def conflict(before: Image, after: Image) -> None:
        nonlocal calls
        if before.key == image.key:
            calls += 1
            if calls <= conflicts:
                raise Conflict
        await store(before, after)

    monkeypatch.setattr(gateway.tables.images, "store", conflict)
    outcomes = update(gateway, [image.image_id, other.image_id], favorite=True)
    assert [status for status, _ in outcomes] == [expected[0], 204]
    assert calls == min(conflicts + 1, ATTEMPTS)
