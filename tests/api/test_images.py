"""The endpoints of images."""

import asyncio
import base64
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from api.conftest import Gateway
from sightline.consumer.messages import parse_uploads
from sightline.domain.ids import new_image_id
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey, original_key, rendition_key
from sightline.domain.recognition import Feature
from sightline.ports.image_table import ImageNotFound
from sightline_testing.builders import (
    ETAG,
    SHA256,
    count_labels,
    make_image,
    make_rendition_set,
    new_owner,
    with_recognition,
)

TICKET: dict[str, Any] = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}


def add(gateway: Gateway, owner: str | None = None) -> Image:
    image = make_image(owner or gateway.owner)
    asyncio.run(gateway.tables.images.create(image))
    return image


def add_ready(gateway: Gateway) -> Image:
    image = add(gateway)
    complete = with_recognition(image, "Dog").with_part(
        "renditions", image.renditions.begin(ETAG).succeed(make_rendition_set())
    )

    async def fill() -> None:
        await gateway.tables.images.store(image, complete)
        await gateway.originals.write(original_key(image.key), b"hello", "image/jpeg")
        await gateway.renditions.write(
            rendition_key(image.key, "thumb", "webp"), b"t", "image/webp"
        )

    asyncio.run(fill())
    return complete


def test_a_ticket_makes_an_image_that_awaits_its_upload(gateway: Gateway) -> None:
    answer = gateway.client.post(
        "/v1/images", json={**TICKET, "title": "  Über den Wolken  "}, headers=gateway.headers()
    )
    assert answer.status_code == 201
    image = answer.json()["image"]
    assert image["status"] == "awaiting_upload"
    assert image["title"] == "Über den Wolken"
    assert answer.headers["Location"] == f"/v1/images/{image['id']}"
    assert answer.json()["upload"]["fields"] == {"key": image["id"]}
    again = gateway.client.get(answer.headers["Location"], headers=gateway.headers())
    assert again.json() == image


@pytest.mark.parametrize(
    ("change", "location"),
    [
        ({"media_type": "text/html"}, "body.media_type"),
        ({"media_type": None}, "body.media_type"),
        ({"bytes": 0}, "body.bytes"),
        ({"bytes": -1}, "body.bytes"),
        ({"bytes": 1.5}, "body.bytes"),
        ({"bytes": "many"}, "body.bytes"),
        ({"sha256": "abc"}, "body.sha256"),
        ({"sha256": SHA256.upper()}, "body.sha256"),
        ({"sha256": SHA256 + "\n"}, "body.sha256"),
        ({"title": ""}, "body.title"),
        ({"title": "x" * 201}, "body.title"),
        ({"features": []}, "body.features"),
        ({"features": ["smell"]}, "body.features.0"),
        ({"key": "originals/other/key"}, "body.key"),
        ({"owner": "other"}, "body.owner"),
    ],
)
def test_a_ticket_for_nonsense_is_refused(
    gateway: Gateway, change: dict[str, Any], location: str
) -> None:
    answer = gateway.client.post("/v1/images", json={**TICKET, **change}, headers=gateway.headers())
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["errors"][0]["location"] == location


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"bytes": NaN}'])
def test_a_body_that_is_no_ticket_is_refused(gateway: Gateway, body: bytes) -> None:
    headers = {**gateway.headers(), "Content-Type": "application/json"}
    answer = gateway.client.post("/v1/images", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"


def test_a_picture_above_the_limit_gets_no_ticket(gateway: Gateway) -> None:
    answer = gateway.client.post(
        "/v1/images", json={**TICKET, "bytes": 50 * 2**20 + 1}, headers=gateway.headers()
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "image_too_large")
    assert gateway.client.get("/v1/images", headers=gateway.headers()).json()["items"] == []


def test_a_ready_image_shows_all_that_is_known(gateway: Gateway) -> None:
    image = add_ready(gateway)
    body = gateway.client.get(f"/v1/images/{image.image_id}", headers=gateway.headers()).json()
    assert body["status"] == "ready"
    assert (body["width"], body["height"]) == (800, 600)
    (label,) = body["recognition"]["labels"]
    assert (label["name"], label["confidence"], label["parents"]) == ("Dog", 91.25, ["Thing"])
    assert label["instances"][0]["box"] == {"left": 0.1, "top": 0.2, "width": 0.3, "height": 0.4}
    assert body["recognition"]["models"] == {"labels": "3.0"}
    assert body["recognition"]["text"] is None
    (rendition,) = body["renditions"]["items"]
    assert rendition["url"] == "http://s3/renditions/a/b/thumb.webp"
    assert "owner" not in body


def test_a_ticket_may_say_what_to_look_for(gateway: Gateway) -> None:
    answer = gateway.client.post(
        "/v1/images", json={**TICKET, "features": ["text", "faces"]}, headers=gateway.headers()
    )
    key = ImageKey(gateway.owner, answer.json()["image"]["id"])
    assert asyncio.run(gateway.tables.images.get(key)).features == (Feature.TEXT, Feature.FACES)


def test_the_same_picture_is_told_at_the_ticket(gateway: Gateway) -> None:
    image = add_ready(gateway)
    for owner, duplicate in ((gateway.owner, image.image_id), (new_owner(), None)):
        answer = gateway.client.post("/v1/images", json=TICKET, headers=gateway.headers(owner))
        assert answer.status_code == 201
        assert answer.json()["duplicate_of"] == duplicate


def test_each_ticket_of_a_batch_has_its_own_outcome(gateway: Gateway) -> None:
    images = [{**TICKET, "title": "Eins"}, {**TICKET, "bytes": 2**30}, {**TICKET, "title": "Drei"}]
    answer = gateway.client.post(
        "/v1/images/batch", json={"images": images}, headers=gateway.headers()
    )
    assert answer.status_code == 207
    first, second, third = answer.json()["items"]
    assert (first["upload"]["image"]["title"], third["upload"]["image"]["title"]) == (
        "Eins",
        "Drei",
    )
    assert second["problem"]["code"] == "image_too_large"
    listed = gateway.client.get("/v1/images", headers=gateway.headers()).json()["items"]
    assert len(listed) == 2


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_is_neither_empty_nor_endless(gateway: Gateway, count: int) -> None:
    for path, body in (
        ("/v1/images/batch", {"images": [TICKET] * count}),
        ("/v1/images/delete", {"ids": [new_image_id()] * count}),
    ):
        answer = gateway.client.post(path, json=body, headers=gateway.headers())
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_each_deletion_of_a_batch_has_its_own_outcome(gateway: Gateway) -> None:
    own, foreign = add_ready(gateway), add(gateway, new_owner())
    ids = [own.image_id, foreign.image_id, new_image_id(), "../x"]
    answer = gateway.client.post("/v1/images/delete", json={"ids": ids}, headers=gateway.headers())
    assert [item["status"] for item in answer.json()["items"]] == [204, 404, 404, 404]
    assert keys_of(gateway) == []
    assert asyncio.run(gateway.tables.images.get(foreign.key)) == foreign


def test_a_dependency_that_is_away_fails_the_batch_as_a_whole(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://secret")

    monkeypatch.setattr(gateway.tables.images, "create", fail)
    answer = gateway.client.post(
        "/v1/images/batch", json={"images": [TICKET] * 3}, headers=gateway.headers()
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "dependency_unavailable")


def test_reprocessing_is_demanded_of_both_services(gateway: Gateway) -> None:
    image = add_ready(gateway)
    path = f"/v1/images/{image.image_id}/reprocess"
    for _ in range(2):
        answer = gateway.client.post(path, json={}, headers=gateway.headers())
        assert (answer.status_code, answer.json()["id"]) == (202, image.image_id)
    first, second = (parse_uploads(body)[0] for body in gateway.uploads.published)
    assert first.image == second.image == image.key
    assert first.request is not None
    assert second.request is not None
    assert first.request.parts == ("recognition", "renditions")
    assert first.request.request_id != second.request.request_id


def test_reprocessing_may_name_parts_and_features(gateway: Gateway) -> None:
    image = add_ready(gateway)
    answer = gateway.client.post(
        f"/v1/images/{image.image_id}/reprocess",
        json={"parts": ["recognition"], "features": ["moderation"]},
        headers=gateway.headers(),
    )
    assert answer.status_code == 202
    (upload,) = parse_uploads(gateway.uploads.published[0])
    assert upload.request is not None
    assert upload.request[1:] == (("recognition",), (Feature.MODERATION,))


@pytest.mark.parametrize(
    "body", [{"parts": []}, {"parts": ["all"]}, {"features": []}, {"owner": "x"}]
)
def test_reprocessing_nonsense_is_refused(gateway: Gateway, body: dict[str, Any]) -> None:
    image = add_ready(gateway)
    answer = gateway.client.post(
        f"/v1/images/{image.image_id}/reprocess", json=body, headers=gateway.headers()
    )
    assert answer.status_code == 422
    assert gateway.uploads.published == []


def test_what_was_not_uploaded_cannot_be_reprocessed(gateway: Gateway) -> None:
    path = f"/v1/images/{add(gateway).image_id}/reprocess"
    answer = gateway.client.post(path, json={}, headers=gateway.headers())
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_uploaded")


def test_nobody_reprocesses_another_owners_image(gateway: Gateway) -> None:
    path = f"/v1/images/{add_ready(gateway).image_id}/reprocess"
    answer = gateway.client.post(path, json={}, headers=gateway.headers(new_owner()))
    assert (answer.status_code, answer.json()["code"]) == (404, "image_not_found")
    assert gateway.uploads.published == []


def test_pages_follow_each_other(gateway: Gateway) -> None:
    images = [add(gateway) for _ in range(5)]
    add(gateway, new_owner())
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = gateway.client.get("/v1/images", params=params, headers=gateway.headers()).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [image.image_id for image in reversed(images)]


#: As we make them, but nobody's.
NOBODYS = "01a1f9fc-3548-7702-b30c-685bd7557890"


def _cursor(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!!",
        "ä",
        "=",
        _cursor(b"hello"),
        _cursor(b"\xff\xff"),
        _cursor(b"c3d4e5f6-1111-4222-b333-444455556666"),
        _cursor(NOBODYS.encode()) + "=",
        _cursor(NOBODYS.encode()) + "\n",
        _cursor(NOBODYS.upper().encode()),
    ],
)
def test_a_cursor_that_was_tampered_with_is_refused(gateway: Gateway, cursor: str) -> None:
    answer = gateway.client.get("/v1/images", params={"cursor": cursor}, headers=gateway.headers())
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "1.5"])
def test_a_limit_out_of_bounds_is_refused(gateway: Gateway, limit: str) -> None:
    answer = gateway.client.get("/v1/images", params={"limit": limit}, headers=gateway.headers())
    assert answer.status_code == 422


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_another_owners_image_is_not_there(gateway: Gateway, method: str) -> None:
    """Not to be told from one that never was, and nothing about it changes."""
    image = add_ready(gateway)
    stranger = gateway.headers(new_owner())
    answer = gateway.client.request(method, f"/v1/images/{image.image_id}", headers=stranger)
    never = gateway.client.request(method, f"/v1/images/{new_image_id()}", headers=stranger)
    assert answer.status_code == never.status_code == 404
    assert answer.json() == never.json()
    assert asyncio.run(gateway.tables.images.get(image.key)) == image
    assert asyncio.run(gateway.originals.head(original_key(image.key)))
    own = gateway.client.get(f"/v1/images/{image.image_id}", headers=gateway.headers())
    assert own.json()["status"] == "ready"


@pytest.mark.parametrize(
    "image_id",
    ["x", "..%2F..", "%00", "c3d4e5f6-1111-4222-b333-444455556666", NOBODYS.upper(), "ä"],
)
def test_an_impossible_id_is_not_found(gateway: Gateway, image_id: str) -> None:
    answer = gateway.client.get(f"/v1/images/{image_id}", headers=gateway.headers())
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


def keys_of(gateway: Gateway) -> list[str]:
    async def collect() -> list[str]:
        return [
            each.key
            for store in (gateway.originals, gateway.renditions)
            async for each in store.list("")
        ]

    return asyncio.run(collect())


def test_deletion_leaves_nothing(gateway: Gateway) -> None:
    image = add_ready(gateway)
    path = f"/v1/images/{image.image_id}"
    answer = gateway.client.delete(path, headers=gateway.headers())
    assert (answer.status_code, answer.content) == (204, b"")
    assert keys_of(gateway) == []
    assert asyncio.run(count_labels(gateway.tables, gateway.owner)) == {}
    assert gateway.client.get(path, headers=gateway.headers()).status_code == 404
    assert gateway.client.delete(path, headers=gateway.headers()).status_code == 404


@pytest.mark.parametrize("step", ["delete_all", "delete", "remove"])
def test_deletion_can_be_repeated_after_any_failure(
    gateway: Gateway, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = add_ready(gateway)
    path = f"/v1/images/{image.image_id}"
    broken = {
        "delete_all": gateway.renditions,
        "delete": gateway.originals,
        "remove": gateway.tables.images,
    }[step]

    async def fail(_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(broken, step, fail)
        assert gateway.client.delete(path, headers=gateway.headers()).status_code == 500
    # It is hidden already, and its deletion can be finished.
    assert gateway.client.get(path, headers=gateway.headers()).status_code == 404
    assert gateway.client.delete(path, headers=gateway.headers()).status_code == 204
    assert keys_of(gateway) == []
    with pytest.raises(ImageNotFound):
        asyncio.run(gateway.tables.images.begin_deletion(image.key))
