"""Counts of images by place, as a map shows them."""

import asyncio
from typing import Any

from api.conftest import Gateway
from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.images import Image
from sightline_testing.builders import (
    ETAG,
    make_image,
    make_rendition_set,
    new_owner,
    with_recognition,
)

LISBON = GeoPosition(38.71093, -9.13664, city="Lisbon", country="Portugal", country_code="PT")
FIJI = GeoPosition(-17.8, 179.9996)
GREENWICH = GeoPosition(51.4778, -0.0004)


def add_image(gateway: Gateway, place: GeoPosition | None) -> Image:
    image = make_image(gateway.owner)
    result = make_rendition_set().model_copy(update={"capture": Capture(place=place)})
    part = image.renditions.begin(ETAG).succeed(result)
    done = with_recognition(image).with_part("renditions", part)

    async def store() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, done)

    asyncio.run(store())
    return done


def edit(gateway: Gateway, image: Image, **changes: Any) -> None:
    path = f"/v1/images/{image.image_id}"
    response = gateway.client.request("PATCH", path, json=changes, headers=gateway.headers())
    assert response.status_code == 200, response.text


def get_places(gateway: Gateway, **params: Any) -> Any:
    response = gateway.client.get("/v1/places", params=params, headers=gateway.headers())
    assert response.status_code == 200, response.text
    return response.json()


def test_images_are_counted_by_cells_of_a_thousandth_of_a_degree(gateway: Gateway) -> None:
    """The names and the image are those of the newest image that has them."""
    near = GeoPosition(38.7114, -9.1370)
    add_image(gateway, LISBON)
    newest = add_image(gateway, near)
    other = add_image(gateway, FIJI)
    third = add_image(gateway, GREENWICH)
    add_image(gateway, None)
    page = get_places(gateway)
    assert (page["images"], page["without_position"], page["next_cursor"]) == (5, 1, None)
    places = {(each["latitude"], each["longitude"]): each for each in page["items"]}
    assert places.keys() == {(38.711, -9.137), (-17.8, 180.0), (51.478, 0.0)}
    assert places[38.711, -9.137] == {
        "latitude": 38.711,
        "longitude": -9.137,
        "images": 2,
        "image_id": newest.image_id,
        "city": "Lisbon",
        "region": None,
        "country": "Portugal",
        "country_code": "PT",
    }
    assert places[-17.8, 180.0]["image_id"] == other.image_id
    assert places[51.478, 0.0]["image_id"] == third.image_id
    assert str(places[51.478, 0.0]["longitude"]) == "0.0"


def test_pages_together_count_every_image_once(gateway: Gateway) -> None:
    for place in (LISBON, None, LISBON, FIJI, LISBON):
        add_image(gateway, place)
    for limit in range(1, 6):
        pages = [get_places(gateway, limit=limit)]
        while cursor := pages[-1]["next_cursor"]:
            pages.append(get_places(gateway, limit=limit, cursor=cursor))
        assert [page["images"] for page in pages[:-1]] == [limit] * (len(pages) - 1)
        assert sum(page["images"] for page in pages) == 5
        assert sum(page["without_position"] for page in pages) == 1
        found = [(each["city"], each["images"]) for page in pages for each in page["items"]]
        assert sum(images for city, images in found if city == "Lisbon") == 3
        assert sum(images for city, images in found if city is None) == 1


def test_the_box_of_a_place_lists_its_images(gateway: Gateway) -> None:
    images = [add_image(gateway, place) for place in (LISBON, LISBON, FIJI)]
    [place] = [each for each in get_places(gateway)["items"] if each["city"]]
    latitude, longitude = place["latitude"], place["longitude"]
    edges = (longitude - 0.0005, latitude - 0.0005, longitude + 0.0005, latitude + 0.0005)
    response = gateway.client.get(
        "/v1/images",
        params={"order": "taken", "bbox": ",".join(f"{edge:.4f}" for edge in edges)},
        headers=gateway.headers(),
    )
    listed = {item["id"] for item in response.json()["items"]}
    assert listed == {image.image_id for image in images[:2]}


def test_the_archive_and_the_trash_are_not_counted(gateway: Gateway) -> None:
    archived, trashed = add_image(gateway, LISBON), add_image(gateway, LISBON)
    edit(gateway, archived, archived=True)
    path = f"/v1/images/{trashed.image_id}"
    assert gateway.client.delete(path, headers=gateway.headers()).status_code == 204
    nothing = {"items": [], "images": 0, "without_position": 0, "next_cursor": None}
    assert get_places(gateway) == nothing
    edit(gateway, archived, archived=False)
    assert get_places(gateway)["images"] == 1


def test_the_images_of_another_owner_are_not_counted(gateway: Gateway) -> None:
    add_image(gateway, LISBON)
    headers = gateway.headers(owner=new_owner())
    response = gateway.client.get("/v1/places", headers=headers)
    assert (response.status_code, response.json()["images"]) == (200, 0)


def test_a_corrected_position_moves_the_image(gateway: Gateway) -> None:
    image = add_image(gateway, LISBON)
    for override, expected in (
        ({"latitude": 60.0, "longitude": 25.0}, [(60.0, 25.0, None)]),
        ({"latitude": None, "longitude": None}, []),
        (None, [(38.711, -9.137, "Lisbon")]),
    ):
        edit(gateway, image, position_override=override)
        places = get_places(gateway)["items"]
        assert [(each["latitude"], each["longitude"], each["city"]) for each in places] == expected


def test_a_cursor_of_another_list_is_rejected(gateway: Gateway) -> None:
    add_image(gateway, LISBON)
    add_image(gateway, LISBON)
    other = gateway.client.get(
        "/v1/images", params={"order": "taken", "limit": 1}, headers=gateway.headers()
    ).json()["next_cursor"]
    response = gateway.client.get("/v1/places", params={"cursor": other}, headers=gateway.headers())
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")
