"""Members of albums, and invitations, in SQLite."""

import sqlite3
from datetime import datetime

from sightline.adapters.sqlite.albums import require_album
from sightline.adapters.sqlite.database import Database
from sightline.domain.album_members import (
    MAX_INVITATIONS_PER_DAY,
    AlreadyMember,
    Invitation,
    InvitationNotFound,
    Member,
    MemberNotFound,
    TooManyInvitations,
)
from sightline.domain.albums import AlbumKey
from sightline.domain.clock import now
from sightline.optimistic import Conflict
from sightline.ports.album_member_table import MembershipPage


class SqliteAlbumMemberTable:
    """`AlbumMemberTable` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def invite(self, invitation: Invitation, limit: int = MAX_INVITATIONS_PER_DAY) -> None:
        await self._database.write(_invite, invitation, limit)

    async def find_invitation(self, digest: str) -> Invitation | None:
        return await self._database.read(_find_invitation, digest)

    async def list_invitations(self, album: AlbumKey) -> list[Invitation]:
        return await self._database.read(_list_invitations, album)

    async def record_email(self, invitation: Invitation, at: datetime) -> None:
        await self._database.write(_record_email, invitation, at)

    async def delete_invitation(self, invitation: Invitation) -> None:
        await self._database.write(_delete_invitation, invitation)

    async def accept(self, invitation: Invitation, member: Member) -> None:
        await self._database.write(_accept, invitation, member)

    async def get(self, member: str, album_id: str) -> Member:
        found = await self._database.read(_find_membership, member, album_id)
        if found is None:
            raise MemberNotFound(album_id)
        return found

    async def list_members(self, album: AlbumKey) -> list[Member]:
        return await self._database.read(_list_members, album)

    async def page_memberships(
        self, member: str, limit: int, before: str | None = None
    ) -> MembershipPage:
        found = await self._database.read(_page_memberships, member, limit + 1, before)
        more = len(found) > limit
        return MembershipPage(found[:limit], found[limit - 1].album_id if more else None)

    async def update(self, before: Member, after: Member) -> None:
        await self._database.write(_update, before, after)

    async def begin_removal(self, member: Member) -> Member:
        return await self._database.write(_begin_removal, member)

    async def remove(self, member: Member) -> None:
        await self._database.write(_remove, member)


def read_member(connection: sqlite3.Connection, album: AlbumKey, member: str) -> Member | None:
    """Return the member of an album as stored, None if there is no row."""
    row = connection.execute(
        "SELECT document FROM album_members WHERE owner = ? AND album_id = ? AND member = ?",
        (*album, member),
    ).fetchone()
    return row and Member.model_validate_json(row[0])


def _invite(connection: sqlite3.Connection, invitation: Invitation, limit: int) -> None:
    require_album(connection, invitation.album)
    connection.execute(
        "DELETE FROM album_invitations WHERE ends_at <= ?", (invitation.created_at.timestamp(),)
    )
    day = invitation.created_at.date().isoformat()
    connection.execute("DELETE FROM album_invitation_counts WHERE day < ?", (day,))
    (created,) = connection.execute(
        "INSERT INTO album_invitation_counts (owner, day, created) VALUES (?, ?, 1) "
        "ON CONFLICT DO UPDATE SET created = created + 1 RETURNING created",
        (invitation.owner, day),
    ).fetchone()
    if created > limit:
        raise TooManyInvitations
    try:
        connection.execute(
            "INSERT INTO album_invitations "
            "(owner, album_id, invitation_id, digest, ends_at, document) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                *invitation.album,
                invitation.invitation_id,
                invitation.digest,
                invitation.ends_at.timestamp(),
                invitation.model_dump_json(),
            ),
        )
    except sqlite3.IntegrityError as error:
        raise Conflict from error


def _find_invitation(connection: sqlite3.Connection, digest: str) -> Invitation | None:
    row = connection.execute(
        "SELECT document FROM album_invitations WHERE digest = ?", (digest,)
    ).fetchone()
    return row and Invitation.model_validate_json(row[0])


def _list_invitations(connection: sqlite3.Connection, album: AlbumKey) -> list[Invitation]:
    rows = connection.execute(
        "SELECT document FROM album_invitations WHERE owner = ? AND album_id = ? "
        "ORDER BY invitation_id DESC",
        album,
    )
    return [Invitation.model_validate_json(document) for (document,) in rows]


def _record_email(connection: sqlite3.Connection, invitation: Invitation, at: datetime) -> None:
    held = _find_invitation(connection, invitation.digest)
    if held is not None:
        emailed = held.model_copy(update={"emailed_at": at})
        connection.execute(
            "UPDATE album_invitations SET document = ? WHERE digest = ?",
            (emailed.model_dump_json(), held.digest),
        )


def _delete_invitation(connection: sqlite3.Connection, invitation: Invitation) -> None:
    cursor = connection.execute(
        "DELETE FROM album_invitations WHERE digest = ?", (invitation.digest,)
    )
    if cursor.rowcount == 0:
        raise InvitationNotFound(invitation.invitation_id)


def _accept(connection: sqlite3.Connection, invitation: Invitation, member: Member) -> None:
    _delete_invitation(connection, invitation)
    if _find_membership(connection, member.member, member.album_id) is not None:
        raise AlreadyMember
    require_album(connection, invitation.album)
    connection.execute(
        "INSERT INTO album_members (owner, album_id, member, document) VALUES (?, ?, ?, ?)",
        (*member.album, member.member, member.model_dump_json()),
    )


def _find_membership(connection: sqlite3.Connection, member: str, album_id: str) -> Member | None:
    row = connection.execute(
        "SELECT document FROM album_members WHERE member = ? AND album_id = ?", (member, album_id)
    ).fetchone()
    return row and Member.model_validate_json(row[0])


def _list_members(connection: sqlite3.Connection, album: AlbumKey) -> list[Member]:
    rows = connection.execute(
        "SELECT document FROM album_members WHERE owner = ? AND album_id = ?", album
    )
    return [Member.model_validate_json(document) for (document,) in rows]


def _page_memberships(
    connection: sqlite3.Connection, member: str, limit: int, before: str | None
) -> list[Member]:
    rows = connection.execute(
        "SELECT document FROM album_members WHERE member = ? AND (? IS NULL OR album_id < ?) "
        "ORDER BY album_id DESC LIMIT ?",
        (member, before, before, limit),
    )
    return [Member.model_validate_json(document) for (document,) in rows]


def _update(connection: sqlite3.Connection, before: Member, after: Member) -> None:
    current = read_member(connection, before.album, before.member)
    if current is None or not current.is_active or current.revision != before.revision:
        raise Conflict
    _write(connection, after.model_copy(update={"revision": before.revision + 1}))


def _begin_removal(connection: sqlite3.Connection, member: Member) -> Member:
    current = read_member(connection, member.album, member.member)
    if current is None or current.member_id != member.member_id:
        raise MemberNotFound(member.member_id)
    ended = current.end(now())
    _write(connection, ended)
    return ended


def _remove(connection: sqlite3.Connection, member: Member) -> None:
    current = read_member(connection, member.album, member.member)
    if current is not None and current.member_id == member.member_id and not current.is_active:
        connection.execute(
            "DELETE FROM album_members WHERE owner = ? AND album_id = ? AND member = ?",
            (*member.album, member.member),
        )


def _write(connection: sqlite3.Connection, member: Member) -> None:
    connection.execute(
        "UPDATE album_members SET document = ? WHERE owner = ? AND album_id = ? AND member = ?",
        (member.model_dump_json(), *member.album, member.member),
    )
