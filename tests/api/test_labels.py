"""Labels, edits and search."""

import asyncio
import random
from typing import Any

import pytest

from api.conftest import Gateway
from sightline.adapters.memory import MemoryImageIndex, MemoryImageTable, MemoryState, memory_tables
from sightline.domain.images import Image
from sightline.domain.sort_order import SortOrder
from sightline.ports.image_index import ImageIndex, Term, TermMatch
from sightline_api.images.index_search import IndexSearch, Query
from sightline_testing.builders import make_image, make_recognition, new_owner, with_recognition


def add_image(gateway: Gateway, *labels: str, owner: str | None = None) -> Image:
    image = make_image(owner or gateway.owner)
    recognized = with_recognition(image, *labels)

    async def store() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, recognized)

    asyncio.run(store())
    return recognized


def search(gateway: Gateway, **params: Any) -> Any:
    response = gateway.client.get("/v1/images", params=params, headers=gateway.headers())
    assert response.status_code == 200, response.text
    return response.json()


def page_ids(page: Any) -> list[str]:
    return [item["id"] for item in page["items"]]


def test_labels_are_listed_with_their_counts(gateway: Gateway) -> None:
    add_image(gateway, "Dog", "Beach")
    add_image(gateway, "Dog")
    add_image(gateway, "Cat", owner=new_owner())
    page = gateway.client.get("/v1/labels", headers=gateway.headers()).json()
    assert page == {
        "items": [{"name": "Beach", "images": 1}, {"name": "Dog", "images": 2}],
        "next_cursor": None,
    }


def test_labels_are_paged_and_filtered_by_prefix(gateway: Gateway) -> None:
    add_image(gateway, "Dog", "Beach", "Doghouse")
    headers = gateway.headers()
    first = gateway.client.get("/v1/labels", params={"limit": 2}, headers=headers).json()
    cursor = first["next_cursor"]
    second = gateway.client.get("/v1/labels", params={"cursor": cursor}, headers=headers).json()
    names = [item["name"] for page in (first, second) for item in page["items"]]
    assert names == ["Beach", "Dog", "Doghouse"]
    found = gateway.client.get("/v1/labels", params={"prefix": "DOG"}, headers=headers).json()
    assert [item["name"] for item in found["items"]] == ["Dog", "Doghouse"]


def test_search_requires_all_labels(gateway: Gateway) -> None:
    both = add_image(gateway, "Dog", "Beach")
    add_image(gateway, "Dog")
    add_image(gateway, "Beach", "Cat")
    alone = add_image(gateway, "dog", "Beach", "Person")
    add_image(gateway, "Dog", "Beach", owner=new_owner())
    assert page_ids(search(gateway, label=["dog", "BEACH"])) == [alone.image_id, both.image_id]
    assert page_ids(search(gateway, label=["dog", "beach"], **{"not": "person"})) == [both.image_id]
    assert page_ids(search(gateway, label="bird")) == []


def test_search_filters_by_confidence(gateway: Gateway) -> None:
    image = add_image(gateway, "Dog")
    assert page_ids(search(gateway, label="dog", min_confidence=91)) == [image.image_id]
    assert page_ids(search(gateway, label="dog", min_confidence=92)) == []


def test_search_pages_have_no_gap_or_overlap(gateway: Gateway) -> None:
    images = [add_image(gateway, "Dog") for _ in range(7)]
    found: list[str] = []
    cursor = None
    while True:
        page = search(gateway, label="dog", limit=3, **({"cursor": cursor} if cursor else {}))
        found += page_ids(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == [image.image_id for image in reversed(images)]


@pytest.mark.parametrize(
    "params",
    [
        {"label": ""},
        {"label": "x" * 51},
        {"label": "\u202e\u0007"},
        {"label": [f"l{n}" for n in range(11)]},
        {"label": "dog", "min_confidence": 101},
        {"label": "dog", "min_confidence": "nan"},
        {"label": "dog", "limit": 0},
    ],
)
def test_an_invalid_search_is_rejected(gateway: Gateway, params: dict[str, Any]) -> None:
    response = gateway.client.get("/v1/images", params=params, headers=gateway.headers())
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("path", ["/v1/images?label=dog&cursor=x", "/v1/labels?cursor=!"])
def test_an_invalid_cursor_is_rejected(gateway: Gateway, path: str) -> None:
    response = gateway.client.get(path, headers=gateway.headers())
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("seed", range(20))
async def test_search_finds_the_same_images_as_a_full_scan(seed: int) -> None:
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
    assert await search_index(tables.index, owner, query) == expected
    if len(expected) > 1:
        start = SortOrder.NEWEST.next_position(expected[0])
        rest = await search_index(tables.index, owner, query, start)
        assert rest == expected[1:]


async def search_index(
    index: ImageIndex, owner: str, query: Query, start: str | None = None
) -> list[str]:
    """Return everything that the query finds from a position on, newest first."""
    search = IndexSearch(index, owner, query, position=start)
    await search.plan()
    found: list[str] = []
    while not search.is_exhausted:
        found += await search.read(50)
    return found


async def test_search_reads_in_proportion_to_the_rarest_label() -> None:
    read = 0

    class CountingIndex(MemoryImageIndex):
        async def find(
            self,
            owner: str,
            term: Term,
            limit: int,
            start: str | None = None,
            order: SortOrder = SortOrder.NEWEST,
        ) -> list[TermMatch]:
            nonlocal read
            found = await super().find(owner, term, limit, start, order)
            read += len(found)
            return found

    state, owner = MemoryState(), new_owner()
    images, index = MemoryImageTable(state), CountingIndex(state)
    for number in range(1200):
        image = make_image(owner)
        await images.create(image)
        labels = ["common", "rare"] if number in {3, 600} else ["common"]
        await images.store(image, with_recognition(image, *labels))
    found = await search_index(index, owner, Query(["common", "rare"]))
    assert len(found) == 2
    assert read == 2


def update_image(gateway: Gateway, image: Image, body: Any, **headers: str) -> Any:
    return gateway.client.request(
        "PATCH",
        f"/v1/images/{image.image_id}",
        json=body,
        headers={**gateway.headers(), **headers},
    )


def test_an_owner_edits_title_description_and_labels(gateway: Gateway) -> None:
    image = add_image(gateway, "Dog", "Beach")
    body = update_image(
        gateway,
        image,
        {"title": " Neu ", "labels_added": ["Holiday", "holiday"], "labels_hidden": ["beach"]},
    ).json()
    assert (body["title"], body["description"]) == ("Neu", None)
    assert [label["name"] for label in body["labels"]] == ["Holiday", "Dog"]
    assert body["recognition"]["labels"][1]["name"] == "Beach"
    assert page_ids(search(gateway, label="holiday")) == [image.image_id]
    assert page_ids(search(gateway, label="beach")) == []
    body = update_image(gateway, image, {"description": "Am Meer", "title": None}).json()
    assert (body["title"], body["description"]) == (None, "Am Meer")
    assert body["labels_added"] == ["Holiday"]


def test_an_edit_with_if_match_requires_the_current_etag(gateway: Gateway) -> None:
    image = add_image(gateway, "Dog")
    path = f"/v1/images/{image.image_id}"
    etag = gateway.client.get(path, headers=gateway.headers()).headers["ETag"]
    first = update_image(gateway, image, {"title": "Eins"}, **{"If-Match": etag})
    assert first.status_code == 200
    second = update_image(gateway, image, {"title": "Zwei"}, **{"If-Match": etag})
    assert (second.status_code, second.json()["code"]) == (412, "changed")
    third = update_image(gateway, image, {"title": "Drei"}, **{"If-Match": first.headers["ETag"]})
    assert third.json()["title"] == "Drei"
    assert update_image(gateway, image, {"title": "Vier"}, **{"If-Match": "*"}).status_code == 200


def test_null_keeps_labels(gateway: Gateway) -> None:
    """A client without a notion of absent fields sends null for what its user did not set."""
    image = add_image(gateway, "Dog", "Beach")
    update_image(gateway, image, {"labels_added": ["Holiday"], "labels_hidden": ["Beach"]})
    changes = {"title": "Neu", "labels_added": None, "labels_hidden": None}
    edited = update_image(gateway, image, changes).json()
    assert (edited["labels_added"], edited["labels_hidden"]) == (["Holiday"], ["Beach"])


@pytest.mark.parametrize(
    "body",
    [
        {"title": ""},
        {"title": "x" * 201},
        {"description": "x" * 2001},
        {"labels_added": ["x"] * 13},
        {"labels_added": ["\u202e\u0007"]},
        {"labels_hidden": [""]},
        {"status": "ready"},
        {"owner": "other"},
    ],
)
def test_an_invalid_edit_is_rejected(gateway: Gateway, body: dict[str, Any]) -> None:
    image = add_image(gateway, "Dog")
    response = update_image(gateway, image, body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert asyncio.run(gateway.tables.images.get(image.key)) == image


def test_an_image_of_another_owner_cannot_be_edited(gateway: Gateway) -> None:
    image = add_image(gateway, "Dog", owner=new_owner())
    response = update_image(gateway, image, {"title": "Meins"})
    assert (response.status_code, response.json()["code"]) == (404, "image_not_found")
    assert asyncio.run(gateway.tables.images.get(image.key)) == image


def edit(gateway: Gateway, image: Image, **changes: Any) -> Any:
    response = update_image(gateway, image, changes)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(
    "name",
    [
        "Rock \u2019n\u2019 Roll",
        "#1: 50% & more?",
        '<b>"quoted"</b>',
        "C++ / C#",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 family",
        "\u6771\u4eac\u30bf\u30ef\u30fc",
        "\u0915\u0941\u0924\u094d\u0924\u093e",
    ],
)
def test_a_label_may_hold_any_printable_character(gateway: Gateway, name: str) -> None:
    image = add_image(gateway)
    assert edit(gateway, image, labels_added=[name])["labels_added"] == [name]
    page = gateway.client.get("/v1/labels", headers=gateway.headers()).json()
    assert page["items"] == [{"name": name, "images": 1}]
    assert page_ids(search(gateway, label=name)) == [image.image_id]
    listed = gateway.client.get("/v1/images", params={"label": name}, headers=gateway.headers())
    assert page_ids(listed.json()) == [image.image_id]
    assert edit(gateway, image, labels_added=[])["labels"] == []
    assert page_ids(search(gateway, label=name)) == []


def test_a_label_is_one_however_it_is_written(gateway: Gateway) -> None:
    ways = ["Caf\u00e9", "Cafe\u0301", "CAFE\u0301", "\uff23\uff41\uff46\u00e9", "Ca\u00adf\u00e9"]
    image, other = add_image(gateway), add_image(gateway)
    assert edit(gateway, image, labels_added=ways)["labels_added"] == ["Caf\u00e9"]
    edit(gateway, other, labels_added=[ways[2]])
    page = gateway.client.get("/v1/labels", headers=gateway.headers()).json()
    assert page["items"] == [{"name": "Caf\u00e9", "images": 2}]
    for way in ways:
        assert page_ids(search(gateway, label=way)) == [other.image_id, image.image_id]
        prefix = {"prefix": way[:-1] + way[-1]}
        found = gateway.client.get("/v1/labels", params=prefix, headers=gateway.headers()).json()
        assert found["items"] == page["items"]
    assert edit(gateway, image, labels_hidden=[ways[1]], labels_added=[])["labels"] == []


def test_control_and_bidirectional_characters_are_removed_from_texts(gateway: Gateway) -> None:
    image = add_image(gateway)
    changed = edit(
        gateway,
        image,
        title="photo\u202egpj.exe\u0007",
        description="one\u2066\r\ntwo\x1b",
        labels_added=["Be\u202each\u0000"],
    )
    assert changed["title"] == "photogpj.exe"
    assert changed["description"] == "one\ntwo"
    assert changed["labels_added"] == ["Beach"]
    for name in ("title", "description"):
        assert update_image(gateway, image, {name: "\u202e\u200f"}).status_code == 422


@pytest.mark.parametrize(("invisible", "status"), [(19_000, 200), (20_001, 422)])
def test_only_text_of_a_bounded_length_is_cleaned(
    gateway: Gateway, invisible: int, status: int
) -> None:
    """To clean 1 MB would block the gateway for a third of a second."""
    image = add_image(gateway)
    title = "\u202e" * invisible + "Beach"
    assert update_image(gateway, image, {"title": title}).status_code == status


def test_an_unpaired_surrogate_is_removed(gateway: Gateway) -> None:
    image = add_image(gateway)
    response = gateway.client.request(
        "PATCH",
        f"/v1/images/{image.image_id}",
        content=b'{"title": "a\\ud800b", "labels_added": ["c\\udfff"]}',
        headers=gateway.headers() | {"Content-Type": "application/json"},
    )
    assert response.status_code == 200
    assert (response.json()["title"], response.json()["labels_added"]) == ("ab", ["c"])
