"""Members of albums, and invitations, in DynamoDB.

An invitation is an item that its digest finds, and one in the partition of the album's owner. A
member is an item in the partition of the album's owner, and one in that of the person. Both items
hold the whole value, and change in one transaction.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import Attribute, serialize
from sightline.adapters.dynamo.items import (
    MEMBERSHIP_PREFIX,
    Item,
    album_key,
    invitation_count_key,
    invitation_digest_key,
    invitation_key,
    invitation_prefix,
    member_key,
    member_prefix,
    membership_key,
    owner_partition,
    plain_item,
    to_plain,
)
from sightline.adapters.dynamo.queries import query
from sightline.adapters.dynamo.schema import EXPIRY_ATTRIBUTE
from sightline.adapters.dynamo.transactions import (
    LIVE,
    is_condition_failure,
    raise_conflict,
    transact,
)
from sightline.domain.album_members import (
    MAX_INVITATIONS_PER_DAY,
    AlreadyMember,
    Invitation,
    InvitationNotFound,
    Member,
    MemberNotFound,
    TooManyInvitations,
)
from sightline.domain.albums import AlbumKey, AlbumNotFound
from sightline.domain.clock import now
from sightline.domain.model import Value
from sightline.optimistic import Conflict, retry_conflicts
from sightline.ports.album_member_table import MembershipPage

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: How long the count of a day's invitations is kept.
COUNT_LIFETIME = timedelta(days=2)

#: More than the invitations and members of an album, see `MAX_MEMBERS`.
MAX_LISTED = 1_000


class DynamoAlbumMemberTable:
    """`AlbumMemberTable` in the same DynamoDB table as albums."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def invite(self, invitation: Invitation, limit: int = MAX_INVITATIONS_PER_DAY) -> None:
        attributes = _attributes(invitation)
        attributes[EXPIRY_ATTRIBUTE] = _seconds(invitation.ends_at)
        changes = [self._check_album(invitation.album), self._count(invitation, limit)]
        changes += [
            self._put(key | attributes, "attribute_not_exists(pk)")
            for key in _invitation_keys(invitation)
        ]
        try:
            await transact(self._client, changes)
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            # The SDK retries a call whose response was lost; then the invitation is our own.
            if await self.find_invitation(invitation.digest) == invitation:
                return
            await self._require_album(invitation.album)
            await self._require_allowance(invitation, limit)
            raise Conflict from error

    async def find_invitation(self, digest: str) -> Invitation | None:
        item = await self._read(invitation_digest_key(digest))
        return None if item is None else Invitation.model_validate(item)

    async def list_invitations(self, album: AlbumKey) -> list[Invitation]:
        items = await self._list(album.owner, invitation_prefix(album))
        return [Invitation.model_validate(item) for item in reversed(items)]

    async def record_email(self, invitation: Invitation, at: datetime) -> None:
        changes: list[TransactWriteItemTypeDef] = [
            {
                "Update": {
                    "TableName": self._table,
                    "Key": key,
                    "UpdateExpression": "SET emailed_at = :at",
                    "ConditionExpression": "attribute_exists(pk)",
                    "ExpressionAttributeValues": {":at": {"S": at.isoformat()}},
                }
            }
            for key in _invitation_keys(invitation)
        ]
        try:
            await transact(self._client, changes)
        except ClientError as error:
            if not is_condition_failure(error):
                raise

    async def delete_invitation(self, invitation: Invitation) -> None:
        try:
            await transact(self._client, self._delete_invitation(invitation))
        except ClientError as error:
            if is_condition_failure(error):
                raise InvitationNotFound(invitation.invitation_id) from error
            raise

    async def accept(self, invitation: Invitation, member: Member) -> None:
        attributes = _attributes(member)
        changes = [
            self._check_album(invitation.album),
            *self._delete_invitation(invitation),
            *(
                self._put(key | attributes, "attribute_not_exists(pk)")
                for key in _member_keys(member)
            ),
        ]
        try:
            await transact(self._client, changes)
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            current = await self._read(membership_key(member.member, member.album_id))
            # As above: the membership may be our own.
            if current is not None and Member.model_validate(current) == member:
                return
            if await self.find_invitation(invitation.digest) is None:
                raise InvitationNotFound(invitation.invitation_id) from error
            if current is not None:
                raise AlreadyMember from error
            await self._require_album(invitation.album)
            raise Conflict from error

    async def get(self, member: str, album_id: str) -> Member:
        item = await self._read(membership_key(member, album_id))
        if item is None:
            raise MemberNotFound(album_id)
        return Member.model_validate(item)

    async def list_members(self, album: AlbumKey) -> list[Member]:
        items = await self._list(album.owner, member_prefix(album))
        return [Member.model_validate(item) for item in items]

    async def page_memberships(
        self, member: str, limit: int, before: str | None = None
    ) -> MembershipPage:
        request = self._list_request(member, MEMBERSHIP_PREFIX)
        request |= {"ScanIndexForward": False, "Limit": limit + 1}
        if before is not None:
            request["ExclusiveStartKey"] = membership_key(member, before)
        items = await query(self._client, request, limit + 1)
        members = [Member.model_validate(item) for item in items]
        more = len(members) > limit
        return MembershipPage(members[:limit], members[limit - 1].album_id if more else None)

    async def update(self, before: Member, after: Member) -> None:
        await self._replace(before, after.model_copy(update={"revision": before.revision + 1}))

    async def begin_removal(self, member: Member) -> Member:
        return await self._begin_removal(member)

    @retry_conflicts()
    async def _begin_removal(self, member: Member) -> Member:
        item = await self._read(member_key(member.album, member.member))
        current = None if item is None else Member.model_validate(item)
        if current is None or current.member_id != member.member_id:
            raise MemberNotFound(member.member_id)
        ended = current.end(now())
        if ended is not current:
            await self._replace(current, ended)
        return ended

    async def remove(self, member: Member) -> None:
        of_album, of_person = _member_keys(member)
        ended = "member_id = :id AND attribute_exists(ended_at)"
        try:
            await transact(
                self._client,
                [
                    {
                        "Delete": {
                            "TableName": self._table,
                            "Key": of_album,
                            "ConditionExpression": ended,
                            "ExpressionAttributeValues": {":id": {"S": member.member_id}},
                        }
                    },
                    {"Delete": {"TableName": self._table, "Key": of_person}},
                ],
            )
        except ClientError as error:
            # If the rows are gone, another call has removed them.
            if not is_condition_failure(error):
                raise

    async def _replace(self, before: Member, after: Member) -> None:
        """Write both items. Raises `Conflict` if the member changed or is being removed."""
        attributes = _attributes(after)
        condition = "#revision = :revision AND attribute_not_exists(ended_at)"
        of_album, of_person = _member_keys(after)
        unchanged: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._table,
                "Item": of_album | attributes,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": {"#revision": "revision"},
                "ExpressionAttributeValues": {":revision": serialize(before.revision)},
            }
        }
        try:
            await transact(
                self._client, [unchanged, self._put(of_person | attributes, "attribute_exists(pk)")]
            )
        except ClientError as error:
            raise_conflict(error)

    def _check_album(self, album: AlbumKey) -> "TransactWriteItemTypeDef":
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": album_key(album),
                "ConditionExpression": LIVE,
            }
        }

    def _count(self, invitation: Invitation, limit: int) -> "TransactWriteItemTypeDef":
        """Return the update that counts an invitation of its day."""
        return {
            "Update": {
                "TableName": self._table,
                "Key": _count_key(invitation),
                "UpdateExpression": f"SET {EXPIRY_ATTRIBUTE} = :expiry ADD created :one",
                "ConditionExpression": "attribute_not_exists(created) OR created < :most",
                "ExpressionAttributeValues": {
                    ":expiry": _seconds(invitation.created_at + COUNT_LIFETIME),
                    ":one": {"N": "1"},
                    ":most": serialize(limit),
                },
            }
        }

    def _put(self, item: Item, condition: str) -> "TransactWriteItemTypeDef":
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": condition}}

    def _delete_invitation(self, invitation: Invitation) -> "list[TransactWriteItemTypeDef]":
        by_digest, of_album = _invitation_keys(invitation)
        return [
            {
                "Delete": {
                    "TableName": self._table,
                    "Key": by_digest,
                    "ConditionExpression": "attribute_exists(pk)",
                }
            },
            {"Delete": {"TableName": self._table, "Key": of_album}},
        ]

    async def _require_album(self, album: AlbumKey) -> None:
        item = await self._read(album_key(album))
        if item is None or "deleted_at" in item:
            raise AlbumNotFound(album.album_id)

    async def _require_allowance(self, invitation: Invitation, limit: int) -> None:
        item = await self._read(_count_key(invitation))
        if item is not None and item["created"] >= limit:
            raise TooManyInvitations

    async def _list(self, owner: str, prefix: str) -> list[dict[str, Any]]:
        return await query(self._client, self._list_request(owner, prefix), MAX_LISTED)

    def _list_request(self, owner: str, prefix: str) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": owner_partition(owner)},
                ":prefix": {"S": prefix},
            },
            "ConsistentRead": True,
        }

    async def _read(self, key: Item) -> dict[str, Any] | None:
        found = await self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return plain_item(found["Item"]) if "Item" in found else None


def _invitation_keys(invitation: Invitation) -> tuple[Item, Item]:
    """Return the keys of the item that the digest finds, and of the owner's item."""
    return (
        invitation_digest_key(invitation.digest),
        invitation_key(invitation.album, invitation.invitation_id),
    )


def _member_keys(member: Member) -> tuple[Item, Item]:
    """Return the keys of the item of the album's owner, and of the person's item."""
    return (
        member_key(member.album, member.member),
        membership_key(member.member, member.album_id),
    )


def _count_key(invitation: Invitation) -> Item:
    return invitation_count_key(invitation.owner, invitation.created_at.date().isoformat())


def _attributes(value: Value) -> dict[str, Attribute]:
    return {name: serialize(each) for name, each in to_plain(value).items()}


def _seconds(at: datetime) -> Attribute:
    return {"N": str(int(at.timestamp()))}
