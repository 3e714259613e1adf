"""Albums, and listing what they hold."""

import asyncio
from typing import Any

import httpx
import pytest

from api.conftest import Gateway
from sightline.domain.ids import new_album_id, new_image_id
from sightline.domain.images import Image
from sightline.domain.recognition import BoundingBox, DetectedText
from sightline_testing.builders import (
    ETAG,
    make_image,
    make_recognition,
    make_rendition_set,
    new_owner,
    with_recognition,
)


def add(gateway: Gateway, *labels: str, owner: str | None = None) -> str:
    """An image that is ready, with these labels."""
    image = make_image(owner or gateway.owner)
    part = image.renditions.begin(ETAG).succeed(make_rendition_set())
    fill(gateway, image, with_recognition(image, *labels).with_part("renditions", part))
    return image.image_id


def add_read(gateway: Gateway, *texts: str) -> str:
    """An image in which these lines are to be read."""
    image = make_image(gateway.owner)
    box = BoundingBox(left=0, top=0, width=1, height=1)
    lines = tuple(
        DetectedText(text=text, confidence=99, is_line=True, line=0, box=box) for text in texts
    )
    result = make_recognition("Sign").model_copy(update={"text": lines})
    part = image.recognition.begin(ETAG).succeed(result)
    fill(gateway, image, image.with_part("recognition", part))
    return image.image_id


def fill(gateway: Gateway, image: Image, after: Image) -> None:
    async def store() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, after)

    asyncio.run(store())


def call(gateway: Gateway, method: str, path: str, **options: Any) -> httpx.Response:
    headers = gateway.headers(options.pop("owner", None)) | options.pop("headers", {})
    return gateway.client.request(method, path, headers=headers, **options)


def make(gateway: Gateway, *image_ids: str, title: str = "Summer") -> str:
    answer = call(gateway, "POST", "/v1/albums", json={"title": title})
    assert answer.status_code == 201, answer.text
    path = answer.headers["Location"]
    if image_ids:
        put_in = call(gateway, "POST", f"{path}/images", json={"ids": image_ids})
        assert [item["status"] for item in put_in.json()["items"]] == [204] * len(image_ids)
    return path.removeprefix("/v1/albums/")


def list_ids(gateway: Gateway, path: str = "/v1/images", **params: Any) -> list[str]:
    answer = call(gateway, "GET", path, params=params)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_an_album_is_made_filled_and_listed(gateway: Gateway) -> None:
    dog, cat, other = add(gateway, "Dog"), add(gateway, "Cat"), add(gateway, "Dog")
    album_id = make(gateway, dog, cat)
    album = call(gateway, "GET", f"/v1/albums/{album_id}").json()
    assert (album["id"], album["title"], album["images"]) == (album_id, "Summer", 2)
    assert album["cover_id"] is None
    assert album["cover"]["image_id"] == cat
    assert album["cover"]["thumbnail"]["url"].startswith("http://s3/renditions/")
    assert list_ids(gateway, album=album_id) == [cat, dog]
    assert list_ids(gateway, album=album_id, label="dog") == [dog]
    assert list_ids(gateway, label=["dog"]) == [other, dog]
    assert list_ids(gateway, "/v1/search", label="dog", album=album_id) == [dog]
    assert call(gateway, "GET", f"/v1/images/{dog}").json()["albums"] == [album_id]


def test_an_album_is_paged_and_filtered_further(gateway: Gateway) -> None:
    ids = [add(gateway, "Dog") for _ in range(5)]
    album_id = make(gateway, *ids)
    first = call(gateway, "GET", "/v1/images", params={"album": album_id, "limit": 3}).json()
    cursor = first["next_cursor"]
    rest = {"album": album_id, "limit": 3, "cursor": cursor}
    second = call(gateway, "GET", "/v1/images", params=rest).json()
    assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None
    assert list_ids(gateway, album=album_id, status="failed") == []
    assert len(list_ids(gateway, album=album_id, status="ready")) == 5


def test_albums_are_listed_newest_first(gateway: Gateway) -> None:
    first, second = make(gateway, title="One"), make(gateway, add(gateway), title="Two")
    page = call(gateway, "GET", "/v1/albums", params={"limit": 1}).json()
    assert [(item["id"], item["images"]) for item in page["items"]] == [(second, 1)]
    params = {"cursor": page["next_cursor"]}
    page = call(gateway, "GET", "/v1/albums", params=params).json()
    assert [(item["id"], item["cover"]) for item in page["items"]] == [(first, None)]
    assert page["next_cursor"] is None


def test_an_album_gets_another_title_and_cover(gateway: Gateway) -> None:
    dog, cat = add(gateway, "Dog"), add(gateway, "Cat")
    path = f"/v1/albums/{make(gateway, dog, cat)}"
    album = call(gateway, "PATCH", path, json={"cover_id": dog}).json()
    assert (album["title"], album["cover_id"], album["cover"]["image_id"]) == ("Summer", dog, dog)
    album = call(gateway, "PATCH", path, json={"title": " Winter ", "cover_id": None}).json()
    assert (album["title"], album["cover_id"], album["cover"]["image_id"]) == ("Winter", None, cat)
    assert call(gateway, "PATCH", path, json={"title": None}).json()["title"] == "Winter"


def test_a_cover_from_elsewhere_is_refused(gateway: Gateway) -> None:
    path = f"/v1/albums/{make(gateway)}"
    for image_id in (add(gateway), add(gateway, owner=new_owner()), new_image_id()):
        answer = call(gateway, "PATCH", path, json={"cover_id": image_id})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_in_album")


def test_an_edit_can_insist_on_what_was_read(gateway: Gateway) -> None:
    path = f"/v1/albums/{make(gateway)}"
    tag = call(gateway, "GET", path).headers["ETag"]
    assert call(gateway, "GET", path, headers={"If-None-Match": tag}).status_code == 304
    mine = call(gateway, "PATCH", path, json={"title": "Mine"}, headers={"If-Match": tag})
    assert mine.status_code == 200
    late = call(gateway, "PATCH", path, json={"title": "Late"}, headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "changed")
    newer = {"If-Match": mine.headers["ETag"]}
    assert call(gateway, "PATCH", path, json={"title": "Newer"}, headers=newer).status_code == 200


def test_pictures_leave_an_album_and_stay(gateway: Gateway) -> None:
    dog, cat = add(gateway, "Dog"), add(gateway, "Cat")
    album_id = make(gateway, dog, cat)
    path = f"/v1/albums/{album_id}/images/delete"
    answer = call(gateway, "POST", path, json={"ids": [dog, "x", new_image_id()]})
    assert answer.status_code == 207
    assert [item["status"] for item in answer.json()["items"]] == [204, 404, 404]
    assert list_ids(gateway, album=album_id) == [cat]
    assert list_ids(gateway) == [cat, dog]


def test_a_deleted_picture_leaves_its_albums(gateway: Gateway) -> None:
    dog, cat = add(gateway, "Dog"), add(gateway, "Cat")
    album_id = make(gateway, dog, cat)
    call(gateway, "PATCH", f"/v1/albums/{album_id}", json={"cover_id": dog})
    assert call(gateway, "DELETE", f"/v1/images/{dog}").status_code == 204
    album = call(gateway, "GET", f"/v1/albums/{album_id}").json()
    assert (album["images"], album["cover_id"], album["cover"]["image_id"]) == (1, None, cat)
    assert list_ids(gateway, album=album_id) == [cat]


def test_a_deleted_album_leaves_its_pictures(gateway: Gateway) -> None:
    dog = add(gateway, "Dog")
    album_id = make(gateway, dog)
    assert call(gateway, "DELETE", f"/v1/albums/{album_id}").status_code == 204
    assert call(gateway, "DELETE", f"/v1/albums/{album_id}").status_code == 404
    assert call(gateway, "GET", f"/v1/images/{dog}").json()["albums"] == []
    assert call(gateway, "GET", "/v1/albums").json()["items"] == []


def test_making_an_album_twice_with_one_key_makes_one(gateway: Gateway) -> None:
    headers = {"Idempotency-Key": "summer"}
    answers = [
        call(gateway, "POST", "/v1/albums", json={"title": "Summer"}, headers=headers)
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len(call(gateway, "GET", "/v1/albums").json()["items"]) == 1


def test_putting_in_shows_in_the_images_tag(gateway: Gateway) -> None:
    dog = add(gateway, "Dog")
    tag = call(gateway, "GET", f"/v1/images/{dog}").headers["ETag"]
    make(gateway, dog)
    answer = call(gateway, "GET", f"/v1/images/{dog}", headers={"If-None-Match": tag})
    assert answer.status_code == 200


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
def test_somebody_elses_album_is_not_there(
    gateway: Gateway, method: str, path: str, body: dict[str, Any] | None
) -> None:
    """And it stays as it was."""
    mine, stranger = add(gateway, "Dog"), new_owner()
    album_id = make(gateway, mine)
    theirs = add(gateway, "Dog", owner=stranger)
    before = call(gateway, "GET", f"/v1/albums/{album_id}").json()
    if body and "ids" in body:
        body = {"ids": [mine, theirs]}
    for album in (album_id, new_album_id(), "x"):
        url = f"/v1/albums/{album}{path}"
        answer = call(gateway, method, url, owner=stranger, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "album_not_found")
    assert call(gateway, "GET", f"/v1/albums/{album_id}").json() == before
    answer = call(gateway, "GET", "/v1/images", owner=stranger, params={"album": album_id})
    assert answer.json()["items"] == []


def test_somebody_elses_picture_is_not_put_in(gateway: Gateway) -> None:
    theirs = add(gateway, "Dog", owner=new_owner())
    path = f"/v1/albums/{make(gateway)}/images"
    answer = call(gateway, "POST", path, json={"ids": [theirs]})
    assert answer.json() == {"items": [{"id": theirs, "status": 404}]}


@pytest.mark.parametrize(
    "body", [{}, {"title": ""}, {"title": "x" * 201}, {"title": "a", "more": 1}, {"title": 5}]
)
def test_a_bad_album_is_refused(gateway: Gateway, body: dict[str, Any]) -> None:
    answer = call(gateway, "POST", "/v1/albums", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_images_are_found_by_what_is_to_be_read(gateway: Gateway) -> None:
    exit_sign = add_read(gateway, "EXIT only", "Ausfahrt")
    shop = add_read(gateway, "Shop", "Exit")
    path = "/v1/search"
    assert list_ids(gateway, path, text="exit") == [shop, exit_sign]
    assert list_ids(gateway, path, text="Exit ONLY") == [exit_sign]
    assert list_ids(gateway, path, text=["exit", "shop"]) == [shop]
    assert list_ids(gateway, path, text="exit", label="sign", **{"not": "dog"}) == [shop, exit_sign]
    assert list_ids(gateway, path, text="nowhere") == []
    assert list_ids(gateway, path, text="exit", album=make(gateway, shop)) == [shop]


def test_what_the_index_has_too_early_is_not_shown(gateway: Gateway) -> None:
    image_id = add_read(gateway, "Exit")
    images: Any = gateway.tables.images
    rows = images._state.images
    (key,) = [key for key in rows if key.image_id == image_id]
    image = rows[key]
    rows[key] = image.model_copy(update={"words": image.words | {"early"}})
    assert list_ids(gateway, "/v1/search", text="early") == []
    assert list_ids(gateway, "/v1/search", text="exit") == [image_id]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"not": "dog"},
        {"text": "!?"},
        {"text": ["exit", "..."]},
        {"text": " ".join(f"w{n}" for n in range(21))},
    ],
)
def test_a_search_for_nothing_or_too_much_is_refused(
    gateway: Gateway, params: dict[str, Any]
) -> None:
    answer = call(gateway, "GET", "/v1/search", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_search")
