"""Labels, edits and search."""

import asyncio
import random
from typing import Any

import pytest

from api.conftest import Gateway
from sightline.adapters.memory import MemoryImageIndex, MemoryImageTable, MemoryState, memory_tables
from sightline.domain.images import Image
from sightline.ports.image_index import Term, TermMatch
from sightline_api.images.index_search import Query, _predecessor, find_images
from sightline_testing.builders import make_image, make_recognition, new_owner, with_recognition


def add(gateway: Gateway, *labels: str, owner: str | None = None) -> Image:
    image = make_image(owner or gateway.owner)
    seen = with_recognition(image, *labels)

    async def fill() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, seen)

    asyncio.run(fill())
    return seen


def search(gateway: Gateway, **params: Any) -> Any:
    answer = gateway.client.get("/v1/search", params=params, headers=gateway.headers())
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(page: Any) -> list[str]:
    return [item["id"] for item in page["items"]]


def test_labels_are_listed_with_their_counts(gateway: Gateway) -> None:
    add(gateway, "Dog", "Beach")
    add(gateway, "Dog")
    add(gateway, "Cat", owner=new_owner())
    page = gateway.client.get("/v1/labels", headers=gateway.headers()).json()
    assert page == {
        "items": [{"name": "Beach", "images": 1}, {"name": "Dog", "images": 2}],
        "next_cursor": None,
    }


def test_labels_are_paged_and_found_by_prefix(gateway: Gateway) -> None:
    add(gateway, "Dog", "Beach", "Doghouse")
    headers = gateway.headers()
    first = gateway.client.get("/v1/labels", params={"limit": 2}, headers=headers).json()
    cursor = first["next_cursor"]
    second = gateway.client.get("/v1/labels", params={"cursor": cursor}, headers=headers).json()
    names = [item["name"] for page in (first, second) for item in page["items"]]
    assert names == ["Beach", "Dog", "Doghouse"]
    found = gateway.client.get("/v1/labels", params={"prefix": "DOG"}, headers=headers).json()
    assert [item["name"] for item in found["items"]] == ["Dog", "Doghouse"]


def test_images_are_found_by_all_of_several_labels(gateway: Gateway) -> None:
    both = add(gateway, "Dog", "Beach")
    add(gateway, "Dog")
    add(gateway, "Beach", "Cat")
    alone = add(gateway, "dog", "Beach", "Person")
    add(gateway, "Dog", "Beach", owner=new_owner())
    assert ids(search(gateway, label=["dog", "BEACH"])) == [alone.image_id, both.image_id]
    assert ids(search(gateway, label=["dog", "beach"], **{"not": "person"})) == [both.image_id]
    assert ids(search(gateway, label="bird")) == []


def test_a_label_must_be_confident_enough(gateway: Gateway) -> None:
    image = add(gateway, "Dog")
    assert ids(search(gateway, label="dog", min_confidence=91)) == [image.image_id]
    assert ids(search(gateway, label="dog", min_confidence=92)) == []


def test_search_is_paged_without_gap_or_overlap(gateway: Gateway) -> None:
    images = [add(gateway, "Dog") for _ in range(7)]
    found: list[str] = []
    cursor = None
    while True:
        page = search(gateway, label="dog", limit=3, **({"cursor": cursor} if cursor else {}))
        found += ids(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == [image.image_id for image in reversed(images)]


@pytest.mark.parametrize(
    "params",
    [
        {"label": ""},
        {"label": "x" * 51},
        {"label": "a<b>"},
        {"label": [f"l{n}" for n in range(11)]},
        {"label": "dog", "min_confidence": 101},
        {"label": "dog", "min_confidence": "nan"},
        {"label": "dog", "limit": 0},
    ],
)
def test_a_search_for_nonsense_is_refused(gateway: Gateway, params: dict[str, Any]) -> None:
    answer = gateway.client.get("/v1/search", params=params, headers=gateway.headers())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("path", ["/v1/search?label=dog&cursor=x", "/v1/labels?cursor=!"])
def test_a_cursor_that_was_tampered_with_is_refused(gateway: Gateway, path: str) -> None:
    answer = gateway.client.get(path, headers=gateway.headers())
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("seed", range(20))
async def test_the_join_finds_what_comparing_everything_finds(seed: int) -> None:
    chance = random.Random(seed)
    tables, owner = memory_tables(), new_owner()
    images = []
    for _ in range(chance.randrange(1, 120)):
        image = make_image(owner)
        labels = [name for name in "abcd" if chance.random() < chance.choice((0.1, 0.5, 0.9))]
        part = image.recognition.begin("e").succeed(
            make_recognition(*labels, confidence=chance.choice((50, 90)))
        )
        await tables.images.create(image)
        images.append(image.with_part("recognition", part))
        await tables.images.store(image, images[-1])
    query = Query(chance.sample("abcd", chance.randrange(1, 4)), chance.sample("abcd", 1), 60)
    expected = [
        image.image_id
        for image in reversed(images)
        if all(
            name in image.labels and image.labels[name].confidence >= 60 for name in query.labels
        )
        and not any(name in image.labels for name in query.without)
    ]
    assert [each async for each in find_images(tables.index, owner, query)] == expected
    if len(expected) > 1:
        rest = [each async for each in find_images(tables.index, owner, query, expected[0])]
        assert rest == expected[1:]


async def test_a_rare_label_is_not_looked_for_in_all_of_a_common_one() -> None:
    """What is read is in proportion to the rare label, not to what the owner has."""
    read = 0

    class CountingIndex(MemoryImageIndex):
        async def find(
            self, owner: str, term: Term, limit: int, upto: str | None = None
        ) -> list[TermMatch]:
            nonlocal read
            found = await super().find(owner, term, limit, upto)
            read += len(found)
            return found

    state, owner = MemoryState(), new_owner()
    images, index = MemoryImageTable(state), CountingIndex(state)
    for number in range(1200):
        image = make_image(owner)
        await images.create(image)
        labels = ["common", "rare"] if number in {3, 600} else ["common"]
        await images.store(image, with_recognition(image, *labels))
    found = [each async for each in find_images(index, owner, Query(["common", "rare"]))]
    assert len(found) == 2
    assert read < 400


def test_the_id_before_sorts_just_before() -> None:
    image_id = "01932b6e-8f00-7c3a-9d5e-3f1f6a0b2c00"
    assert _predecessor(image_id) == "01932b6e-8f00-7c3a-9d5e-3f1f6a0b2bff"


def patch(gateway: Gateway, image: Image, body: Any, **headers: str) -> Any:
    return gateway.client.request(
        "PATCH",
        f"/v1/images/{image.image_id}",
        json=body,
        headers={**gateway.headers(), **headers},
    )


def test_the_owner_changes_what_he_says(gateway: Gateway) -> None:
    image = add(gateway, "Dog", "Beach")
    body = patch(
        gateway,
        image,
        {"title": " Neu ", "labels_added": ["Holiday", "holiday"], "labels_hidden": ["beach"]},
    ).json()
    assert (body["title"], body["description"]) == ("Neu", None)
    assert [label["name"] for label in body["labels"]] == ["Holiday", "Dog"]
    assert body["recognition"]["labels"][1]["name"] == "Beach"
    assert ids(search(gateway, label="holiday")) == [image.image_id]
    assert ids(search(gateway, label="beach")) == []
    body = patch(gateway, image, {"description": "Am Meer", "title": None}).json()
    assert (body["title"], body["description"]) == (None, "Am Meer")
    assert body["labels_added"] == ["Holiday"]


def test_a_change_can_be_bound_to_what_was_seen(gateway: Gateway) -> None:
    image = add(gateway, "Dog")
    path = f"/v1/images/{image.image_id}"
    etag = gateway.client.get(path, headers=gateway.headers()).headers["ETag"]
    first = patch(gateway, image, {"title": "Eins"}, **{"If-Match": etag})
    assert first.status_code == 200
    second = patch(gateway, image, {"title": "Zwei"}, **{"If-Match": etag})
    assert (second.status_code, second.json()["code"]) == (412, "changed")
    third = patch(gateway, image, {"title": "Drei"}, **{"If-Match": first.headers["ETag"]})
    assert third.json()["title"] == "Drei"
    assert patch(gateway, image, {"title": "Vier"}, **{"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"title": ""},
        {"title": "x" * 201},
        {"description": "x" * 2001},
        {"labels_added": ["x"] * 13},
        {"labels_added": ["a<b"]},
        {"labels_hidden": [""]},
        {"status": "ready"},
        {"owner": "other"},
    ],
)
def test_a_change_to_nonsense_is_refused(gateway: Gateway, body: dict[str, Any]) -> None:
    image = add(gateway, "Dog")
    answer = patch(gateway, image, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert asyncio.run(gateway.tables.images.get(image.key)) == image


def test_nobody_changes_another_owners_image(gateway: Gateway) -> None:
    image = add(gateway, "Dog", owner=new_owner())
    answer = patch(gateway, image, {"title": "Meins"})
    assert (answer.status_code, answer.json()["code"]) == (404, "image_not_found")
    assert asyncio.run(gateway.tables.images.get(image.key)) == image
