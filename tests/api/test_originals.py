"""The original of an image, and its file name."""

import asyncio

import pytest

from api.conftest import Gateway
from sightline.domain.images import Details, Image
from sightline_api.images.originals import SUFFIXES, name_file
from sightline_api.images.schemas import MediaType
from sightline_testing.builders import ETAG, make_image, make_rendition_set, new_owner


def make_uploaded(owner: str | None = None, title: str | None = None, **changes: object) -> Image:
    image = make_image(owner, details=Details(title=title), **changes)
    return image.with_part("renditions", image.renditions.begin(ETAG))


def add_image(gateway: Gateway, image: Image) -> str:
    """Store the image, and return the path of its original."""
    asyncio.run(gateway.tables.images.create(image))
    return f"/v1/images/{image.image_id}/original"


def test_an_original_has_a_download_url_and_a_file_name(gateway: Gateway) -> None:
    image = make_uploaded(gateway.owner, "Evening at sea")
    response = gateway.client.get(add_image(gateway, image), headers=gateway.headers())
    assert response.status_code == 200
    name = "Evening at sea.jpg"
    assert response.json() == {
        "url": f"http://s3/originals/{gateway.owner}/{image.image_id}?as={name}",
        "file_name": name,
        "media_type": "image/jpeg",
        "bytes": image.bytes,
        "expires_at": "2026-11-20T12:00:00Z",
    }


def test_an_image_without_an_upload_has_no_original(gateway: Gateway) -> None:
    path = add_image(gateway, make_image(gateway.owner))
    response = gateway.client.get(path, headers=gateway.headers())
    assert (response.status_code, response.json()["code"]) == (409, "nothing_uploaded")


def test_an_original_is_accessible_to_its_owner_only(gateway: Gateway) -> None:
    path = add_image(gateway, make_uploaded(gateway.owner))
    for owner, expected in ((new_owner(), 404), (gateway.owner, 200)):
        assert gateway.client.get(path, headers=gateway.headers(owner)).status_code == expected
    unknown = gateway.client.get("/v1/images/x/original", headers=gateway.headers())
    assert (unknown.status_code, unknown.json()["code"]) == (404, "image_not_found")


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Abend am Meer", "Abend am Meer"),
        ("Übung 1+2%", "Übung 1+2%"),
        ("evening.jpg", "evening"),
        ("evening.JPEG", "evening"),
        ("evening.png", "evening.png"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\con?*", "C__con__"),
        (".hidden. ", "hidden"),
        ("two\nlines\x00\x7f", "twolines"),
        ("gpj\u202e.exe", "gpj.exe"),
        ('"; filename=x.exe', "_; filename=x.exe"),
        ("画" * 200, "画" * 66),
    ],
)
def test_a_file_name_is_valid_on_every_system(title: str, stem: str) -> None:
    assert name_file(make_uploaded(title=title)) == f"{stem}.jpg"


@pytest.mark.parametrize("title", [None, "...", ".jpg", "\u202e"])
def test_the_file_name_falls_back_to_the_id(title: str | None) -> None:
    image = make_uploaded(title=title)
    assert name_file(image) == f"{image.image_id}.jpg"


def test_every_media_type_has_a_suffix() -> None:
    assert set(SUFFIXES) == set(MediaType.__args__)  # type: ignore[attr-defined]


def test_the_suffix_follows_the_detected_media_type() -> None:
    image = make_uploaded(title="a", media_type="image/png")
    assert name_file(image) == "a.png"
    detected = make_rendition_set().model_copy(update={"media_type": "image/heic"})
    image = image.with_part("renditions", image.renditions.succeed(detected))
    assert name_file(image) == "a.heic"


@pytest.mark.parametrize(
    ("title", "expected"),
    [("a.DNG", "a.dng"), ("a.nef", "a.nef"), ("a.tiff", "a.tif"), ("a", "a.tif")],
)
def test_the_suffix_of_a_raw_file_is_kept(title: str, expected: str) -> None:
    image = make_image(details=Details(title=title), media_type="image/tiff")
    assert name_file(image) == expected
