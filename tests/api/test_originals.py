"""The original of a picture, and the name that it is saved under."""

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


def add(gateway: Gateway, image: Image) -> str:
    asyncio.run(gateway.tables.images.create(image))
    return f"/v1/images/{image.image_id}/original"


def test_an_original_can_be_saved(gateway: Gateway) -> None:
    image = make_uploaded(gateway.owner, "Evening at sea")
    answer = gateway.client.get(add(gateway, image), headers=gateway.headers())
    assert answer.status_code == 200
    name = "Evening at sea.jpg"
    assert answer.json() == {
        "url": f"http://s3/originals/{gateway.owner}/{image.image_id}?as={name}",
        "file_name": name,
        "media_type": "image/jpeg",
        "bytes": image.bytes,
        "expires_at": "2026-11-20T12:00:00Z",
    }


def test_nothing_can_be_saved_before_it_is_uploaded(gateway: Gateway) -> None:
    path = add(gateway, make_image(gateway.owner))
    answer = gateway.client.get(path, headers=gateway.headers())
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_uploaded")


def test_an_original_is_its_owners_alone(gateway: Gateway) -> None:
    path = add(gateway, make_uploaded(gateway.owner))
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
def test_a_name_is_safe_on_every_system(title: str, stem: str) -> None:
    assert name_file(make_uploaded(title=title)) == f"{stem}.jpg"


@pytest.mark.parametrize("title", [None, "...", ".jpg", "\u202e"])
def test_what_has_no_title_is_called_by_its_id(title: str | None) -> None:
    image = make_uploaded(title=title)
    assert name_file(image) == f"{image.image_id}.jpg"


def test_every_kind_of_picture_has_a_suffix() -> None:
    assert set(SUFFIXES) == set(MediaType.__args__)  # type: ignore[attr-defined]


def test_the_suffix_tells_what_was_found() -> None:
    image = make_uploaded(title="a", media_type="image/png")
    assert name_file(image) == "a.png"
    developed = make_rendition_set().model_copy(update={"media_type": "image/heic"})
    image = image.with_part("renditions", image.renditions.succeed(developed))
    assert name_file(image) == "a.heic"
