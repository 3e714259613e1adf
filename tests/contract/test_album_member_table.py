"""The contract of `AlbumMemberTable`."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from sightline.domain.album_members import (
    AlbumRole,
    AlreadyMember,
    Invitation,
    InvitationNotFound,
    Member,
    MemberNotFound,
    TooManyInvitations,
    Visibility,
    accept_invitation,
)
from sightline.domain.albums import Album, AlbumNotFound
from sightline.domain.clock import now
from sightline.domain.email_notifications import Language
from sightline.optimistic import Conflict
from sightline.ports.tables import Tables
from sightline_testing.builders import create_album, create_member, make_invitation, new_owner


async def invite(tables: Tables, album: Album, **changes: Any) -> Invitation:
    invitation = make_invitation(album.key, **changes)
    await tables.album_members.invite(invitation)
    return invitation


async def test_an_invitation_is_found_by_digest_and_by_album(tables: Tables) -> None:
    album, other = await create_album(tables), await create_album(tables)
    first = await invite(tables, album)
    second = await invite(
        tables,
        album,
        role=AlbumRole.CONTRIBUTOR,
        visibility=Visibility(metadata=True),
        language=Language.JAPANESE,
    )
    await invite(tables, other)
    assert await tables.album_members.find_invitation(second.digest) == second
    assert await tables.album_members.list_invitations(album.key) == [second, first]
    assert await tables.album_members.find_invitation("0" * 64) is None


async def test_an_invitation_needs_an_album_and_an_unused_id(tables: Tables) -> None:
    album = await create_album(tables)
    invitation = await invite(tables, album)
    for field in ("digest", "invitation_id"):
        used = make_invitation(album.key).model_copy(update={field: getattr(invitation, field)})
        with pytest.raises(Conflict):
            await tables.album_members.invite(used)
    await tables.albums.begin_deletion(album.key)
    with pytest.raises(AlbumNotFound):
        await tables.album_members.invite(make_invitation(album.key))


async def test_invitations_of_a_day_are_limited_for_each_owner(tables: Tables) -> None:
    """Invitations that were revoked count as well, because each may have led to an email."""
    album = await create_album(tables)
    for _ in range(2):
        invitation = make_invitation(album.key)
        await tables.album_members.invite(invitation, 2)
        await tables.album_members.delete_invitation(invitation)
    second = await create_album(tables, album.owner)
    with pytest.raises(TooManyInvitations):
        await tables.album_members.invite(make_invitation(second.key), 2)
    assert await tables.album_members.list_invitations(album.key) == []
    tomorrow = now() + timedelta(days=1)
    later = make_invitation(album.key, created_at=tomorrow, ends_at=tomorrow + timedelta(days=1))
    for invitation in (later, make_invitation((await create_album(tables)).key)):
        await tables.album_members.invite(invitation, 2)


async def test_an_email_is_noted_unless_the_invitation_is_gone(tables: Tables) -> None:
    album = await create_album(tables)
    kept, gone = await invite(tables, album), await invite(tables, album)
    await tables.album_members.delete_invitation(gone)
    at = now()
    for invitation in (kept, gone):
        await tables.album_members.record_email(invitation, at)
    emailed = kept.model_copy(update={"emailed_at": at})
    assert await tables.album_members.list_invitations(album.key) == [emailed]
    assert await tables.album_members.find_invitation(kept.digest) == emailed
    assert await tables.album_members.find_invitation(gone.digest) is None


async def test_an_invitation_is_accepted_once(tables: Tables) -> None:
    album = await create_album(tables)
    invitation = await invite(tables, album, visibility=Visibility(position=True))
    member = accept_invitation(invitation, new_owner(), "friend@example.com", now())
    await tables.album_members.accept(invitation, member)
    assert await tables.album_members.list_invitations(album.key) == []
    assert await tables.album_members.find_invitation(invitation.digest) is None
    assert await tables.album_members.get(member.member, album.album_id) == member
    assert await tables.album_members.list_members(album.key) == [member]
    other = accept_invitation(invitation, new_owner(), None, now())
    with pytest.raises(InvitationNotFound):
        await tables.album_members.accept(invitation, other)
    with pytest.raises(InvitationNotFound):
        await tables.album_members.delete_invitation(invitation)
    with pytest.raises(MemberNotFound):
        await tables.album_members.get(other.member, album.album_id)


async def test_a_member_does_not_use_up_a_second_invitation(tables: Tables) -> None:
    album = await create_album(tables)
    member = await create_member(tables, album.key)
    second = await invite(tables, album)
    with pytest.raises(AlreadyMember):
        await tables.album_members.accept(
            second, accept_invitation(second, member.member, None, now())
        )
    assert await tables.album_members.list_invitations(album.key) == [second]
    assert await tables.album_members.list_members(album.key) == [member]


async def test_nobody_joins_an_album_that_is_being_deleted(tables: Tables) -> None:
    album = await create_album(tables)
    invitation = await invite(tables, album)
    await tables.albums.begin_deletion(album.key)
    with pytest.raises(AlbumNotFound):
        await tables.album_members.accept(
            invitation, accept_invitation(invitation, new_owner(), None, now())
        )
    assert await tables.album_members.list_members(album.key) == []


async def test_accept_and_revoke_exclude_each_other(tables: Tables) -> None:
    album = await create_album(tables)
    for _ in range(2):
        invitation = await invite(tables, album)
        member = accept_invitation(invitation, new_owner(), None, now())
        accepted, revoked = await asyncio.gather(
            tables.album_members.accept(invitation, member),
            tables.album_members.delete_invitation(invitation),
            return_exceptions=True,
        )
        assert sorted([accepted is None, revoked is None]) == [False, True]
        members = await tables.album_members.list_members(album.key)
        assert (member in members) == (accepted is None)


async def test_memberships_are_paged_by_album_newest_first(tables: Tables) -> None:
    person = new_owner()
    albums = [await create_album(tables) for _ in range(3)]
    members = [await create_member(tables, album.key, person) for album in albums]
    await create_member(tables, albums[0].key)
    first = await tables.album_members.page_memberships(person, 2)
    assert first.members == [members[2], members[1]]
    assert first.next_before == albums[1].album_id
    rest = await tables.album_members.page_memberships(person, 2, first.next_before)
    assert rest == ([members[0]], None)


async def test_an_update_of_an_earlier_state_conflicts(tables: Tables) -> None:
    album = await create_album(tables)
    member = await create_member(tables, album.key)
    changes = {"role": AlbumRole.CONTRIBUTOR, "visibility": Visibility(metadata=True)}
    await tables.album_members.update(member, member.model_copy(update=changes))
    expected = member.model_copy(update={**changes, "revision": 1})
    assert await tables.album_members.get(member.member, album.album_id) == expected
    assert await tables.album_members.list_members(album.key) == [expected]
    with pytest.raises(Conflict):
        await tables.album_members.update(member, member)
    await tables.album_members.begin_removal(expected)
    with pytest.raises(Conflict):
        await tables.album_members.update(expected, expected)


async def test_a_removal_begins_and_ends(tables: Tables) -> None:
    album = await create_album(tables)
    member, other = await create_member(tables, album.key), await create_member(tables, album.key)
    ended = await tables.album_members.begin_removal(member)
    assert not ended.is_active
    assert await tables.album_members.begin_removal(member) == ended
    assert await tables.album_members.get(member.member, album.album_id) == ended
    await tables.album_members.remove(ended)
    await tables.album_members.remove(ended)
    assert await tables.album_members.list_members(album.key) == [other]
    with pytest.raises(MemberNotFound):
        await tables.album_members.get(member.member, album.album_id)
    with pytest.raises(MemberNotFound):
        await tables.album_members.begin_removal(member)


async def test_a_late_removal_spares_someone_who_joined_again(tables: Tables) -> None:
    album = await create_album(tables)
    member = await create_member(tables, album.key)
    ended = await tables.album_members.begin_removal(member)
    await tables.album_members.remove(ended)
    again: Member = await create_member(tables, album.key, member.member)
    await tables.album_members.remove(ended)
    with pytest.raises(MemberNotFound):
        await tables.album_members.begin_removal(member)
    assert await tables.album_members.list_members(album.key) == [again]


async def test_erasure_leaves_members_to_their_own_removal(tables: Tables) -> None:
    """The rows change in pairs, so that neither side is left behind."""
    album = await create_album(tables)
    member = await create_member(tables, album.key)
    invitation = await invite(tables, album)
    for owner in (album.owner, member.member):
        await tables.owner_data.erase(owner)
    assert await tables.album_members.list_members(album.key) == [member]
    assert await tables.album_members.get(member.member, album.album_id) == member
    assert await tables.album_members.find_invitation(invitation.digest) == invitation
