"""What the contract suite does not cover of the table in SQLite: its file, locks and processes."""

import asyncio
import json
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

import pytest

from sightline.adapters.sqlite import (
    Database,
    TableUnavailable,
    UnusableDatabase,
    opening,
    prepare,
    sqlite_tables,
)
from sightline.adapters.sqlite.images import EXPIRY_GRACE_SECONDS
from sightline.adapters.sqlite.schema import MIGRATIONS, WORDS_VERSION
from sightline.domain.album_members import AlbumRole, Visibility
from sightline.domain.albums import Album, AlbumSort, MoveSide
from sightline.domain.capture import Capture
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id
from sightline.domain.image_words import WordField
from sightline.domain.images import Image
from sightline.domain.ranks import rank_of_position, upload_rank
from sightline.domain.sort_order import SortOrder
from sightline.domain.timeline import TimelineRange
from sightline.member_removal import MemberRemover
from sightline.ports.image_index import Term
from sightline.ports.image_table import ImageNotFound
from sightline.ports.tables import Tables
from sightline_testing.builders import (
    ETAG,
    count_labels,
    create_album,
    create_image,
    create_member,
    edit_details,
    find_labeled,
    make_image,
    make_invitation,
    make_rendition_set,
    new_owner,
    with_recognition,
)

#: A process that stores images with a label and prints the id of each once it is committed.
WRITER = """
    import asyncio, sys
    from pathlib import Path
    from sightline.adapters.sqlite import Database, sqlite_tables
    from sightline_testing.builders import make_image, with_recognition

    async def write(path, owner, count):
        async with Database.open(path) as database:
            tables = sqlite_tables(database)
            for _ in range(count):
                image = make_image(owner)
                await tables.images.create(image)
                await tables.images.store(image, with_recognition(image, "Dog", "Beach"))
                print(image.image_id, flush=True)

    asyncio.run(write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
"""


#: The version before albums had orders.
VERSION_WITHOUT_ALBUM_ENTRIES = next(
    version
    for version, statements in enumerate(MIGRATIONS)
    if any("CREATE TABLE album_entries" in statement for statement in statements)
)

#: The statements that place contributions in the orders of albums.
PLACE_CONTRIBUTIONS = next(
    statements
    for statements in MIGRATIONS
    if any("ADD COLUMN contributor" in statement for statement in statements)
)

#: The schema version before images had a position in the timeline.
VERSION_WITHOUT_TIMELINE = next(
    version
    for version, statements in enumerate(MIGRATIONS)
    if any("ADD COLUMN timeline" in statement for statement in statements)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "table.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    path.parent.mkdir()
    async with Database.open(path) as opened:
        yield opened


def start_writer(path: Path, owner: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(path), owner, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def test_several_processes_create_and_write_one_file_at_once(path: Path) -> None:
    """No write is lost, and the counts that all of them change are exact."""
    path.parent.mkdir()
    owner = new_owner()
    writers = [start_writer(path, owner, 25) for _ in range(4)]
    outputs = [await asyncio.to_thread(writer.communicate) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    written = {line for output, _ in outputs for line in output.split()}
    async with Database.open(path) as database:
        tables = sqlite_tables(database)
        assert len(written) == 100
        assert set(await tables.images.list_ids(owner, 1000)) == written
        assert await count_labels(tables, owner) == {"Dog": 100, "Beach": 100}


async def test_a_killed_process_loses_no_committed_write(path: Path) -> None:
    """After `kill -9` every reported image is stored, and what is derived agrees with it."""
    path.parent.mkdir()
    owner = new_owner()
    writer = start_writer(path, owner, 1_000_000)
    assert writer.stdout is not None
    written = {writer.stdout.readline().strip() for _ in range(30)}
    writer.kill()
    written |= set(writer.stdout.read().split())
    writer.stdout.close()
    writer.wait()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    async with Database.open(path) as database:
        tables = sqlite_tables(database)
        images = [image async for image in tables.inventory.scan()]
        assert written <= {image.image_id for image in images}
        labeled = {image.image_id for image in images if "dog" in image.labels}
        assert set(await find_labeled(tables, owner, "Dog")) == labeled
        assert (await count_labels(tables, owner))["Dog"] == len(labeled)


async def test_reads_do_not_wait_for_a_writer(database: Database, path: Path) -> None:
    """Another process may hold the lock: writes wait in a thread, and the event loop goes on."""
    tables = sqlite_tables(database)
    image = make_image()
    await tables.images.create(image)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(tables.images.store(image, with_recognition(image, "Dog")))
        assert await tables.images.get(image.key) == image
        assert not writing.done()
        other.execute("ROLLBACK")
        await writing
    assert await count_labels(tables, image.owner) == {"Dog": 1}


async def test_a_lock_that_is_held_too_long_makes_the_table_unavailable(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUSY_TIMEOUT_SECONDS", 0)
    tables = sqlite_tables(database)
    image = make_image()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TableUnavailable, match="locked"):
            await tables.images.create(image)
    await tables.images.create(image)
    assert await tables.images.get(image.key) == image


async def test_a_full_disk_leaves_no_part_of_a_write(database: Database) -> None:
    tables = sqlite_tables(database)
    image = make_image()
    await tables.images.create(image)
    large = with_recognition(image, *(f"Label {n}" for n in range(500)))
    await database.write(limit_pages, True)
    with pytest.raises(TableUnavailable, match="full"):
        await tables.images.store(image, large)
    assert await tables.images.get(image.key) == image
    assert await count_labels(tables, image.owner) == {}
    await database.write(limit_pages, False)
    await tables.images.store(image, with_recognition(image, "Dog"))
    assert await count_labels(tables, image.owner) == {"Dog": 1}


def limit_pages(connection: sqlite3.Connection, limited: bool) -> None:
    """Let the file grow no further, as on a full disk, or lift the limit."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages if limited else 2**30}")


async def test_expired_uploads_are_deleted_after_a_grace_period(database: Database) -> None:
    tables = sqlite_tables(database)
    at = int(time.time())
    late = make_image(expires_at=at - EXPIRY_GRACE_SECONDS - 1)
    recent = make_image(expires_at=at - 1)
    for image in (late, recent, make_image()):
        await tables.images.create(image)
    assert await tables.inventory.find(late.key) is None
    assert await tables.inventory.find(recent.key) == recent
    with pytest.raises(ImageNotFound):
        await tables.images.get(recent.key)


async def test_expired_idempotency_keys_are_deleted(database: Database) -> None:
    tables = sqlite_tables(database)
    for number in range(5):
        await tables.idempotency.claim("owner", f"key {number}", "print", -1)
    await tables.idempotency.claim("owner", "last", "print", 60)

    def count(connection: sqlite3.Connection) -> list[tuple[str]]:
        return connection.execute("SELECT key FROM requests").fetchall()

    assert await database.read(count) == [("last",)]


@pytest.mark.parametrize("last", ["\ud7ff", "\U0010ffff", "\ue000", "z"])
async def test_a_label_prefix_may_end_in_any_character(database: Database, last: str) -> None:
    tables = sqlite_tables(database)
    image = make_image()
    await tables.images.create(image)
    names = (f"a{last}", f"a{last}b", f"a{last}\U0010ffff", "a", "b")
    await tables.images.store(image, with_recognition(image, *names))
    counts = await tables.index.count_labels(image.owner, 10, f"a{last}")
    assert sorted(count.key for count in counts) == sorted(names[:3])


async def share_album(tables: Tables, image: Image) -> None:
    """Use every statement of shared albums, with an image of a member."""
    album = await create_album(tables)
    member = await create_member(tables, album.key, image.owner, role=AlbumRole.CONTRIBUTOR)
    invitation = make_invitation(album.key)
    await tables.album_members.invite(invitation)
    await tables.album_members.find_invitation(invitation.digest)
    await tables.album_members.list_invitations(album.key)
    await tables.album_members.record_email(invitation, now())
    await tables.album_members.delete_invitation(invitation)
    await tables.album_members.page_memberships(image.owner, 10)
    await tables.album_members.list_members(album.key)
    await tables.album_members.update(member, member)
    await tables.contributions.add(member, [image.image_id], Visibility())
    for sort in AlbumSort:
        await tables.albums.list_entries(album.key, sort, 10)
        if sort is not AlbumSort.MANUAL:
            await tables.contributions.list_entries(album.key, sort, 10)
    await tables.contributions.get(album.key, image.image_id)
    await tables.contributions.list_albums(image.key)
    await tables.contributions.remove(album.key, [image.image_id], image.owner)
    await tables.contributions.remove_all(album.key)
    member = await tables.album_members.get(image.owner, album.album_id)
    await MemberRemover(tables.album_members, tables.contributions).remove(member)


async def test_every_statement_uses_an_index(database: Database) -> None:
    """No call reads more rows of an owner than it returns, apart from those that are hidden."""
    statements: set[str] = set()
    tables = sqlite_tables(database)
    for run in (database.read, database.write):
        # Each executor thread has its own connection; several tasks reach all readers.
        await asyncio.gather(*(run(trace, statements) for _ in range(20)))
    image = make_image(expires_at=int(time.time()) + 1000)
    await tables.images.create(image)
    changed = with_recognition(image, "Dog")
    part = changed.renditions.begin(ETAG).succeed(make_rendition_set())
    await tables.images.store(image, changed.with_part("renditions", part))
    album = Album(
        owner=image.owner, album_id=new_album_id(), title="All", created_at=now(), updated_at=now()
    )
    await tables.albums.create(album)
    await tables.albums.add_images(album.key, [image.image_id])
    other = make_image(image.owner)
    await tables.images.create(other)
    await tables.albums.add_images(album.key, [other.image_id])
    for sort in AlbumSort:
        await tables.albums.list_entries(album.key, sort, 10)
    for side in MoveSide:
        await tables.albums.move_images(album.key, [other.image_id], image.image_id, side)
    await tables.albums.remove_images(album.key, [other.image_id])
    await tables.images.remove(await tables.images.begin_deletion(other.key))
    await tables.albums.page(image.owner, 10)
    await tables.albums.list_ids(image.owner, 10)
    await tables.images.page(image.owner, 10)
    for order in SortOrder:
        await tables.images.page_summaries(image.owner, 10, order=order)
        await tables.index.find(image.owner, Term("label", "dog"), 10, image.image_id, order)
        await tables.index.find(image.owner, Term("word", "dog"), 10, image.image_id, order)
    await tables.images.get_summaries(image.owner, [image.image_id])
    await tables.index.find(image.owner, Term("album", album.album_id), 10)
    await tables.index.match(image.owner, Term("label", "dog"), [image.image_id])
    await tables.index.match(image.owner, Term("word", "dog"), [image.image_id])
    kinds: tuple[Literal["label", "album", "word"], ...] = ("label", "album", "word")
    await tables.index.count_images(image.owner, [Term(kind, "dog") for kind in kinds])
    await tables.index.list_words(image.owner, "d", 10)
    await tables.index.count_labels(image.owner, 10, "d", "c")
    await tables.usage.read(image.owner)
    await tables.recognition_cache.find_duplicates(image.owner, image.sha256)
    await tables.recognition_cache.claim(image, changed.recognition.result.profile, 1)  # type: ignore[union-attr]
    await tables.idempotency.claim(image.owner, "key", "print", 60)
    assert await tables.inventory.find_existing([image.key]) == {image.key}
    assert [each.key async for each in tables.inventory.scan()] == [image.key]
    await share_album(tables, image)
    await tables.albums.remove(await tables.albums.begin_deletion(album.key))
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    await tables.owner_data.erase(image.owner)
    explained = await database.read(explain, statements)
    assert len(explained) > 30
    for statement, plan in explained.items():
        assert not [step for step in plan if is_expensive(step)], (statement, plan)


def trace(connection: sqlite3.Connection, statements: set[str]) -> None:
    connection.set_trace_callback(statements.add)
    # Occupies the thread, so that the next call takes another one.
    time.sleep(0.01)


def explain(connection: sqlite3.Connection, statements: set[str]) -> dict[str, list[str]]:
    """Return the query plan of each statement."""
    connection.set_trace_callback(None)
    plans = {}
    for statement in statements:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
            plans[statement] = [row[3] for row in rows]
    return plans


def is_expensive(step: str) -> bool:
    """Return whether a step reads a whole table, or sorts; `json_each` lists what was requested."""
    return "TEMP B-TREE" in step or (
        step.startswith("SCAN") and "VIRTUAL TABLE" not in step and "CONSTANT ROW" not in step
    )


def test_only_this_user_can_read_the_file(path: Path) -> None:
    path.parent.mkdir()
    prepare(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_data_survives_a_migration(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    image = make_image()
    async with Database.open(path) as database:
        await sqlite_tables(database).images.create(image)
    later = (*MIGRATIONS, ("CREATE TABLE further (name TEXT)",))
    monkeypatch.setattr(opening, "MIGRATIONS", later)
    async with Database.open(path) as database:
        assert await sqlite_tables(database).images.get(image.key) == image

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(later),)
        assert connection.execute("SELECT count(*) FROM further").fetchone() == (0,)


async def test_the_words_of_an_earlier_file_are_indexed_when_it_is_opened(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    image = make_image()
    labeled = with_recognition(image, "Dog")
    monkeypatch.setattr(opening, "MIGRATIONS", MIGRATIONS[: WORDS_VERSION - 1])
    monkeypatch.setattr(opening, "WORDS_VERSION", 0)
    prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO images (deleted, rendered, summary, document, owner, image_id, sha256) "
            "VALUES (0, 0, ?, ?, ?, ?, ?)",
            (
                labeled.summary.model_dump_json(),
                labeled.model_dump_json(),
                *image.key,
                image.sha256,
            ),
        )
        connection.commit()
    monkeypatch.undo()
    async with Database.open(path) as database:
        index = sqlite_tables(database).index
        (found,) = await index.find(image.owner, Term("word", "dog"), 10)
        assert (found.image_id, found.fields) == (image.image_id, frozenset({WordField.LABEL}))
        assert await index.list_words(image.owner, "", 10) == ["dog"]


def test_an_interrupted_migration_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    prepare(path)
    broken = (*MIGRATIONS, ("CREATE TABLE further (name TEXT)", "CREATE TABLE further (x TEXT)"))
    monkeypatch.setattr(opening, "MIGRATIONS", broken)
    with pytest.raises(UnusableDatabase):
        prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            connection.execute("SELECT 1 FROM further")


async def test_a_file_without_the_timeline_gets_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The columns are derived from the documents as a write would derive them."""
    path.parent.mkdir()
    tokyo = timezone(timedelta(hours=9))
    times = [None, datetime(2020, 5, 1, 12, tzinfo=tokyo), datetime(1987, 8, 2, 1, 2, 3, 450_000)]  # noqa: DTZ001
    captured = [
        make_rendition_set().model_copy(update={"capture": Capture(taken_at=at)}) for at in times
    ]
    owner = new_owner()
    stored = []
    async with Database.open(path) as database:
        tables = sqlite_tables(database)
        for number, result in enumerate(captured):
            image = make_image(owner)
            await tables.images.create(image)
            changed = image.with_part("renditions", image.renditions.begin(ETAG).succeed(result))
            await tables.images.store(image, changed)
            if number == 0:
                corrected = edit_details(changed, taken_at=datetime(2001, 1, 1))  # noqa: DTZ001
                await tables.images.store(changed, corrected)
                changed = corrected
            stored.append(changed)
        await tables.images.begin_deletion(stored[2].key)
        awaiting = make_image(owner)
        await tables.images.create(awaiting)
        pages = await tables.timeline.page(owner, 10, TimelineRange())
        months = await tables.timeline.count_months(owner)
    assert [image.image_id for image in pages.images] == [each.image_id for each in stored[1::-1]]
    with closing(sqlite3.connect(path)) as connection:
        for statement in (
            "DROP INDEX images_by_timeline",
            "DROP INDEX images_by_month",
            "ALTER TABLE images DROP COLUMN timeline",
            "ALTER TABLE images DROP COLUMN month",
            f"PRAGMA user_version = {VERSION_WITHOUT_TIMELINE}",
        ):
            connection.execute(statement)
    monkeypatch.setattr(opening, "MIGRATIONS", MIGRATIONS[: VERSION_WITHOUT_TIMELINE + 1])
    async with Database.open(path) as database:
        tables = sqlite_tables(database)
        assert await tables.timeline.page(owner, 10, TimelineRange()) == pages
        assert await tables.timeline.count_months(owner) == months


async def test_images_of_existing_albums_get_their_places(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    at, owner = now(), new_owner()
    album = Album(owner=owner, album_id=new_album_id(), title="A", created_at=at, updated_at=at)
    images = [make_image(owner) for _ in range(3)]
    async with Database.open(path) as database:
        tables = sqlite_tables(database)
        await tables.albums.create(album)
        for image in images:
            await tables.images.create(image)
        first, second, _ = images
        part = second.renditions.begin(ETAG).succeed(make_rendition_set())
        await tables.images.store(second, second.with_part("renditions", part))
        await tables.albums.add_images(album.key, [second.image_id, first.image_id])
        placed = await tables.albums.list_entries(album.key, AlbumSort.TAKEN_NEWEST, 10)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE album_entries")
        connection.execute(f"PRAGMA user_version = {VERSION_WITHOUT_ALBUM_ENTRIES}")
    migrations = (*MIGRATIONS[: VERSION_WITHOUT_ALBUM_ENTRIES + 1], PLACE_CONTRIBUTIONS)
    monkeypatch.setattr(opening, "MIGRATIONS", migrations)
    async with Database.open(path) as database:
        albums = sqlite_tables(database).albums
        assert await albums.list_entries(album.key, AlbumSort.TAKEN_NEWEST, 10) == placed
        for image in images:
            await albums.add_images(album.key, [image.image_id])
        ordered = await albums.list_entries(album.key, AlbumSort.MANUAL, 10)
    assert [each.image_id for each in ordered] == [image.image_id for image in images]
    assert rank_of_position(ordered[0].position) == upload_rank(images[0].image_id)


async def test_existing_contributions_get_their_places(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    async with Database.open(path) as database:
        tables = sqlite_tables(database)
        album = await create_album(tables)
        member = await create_member(tables, album.key, role=AlbumRole.CONTRIBUTOR)
        images = [await create_image(tables, member.member) for _ in range(2)]
        for image, at in zip(
            images, (datetime(2002, 1, 2, 3, 4, 5, 678, tzinfo=UTC), None), strict=True
        ):
            recognized = with_recognition(image, "Dog")
            await tables.images.store(image, recognized)
            await tables.images.store(recognized, edit_details(recognized, taken_at=at))
        added = await tables.contributions.add(
            member, [image.image_id for image in images], Visibility()
        )
        assert len(added) == len(images)
        placed = await tables.contributions.list_entries(album.key, AlbumSort.TAKEN_NEWEST, 10)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM album_entries")
        connection.execute("DROP INDEX album_entries_by_contributor")
        connection.execute("ALTER TABLE album_entries DROP COLUMN contributor")
        connection.execute("PRAGMA user_version = 0")
        connection.commit()
    monkeypatch.setattr(opening, "MIGRATIONS", (PLACE_CONTRIBUTIONS,))
    async with Database.open(path) as database:
        tables = sqlite_tables(database)
        taken = await tables.contributions.list_entries(album.key, AlbumSort.TAKEN_NEWEST, 10)
        assert taken == placed
        ranked = await tables.albums.list_entries(album.key, AlbumSort.MANUAL, 10)
        assert [each.image_id for each in ranked] == [image.image_id for image in images]


def test_a_newer_version_is_rejected_and_left_unchanged(path: Path) -> None:
    path.parent.mkdir()
    prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(UnusableDatabase, match="newer version of Sightline") as caught:
        prepare(path)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before


def test_a_file_of_another_program_is_rejected_and_left_unchanged(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(UnusableDatabase, match="not a table of Sightline"):
        prepare(path)
    assert path.read_bytes() == before


def test_a_file_that_is_not_a_database_is_rejected_and_left_unchanged(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps(["something else"]) * 100)
    before = path.read_bytes()
    with pytest.raises(UnusableDatabase, match="file is not a database"):
        prepare(path)
    assert path.read_bytes() == before


def test_a_missing_folder_is_named(path: Path) -> None:
    with pytest.raises(UnusableDatabase, match="No such file or directory"):
        prepare(path)
