"""Every documented operation, called with the data of another owner."""

import asyncio
import copy
from collections import defaultdict
from typing import Any

import pytest

from api.conftest import Gateway
from sightline.domain.albums import Album
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id, new_image_id
from sightline.domain.object_keys import original_key
from sightline_api.openapi import make_document
from sightline_testing.builders import (
    ETAG,
    create_member,
    make_api_key,
    make_delivery,
    make_image,
    make_invitation,
    make_rendition_set,
    make_share_link,
    make_webhook,
    new_owner,
    with_recognition,
)

METHODS = ("get", "post", "put", "patch", "delete")

OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, item in make_document()["paths"].items()
    for method, operation in item.items()
    if method in METHODS
}
#: Share links have tests of their own: test_shared.py.
WITH_IDS = [
    name
    for name, (_, path, operation) in OPERATIONS.items()
    if "_id}" in path and operation["security"]
]
#: A repeated response would show the secret again, so these take no key.
SECRET = {
    "create_album_invitation",
    "create_api_key",
    "create_share_link",
    "create_webhook",
    "rotate_webhook_secret",
}
#: These send a message again, which receivers have to expect anyway.
REDELIVERIES = {"test_webhook", "replay_webhook_delivery"}
POSTS = [
    name
    for name, (method, _, operation) in OPERATIONS.items()
    if method == "post" and name not in SECRET | REDELIVERIES and operation["security"]
]

#: A valid body for each operation that requires one.
BODIES: dict[str, Any] = {
    "update_image": {"title": "Mine"},
    "reprocess_image": {},
    "update_album": {"title": "Mine"},
    "update_share_link": {"metadata": True},
    "update_webhook": {"paused": True},
    "add_to_album": {"ids": ["IMAGE"]},
    "remove_from_album": {"ids": ["IMAGE"]},
    "move_in_album": {"ids": ["IMAGE"], "before": new_image_id()},
    "create_album_invitation": {"email": "me@example.com"},
    "update_album_member": {"role": "contributor"},
}


class OwnedData:
    """An image in a shared album, an API key, a share link and a webhook of another owner."""

    def __init__(self, gateway: Gateway) -> None:
        owner, at = new_owner(), now()
        image = make_image(owner)
        self.image = image.key
        self.album = Album(
            owner=owner, album_id=new_album_id(), title="Theirs", created_at=at, updated_at=at
        )
        self.api_key = make_api_key(owner)
        self.share_link = make_share_link(owner, image_id=image.image_id)
        self.webhook = make_webhook(owner)
        self.delivery = make_delivery(self.webhook)
        part = image.renditions.begin(ETAG).succeed(make_rendition_set())
        done = with_recognition(image, "Dog").with_part("renditions", part)

        async def store() -> None:
            await gateway.tables.api_keys.create(self.api_key)
            await gateway.tables.share_links.create(self.share_link)
            await gateway.tables.webhooks.create(self.webhook)
            await gateway.tables.webhooks.add_delivery(self.delivery)
            await gateway.tables.images.create(image)
            await gateway.tables.images.store(image, done)
            await gateway.originals.write(original_key(image.key), b"hello", "image/jpeg")
            await gateway.tables.albums.create(self.album)
            await gateway.tables.albums.add_images(self.album.key, [image.image_id])
            self.member = await create_member(gateway.tables, self.album.key)
            self.invitation = make_invitation(self.album.key)
            await gateway.tables.album_members.invite(self.invitation)

        asyncio.run(store())

    def state(self, gateway: Gateway) -> Any:
        """Return everything that is stored, for comparison."""

        async def read() -> Any:
            stored = await gateway.originals.head(original_key(self.image))
            image = await gateway.tables.images.get(self.image)
            album = await gateway.tables.albums.get(self.album.key)
            keys = await gateway.tables.api_keys.list(self.api_key.owner)
            links = await gateway.tables.share_links.page(self.api_key.owner, 10)
            webhooks = await gateway.tables.webhooks.list_webhooks(self.webhook.owner)
            members = await gateway.tables.album_members.list_members(self.album.key)
            invitations = await gateway.tables.album_members.list_invitations(self.album.key)
            shared = members, invitations
            published = gateway.uploads.published
            return copy.deepcopy((stored, image, album, keys, links, webhooks, shared, published))

        return asyncio.run(read())


@pytest.mark.parametrize("name", WITH_IDS)
def test_data_of_another_owner_is_not_found(gateway: Gateway, name: str) -> None:
    """The response is the same as for a missing resource, and nothing changes."""
    theirs = OwnedData(gateway)
    before = theirs.state(gateway)
    method, path, operation = OPERATIONS[name]
    url = path.format(
        image_id=theirs.image.image_id,
        album_id=theirs.album.album_id,
        api_key_id=theirs.api_key.key_id,
        share_link_id=theirs.share_link.link_id,
        webhook_id=theirs.webhook.webhook_id,
        delivery_id=theirs.delivery.delivery_id,
        member_id=theirs.member.member_id,
        invitation_id=theirs.invitation.invitation_id,
    )
    assert ("requestBody" in operation) == (name in BODIES)
    body = copy.deepcopy(BODIES.get(name))
    if body and "ids" in body:
        body["ids"] = [theirs.image.image_id]
    response = gateway.client.request(method.upper(), url, headers=gateway.headers(), json=body)
    assert response.status_code == 404
    missing = path.format_map(defaultdict(new_album_id))
    absent = gateway.client.request(method.upper(), missing, headers=gateway.headers(), json=body)
    assert absent.json() == response.json()
    assert theirs.state(gateway) == before


def test_lists_contain_no_data_of_another_owner(gateway: Gateway) -> None:
    theirs = OwnedData(gateway)
    for path in (
        "/v1/images",
        f"/v1/images?album={theirs.album.album_id}",
        "/v1/images?label=Dog",
        "/v1/images?label=Dog",
        "/v1/labels",
        "/v1/words?prefix=image",
        "/v1/albums",
        "/v1/albums?role=any",
        "/v1/share-links",
    ):
        assert gateway.client.get(path, headers=gateway.headers()).json()["items"] == [], path
    usage = gateway.client.get("/v1/usage", headers=gateway.headers()).json()
    assert (usage["images"], usage["months"]) == (0, [])
    page = gateway.client.get("/v1/account/export/images", headers=gateway.headers()).json()
    assert page == {"items": [], "next_cursor": None}
    export = gateway.client.get("/v1/account/export", headers=gateway.headers()).text
    assert theirs.image.image_id not in export
    assert theirs.album.album_id not in export


def test_batches_do_not_change_data_of_another_owner(gateway: Gateway) -> None:
    theirs = OwnedData(gateway)
    before = theirs.state(gateway)
    ids = {"ids": [theirs.image.image_id]}
    response = gateway.client.post("/v1/images/delete", json=ids, headers=gateway.headers())
    assert [item["status"] for item in response.json()["items"]] == [404]
    erased = gateway.client.delete("/v1/account?confirm=everything", headers=gateway.headers())
    assert erased.status_code == 204
    assert theirs.state(gateway) == before


@pytest.mark.parametrize("name", POSTS)
def test_every_post_accepts_an_idempotency_key(name: str) -> None:
    parameters = OPERATIONS[name][2]["parameters"]
    assert "idempotency-key" in {each["name"].lower() for each in parameters}
