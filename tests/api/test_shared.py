"""What visitors see of a share link, and what they never see."""

import asyncio
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import EndpointConnectionError

from api.conftest import Gateway, serve
from sightline.domain.albums import Album
from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id, new_image_id
from sightline.domain.images import Details, Image
from sightline.domain.object_keys import rendition_key
from sightline.domain.position_override import PositionOverride
from sightline.domain.renditions import RenditionSet
from sightline.domain.share_links import ShareLink, new_token
from sightline_api.openapi import make_document
from sightline_api.settings import ApiSettings
from sightline_api.sharing import access, passwords
from sightline_api.sharing.passwords import PasswordHasher
from sightline_testing.builders import (
    ETAG,
    make_image,
    make_rendition_set,
    make_share_link,
    new_owner,
    with_recognition,
)
from sightline_testing.tokens import TokenIssuer

pytestmark = pytest.mark.usefixtures("quick_passwords")

PASSWORD = "öffne dich"

PLACE = GeoPosition(latitude=38.7, longitude=-9.1, city="Lisbon")

#: Texts of the image of `Shared` that must not be seen unless the link shows them.
METADATA = ("IMG_2041.jpg", "Grandmother's garden", "Nikon Z 8", "2026-05-01")
POSITION = ("Lisbon", "38.7")


class Shared:
    """An image in an album, both of one owner, and further images of the owner beside them."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway, owner, at = gateway, gateway.owner, now()
        self.image, self.second, self.private = (self.add_image() for _ in range(3))
        self.awaiting = make_image(owner)
        self.album = Album(
            owner=owner, album_id=new_album_id(), title="Summer", created_at=at, updated_at=at
        )
        gateway.run(gateway.tables.images.create(self.awaiting))
        gateway.run(gateway.tables.albums.create(self.album))
        self.add_to_album(self.image, self.second, self.awaiting)

    def add_image(self) -> Image:
        """Add an image with metadata and one rendition."""
        details = Details(title="IMG_2041.jpg", description="Grandmother's garden")
        image = make_image(self.gateway.owner, details=details)
        part = image.renditions.begin(ETAG).succeed(render(image))
        done = with_recognition(image, "Dog").with_part("renditions", part)

        async def store() -> None:
            await self.gateway.tables.images.create(image)
            await self.gateway.tables.images.store(image, done)

        self.gateway.run(store())
        return image

    def add_to_album(self, *images: Image) -> None:
        ids = [image.image_id for image in images]
        self.gateway.run(self.gateway.tables.albums.add_images(self.album.key, ids))

    def link(self, **changes: Any) -> str:
        """Add a link to the image, unless the changes name the album, and return its token."""
        token = new_token()
        if "album_id" not in changes:
            changes["image_id"] = self.image.image_id
        link = make_share_link(self.gateway.owner, token, **changes)
        self.gateway.run(self.gateway.tables.share_links.create(link))
        return token

    def link_album(self, **changes: Any) -> str:
        return self.link(album_id=self.album.album_id, **changes)

    def stored(self) -> ShareLink:
        """Return the only link of the owner."""
        (link,) = self.gateway.run(
            self.gateway.tables.share_links.page(self.gateway.owner, 10)
        ).links
        return link

    def lock(self) -> str:
        """Add a link to the album with `PASSWORD`, and return its token."""
        stored = asyncio.run(PasswordHasher().hash(PASSWORD, "owner"))
        return self.link_album(password=stored)


def render(image: Image) -> RenditionSet:
    """Return renditions as the resizer writes them, and what the file recorded."""
    renditions = make_rendition_set()
    (thumb,) = renditions.renditions
    capture = Capture(
        taken_at=datetime(2026, 5, 1, 12, tzinfo=UTC), camera="Nikon Z 8", place=PLACE
    )
    key = rendition_key(image.key, "thumb", "webp")
    return renditions.model_copy(
        update={"renditions": (thumb.model_copy(update={"key": key}),), "capture": capture}
    )


@pytest.fixture
def shared(gateway: Gateway) -> Shared:
    return Shared(gateway)


def get(gateway: Gateway, token: str, path: str = "", **headers: str) -> Any:
    return gateway.client.get(f"/v1/shared/{token}{path}", headers=headers)


def unlock(gateway: Gateway, token: str, password: str) -> Any:
    return gateway.client.post(f"/v1/shared/{token}/access", json={"password": password})


def paths(shared: Shared) -> list[str]:
    """Return every path below a link to the album."""
    image = f"/images/{shared.image.image_id}"
    return ["", "/images", image, f"{image}/original"]


def assert_not_found(response: Any) -> None:
    assert response.status_code == 404, response.text
    assert response.json()["code"] == "shared_not_found"
    assert response.json()["detail"] == "Not found, or no longer shared."


def test_every_public_operation_is_tested(gateway: Gateway, shared: Shared) -> None:
    """`paths` is complete but for the operation that takes the password."""
    public = {
        path.removeprefix("/v1/shared/{token}")
        for path, item in make_document()["paths"].items()
        for operation in item.values()
        if not operation["security"] and path.startswith("/v1/")
    }
    known = {path.replace(shared.image.image_id, "{image_id}") for path in paths(shared)}
    assert public == known | {"/access"}


def test_a_link_shows_an_image_to_anyone(gateway: Gateway, shared: Shared) -> None:
    token = shared.link()
    view = get(gateway, token).json()
    assert (view["kind"], view["title"], view["images"]) == ("image", None, 1)
    (item,) = get(gateway, token, "/images").json()["items"]
    image = get(gateway, token, f"/images/{shared.image.image_id}").json()
    assert item["id"] == image["id"] == shared.image.image_id
    assert image["status"] == "ready"
    assert image["renditions"][0]["url"] == item["thumbnail"]["url"]


def test_a_link_shows_the_images_of_an_album(gateway: Gateway, shared: Shared) -> None:
    token = shared.link_album()
    view = get(gateway, token).json()
    assert (view["kind"], view["title"]) == ("album", "Summer")
    first = get(gateway, token, "/images?limit=1").json()
    rest = get(gateway, token, f"/images?cursor={first['next_cursor']}").json()
    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert ids == [shared.second.image_id, shared.image.image_id]
    assert rest["next_cursor"] is None
    for image_id in ids:
        assert get(gateway, token, f"/images/{image_id}").json()["id"] == image_id


def test_a_cursor_ends_the_list_of_one_image(gateway: Gateway, shared: Shared) -> None:
    token, album = shared.link(), shared.link_album()
    cursor = get(gateway, album, "/images?limit=1").json()["next_cursor"]
    assert len(get(gateway, token, f"/images?cursor={cursor}").json()["items"]) == 1
    assert get(gateway, token, "/images?cursor=x").json()["code"] == "invalid_cursor"


@pytest.mark.parametrize("is_album", [False, True])
def test_nothing_else_of_the_owner_is_shown(
    gateway: Gateway, shared: Shared, is_album: bool
) -> None:
    token = shared.link_album() if is_album else shared.link()
    others = [shared.private, shared.awaiting] + ([] if is_album else [shared.second])
    for image in others:
        for path in ("", "/original"):
            assert_not_found(get(gateway, token, f"/images/{image.image_id}{path}"))
    text = "".join(get(gateway, token, path).text for path in paths(shared))
    assert not any(image.image_id in text for image in others)
    assert (shared.album.album_id in text, shared.image.sha256 in text) == (False, False)
    # The owner's id is only in the keys of renditions, which the signed URLs contain.
    assert gateway.owner not in text.replace(f"renditions/{gateway.owner}/", "")


@pytest.mark.parametrize("metadata", [False, True])
@pytest.mark.parametrize("position", [False, True])
@pytest.mark.parametrize("is_album", [False, True])
def test_metadata_and_position_are_shown_only_if_the_link_allows_it(
    gateway: Gateway, shared: Shared, metadata: bool, position: bool, is_album: bool
) -> None:
    shown = {"metadata": metadata, "position": position}
    token = shared.link_album(**shown) if is_album else shared.link(**shown)
    text = "".join(get(gateway, token, path).text for path in paths(shared))
    assert [each in text for each in METADATA] == [metadata] * len(METADATA)
    assert [each in text for each in POSITION] == [position] * len(POSITION)
    assert "Dog" not in text


def test_the_owner_s_time_of_capture_is_shown(gateway: Gateway, shared: Shared) -> None:
    image = gateway.run(gateway.tables.images.get(shared.image.key))
    corrected = image.details.model_copy(
        update={"revision": 1, "taken_at": datetime(2020, 2, 3, 4, 5)}  # noqa: DTZ001 - local
    )
    gateway.run(gateway.tables.images.store(image, image.with_details(corrected)))
    view = get(gateway, shared.link(metadata=True), f"/images/{image.image_id}").json()
    assert view["capture"]["taken_at_local"] == "2020-02-03T04:05:00"
    assert view["capture"]["taken_at"] is None
    assert view["capture"]["place"] is None


def test_the_position_that_the_owner_corrected_or_hid_is_shown(
    gateway: Gateway, shared: Shared
) -> None:
    def show(revision: int, override: PositionOverride, **link: bool) -> Any:
        image = gateway.run(gateway.tables.images.get(shared.image.key))
        update = {"revision": revision, "position": override}
        edited = image.with_details(image.details.model_copy(update=update))
        gateway.run(gateway.tables.images.store(image, edited))
        return get(gateway, shared.link(**link), f"/images/{image.image_id}").json()["place"]

    corrected = PositionOverride(latitude=38.7109, longitude=-9.1366)
    assert show(1, corrected, metadata=True) is None
    place = show(2, corrected, position=True)
    assert (place["latitude"], place["longitude"]) == (38.7109, -9.1366)
    assert show(3, PositionOverride(), position=True) is None


def test_an_original_is_shown_only_if_the_link_allows_it(gateway: Gateway, shared: Shared) -> None:
    path = f"/images/{shared.image.image_id}/original"
    assert_not_found(get(gateway, shared.link(metadata=True, position=True), path))
    allowed = get(gateway, shared.link(original=True, metadata=True, position=True), path)
    assert allowed.json()["file_name"] == "IMG_2041.jpg"


def test_wrong_revoked_and_expired_links_are_alike(gateway: Gateway, shared: Shared) -> None:
    revoked, expired = shared.link_album(), shared.link_album(ends_at=now() - timedelta(seconds=1))
    (link,) = [
        each
        for each in gateway.run(gateway.tables.share_links.page(gateway.owner, 10)).links
        if revoked.startswith(each.shown)
    ]
    assert get(gateway, revoked).status_code == 200
    gateway.run(gateway.tables.share_links.revoke(gateway.owner, link.link_id))
    responses = []
    for token in (revoked, expired, new_token(), "x", "x" * 300, link.digest, revoked[:-1]):
        for path in paths(shared):
            response = get(gateway, token, path)
            assert_not_found(response)
            responses.append(response.content)
        assert_not_found(unlock(gateway, token, PASSWORD))
    assert len(set(responses)) == 1


def test_the_link_of_a_third_person_shows_only_their_own(gateway: Gateway, shared: Shared) -> None:
    """A third person can share an album or image id of another owner in vain."""
    for target in (
        {"image_id": shared.image.image_id},
        {"album_id": shared.album.album_id},
    ):
        token = new_token()
        link = make_share_link(new_owner(), token, **target)
        gateway.run(gateway.tables.share_links.create(link))
        for path in paths(shared):
            assert_not_found(get(gateway, token, path))


@pytest.mark.parametrize("credential", ["owner", "third person", "invalid"])
def test_credentials_change_nothing(gateway: Gateway, shared: Shared, credential: str) -> None:
    """Neither the owner's own token nor that of a third person opens more, or fails."""
    headers = {
        "owner": gateway.headers(),
        "third person": gateway.headers(new_owner()),
        "invalid": {"Authorization": "Bearer x"},
    }[credential]
    token, locked = shared.link(), shared.lock()
    assert get(gateway, token, **headers).status_code == 200
    assert get(gateway, locked, **headers).status_code == 403
    assert_not_found(get(gateway, token, f"/images/{shared.private.image_id}", **headers))


def test_a_password_is_required_on_every_path(gateway: Gateway, shared: Shared) -> None:
    token = shared.lock()
    for path in paths(shared):
        response = get(gateway, token, path)
        assert (response.status_code, response.json()["code"]) == (403, "share_password_required")
        assert "Summer" not in response.text
    proof = unlock(gateway, token, PASSWORD).json()["access"]
    for path in paths(shared)[:-1]:
        assert get(gateway, token, path, **{"Share-Access": proof}).status_code == 200, path
    assert shared.stored().opened == 1


@pytest.mark.parametrize("password", ["", "offne dich", f"{PASSWORD} ", PASSWORD.upper()])
def test_a_wrong_password_is_rejected(gateway: Gateway, shared: Shared, password: str) -> None:
    response = unlock(gateway, shared.lock(), password)
    assert (response.status_code, response.json()["code"]) == (403, "wrong_share_password")


def test_a_link_without_a_password_takes_none(gateway: Gateway, shared: Shared) -> None:
    assert unlock(gateway, shared.link(), PASSWORD).json()["code"] == "wrong_share_password"


def test_a_proof_is_valid_for_its_link_only(gateway: Gateway, shared: Shared) -> None:
    one, other = shared.lock(), shared.lock()
    proof = unlock(gateway, one, PASSWORD).json()["access"]
    expiry, _, signature = proof.partition(".")
    later = f"{int(expiry) + 1}.{signature}"
    for token, value in ((other, proof), (one, later), (one, expiry), (one, "."), (one, "")):
        assert get(gateway, token, **{"Share-Access": value}).status_code == 403, value
    assert get(gateway, one, **{"Share-Access": proof}).status_code == 200


def test_a_proof_ends_with_the_password_the_link_or_its_time() -> None:
    at = now()
    link = make_share_link(password="scrypt$a", ends_at=None)
    proof, expires_at = access.grant_access(link, at)
    assert timedelta(hours=11) < expires_at - at <= timedelta(hours=12)
    assert access.has_access(link, proof, at)
    assert not access.has_access(link, proof, expires_at)
    for invalid in ("²." + "0" * 64, "9" * 190 + ".x", f"{proof}²", None):
        assert not access.has_access(link, invalid, at)
    changed = link.model_copy(update={"password": "scrypt$b"})
    assert not access.has_access(changed, proof, at)
    assert access.has_access(link.model_copy(update={"password": None}), None, at)
    ending = link.model_copy(update={"ends_at": at + timedelta(minutes=1)})
    assert access.grant_access(ending, at).expires_at == ending.ends_at


def test_attempts_are_limited_per_link_and_per_network(gateway: Gateway, shared: Shared) -> None:
    token, other = shared.lock(), shared.lock()
    statuses = [unlock(gateway, token, "wrong").status_code for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    limited = unlock(gateway, token, PASSWORD)
    assert limited.json()["code"] == "rate_limited"
    assert int(limited.headers["Retry-After"]) > 0
    # The same address, and another link.
    assert unlock(gateway, other, PASSWORD).status_code == 429
    assert get(gateway, other).json()["code"] == "share_password_required"


async def test_attempts_from_many_networks_are_limited_by_the_link() -> None:
    hasher = PasswordHasher()
    link = make_share_link(password=await hasher.hash(PASSWORD, "owner"))
    for number in range(passwords.PASSWORD_BURST):
        assert not await hasher.verify("wrong", link, f"192.0.2.{number}")
    with pytest.raises(Exception, match=r"^\d+$"):
        await hasher.verify(PASSWORD, link, "192.0.2.99")
    assert await hasher.verify(PASSWORD, link.model_copy(update={"digest": "x"}), "192.0.2.99")


async def test_the_parameters_of_a_hash_are_stored_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = PasswordHasher()
    stored = await hasher.hash(PASSWORD, "owner")
    assert stored != await hasher.hash(PASSWORD, "owner")
    monkeypatch.setattr(passwords, "COST", 4)
    monkeypatch.setattr(passwords, "PARALLELIZATION", 1)
    assert await hasher.verify(PASSWORD, make_share_link(password=stored), "192.0.2.1")


def test_images_vanish_when_they_are_deleted(gateway: Gateway, shared: Shared) -> None:
    album, single = shared.link_album(), shared.link()
    path = f"/images/{shared.image.image_id}"
    deleted = gateway.client.delete(f"/v1{path}", headers=gateway.headers())
    assert deleted.status_code == 204
    for token in (album, single):
        assert_not_found(get(gateway, token, path))
    for below in ("", "/images"):
        assert_not_found(get(gateway, single, below))
    items = get(gateway, album, "/images").json()["items"]
    assert [item["id"] for item in items] == [shared.second.image_id]


def test_an_image_that_is_being_deleted_is_not_shown(gateway: Gateway, shared: Shared) -> None:
    album, single = shared.link_album(), shared.link()
    gateway.run(gateway.tables.images.begin_deletion(shared.image.key))
    for token in (album, single):
        assert_not_found(get(gateway, token, f"/images/{shared.image.image_id}"))
    items = get(gateway, album, "/images").json()["items"]
    assert [item["id"] for item in items] == [shared.second.image_id]


def test_an_image_that_leaves_the_album_is_not_shown(gateway: Gateway, shared: Shared) -> None:
    token = shared.link_album()
    ids = [shared.image.image_id, shared.second.image_id, shared.awaiting.image_id]
    gateway.run(gateway.tables.albums.remove_images(shared.album.key, ids))
    assert_not_found(get(gateway, token, f"/images/{shared.image.image_id}"))
    assert get(gateway, token, "/images").json() == {"items": [], "next_cursor": None}
    assert get(gateway, token).json()["images"] == 0


def test_a_deleted_album_is_not_shown(gateway: Gateway, shared: Shared) -> None:
    token = shared.link_album()
    # Interrupted: the images still belong to the album.
    gateway.run(gateway.tables.albums.begin_deletion(shared.album.key))
    for path in paths(shared):
        assert_not_found(get(gateway, token, path))


def test_an_erased_account_shows_nothing(gateway: Gateway, shared: Shared) -> None:
    tokens = (shared.link_album(), shared.link())
    erased = gateway.client.delete("/v1/account?confirm=everything", headers=gateway.headers())
    assert erased.status_code == 204
    for token in tokens:
        for path in paths(shared):
            assert_not_found(get(gateway, token, path))


def test_an_image_is_shown_from_its_upload_on(gateway: Gateway, shared: Shared) -> None:
    token = shared.link_album()
    image, path = shared.awaiting, f"/images/{shared.awaiting.image_id}"
    assert_not_found(get(gateway, token, path))
    stored = gateway.run(gateway.tables.images.get(image.key))
    running = stored.with_part("renditions", stored.renditions.begin(ETAG))
    gateway.run(gateway.tables.images.store(stored, running))
    view = get(gateway, token, path).json()
    assert (view["status"], view["renditions"], view["placeholder"]) == ("processing", [], None)
    (item,) = get(gateway, token, "/images?limit=1").json()["items"]
    assert (item["id"], item["thumbnail"]) == (image.image_id, None)


def test_every_visit_is_counted(gateway: Gateway, shared: Shared) -> None:
    token = shared.link_album()
    for path in ("", "/images", "", f"/images/{shared.image.image_id}"):
        get(gateway, token, path)
    link = shared.stored()
    assert link.opened == 2
    assert link.last_opened_at is not None


def test_a_visit_that_cannot_be_counted_is_served(
    gateway: Gateway, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://table")

    token = shared.link()
    monkeypatch.setattr(gateway.tables.share_links, "record_open", fail)
    assert get(gateway, token).status_code == 200
    monkeypatch.setattr(gateway.tables.share_links, "find", fail)
    assert get(gateway, token).json()["code"] == "dependency_unavailable"


def test_a_changed_link_takes_effect_at_once(gateway: Gateway, shared: Shared) -> None:
    token = shared.link()
    assert get(gateway, token).status_code == 200
    path = f"/v1/share-links/{shared.stored().link_id}"
    body = {"password": PASSWORD}
    gateway.client.request("PATCH", path, json=body, headers=gateway.headers())
    assert get(gateway, token).status_code == 403
    gateway.client.delete(path, headers=gateway.headers())
    assert_not_found(get(gateway, token))


def test_no_response_may_be_stored_or_indexed(gateway: Gateway, shared: Shared) -> None:
    token = shared.link()
    responses = [
        get(gateway, token),
        get(gateway, token, "/images"),
        get(gateway, new_token()),
        get(gateway, token, "/nothing"),
        get(gateway, token, "/images?unknown=1"),
        get(gateway, shared.lock()),
        unlock(gateway, token, PASSWORD),
        gateway.client.request("HEAD", f"/v1/shared/{token}"),
        gateway.client.request("PUT", f"/v1/shared/{token}"),
    ]
    assert [each.status_code for each in responses] == [200, 200, 404, 404, 422, 403, 403, 200, 405]
    for response in responses:
        assert response.headers.get_list("Cache-Control") == ["no-store"]
        assert response.headers.get_list("Referrer-Policy") == ["no-referrer"]
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_logs_contain_no_token(
    gateway: Gateway, shared: Shared, caplog: pytest.LogCaptureFixture
) -> None:
    token = shared.lock()
    with caplog.at_level(logging.DEBUG):
        for path in paths(shared):
            get(gateway, token, path)
        unlock(gateway, token, PASSWORD)
    gateway_records = [each for each in caplog.records if each.name.startswith("sightline")]
    routes = {each.__dict__.get("route") for each in gateway_records}
    assert "/v1/shared/{token}/images" in routes
    assert not any(token in str(each.__dict__) for each in gateway_records)


@pytest.fixture
def limited(pool: TokenIssuer, settings: ApiSettings) -> Iterator[Gateway]:
    """A gateway behind two proxies, with low rate limits of visitors and an origin of its own."""
    changes = {
        "shared_requests_per_second": 1e-6,
        "shared_burst": 3,
        "share_link_requests_per_second": 1e-6,
        "share_link_burst": 4,
        "trusted_proxies": 2,
        "cors_origins": ("https://app.example.com",),
    }
    with serve(pool, settings.model_copy(update=changes)) as gateway:
        yield gateway


def visit(gateway: Gateway, token: str, address: str, **headers: str) -> Any:
    """Visit from this address, through two proxies, with a forged entry before theirs."""
    forwarded = f"203.0.113.{new_image_id()}, {address}, 10.0.0.1"
    return get(gateway, token, **{"X-Forwarded-For": forwarded}, **headers)


def test_an_address_has_a_rate_limit_for_all_tokens(limited: Gateway) -> None:
    token = Shared(limited).link()
    tokens = (token, new_token(), new_token(), token)
    responses = [visit(limited, each, "192.0.2.1") for each in tokens]
    assert [response.status_code for response in responses] == [200, 404, 404, 429]
    assert responses[0].headers["RateLimit"].startswith('"address";r=2')
    assert responses[-1].headers["Cache-Control"] == "no-store"
    assert visit(limited, token, "192.0.2.2").status_code == 200


def test_a_link_has_a_rate_limit_for_all_addresses(limited: Gateway) -> None:
    shared = Shared(limited)
    token = shared.link()
    responses = [visit(limited, token, f"192.0.2.{number}") for number in range(5)]
    assert [response.status_code for response in responses] == [200] * 4 + [429]
    assert visit(limited, shared.link(), "192.0.2.1").status_code == 200


def test_the_rate_limit_of_visitors_is_apart_from_that_of_the_owner(limited: Gateway) -> None:
    token = Shared(limited).link()
    for _ in range(4):
        visit(limited, token, "192.0.2.1")
    assert limited.client.get("/v1/images", headers=limited.headers()).status_code == 200


def test_the_web_application_may_read_what_is_shared(limited: Gateway) -> None:
    token, origin = Shared(limited).link(), "https://app.example.com"
    preflight = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, share-access",
    }
    path = f"/v1/shared/{token}/access"
    response = limited.client.request("OPTIONS", path, headers=preflight)
    assert response.status_code == 200
    for status in (200, 200, 200, 429):
        response = visit(limited, token, "192.0.2.1", Origin=origin)
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == origin


def read_properties(page: str) -> dict[str, str]:
    """Return the Open Graph properties of a page by their names."""
    found = re.findall(r'<meta property="([^"]+)" content="([^"]*)">', page)
    return {name: unescape(content) for name, content in found}


@pytest.mark.parametrize("is_album", [False, True])
def test_the_page_of_a_link_has_a_preview_of_what_visitors_see(
    gateway: Gateway, shared: Shared, is_album: bool
) -> None:
    token = shared.link_album() if is_album else shared.link()
    (first, *_) = get(gateway, token, "/images").json()["items"]
    page = get(gateway, token, "/page")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    properties = read_properties(page.text)
    assert properties["og:title"] == ("Summer" if is_album else "Shared photos")
    assert properties["og:image"].split("?")[0] == first["preview"]["url"].split("?")[0]
    assert int(properties["og:image:width"]) == first["preview"]["width"]
    assert not any(text in page.text for text in METADATA + POSITION)


def test_the_page_of_a_link_continues_to_the_viewer_and_is_no_visit(
    gateway: Gateway, shared: Shared
) -> None:
    token = shared.link()
    page = get(gateway, token, "/page")
    assert f'<meta http-equiv="refresh" content="0; url=/s/{token}">' in page.text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert shared.stored().opened == 0


def test_the_preview_of_an_album_is_its_cover(gateway: Gateway, shared: Shared) -> None:
    token = shared.link_album()
    path = f"/v1/albums/{shared.album.album_id}"
    changes = {"cover_id": shared.image.image_id, "title": '"Sun" & <sea>', "description": "2026"}
    headers = gateway.headers()
    changed = gateway.client.request("PATCH", path, json=changes, headers=headers)
    assert changed.status_code == 200, changed.text
    properties = read_properties(get(gateway, token, "/page").text)
    assert shared.image.image_id in properties["og:image"]
    assert properties["og:title"] == '"Sun" & <sea>'
    assert properties["og:description"] == "2026"
    gateway.client.delete(f"/v1/images/{shared.image.image_id}", headers=headers)
    properties = read_properties(get(gateway, token, "/page").text)
    assert shared.second.image_id in properties["og:image"]


def test_the_page_of_a_link_with_a_password_shows_nothing(gateway: Gateway, shared: Shared) -> None:
    page = get(gateway, shared.lock(), "/page")
    assert page.status_code == 200
    assert read_properties(page.text)["og:title"] == "Shared photos"
    assert ("og:image" in page.text, "Summer" in page.text) == (False, False)


def test_the_page_of_an_unknown_link_is_not_found_and_escapes_its_token(gateway: Gateway) -> None:
    for token in (new_token(), '"><script>'):
        page = get(gateway, quote(token, safe=""), "/page")
        assert page.status_code == 404
        assert ("og:image" in page.text, "<script>" in page.text) == (False, False)
        assert f"url=/s/{quote(token, safe='')}" in page.text
