"""Near duplicates of an image."""

import asyncio
from typing import Any

from api.conftest import Gateway
from sightline_testing.builders import make_image, new_owner, with_hash

HASH = "0123456789abcdef"


def add_image(gateway: Gateway, perceptual_hash: str | None, owner: str | None = None) -> str:
    image = make_image(owner or gateway.owner)
    asyncio.run(gateway.tables.images.create(image))
    asyncio.run(gateway.tables.images.store(image, with_hash(image, perceptual_hash)))
    return image.image_id


def flip(bits: int) -> str:
    """Return the hash with this many of its bits changed."""
    return f"{int(HASH, 16) ^ sum(1 << 4 * bit for bit in range(bits)):016x}"


def list_duplicates(gateway: Gateway, image_id: str, **parameters: Any) -> list[tuple[str, int]]:
    response = gateway.client.get(
        f"/v1/images/{image_id}/duplicates", params=parameters, headers=gateway.headers()
    )
    assert response.status_code == 200
    return [(each["image"]["id"], each["distance"]) for each in response.json()["items"]]


def test_images_of_the_same_scene_are_listed_closest_first(gateway: Gateway) -> None:
    image = add_image(gateway, HASH)
    far, near, same = (add_image(gateway, flip(bits)) for bits in (12, 4, 0))
    newer = add_image(gateway, HASH)
    add_image(gateway, flip(13))
    expected = [(newer, 0), (same, 0), (near, 4), (far, 12)]
    assert list_duplicates(gateway, image) == expected
    assert list_duplicates(gateway, image, limit=3) == expected[:3]
    assert (image, 12) in list_duplicates(gateway, far)


def test_images_without_a_hash_have_no_duplicates(gateway: Gateway) -> None:
    plain, other = add_image(gateway, None), add_image(gateway, None)
    assert list_duplicates(gateway, plain) == list_duplicates(gateway, other) == []
    waiting = make_image(gateway.owner)
    asyncio.run(gateway.tables.images.create(waiting))
    assert list_duplicates(gateway, waiting.image_id) == []


def test_images_of_other_owners_are_not_listed(gateway: Gateway) -> None:
    image, other = add_image(gateway, HASH), add_image(gateway, HASH, new_owner())
    assert list_duplicates(gateway, image) == []
    path = f"/v1/images/{other}/duplicates"
    response = gateway.client.get(path, headers=gateway.headers())
    assert (response.status_code, response.json()["code"]) == (404, "image_not_found")


def test_an_image_that_is_being_deleted_is_not_listed(gateway: Gateway) -> None:
    image, other = add_image(gateway, HASH), add_image(gateway, HASH)
    found = asyncio.run(gateway.tables.images.get_many(gateway.owner, [other]))
    asyncio.run(gateway.tables.images.begin_deletion(found[0].key))
    assert list_duplicates(gateway, image) == []
