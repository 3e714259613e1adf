"""The order of albums: lists and share links follow it, moves change it; albums from a search."""

from typing import Any

import pytest

from api.conftest import Gateway
from api.test_albums import add_image, add_image_with_text, call, create_album, list_ids
from sightline.domain.ids import new_image_id
from sightline.domain.object_keys import ImageKey
from sightline.domain.share_links import new_token
from sightline_api.albums import searching
from sightline_api.albums.searching import AlbumSearch
from sightline_api.openapi import make_document
from sightline_api.pagination import decode_cursor, encode_cursor
from sightline_testing.builders import make_share_link


def add_images_taken_in(gateway: Gateway, *years: int) -> list[str]:
    ids = [add_image(gateway, "Dog") for _ in years]
    for image_id, year in zip(ids, years, strict=True):
        body = {"taken_at_override": f"{year}-05-01T12:00:00"}
        edited = call(gateway, "PATCH", f"/v1/images/{image_id}", json=body)
        assert edited.status_code == 200, edited.text
    return ids


def set_sort(gateway: Gateway, album: str, sort: str) -> None:
    assert call(gateway, "PATCH", f"/v1/albums/{album}", json={"sort": sort}).status_code == 200


def move(gateway: Gateway, album: str, ids: list[str], **anchor: str) -> list[int]:
    body = {"ids": ids, **anchor}
    response = call(gateway, "POST", f"/v1/albums/{album}/images/move", json=body)
    assert response.status_code == 207, response.text
    return [item["status"] for item in response.json()["items"]]


def read_pages(gateway: Gateway, path: str, **params: Any) -> list[str]:
    """Return the ids of all pages of one image each."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        response = call(gateway, "GET", path, params={**params, **cursor, "limit": 1})
        assert response.status_code == 200, response.text
        page = response.json()
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_lists_of_an_album_follow_its_order(gateway: Gateway) -> None:
    first, second, third = add_images_taken_in(gateway, 2020, 2018, 2019)
    add_image(gateway, "Cat")
    album = create_album(gateway, first, second, third)
    orders = {
        "uploaded_newest": [third, second, first],
        "uploaded_oldest": [first, second, third],
        "taken_newest": [first, third, second],
        "taken_oldest": [second, third, first],
        "manual": [first, second, third],
    }
    assert list_ids(gateway, album=album) == orders["uploaded_newest"]
    for sort, ids in orders.items():
        set_sort(gateway, album, sort)
        assert list_ids(gateway, album=album) == ids
        assert read_pages(gateway, "/v1/images", album=album) == ids
        assert list_ids(gateway, album=album, label="dog", month="2019-05") == [third]
        # A list that names an order has this one.
        assert list_ids(gateway, album=album, sort="newest") == [third, second, first]
        assert list_ids(gateway, album=album, order="taken", sort="oldest") == [
            second,
            third,
            first,
        ]
        assert list_ids(gateway, album=album, order="manual") == [first, second, third]


def test_a_filter_passes_over_images_in_manual_order(gateway: Gateway) -> None:
    dog, exit_sign = add_image(gateway, "Dog"), add_image_with_text(gateway, "Exit")
    cat = add_image(gateway, "Cat")
    album = create_album(gateway, cat, exit_sign, dog)
    set_sort(gateway, album, "manual")
    assert list_ids(gateway, album=album) == [cat, exit_sign, dog]
    assert list_ids(gateway, album=album, q="exit") == [exit_sign]
    assert list_ids(gateway, album=album, **{"not": "cat", "limit": 1}) == [exit_sign]
    assert read_pages(gateway, "/v1/images", album=album, **{"not": "cat"}) == [exit_sign, dog]
    call(gateway, "PATCH", f"/v1/images/{dog}", json={"favorite": True})
    assert read_pages(gateway, "/v1/images", album=album, favorite=True) == [dog]
    assert list_ids(gateway, album=album, favorite=False) == [cat, exit_sign]


def test_a_cursor_continues_in_the_order_of_its_list(gateway: Gateway) -> None:
    ids = [add_image(gateway, "Dog") for _ in range(3)]
    album = create_album(gateway, *ids)
    set_sort(gateway, album, "manual")
    page = call(gateway, "GET", "/v1/images", params={"album": album, "limit": 1}).json()
    set_sort(gateway, album, "uploaded_newest")
    move(gateway, album, [ids[0]], after=ids[2])
    cursor = page["next_cursor"]
    assert list_ids(gateway, album=album, cursor=cursor) == [ids[1], ids[2], ids[0]]
    params = {"album": album, "order": "taken", "cursor": cursor}
    rejected = call(gateway, "GET", "/v1/images", params=params)
    assert (rejected.status_code, rejected.json()["code"]) == (400, "invalid_cursor")


def test_the_manual_order_requires_an_album(gateway: Gateway) -> None:
    rejected = call(gateway, "GET", "/v1/images", params={"order": "manual"})
    assert (rejected.status_code, rejected.json()["code"]) == (422, "invalid_request")


def test_images_are_moved_before_or_after_another_one(gateway: Gateway) -> None:
    first, second, third, fourth = (add_image(gateway, "Dog") for _ in range(4))
    outside = add_image(gateway, "Dog")
    album = create_album(gateway, first, second, third, fourth)
    set_sort(gateway, album, "manual")
    assert move(gateway, album, [fourth, third], before=first) == [204, 204]
    assert list_ids(gateway, album=album) == [fourth, third, first, second]
    statuses = move(gateway, album, [outside, fourth, "x", new_image_id()], after=first)
    assert statuses == [404, 204, 404, 404]
    assert list_ids(gateway, album=album) == [third, first, fourth, second]


@pytest.mark.parametrize(
    "body",
    [
        {"ids": ["x"]},
        {"ids": [], "before": new_image_id()},
        {"ids": ["x"], "before": new_image_id(), "after": new_image_id()},
        {"ids": ["01a21d81-0000-7000-8000-000000000000"]}
        | {"after": "01a21d81-0000-7000-8000-000000000000"},
    ],
)
def test_an_invalid_move_is_rejected(gateway: Gateway, body: dict[str, Any]) -> None:
    path = f"/v1/albums/{create_album(gateway)}/images/move"
    response = call(gateway, "POST", path, json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_images_are_moved_next_to_an_image_of_the_album(gateway: Gateway) -> None:
    inside, outside = add_image(gateway, "Dog"), add_image(gateway, "Dog")
    path = f"/v1/albums/{create_album(gateway, inside)}/images/move"
    response = call(gateway, "POST", path, json={"ids": [inside], "after": outside})
    assert (response.status_code, response.json()["code"]) == (409, "not_in_album")


def test_restored_images_are_where_they_were(gateway: Gateway) -> None:
    first, second, third = (add_image(gateway, "Dog") for _ in range(3))
    album = create_album(gateway, first, second, third)
    set_sort(gateway, album, "manual")
    move(gateway, album, [third], before=first)
    call(gateway, "DELETE", f"/v1/images/{third}")
    assert list_ids(gateway, album=album) == [first, second]
    call(gateway, "POST", f"/v1/images/{third}/restore")
    assert list_ids(gateway, album=album) == [third, first, second]


def test_share_links_follow_the_order_without_the_time_of_capture(gateway: Gateway) -> None:
    first, second, third = add_images_taken_in(gateway, 2020, 2018, 2019)
    album = create_album(gateway, first, second, third)
    body = {"title": "Lisbon", "description": "Two weeks"}
    call(gateway, "PATCH", f"/v1/albums/{album}", json=body)
    for metadata in (False, True):
        link = make_share_link(
            gateway.owner, token := new_token(), album_id=album, metadata=metadata
        )
        gateway.run(gateway.tables.share_links.create(link))
        path = f"/v1/shared/{token}"
        assert gateway.client.get(path).json()["description"] == "Two weeks"
        for sort, ids in {
            "uploaded_newest": [third, second, first],
            "taken_oldest": [second, third, first],
            "manual": [first, second, third],
        }.items():
            set_sort(gateway, album, sort)
            assert read_pages(gateway, f"{path}/images") == ids
        set_sort(gateway, album, "taken_newest")
        page = gateway.client.get(f"{path}/images", params={"limit": 1}).json()
        assert ("2020-05" in decode_cursor(page["next_cursor"])) == metadata
        set_sort(gateway, album, "manual")
        if not metadata:
            # The cursor finds its position although its image has moved to the trash.
            call(gateway, "DELETE", f"/v1/images/{first}")
        params = {"cursor": page["next_cursor"]}
        rest = gateway.client.get(f"{path}/images", params=params).json()
        assert [item["id"] for item in rest["items"]] == [third, second]
        call(gateway, "POST", f"/v1/images/{first}/restore")


#: The id of an image that does not exist.
NO_IMAGE = "019aa0c5-4f10-7b3d-8e21-5a9c7d1e3f02"


@pytest.mark.parametrize(
    "key", ["of:taken_newest:x", "of:manual:x", f"of:taken_oldest:{NO_IMAGE}", "manual:\n"]
)
def test_a_forged_cursor_of_a_share_link_is_rejected(gateway: Gateway, key: str) -> None:
    token = new_token()
    link = make_share_link(gateway.owner, token, album_id=create_album(gateway))
    gateway.run(gateway.tables.share_links.create(link))
    path = f"/v1/shared/{token}/images"
    rejected = gateway.client.get(path, params={"cursor": encode_cursor(key)})
    assert (rejected.status_code, rejected.json()["code"]) == (400, "invalid_cursor")


def create_from_search(gateway: Gateway, **search: Any) -> dict[str, Any]:
    response = call(gateway, "POST", "/v1/albums", json={"title": "Found", "search": search})
    assert response.status_code == 201, response.text
    album: dict[str, Any] = response.json()
    return album


def test_an_album_is_created_from_a_search(gateway: Gateway) -> None:
    both = add_image(gateway, "Dog", "Beach")
    dog, cat = add_image(gateway, "Dog"), add_image(gateway, "Cat")
    exit_sign = add_image_with_text(gateway, "Exit")
    album = create_from_search(gateway, label=["dog"])
    assert (album["images"], album["next_cursor"]) == (2, None)
    assert album["cover"]["image_id"] == dog
    assert list_ids(gateway, album=album["id"]) == [dog, both]
    album = create_from_search(gateway, label=["dog"], **{"not": ["beach"]})
    assert list_ids(gateway, album=album["id"]) == [dog]
    assert list_ids(gateway, album=create_from_search(gateway, q="exit")["id"]) == [exit_sign]
    assert list_ids(gateway, album=create_from_search(gateway)["id"]) == [exit_sign, cat, dog, both]
    assert create_from_search(gateway, label=["horse"])["images"] == 0


@pytest.mark.parametrize("search", [{"label": ["dog"]}, {"status": "ready"}])
def test_a_large_search_continues_after_a_bounded_number_of_images(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, search: dict[str, Any]
) -> None:
    monkeypatch.setattr(searching, "MAX_FOUND_IMAGES", 2)
    ids = [add_image(gateway, "Dog") for _ in range(5)]
    album = create_from_search(gateway, **search)
    assert (album["images"], list_ids(gateway, album=album["id"])) == (2, [ids[4], ids[3]])
    cursor = album["next_cursor"]
    assert list_ids(gateway, **search, sort="newest", cursor=cursor) == ids[2::-1]


def test_a_search_that_is_invalid_creates_no_album(gateway: Gateway) -> None:
    for search in ({"q": "!"}, {"more": 1}, {"bbox": "0,0,0,999"}, {"label": ["a"] * 11}):
        body = {"title": "Found", "search": search}
        assert call(gateway, "POST", "/v1/albums", json=body).status_code == 422
    assert call(gateway, "GET", "/v1/albums").json()["items"] == []


def test_the_search_of_an_album_has_the_filters_of_a_list() -> None:
    operation = make_document()["paths"]["/v1/images"]["get"]
    parameters = {each["name"] for each in operation["parameters"] if each["in"] == "query"}
    fields = {field.alias or name for name, field in AlbumSearch.model_fields.items()}
    assert fields == parameters - {"sort", "order", "limit", "cursor"}


def test_an_image_that_was_removed_for_good_leaves_the_order(gateway: Gateway) -> None:
    first, second = add_image(gateway, "Dog"), add_image(gateway, "Dog")
    album = create_album(gateway, first, second)
    set_sort(gateway, album, "manual")
    call(gateway, "DELETE", f"/v1/images/{first}", params={"permanent": True})
    assert list_ids(gateway, album=album) == [second]
    image = gateway.run(gateway.tables.images.get(ImageKey(gateway.owner, second)))
    assert image.trashed_ranks == frozenset()
