"""Corrections of the position and the rotation."""

from typing import Any

import pytest

from api.conftest import Gateway
from sightline.consumer.messages import Upload, parse_uploads
from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.images import Image
from sightline_testing.builders import ETAG, make_image, make_rendition_set, with_recognition

RECORDED = GeoPosition(48.2, 16.37, city="Vienna", country="Austria")
LISBON = {"latitude": 38.7109, "longitude": -9.1366}
NAMED = GeoPosition(38.7109, -9.1366, city="Lisbon")
NOWHERE = {"latitude": None, "longitude": None}


@pytest.fixture
def image(gateway: Gateway) -> Image:
    """A ready image of the owner, whose file records a position."""
    created = make_image(gateway.owner)
    renditions = make_rendition_set().model_copy(update={"capture": Capture(place=RECORDED)})
    part = created.renditions.begin(ETAG).succeed(renditions)
    ready = with_recognition(created, "Dog").with_part("renditions", part)
    gateway.run(gateway.tables.images.create(created))
    gateway.run(gateway.tables.images.store(created, ready))
    return ready


def edit(gateway: Gateway, image: Image, **changes: object) -> Any:
    return gateway.client.request(
        "PATCH", f"/v1/images/{image.image_id}", json=changes, headers=gateway.headers()
    )


def read(gateway: Gateway, image: Image) -> tuple[Any, Any]:
    """Return the image and its summary in the list."""
    headers = gateway.headers()
    single = gateway.client.get(f"/v1/images/{image.image_id}", headers=headers).json()
    (listed,) = gateway.client.get("/v1/images", headers=headers).json()["items"]
    return single, listed


def read_commands(gateway: Gateway) -> list[Upload]:
    return [upload for body in gateway.uploads.published for upload in parse_uploads(body)]


def with_result(gateway: Gateway, image: Image, **changes: object) -> None:
    """Store a result of the resizer that differs from the present one."""
    stored = gateway.run(gateway.tables.images.get(image.key))
    assert stored.renditions.result is not None
    result = stored.renditions.result.model_copy(update=changes)
    part = stored.renditions.begin(ETAG, "again").succeed(result)
    gateway.run(gateway.tables.images.store(stored, stored.with_part("renditions", part)))


def test_the_owner_corrects_the_position_and_restores_that_of_the_file(
    gateway: Gateway, image: Image
) -> None:
    edited = edit(gateway, image, position_override=LISBON)
    assert edited.status_code == 200
    single, listed = read(gateway, image)
    assert edited.json() == single
    assert single["position_override"] == LISBON
    assert single["capture"]["place"]["city"] == "Vienna"
    for shown in (single, listed):
        assert {name: shown["place"][name] for name in LISBON} == LISBON
        assert shown["place"]["city"] is None
    with_result(gateway, image, corrected_place=NAMED)
    for shown in read(gateway, image):
        assert shown["place"]["city"] == "Lisbon"
    edit(gateway, image, position_override=None)
    single, listed = read(gateway, image)
    assert single["position_override"] is None
    assert single["place"]["city"] == listed["place"]["city"] == "Vienna"


def test_the_owner_hides_the_position(gateway: Gateway, image: Image) -> None:
    edited = edit(gateway, image, position_override=NOWHERE).json()
    assert (edited["position_override"], edited["place"]) == (NOWHERE, None)
    single, listed = read(gateway, image)
    assert single["place"] is listed["place"] is None


def test_filters_and_searches_use_the_position_of_the_owner(gateway: Gateway, image: Image) -> None:
    def find(**params: str) -> list[str]:
        page = gateway.client.get("/v1/images", params=params, headers=gateway.headers()).json()
        return [item["id"] for item in page["items"]]

    vienna, lisbon = "16,48,17,49", "-10,38,-9,39"
    assert (find(bbox=vienna), find(bbox=lisbon)) == ([image.image_id], [])
    assert find(q="vienna") == [image.image_id]
    edit(gateway, image, position_override=LISBON)
    assert (find(bbox=vienna), find(bbox=lisbon)) == ([], [image.image_id])
    assert find(q="vienna") == []
    with_result(gateway, image, corrected_place=NAMED)
    assert find(q="lisbon") == [image.image_id]
    edit(gateway, image, position_override=NOWHERE)
    assert find(bbox=lisbon) == find(q="lisbon") == []


@pytest.mark.parametrize(
    "position",
    [
        {},
        {"latitude": 1},
        {"latitude": 1, "longitude": None},
        {"latitude": 90.1, "longitude": 0},
        {"latitude": 0, "longitude": -180.1},
        {"latitude": "NaN", "longitude": 0},
        {"latitude": 1, "longitude": 2, "altitude": 3},
        "hidden",
    ],
)
def test_an_invalid_position_is_rejected(gateway: Gateway, image: Image, position: object) -> None:
    response = edit(gateway, image, position_override=position)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert gateway.uploads.published == []


def test_a_position_is_stored_with_seven_decimals(gateway: Gateway, image: Image) -> None:
    position = {"latitude": -0.00000001, "longitude": 179.123456789}
    edited = edit(gateway, image, position_override=position).json()
    assert edited["position_override"] == {"latitude": 0, "longitude": 179.1234568}


def test_the_resizer_receives_a_command_for_each_correction(gateway: Gateway, image: Image) -> None:
    edit(gateway, image, title="Beach", rotation=0)
    assert read_commands(gateway) == []
    edit(gateway, image, rotation=90)
    edit(gateway, image, position_override=LISBON)
    uploads = read_commands(gateway)
    assert [upload.image for upload in uploads] == [image.key] * 2
    for upload in uploads:
        assert upload.request is not None
        assert upload.request.parts == ("renditions",)
        assert upload.request.only_corrections
    # Work in progress may still apply the correction that this one takes back.
    edit(gateway, image, rotation=0)
    assert len(read_commands(gateway)) == 3


def test_the_same_correction_sends_the_command_that_was_not_published(
    gateway: Gateway, image: Image
) -> None:
    edit(gateway, image, rotation=90)
    assert len(read_commands(gateway)) == 1
    edit(gateway, image, rotation=90)
    assert len(read_commands(gateway)) == 2
    with_result(gateway, image, rotation=90)
    edit(gateway, image, rotation=90)
    assert len(read_commands(gateway)) == 2


def test_a_correction_before_the_upload_requires_no_command(gateway: Gateway) -> None:
    awaiting = make_image(gateway.owner)
    gateway.run(gateway.tables.images.create(awaiting))
    edited = edit(gateway, awaiting, rotation=90, position_override=LISBON).json()
    assert (edited["rotation"], edited["position_override"]) == (90, LISBON)
    assert read_commands(gateway) == []


@pytest.mark.parametrize("rotation", [45, -90, 360, "90", True, 90.5])
def test_an_invalid_rotation_is_rejected(gateway: Gateway, image: Image, rotation: object) -> None:
    assert edit(gateway, image, rotation=rotation).status_code == 422


def test_boxes_follow_the_renditions(gateway: Gateway, image: Image) -> None:
    def read_box(view: Any) -> list[float]:
        (label,) = view["recognition"]["labels"]
        box = label["instances"][0]["box"]
        return [box[name] for name in ("left", "top", "width", "height")]

    edited = edit(gateway, image, rotation=90).json()
    assert (edited["rotation"], edited["renditions"]["rotation"]) == (90, 0)
    assert read_box(edited) == [0.1, 0.2, 0.3, 0.4]
    with_result(gateway, image, rotation=90)
    single, _ = read(gateway, image)
    assert (single["rotation"], single["renditions"]["rotation"]) == (90, 90)
    assert read_box(single) == pytest.approx([0.4, 0.1, 0.4, 0.3])
    assert edit(gateway, image, rotation=None).json()["rotation"] == 0
