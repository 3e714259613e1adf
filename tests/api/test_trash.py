"""The trash: images leave every list and count, and come back as they were."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx

from api.conftest import Gateway
from sightline.deletion import TRASH_DAYS
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key
from sightline_testing.builders import count_labels, make_image, with_hash, with_recognition

MISSING = "01a21c09-4618-77e1-8648-7ea475d7cce6"


def call(
    gateway: Gateway, method: str, path: str, owner: str | None = None, **options: Any
) -> httpx.Response:
    return gateway.client.request(method, path, headers=gateway.headers(owner), **options)


def add_image(gateway: Gateway, label: str = "Dog") -> Image:
    image = make_image(gateway.owner)
    rendered = with_hash(image, "00000000000000ff")
    recognized = with_recognition(rendered, label)

    async def store() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, rendered)
        await gateway.tables.images.store(rendered, recognized)
        await gateway.originals.write(original_key(image.key), b"image", "image/jpeg")

    asyncio.run(store())
    return recognized


def trash(gateway: Gateway, image: Image) -> None:
    assert call(gateway, "DELETE", f"/v1/images/{image.image_id}").status_code == 204


def list_trash(gateway: Gateway, **params: Any) -> Any:
    response = call(gateway, "GET", "/v1/trash", params=params)
    assert response.status_code == 200, response.text
    return response.json()


def list_ids(gateway: Gateway, **params: Any) -> list[str]:
    page = call(gateway, "GET", "/v1/images", params=params).json()
    return [item["id"] for item in page["items"]]


def has_original(gateway: Gateway, image: Image) -> bool:
    async def find() -> bool:
        return original_key(image.key) in [each.key async for each in gateway.originals.list("")]

    return asyncio.run(find())


def test_delete_moves_an_image_to_the_trash(gateway: Gateway) -> None:
    image, other = add_image(gateway), add_image(gateway, "Cat")
    trash(gateway, image)
    path = f"/v1/images/{image.image_id}"
    for method, suffix, body in (
        ("GET", "", None),
        ("PATCH", "", {"title": "New"}),
        ("POST", "/reprocess", {}),
        ("GET", "/original", None),
        ("GET", "/history", None),
        ("GET", "/duplicates", None),
        ("DELETE", "", None),
    ):
        response = call(gateway, method, path + suffix, json=body)
        assert (response.status_code, response.json()["code"]) == (404, "image_not_found"), suffix
    for params in ({}, {"order": "taken"}):
        assert list_ids(gateway, **params) == [other.image_id]
    assert list_ids(gateway, label="dog") == []
    assert asyncio.run(count_labels(gateway.tables, gateway.owner)) == {"Cat": 1}
    assert call(gateway, "GET", "/v1/timeline").json()["images"] == 1
    duplicates = call(gateway, "GET", f"/v1/images/{other.image_id}/duplicates").json()["items"]
    assert duplicates == []
    assert has_original(gateway, image)


def test_the_trash_is_listed_by_the_time_of_the_move(gateway: Gateway) -> None:
    images = [add_image(gateway) for _ in range(3)]
    for number in (1, 2, 0):
        trash(gateway, images[number])
    expected = [images[number].image_id for number in (0, 2, 1)]
    page = list_trash(gateway)
    assert [item["image"]["id"] for item in page["items"]] == expected
    assert page["next_cursor"] is None
    for item in page["items"]:
        trashed_at, purged_at = (
            datetime.fromisoformat(item[name]) for name in ("trashed_at", "purged_at")
        )
        assert purged_at - trashed_at == timedelta(days=TRASH_DAYS)
    found: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = list_trash(gateway, limit=1, **cursor)
        found += [item["image"]["id"] for item in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert found == expected
    assert page["next_cursor"] is None


def test_a_cursor_of_another_list_is_rejected(gateway: Gateway) -> None:
    images = [add_image(gateway) for _ in range(2)]
    cursor = call(gateway, "GET", "/v1/images", params={"limit": 1}).json()["next_cursor"]
    response = call(gateway, "GET", "/v1/trash", params={"cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")
    for image in images:
        trash(gateway, image)
    cursor = list_trash(gateway, limit=1)["next_cursor"]
    response = call(gateway, "GET", "/v1/images", params={"cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


def test_restore_brings_an_image_back(gateway: Gateway) -> None:
    image = add_image(gateway)
    album = call(gateway, "POST", "/v1/albums", json={"title": "Pets"}).json()["id"]
    call(gateway, "POST", f"/v1/albums/{album}/images", json={"ids": [image.image_id]})
    call(gateway, "PATCH", f"/v1/albums/{album}", json={"cover_id": image.image_id})
    before = call(gateway, "GET", f"/v1/images/{image.image_id}").json()
    trash(gateway, image)
    view = call(gateway, "GET", f"/v1/albums/{album}").json()
    assert (view["images"], view["cover_id"], view["cover"]) == (0, None, None)
    response = call(gateway, "POST", f"/v1/images/{image.image_id}/restore")
    assert (response.status_code, response.json()) == (200, before)
    assert call(gateway, "GET", f"/v1/images/{image.image_id}").json() == before
    assert list_trash(gateway)["items"] == []
    assert list_ids(gateway, label="dog") == [image.image_id]
    assert list_ids(gateway, album=album) == [image.image_id]
    view = call(gateway, "GET", f"/v1/albums/{album}").json()
    assert (view["images"], view["cover_id"]) == (1, image.image_id)
    again = call(gateway, "POST", f"/v1/images/{image.image_id}/restore")
    assert (again.status_code, again.json()) == (200, before)


def test_batches_move_restore_and_delete(gateway: Gateway) -> None:
    images = [add_image(gateway) for _ in range(2)]
    ids = [image.image_id for image in images]

    def change(path: str, **body: Any) -> list[int]:
        response = call(gateway, "POST", path, json={"ids": [*ids, MISSING, "x"], **body})
        assert response.status_code == 207
        return [item["status"] for item in response.json()["items"]]

    outcomes = [204, 204, 404, 404]
    assert change("/v1/images/delete") == outcomes
    assert len(list_trash(gateway)["items"]) == 2
    assert change("/v1/images/restore") == outcomes
    assert list_ids(gateway) == ids[::-1]
    assert change("/v1/images/delete", permanent=True) == outcomes
    assert change("/v1/images/restore") == [404] * 4
    assert not any(has_original(gateway, image) for image in images)


def test_permanent_deletion_also_applies_to_the_trash(gateway: Gateway) -> None:
    image = add_image(gateway)
    trash(gateway, image)
    path = f"/v1/images/{image.image_id}"
    assert call(gateway, "DELETE", path, params={"permanent": "true"}).status_code == 204
    assert not has_original(gateway, image)
    assert list_trash(gateway)["items"] == []
    assert call(gateway, "POST", f"{path}/restore").status_code == 404


def test_usage_and_quota_count_the_trash(gateway: Gateway) -> None:
    image = add_image(gateway)
    add_image(gateway)
    trash(gateway, image)
    usage = call(gateway, "GET", "/v1/usage").json()
    assert (usage["images"], usage["bytes"]) == (2, 10)
    assert (usage["trashed_images"], usage["trashed_bytes"]) == (1, 5)


def test_an_image_in_the_trash_is_no_duplicate_of_an_upload(gateway: Gateway) -> None:
    """A client that skips duplicates would otherwise upload nothing."""
    image = add_image(gateway)
    upload = {"media_type": "image/jpeg", "bytes": 5, "sha256": image.sha256}
    created = call(gateway, "POST", "/v1/images", json=upload).json()
    assert created["duplicate_of"] == image.image_id
    trash(gateway, image)
    assert call(gateway, "POST", "/v1/images", json=upload).json()["duplicate_of"] is None


def test_an_outdated_etag_prevents_the_move(gateway: Gateway) -> None:
    image = add_image(gateway)
    path = f"/v1/images/{image.image_id}"
    headers = {**gateway.headers(), "If-Match": '"1.2.3.0-2026010100"'}
    for params in ({}, {"permanent": "true"}):
        response = gateway.client.delete(path, params=params, headers=headers)
        assert response.status_code == 412
    assert list_ids(gateway) == [image.image_id]


def test_erasing_an_account_empties_the_trash(gateway: Gateway) -> None:
    image = add_image(gateway)
    trash(gateway, image)
    response = call(gateway, "DELETE", "/v1/account", params={"confirm": "everything"})
    assert response.status_code == 204
    assert list_trash(gateway)["items"] == []
    assert not has_original(gateway, image)


def test_another_owner_neither_sees_nor_restores_the_trash(gateway: Gateway) -> None:
    image, other = add_image(gateway), make_image().owner
    trash(gateway, image)
    assert call(gateway, "GET", "/v1/trash", owner=other).json()["items"] == []
    for method, path in (
        ("POST", f"/v1/images/{image.image_id}/restore"),
        ("DELETE", f"/v1/images/{image.image_id}?permanent=true"),
    ):
        assert call(gateway, method, path, owner=other).status_code == 404
    assert len(list_trash(gateway)["items"]) == 1
