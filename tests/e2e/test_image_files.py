"""Real and malicious image files through the running stack."""

import io
from datetime import datetime

import httpx
import pytest
from PIL import Image
from PIL.Image import Transpose

from e2e.conftest import Json, User
from sightline_local.sample_image import draw_sample
from sightline_local.stack import PROCESS_NAMES
from sightline_testing.sample_images import find_images, mean_difference

PHOTOS = find_images("photos")

#: Upright size, capture time and place (to five digits) of each photo.
KNOWN: dict[str, tuple[tuple[int, int], str | None, tuple[float, float] | None]] = {
    "bird_alpha.png": ((576, 384), None, None),
    "camera_canon_40d_tiny.jpg": ((100, 68), "2008-05-30T15:56:01", None),
    "camera_nikon_e950.jpg": ((800, 600), "2001-04-06T11:51:40", None),
    "cmyk.jpg": ((500, 333), "2004-03-20T14:54:55", None),
    "gps_coolpix_a.jpg": ((640, 480), "2008-10-22T16:28:39", (43.46745, 11.88513)),
    "gps_coolpix_b.jpg": ((640, 480), "2008-10-22T16:38:20", (43.46708, 11.88454)),
    "landscape_2725x2225.jpg": ((2725, 2225), None, None),
    "phone_iphone_hdr.jpg": ((3264, 2448), "2015-04-10T20:12:23.550000", (40.44697, -3.72475)),
    "phone_jolla.jpg": ((3264, 2448), "2014-09-21T16:00:56", None),
    "cosmos.avif": ((2048, 858), None, None),
    "phone_iphone.heic": ((2566, 3313), "2021-04-11T15:47:53.054000-05:00", (39.05134, -94.28877)),
    **{f"orientation_landscape_{n}.jpg": ((600, 450), None, None) for n in range(1, 9)},
}

PARTS = ("recognition", "renditions")

#: Failure codes of invalid files.
FAILURE_CODES = {"unsupported_format", "broken_image", "image_too_small", "too_many_pixels"}

#: Too small for recognition: they fail, although their renditions succeed.
TOO_SMALL = {"camera_canon_40d_tiny.jpg"}


@pytest.fixture(scope="module")
def processed(user: User) -> dict[str, Json]:
    """Every photo after processing; all are uploaded before the first is awaited."""
    uploaded = {path.name: user.upload(path.name, path.read_bytes()) for path in PHOTOS}
    return {name: user.wait(image_id) for name, image_id in uploaded.items()}


@pytest.mark.parametrize("name", [path.name for path in PHOTOS])
def test_a_photo_is_processed(processed: dict[str, Json], name: str) -> None:
    image = processed[name]
    size, taken_at, place = KNOWN[name]
    if name in TOO_SMALL:
        assert image["status"] == "failed"
        assert image["recognition"]["failure"]["code"] == "image_too_small"
    else:
        assert image["status"] == "ready"
    assert image["renditions"]["state"] == "succeeded"
    assert (image["width"], image["height"]) == size
    capture = image["capture"]
    assert (capture["taken_at"] or capture["taken_at_local"]) == taken_at
    found = image["capture"]["place"]
    assert place == (found and (round(found["latitude"], 5), round(found["longitude"], 5)))


@pytest.mark.parametrize("name", [path.name for path in PHOTOS])
def test_renditions_match_their_description(processed: dict[str, Json], name: str) -> None:
    image = processed[name]
    for rendition in image["renditions"]["items"]:
        rendered = fetch(rendition["url"])
        assert rendered.size == (rendition["width"], rendition["height"])
        assert not rendered.getexif()
        shape = image["width"] / image["height"]
        assert rendered.width / rendered.height == pytest.approx(shape, rel=0.02)
        assert (
            max(rendered.size) <= {"thumb": 256, "preview": 1024, "full": 2048}[rendition["name"]]
        )
        assert rendered.width <= image["width"]


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.skipif(not PHOTOS, reason="a drawn image covers every orientation below")
def test_photos_of_every_orientation_are_rendered_upright(
    processed: dict[str, Json], orientation: int
) -> None:
    """Each shows its own number, so the comparison is with wrong orientations, not exact."""
    one, other = (
        fetch_thumbnail(processed[f"orientation_landscape_{number}.jpg"])
        for number in (1, orientation)
    )
    wrong = (Transpose.FLIP_LEFT_RIGHT, Transpose.FLIP_TOP_BOTTOM, Transpose.ROTATE_180)
    best = min(mean_difference(one, other.transpose(method)) for method in wrong)
    assert mean_difference(one, other) < best / 2


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_drawn_image_is_processed(user: User, orientation: int) -> None:
    image = user.wait(user.upload("drawn.jpg", draw_sample(orientation, (900, 600))))
    upright = (600, 900) if orientation in {6, 8} else (900, 600)
    assert image["status"] == "ready"
    assert (image["width"], image["height"]) == upright
    assert image["capture"]["taken_at"] == "2026-06-21T21:14:08+02:00"
    assert image["capture"]["place"] == {
        "latitude": 47.005,
        "longitude": 11.5075,
        "altitude": 1370.0,
        "direction": None,
        "district": None,
        "city": None,
        "region": "Tyrol",
        "country": "Austria",
        "country_code": "AT",
    }
    created = datetime.fromisoformat(image["created_at"])
    assert created.utcoffset() is not None


def test_malicious_files_fail_with_a_code_and_crash_no_process(user: User) -> None:
    pids = {name: user.stack.pid(name) for name in PROCESS_NAMES}
    files = {path.name: path.read_bytes() for path in find_images("malformed")}
    body = draw_sample(size=(900, 600))
    files |= {
        "empty-ish": b"\0",
        "text.jpg": b"hello",
        "page.html": b"<html><script>alert(1)</script></html>",
        "cut.jpg": body[: len(body) // 2],
        "noise.png": bytes(range(256)) * 64,
    }
    uploaded = {name: user.upload(name, body) for name, body in files.items()}
    for name, image_id in uploaded.items():
        image = user.wait(image_id)
        failures = {image[part]["failure"] and image[part]["failure"]["code"] for part in PARTS}
        assert failures <= FAILURE_CODES | {None}, name
        if image["renditions"]["state"] == "succeeded":
            assert len(image["renditions"]["items"]) == 3, name
    assert user.stack.find_exited() is None
    assert {name: user.stack.pid(name) for name in PROCESS_NAMES} == pids


def fetch(url: str) -> Image.Image:
    response = httpx.get(url)
    response.raise_for_status()
    assert response.headers["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(response.content)) as image:
        image.load()
        return image


def fetch_thumbnail(image: Json) -> Image.Image:
    (url,) = [item["url"] for item in image["renditions"]["items"] if item["name"] == "thumb"]
    return fetch(url).convert("RGB")


def test_every_photo_has_known_values() -> None:
    assert {path.name for path in PHOTOS} <= KNOWN.keys()
