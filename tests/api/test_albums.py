"""Albums, their images, and search by text."""

import asyncio
from typing import Any

import httpx
import pytest

from api.conftest import Gateway
from sightline.domain.albums import MAX_ALBUMS
from sightline.domain.ids import new_album_id, new_image_id
from sightline.domain.images import Image
from sightline.domain.recognition import BoundingBox, DetectedText
from sightline.ports.image_index import Term
from sightline_testing.builders import (
    ETAG,
    make_image,
    make_recognition,
    make_rendition_set,
    new_owner,
    with_recognition,
)


def add_image(gateway: Gateway, *labels: str, owner: str | None = None) -> str:
    """Add an image that is ready and has these labels."""
    image = make_image(owner or gateway.owner)
    part = image.renditions.begin(ETAG).succeed(make_rendition_set())
    store_image(gateway, image, with_recognition(image, *labels).with_part("renditions", part))
    return image.image_id


def add_image_with_text(gateway: Gateway, *texts: str) -> str:
    """Add an image with these recognized lines of text."""
    image = make_image(gateway.owner)
    box = BoundingBox(left=0, top=0, width=1, height=1)
    lines = tuple(
        DetectedText(text=text, confidence=99, is_line=True, line=0, box=box) for text in texts
    )
    result = make_recognition("Sign").model_copy(update={"text": lines})
    part = image.recognition.begin(ETAG).succeed(result)
    store_image(gateway, image, image.with_part("recognition", part))
    return image.image_id


def store_image(gateway: Gateway, image: Image, after: Image) -> None:
    async def store() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, after)

    asyncio.run(store())


def call(gateway: Gateway, method: str, path: str, **options: Any) -> httpx.Response:
    headers = gateway.headers(options.pop("owner", None)) | options.pop("headers", {})
    return gateway.client.request(method, path, headers=headers, **options)


def create_album(gateway: Gateway, *image_ids: str, title: str = "Summer") -> str:
    response = call(gateway, "POST", "/v1/albums", json={"title": title})
    assert response.status_code == 201, response.text
    path = response.headers["Location"]
    if image_ids:
        added = call(gateway, "POST", f"{path}/images", json={"ids": image_ids})
        assert [item["status"] for item in added.json()["items"]] == [204] * len(image_ids)
    return path.removeprefix("/v1/albums/")


def list_ids(gateway: Gateway, **params: Any) -> list[str]:
    response = call(gateway, "GET", "/v1/images", params=params)
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["items"]]


def test_an_album_contains_the_images_that_were_added(gateway: Gateway) -> None:
    dog, cat, other = (
        add_image(gateway, "Dog"),
        add_image(gateway, "Cat"),
        add_image(gateway, "Dog"),
    )
    album_id = create_album(gateway, dog, cat)
    album = call(gateway, "GET", f"/v1/albums/{album_id}").json()
    assert (album["id"], album["title"], album["images"]) == (album_id, "Summer", 2)
    assert album["cover_id"] is None
    assert album["cover"]["image_id"] == cat
    assert album["cover"]["thumbnail"]["url"].startswith("http://s3/renditions/")
    assert list_ids(gateway, album=album_id) == [cat, dog]
    assert list_ids(gateway, album=album_id, label="dog") == [dog]
    assert list_ids(gateway, label=["dog"]) == [other, dog]
    assert call(gateway, "GET", f"/v1/images/{dog}").json()["albums"] == [album_id]


def test_images_of_an_album_are_paged_and_filtered(gateway: Gateway) -> None:
    ids = [add_image(gateway, "Dog") for _ in range(5)]
    album_id = create_album(gateway, *ids)
    first = call(gateway, "GET", "/v1/images", params={"album": album_id, "limit": 3}).json()
    cursor = first["next_cursor"]
    rest = {"album": album_id, "limit": 3, "cursor": cursor}
    second = call(gateway, "GET", "/v1/images", params=rest).json()
    assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None
    assert list_ids(gateway, album=album_id, status="failed") == []
    assert len(list_ids(gateway, album=album_id, status="ready")) == 5


def test_albums_are_listed_newest_first(gateway: Gateway) -> None:
    first, second = (
        create_album(gateway, title="One"),
        create_album(gateway, add_image(gateway), title="Two"),
    )
    page = call(gateway, "GET", "/v1/albums", params={"limit": 1}).json()
    assert [(item["id"], item["images"]) for item in page["items"]] == [(second, 1)]
    params = {"cursor": page["next_cursor"]}
    page = call(gateway, "GET", "/v1/albums", params=params).json()
    assert [(item["id"], item["cover"]) for item in page["items"]] == [(first, None)]
    assert page["next_cursor"] is None


def test_an_album_is_edited(gateway: Gateway) -> None:
    dog, cat = add_image(gateway, "Dog"), add_image(gateway, "Cat")
    path = f"/v1/albums/{create_album(gateway, dog, cat)}"
    album = call(gateway, "PATCH", path, json={"cover_id": dog}).json()
    assert (album["title"], album["cover_id"], album["cover"]["image_id"]) == ("Summer", dog, dog)
    album = call(gateway, "PATCH", path, json={"title": " Winter ", "cover_id": None}).json()
    assert (album["title"], album["cover_id"], album["cover"]["image_id"]) == ("Winter", None, cat)
    assert call(gateway, "PATCH", path, json={"title": None}).json()["title"] == "Winter"


def test_an_album_has_a_description_and_an_order(gateway: Gateway) -> None:
    body = {"title": "Lisbon", "description": " Two weeks ", "sort": "taken_oldest"}
    created = call(gateway, "POST", "/v1/albums", json=body)
    assert created.status_code == 201, created.text
    assert {"description": "Two weeks", "sort": "taken_oldest"}.items() <= created.json().items()
    path = created.headers["Location"]
    album = call(gateway, "PATCH", path, json={"title": "Porto", "sort": None}).json()
    assert (album["description"], album["sort"]) == ("Two weeks", "taken_oldest")
    album = call(gateway, "PATCH", path, json={"description": None, "sort": "manual"}).json()
    assert (album["description"], album["sort"]) == (None, "manual")
    assert call(gateway, "GET", path).json() == album


def test_a_cover_has_been_uploaded(gateway: Gateway) -> None:
    """The newest uploaded image replaces one that awaits its upload, also if that one is chosen."""
    dog, waiting = add_image(gateway, "Dog"), make_image(gateway.owner)
    asyncio.run(gateway.tables.images.create(waiting))
    path = f"/v1/albums/{create_album(gateway, dog, waiting.image_id)}"
    assert call(gateway, "GET", path).json()["cover"]["image_id"] == dog
    album = call(gateway, "PATCH", path, json={"cover_id": waiting.image_id}).json()
    assert album["cover"]["image_id"] == dog
    call(gateway, "POST", f"{path}/images/delete", json={"ids": [dog]})
    (album,) = call(gateway, "GET", "/v1/albums").json()["items"]
    assert album["cover"] is None


def test_a_cover_outside_the_album_is_rejected(gateway: Gateway) -> None:
    path = f"/v1/albums/{create_album(gateway)}"
    for image_id in (add_image(gateway), add_image(gateway, owner=new_owner()), new_image_id()):
        response = call(gateway, "PATCH", path, json={"cover_id": image_id})
        assert (response.status_code, response.json()["code"]) == (409, "not_in_album")


def test_an_edit_with_if_match_requires_the_current_etag(gateway: Gateway) -> None:
    path = f"/v1/albums/{create_album(gateway)}"
    etag = call(gateway, "GET", path).headers["ETag"]
    assert call(gateway, "GET", path, headers={"If-None-Match": etag}).status_code == 304
    mine = call(gateway, "PATCH", path, json={"title": "Mine"}, headers={"If-Match": etag})
    assert mine.status_code == 200
    late = call(gateway, "PATCH", path, json={"title": "Late"}, headers={"If-Match": etag})
    assert (late.status_code, late.json()["code"]) == (412, "changed")
    newer = {"If-Match": mine.headers["ETag"]}
    assert call(gateway, "PATCH", path, json={"title": "Newer"}, headers=newer).status_code == 200


def test_removing_images_from_an_album_keeps_them(gateway: Gateway) -> None:
    dog, cat = add_image(gateway, "Dog"), add_image(gateway, "Cat")
    album_id = create_album(gateway, dog, cat)
    path = f"/v1/albums/{album_id}/images/delete"
    response = call(gateway, "POST", path, json={"ids": [dog, "x", new_image_id()]})
    assert response.status_code == 207
    assert [item["status"] for item in response.json()["items"]] == [204, 404, 404]
    assert list_ids(gateway, album=album_id) == [cat]
    assert list_ids(gateway) == [cat, dog]


def test_a_deleted_image_is_removed_from_its_albums(gateway: Gateway) -> None:
    dog, cat = add_image(gateway, "Dog"), add_image(gateway, "Cat")
    album_id = create_album(gateway, dog, cat)
    call(gateway, "PATCH", f"/v1/albums/{album_id}", json={"cover_id": dog})
    assert call(gateway, "DELETE", f"/v1/images/{dog}").status_code == 204
    album = call(gateway, "GET", f"/v1/albums/{album_id}").json()
    assert (album["images"], album["cover_id"], album["cover"]["image_id"]) == (1, None, cat)
    assert list_ids(gateway, album=album_id) == [cat]


def test_deleting_an_album_keeps_its_images(gateway: Gateway) -> None:
    dog = add_image(gateway, "Dog")
    album_id = create_album(gateway, dog)
    assert call(gateway, "DELETE", f"/v1/albums/{album_id}").status_code == 204
    assert call(gateway, "DELETE", f"/v1/albums/{album_id}").status_code == 404
    assert call(gateway, "GET", f"/v1/images/{dog}").json()["albums"] == []
    assert call(gateway, "GET", "/v1/albums").json()["items"] == []


def test_a_repeated_creation_with_an_idempotency_key_creates_one_album(gateway: Gateway) -> None:
    headers = {"Idempotency-Key": "summer"}
    responses = [
        call(gateway, "POST", "/v1/albums", json={"title": "Summer"}, headers=headers)
        for _ in range(2)
    ]
    assert responses[0].json() == responses[1].json()
    assert len(call(gateway, "GET", "/v1/albums").json()["items"]) == 1


def test_adding_to_an_album_changes_the_etag_of_the_image(gateway: Gateway) -> None:
    dog = add_image(gateway, "Dog")
    etag = call(gateway, "GET", f"/v1/images/{dog}").headers["ETag"]
    create_album(gateway, dog)
    response = call(gateway, "GET", f"/v1/images/{dog}", headers={"If-None-Match": etag})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"title": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/images", {"ids": ["IMAGE"]}),
        ("POST", "/images/delete", {"ids": ["IMAGE"]}),
    ],
)
def test_an_album_of_another_owner_is_not_found_and_unchanged(
    gateway: Gateway, method: str, path: str, body: dict[str, Any] | None
) -> None:
    mine, other_owner = add_image(gateway, "Dog"), new_owner()
    album_id = create_album(gateway, mine)
    theirs = add_image(gateway, "Dog", owner=other_owner)
    before = call(gateway, "GET", f"/v1/albums/{album_id}").json()
    if body and "ids" in body:
        body = {"ids": [mine, theirs]}
    for album in (album_id, new_album_id(), "x"):
        url = f"/v1/albums/{album}{path}"
        response = call(gateway, method, url, owner=other_owner, json=body)
        assert (response.status_code, response.json()["code"]) == (404, "album_not_found")
    assert call(gateway, "GET", f"/v1/albums/{album_id}").json() == before
    response = call(gateway, "GET", "/v1/images", owner=other_owner, params={"album": album_id})
    assert response.json()["items"] == []


def test_an_image_in_the_maximum_number_of_albums_is_not_added(gateway: Gateway) -> None:
    image_id, path = add_image(gateway), f"/v1/albums/{create_album(gateway)}/images"
    images: Any = gateway.tables.images
    rows = images._state.images
    (key,) = [key for key in rows if key.image_id == image_id]
    albums = frozenset(new_album_id() for _ in range(MAX_ALBUMS))
    rows[key] = rows[key].model_copy(update={"albums": albums})
    (item,) = call(gateway, "POST", path, json={"ids": [image_id]}).json()["items"]
    assert (item["status"], item["problem"]["code"]) == (409, "too_many_albums")


def test_an_image_of_another_owner_cannot_be_added(gateway: Gateway) -> None:
    theirs = add_image(gateway, "Dog", owner=new_owner())
    path = f"/v1/albums/{create_album(gateway)}/images"
    response = call(gateway, "POST", path, json={"ids": [theirs]})
    (item,) = response.json()["items"]
    assert (item["id"], item["status"]) == (theirs, 404)
    assert item["problem"]["code"] == "image_not_found"


@pytest.mark.parametrize(
    "body", [{}, {"title": ""}, {"title": "x" * 201}, {"title": "a", "more": 1}, {"title": 5}]
)
def test_an_invalid_album_is_rejected(gateway: Gateway, body: dict[str, Any]) -> None:
    response = call(gateway, "POST", "/v1/albums", json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_search_finds_images_by_text(gateway: Gateway) -> None:
    exit_sign = add_image_with_text(gateway, "EXIT only", "Ausfahrt")
    shop = add_image_with_text(gateway, "Shop", "Exit")
    assert list_ids(gateway, text="exit") == [shop, exit_sign]
    assert list_ids(gateway, text="Exit ONLY") == [exit_sign]
    assert list_ids(gateway, text=["exit", "shop"]) == [shop]
    assert list_ids(gateway, text="exit", label="sign", **{"not": "dog"}) == [shop, exit_sign]
    assert list_ids(gateway, text="nowhere") == []
    assert list_ids(gateway, text="exit", album=create_album(gateway, shop)) == [shop]


def test_search_ignores_index_entries_without_a_matching_image(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row decides: in this index, every word finds what the word "exit" finds."""
    image_id = add_image_with_text(gateway, "Exit")
    index: Any = gateway.tables.index
    find = index.find

    async def find_exit(owner: str, term: Any, *args: Any) -> Any:
        return await find(owner, Term("word", "exit"), *args)

    monkeypatch.setattr(index, "find", find_exit)
    assert list_ids(gateway, text="unrecognized") == []
    assert list_ids(gateway, q="unrecognized ") == []
    assert list_ids(gateway, text="exit") == [image_id]


@pytest.mark.parametrize(
    "params",
    [
        {"text": "!?"},
        {"text": ["exit", "..."]},
        {"text": " ".join(f"w{n}" for n in range(21))},
    ],
)
def test_a_text_without_or_with_too_many_words_is_rejected(
    gateway: Gateway, params: dict[str, Any]
) -> None:
    response = call(gateway, "GET", "/v1/images", params=params)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_text")
