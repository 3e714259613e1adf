"""An owner's account: taken along, and erased."""

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


def add(gateway: Gateway, owner: str | None = None, uploaded: bool = True) -> Image:
    image = make_image(owner or gateway.owner)
    part = image.renditions.begin(ETAG).succeed(make_rendition_set())
    done = with_recognition(image, "Dog").with_part("renditions", part)

    async def fill() -> None:
        await gateway.tables.images.create(image)
        if uploaded:
            await gateway.tables.images.store(image, done)
            await gateway.originals.write(original_key(image.key), b"hello", "image/jpeg")
            key = rendition_key(image.key, "thumb", "webp")
            await gateway.renditions.write(key, b"hello", "image/webp")

    asyncio.run(fill())
    return done if uploaded else image


def make_album(gateway: Gateway, *images: Image) -> str:
    headers = gateway.headers()
    made = gateway.client.post("/v1/albums", json={"title": "Summer"}, headers=headers)
    path = made.headers["Location"]
    ids = [image.image_id for image in images]
    gateway.client.post(f"{path}/images", json={"ids": ids}, headers=headers)
    return path.removeprefix("/v1/albums/")


def export(gateway: Gateway, **params: Any) -> list[dict[str, Any]]:
    answer = gateway.client.get("/v1/account/export", params=params, headers=gateway.headers())
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/jsonl"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_an_export_holds_everything_of_the_owner(gateway: Gateway) -> None:
    first, second, waiting = add(gateway), add(gateway), add(gateway, uploaded=False)
    add(gateway, new_owner())
    album_id = make_album(gateway, first)
    account, album, *images, end = export(gateway)
    assert (account["kind"], account["owner"]) == ("account", gateway.owner)
    assert account["usage"]["images"] == 2
    assert (album["kind"], album["album"]["id"]) == ("album", album_id)
    newest_first = [waiting.image_id, second.image_id, first.image_id]
    assert [line["image"]["id"] for line in images] == newest_first
    assert images[0]["original"] is None
    assert images[1]["original"]["url"].startswith("http://s3/originals/")
    assert images[1]["image"]["renditions"]["items"][0]["url"].startswith("http://s3/renditions/")
    assert end == {"kind": "end", "images": 3}


def test_more_than_one_page_is_exported(gateway: Gateway) -> None:
    for _ in range(230):
        add(gateway, uploaded=False)
    lines = export(gateway)
    assert len({line["image"]["id"] for line in lines if line["kind"] == "image"}) == 230
    assert lines[-1] == {"kind": "end", "images": 230}


def test_an_export_that_broke_off_goes_on(gateway: Gateway) -> None:
    images = [add(gateway) for _ in range(3)]
    _, newest, *_ = export(gateway)
    rest = export(gateway, cursor=newest["cursor"])
    expected = [images[1].image_id, images[0].image_id]
    assert [line["image"]["id"] for line in rest[:-1]] == expected
    assert rest[-1] == {"kind": "end", "images": 2}


def test_a_bad_cursor_is_refused_before_the_export_begins(gateway: Gateway) -> None:
    path = "/v1/account/export?cursor=nonsense"
    answer = gateway.client.get(path, headers=gateway.headers())
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


def rest_of(gateway: Gateway, owner: str) -> list[Any]:
    """Whatever there still is of an owner."""

    async def look() -> list[Any]:
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

    return asyncio.run(look())


def test_erasure_leaves_nothing_of_the_owner_and_all_of_others(gateway: Gateway) -> None:
    stranger = new_owner()
    theirs = add(gateway, stranger)
    make_album(gateway, add(gateway), add(gateway))
    add(gateway, uploaded=False)
    hidden = add(gateway)
    asyncio.run(gateway.tables.images.begin_deletion(hidden.key))
    orphan = original_key(make_image(gateway.owner).key)
    asyncio.run(gateway.originals.write(orphan, b"late", "image/jpeg"))
    headers = {**gateway.headers(), "Idempotency-Key": "key"}
    gateway.client.post("/v1/albums", json={"title": "Last"}, headers=headers)
    before = rest_of(gateway, stranger)
    answer = gateway.client.delete(ERASE, headers=gateway.headers())
    assert (answer.status_code, answer.content) == (204, b"")
    assert rest_of(gateway, gateway.owner) == []
    assert rest_of(gateway, stranger) == before
    assert asyncio.run(gateway.tables.images.get(theirs.key)) == theirs
    assert gateway.client.delete(ERASE, headers=gateway.headers()).status_code == 204


def test_an_erasure_that_takes_long_is_told_to_be_repeated(
    pool: TokenIssuer, settings: ApiSettings
) -> None:
    hasty = settings.model_copy(update={"erasure_seconds": 1e-9})
    with serve(pool, hasty) as gateway:
        for _ in range(3):
            add(gateway)
        answer = gateway.client.delete(ERASE, headers=gateway.headers())
        assert (answer.status_code, answer.json()) == (202, {"remaining": 3})
        assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("query", ["", "?confirm=", "?confirm=all"])
def test_nothing_is_erased_by_a_slip(gateway: Gateway, query: str) -> None:
    image = add(gateway)
    answer = gateway.client.delete(f"/v1/account{query}", headers=gateway.headers())
    assert answer.status_code == 422
    assert asyncio.run(gateway.tables.images.get(image.key)) == image
