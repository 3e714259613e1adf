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
    make_recognition,
    make_rendition_set,
    new_owner,
)

UPLOAD_REQUEST: dict[str, Any] = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}


def add_image(gateway: Gateway, owner: str | None = None) -> Image:
    image = make_image(owner or gateway.owner)
    asyncio.run(gateway.tables.images.create(image))
    return image


def add_ready_image(gateway: Gateway) -> Image:
    """Add an image that is recognized and transcoded, with its objects."""
    image = add_image(gateway)
    result = make_recognition("Dog", vector=bytes(256))
    recognized = image.with_part("recognition", image.recognition.begin(ETAG).succeed(result))
    complete = recognized.with_part(
        "renditions", image.renditions.begin(ETAG).succeed(make_rendition_set())
    )

    async def store() -> None:
        await gateway.tables.images.store(image, complete)
        await gateway.originals.write(original_key(image.key), b"hello", "image/jpeg")
        await gateway.renditions.write(
            rendition_key(image.key, "thumb", "webp"), b"t", "image/webp"
        )

    asyncio.run(store())
    return complete


def test_a_damaged_image_is_marked(gateway: Gateway) -> None:
    """Null until the file has been read."""
    image = add_image(gateway)
    url = f"/v1/images/{image.image_id}"
    assert gateway.client.get(url, headers=gateway.headers()).json()["damaged"] is None
    damaged = make_rendition_set().model_copy(update={"damaged": True})
    part = image.renditions.begin(ETAG).succeed(damaged)
    asyncio.run(gateway.tables.images.store(image, image.with_part("renditions", part)))
    assert gateway.client.get(url, headers=gateway.headers()).json()["damaged"] is True


def test_creating_an_image_returns_a_presigned_post(gateway: Gateway) -> None:
    response = gateway.client.post(
        "/v1/images",
        json={**UPLOAD_REQUEST, "title": "  Über den Wolken  "},
        headers=gateway.headers(),
    )
    assert response.status_code == 201
    image = response.json()["image"]
    assert image["status"] == "awaiting_upload"
    assert image["title"] == "Über den Wolken"
    assert response.headers["Location"] == f"/v1/images/{image['id']}"
    assert response.json()["upload"]["fields"] == {"key": image["id"]}
    again = gateway.client.get(response.headers["Location"], headers=gateway.headers())
    assert again.json() == image


def test_the_region_of_the_api_is_the_home_of_a_new_image(gateway: Gateway) -> None:
    response = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
    key = ImageKey(gateway.owner, response.json()["image"]["id"])
    assert asyncio.run(gateway.tables.images.get(key)).home == "eu-central-1"


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
def test_an_invalid_upload_request_is_rejected(
    gateway: Gateway, change: dict[str, Any], location: str
) -> None:
    response = gateway.client.post(
        "/v1/images", json={**UPLOAD_REQUEST, **change}, headers=gateway.headers()
    )
    assert response.status_code == 422
    assert response.json()["code"] == "invalid_request"
    assert response.json()["errors"][0]["location"] == location


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"bytes": NaN}'])
def test_a_malformed_body_is_rejected(gateway: Gateway, body: bytes) -> None:
    headers = {**gateway.headers(), "Content-Type": "application/json"}
    response = gateway.client.post("/v1/images", content=body, headers=headers)
    assert response.status_code == 422
    assert response.json()["code"] == "invalid_request"


def test_an_image_above_the_size_limit_is_rejected(gateway: Gateway) -> None:
    response = gateway.client.post(
        "/v1/images", json={**UPLOAD_REQUEST, "bytes": 50 * 2**20 + 1}, headers=gateway.headers()
    )
    assert (response.status_code, response.json()["code"]) == (413, "image_too_large")
    params = {"status": "awaiting_upload"}
    listed = gateway.client.get("/v1/images", params=params, headers=gateway.headers())
    assert listed.json()["items"] == []


def test_a_ready_image_has_labels_and_renditions(gateway: Gateway) -> None:
    image = add_ready_image(gateway)
    body = gateway.client.get(f"/v1/images/{image.image_id}", headers=gateway.headers()).json()
    assert body["status"] == "ready"
    assert (body["width"], body["height"]) == (800, 600)
    (label,) = body["recognition"]["labels"]
    assert (label["name"], label["confidence"], label["parents"]) == ("Dog", 91.25, ["Thing"])
    assert label["instances"][0]["box"] == {"left": 0.1, "top": 0.2, "width": 0.3, "height": 0.4}
    assert body["recognition"]["models"] == {"labels": "3.0"}
    assert body["recognition"]["text"] is None
    assert "vector" not in body["recognition"]
    (rendition,) = body["renditions"]["items"]
    assert rendition["url"] == "http://s3/renditions/a/b/thumb.webp"
    assert "owner" not in body


def test_an_upload_request_may_select_features(gateway: Gateway) -> None:
    response = gateway.client.post(
        "/v1/images",
        json={**UPLOAD_REQUEST, "features": ["text", "faces"]},
        headers=gateway.headers(),
    )
    key = ImageKey(gateway.owner, response.json()["image"]["id"])
    assert asyncio.run(gateway.tables.images.get(key)).features == (Feature.TEXT, Feature.FACES)


def test_creating_a_duplicate_returns_the_existing_image_id(gateway: Gateway) -> None:
    image = add_ready_image(gateway)
    for owner, duplicate in ((gateway.owner, image.image_id), (new_owner(), None)):
        response = gateway.client.post(
            "/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers(owner)
        )
        assert response.status_code == 201
        assert response.json()["duplicate_of"] == duplicate


def test_each_upload_of_a_batch_has_its_own_outcome(gateway: Gateway) -> None:
    images = [
        {**UPLOAD_REQUEST, "title": "Eins"},
        {**UPLOAD_REQUEST, "bytes": 2**30},
        {**UPLOAD_REQUEST, "title": "Drei"},
    ]
    response = gateway.client.post(
        "/v1/images/batch", json={"images": images}, headers=gateway.headers()
    )
    assert response.status_code == 207
    first, second, third = response.json()["items"]
    assert (first["upload"]["image"]["title"], third["upload"]["image"]["title"]) == (
        "Eins",
        "Drei",
    )
    assert [item["status"] for item in (first, second, third)] == [201, 413, 201]
    assert (first["problem"], second["upload"]) == (None, None)
    assert second["problem"]["code"] == "image_too_large"
    params = {"status": "awaiting_upload"}
    listed = gateway.client.get("/v1/images", params=params, headers=gateway.headers())
    created = [first["upload"]["image"]["id"], third["upload"]["image"]["id"]]
    assert {item["id"] for item in listed.json()["items"]} == set(created)


@pytest.mark.parametrize("count", [0, 101])
def test_an_empty_or_too_large_batch_is_rejected(gateway: Gateway, count: int) -> None:
    for path, body in (
        ("/v1/images/batch", {"images": [UPLOAD_REQUEST] * count}),
        ("/v1/images/delete", {"ids": [new_image_id()] * count}),
    ):
        response = gateway.client.post(path, json=body, headers=gateway.headers())
        assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_each_deletion_of_a_batch_has_its_own_outcome(gateway: Gateway) -> None:
    own, foreign = add_ready_image(gateway), add_image(gateway, new_owner())
    ids = [own.image_id, foreign.image_id, new_image_id(), "../x"]
    response = gateway.client.post(
        "/v1/images/delete", json={"ids": ids, "permanent": True}, headers=gateway.headers()
    )
    items = response.json()["items"]
    assert [(item["id"], item["status"]) for item in items] == list(
        zip(ids, [204, 404, 404, 404], strict=True)
    )
    assert items[0]["problem"] is None
    assert {item["problem"]["code"] for item in items[1:]} == {"image_not_found"}
    assert list_keys(gateway) == []
    assert asyncio.run(gateway.tables.images.get(foreign.key)) == foreign


def test_an_unavailable_dependency_fails_the_whole_batch(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://secret")

    monkeypatch.setattr(gateway.tables.images, "create", fail)
    response = gateway.client.post(
        "/v1/images/batch", json={"images": [UPLOAD_REQUEST] * 3}, headers=gateway.headers()
    )
    assert (response.status_code, response.json()["code"]) == (503, "dependency_unavailable")


def test_reprocessing_is_requested_from_both_services(gateway: Gateway) -> None:
    image = add_ready_image(gateway)
    path = f"/v1/images/{image.image_id}/reprocess"
    for _ in range(2):
        response = gateway.client.post(path, json={}, headers=gateway.headers())
        assert (response.status_code, response.json()["id"]) == (202, image.image_id)
    first, second = (parse_uploads(body)[0] for body in gateway.uploads.published)
    assert first.image == second.image == image.key
    assert first.request is not None
    assert second.request is not None
    assert first.request.parts == ("recognition", "renditions")
    assert first.request.request_id != second.request.request_id


def test_reprocessing_may_select_parts_and_features(gateway: Gateway) -> None:
    image = add_ready_image(gateway)
    response = gateway.client.post(
        f"/v1/images/{image.image_id}/reprocess",
        json={"parts": ["recognition"], "features": ["moderation"]},
        headers=gateway.headers(),
    )
    assert response.status_code == 202
    (upload,) = parse_uploads(gateway.uploads.published[0])
    assert upload.request is not None
    assert upload.request[1:3] == (("recognition",), (Feature.MODERATION,))


@pytest.mark.parametrize(
    "body", [{"parts": []}, {"parts": ["all"]}, {"features": []}, {"owner": "x"}]
)
def test_an_invalid_reprocessing_request_is_rejected(
    gateway: Gateway, body: dict[str, Any]
) -> None:
    image = add_ready_image(gateway)
    response = gateway.client.post(
        f"/v1/images/{image.image_id}/reprocess", json=body, headers=gateway.headers()
    )
    assert response.status_code == 422
    assert gateway.uploads.published == []


def test_an_image_without_an_upload_cannot_be_reprocessed(gateway: Gateway) -> None:
    path = f"/v1/images/{add_image(gateway).image_id}/reprocess"
    response = gateway.client.post(path, json={}, headers=gateway.headers())
    assert (response.status_code, response.json()["code"]) == (409, "nothing_uploaded")


def test_an_image_of_another_owner_cannot_be_reprocessed(gateway: Gateway) -> None:
    path = f"/v1/images/{add_ready_image(gateway).image_id}/reprocess"
    response = gateway.client.post(path, json={}, headers=gateway.headers(new_owner()))
    assert (response.status_code, response.json()["code"]) == (404, "image_not_found")
    assert gateway.uploads.published == []


def test_pages_have_no_gap_or_overlap(gateway: Gateway) -> None:
    images = [add_ready_image(gateway) for _ in range(5)]
    add_image(gateway, new_owner())
    ids: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = gateway.client.get("/v1/images", params=params, headers=gateway.headers()).json()
        ids += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert ids == [image.image_id for image in reversed(images)]


#: A valid id of an image that does not exist.
UNKNOWN_ID = "01a1f9fc-3548-7702-b30c-685bd7557890"


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
        _cursor(UNKNOWN_ID.encode()) + "=",
        _cursor(UNKNOWN_ID.encode()) + "\n",
        _cursor(UNKNOWN_ID.upper().encode()),
    ],
)
def test_an_invalid_cursor_is_rejected(gateway: Gateway, cursor: str) -> None:
    response = gateway.client.get(
        "/v1/images", params={"cursor": cursor}, headers=gateway.headers()
    )
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "1.5"])
def test_a_limit_out_of_bounds_is_rejected(gateway: Gateway, limit: str) -> None:
    response = gateway.client.get("/v1/images", params={"limit": limit}, headers=gateway.headers())
    assert response.status_code == 422


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_image_of_another_owner_is_not_found(gateway: Gateway, method: str) -> None:
    """The response is the same as for a missing image, and nothing changes."""
    image = add_ready_image(gateway)
    other = gateway.headers(new_owner())
    response = gateway.client.request(method, f"/v1/images/{image.image_id}", headers=other)
    missing = gateway.client.request(method, f"/v1/images/{new_image_id()}", headers=other)
    assert response.status_code == missing.status_code == 404
    assert response.json() == missing.json()
    assert asyncio.run(gateway.tables.images.get(image.key)) == image
    assert asyncio.run(gateway.originals.head(original_key(image.key)))
    own = gateway.client.get(f"/v1/images/{image.image_id}", headers=gateway.headers())
    assert own.json()["status"] == "ready"


@pytest.mark.parametrize(
    "image_id",
    ["x", "..%2F..", "%00", "c3d4e5f6-1111-4222-b333-444455556666", UNKNOWN_ID.upper(), "ä"],
)
def test_an_invalid_id_is_not_found(gateway: Gateway, image_id: str) -> None:
    response = gateway.client.get(f"/v1/images/{image_id}", headers=gateway.headers())
    assert (response.status_code, response.json()["status"]) == (404, 404)


def list_keys(gateway: Gateway) -> list[str]:
    """Return the keys of all objects."""

    async def collect() -> list[str]:
        return [
            each.key
            for store in (gateway.originals, gateway.renditions)
            async for each in store.list("")
        ]

    return asyncio.run(collect())


#: Deletes an image for good instead of moving it to the trash.
PERMANENT = {"permanent": "true"}


def test_deletion_removes_the_image_its_labels_and_its_objects(gateway: Gateway) -> None:
    image = add_ready_image(gateway)
    path = f"/v1/images/{image.image_id}"
    response = gateway.client.delete(path, params=PERMANENT, headers=gateway.headers())
    assert (response.status_code, response.content) == (204, b"")
    assert list_keys(gateway) == []
    assert asyncio.run(count_labels(gateway.tables, gateway.owner)) == {}
    assert gateway.client.get(path, headers=gateway.headers()).status_code == 404
    assert (
        gateway.client.delete(path, params=PERMANENT, headers=gateway.headers()).status_code == 404
    )


@pytest.mark.parametrize("step", ["delete_all", "delete", "remove"])
def test_deletion_can_be_repeated_after_any_failure(
    gateway: Gateway, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = add_ready_image(gateway)
    path = f"/v1/images/{image.image_id}"
    broken = {
        "delete_all": gateway.renditions,
        "delete": gateway.originals,
        "remove": gateway.tables.images,
    }[step]

    async def fail(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(broken, step, fail)
        assert (
            gateway.client.delete(path, params=PERMANENT, headers=gateway.headers()).status_code
            == 500
        )
    # The image is hidden, and its deletion can be completed.
    assert gateway.client.get(path, headers=gateway.headers()).status_code == 404
    assert (
        gateway.client.delete(path, params=PERMANENT, headers=gateway.headers()).status_code == 204
    )
    assert list_keys(gateway) == []
    with pytest.raises(ImageNotFound):
        asyncio.run(gateway.tables.images.begin_deletion(image.key))
