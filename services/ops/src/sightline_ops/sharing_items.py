"""Which items of shared albums belong together, so that those left alone can be found."""

from typing import NamedTuple

from sightline.adapters.dynamo.items import (
    CONTRIBUTION_PREFIX,
    INVITATION_PREFIX,
    MEMBER_PREFIX,
    MEMBERSHIP_PREFIX,
    Item,
    album_contribution_key,
    album_key,
    image_contribution_key,
    image_key,
    invitation_digest_key,
    invitation_key,
    member_key,
    membership_key,
    plain_item,
    rank_key,
)
from sightline.domain.album_members import Contribution, Invitation, Member


class SharingItem(NamedTuple):
    """An item of an invitation, member or contribution: its key, and the keys that it needs.

    `pair` is the key of the other item with the same value, and `required` are those of what both
    refer to. `dependents` are the keys of items that are of no use without it.
    """

    owner: str
    key: Item
    pair: Item
    required: tuple[Item, ...]
    dependents: tuple[Item, ...] = ()


def parse_sharing_item(item: Item) -> SharingItem | None:
    """Return what an item of a shared album needs; None for any other item."""
    key = {name: item[name] for name in ("pk", "sk")}
    pk, sk = item["pk"]["S"], item["sk"]["S"]
    parts = pk.split("#")
    if parts[0] == "INVITATION" or (len(parts) == 2 and sk.startswith(INVITATION_PREFIX)):
        return _of_invitation(key, Invitation.model_validate(plain_item(item)))
    if len(parts) == 2 and sk.startswith((MEMBER_PREFIX, MEMBERSHIP_PREFIX)):
        return _of_member(key, Member.model_validate(plain_item(item)))
    if parts[2:3] == ["CONTRIBUTIONS"] or (len(parts) == 2 and sk.startswith(CONTRIBUTION_PREFIX)):
        return _of_contribution(key, Contribution.model_validate(plain_item(item)))
    return None


def _of_invitation(key: Item, invitation: Invitation) -> SharingItem:
    keys = (
        invitation_digest_key(invitation.digest),
        invitation_key(invitation.album, invitation.invitation_id),
    )
    return _pair(invitation.owner, key, keys, album_key(invitation.album))


def _of_member(key: Item, member: Member) -> SharingItem:
    keys = (
        member_key(member.album, member.member),
        membership_key(member.member, member.album_id),
    )
    return _pair(member.owner, key, keys, album_key(member.album))


def _of_contribution(key: Item, contribution: Contribution) -> SharingItem:
    keys = (
        album_contribution_key(contribution.album, contribution.image_id),
        image_contribution_key(contribution.image, contribution.album_id),
    )
    member = member_key(contribution.album, contribution.contributor)
    image = image_key(contribution.image)
    rank = rank_key(contribution.album, contribution.image_id)
    return _pair(contribution.owner, key, keys, member, image)._replace(dependents=(rank,))


def _pair(owner: str, key: Item, keys: tuple[Item, Item], *required: Item) -> SharingItem:
    first, second = keys
    return SharingItem(owner, key, second if key == first else first, required)
