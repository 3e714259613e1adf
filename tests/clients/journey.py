"""What a team does with the Python client, from sign-in to deletion, failures included.

Written for the asyncio client; the blocking one goes the same way, word by word.
"""

import threading
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sightline_client import AsyncSightline, MemoryStore, Outcome, Pool, Retries, Session, Status
from sightline_client.cognito import Tokens
from sightline_client.errors import (
    NotFound,
    ProcessingFailed,
    SessionExpired,
    SignInRefused,
    StillProcessing,
    Unreachable,
)
from sightline_local.connection import Connection
from sightline_local.stack import Stack

Draw = Callable[[str], Path]

#: Seconds that a picture may take here.
PATIENCE = 60


async def connect(card: Connection, **options: Any) -> AsyncSightline:
    pool = Pool(card.pool_id, card.client_id, card.cognito)
    return await AsyncSightline.sign_in(card.api, card.email, card.password, pool, **options)


async def travel(card: Connection, draw: Draw, folder: Path) -> None:
    """Sign in, upload with progress, hear of it, find it, put it into an album, delete it."""
    async with await connect(card) as sightline:
        async with aclosing(sightline.events()) as events:
            heard = [await anext(events)]
            path, seen = draw("beach.jpg"), list[tuple[int, int]]()
            image = await sightline.upload(path, progress=lambda *some: seen.append(some))
            size = path.stat().st_size
            assert seen[-1] == (size, size)
            async for event in events:
                heard.append(event)
                if (event.id, event.status) == (image.id, "ready"):
                    break
        assert heard[0].kind == "open"
        image = await sightline.wait_until_ready(image.id, timeout=PATIENCE)
        assert (image.title, image.status) == ("beach.jpg", Status.READY)

        label = image.labels[0].name
        assert [each.id async for each in sightline.search(label)] == [image.id]
        assert label in [each.name async for each in sightline.labels()]
        changed = await sightline.update(image.id, title="The beach", labels_added=["Holiday"])
        assert changed.title == "The beach"
        assert [each.id async for each in sightline.search("Holiday")] == [image.id]

        album = await sightline.create_album("Summer")
        placed = await sightline.add_to_album(album.id, [image.id])
        assert [int(each.status) for each in placed] == [204]
        assert [each.id async for each in sightline.images(album=album.id)] == [image.id]
        renamed = await sightline.update_album(album.id, title="Spring", cover_id=image.id)
        assert (renamed.title, renamed.images, renamed.cover_id) == ("Spring", 1, image.id)

        saved = await sightline.download(image.id, folder)
        assert saved.read_bytes() == path.read_bytes()
        thumb = await sightline.download(image.id, folder, rendition="thumb")
        assert thumb.read_bytes()[8:12] == b"WEBP"
        kinds = [line["kind"] async for line in sightline.export()]
        assert kinds == ["account", "album", "image", "end"]

        assert (await sightline.usage()).images == 1
        await sightline.delete(image.id)
        await sightline.delete_album(album.id)
        assert [each.id async for each in sightline.images()] == []
        with pytest.raises(NotFound) as missing:
            await sightline.image(image.id)
        assert missing.value.code == "image_not_found"


async def upload_many(card: Connection, draw: Draw, broken: Path) -> None:
    """Many at once, each picture once, and nobody's fault is anybody else's."""
    paths = [draw(f"many/{number}.jpg") for number in range(12)]
    twin = draw("many/twin.jpg")
    twin.write_bytes(paths[0].read_bytes())
    note = paths[0].with_name("note.txt")
    note.write_text("no picture")
    async with await connect(card) as sightline:
        found = {each.source: each async for each in sightline.upload_all([*paths, twin, note])}
        assert [found[path].outcome for path in paths] == [Outcome.SENT] * 12
        assert found[twin].outcome is Outcome.THERE_ALREADY
        assert found[twin].image_id == found[paths[0]].image_id
        assert found[note].outcome is Outcome.FAILED
        ids = {each.image_id for each in found.values() if each.image_id}
        waited = sightline.wait_until_ended(ids, timeout=PATIENCE * 2)
        assert {each.id async for each in waited if each.status is Status.READY} == ids
        pages = [each.id async for each in sightline.images(page_size=5)]
        assert (len(pages), set(pages)) == (12, ids)
    # Another client remembers nothing of this one, and the gateway knows all of it.
    async with await connect(card) as sightline:
        again = [each async for each in sightline.upload_all(paths)]
        assert {each.outcome for each in again} == {Outcome.THERE_ALREADY}
        assert {each.image_id for each in again} == ids
        assert len([each async for each in sightline.images()]) == 12
        once_more = await sightline.upload(paths[0], skip_duplicate=True)
        assert once_more.id in ids
        assert await sightline.delete_all([*ids]) == []


async def fail(card: Connection, draw: Draw, broken: Path) -> None:
    """A wrong password, a picture that is none, one that is not ready in time, a session's end."""
    with pytest.raises(SignInRefused) as refused:
        await connect(card.model_copy(update={"password": "Sightline-wrong-1"}))
    assert refused.value.code == "NotAuthorizedException"

    store = MemoryStore()
    async with await connect(card, store=store) as sightline:
        image = await sightline.upload(broken)
        with pytest.raises(ProcessingFailed) as failed:
            await sightline.wait_until_ready(image.id, timeout=PATIENCE)
        assert failed.value.codes
        late = await sightline.upload(draw("late.jpg"))
        with pytest.raises(StillProcessing) as still:
            await sightline.wait_until_ready(late.id, timeout=0)
        assert still.value.image_ids == [late.id]

    # An access token that is not good any more is renewed, and the new one is kept.
    session = store.load("default")
    assert session is not None
    spent = replace(session, tokens=replace(session.tokens, access="spent"))
    store.save(spent)
    async with AsyncSightline.from_store(store=store) as sightline:
        assert (await sightline.usage()).months
    renewed = store.load("default")
    assert renewed is not None
    assert renewed.tokens.access != "spent"

    # One that cannot be renewed is the end of the session.
    ended = replace(session, tokens=Tokens("spent", "spent", session.tokens.expires_at))
    async with AsyncSightline(ended) as sightline:
        with pytest.raises(SessionExpired):
            await sightline.usage()
    with pytest.raises(SessionExpired):
        AsyncSightline.from_store("nobody", MemoryStore())


async def survive(card: Connection, draw: Draw, stack: Stack) -> None:
    """The API goes away and comes back: who is patient does not notice."""
    patient = Retries(attempts=20, longest=2.0)
    async with await connect(card, retries=patient) as sightline:
        stack.stop("api")
        session: Session = sightline.session
        async with AsyncSightline(session, retries=Retries(attempts=2)) as hasty:
            with pytest.raises(Unreachable):
                await hasty.usage()
        coming = threading.Timer(1.0, stack.restart, ["api"])
        coming.start()
        image = await sightline.upload(draw("away.jpg"))
        image = await sightline.wait_until_ready(image.id, timeout=PATIENCE)
        assert image.status is Status.READY
        coming.join()
