"""What simulated users do with shared albums: invite, accept, contribute, leave, change roles."""

import random
from collections.abc import Callable, Iterable

from sightline_reliability.ledger import (
    AlbumVisit,
    InvitationRecord,
    Ledger,
    MembershipRecord,
    UploadRecord,
)
from sightline_reliability.requests import SendRequest

#: Share of the invitations and changes that make a person a contributor.
CONTRIBUTOR_SHARE = 0.8

#: Images of a page at the end of a run: fewer than most albums have.
VISIT_PAGE_SIZE = 3


class SharedAlbumActions:
    """The actions of one user, as the owner of albums and as a member of others."""

    def __init__(
        self,
        caller: str,
        album_ids: list[str],
        choose_upload: Callable[[], UploadRecord | None],
        request: SendRequest,
        ledger: Ledger,
        rng: random.Random,
    ) -> None:
        self._caller = caller
        self._album_ids = album_ids
        self._choose_upload = choose_upload
        self._request = request
        self._ledger = ledger
        self._rng = rng

    # As the owner

    async def invite_to_album(self) -> None:
        if not self._album_ids:
            return
        album_id = self._rng.choice(self._album_ids)
        role = self._choose_role()
        body = {"email": "friend@example.com", "role": role}
        # 409: the invitations of the day or of the album are used up.
        path = f"/v1/albums/{album_id}/invitations"
        response = await self._request("POST", path, body, {201, 404, 409})
        if response.status == 201:
            invitation_id, token = response.body["invitation"]["id"], response.body["token"]
            record = InvitationRecord(self._caller, album_id, invitation_id, token, role)
            self._ledger.invitations.append(record)

    async def revoke_invitation(self) -> None:
        own = [each for each in self._open_invitations() if each.owner == self._caller]
        if own:
            invitation = self._rng.choice(own)
            invitation.is_open, invitation.revocation = False, "requested"
            path = f"/v1/albums/{invitation.album_id}/invitations/{invitation.invitation_id}"
            # 404: a person has accepted it.
            await self._request("DELETE", path, None, {204, 404})
            invitation.revocation = "confirmed"

    async def change_role(self) -> None:
        if membership := self._choose_member():
            membership.role, role = None, self._choose_role()
            path = f"/v1/albums/{membership.album_id}/members/{membership.member_id}"
            response = await self._request("PATCH", path, {"role": role}, {200, 404, 409})
            if response.status == 200:
                membership.role = role

    async def remove_member(self) -> None:
        if membership := self._choose_member():
            path = f"/v1/albums/{membership.album_id}/members/{membership.member_id}"
            await self._end([membership], path)

    async def remove_contribution(self) -> None:
        """Remove an image that a member added to an album of the caller."""
        own = set(self._album_ids)
        added = [each for each in self._ledger.contributions.values() if each.album_id in own]
        if added:
            chosen = self._rng.choice(added)
            await self._withdraw(chosen.album_id, chosen.image_id, chosen.contributor)

    # As a member

    async def accept_invitation(self) -> None:
        others = [each for each in self._open_invitations() if each.owner != self._caller]
        if not others:
            return
        invitation = self._rng.choice(others)
        record = MembershipRecord(
            *(invitation.owner, invitation.album_id, self._caller),
            *(invitation.invitation_id, invitation.role),
        )
        self._ledger.memberships.append(record)
        path = f"/v1/invitations/{invitation.token}/accept"
        # 404: another person was faster, or the album is gone. 409: the caller is a member already.
        response = await self._request("POST", path, {}, {200, 404, 409})
        record.confirmed = response.status == 200
        invitation.is_open &= response.status == 409

    async def contribute(self) -> None:
        """Add images to an album of another owner; accept an invitation to one if there is none."""
        joined = self._list_joined()
        chosen = (self._choose_upload() for _ in range(3))
        image_ids = list(dict.fromkeys(each.image_id for each in chosen if each))
        if not joined or not image_ids:
            await self.accept_invitation()
            return
        album_id = self._rng.choice(joined).album_id
        records = [
            self._ledger.contribution(album_id, image_id, self._caller) for image_id in image_ids
        ]
        added = dict[str, bool]()
        for record in records:
            record.begin()
        try:
            path = f"/v1/albums/{album_id}/images"
            # 403: the caller is a viewer. 404: the caller is no member any more.
            response = await self._request("POST", path, {"ids": image_ids}, {207, 403, 404, 409})
            if response.status == 207:
                added = {each["id"]: each["status"] == 204 for each in response.body["items"]}
        finally:
            for record in records:
                # An image that is not accepted, for example one in the trash, may be in the album.
                record.end(added.get(record.image_id) or None)

    async def withdraw_contribution(self) -> None:
        found = self._ledger.contributions.values()
        own = [each for each in found if each.contributor == self._caller]
        if own:
            chosen = self._rng.choice(own)
            await self._withdraw(chosen.album_id, chosen.image_id, self._caller)

    async def leave_album(self) -> None:
        if joined := self._list_joined():
            album_id = self._rng.choice(joined).album_id
            every = [each for each in self._list_memberships() if each.album_id == album_id]
            await self._end(every, f"/v1/albums/{album_id}/membership")

    async def list_shared_album(self) -> None:
        if joined := self._list_joined():
            path = f"/v1/albums/{self._rng.choice(joined).album_id}/images"
            await self._request("GET", path, None, {200, 404})

    # As a stranger

    async def access_foreign_album(self) -> None:
        """Check that every request for an album to which the caller was never invited fails."""
        known = {each.album_id for each in self._list_memberships()}
        foreign = [
            album_id
            for owner, album_id in self._ledger.albums
            if owner != self._caller and album_id not in known
        ]
        if not foreign:
            return
        path = f"/v1/albums/{self._rng.choice(foreign)}"
        upload = self._choose_upload()
        ids = {"ids": [upload.image_id if upload else self._caller]}
        for method, below, body in (
            ("GET", "", None),
            ("GET", "/images", None),
            ("GET", "/members", None),
            ("PATCH", "", {"title": "mine"}),
            ("POST", "/images", ids),
            ("POST", "/images/delete", ids),
            ("POST", "/invitations", {"email": "friend@example.com"}),
            ("DELETE", "/membership", None),
            ("DELETE", "", None),
        ):
            response = await self._request(method, path + below, body, set(range(200, 500)))
            if response.status != 404:
                self._ledger.isolation_violations.append(
                    f"{self._caller}: {method} {path}{below}: {response.status}"
                )

    async def visit_albums(self) -> None:
        """List each album of the caller that was ever shared, and each that the caller joined."""
        records = self._ledger.memberships
        albums = {
            (each.owner, each.album_id)
            for each in records
            if self._caller in {each.owner, each.member}
        }
        for owner, album_id in sorted(albums):
            visit = AlbumVisit(self._caller, owner, album_id, 200)
            cursor = ""
            while True:
                path = f"/v1/albums/{album_id}/images?limit={VISIT_PAGE_SIZE}{cursor}"
                response = await self._request("GET", path, None, {200, 404})
                visit.status = response.status
                if response.status != 200:
                    break
                visit.image_ids += [each["id"] for each in response.body["items"]]
                if (following := response.body["next_cursor"]) is None:
                    break
                cursor = f"&cursor={following}"
            self._ledger.album_visits.append(visit)

    async def _withdraw(self, album_id: str, image_id: str, contributor: str) -> None:
        record = self._ledger.contribution(album_id, image_id, contributor)
        is_removed = False
        record.begin()
        try:
            path = f"/v1/albums/{album_id}/images/delete"
            response = await self._request("POST", path, {"ids": [image_id]}, {207, 404, 409})
            is_removed = response.status == 207
        finally:
            record.end(False if is_removed else None)

    async def _end(self, memberships: list[MembershipRecord], path: str) -> None:
        """End memberships of one person in one album, with the images that the person added."""
        album_id, member = memberships[0].album_id, memberships[0].member
        for each in memberships:
            each.ending = "requested"
        try:
            response = await self._request("DELETE", path, None, {204, 404, 409})
            if response.status != 409:
                for each in memberships:
                    each.ending = "confirmed"
        finally:
            for record in self._ledger.list_contributions(album_id, member):
                # Images that were added meanwhile may have left with the person, or not.
                record.inside = None
                record.overlapped = True

    def _choose_role(self) -> str:
        return "contributor" if self._rng.random() < CONTRIBUTOR_SHARE else "viewer"

    def _open_invitations(self) -> list[InvitationRecord]:
        return [each for each in self._ledger.invitations if each.is_open]

    def _choose_member(self) -> MembershipRecord | None:
        """Return a member of one of the caller's albums."""
        own = set(self._album_ids)
        members = [each for each in _active(self._ledger.memberships) if each.album_id in own]
        return self._rng.choice(members) if members else None

    def _list_memberships(self) -> list[MembershipRecord]:
        return [each for each in self._ledger.memberships if each.member == self._caller]

    def _list_joined(self) -> list[MembershipRecord]:
        return _active(self._list_memberships())


def _active(memberships: Iterable[MembershipRecord]) -> list[MembershipRecord]:
    return [each for each in memberships if each.confirmed and each.ending == "none"]
