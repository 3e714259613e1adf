"""Rebuilding index entries and counts from the images, with the emulator of the ops tests."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from ops.conftest import UploadImage
from sightline.adapters.aws.clients import Clients
from sightline.domain.album_members import AlbumRole, Visibility
from sightline.domain.albums import Album, AlbumSort
from sightline.domain.clock import now
from sightline.domain.flags import FAVORITE
from sightline.domain.ids import new_album_id
from sightline.domain.images import Image
from sightline.domain.quotas import Quotas, Reservation, StorageFull, reservation_end
from sightline.domain.timeline import MonthCount, TimelineRange
from sightline.ports.image_index import Term
from sightline_ops.__main__ import ExitCode, main
from sightline_ops.rebuild import DerivedKind, Rebuilder
from sightline_ops.stack import Stack, StackOutputs
from sightline_testing.builders import (
    ETAG,
    count_labels,
    create_album,
    create_member,
    edit_details,
    find_labeled,
    make_image,
    make_invitation,
    with_hash,
    with_recognition,
)

HASH = "00000000000000ff"


class TornTable:
    """A table with one processed image, whose derived items a test changes."""

    def __init__(self, stack: Stack, rebuilder: Rebuilder, client: Any, table: str) -> None:
        self.stack, self.rebuilder = stack, rebuilder
        self._client, self._table = client, table

    async def process(self, image: Image) -> Image:
        hashed = with_hash(image, HASH)
        recognized = with_recognition(hashed, "Dog")
        await self.stack.tables.images.store(image, hashed)
        await self.stack.tables.images.store(hashed, recognized)
        return recognized

    async def delete(self, pk: str, sk: str) -> None:
        await self._client.delete_item(TableName=self._table, Key=_key(pk, sk))

    async def put(self, pk: str, sk: str, **numbers: int) -> None:
        values = {name: {"N": str(value)} for name, value in numbers.items()}
        await self._client.put_item(TableName=self._table, Item={**_key(pk, sk), **values})

    async def update(self, pk: str, sk: str, expression: str) -> None:
        await self._client.update_item(
            TableName=self._table,
            Key=_key(pk, sk),
            UpdateExpression=expression,
            ExpressionAttributeValues={":old": {"S": "1987-08-02T00:00:00.000000#x"}},
        )

    async def add(self, pk: str, sk: str, **steps: int) -> None:
        await self._client.update_item(
            TableName=self._table,
            Key=_key(pk, sk),
            UpdateExpression="ADD " + ", ".join(f"{name} :{name}" for name in steps),
            ExpressionAttributeValues={
                f":{name}": {"N": str(step)} for name, step in steps.items()
            },
        )

    async def put_result(self, pk: str) -> None:
        item = {**_key(pk, "RECOGNITION#labels"), "result": {"M": {}}}
        await self._client.put_item(TableName=self._table, Item=item)

    async def find(self) -> list[tuple[DerivedKind, str]]:
        return [(each.kind, each.detail) async for each in self.rebuilder.find()]

    async def repair(self) -> list[bool]:
        return [await self.rebuilder.repair(each) async for each in self.rebuilder.find()]


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


@pytest.fixture
async def torn(stack: Stack, clients: Clients, outputs_path: Path) -> AsyncIterator[TornTable]:
    outputs = StackOutputs.read(outputs_path)
    async with AsyncExitStack() as exits:
        rebuilder = await Rebuilder.open(outputs, exits)
        yield TornTable(stack, rebuilder, await clients.open("dynamodb"), outputs.table)


async def test_a_whole_table_has_no_findings(torn: TornTable, upload: UploadImage) -> None:
    image = await torn.process(await upload())
    edited = edit_details(image, added=("Beach",))
    await torn.stack.tables.images.store(image, edited)
    # DynamoDB writes the confidence 100.0 in this form.
    await torn.put(f"USER#{image.owner}#LABEL#beach", image.image_id, confidence=100)
    assert await torn.find() == []


async def test_missing_entries_are_written_again(torn: TornTable, upload: UploadImage) -> None:
    image = await torn.process(await upload())
    user = f"USER#{image.owner}"
    keys = [
        (f"{user}#LABEL#dog", image.image_id),
        (f"{user}#WORD#dog", image.image_id),
        (f"{user}#HASH#0-0ff", image.image_id),
        (f"CONTENT#{image.owner}#{image.sha256}", f"IMAGE#{image.image_id}"),
    ]
    for key in keys:
        await torn.delete(*key)
    assert sorted(await torn.find()) == sorted(
        (DerivedKind.MISSING_ENTRY, " ".join(key)) for key in keys
    )
    assert all(await torn.repair())
    assert await torn.find() == []
    assert await find_labeled(torn.stack.tables, image.owner, "Dog") == {image.image_id: 91.25}


async def test_entries_without_their_image_are_deleted(
    torn: TornTable, upload: UploadImage
) -> None:
    """Of an image that has not the label, and of one that does not exist."""
    image = await torn.process(await upload())
    pk = f"USER#{image.owner}#LABEL#cat"
    for image_id in (image.image_id, "01a21c09-4618-77e1-8648-7ea475d7cce6"):
        await torn.put(pk, image_id, confidence=90)
    assert {kind for kind, _ in await torn.find()} == {DerivedKind.EXTRA_ENTRY}
    assert await torn.repair() == [True, True]
    assert await find_labeled(torn.stack.tables, image.owner, "Cat") == {}
    assert await torn.find() == []


async def test_images_are_placed_in_their_albums_again(
    torn: TornTable, upload: UploadImage
) -> None:
    """As after replication, and as in albums that are older than their orders."""
    image = await torn.process(await upload())
    at, owner = now(), image.owner
    other = make_image(owner)
    await torn.stack.tables.images.create(other)
    await torn.process(other)
    first, second = image.image_id, other.image_id
    album = Album(owner=owner, album_id=new_album_id(), title="A", created_at=at, updated_at=at)
    albums = torn.stack.tables.albums
    await albums.create(album)
    await albums.add_images(album.key, [second, first])
    assert await torn.find() == []
    entries, ranks = (f"USER#{owner}#{kind}#{album.album_id}" for kind in ("ALBUM", "RANK"))
    foreign = "01a21c09-4618-77e1-8648-7ea475d7cce6"
    for pk in (entries, ranks):
        await torn.put(pk, foreign)
    await torn.put(entries, first)
    await torn.update(entries, second, "SET timeline = :old")
    for image_id in (first, second):
        await torn.delete(ranks, image_id)
    assert sorted(await torn.find()) == sorted(
        (DerivedKind.EXTRA_ENTRY if image_id == foreign else DerivedKind.MISSING_ENTRY, detail)
        for image_id in (first, second, foreign)
        for detail in (f"{entries} {image_id}", f"{ranks} {image_id}")
    )
    assert all(await torn.repair())
    assert await torn.find() == []
    for sort in (AlbumSort.TAKEN_OLDEST, AlbumSort.MANUAL):
        listed = await albums.list_entries(album.key, sort, 10)
        assert [each.image_id for each in listed] == [first, second]


async def test_the_timeline_is_corrected(torn: TornTable, upload: UploadImage) -> None:
    """Months that count too much or too little, and a position that replication left behind."""
    image = await torn.process(await upload())
    months = f"USER#{image.owner}#MONTHS"
    await torn.put(months, image.timeline_month or "", images=5)
    await torn.put(months, "1987-08", images=1)
    await torn.update(f"USER#{image.owner}", f"IMAGE#{image.image_id}", "SET timeline = :old")
    kinds = [kind for kind, _ in await torn.find()]
    assert sorted(kinds) == [DerivedKind.WRONG_COUNT] * 2 + [DerivedKind.WRONG_POSITION]
    assert all(await torn.repair())
    assert await torn.find() == []
    timeline = torn.stack.tables.timeline
    assert await timeline.count_months(image.owner) == [MonthCount(image.timeline_month or "", 1)]
    assert (await timeline.page(image.owner, 10, TimelineRange())).images == [image.summary]


async def test_the_archive_is_corrected(torn: TornTable, upload: UploadImage) -> None:
    """No month counts an archived image, and the index has it and its flags."""
    image = await torn.process(await upload())
    archived = edit_details(image, archived=True, favorite=True)
    await torn.stack.tables.images.store(image, archived)
    assert await torn.find() == []
    await torn.put(f"USER#{image.owner}#MONTHS", image.timeline_month or "", images=1)
    await torn.update(f"USER#{image.owner}", f"IMAGE#{image.image_id}", "SET timeline = :old")
    await torn.delete(f"USER#{image.owner}#WORD#{FAVORITE}", image.image_id)
    await torn.put(f"USER#{image.owner}#WORDS", FAVORITE, images=3)
    assert all(await torn.repair())
    assert await torn.find() == []
    timeline, index = torn.stack.tables.timeline, torn.stack.tables.index
    assert await timeline.count_months(image.owner) == []
    assert (await timeline.page(image.owner, 10, TimelineRange())).images == []
    found = await timeline.page(image.owner, 10, TimelineRange().in_archive())
    assert found.images == [archived.summary]
    favorites = Term("word", FAVORITE)
    assert [each.image_id for each in await index.find(image.owner, favorites, 10)] == [
        image.image_id
    ]
    assert await index.count_images(image.owner, [favorites]) == [1]


async def test_wrong_counts_are_corrected(torn: TornTable, upload: UploadImage) -> None:
    image = await torn.process(await upload())
    user = f"USER#{image.owner}"
    await torn.delete(f"{user}#LABELS", "dog")
    await torn.put(f"{user}#LABELS", "cat", images=3)
    await torn.delete(f"{user}#WORDS", "dog")
    await torn.put(f"{user}#WORDS", "cat", images=3)
    await torn.put(user, "USAGE#total", images=7, bytes=5)
    month = image.created_at.strftime("%Y-%m")
    await torn.put(user, f"USAGE#{month}", images=9, bytes=50)
    details = [detail for _, detail in await torn.find()]
    assert sorted(details) == sorted(
        [
            f"{user}#LABELS cat images: 3, expected 0",
            f"{user}#LABELS dog images: None, expected 1",
            f"{user}#WORDS cat images: 3, expected 0",
            f"{user}#WORDS dog images: None, expected 1",
            f"{user} USAGE#total images: 7, expected 1",
            # Images and bytes of the month may include deleted images.
            f"{user} USAGE#{month} calls_labels: None, expected 1",
        ]
    )
    assert all(await torn.repair())
    assert await torn.find() == []
    assert await count_labels(torn.stack.tables, image.owner) == {"Dog": 1}
    assert (await torn.stack.tables.usage.read(image.owner)).images == 1


async def test_results_of_deleted_images_are_removed(torn: TornTable, upload: UploadImage) -> None:
    """The deletion of the row was replicated, and that of the result was not."""
    image = await torn.process(await upload())
    await torn.put_result(f"CONTENT#{image.owner}#{image.sha256}")
    assert await torn.find() == []
    left = f"CONTENT#{image.owner}#{'0' * 64}"
    await torn.put_result(left)
    assert await torn.find() == [(DerivedKind.LEFT_RESULT, f"{left} RECOGNITION#labels")]
    assert await torn.repair() == [True]
    assert await torn.find() == []


async def test_a_change_since_the_finding_fails_its_repair(
    torn: TornTable, upload: UploadImage
) -> None:
    image = await torn.process(await upload())
    await torn.delete(f"USER#{image.owner}#LABEL#dog", image.image_id)
    await torn.put(f"USER#{image.owner}", "USAGE#total", images=2, bytes=5)
    missing, count = [each async for each in torn.rebuilder.find()]
    again = image.with_part("recognition", image.recognition.begin(ETAG))
    await torn.stack.tables.images.store(image, again)
    await torn.put(f"USER#{image.owner}", "USAGE#total", images=3, bytes=5)
    assert not await torn.rebuilder.repair(missing)
    assert not await torn.rebuilder.repair(count)


async def test_an_interrupted_deletion_is_left_to_reconcile(
    torn: TornTable, upload: UploadImage
) -> None:
    image = await torn.process(await upload())
    await torn.delete(f"USER#{image.owner}#LABEL#dog", image.image_id)
    await torn.stack.tables.images.begin_deletion(image.key)
    assert await torn.find() == []


async def test_the_command_repairs_only_with_apply(
    torn: TornTable,
    outputs_path: Path,
    upload: UploadImage,
    capsys: pytest.CaptureFixture[str],
) -> None:
    image = await torn.process(await upload())
    await torn.delete(f"USER#{image.owner}#LABEL#dog", image.image_id)
    command = ["--stack", str(outputs_path), "--json", "rebuild"]
    for apply, code in (([], ExitCode.PROBLEMS_FOUND), (["--apply"], ExitCode.OK)):
        with pytest.raises(SystemExit) as ended:
            await asyncio.to_thread(main, [*command, *apply])
        assert ended.value.code == code
        assert json.loads(capsys.readouterr().out) == {
            "kind": "missing index entry",
            "owner": image.owner,
            "detail": f"USER#{image.owner}#LABEL#dog {image.image_id}",
            "repaired": bool(apply),
        }
    assert await torn.find() == []


async def test_counts_of_the_quotas_are_repaired(torn: TornTable, upload: UploadImage) -> None:
    image = await torn.process(await upload())
    usage, quotas = torn.stack.tables.usage, Quotas(images=5)
    until = reservation_end(time.time())
    await usage.reserve(Reservation(image.owner, 7, until), quotas)
    assert await torn.find() == []
    await torn.add(f"USER#{image.owner}", "USAGE#total", committed_images=3, reserved_images=-1)
    kinds = [kind for kind, _ in await torn.find()]
    assert kinds == [DerivedKind.WRONG_COUNT] * 2
    assert await torn.repair() == [True, True]
    assert await torn.find() == []
    for _ in range(3):
        await usage.reserve(Reservation(image.owner, 7, until), quotas)
    with pytest.raises(StorageFull):
        await usage.reserve(Reservation(image.owner, 7, until), quotas)


async def test_left_items_of_shared_albums_are_deleted(
    torn: TornTable, upload: UploadImage
) -> None:
    """Whichever item is lost, what is left of it gives no access."""
    tables = torn.stack.tables
    image = await torn.process(await upload())
    lost: list[tuple[str, str]] = []
    kept = await create_album(tables)
    for number in range(4):
        album = await create_album(tables)
        pk = f"USER#{album.owner}"
        invitation = make_invitation(album.key)
        await tables.album_members.invite(invitation)
        member = await create_member(tables, album.key, image.owner, role=AlbumRole.CONTRIBUTOR)
        added = await tables.contributions.add(member, [image.image_id], Visibility())
        assert added == {image.image_id}
        lost = [
            (f"INVITATION#{invitation.digest}", "INVITATION"),
            (pk, f"MEMBER#{album.album_id}#{member.member}"),
            (f"{pk}#CONTRIBUTIONS#{album.album_id}", image.image_id),
            (pk, f"ALBUM#{album.album_id}"),
        ]
        await torn.delete(*lost[number])
    await create_member(tables, kept.key, image.owner)
    found = [kind for kind, _ in await torn.find()]
    # The item of the invitation; that of the member, with both contributions; that of the
    # contribution, and its rank; and all pairs of the album but the contribution.
    expected = [DerivedKind.LEFT_SHARE] * (1 + 3 + 1 + 4) + [DerivedKind.EXTRA_ENTRY]
    assert sorted(found) == sorted(expected)
    await torn.repair()
    # The contribution to the album that is gone was that of a member.
    await torn.repair()
    assert await torn.find() == []
    page = await tables.album_members.page_memberships(image.owner, 10)
    assert len(page.members) == 3
    assert {each.album_id for each in page.members} >= {kept.album_id}


async def test_contributions_get_their_places_in_an_album(
    torn: TornTable, upload: UploadImage
) -> None:
    """A place that is missing, as before albums listed contributions in order, or that is old."""
    tables = torn.stack.tables
    image = await torn.process(await upload())
    album = await create_album(tables)
    member = await create_member(tables, album.key, image.owner, role=AlbumRole.CONTRIBUTOR)
    await tables.contributions.add(member, [image.image_id], Visibility())
    pk = f"USER#{album.owner}"
    await torn.delete(f"{pk}#RANK#{album.album_id}", image.image_id)
    contribution = f"{pk}#CONTRIBUTIONS#{album.album_id}", image.image_id
    await torn.update(*contribution, "SET timeline = :old")
    kinds = [kind for kind, _ in await torn.find()]
    assert kinds == [DerivedKind.WRONG_POSITION, DerivedKind.MISSING_ENTRY]
    assert await torn.repair() == [True, True]
    assert await torn.find() == []
    taken = await tables.contributions.list_entries(album.key, AlbumSort.TAKEN_NEWEST, 10)
    assert [each.position for each in taken] == [image.capture_position]
    ranked = await tables.albums.list_entries(album.key, AlbumSort.MANUAL, 10)
    assert [each.image_id for each in ranked] == [image.image_id]
