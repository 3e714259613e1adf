"""User journeys with the Python client, from sign-in to deletion, including failures.

Written for the asyncio client; `test_journeys` also runs them with the blocking client.
"""

import threading
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from sightline_client import (
    AlbumSearch,
    AlbumSort,
    AsyncSightline,
    MemorySessionStore,
    Pool,
    RetryPolicy,
    Session,
    SortOrder,
    Status,
    UploadOutcome,
)
from sightline_client.cognito import Tokens
from sightline_client.errors import (
    MissingScope,
    NotFound,
    ProcessingFailed,
    ProcessingTimeout,
    SessionExpired,
    SignInRejected,
    Unreachable,
)
from sightline_local.connection import Connection
from sightline_local.stack import Stack

Draw = Callable[[str], Path]

#: Timeout for the processing of an image.
TIMEOUT_SECONDS = 60


async def connect(connection: Connection, **options: Any) -> AsyncSightline:
    pool = Pool(connection.pool_id, connection.client_id, connection.cognito)
    return await AsyncSightline.sign_in(
        connection.api, connection.email, connection.password, pool, **options
    )


async def use_every_resource(connection: Connection, draw: Draw, folder: Path) -> None:
    """Sign in, upload with progress, receive events, search, use an album, download, delete."""
    async with await connect(connection) as sightline:
        async with aclosing(sightline.events()) as events:
            received = [await anext(events)]
            path, progress = draw("beach.jpg"), list[tuple[int, int]]()
            image = await sightline.upload(path, progress=lambda *counts: progress.append(counts))
            size = path.stat().st_size
            assert progress[-1] == (size, size)
            async for event in events:
                received.append(event)
                if (event.id, event.status) == (image.id, "ready"):
                    break
        assert received[0].kind == "open"
        image = await sightline.wait_until_ready(image.id, timeout=TIMEOUT_SECONDS)
        assert (image.title, image.status) == ("beach.jpg", Status.READY)

        label = image.labels[0].name
        assert [each.id async for each in sightline.search(label)] == [image.id]
        assert label in [each.name async for each in sightline.labels()]
        changed = await sightline.update(image.id, title="The beach", labels_added=["Holiday"])
        assert changed.title == "The beach"
        assert [each.id async for each in sightline.search("Holiday")] == [image.id]

        album = await sightline.create_album("Summer")
        outcomes = await sightline.add_to_album(album.id, [image.id])
        assert [int(each.status) for each in outcomes] == [204]
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
        capabilities = await sightline.capabilities()
        assert "image/jpeg" in capabilities.media_types
        assert capabilities.limits.batch_size == 100
        await sightline.delete(image.id)
        await sightline.delete_album(album.id)
        assert [each.id async for each in sightline.images()] == []
        with pytest.raises(NotFound) as missing:
            await sightline.image(image.id)
        assert missing.value.code == "image_not_found"


async def use_an_api_key(connection: Connection, draw: Draw) -> None:
    """Create a key, upload and read with it, exceed its scopes, and revoke it."""
    async with await connect(connection) as sightline:
        created = await sightline.create_api_key("import", ["images:read", "images:write"])
        (listed,) = await sightline.api_keys()
        assert (listed.id, listed.name, listed.last_used_at) == (created.api_key.id, "import", None)
        async with AsyncSightline.from_api_key(connection.api, created.secret) as program:
            image = await program.upload(draw("import.jpg"))
            await program.wait_until_ready(image.id, timeout=TIMEOUT_SECONDS)
            with pytest.raises(MissingScope):
                await program.create_album("Summer")
            with pytest.raises(MissingScope):
                await program.api_keys()
        assert (await sightline.image(image.id)).status == Status.READY
        (listed,) = await sightline.api_keys()
        assert listed.last_used_at is not None
        await sightline.revoke_api_key(listed.id)
        assert await sightline.api_keys() == []
        with pytest.raises(NotFound):
            await sightline.revoke_api_key(listed.id)


def _visit(url: str) -> httpx.Response:
    """Open a share link without any credential."""
    return httpx.get(url)


async def share_an_image(connection: Connection, draw: Draw) -> None:
    """Create a link, open it without an account, change it, and revoke it."""
    async with await connect(connection) as sightline:
        image = await sightline.upload(draw("shared.jpg"))
        created = await sightline.create_share_link(image_id=image.id, expires_in_days=None)
        url = connection.api + created.path
        view = _visit(url).json()
        assert (view["kind"], view["metadata"], view["expires_at"]) == ("image", False, None)
        link_id = created.share_link.id
        changed = await sightline.update_share_link(link_id, metadata=True, expires_in_days=7)
        assert changed.expires_at is not None
        assert _visit(url).json()["metadata"]
        listed = [link async for link in sightline.share_links()]
        assert [(link.id, link.opened, link.has_password) for link in listed] == [
            (link_id, 2, False)
        ]
        await sightline.revoke_share_link(link_id)
        assert _visit(url).status_code == 404
        with pytest.raises(NotFound):
            await sightline.revoke_share_link(link_id)


async def upload_many(connection: Connection, draw: Draw, broken: Path) -> None:
    """Upload a batch: duplicates are skipped, and an invalid file does not stop the others."""
    paths = [draw(f"many/{number}.jpg") for number in range(12)]
    duplicate = draw("many/duplicate.jpg")
    duplicate.write_bytes(paths[0].read_bytes())
    note = paths[0].with_name("note.txt")
    note.write_text("not an image")
    async with await connect(connection) as sightline:
        uploads = sightline.upload_many([*paths, duplicate, note])
        results = {each.source: each async for each in uploads}
        assert [results[path].outcome for path in paths] == [UploadOutcome.UPLOADED] * 12
        assert results[duplicate].outcome is UploadOutcome.DUPLICATE
        assert results[duplicate].image_id == results[paths[0]].image_id
        assert results[note].outcome is UploadOutcome.FAILED
        ids = {each.image_id for each in results.values() if each.image_id}
        processed = sightline.wait_until_processed(ids, timeout=TIMEOUT_SECONDS * 2)
        assert {each.id async for each in processed if each.status is Status.READY} == ids
        pages = [each.id async for each in sightline.images(page_size=5)]
        assert (len(pages), set(pages)) == (12, ids)
        oldest = sightline.images(sort=SortOrder.OLDEST, page_size=5)
        assert [each.id async for each in oldest] == pages[::-1]
    # Another client has an empty journal; the API detects the duplicates.
    async with await connect(connection) as sightline:
        again = [each async for each in sightline.upload_many(paths)]
        assert {each.outcome for each in again} == {UploadOutcome.DUPLICATE}
        assert {each.image_id for each in again} == ids
        assert len([each async for each in sightline.images()]) == 12
        existing = await sightline.upload(paths[0], skip_duplicate=True)
        assert existing.id in ids
        search = AlbumSearch(status=Status.READY)
        found = await sightline.create_album("All", sort=AlbumSort.ALBUM_MANUAL, search=search)
        assert (found.images, found.sort) == (12, AlbumSort.ALBUM_MANUAL)
        order = [each.id async for each in sightline.images(album=found.id, page_size=5)]
        outcomes = await sightline.move_in_album(found.id, order[:2], after=order[11])
        assert [int(each.status) for each in outcomes] == [204, 204]
        moved = [each.id async for each in sightline.images(album=found.id, page_size=5)]
        assert moved == [*order[2:], *order[:2]]
        await sightline.delete_album(found.id)
        assert await sightline.delete_many([*ids]) == []


async def handle_failures(connection: Connection, draw: Draw, broken: Path) -> None:
    """A wrong password, an invalid image, a timeout, and an expired session."""
    with pytest.raises(SignInRejected) as rejected:
        await connect(connection.model_copy(update={"password": "Sightline-wrong-1"}))
    assert rejected.value.code == "NotAuthorizedException"

    store = MemorySessionStore()
    async with await connect(connection, store=store) as sightline:
        image = await sightline.upload(broken)
        with pytest.raises(ProcessingFailed) as failed:
            await sightline.wait_until_ready(image.id, timeout=TIMEOUT_SECONDS)
        assert failed.value.codes
        late = await sightline.upload(draw("late.jpg"))
        with pytest.raises(ProcessingTimeout) as timed_out:
            await sightline.wait_until_ready(late.id, timeout=0)
        assert timed_out.value.image_ids == [late.id]

    # An invalid access token is renewed, and the new one is saved.
    session = store.load("default")
    assert session is not None
    invalid = replace(session, tokens=replace(session.tokens, access="invalid"))
    store.save(invalid)
    async with AsyncSightline.from_store(store=store) as sightline:
        assert (await sightline.usage()).months
    renewed = store.load("default")
    assert renewed is not None
    assert renewed.tokens.access != "invalid"

    # If it cannot be renewed, the session has expired.
    expired = replace(session, tokens=Tokens("invalid", "invalid", session.tokens.expires_at))
    async with AsyncSightline(expired) as sightline:
        with pytest.raises(SessionExpired):
            await sightline.usage()
    with pytest.raises(SessionExpired):
        AsyncSightline.from_store("unknown", MemorySessionStore())


async def survive_an_outage(connection: Connection, draw: Draw, stack: Stack) -> None:
    """Stop and restart the API: an upload with enough retries succeeds."""
    patient = RetryPolicy(max_attempts=20, max_delay=2.0)
    async with await connect(connection, retry=patient) as sightline:
        stack.stop("api")
        session: Session = sightline.session
        async with AsyncSightline(session, retry=RetryPolicy(max_attempts=2)) as hasty:
            with pytest.raises(Unreachable):
                await hasty.usage()
        restart = threading.Timer(1.0, stack.restart, ["api"])
        restart.start()
        image = await sightline.upload(draw("outage.jpg"))
        image = await sightline.wait_until_ready(image.id, timeout=TIMEOUT_SECONDS)
        assert image.status is Status.READY
        restart.join()
