"""Archives: plans, the ZIP files of their parts, ranges, and images that vanish."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.conftest import Gateway, serve
from sightline.domain.albums import Album, AlbumSort
from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id, new_image_id
from sightline.domain.images import Details, Image
from sightline.domain.object_keys import original_key
from sightline.domain.recognition import Recognition
from sightline_api.archives.parts import MAX_IMAGES, MAX_TOKEN_LENGTH, Part, PlannedImage
from sightline_api.archives.schemas import MIN_PART_BYTES
from sightline_api.archives.slots import DownloadSlots
from sightline_api.problems import InvalidArchivePart, TooManyArchives
from sightline_api.settings import ApiSettings
from sightline_testing.builders import (
    ETAG,
    make_image,
    make_recognition,
    make_rendition_set,
    new_owner,
)
from sightline_testing.tokens import TokenIssuer

TAKEN_AT = datetime(2021, 7, 3, 14, 5, 10, tzinfo=UTC)
PLACE = GeoPosition(latitude=-38.7223, longitude=9.139336, altitude=-12.5)

#: Published tools that test a ZIP file, each with the arguments before its name.
TOOLS = [["unzip", "-t"], ["7z", "t"], ["bsdtar", "-tf"]]


@pytest.fixture(scope="module")
def running(pool: TokenIssuer, settings: ApiSettings) -> Iterator[Gateway]:
    with serve(pool, settings) as gateway:
        yield gateway


@pytest.fixture
def gateway(running: Gateway) -> Gateway:
    """The running gateway, and an owner without images."""
    return replace(running, owner=new_owner())


def add_image(
    gateway: Gateway, body: bytes = b"pixels", title: str | None = "Sea", **changes: Any
) -> Image:
    """Store an image that is ready, and its original."""
    details = Details(title=title, **changes)
    image = make_image(
        gateway.owner,
        details=details,
        bytes=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
    )
    capture = Capture(taken_at=TAKEN_AT, place=PLACE)
    result = make_rendition_set().model_copy(update={"capture": capture})
    part = image.renditions.begin(ETAG).succeed(result)
    recognition: Recognition = make_recognition("Boat")
    done = image.with_part("renditions", part).with_part(
        "recognition", image.recognition.begin(ETAG).succeed(recognition)
    )

    async def store() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, done)
        await gateway.originals.write(original_key(image.key), body, "image/jpeg")

    gateway.run(store())
    return done


def add_album(gateway: Gateway, *images: Image) -> Album:
    at = now()
    album = Album(
        owner=gateway.owner,
        album_id=new_album_id(),
        title="Été",
        description="Two weeks",
        sort=AlbumSort.TAKEN_OLDEST,
        created_at=at,
        updated_at=at,
    )

    async def store() -> None:
        await gateway.tables.albums.create(album)
        await gateway.tables.albums.add_images(album.key, [each.image_id for each in images])

    gateway.run(store())
    return album


def create(gateway: Gateway, **body: Any) -> dict[str, Any]:
    response = gateway.client.post("/v1/archives", json=body, headers=gateway.headers())
    assert response.status_code == 200, response.text
    return dict(response.json())


def download(
    gateway: Gateway, url: str, owner: str | None = None, **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return gateway.client.get(url, headers=gateway.headers(owner) | named)


def open_zip(response: httpx.Response) -> zipfile.ZipFile:
    """Open the ZIP file of a response, after its checksums and its length have been verified."""
    assert response.status_code == 200
    assert int(response.headers["content-length"]) == len(response.content)
    opened = zipfile.ZipFile(io.BytesIO(response.content))
    assert opened.testzip() is None
    assert opened.comment.decode() == response.headers["etag"]
    return opened


def read_json(opened: zipfile.ZipFile, name: str) -> dict[str, Any]:
    return dict(json.loads(opened.read(name)))


def test_a_part_has_originals_sidecars_and_metadata(gateway: Gateway) -> None:
    image = add_image(gateway, b"x" * 200_000, title="Meer & mehr", description="Abends")
    album = add_album(gateway, image)
    (part,) = create(gateway)["parts"]
    assert (part["file_name"], part["images"], part["bytes"]) == ("sightline-001.zip", 1, 200_000)
    response = download(gateway, part["url"])
    assert response.headers["content-type"] == "application/zip"
    assert response.headers["content-disposition"] == 'attachment; filename="sightline-001.zip"'
    opened = open_zip(response)
    assert opened.namelist() == [
        "Meer & mehr.jpg",
        "Meer & mehr.jpg.xmp",
        "sightline-001.json",
        "sightline-001-missing.json",
    ]
    assert opened.read("Meer & mehr.jpg") == b"x" * 200_000
    assert {each.compress_type for each in opened.infolist()} == {zipfile.ZIP_STORED}
    assert opened.getinfo("Meer & mehr.jpg").date_time == (2021, 7, 3, 14, 5, 10)
    metadata = read_json(opened, "sightline-001.json")
    described_album = {"title": "Été", "description": "Two weeks", "sort": "taken_oldest"}
    assert metadata["albums"] == [{"id": album.album_id, **described_album}]
    (described,) = metadata["images"]
    view = gateway.client.get(f"/v1/images/{image.image_id}", headers=gateway.headers()).json()
    assert described["image"] == view | {"renditions": view["renditions"] | {"items": []}}
    assert (described["file"], described["sidecar"]) == tuple(opened.namelist()[:2])
    assert read_json(opened, "sightline-001-missing.json") == {"missing": []}


def test_a_selection_has_the_requested_images_only(gateway: Gateway) -> None:
    images = [add_image(gateway, bytes([n]) * 10, title=f"{n}") for n in range(3)]
    ids = [images[2].image_id, images[0].image_id, images[2].image_id]
    (part,) = create(gateway, ids=ids)["parts"]
    opened = open_zip(download(gateway, part["url"]))
    assert [name for name in opened.namelist() if name.endswith(".jpg")] == ["2.jpg", "0.jpg"]


def test_an_album_has_its_images_only(gateway: Gateway) -> None:
    inside, _ = add_image(gateway, title="in"), add_image(gateway, title="out")
    album = add_album(gateway, inside)
    (part,) = create(gateway, album=album.album_id)["parts"]
    assert "in.jpg" in open_zip(download(gateway, part["url"])).namelist()
    assert part["images"] == 1


def test_an_archive_of_nothing_has_no_parts(gateway: Gateway) -> None:
    assert create(gateway) == {"parts": [], "next_cursor": None}


def test_parts_are_bounded_and_file_names_are_unique_in_all_of_them(gateway: Gateway) -> None:
    half = MIN_PART_BYTES // 2
    titles = ["Sea", "sea", "Sea", "Land", "SEA.jpg"]
    images = [add_image(gateway, bytes([n]) * half, title=title) for n, title in enumerate(titles)]
    large = add_image(gateway, b"l" * (MIN_PART_BYTES + 1), title="large")
    plan = create(gateway, part_bytes=MIN_PART_BYTES)
    assert [(part["images"], part["bytes"]) for part in plan["parts"]] == [
        (1, MIN_PART_BYTES + 1),
        (2, MIN_PART_BYTES),
        (2, MIN_PART_BYTES),
        (1, half),
    ]
    files = [open_zip(download(gateway, part["url"])) for part in plan["parts"]]
    names = [name for file in files for name in file.namelist()]
    assert len({name.casefold() for name in names}) == len(names)
    described = {
        each["image"]["id"]: each["file"]
        for number, file in enumerate(files, 1)
        for each in read_json(file, f"sightline-{number:03d}.json")["images"]
    }
    assert set(described) == {image.image_id for image in [*images, large]}
    # The first one keeps its name; the others have a part of their ids.
    assert described[images[4].image_id] == "SEA.jpg"
    assert described[images[0].image_id] == f"Sea-{images[0].image_id[-12:]}.jpg"


def test_a_title_that_changes_to_that_of_another_image_gets_a_suffix(gateway: Gateway) -> None:
    first, second = add_image(gateway, title="a"), add_image(gateway, title="b")
    (part,) = create(gateway, ids=[first.image_id, second.image_id])["parts"]
    path = f"/v1/images/{second.image_id}"
    gateway.client.request("PATCH", path, json={"title": "A"}, headers=gateway.headers())
    names = open_zip(download(gateway, part["url"])).namelist()
    assert names[::2][:2] == ["a.jpg", f"A-{second.image_id[-12:]}.jpg"]


def test_a_cursor_continues_the_plan(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sightline_api.archives.planning.MAX_PLANNED_IMAGES", 100)
    images = [add_image(gateway, title="same") for _ in range(105)]
    first = create(gateway)
    second = create(gateway, cursor=first["next_cursor"])
    assert second["next_cursor"] is None
    parts = [*first["parts"], *second["parts"]]
    assert [part["images"] for part in parts] == [100, 5]
    assert [part["file_name"] for part in parts] == ["sightline-001.zip", "sightline-002.zip"]
    names = [name for part in parts for name in open_zip(download(gateway, part["url"])).namelist()]
    assert len(set(names)) == len(names) == 2 * len(images) + 4


def test_images_of_another_owner_are_not_found(gateway: Gateway) -> None:
    image = add_image(gateway)
    album = add_album(gateway, image)
    (part,) = create(gateway)["parts"]
    other = gateway.headers(new_owner())
    for body, code in (
        ({"ids": [image.image_id]}, "image_not_found"),
        ({"ids": ["x"]}, "image_not_found"),
        ({"album": album.album_id}, "album_not_found"),
    ):
        response = gateway.client.post("/v1/archives", json=body, headers=other)
        assert (response.status_code, response.json()["code"]) == (404, code)
    assert gateway.client.post("/v1/archives", json={}, headers=other).json()["parts"] == []
    opened = open_zip(gateway.client.get(part["url"], headers=other))
    assert opened.namelist() == ["sightline-001.json", "sightline-001-missing.json"]
    assert read_json(opened, "sightline-001.json")["images"] == []


def test_a_selection_of_images_without_an_original_is_rejected(gateway: Gateway) -> None:
    image = make_image(gateway.owner)
    gateway.run(gateway.tables.images.create(image))
    body = {"ids": [image.image_id]}
    response = gateway.client.post("/v1/archives", json=body, headers=gateway.headers())
    assert (response.status_code, response.json()["code"]) == (409, "nothing_uploaded")
    assert create(gateway)["parts"] == []


def test_ids_and_an_album_exclude_each_other(gateway: Gateway) -> None:
    image = add_image(gateway)
    body = {"ids": [image.image_id], "album": add_album(gateway, image).album_id}
    response = gateway.client.post("/v1/archives", json=body, headers=gateway.headers())
    assert response.status_code == 422


def test_an_image_that_was_deleted_since_is_listed(gateway: Gateway) -> None:
    kept, deleted = add_image(gateway, title="kept"), add_image(gateway, title="deleted")
    (part,) = create(gateway)["parts"]
    etag = download(gateway, part["url"]).headers["etag"]
    gateway.client.delete(f"/v1/images/{deleted.image_id}", headers=gateway.headers())
    response = download(gateway, part["url"])
    assert response.headers["etag"] != etag
    opened = open_zip(response)
    assert "kept.jpg" in opened.namelist()
    assert "deleted.jpg" not in opened.namelist()
    assert read_json(opened, "sightline-001-missing.json") == {"missing": [deleted.image_id]}
    assert kept.image_id in opened.read("sightline-001.json").decode()


@pytest.mark.parametrize("loss", ["deleted", "replaced"])
def test_an_original_that_vanishes_during_the_download_leaves_a_valid_file(
    gateway: Gateway, loss: str, tmp_path: Path
) -> None:
    """The size was promised before; the file is as long, and lists the image."""
    images = [add_image(gateway, bytes([n]) * 100_000, title=f"{n}") for n in range(3)]
    (part,) = create(gateway, ids=[image.image_id for image in images])["parts"]
    size = len(download(gateway, part["url"]).content)
    key = original_key(images[1].key)
    gateway.run(
        gateway.originals.delete(key)
        if loss == "deleted"
        else gateway.originals.write(key, b"other", "image/jpeg")
    )
    response = download(gateway, part["url"])
    assert len(response.content) == size
    opened = open_zip(response)
    assert [name for name in opened.namelist() if name.endswith(".jpg")] == ["0.jpg", "2.jpg"]
    assert read_json(opened, "sightline-001-missing.json") == {"missing": [images[1].image_id]}
    path = tmp_path / "part.zip"
    path.write_bytes(response.content)
    run_tools(path)


def run_tools(path: Path) -> None:
    """Test the file with each published tool that is installed."""
    for command in TOOLS:
        if shutil.which(command[0]):
            subprocess.run([*command, path], check=True, capture_output=True)


def test_published_tools_accept_the_file(gateway: Gateway, tmp_path: Path) -> None:
    for title in ("日本", "a/b", "plain", None):
        add_image(gateway, title=title)
    (part,) = create(gateway)["parts"]
    path = tmp_path / "part.zip"
    path.write_bytes(download(gateway, part["url"]).content)
    run_tools(path)


@pytest.mark.parametrize(
    ("requested", "start", "stop"),
    [
        ("bytes=0-", 0, None),
        ("bytes=70000-", 70_000, None),
        ("bytes=10-99999", 10, 100_000),
        ("bytes=65536-65536", 65_536, 65_537),
        ("bytes=-22", -22, None),
        ("bytes=100-99999999", 100, None),
    ],
)
def test_a_range_is_a_part_of_the_whole_file(
    gateway: Gateway, requested: str, start: int, stop: int | None
) -> None:
    for n in range(2):
        add_image(gateway, bytes([n]) * 150_000, title=f"{n}")
    (part,) = create(gateway)["parts"]
    whole = download(gateway, part["url"])
    response = download(gateway, part["url"], Range=requested, If_Range=whole.headers["etag"])
    assert response.status_code == 206
    assert response.content == whole.content[start:stop]
    first = start % len(whole.content)
    last = first + len(response.content) - 1
    assert response.headers["content-range"] == f"bytes {first}-{last}/{len(whole.content)}"
    assert int(response.headers["content-length"]) == len(response.content)


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=5-", "If_Range": '"other"'},
        {"Range": "bytes=5-", "If_Range": "Fri, 27 Nov 2026 12:00:00 GMT"},
        {"Range": "bytes=0-1,5-6"},
        {"Range": "items=0-1"},
        {"Range": "bytes=9-5"},
    ],
)
def test_a_range_that_does_not_apply_is_ignored(gateway: Gateway, headers: dict[str, str]) -> None:
    add_image(gateway)
    (part,) = create(gateway)["parts"]
    open_zip(download(gateway, part["url"], **headers))


def test_a_range_after_the_end_is_rejected(gateway: Gateway) -> None:
    add_image(gateway)
    (part,) = create(gateway)["parts"]
    size = len(download(gateway, part["url"]).content)
    response = download(gateway, part["url"], Range=f"bytes={size}-")
    assert (response.status_code, response.json()["code"]) == (416, "range_not_satisfiable")
    assert response.headers["content-range"] == f"bytes */{size}"


def test_the_etag_is_strong_and_follows_the_images(gateway: Gateway) -> None:
    image = add_image(gateway)
    (part,) = create(gateway)["parts"]
    first, second = download(gateway, part["url"]), download(gateway, part["url"])
    etag = first.headers["etag"]
    assert etag.startswith('"')
    assert (second.headers["etag"], second.content) == (etag, first.content)
    assert download(gateway, part["url"], If_None_Match=etag).status_code == 304
    path = f"/v1/images/{image.image_id}"
    gateway.client.request("PATCH", path, json={"description": "x"}, headers=gateway.headers())
    changed = download(gateway, part["url"], Range="bytes=5-", If_Range=etag)
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


def test_head_returns_the_size_and_no_content(gateway: Gateway) -> None:
    add_image(gateway)
    (part,) = create(gateway)["parts"]
    whole = download(gateway, part["url"])
    head = gateway.client.request("HEAD", part["url"], headers=gateway.headers())
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["etag"] == whole.headers["etag"]


@pytest.mark.parametrize("token", ["", "x", "AQAB", "AAABAAAAAAAAAAAAAAAAAAAAAAAA", "é"])
def test_an_invalid_part_is_rejected(gateway: Gateway, token: str) -> None:
    response = download(gateway, f"/v1/archives/download?part={token}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid_archive_part")


@pytest.mark.parametrize("count", [1, 7, 8, 9, MAX_IMAGES])
def test_a_token_names_the_images_of_the_part(count: int) -> None:
    images = [PlannedImage(new_image_id(), index % 3 == 0) for index in range(count)]
    part = Part(12, images)
    assert Part.parse(part.token) == part
    assert len(part.token) <= MAX_TOKEN_LENGTH


def test_a_token_with_too_many_images_is_rejected() -> None:
    images = [PlannedImage(new_image_id()) for _ in range(MAX_IMAGES + 1)]
    with pytest.raises(InvalidArchivePart):
        Part.parse(Part(1, images).token)


def test_slots_are_limited_by_owner_and_in_total() -> None:
    slots = DownloadSlots(per_owner=2, total=3)
    with slots.take("a"), slots.take("a"):
        with pytest.raises(TooManyArchives), slots.take("a"):
            pass
        with slots.take("b"), pytest.raises(TooManyArchives), slots.take("c"):
            pass
        with slots.take("c"):
            pass
    with slots.take("a"), slots.take("a"), slots.take("b"):
        pass


def test_a_download_takes_a_slot_until_it_ends(pool: TokenIssuer, settings: ApiSettings) -> None:
    changes = {"archive_max_downloads": 1}
    with serve(pool, settings.model_copy(update=changes)) as gateway:
        add_image(gateway)
        (part,) = create(gateway)["parts"]
        second: list[httpx.Response] = []
        stream = gateway.originals.stream

        def stream_slowly(key: str) -> Any:
            # The first download is in progress while it opens its original.
            if not second:
                second.append(None)  # type: ignore[arg-type]
                scope = gateway.client._http
                task = scope.get(part["url"], headers=gateway.headers())
                return _After(task, second, stream(key))
            return stream(key)

        gateway.originals.stream = stream_slowly  # type: ignore[method-assign]
        open_zip(download(gateway, part["url"]))
        assert second[0].status_code == 429
        assert second[0].json()["code"] == "too_many_archives"
        assert int(second[0].headers["retry-after"]) > 0
        gateway.originals.stream = stream  # type: ignore[method-assign]
        open_zip(download(gateway, part["url"]))


class _After:
    """An object that is opened after another request has been answered."""

    def __init__(self, request: Any, answers: list[httpx.Response], opened: Any) -> None:
        self._request, self._answers, self._opened = request, answers, opened

    async def __aenter__(self) -> Any:
        self._answers[0] = await self._request
        return await self._opened.__aenter__()

    async def __aexit__(self, *error: object) -> Any:
        return await self._opened.__aexit__(*error)
