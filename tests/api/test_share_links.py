"""Share links as their owner manages them."""

from datetime import timedelta
from typing import Any

import pytest

from api.conftest import Gateway
from sightline.domain.albums import Album
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id, new_image_id
from sightline.domain.share_links import ShareLink
from sightline_testing.builders import create_image, make_share_link, new_owner

PATH = "/v1/share-links"

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def image_id(gateway: Gateway) -> str:
    return gateway.run(create_image(gateway.tables, gateway.owner)).image_id


def create(gateway: Gateway, **body: Any) -> Any:
    return gateway.client.post(PATH, headers=gateway.headers(), json=body)


def patch(gateway: Gateway, link_id: str, **body: Any) -> Any:
    path = f"{PATH}/{link_id}"
    return gateway.client.request("PATCH", path, headers=gateway.headers(), json=body)


def stored(gateway: Gateway) -> list[ShareLink]:
    return gateway.run(gateway.tables.share_links.page(gateway.owner, 100)).links


def test_a_link_hides_everything_and_expires_by_default(gateway: Gateway, image_id: str) -> None:
    created = create(gateway, image_id=image_id)
    assert created.status_code == 201
    assert created.headers["Cache-Control"] == "no-store"
    view = created.json()["share_link"]
    assert (view["image_id"], view["album_id"]) == (image_id, None)
    assert not any(view[name] for name in ("original", "metadata", "position", "has_password"))
    (link,) = stored(gateway)
    assert link.ends_at is not None
    assert link.ends_at - link.created_at == pytest.approx(timedelta(days=30), abs=timedelta(1))
    assert (view["opened"], view["last_opened_at"]) == (0, None)


def test_the_token_is_returned_once_and_not_stored(gateway: Gateway, image_id: str) -> None:
    created = create(gateway, image_id=image_id).json()
    token = created["token"]
    assert created["path"] == f"/v1/shared/{token}"
    (link,) = stored(gateway)
    assert token not in link.model_dump_json()
    for path in (PATH, f"{PATH}/{created['share_link']['id']}"):
        text = gateway.client.get(path, headers=gateway.headers()).text
        assert token not in text
        assert link.digest not in text
    assert token.startswith(created["share_link"]["prefix"])


def test_a_password_is_stored_as_a_slow_hash(gateway: Gateway, image_id: str) -> None:
    created = create(gateway, image_id=image_id, password="open sesame")
    assert created.json()["share_link"]["has_password"]
    (link,) = stored(gateway)
    assert link.password is not None
    assert link.password.startswith("scrypt$2$8$5$")
    assert "sesame" not in created.text


def test_a_link_may_never_expire(gateway: Gateway, image_id: str) -> None:
    view = create(gateway, image_id=image_id, expires_in_days=None).json()["share_link"]
    assert view["expires_at"] is None


def test_links_are_listed_page_by_page(gateway: Gateway, image_id: str) -> None:
    created = [create(gateway, image_id=image_id).json()["share_link"] for _ in range(3)]
    first = gateway.client.get(f"{PATH}?limit=2", headers=gateway.headers()).json()
    cursor = first["next_cursor"]
    rest = gateway.client.get(f"{PATH}?limit=2&cursor={cursor}", headers=gateway.headers()).json()
    assert first["items"] + rest["items"] == created[::-1]
    assert rest["next_cursor"] is None
    others = gateway.client.get(PATH, headers=gateway.headers(new_owner())).json()
    assert others == {"items": [], "next_cursor": None}


def test_an_update_changes_only_what_it_names(gateway: Gateway, image_id: str) -> None:
    created = create(gateway, image_id=image_id, password="open sesame").json()["share_link"]
    (before,) = stored(gateway)
    updated = patch(gateway, created["id"], metadata=True)
    assert updated.status_code == 200
    assert updated.json() == {**created, "metadata": True}
    (after,) = stored(gateway)
    assert after == before.model_copy(update={"metadata": True, "revision": 1})
    updated = patch(gateway, created["id"], password=None, expires_in_days=None)
    assert updated.json()["has_password"] is False
    assert updated.json()["expires_at"] is None


def test_concurrent_updates_are_both_applied(
    gateway: Gateway, image_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another update is written between the read and the write of the first one."""
    links = gateway.tables.share_links
    link_id = create(gateway, image_id=image_id).json()["share_link"]["id"]
    write = links.update

    async def write_second(before: ShareLink, after: ShareLink) -> None:
        monkeypatch.setattr(links, "update", write)
        await write(before, before.model_copy(update={"position": True}))
        await write(before, after)

    monkeypatch.setattr(links, "update", write_second)
    view = patch(gateway, link_id, metadata=True).json()
    assert (view["metadata"], view["position"]) == (True, True)


@pytest.mark.parametrize("shown", [{}, {"metadata": True}, {"position": True}])
def test_an_original_is_shared_only_with_all_that_it_contains(
    gateway: Gateway, image_id: str, shown: dict[str, bool]
) -> None:
    response = create(gateway, image_id=image_id, original=True, **shown)
    assert (response.status_code, response.json()["code"]) == (422, "original_requires_metadata")
    everything = {"original": True, "metadata": True, "position": True}
    created = create(gateway, image_id=image_id, **everything)
    assert created.status_code == 201
    hidden = {name: False for name in ("metadata", "position") if name not in shown}
    response = patch(gateway, created.json()["share_link"]["id"], **hidden)
    assert response.json()["code"] == "original_requires_metadata"
    assert len(stored(gateway)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"image_id": new_image_id(), "album_id": new_album_id()},
        {"image_id": "x"},
        {"image_id": new_image_id(), "expires_in_days": 0},
        {"image_id": new_image_id(), "expires_in_days": 3651},
        {"image_id": new_image_id(), "password": "abc"},
        {"image_id": new_image_id(), "password": "x" * 201},
        {"image_id": new_image_id(), "owner": "someone"},
    ],
)
def test_invalid_requests_are_rejected(gateway: Gateway, body: Any) -> None:
    response = create(gateway, **body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_only_own_images_and_albums_can_be_shared(gateway: Gateway) -> None:
    theirs, at = new_owner(), now()
    image = gateway.run(create_image(gateway.tables, theirs))
    album = Album(
        owner=theirs, album_id=new_album_id(), title="Theirs", created_at=at, updated_at=at
    )
    gateway.run(gateway.tables.albums.create(album))
    for body, code in (
        ({"image_id": image.image_id}, "image_not_found"),
        ({"album_id": album.album_id}, "album_not_found"),
    ):
        response = create(gateway, **body)
        assert (response.status_code, response.json()["code"]) == (404, code)
    assert stored(gateway) == []


def test_revocation(gateway: Gateway, image_id: str) -> None:
    created = create(gateway, image_id=image_id).json()
    path = f"{PATH}/{created['share_link']['id']}"
    assert gateway.client.delete(path, headers=gateway.headers(new_owner())).status_code == 404
    assert gateway.client.delete(path, headers=gateway.headers()).status_code == 204
    for method in ("GET", "DELETE"):
        response = gateway.client.request(method, path, headers=gateway.headers())
        assert (response.status_code, response.json()["code"]) == (404, "share_link_not_found")
    assert gateway.client.get(f"{PATH}/x", headers=gateway.headers()).status_code == 404


def test_hashes_of_passwords_are_limited_per_owner(gateway: Gateway, image_id: str) -> None:
    statuses = [
        create(gateway, image_id=image_id, password="open sesame").status_code for _ in range(11)
    ]
    assert statuses == [201] * 10 + [429]
    assert create(gateway, image_id=image_id).status_code == 201


def test_the_views_of_an_owner_show_no_link_of_another(gateway: Gateway) -> None:
    theirs = make_share_link()
    gateway.run(gateway.tables.share_links.create(theirs))
    for method, body in (("GET", None), ("PATCH", {"metadata": True}), ("DELETE", None)):
        response = gateway.client.request(
            method, f"{PATH}/{theirs.link_id}", headers=gateway.headers(), json=body
        )
        assert response.status_code == 404, method
    found = gateway.run(gateway.tables.share_links.find(theirs.digest))
    assert found == theirs
