"""Rebuild what is derived from the images: index entries, the timeline, counts and usage.

Items of shared albums whose counterpart is missing are deleted.

In one region, they change with the image in one transaction. A global table replicates the items of
a transaction one by one, so the loss of a region leaves some of them behind. The images are taken
as they are, and everything else is compared with them; `reconcile` repairs the images themselves.

Memory is bounded by one page of the table and the images of one owner. Each repair is conditional
on what it was derived from: a change that is in progress fails it, and the next run finds it again.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo.album_entries import entry_item, rank_item
from sightline.adapters.dynamo.contribution_positions import ContributionPositions
from sightline.adapters.dynamo.image_index import HashIndexWriter, LabelIndexWriter
from sightline.adapters.dynamo.items import (
    IMAGE_PREFIX,
    TOTAL,
    USAGE_PREFIX,
    Item,
    album_contribution_key,
    calls_attribute,
    content_image_key,
    image_key,
    label_count_key,
    label_counts_partition,
    month_count_key,
    month_counts_partition,
    owner_partition,
    plain_item,
    rank_key,
    read_image,
    usage_key,
    word_count_key,
    word_counts_partition,
)
from sightline.adapters.dynamo.queries import read_many
from sightline.adapters.dynamo.reservations import count_committed
from sightline.adapters.dynamo.schema import TIMELINE_ATTRIBUTE
from sightline.adapters.dynamo.transactions import is_condition_failure, transact
from sightline.adapters.dynamo.upgrades import current_version, upgrade, version_of
from sightline.adapters.dynamo.word_index import WordIndexWriter
from sightline.domain.album_members import Contribution
from sightline.domain.albums import AlbumKey
from sightline.domain.image_words import WordField
from sightline.domain.images import REVISED, Image, PartName
from sightline.domain.object_keys import ImageKey
from sightline.domain.quotas import Amount
from sightline.domain.ranks import upload_rank
from sightline.settings import sqlite_path
from sightline_ops.sharing_items import SharingItem, parse_sharing_item
from sightline_ops.stack import InvalidOutputs, StackOutputs

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

#: Images of one owner that are read in one query.
QUERY_SIZE = 1000

#: Kinds of the terms whose entries belong to an image alone; albums have a row of their own.
IMAGE_TERMS = ("LABEL", "WORD", "HASH")

#: Kinds of the items that place an image in an album.
ALBUM_ITEMS = ("ALBUM", "RANK")


class DerivedKind(StrEnum):
    """What disagrees with the images."""

    MISSING_ENTRY = "missing index entry"
    EXTRA_ENTRY = "extra index entry"
    WRONG_COUNT = "wrong count"
    WRONG_POSITION = "wrong position in the timeline"
    #: A recognition result of bytes that no image has any more.
    LEFT_RESULT = "left recognition result"
    #: One of a pair of items, or a pair whose album, member or image is gone.
    LEFT_SHARE = "left item of a shared album"


class Placed(NamedTuple):
    """An item that places an image in an album; `is_exact` is whether it is derived from the image.

    A rank is not: any one will do.
    """

    image: Image
    album_id: str
    item: Item
    is_exact: bool


class DerivedFinding(NamedTuple):
    """An item that disagrees with the images, and the transaction that repairs it."""

    kind: DerivedKind
    owner: str
    detail: str
    repair: list[Any]


class Rebuilder:
    """Compares the derived items of one DynamoDB table with its images."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._labels = LabelIndexWriter(client, table)
        self._words = WordIndexWriter(client, table)
        self._hashes = HashIndexWriter(table)
        self._contributions = ContributionPositions(client, table)

    @classmethod
    async def open(cls, outputs: StackOutputs, exits: AsyncExitStack) -> "Rebuilder":
        """Raises `InvalidOutputs` if the table is not in DynamoDB."""
        if sqlite_path(outputs.table) is not None:
            raise InvalidOutputs("a table in SQLite is never replicated and needs no rebuild")
        clients = Clients(exits, outputs.region)
        return cls(await clients.open("dynamodb", outputs.endpoint), outputs.table)

    async def find(self) -> AsyncIterator[DerivedFinding]:
        """Iterate over all findings: first index entries and positions, then counts."""
        owners: set[str] = set()
        # Results in a partition that lists no image: most are of images without renditions.
        unlisted: dict[str, list[Item]] = {}
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table, ConsistentRead=True
        )
        async for page in pages:
            items = page["Items"]
            owners |= {pk[1] for item in items if (pk := _partition(item))[0] == "USER"}
            images = [read_image(each) for each in items if _is_image(each)]
            for finding in [
                *await self._find_missing(images),
                *await self._find_misplaced(images),
                *await self._find_left_in_album([each for each in items if _album_member(each)]),
                *await self._find_misplaced_contributions(
                    [_read_contribution(each) for each in items if _is_contribution(each)]
                ),
                *self._find_wrong_positions([each for each in items if _is_image(each)]),
                *await self._find_extra([each for each in items if _indexed_image(each)]),
                *await self._find_left_shares(items),
            ]:
                yield finding
            for item in filter(_is_result, items):
                if not await self._query(item["pk"]["S"], IMAGE_PREFIX):
                    unlisted.setdefault(_partition(item)[1], []).append(item)
        for owner in sorted(owners | unlisted.keys()):
            for finding in [
                *await self._find_wrong_counts(owner),
                *await self._find_left_results(owner, unlisted.get(owner, [])),
            ]:
                yield finding

    async def repair(self, finding: DerivedFinding) -> bool:
        """Repair a finding. Return whether it still applied."""
        try:
            await transact(self._client, finding.repair)
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            return False
        return True

    async def _find_missing(self, images: Iterable[Image]) -> list[DerivedFinding]:
        expected = {
            _key_of(entry): (image, entry)
            for image in images
            if image.deleted_at is None
            for entry in self._entries(image)
        }
        keys = [_item_key(*key) for key in expected]
        stored = await read_many(self._client, self._table, keys)
        # As values, because DynamoDB writes numbers in another form: 100 for 100.0.
        found = {_key_of(item): plain_item(item) for item in stored}
        return [
            DerivedFinding(
                DerivedKind.MISSING_ENTRY,
                image.owner,
                " ".join(key),
                [
                    self._check_row(image.key, image),
                    {"Put": {"TableName": self._table, "Item": entry}},
                ],
            )
            for key, (image, entry) in expected.items()
            if found.get(key) != plain_item(entry)
        ]

    async def _find_extra(self, entries: list[Item]) -> list[DerivedFinding]:
        named = [(entry, key) for entry in entries if (key := _indexed_image(entry))]
        rows = await read_many(
            self._client, self._table, [image_key(key) for key in {key for _, key in named}]
        )
        images = {image.key: image for image in map(read_image, rows)}
        expected = {_key_of(entry) for image in images.values() for entry in self._entries(image)}
        return [
            DerivedFinding(
                DerivedKind.EXTRA_ENTRY,
                key.owner,
                " ".join(_key_of(entry)),
                [
                    self._check_row(key, images.get(key)),
                    {"Delete": {"TableName": self._table, "Key": _item_key(*_key_of(entry))}},
                ],
            )
            for entry, key in named
            if _key_of(entry) not in expected
        ]

    async def _find_misplaced(self, images: Iterable[Image]) -> list[DerivedFinding]:
        """Return the images that an album does not list, or lists at another time of capture.

        Images that entered an album before albums had an order are among them.
        """
        expected = {
            _key_of(placed.item): placed
            for image in images
            if image.deleted_at is None
            for placed in _place(image)
        }
        stored = await read_many(self._client, self._table, [_item_key(*key) for key in expected])
        found = {_key_of(item): item for item in stored}
        return [
            DerivedFinding(
                DerivedKind.MISSING_ENTRY,
                placed.image.owner,
                " ".join(key),
                [
                    self._check_member(placed.image.key, placed.image, placed.album_id),
                    {"Put": {"TableName": self._table, "Item": placed.item}},
                ],
            )
            for key, placed in expected.items()
            if key not in found or (placed.is_exact and found[key] != placed.item)
        ]

    async def _find_left_in_album(self, items: list[Item]) -> list[DerivedFinding]:
        """Return the items of albums whose image does not belong to the album."""
        members = [(item, *member) for item in items if (member := _album_member(item))]
        keys = {key for _, key, _ in members}
        rows = await read_many(self._client, self._table, [image_key(key) for key in keys])
        images = {image.key: image for image in map(read_image, rows)}
        left = [
            (item, key, AlbumKey(key.owner, album_id))
            for item, key, album_id in members
            if key not in images or album_id not in images[key].albums
        ]
        # An image that a member added has a rank, and is not one of the owner.
        added = [album_contribution_key(album, key.image_id) for _, key, album in left]
        distinct = {_key_of(key): key for key in added}.values()
        found = {_key_of(row) for row in await read_many(self._client, self._table, distinct)}
        return [
            DerivedFinding(
                DerivedKind.EXTRA_ENTRY,
                key.owner,
                " ".join(_key_of(item)),
                [
                    self._check_member(key, images.get(key), album.album_id, "NOT "),
                    self._check_absent(contribution),
                    {"Delete": {"TableName": self._table, "Key": _item_key(*_key_of(item))}},
                ],
            )
            for (item, key, album), contribution in zip(left, added, strict=True)
            if not (_is_rank(item) and _key_of(contribution) in found)
        ]

    async def _find_misplaced_contributions(
        self, stored: list[tuple[Contribution, str | None]]
    ) -> list[DerivedFinding]:
        """Return the images of members at a wrong place in the orders of an album.

        Those that were added before albums listed them in their orders are among them.
        """
        keys = [image_key(each.image) for each, _ in stored]
        keys += [rank_key(each.album, each.image_id) for each, _ in stored]
        distinct = {_key_of(key): key for key in keys}.values()
        rows = {_key_of(row): row for row in await read_many(self._client, self._table, distinct)}
        findings = []
        for each, position in stored:
            row = rows.get(_key_of(image_key(each.image)))
            if row is None:
                # It is left, and removed as such.
                continue
            image = read_image(row)
            detail = " ".join(_key_of(album_contribution_key(each.album, each.image_id)))
            if position != image.capture_position:
                moves = self._contributions.move(image, [each.album])
                repair = [self._contributions.unchanged(image), *moves]
                kind = DerivedKind.WRONG_POSITION
                findings.append(DerivedFinding(kind, each.owner, detail, repair))
            if _key_of(rank_key(each.album, each.image_id)) not in rows:
                rank = rank_item(each.album, each.image_id, upload_rank(each.image_id))
                repair = [self._check_present(album_contribution_key(each.album, each.image_id))]
                repair.append({"Put": {"TableName": self._table, "Item": rank}})
                kind = DerivedKind.MISSING_ENTRY
                findings.append(DerivedFinding(kind, each.owner, f"rank of {detail}", repair))
        return findings

    def _check_absent(self, key: Item) -> Any:
        absent = {"Key": key, "ConditionExpression": "attribute_not_exists(pk)"}
        return {"ConditionCheck": {"TableName": self._table, **absent}}

    def _check_present(self, key: Item) -> Any:
        present = {"Key": key, "ConditionExpression": "attribute_exists(pk)"}
        return {"ConditionCheck": {"TableName": self._table, **present}}

    def _check_member(
        self, key: ImageKey, image: Image | None, album_id: str, negation: str = ""
    ) -> Any:
        """Return the condition that the row is as it was read, and names the album or does not."""
        check: Any = self._check_row(key, image)
        if image is not None:
            condition = check["ConditionCheck"]
            condition["ConditionExpression"] += f" AND {negation}contains(albums, :album)"
            condition["ExpressionAttributeValues"][":album"] = {"S": album_id}
        return check

    async def _find_left_shares(self, items: list[Item]) -> list[DerivedFinding]:
        """Return items of shared albums without what they need.

        They are deleted: a person may lose access to an album, and never gets it.
        """
        shares = [share for item in items if (share := parse_sharing_item(item))]
        needed = {_key_of(key): key for each in shares for key in (each.pair, *each.required)}
        stored = await read_many(self._client, self._table, needed.values())
        found = {_key_of(item) for item in stored}
        return [
            DerivedFinding(
                DerivedKind.LEFT_SHARE,
                each.owner,
                " ".join(_key_of(each.key)),
                self._remove_share(each, missing),
            )
            for each in shares
            if (missing := _find_missing_key(each, found)) is not None
        ]

    def _remove_share(self, share: SharingItem, missing: Item) -> list[Any]:
        """Return the deletion of the item, and of its pair, while the key is still missing."""
        keys = [share.key] if missing == share.pair else [share.key, share.pair]
        keys += share.dependents
        return [
            self._check_absent(missing),
            *({"Delete": {"TableName": self._table, "Key": key}} for key in keys),
        ]

    def _find_wrong_positions(self, rows: list[Item]) -> list[DerivedFinding]:
        """Return the rows whose position in the timeline is not that of their image.

        Rows of an earlier version have none until they are migrated.
        """
        findings = []
        for row in rows:
            image, stored = read_image(row), row.get(TIMELINE_ATTRIBUTE)
            expected = image.timeline_position
            if image.is_outdated or stored == (expected and {"S": expected}):
                continue
            condition: Any = self._check_row(image.key, image)["ConditionCheck"]
            update = f"REMOVE {TIMELINE_ATTRIBUTE}"
            if expected is not None:
                update = f"SET {TIMELINE_ATTRIBUTE} = :position"
                condition["ExpressionAttributeValues"][":position"] = {"S": expected}
            write = {"Update": {**condition, "UpdateExpression": update}}
            detail = " ".join(_key_of(row))
            finding = DerivedFinding(DerivedKind.WRONG_POSITION, image.owner, detail, [write])
            findings.append(finding)
        return findings

    def _entries(self, image: Image) -> list[Item]:
        """Return the index entries that the image must have."""
        writes = [
            *self._labels.changes(image.key, {}, image.indexed_labels),
            *self._hashes.changes(image.key, None, image.perceptual_hash),
            *self._words.entries(image.key, _named_words(image)),
        ]
        entries: list[Item] = [dict(write["Put"]["Item"]) for write in writes if "Put" in write]
        if image.renditions.result is not None:
            entries.append(content_image_key(image))
        return entries

    def _check_row(self, key: ImageKey, image: Image | None) -> Any:
        """Return the condition that the row of an image is as it was read, or is still missing."""
        check: Any = {"TableName": self._table, "Key": image_key(key)}
        if image is None:
            return {"ConditionCheck": {**check, "ConditionExpression": "attribute_not_exists(pk)"}}
        conditions = [f"#{name}.#revision = :{name}" for name in REVISED]
        if image.deleted_at is None:
            conditions.append("attribute_not_exists(deleted_at)")
        return {
            "ConditionCheck": {
                **check,
                "ConditionExpression": " AND ".join(conditions),
                "ExpressionAttributeNames": {
                    "#revision": "revision",
                    **{f"#{name}": name for name in REVISED},
                },
                "ExpressionAttributeValues": {
                    f":{name}": {"N": str(getattr(image, name).revision)} for name in REVISED
                },
            }
        }

    async def _find_wrong_counts(self, owner: str) -> list[DerivedFinding]:
        # Read before the images: a change in between fails the condition of the repair.
        counts = await self._query(label_counts_partition(owner))
        months = await self._query(month_counts_partition(owner))
        words = await self._query(word_counts_partition(owner))
        usage = await self._query(owner_partition(owner), USAGE_PREFIX)
        images = await self._read_images(owner)
        periods = {row["sk"].removeprefix(USAGE_PREFIX): row for row in usage}
        return [
            *self._compare_labels(owner, counts, images),
            *self._compare_months(owner, months, images),
            *self._compare_words(owner, words, images),
            *self._compare_usage(owner, periods, images),
        ]

    async def _read_images(self, owner: str) -> list[Image]:
        rows = await self._query(owner_partition(owner), IMAGE_PREFIX)
        return [
            Image.model_validate(
                upgrade("image", row) | {"is_outdated": version_of(row) < current_version("image")}
            )
            for row in rows
        ]

    async def _find_left_results(self, owner: str, results: list[Item]) -> list[DerivedFinding]:
        """Return the results of bytes that no image of the owner has."""
        if not results:
            return []
        known = {image.sha256 for image in await self._read_images(owner)}
        return [
            DerivedFinding(
                DerivedKind.LEFT_RESULT,
                owner,
                " ".join(_key_of(item)),
                [{"Delete": {"TableName": self._table, "Key": _item_key(*_key_of(item))}}],
            )
            for item in results
            if _partition(item)[2] not in known
        ]

    def _compare_labels(
        self, owner: str, counts: list[dict[str, Any]], images: list[Image]
    ) -> list[DerivedFinding]:
        stored = {row["sk"]: int(row["images"]) for row in counts}
        shown = {name: label.name for image in images for name, label in image.labels.items()}
        expected = Counter(name for image in images for name in image.indexed_labels)
        return [
            self._set(
                owner,
                label_count_key(owner, label),
                "images",
                stored.get(label),
                expected[label],
                shown.get(label, label),
            )
            for label in sorted(expected.keys() | stored.keys())
            if stored.get(label, 0) != expected[label]
        ]

    def _compare_months(
        self, owner: str, months: list[dict[str, Any]], images: list[Image]
    ) -> list[DerivedFinding]:
        stored = {row["sk"]: int(row["images"]) for row in months}
        expected = Counter(
            month for image in images if not image.is_outdated and (month := image.timeline_month)
        )
        return [
            self._set(
                owner, month_count_key(owner, month), "images", stored.get(month), expected[month]
            )
            for month in sorted(expected.keys() | stored.keys())
            if stored.get(month, 0) != expected[month]
        ]

    def _compare_words(
        self, owner: str, counts: list[dict[str, Any]], images: list[Image]
    ) -> list[DerivedFinding]:
        stored = {row["sk"]: int(row["images"]) for row in counts}
        expected = Counter(word for image in images for word in image.indexed_words)
        return [
            self._set(
                owner, word_count_key(owner, word), "images", stored.get(word), expected[word]
            )
            for word in sorted(expected.keys() | stored.keys())
            if stored.get(word, 0) != expected[word]
        ]

    def _compare_usage(
        self, owner: str, periods: dict[str, Any], images: list[Image]
    ) -> list[DerivedFinding]:
        """Return the differences of the totals, and of months that count too little.

        A month also counts images that were deleted since, so more is no finding. Reservations
        are no finding: those that no upload has lapse by themselves.
        """
        findings = []
        for period, expected in _count_usage(images).items():
            row = periods.get(period, {})
            if period == TOTAL:
                expected |= count_committed(row, Amount(expected["images"], expected["bytes"]))
            for name, count in expected.items():
                before = int(row[name]) if name in row else None
                if (before or 0) < count or (period == TOTAL and (before or 0) != count):
                    key = usage_key(owner, period)
                    findings.append(self._set(owner, key, name, before, count))
        return findings

    def _set(
        self,
        owner: str,
        key: Item,
        name: str,
        before: int | None,
        count: int,
        shown: str | None = None,
    ) -> DerivedFinding:
        """Return the finding that an attribute is `before`, None if absent, and not `count`."""
        names, values = {"#count": name}, {":count": {"N": str(count)}}
        update, condition = "SET #count = :count", "attribute_not_exists(#count)"
        if before is not None:
            condition = "#count = :before"
            values[":before"] = {"N": str(before)}
        if shown is not None:
            update += ", #name = if_not_exists(#name, :name)"
            names["#name"] = "name"
            values[":name"] = {"S": shown}
        write = {
            "TableName": self._table,
            "Key": key,
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
        detail = f"{' '.join(_key_of(key))} {name}: {before}, expected {count}"
        return DerivedFinding(DerivedKind.WRONG_COUNT, owner, detail, [{"Update": write}])

    async def _query(self, pk: str, prefix: str | None = None) -> list[dict[str, Any]]:
        """Return all rows of a partition, or those whose sort key begins with the prefix."""
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            "ConsistentRead": True,
            "Limit": QUERY_SIZE,
        }
        if prefix is not None:
            request["KeyConditionExpression"] += " AND begins_with(sk, :prefix)"
            request["ExpressionAttributeValues"][":prefix"] = {"S": prefix}
        rows: list[dict[str, Any]] = []
        while True:
            response = await self._client.query(**request)
            rows += map(plain_item, response["Items"])
            if "LastEvaluatedKey" not in response:
                return rows
            request["ExclusiveStartKey"] = response["LastEvaluatedKey"]


def _place(image: Image) -> list[Placed]:
    """Return the items that place the image in its albums."""
    albums = [AlbumKey(image.owner, album_id) for album_id in sorted(image.albums)]
    rank = upload_rank(image.image_id)
    return [
        *(Placed(image, key.album_id, entry_item(key, image), True) for key in albums),
        *(
            Placed(image, key.album_id, rank_item(key, image.image_id, rank), False)
            for key in albums
        ),
    ]


def _album_member(item: Item) -> tuple[ImageKey, str] | None:
    """Return the image and the album of an item that places one in the other."""
    match _partition(item):
        case ["USER", owner, kind, album_id] if kind in ALBUM_ITEMS:
            return ImageKey(owner, item["sk"]["S"]), album_id
    return None


def _is_rank(item: Item) -> bool:
    return _partition(item)[2:3] == ["RANK"]


def _is_contribution(item: Item) -> bool:
    return _partition(item)[2:3] == ["CONTRIBUTIONS"]


def _read_contribution(item: Item) -> tuple[Contribution, str | None]:
    """Return a contribution to an album, and its position by time of capture."""
    plain = plain_item(item)
    return Contribution.model_validate(plain), plain.get(TIMELINE_ATTRIBUTE)


def _find_missing_key(share: SharingItem, found: set[tuple[str, str]]) -> Item | None:
    needed = (share.pair, *share.required)
    return next((key for key in needed if _key_of(key) not in found), None)


def _named_words(image: Image) -> dict[str, frozenset[WordField]]:
    """Return the words that the row names, with their fields."""
    words = image.word_fields
    return {word: words.get(word, frozenset()) for word in image.indexed_words}


def _count_usage(images: list[Image]) -> dict[str, Counter[str]]:
    """Return the totals, and what each month counts at least, by attribute."""
    usage: dict[str, Counter[str]] = {
        TOTAL: Counter(images=0, bytes=0, trashed_images=0, trashed_bytes=0)
    }
    for image in images:
        if image.renditions.etag is not None:
            arrival = Counter(images=1, bytes=image.bytes)
            usage[TOTAL].update(arrival)
            if image.is_trash_counted:
                usage[TOTAL].update(trashed_images=1, trashed_bytes=image.bytes)
            usage.setdefault(_month(image, "renditions"), Counter()).update(arrival)
        calls = Counter({calls_attribute(name): count for name, count in image.calls.items()})
        if calls:
            usage.setdefault(_month(image, "recognition"), Counter()).update(calls)
    return usage


def _month(image: Image, part: PartName) -> str:
    """Return the month in which a part was last written, as far as the row states it."""
    at = image.part(part).finished_at or image.part(part).started_at or image.created_at
    return at.strftime("%Y-%m")


def _partition(item: Item) -> list[str]:
    return str(item["pk"]["S"]).split("#")


def _is_image(item: Item) -> bool:
    return len(_partition(item)) == 2 and item["sk"]["S"].startswith(IMAGE_PREFIX)


def _is_result(item: Item) -> bool:
    return _partition(item)[0] == "CONTENT" and "result" in item


def _indexed_image(item: Item) -> ImageKey | None:
    """Return the image that an index entry belongs to; None for any other item."""
    match _partition(item):
        case ["USER", owner, kind, _] if kind in IMAGE_TERMS:
            return ImageKey(owner, item["sk"]["S"])
        case ["CONTENT", owner, _] if item["sk"]["S"].startswith(IMAGE_PREFIX):
            return ImageKey(owner, item["sk"]["S"].removeprefix(IMAGE_PREFIX))
    return None


def _key_of(item: Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _item_key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}
