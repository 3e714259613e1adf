"""What clients discover about a deployment, and that the API accepts it."""

from collections.abc import Callable
from typing import Any

import pytest

from api.conftest import Gateway, serve
from sightline.domain.ids import new_image_id
from sightline_api.settings import ApiSettings
from sightline_testing.builders import SHA256
from sightline_testing.tokens import TokenIssuer

UPLOAD = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}


def get_capabilities(gateway: Gateway) -> Any:
    response = gateway.client.get("/v1/capabilities", headers=gateway.headers())
    assert response.status_code == 200, response.text
    return response.json()


def call(gateway: Gateway, method: str, path: str, **options: Any) -> int:
    response = gateway.client.request(method, path, headers=gateway.headers(), **options)
    return response.status_code


#: By limit, the method, the path and the options of a request of the given size.
REQUESTS: dict[str, Callable[[int], tuple[str, str, dict[str, Any]]]] = {
    "upload_bytes": lambda size: ("POST", "/v1/images", {"json": UPLOAD | {"bytes": size}}),
    "title_characters": lambda size: (
        *("POST", "/v1/images"),
        {"json": UPLOAD | {"title": "x" * size}},
    ),
    "batch_size": lambda size: (
        *("POST", "/v1/images/delete"),
        {"json": {"ids": [new_image_id()] * size}},
    ),
    "page_size": lambda size: ("GET", "/v1/images", {"params": {"limit": size}}),
    "filter_labels": lambda size: ("GET", "/v1/images", {"params": {"label": ["a"] * size}}),
    "label_characters": lambda size: ("GET", "/v1/images", {"params": {"label": "x" * size}}),
    "filter_words": lambda size: (
        *("GET", "/v1/images"),
        {"params": {"text": " ".join(f"w{number}" for number in range(size))}},
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_requests_are_accepted_up_to_their_limits(gateway: Gateway, name: str) -> None:
    limit = get_capabilities(gateway)["limits"][name]
    method, path, options = REQUESTS[name](limit)
    assert call(gateway, method, path, **options) < 300
    method, path, options = REQUESTS[name](limit + 1)
    assert call(gateway, method, path, **options) in (413, 422)


def test_listed_media_types_features_and_sort_orders_are_accepted(gateway: Gateway) -> None:
    capabilities = get_capabilities(gateway)
    for media_type in capabilities["media_types"]:
        body = {**UPLOAD, "media_type": media_type, "features": capabilities["features"]}
        assert call(gateway, "POST", "/v1/images", json=body) == 201, media_type
    for order in capabilities["sort_orders"]:
        assert call(gateway, "GET", "/v1/images", params={"sort": order}) == 200
    assert call(gateway, "GET", "/v1/images", params={"sort": "random"}) == 422


def test_edits_are_accepted_up_to_their_limits(gateway: Gateway) -> None:
    limits = get_capabilities(gateway)["limits"]
    image = gateway.client.post("/v1/images", json=UPLOAD, headers=gateway.headers()).json()[
        "image"
    ]
    path = f"/v1/images/{image['id']}"
    for extra, status in ((0, 200), (1, 422)):
        labels = [f"label {number}" for number in range(limits["labels_added"] + extra)]
        assert call(gateway, "PATCH", path, json={"labels_added": labels}) == status
        hidden = [f"label {number}" for number in range(limits["labels_hidden"] + extra)]
        assert call(gateway, "PATCH", path, json={"labels_hidden": hidden}) == status
        text = "x" * (limits["description_characters"] + extra)
        assert call(gateway, "PATCH", path, json={"description": text}) == status


def test_limits_are_those_of_the_settings(pool: TokenIssuer, settings: ApiSettings) -> None:
    update = {
        "max_upload_bytes": 7,
        "owner_max_images": 3,
        "owner_requests_per_second": None,
        "events_max_streams": 2,
    }
    with serve(pool, settings.model_copy(update=update)) as gateway:
        limits = get_capabilities(gateway)["limits"]
    names = ("upload_bytes", "images", "bytes", "requests_per_second", "event_streams")
    assert [limits[name] for name in names] == [7, 3, None, None, 2]
