"""The contract of `ShareLinkTable`."""

from datetime import timedelta
from typing import Any

import pytest

from sightline.domain.clock import now
from sightline.domain.ids import new_album_id
from sightline.domain.share_links import ShareLinkNotFound, digest_token, new_token
from sightline.optimistic import Conflict
from sightline.ports.tables import Tables
from sightline_testing.builders import make_share_link


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "scrypt$x", "original": True, "metadata": True, "position": True},
        {"album_id": new_album_id(), "ends_at": None},
    ],
)
async def test_a_link_is_found_by_its_digest(tables: Tables, changes: Any) -> None:
    link = make_share_link(**changes)
    await tables.share_links.create(link)
    assert await tables.share_links.find(link.digest) == link
    assert await tables.share_links.get(link.owner, link.link_id) == link
    assert await tables.share_links.find(digest_token(new_token())) is None


async def test_create_is_idempotent(tables: Tables) -> None:
    link = make_share_link()
    await tables.share_links.create(link)
    await tables.share_links.create(link)
    assert (await tables.share_links.page(link.owner, 10)).links == [link]


@pytest.mark.parametrize("field", ["link_id", "digest"])
async def test_create_rejects_an_id_or_digest_in_use(tables: Tables, field: str) -> None:
    link, other = make_share_link("owner"), make_share_link("owner")
    await tables.share_links.create(link)
    with pytest.raises(Conflict):
        await tables.share_links.create(other.model_copy(update={field: getattr(link, field)}))
    assert (await tables.share_links.page("owner", 10)).links == [link]
    assert await tables.share_links.find(other.digest) is None


async def test_links_are_paged_by_owner_newest_first(tables: Tables) -> None:
    links = [make_share_link("owner") for _ in range(3)]
    for link in (*links, make_share_link("other")):
        await tables.share_links.create(link)
    first = await tables.share_links.page("owner", 2)
    assert first.links == [links[2], links[1]]
    assert first.next_before is not None
    rest = await tables.share_links.page("owner", 2, first.next_before)
    assert rest == ([links[0]], None)


async def test_a_revoked_link_is_gone(tables: Tables) -> None:
    revoked, kept = make_share_link("owner"), make_share_link("owner")
    for link in (revoked, kept):
        await tables.share_links.create(link)
    await tables.share_links.revoke("owner", revoked.link_id)
    assert await tables.share_links.find(revoked.digest) is None
    assert (await tables.share_links.page("owner", 10)).links == [kept]
    for work in (tables.share_links.get, tables.share_links.revoke):
        with pytest.raises(ShareLinkNotFound):
            await work("owner", revoked.link_id)


async def test_another_owner_has_no_access_to_a_link(tables: Tables) -> None:
    link = make_share_link()
    await tables.share_links.create(link)
    for work in (tables.share_links.get, tables.share_links.revoke):
        with pytest.raises(ShareLinkNotFound):
            await work("other", link.link_id)
    assert await tables.share_links.find(link.digest) == link


async def test_update_changes_both_views_of_a_link(tables: Tables) -> None:
    link = make_share_link(password="scrypt$x", ends_at=now() + timedelta(days=1))
    await tables.share_links.create(link)
    await tables.share_links.record_open(link, now())
    changes = {"password": None, "ends_at": None, "metadata": True}
    await tables.share_links.update(link, link.model_copy(update=changes))
    expected = link.model_copy(update={**changes, "revision": 1})
    assert await tables.share_links.find(link.digest) == expected
    listed = await tables.share_links.get(link.owner, link.link_id)
    assert listed.without_opens() == expected
    assert listed.opened == 1
    back = {"password": "scrypt$y", "ends_at": now() + timedelta(days=2)}
    await tables.share_links.update(expected, expected.model_copy(update=back))
    found = await tables.share_links.find(link.digest)
    assert found == expected.model_copy(update={**back, "revision": 2})


async def test_update_rejects_a_link_that_changed_meanwhile(tables: Tables) -> None:
    link = make_share_link()
    await tables.share_links.create(link)
    changed = link.model_copy(update={"metadata": True})
    await tables.share_links.update(link, changed)
    with pytest.raises(Conflict):
        await tables.share_links.update(link, link.model_copy(update={"position": True}))
    found = await tables.share_links.find(link.digest)
    assert found == changed.model_copy(update={"revision": 1})


async def test_update_does_not_restore_a_revoked_link(tables: Tables) -> None:
    link = make_share_link()
    await tables.share_links.create(link)
    await tables.share_links.revoke(link.owner, link.link_id)
    with pytest.raises(Conflict):
        await tables.share_links.update(link, link.model_copy(update={"metadata": True}))
    assert await tables.share_links.find(link.digest) is None


async def test_every_visit_is_counted(tables: Tables) -> None:
    link, at = make_share_link(), now()
    await tables.share_links.create(link)
    for minutes in range(3):
        await tables.share_links.record_open(link, at + timedelta(minutes=minutes))
    counted = await tables.share_links.get(link.owner, link.link_id)
    assert (counted.opened, counted.last_opened_at) == (3, at + timedelta(minutes=2))
    assert await tables.share_links.find(link.digest) == link


async def test_a_visit_does_not_restore_a_revoked_link(tables: Tables) -> None:
    link = make_share_link()
    await tables.share_links.create(link)
    await tables.share_links.revoke(link.owner, link.link_id)
    await tables.share_links.record_open(link, now())
    assert (await tables.share_links.page(link.owner, 10)).links == []


async def test_erasure_removes_the_links_of_one_owner(tables: Tables) -> None:
    gone, kept = make_share_link(), make_share_link()
    for link in (gone, kept):
        await tables.share_links.create(link)
    await tables.owner_data.erase(gone.owner)
    assert (await tables.share_links.page(gone.owner, 10)).links == []
    assert await tables.share_links.find(gone.digest) is None
    assert await tables.share_links.find(kept.digest) == kept
