"""Members of albums in DynamoDB: other operations between any two calls, and crashes at each call.

The operation under test uses a client whose calls are counted. Before each of them in turn, another
operation runs to its end, or the process crashes.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import dynamo_tables
from sightline.adapters.dynamo.schema import table_schema
from sightline.adapters.memory import MemoryObjectStore
from sightline.deletion import ImageDeleter, ImageTrash
from sightline.domain.album_members import (
    AlbumRole,
    AlreadyMember,
    InvitationNotFound,
    Member,
    MemberNotFound,
    Visibility,
    accept_invitation,
)
from sightline.domain.albums import AlbumNotFound, AlbumSort
from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.member_removal import MemberRemover
from sightline.optimistic import Conflict
from sightline.ports.tables import Tables
from sightline_testing.builders import (
    create_album,
    create_image,
    create_member,
    edit_details,
    make_invitation,
    new_owner,
    with_recognition,
)

#: What an operation raises that comes too late.
TOO_LATE = (AlbumNotFound, AlreadyMember, Conflict, InvitationNotFound, MemberNotFound)

#: More calls than any operation makes.
MAX_CALLS = 60


class Killed(BaseException):
    """The process has crashed."""


class CountedClient:
    """A client of DynamoDB that runs an intervention before its call number `at`."""

    def __init__(self, client: Any, at: int, intervene: Callable[[], Awaitable[None]]) -> None:
        self._client = client
        self._at = at
        self._intervene = intervene
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        async def call(**request: Any) -> Any:
            self.calls += 1
            if self.calls == self._at:
                await self._intervene()
            return await method(**request)

        return call


class World:
    """An album with a contributor who has an uploaded image."""

    def __init__(self, client: Any, table: str) -> None:
        self.client = client
        self.table = table
        self.tables = dynamo_tables(client, table)

    async def start(self) -> None:
        self.album = await create_album(self.tables)
        self.member: Member = await create_member(
            self.tables, self.album.key, role=AlbumRole.CONTRIBUTOR
        )
        image = await create_image(self.tables, self.member.member)
        await self.tables.images.store(image, with_recognition(image, "Dog"))
        self.image: Image = await self.tables.images.get(image.key)

    async def run_with(
        self,
        operation: Callable[[Tables], Awaitable[None]],
        at: int,
        intervene: Callable[[Tables], Awaitable[None]],
    ) -> bool:
        """Run an operation with an intervention before its call number `at`, or else after it.

        Return whether it made that many calls.
        """

        async def run() -> None:
            with suppress(*TOO_LATE):
                await intervene(self.tables)

        counted = CountedClient(self.client, at, run)
        with suppress(*TOO_LATE):
            await operation(dynamo_tables(counted, self.table))  # type: ignore[arg-type]
        if counted.calls < at:
            await run()
        return counted.calls >= at

    async def crash(self, operation: Callable[[Tables], Awaitable[None]], at: int) -> bool:
        """Let the process crash before call number `at`; return whether there was such a call."""

        async def kill() -> None:
            raise Killed

        counted = CountedClient(self.client, at, kill)
        try:
            await operation(dynamo_tables(counted, self.table))  # type: ignore[arg-type]
        except Killed:
            return True
        return False

    # Operations

    async def add(self, tables: Tables) -> None:
        await tables.contributions.add(self.member, [self.image.image_id], Visibility())

    async def leave(self, tables: Tables) -> None:
        await MemberRemover(tables.album_members, tables.contributions).remove(self.member)

    async def downgrade(self, tables: Tables) -> None:
        viewer = self.member.model_copy(update={"role": AlbumRole.VIEWER})
        await tables.album_members.update(self.member, viewer)

    async def delete_album(self, tables: Tables) -> None:
        album = await tables.albums.begin_deletion(self.album.key)
        remover = MemberRemover(tables.album_members, tables.contributions)
        await remover.remove_all(album.key)
        await tables.albums.remove(album)

    async def delete_image(self, tables: Tables) -> None:
        stores = MemoryObjectStore(), MemoryObjectStore()
        deleter = ImageDeleter(tables.images, tables.albums, *stores, tables.contributions)
        await deleter.delete(self.image.key)

    async def erase(self, tables: Tables) -> None:
        """Erase the contributor, as `DELETE /v1/account` does."""
        remover = MemberRemover(tables.album_members, tables.contributions)
        await remover.leave_all(self.member.member)
        await self.delete_image(tables)
        # It leaves these rows alone, see the contract of the tables.
        await self.tables.owner_data.erase(self.member.member)

    async def trash(self, tables: Tables) -> None:
        await ImageTrash(tables.images, tables.albums).move(self.image.key)

    async def correct_time(self, tables: Tables) -> None:
        image = await tables.images.get_stored(self.image.key)
        corrected = edit_details(image, taken_at=datetime(2001, 2, 3, tzinfo=UTC))
        await tables.images.store(image, corrected)

    # What is left

    async def find_contributions(self) -> tuple[bool, bool]:
        """Return whether the album has the image, and whether the image names the album."""
        listed = await self.tables.contributions.list_entries(
            self.album.key, AlbumSort.UPLOADED_NEWEST, 10
        )
        named = await self.tables.contributions.list_albums(self.image.key)
        return bool(listed), bool(named)

    async def find_memberships(self) -> tuple[bool, bool]:
        """Return whether the album has the member, and whether the person has the album."""
        listed = await self.tables.album_members.list_members(self.album.key)
        page = await self.tables.album_members.page_memberships(self.member.member, 10)
        return bool(listed), bool(page.members)


@pytest.fixture
async def world(clients: Clients) -> World:
    client = await clients.open_dynamodb(fast_path=False)
    name = f"images-{uuid4()}"
    await client.create_table(**table_schema(name))
    return World(client, name)


async def for_each_call(run: Callable[[int], Awaitable[bool]]) -> int:
    """Call `run` with 1, 2, and so on while it returns whether there was such a call."""
    for at in range(1, MAX_CALLS):
        if not await run(at):
            return at - 1
    raise AssertionError


@pytest.mark.parametrize(
    ("end", "adds_first"),
    [
        ("leave", True),
        ("leave", False),
        ("erase", True),
        ("erase", False),
        ("delete_album", False),
    ],
)
async def test_no_image_is_left_when_something_ends_while_it_is_added(
    world: World, end: str, *, adds_first: bool
) -> None:
    """Either operation runs to its end between any two calls of the other."""

    async def run(at: int) -> bool:
        await world.start()
        ending = getattr(world, end)
        operations = (world.add, ending) if adds_first else (ending, world.add)
        made = await world.run_with(operations[0], at, operations[1])
        assert await world.find_contributions() == (False, False), at
        assert await world.find_memberships() == (False, False), at
        return made

    assert await for_each_call(run) >= 3


@pytest.mark.parametrize("change", ["downgrade", "trash"])
async def test_nothing_is_added_after_a_change_that_forbids_it(world: World, change: str) -> None:
    """The change either finds the image added, or prevents that."""

    async def run(at: int) -> bool:
        await world.start()
        made = await world.run_with(world.add, at, getattr(world, change))
        # The last call of the addition writes; in the last run, the change follows it.
        assert await world.find_contributions() == (not made, not made), at
        return made

    assert await for_each_call(run) == 3


@pytest.mark.parametrize("adds_first", [True, False])
async def test_a_contribution_has_the_time_to_which_its_image_is_corrected_meanwhile(
    world: World, *, adds_first: bool
) -> None:
    """Whichever is first, the album has the image at its present time of capture."""

    async def run(at: int) -> bool:
        await world.start()
        operations = [world.add, world.correct_time]
        first, second = operations if adds_first else reversed(operations)
        made = await world.run_with(first, at, second)
        image = await world.tables.images.get(world.image.key)
        (entry,) = await world.tables.contributions.list_entries(
            world.album.key, AlbumSort.TAKEN_NEWEST, 10
        )
        assert image.capture_position.startswith("2001-02-03"), at
        assert entry.position == image.capture_position, at
        return made

    assert await for_each_call(run) >= 3


@pytest.mark.parametrize("operation", ["leave", "delete_album"])
async def test_an_interrupted_operation_can_be_repeated(world: World, operation: str) -> None:
    async def run(at: int) -> bool:
        await world.start()
        await world.add(world.tables)
        made = await world.crash(getattr(world, operation), at)
        if made:
            listed, named = await world.find_contributions()
            assert listed == named, at
            await getattr(world, operation)(world.tables)
        assert await world.find_contributions() == (False, False), at
        assert await world.find_memberships() == (False, False), at
        return made

    assert await for_each_call(run) >= 3


@pytest.mark.parametrize(
    ("end", "accepts_first"), [("revoke", True), ("revoke", False), ("delete_album", True)]
)
async def test_nobody_joins_by_an_invitation_that_ended(
    world: World, end: str, *, accepts_first: bool
) -> None:
    """Either the person joins, or the invitation ends: never both, never neither."""

    async def run(at: int) -> bool:
        await world.start()
        invitation = make_invitation(world.album.key)
        await world.tables.album_members.invite(invitation)
        friend = accept_invitation(invitation, new_owner(), None, now())
        outcomes = []

        async def accept(tables: Tables) -> None:
            await tables.album_members.accept(invitation, friend)
            outcomes.append("accepted")

        async def revoke(tables: Tables) -> None:
            await tables.album_members.delete_invitation(invitation)
            outcomes.append("revoked")

        ending = revoke if end == "revoke" else world.delete_album
        operations = (accept, ending) if accepts_first else (ending, accept)
        made = await world.run_with(operations[0], at, operations[1])
        members = world.tables.album_members
        assert await members.find_invitation(invitation.digest) is None
        joined = await members.page_memberships(friend.member, 10)
        if end == "revoke":
            assert len(outcomes) == 1, outcomes
            assert bool(joined.members) == (outcomes == ["accepted"])
        else:
            assert joined.members == []
        return made

    assert await for_each_call(run) >= 1
