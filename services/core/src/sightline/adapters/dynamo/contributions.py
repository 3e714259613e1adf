"""Contributions to albums in DynamoDB: an item of the album, and one of the contributor's image.

Both hold the whole contribution, and change in one transaction. The item of the album also has the
position by time of capture (see `contribution_positions`), and a rank beside those of the images of
the album's owner (see `album_entries`) has the manual one.
"""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.contribution_positions import ContributionPositions
from sightline.adapters.dynamo.items import (
    Item,
    album_contribution_key,
    album_key,
    contributions_partition,
    image_contribution_key,
    image_key,
    member_key,
    plain_item,
    rank_key,
    read_album,
    read_image,
    to_plain,
)
from sightline.adapters.dynamo.queries import query, read_many
from sightline.adapters.dynamo.schema import TIMELINE_ATTRIBUTE, TIMELINE_INDEX
from sightline.adapters.dynamo.transactions import LIVE, raise_conflict, transact
from sightline.batching import in_batches
from sightline.domain.album_members import (
    AlbumRole,
    Contribution,
    Member,
    MemberNotFound,
    Visibility,
    contribute,
)
from sightline.domain.albums import AlbumKey, AlbumNotFound, AlbumSort
from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.ranks import manual_position, new_ranks
from sightline.domain.states import Status
from sightline.optimistic import retry_conflicts
from sightline.ports.contribution_table import ContributionEntry

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Images that enter an album in one transaction of 100 items: four for each, and two more.
IMAGES_PER_TRANSACTION = 24

#: Contributions that are removed in one transaction of 100 items: three for each.
REMOVALS_PER_TRANSACTION = 33

#: Attempts to derive a change while an image, the member or the album changes.
ATTEMPTS = 10

#: A condition: the image is not in the trash.
NOT_TRASHED = "attribute_not_exists(details.trashed_at)"


class DynamoContributionTable:
    """`ContributionTable` in the same DynamoDB table as albums and images."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._positions = ContributionPositions(client, table)

    async def add(
        self, member: Member, image_ids: Sequence[str], visibility: Visibility
    ) -> frozenset[str]:
        inside: set[str] = set()
        for batch in in_batches(dict.fromkeys(image_ids), IMAGES_PER_TRANSACTION):
            inside |= await self._add_batch(member, batch, visibility)
        return frozenset(inside)

    async def remove(
        self, album: AlbumKey, image_ids: Sequence[str], contributor: str | None = None
    ) -> frozenset[str]:
        found = await self.get_many(album, image_ids)
        removed = [each for each in found if contributor in {None, each.contributor}]
        await self._delete(removed)
        return frozenset(each.image_id for each in removed)

    async def list_entries(
        self, album: AlbumKey, sort: AlbumSort, limit: int, after: str | None = None
    ) -> list[ContributionEntry]:
        if sort is AlbumSort.MANUAL:
            raise ValueError(sort)
        request = self._album_request(album)
        request |= {"ScanIndexForward": sort.is_ascending, "Limit": limit}
        attribute = "sk" if sort.is_by_upload else TIMELINE_ATTRIBUTE
        if after is not None:
            comparison = ">" if sort.is_ascending else "<"
            request["KeyConditionExpression"] += f" AND #position {comparison} :after"
            request["ExpressionAttributeNames"] = {"#position": attribute}
            request["ExpressionAttributeValues"][":after"] = {"S": after}
        if not sort.is_by_upload:
            # An index that is not consistent, and has only the positions.
            request |= {"IndexName": TIMELINE_INDEX, "ConsistentRead": False}
        items = await query(self._client, request, limit)
        if sort.is_by_upload:
            return [
                ContributionEntry(Contribution.model_validate(each), each["sk"]) for each in items
            ]
        found = {
            each.image_id: each for each in await self.get_many(album, [i["sk"] for i in items])
        }
        return [
            ContributionEntry(found[item["sk"]], item[attribute])
            for item in items
            if item["sk"] in found
        ]

    async def get(self, album: AlbumKey, image_id: str) -> Contribution | None:
        response = await self._client.get_item(
            TableName=self._table, Key=album_contribution_key(album, image_id), ConsistentRead=True
        )
        return _read_contribution(response["Item"]) if "Item" in response else None

    async def get_many(self, album: AlbumKey, image_ids: Sequence[str]) -> list[Contribution]:
        keys = [album_contribution_key(album, image_id) for image_id in dict.fromkeys(image_ids)]
        return list(map(_read_contribution, await read_many(self._client, self._table, keys)))

    async def list_albums(self, image: ImageKey) -> list[AlbumKey]:
        return await self._positions.list_albums(image)

    async def remove_contributor(self, album: AlbumKey, contributor: str) -> None:
        request = self._album_request(album)
        request["FilterExpression"] = "contributor = :contributor"
        request["ExpressionAttributeValues"][":contributor"] = {"S": contributor}
        await self._delete_found(request)

    async def remove_all(self, album: AlbumKey) -> None:
        await self._delete_found(self._album_request(album))

    @retry_conflicts(ATTEMPTS)
    async def _add_batch(
        self, member: Member, image_ids: list[str], visibility: Visibility
    ) -> set[str]:
        """Add the images of one transaction. Raises `Conflict` and the errors of `add`."""
        await self._check_access(member)
        keys = [image_key(ImageKey(member.member, image_id)) for image_id in image_ids]
        images = map(read_image, await read_many(self._client, self._table, keys))
        added = [
            image
            for image in images
            if not image.is_hidden and image.status is not Status.AWAITING_UPLOAD
        ]
        if added:
            changes = [
                change
                for image, rank in zip(added, new_ranks(len(added)), strict=True)
                for change in self._enter(member, image, visibility, rank)
            ]
            try:
                await transact(self._client, [*self._access_conditions(member), *changes])
            except ClientError as error:
                raise_conflict(error)
        return {image.image_id for image in added}

    async def _check_access(self, member: Member) -> None:
        """Raise `AlbumNotFound` or `MemberNotFound` if the member may not contribute now."""
        keys = [album_key(member.album), member_key(member.album, member.member)]
        rows = await read_many(self._client, self._table, keys)
        found = {row["sk"]["S"]: row for row in rows}
        album, current = (found.get(key["sk"]["S"]) for key in keys)
        if album is None or read_album(album).deleted_at is not None:
            raise AlbumNotFound(member.album_id)
        if current is None or not Member.model_validate(plain_item(current)).may_contribute:
            raise MemberNotFound(member.member_id)

    def _access_conditions(self, member: Member) -> "list[TransactWriteItemTypeDef]":
        return [
            {
                "ConditionCheck": {
                    "TableName": self._table,
                    "Key": album_key(member.album),
                    "ConditionExpression": LIVE,
                }
            },
            {
                "ConditionCheck": {
                    "TableName": self._table,
                    "Key": member_key(member.album, member.member),
                    "ConditionExpression": "#role = :role AND attribute_not_exists(ended_at)",
                    "ExpressionAttributeNames": {"#role": "role"},
                    "ExpressionAttributeValues": {":role": {"S": AlbumRole.CONTRIBUTOR.value}},
                }
            },
        ]

    def _enter(
        self, member: Member, image: Image, visibility: Visibility, rank: str
    ) -> "list[TransactWriteItemTypeDef]":
        """Return the writes of a contribution, at the rank that it has already, if any."""
        contribution = contribute(member, image.image_id, visibility, now())
        plain = to_plain(contribution)
        attributes = {name: serialize(value) for name, value in plain.items()}
        of_album, of_image, rank_of = _keys(contribution)
        placed = {TIMELINE_ATTRIBUTE: {"S": image.capture_position}}
        position = manual_position(rank, image.image_id)
        return [
            self._positions.unchanged(image, f"{LIVE} AND {NOT_TRASHED}"),
            {"Put": {"TableName": self._table, "Item": of_album | attributes | placed}},
            {"Put": {"TableName": self._table, "Item": of_image | attributes}},
            {
                "Update": {
                    "TableName": self._table,
                    "Key": rank_of,
                    "UpdateExpression": "SET #timeline = if_not_exists(#timeline, :position)",
                    "ExpressionAttributeNames": {"#timeline": TIMELINE_ATTRIBUTE},
                    "ExpressionAttributeValues": {":position": {"S": position}},
                }
            },
        ]

    async def _delete_found(self, request: Any) -> None:
        items = await query(self._client, request, sys.maxsize)
        await self._delete([Contribution.model_validate(item) for item in items])

    async def _delete(self, contributions: Iterable[Contribution]) -> None:
        for batch in in_batches(contributions, REMOVALS_PER_TRANSACTION):
            deletions: list[TransactWriteItemTypeDef] = [
                {"Delete": {"TableName": self._table, "Key": key}}
                for each in batch
                for key in _keys(each)
            ]
            await transact(self._client, deletions)

    def _album_request(self, album: AlbumKey) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": contributions_partition(album)}},
            "ConsistentRead": True,
        }


def _keys(contribution: Contribution) -> tuple[Item, Item, Item]:
    """Return the keys of the album's item, of the contributor's item, and of the rank."""
    return (
        album_contribution_key(contribution.album, contribution.image_id),
        image_contribution_key(contribution.image, contribution.album_id),
        rank_key(contribution.album, contribution.image_id),
    )


def _read_contribution(item: Item) -> Contribution:
    return Contribution.model_validate(plain_item(item))
