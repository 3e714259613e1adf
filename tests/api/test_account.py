"""Exporting and erasing the data of an owner."""

import asyncio
import json
from typing import Any

import pytest

from api.conftest import Gateway, serve
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key, rendition_key
from sightline.ports.usage_table import Usage
from sightline_api.settings import ApiSettings
from sightline_testing.builders import (
    ETAG,
    make_image,
    make_rendition_set,
    new_owner,
    with_recognition,
)
from sightline_testing.tokens import TokenIssuer

ERASE = "/v1/account?confirm=everything"


def add_image(gateway: Gateway, owner: str | None = None, uploaded: bool = True) -> Image:
    image = make_image(owner or gateway.owner)
    part = image.renditions.begin(ETAG).succeed(make_rendition_set())
    done = with_recognition(image, "Dog").with_part("renditions", part)

    async def store() -> None:
        await gateway.tables.images.create(image)
        if uploaded:
            await gateway.tables.images.store(image, done)
            await gateway.originals.write(original_key(image.key), b"hello", "image/jpeg")
            key = rendition_key(image.key, "thumb", "webp")
            await gateway.renditions.write(key, b"hello", "image/webp")

    asyncio.run(store())
    return done if uploaded else image


def make_album(gateway: Gateway, *images: Image) -> str:
    headers = gateway.headers()
    made = gateway.client.post("/v1/albums", json={"title": "Summer"}, headers=headers)
    path = made.headers["Location"]
    ids = [image.image_id for image in images]
    gateway.client.post(f"{path}/images", json={"ids": ids}, headers=headers)
    return path.removeprefix("/v1/albums/")


def export(gateway: Gateway, **params: Any) -> list[dict[str, Any]]:
    response = gateway.client.get("/v1/account/export", params=params, headers=gateway.headers())
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/jsonl"
    return [json.loads(line) for line in response.text.splitlines()]


def test_an_export_contains_all_data_of_the_owner(gateway: Gateway) -> None:
    """What was never uploaded is left out, as it is in lists."""
    first, second = add_image(gateway), add_image(gateway)
    add_image(gateway, uploaded=False)
    add_image(gateway, new_owner())
    album_id = make_album(gateway, first)
    account, album, *images, end = export(gateway)
    assert (account["kind"], account["owner"]) == ("account", gateway.owner)
    assert account["usage"]["images"] == 2
    assert (album["kind"], album["album"]["id"]) == ("album", album_id)
    assert [line["image"]["id"] for line in images] == [second.image_id, first.image_id]
    assert images[0]["original"]["url"].startswith("http://s3/originals/")
    assert images[0]["image"]["renditions"]["items"][0]["url"].startswith("http://s3/renditions/")
    assert end == {"kind": "end", "images": 2}


def test_an_export_contains_every_page(gateway: Gateway) -> None:
    for _ in range(230):
        add_image(gateway)
    lines = export(gateway)
    assert len({line["image"]["id"] for line in lines if line["kind"] == "image"}) == 230
    assert lines[-1] == {"kind": "end", "images": 230}


def test_an_interrupted_export_resumes_at_a_cursor(gateway: Gateway) -> None:
    images = [add_image(gateway) for _ in range(3)]
    _, newest, *_ = export(gateway)
    rest = export(gateway, cursor=newest["cursor"])
    expected = [images[1].image_id, images[0].image_id]
    assert [line["image"]["id"] for line in rest[:-1]] == expected
    assert rest[-1] == {"kind": "end", "images": 2}


def test_the_pages_of_an_export_contain_what_its_lines_do(gateway: Gateway) -> None:
    for number in range(5):
        add_image(gateway, uploaded=number != 2)
    add_image(gateway, new_owner())
    pages: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": 2}
    while params.get("cursor", "") is not None:
        path, headers = "/v1/account/export/images", gateway.headers()
        page = gateway.client.get(path, params=params, headers=headers).json()
        pages += page["items"]
        params["cursor"] = page["next_cursor"]
    lines = [line for line in export(gateway) if line["kind"] == "image"]
    assert [each["image"]["id"] for each in pages] == [each["image"]["id"] for each in lines]
    assert len(pages) == 4
    assert pages[0]["original"].keys() == lines[0]["original"].keys()
    assert pages[0]["image"].keys() == lines[0]["image"].keys()


def test_an_empty_cursor_starts_at_the_beginning(gateway: Gateway) -> None:
    add_image(gateway)
    kinds = [line["kind"] for line in export(gateway, cursor="")]
    assert kinds == ["account", "image", "end"]
    for path in ("/v1/images", "/v1/account/export/images"):
        params, headers = {"cursor": ""}, gateway.headers()
        page = gateway.client.get(path, params=params, headers=headers).json()
        assert len(page["items"]) == 1


def test_an_invalid_cursor_is_rejected_before_the_export_starts(gateway: Gateway) -> None:
    path = "/v1/account/export?cursor=nonsense"
    response = gateway.client.get(path, headers=gateway.headers())
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


def remaining_data(gateway: Gateway, owner: str) -> list[Any]:
    """Return all stored data of an owner."""

    async def collect() -> list[Any]:
        stores = (gateway.originals, gateway.renditions)
        keys = [each.key for store in stores async for each in store.list("") if owner in each.key]
        usage = await gateway.tables.usage.read(owner)
        return [
            *keys,
            *([] if usage == Usage(0, 0, []) else [usage]),
            *(await gateway.tables.images.list_ids(owner, 10)),
            *(await gateway.tables.albums.list_ids(owner, 10)),
            *(await gateway.tables.index.count_labels(owner, 10)),
        ]

    return asyncio.run(collect())


def test_erasure_deletes_all_data_of_the_owner_and_no_other(gateway: Gateway) -> None:
    other_owner = new_owner()
    theirs = add_image(gateway, other_owner)
    make_album(gateway, add_image(gateway), add_image(gateway))
    add_image(gateway, uploaded=False)
    hidden = add_image(gateway)
    asyncio.run(gateway.tables.images.begin_deletion(hidden.key))
    orphan = original_key(make_image(gateway.owner).key)
    asyncio.run(gateway.originals.write(orphan, b"late", "image/jpeg"))
    headers = {**gateway.headers(), "Idempotency-Key": "key"}
    gateway.client.post("/v1/albums", json={"title": "Last"}, headers=headers)
    before = remaining_data(gateway, other_owner)
    response = gateway.client.delete(ERASE, headers=gateway.headers())
    assert (response.status_code, response.content) == (204, b"")
    assert remaining_data(gateway, gateway.owner) == []
    assert remaining_data(gateway, other_owner) == before
    assert asyncio.run(gateway.tables.images.get(theirs.key)) == theirs
    assert gateway.client.delete(ERASE, headers=gateway.headers()).status_code == 204


def test_an_erasure_that_runs_out_of_time_reports_what_remains(
    pool: TokenIssuer, settings: ApiSettings
) -> None:
    short = settings.model_copy(update={"erasure_seconds": 1e-9})
    with serve(pool, short) as gateway:
        for _ in range(3):
            add_image(gateway)
        response = gateway.client.delete(ERASE, headers=gateway.headers())
        assert (response.status_code, response.json()) == (202, {"remaining": 3})
        assert response.headers["Retry-After"] == "1"


@pytest.mark.parametrize("query", ["", "?confirm=", "?confirm=all"])
def test_erasure_requires_confirmation(gateway: Gateway, query: str) -> None:
    image = add_image(gateway)
    response = gateway.client.delete(f"/v1/account{query}", headers=gateway.headers())
    assert response.status_code == 422
    assert asyncio.run(gateway.tables.images.get(image.key)) == image
