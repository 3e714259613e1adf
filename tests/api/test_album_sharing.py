"""Shared albums: invitations, members, and the images that members add."""

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from api.conftest import Gateway
from api.test_ownership import BODIES, OPERATIONS
from sightline.domain.album_members import (
    INVITATION_LIFETIME,
    MAX_INVITATIONS_PER_DAY,
    AlbumRole,
    Member,
    Visibility,
)
from sightline.domain.albums import Album, AlbumSort
from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.invitation_tasks import parse_invitation_tasks
from sightline.domain.object_keys import original_key
from sightline.domain.share_links import digest_token, new_token
from sightline_api.sharing import members as member_endpoints
from sightline_testing.builders import (
    ETAG,
    create_album,
    create_image,
    create_member,
    make_invitation,
    make_rendition_set,
    new_owner,
    with_recognition,
)
from sightline_testing.tokens import CLIENT_ID, ISSUER

PLACE = GeoPosition(latitude=38.7, longitude=-9.1)


class SharedAlbum:
    """An album with one image of its owner, who is signed in; others join it."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.album: Album = gateway.run(create_album(gateway.tables, gateway.owner))
        self.image = self.create_image(gateway.owner)
        gateway.run(gateway.tables.albums.add_images(self.album.key, [self.image.image_id]))
        self.path = f"/v1/albums/{self.album.album_id}"

    def create_image(self, owner: str) -> Image:
        """Create an image with renditions, a title and a place."""

        async def create() -> Image:
            image = await create_image(self.gateway.tables, owner)
            renditions = make_rendition_set()
            capture = Capture(place=PLACE)
            result = renditions.model_copy(update={"capture": capture})
            done = with_recognition(image, "Dog").with_part(
                "renditions", image.renditions.begin(ETAG).succeed(result)
            )
            await self.gateway.tables.images.store(image, done)
            await self.gateway.originals.write(original_key(image.key), b"hello", "image/jpeg")
            return await self.gateway.tables.images.get(image.key)

        return self.gateway.run(create())

    def join(self, role: AlbumRole = AlbumRole.VIEWER, **shown: bool) -> Member:
        """Have another person join."""
        visibility = Visibility(**shown)
        return self.gateway.run(
            create_member(self.gateway.tables, self.album.key, role=role, visibility=visibility)
        )

    def contribute(self, member: Member, **shown: bool) -> Image:
        """Have a member add an image, through the API."""
        image = self.create_image(member.member)
        body = {"ids": [image.image_id], **shown}
        response = self.request("POST", "/images", member.member, json=body)
        assert [each["status"] for each in response.json()["items"]] == [204], response.text
        return image

    def remove(self, member: Member) -> None:
        """Remove a member, through the API."""
        assert self.request("DELETE", f"/members/{member.member_id}").status_code == 204

    def request(self, method: str, below: str, caller: str | None = None, **options: Any) -> Any:
        """Send a request below the path of the album, as its owner unless a caller is given."""
        headers = self.gateway.headers(caller)
        return self.gateway.client.request(method, self.path + below, headers=headers, **options)

    def list_ids(self, caller: str | None = None) -> list[str]:
        """Return the ids of the images that the caller sees in the album."""
        response = self.request("GET", "/images", caller)
        assert response.status_code == 200, response.text
        return [each["id"] for each in response.json()["items"]]


@pytest.fixture
def shared(gateway: Gateway) -> SharedAlbum:
    return SharedAlbum(gateway)


def list_contributions(shared: SharedAlbum) -> list[str]:
    """Return the ids of the images that members have added, as the table has them."""
    entries = shared.gateway.run(
        shared.gateway.tables.contributions.list_entries(
            shared.album.key, AlbumSort.UPLOADED_NEWEST, 10
        )
    )
    return [each.contribution.image_id for each in entries]


def invite(shared: SharedAlbum, **request: Any) -> Any:
    response = shared.request(
        "POST", "/invitations", json={"email": "friend@example.com", **request}
    )
    assert response.status_code == 201, response.text
    return response.json()


def sign_id_token(gateway: Gateway, owner: str, email: str) -> str:
    """Return an ID token as Cognito issues it."""
    return gateway.pool.sign_claims(
        {
            "sub": owner,
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "token_use": "id",
            "exp": time.time() + 3600,
            "email": email,
            "email_verified": True,
        }
    )


def accept(shared: SharedAlbum, token: str, caller: str, **body: Any) -> Any:
    path = f"/v1/invitations/{token}/accept"
    headers = shared.gateway.headers(caller)
    return shared.gateway.client.post(path, headers=headers, json=body)


def test_an_invited_person_accepts_and_sees_the_album(shared: SharedAlbum) -> None:
    gateway, friend = shared.gateway, new_owner()
    invited = invite(shared, role="contributor")
    listed = shared.request("GET", "/invitations").json()["items"]
    assert listed == [invited["invitation"]]
    headers = gateway.headers(friend)
    seen = gateway.client.get(invited["path"], headers=headers).json()
    assert (seen["album_title"], seen["role"]) == ("Summer", "contributor")
    id_token = sign_id_token(gateway, friend, "real@example.com")
    accepted = accept(shared, invited["token"], friend, id_token=id_token)
    assert accepted.status_code == 200, accepted.text
    assert accepted.json()["album_id"] == shared.album.album_id
    (member,) = shared.request("GET", "/members").json()["items"]
    assert (member["email"], member["verified_email"]) == (
        "friend@example.com",
        "real@example.com",
    )
    assert shared.request("GET", "/invitations").json()["items"] == []
    album = shared.request("GET", "", friend).json()
    assert (album["title"], album["role"], album["images"]) == ("Summer", "contributor", 1)
    assert shared.list_ids(friend) == [shared.image.image_id]


def test_the_email_of_an_invitation_is_requested_with_its_token(shared: SharedAlbum) -> None:
    invited = invite(shared, language="de")
    bodies = shared.gateway.events.published
    tokens = [each.token for body in bodies for each in parse_invitation_tasks(body)]
    assert tokens == [invited["token"]]
    found = shared.gateway.run(
        shared.gateway.tables.album_members.find_invitation(digest_token(invited["token"]))
    )
    assert found is not None
    assert found.language == "de"


def test_an_invitation_works_once(shared: SharedAlbum) -> None:
    token = invite(shared)["token"]
    assert accept(shared, token, new_owner()).status_code == 200
    again = accept(shared, token, new_owner())
    assert (again.status_code, again.json()["code"]) == (404, "invitation_not_found")


def test_invitations_end_by_revocation_decline_expiry_and_deletion(shared: SharedAlbum) -> None:
    gateway, friend = shared.gateway, new_owner()
    revoked, declined = invite(shared), invite(shared)
    path = f"/invitations/{revoked['invitation']['id']}"
    assert shared.request("DELETE", path).status_code == 204
    assert shared.request("DELETE", path).status_code == 404
    path = f"{declined['path']}/decline"
    assert gateway.client.post(path, headers=gateway.headers(friend)).status_code == 204
    token, at = new_token(), now() - INVITATION_LIFETIME
    expired = make_invitation(
        shared.album.key, token=token, created_at=at, ends_at=at + timedelta(days=1)
    )
    gateway.run(gateway.tables.album_members.invite(expired))
    assert shared.request("GET", "/invitations").json()["items"] == []
    tokens = [revoked["token"], declined["token"], token, new_token(), "x"]
    responses = [accept(shared, each, friend) for each in tokens]
    deleted = invite(shared)["token"]
    assert shared.request("DELETE", "").status_code == 204
    responses.append(accept(shared, deleted, friend))
    assert [each.status_code for each in responses] == [404] * 6
    assert {each.text for each in responses} == {responses[0].text}


def test_an_owner_or_member_does_not_use_up_an_invitation(shared: SharedAlbum) -> None:
    member = shared.join()
    token = invite(shared)["token"]
    for caller in (shared.gateway.owner, member.member):
        response = accept(shared, token, caller)
        assert (response.status_code, response.json()["code"]) == (409, "already_member")
    assert accept(shared, token, new_owner()).status_code == 200


def test_only_an_own_id_token_names_the_email(shared: SharedAlbum) -> None:
    token, friend = invite(shared)["token"], new_owner()
    id_token = sign_id_token(shared.gateway, new_owner(), "other@example.com")
    response = accept(shared, token, friend, id_token=id_token)
    assert (response.status_code, response.json()["code"]) == (422, "email_not_verified")
    assert accept(shared, token, friend).status_code == 200


def test_someone_whose_removal_was_interrupted_can_join_again(shared: SharedAlbum) -> None:
    member = shared.join(AlbumRole.CONTRIBUTOR)
    shared.contribute(member)
    shared.gateway.run(shared.gateway.tables.album_members.begin_removal(member))
    assert accept(shared, invite(shared)["token"], member.member).status_code == 200
    assert shared.list_ids(member.member) == [shared.image.image_id]


@pytest.mark.parametrize(
    "email",
    [
        "",
        "friend",
        "friend@example",
        "a@example.com, b@example.com",
        "A <a@example.com>",
        "a\n@b.de",
    ],
)
def test_an_invitation_needs_one_plain_email_address(shared: SharedAlbum, email: str) -> None:
    response = shared.request("POST", "/invitations", json={"email": email})
    assert response.status_code == 422


def test_invitations_are_limited(shared: SharedAlbum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member_endpoints, "MAX_MEMBERS", 2)
    invite(shared)
    shared.join()
    response = shared.request("POST", "/invitations", json={"email": "friend@example.com"})
    assert (response.status_code, response.json()["code"]) == (409, "too_many_members")
    monkeypatch.setattr(member_endpoints, "MAX_MEMBERS", 1_000)

    async def use_up() -> None:
        for _ in range(MAX_INVITATIONS_PER_DAY - 2):
            invitation = make_invitation(shared.album.key)
            await shared.gateway.tables.album_members.invite(invitation)

    shared.gateway.run(use_up())
    response = shared.request("POST", "/invitations", json={"email": "friend@example.com"})
    assert (response.status_code, response.json()["code"]) == (409, "too_many_invitations")


def test_originals_are_shown_only_with_metadata_and_position(shared: SharedAlbum) -> None:
    request = {"email": "friend@example.com", "original": True}
    response = shared.request("POST", "/invitations", json=request)
    assert response.json()["code"] == "original_requires_metadata"
    member = shared.join()
    path = f"/members/{member.member_id}"
    response = shared.request("PATCH", path, json={"original": True})
    assert response.json()["code"] == "original_requires_metadata"
    response = shared.request(
        "PATCH", path, json={"original": True, "metadata": True, "position": True}
    )
    assert response.json()["original"] is True


def test_a_member_sees_what_the_owner_shows(shared: SharedAlbum) -> None:
    member = shared.join()
    image = f"/images/{shared.image.image_id}"
    hidden = shared.request("GET", image, member.member).json()
    assert (hidden["title"], hidden["place"], hidden["capture"]) == (None, None, None)
    assert hidden["renditions"]
    assert hidden["own"] is False
    assert hidden["original"] is False
    listed = shared.request("GET", "/images", member.member).json()["items"]
    assert listed[0]["title"] is None
    assert listed[0]["thumbnail"]
    assert shared.request("GET", f"{image}/original", member.member).status_code == 404
    everything = {"original": True, "metadata": True, "position": True}
    shared.request("PATCH", f"/members/{member.member_id}", json=everything)
    shown = shared.request("GET", image, member.member).json()
    assert (shown["title"], shown["place"]["latitude"]) == ("An image", 38.7)
    assert shared.request("GET", f"{image}/original", member.member).status_code == 200
    own = shared.request("GET", image).json()
    assert (own["title"], own["own"], own["original"]) == ("An image", True, True)


def test_a_contributor_decides_what_others_see(shared: SharedAlbum) -> None:
    """A member sees what both the owner of the album and the contributor show."""
    member = shared.join(AlbumRole.CONTRIBUTOR)
    viewer = shared.join(original=True, metadata=True, position=True)
    private = shared.contribute(member)
    public = shared.contribute(member, original=True, metadata=True, position=True)
    for caller in (None, viewer.member):
        hidden = shared.request("GET", f"/images/{private.image_id}", caller).json()
        assert (hidden["title"], hidden["place"]) == (None, None)
        assert hidden["contributor_id"] == member.member_id
        path = f"/images/{private.image_id}/original"
        assert shared.request("GET", path, caller).status_code == 404
        shown = shared.request("GET", f"/images/{public.image_id}", caller).json()
        assert shown["title"] == "An image"
        assert shown["place"]
        path = f"/images/{public.image_id}/original"
        assert shared.request("GET", path, caller).status_code == 200
    limited = shared.join(metadata=True)
    shown = shared.request("GET", f"/images/{public.image_id}", limited.member).json()
    assert (shown["title"], shown["place"]) == ("An image", None)
    own = shared.request("GET", f"/images/{private.image_id}", member.member).json()
    assert own["own"] is True
    assert own["title"] == "An image"


def test_images_of_all_are_paged_newest_first(shared: SharedAlbum) -> None:
    first, second = shared.join(AlbumRole.CONTRIBUTOR), shared.join(AlbumRole.CONTRIBUTOR)
    added = [shared.contribute(each) for each in (first, second, first)]
    own = shared.create_image(shared.gateway.owner)
    shared.request("POST", "/images", json={"ids": [own.image_id]})
    expected = [own.image_id, *(each.image_id for each in reversed(added)), shared.image.image_id]
    assert shared.list_ids() == expected
    seen: list[str] = []
    cursor = ""
    while True:
        page = shared.request("GET", f"/images?limit=2{cursor}", first.member).json()
        seen += [each["id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == expected


def page_through(shared: SharedAlbum, caller: str | None, limit: int) -> tuple[list[str], str]:
    """Return the ids of all pages of this size, and their cursors, decoded."""
    seen: list[str] = []
    cursors, cursor = "", ""
    while True:
        page = shared.request("GET", f"/images?limit={limit}{cursor}", caller).json()
        seen += [each["id"] for each in page["items"]]
        if (following := page["next_cursor"]) is None:
            return seen, cursors
        cursors += base64.urlsafe_b64decode(following + "==").decode()
        cursor = f"&cursor={following}"


def take_at(shared: SharedAlbum, image: Image, year: int) -> None:
    path = f"/v1/images/{image.image_id}"
    body = {"taken_at_override": f"{year}-01-01T00:00:00"}
    headers = shared.gateway.headers(image.owner)
    response = shared.gateway.client.request("PATCH", path, headers=headers, json=body)
    assert response.status_code == 200, response.text


@pytest.mark.parametrize("is_shown", [True, False])
def test_members_see_the_order_of_the_album(shared: SharedAlbum, *, is_shown: bool) -> None:
    """By the time of capture, a cursor contains it only if the caller sees it."""
    member = shared.join(AlbumRole.CONTRIBUTOR)
    viewer = shared.join(metadata=is_shown)
    added = [shared.contribute(member, metadata=is_shown) for _ in range(2)]
    own = [shared.image, shared.create_image(shared.gateway.owner)]
    shared.request("POST", "/images", json={"ids": [own[1].image_id]})
    for image, year in zip([*own, *added], (2003, 2001, 2002, 2004), strict=True):
        take_at(shared, image, year)
    by_time = [own[1], added[0], own[0], added[1]]
    expected = [image.image_id for image in by_time]
    shared.request("PATCH", "", json={"sort": "taken_oldest"})
    for caller in (None, viewer.member):
        seen, cursors = page_through(shared, caller, 1)
        assert seen == expected
    assert ("2002-" in cursors) == is_shown
    shared.request("PATCH", "", json={"sort": "taken_newest"})
    assert page_through(shared, viewer.member, 3)[0] == expected[::-1]
    shared.request("PATCH", "", json={"sort": "uploaded_oldest"})
    assert page_through(shared, viewer.member, 3)[0] == sorted(expected)


def test_the_owner_arranges_the_images_of_members(shared: SharedAlbum) -> None:
    member = shared.join(AlbumRole.CONTRIBUTOR)
    added = shared.contribute(member)
    own = shared.create_image(shared.gateway.owner)
    shared.request("POST", "/images", json={"ids": [own.image_id]})
    shared.request("PATCH", "", json={"sort": "manual"})
    assert shared.list_ids() == [shared.image.image_id, added.image_id, own.image_id]
    body = {"ids": [added.image_id], "before": shared.image.image_id}
    response = shared.request("POST", "/images/move", json=body)
    assert response.status_code == 207, response.text
    expected = [added.image_id, shared.image.image_id, own.image_id]
    for caller in (None, member.member):
        assert page_through(shared, caller, 1)[0] == expected
    # The list of the owner's images continues without those of members.
    path = f"/v1/images?album={shared.album.album_id}&limit=1"
    listed = shared.gateway.client.get(path, headers=shared.gateway.headers()).json()["items"]
    assert [each["id"] for each in listed] == [shared.image.image_id]


def test_a_hidden_cursor_of_an_image_that_left_is_rejected(shared: SharedAlbum) -> None:
    member, viewer = shared.join(AlbumRole.CONTRIBUTOR), shared.join()
    added = shared.contribute(member)
    shared.request("PATCH", "", json={"sort": "taken_newest"})
    page = shared.request("GET", "/images?limit=1", viewer.member).json()
    assert [each["id"] for each in page["items"]] == [added.image_id]
    shared.request("POST", "/images/delete", json={"ids": [added.image_id]})
    path = f"/images?limit=1&cursor={page['next_cursor']}"
    response = shared.request("GET", path, viewer.member)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


def test_contributed_images_stay_those_of_the_contributor(shared: SharedAlbum) -> None:
    gateway, member = shared.gateway, shared.join(AlbumRole.CONTRIBUTOR)
    image = shared.contribute(member)
    own = gateway.client.get("/v1/images", headers=gateway.headers()).json()["items"]
    assert [each["id"] for each in own] == [shared.image.image_id]
    usage = gateway.run(gateway.tables.usage.read(member.member))
    assert usage.images == 1
    path = f"/v1/images/{image.image_id}"
    for method in ("GET", "PATCH", "DELETE"):
        response = gateway.client.request(
            method, path, headers=gateway.headers(), json={} if method == "PATCH" else None
        )
        assert response.status_code == 404


def test_an_image_in_the_trash_is_hidden_until_it_is_restored(shared: SharedAlbum) -> None:
    gateway, member = shared.gateway, shared.join(AlbumRole.CONTRIBUTOR)
    image, headers = shared.contribute(member), gateway.headers(member.member)
    path = f"/v1/images/{image.image_id}"
    gateway.client.delete(path, headers=headers)
    assert image.image_id not in shared.list_ids()
    assert shared.request("GET", f"/images/{image.image_id}").status_code == 404
    gateway.client.post(f"{path}/restore", headers=headers)
    assert image.image_id in shared.list_ids()
    gateway.client.delete(f"{path}?permanent=true", headers=headers)
    assert shared.list_ids() == [shared.image.image_id]
    assert list_contributions(shared) == []


def test_members_remove_their_own_images_and_the_owner_any(shared: SharedAlbum) -> None:
    first, second = shared.join(AlbumRole.CONTRIBUTOR), shared.join(AlbumRole.CONTRIBUTOR)
    images = [shared.contribute(first), shared.contribute(first), shared.contribute(second)]
    ids = [each.image_id for each in images]

    def remove(caller: str | None) -> list[int]:
        body = {"ids": [*ids, shared.image.image_id]}
        response = shared.request("POST", "/images/delete", caller, json=body)
        return [each["status"] for each in response.json()["items"]]

    assert remove(second.member) == [404, 404, 204, 404]
    assert sorted(shared.list_ids()) == sorted([*ids[:2], shared.image.image_id])
    assert remove(None) == [204, 204, 404, 204]
    assert shared.list_ids() == []
    for image in images:
        shared.gateway.run(shared.gateway.tables.images.get(image.key))


@pytest.mark.parametrize("leave", ["leave", "remove", "erase"])
def test_images_leave_with_their_contributor(shared: SharedAlbum, leave: str) -> None:
    gateway = shared.gateway
    member, other = shared.join(AlbumRole.CONTRIBUTOR), shared.join(AlbumRole.CONTRIBUTOR)
    image, kept = shared.contribute(member), shared.contribute(other)
    if leave == "remove":
        shared.remove(member)
    else:
        path = f"{shared.path}/membership" if leave == "leave" else "/v1/account?confirm=everything"
        response = gateway.client.delete(path, headers=gateway.headers(member.member))
        assert response.status_code == 204
    assert shared.list_ids() == [kept.image_id, shared.image.image_id]
    assert [each["id"] for each in shared.request("GET", "/members").json()["items"]] == [
        other.member_id
    ]
    assert list_contributions(shared) == [kept.image_id]
    if leave != "erase":
        gateway.run(gateway.tables.images.get(image.key))


def test_an_interrupted_removal_ends_access_and_can_be_repeated(shared: SharedAlbum) -> None:
    member = shared.join(AlbumRole.CONTRIBUTOR)
    image = shared.contribute(member)
    shared.gateway.run(shared.gateway.tables.album_members.begin_removal(member))
    assert shared.request("GET", "", member.member).status_code == 404
    assert shared.list_ids() == [shared.image.image_id]
    assert shared.request("GET", f"/images/{image.image_id}").status_code == 404
    assert shared.request("GET", "/members").json()["items"] == []
    shared.remove(member)
    assert list_contributions(shared) == []


@pytest.mark.parametrize("erased", [False, True])
def test_nothing_is_left_when_the_album_ends(shared: SharedAlbum, *, erased: bool) -> None:
    gateway, member = shared.gateway, shared.join(AlbumRole.CONTRIBUTOR)
    image, token = shared.contribute(member), invite(shared)["token"]
    path = "/v1/account?confirm=everything" if erased else shared.path
    assert gateway.client.delete(path, headers=gateway.headers()).status_code == 204
    tables, key = gateway.tables, shared.album.key
    assert gateway.run(tables.album_members.list_members(key)) == []
    assert gateway.run(tables.album_members.list_invitations(key)) == []
    assert gateway.run(tables.album_members.find_invitation(digest_token(token))) is None
    assert list_contributions(shared) == []
    gateway.run(tables.images.get(image.key))


def test_albums_are_listed_by_role(shared: SharedAlbum) -> None:
    gateway, person = shared.gateway, new_owner()
    own = gateway.run(create_album(gateway.tables, person, "Own"))
    other = gateway.run(create_album(gateway.tables, title="Other"))
    gateway.run(create_member(gateway.tables, shared.album.key, person))
    gateway.run(create_member(gateway.tables, other.key, person, role=AlbumRole.CONTRIBUTOR))
    left = gateway.run(create_album(gateway.tables, title="Left"))
    member = gateway.run(create_member(gateway.tables, left.key, person))
    gateway.run(gateway.tables.album_members.begin_removal(member))
    gone = gateway.run(create_album(gateway.tables, title="Gone"))
    gateway.run(create_member(gateway.tables, gone.key, person))
    gateway.run(gateway.tables.albums.begin_deletion(gone.key))

    def list_titles(query: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        cursor = ""
        while True:
            path = f"/v1/albums?limit=1{query}{cursor}"
            page = gateway.client.get(path, headers=gateway.headers(person)).json()
            found += [(each["title"], each["role"]) for each in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    assert list_titles("") == [("Own", "owner")]
    assert list_titles("&role=viewer") == [("Summer", "viewer")]
    assert list_titles("&role=contributor") == [("Other", "contributor")]
    assert list_titles("&role=any") == [
        ("Other", "contributor"),
        ("Own", "owner"),
        ("Summer", "viewer"),
    ]
    assert own.owner == person


def test_live_events_reach_members(shared: SharedAlbum) -> None:
    member = shared.join(AlbumRole.CONTRIBUTOR)
    gateway = shared.gateway
    streams = [gateway.stream(), gateway.stream(gateway.headers(member.member))]
    for stream in streams:
        stream.next()
    shared.contribute(member)
    for stream in streams:
        event = stream.next_event()
        while event.name != "album":
            event = stream.next_event()
        assert event.data["album_id"] == shared.album.album_id
        stream.close()


def test_a_program_needs_the_scope_of_sharing_to_share(shared: SharedAlbum) -> None:
    gateway = shared.gateway
    secrets = {}
    for scope in ("albums:write", "shares:write"):
        body = {"name": "program", "scopes": [scope]}
        created = gateway.client.post("/v1/api-keys", headers=gateway.headers(), json=body).json()
        secrets[scope] = created["secret"]

    def request(scope: str, path: str) -> int:
        headers = {"Authorization": f"Bearer {secrets[scope]}"}
        body = {"email": "friend@example.com"}
        return gateway.client.post(path, headers=headers, json=body).status_code

    assert request("shares:write", f"{shared.path}/invitations") == 201
    assert request("albums:write", f"{shared.path}/invitations") == 403
    token = invite(shared)["token"]
    assert request("shares:write", f"/v1/invitations/{token}/accept") == 403


def test_an_export_contains_members_invitations_and_memberships(shared: SharedAlbum) -> None:
    gateway, member = shared.gateway, shared.join()
    invitation = invite(shared)["invitation"]

    def export(caller: str) -> list[dict[str, Any]]:
        headers = gateway.headers(caller)
        text = gateway.client.get("/v1/account/export", headers=headers).text
        return [json.loads(line) for line in text.splitlines()]

    kinds = {each["kind"]: each for each in export(gateway.owner)}
    assert kinds["member"]["member"]["id"] == member.member_id
    assert kinds["member"]["album_id"] == shared.album.album_id
    assert kinds["invitation"]["invitation"] == invitation
    assert "membership" not in kinds
    kinds = {each["kind"]: each for each in export(member.member)}
    assert kinds["membership"]["membership"]["album_id"] == shared.album.album_id
    assert kinds.keys() == {"account", "membership", "end"}


#: Operations with the id of an album or image, but not those of other resources of the owner.
WITH_ALBUM_OR_IMAGE = [
    name
    for name, (_, path, operation) in OPERATIONS.items()
    if ("{album_id}" in path or "{image_id}" in path) and operation["security"]
]

#: What a member gets; every other operation is not found, as for everyone else.
MEMBER_STATUS = {
    "get_album": 200,
    "list_album_images": 200,
    "get_album_image": 200,
    "leave_album": 204,
    # Each image has a status of its own.
    "remove_from_album": 207,
}
VIEWER_STATUS = MEMBER_STATUS | {"add_to_album": 403}
CONTRIBUTOR_STATUS = MEMBER_STATUS | {"add_to_album": 207}


def make_stranger(_: SharedAlbum) -> str:
    return new_owner()


def make_former_member(shared: SharedAlbum) -> str:
    member = shared.join(AlbumRole.CONTRIBUTOR, original=True, metadata=True, position=True)
    shared.contribute(member)
    shared.remove(member)
    return member.member


def make_viewer(shared: SharedAlbum) -> str:
    return shared.join().member


def make_contributor(shared: SharedAlbum) -> str:
    return shared.join(AlbumRole.CONTRIBUTOR).member


@pytest.mark.parametrize(
    ("make_caller", "expected"),
    [
        (make_stranger, {}),
        (make_former_member, {}),
        (make_viewer, VIEWER_STATUS),
        (make_contributor, CONTRIBUTOR_STATUS),
    ],
)
def test_every_operation_of_albums_and_images_checks_access(
    shared: SharedAlbum, make_caller: Callable[[SharedAlbum], str], expected: dict[str, int]
) -> None:
    """All operations that take the id of an album or image, with images of two owners."""
    gateway, caller = shared.gateway, make_caller(shared)
    other = shared.join(AlbumRole.CONTRIBUTOR)
    images = [shared.image, shared.contribute(other)]
    invitation = invite(shared)["invitation"]
    before = _read_everything(shared, images)
    for name in sorted(WITH_ALBUM_OR_IMAGE, key="leave_album".__eq__):
        method, path, _ = OPERATIONS[name]
        for image in images:
            url = path.format(
                album_id=shared.album.album_id,
                image_id=image.image_id,
                member_id=other.member_id,
                invitation_id=invitation["id"],
            )
            body = BODIES.get(name)
            if body and "ids" in body:
                body = {**body, "ids": [image.image_id]}
            response = gateway.client.request(
                method.upper(), url, headers=gateway.headers(caller), json=body
            )
            assert response.status_code == expected.get(name, 404), (name, response.text)
            if response.status_code == 207:
                assert [each["status"] for each in response.json()["items"]] == [404]
            if name == "leave_album":
                break
    after = _read_everything(shared, images)
    # Those who left are no longer members; nothing else has changed.
    after["members"] = [each for each in after["members"] if each.member != caller]
    before["members"] = [each for each in before["members"] if each.member != caller]
    assert after == before


def _read_everything(shared: SharedAlbum, images: list[Image]) -> dict[str, Any]:
    tables, key = shared.gateway.tables, shared.album.key

    async def read() -> dict[str, Any]:
        return {
            "album": await tables.albums.get(key),
            "images": [await tables.images.get_stored(each.key) for each in images],
            "members": await tables.album_members.list_members(key),
            "invitations": await tables.album_members.list_invitations(key),
            "contributions": await tables.contributions.list_entries(
                key, AlbumSort.UPLOADED_NEWEST, 100
            ),
            "published": list(shared.gateway.uploads.published),
        }

    return shared.gateway.run(read())
