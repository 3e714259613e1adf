"""Uploads are created just before they are sent, and deleted if they are not used."""

import asyncio
import io
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import httpx
import pytest

from sightline_client import UploadOutcome, UploadResult
from sightline_client._async import upload_creator
from sightline_client._async.concurrency import open_in_thread
from sightline_client._async.uploader import FILES_PER_TRANSFER, Uploader
from sightline_client._sync import upload_creator as blocking_upload_creator
from sightline_client._sync.uploader import Uploader as BlockingUploader
from sightline_client.errors import FileChanged, InvalidRequest, StorageError, Unreachable
from sightline_client.generated.models import ImageUploadRequest, ProblemBody
from sightline_client.generated.types import UNSET
from sightline_client.journal import MemoryJournal
from sightline_local.sample_image import draw_sample

IMAGE = draw_sample(size=(64, 48))

#: Concurrent transfers.
CONCURRENCY = 4

TIMEOUT_SECONDS = 30


class FakeApi:
    """The operations of the API that uploads need. `images` is what the owner has."""

    def __init__(self) -> None:
        self.images: dict[str, ImageUploadRequest] = {}
        self.batch_sizes: list[int] = []
        self.invalid_titles: set[str] = set()
        self._numbers = count(1)

    async def create_upload(self, request: ImageUploadRequest) -> Any:
        return self.create([request])[0].upload

    async def create_uploads(self, requests: Sequence[ImageUploadRequest]) -> list[Any]:
        return self.create(requests)

    async def delete_many(self, image_ids: Sequence[str], *, permanent: bool = False) -> list[str]:
        return [each for each in image_ids if self.images.pop(each, None) is None]

    async def image(self, image_id: str) -> Any:
        return SimpleNamespace(id=image_id)

    def create(self, requests: Sequence[ImageUploadRequest]) -> list[Any]:
        self.batch_sizes.append(len(requests))
        if self.invalid_titles.intersection(str(request.title) for request in requests):
            body = ProblemBody("about:blank", "invalid_request", "", 422, "title: invalid")
            raise InvalidRequest(body, {})
        return [self._create(request) for request in requests]

    def _create(self, request: ImageUploadRequest) -> Any:
        image_id = f"image-{next(self._numbers)}"
        self.images[image_id] = request
        upload = SimpleNamespace(
            url=f"http://s3/{image_id}",
            fields=SimpleNamespace(to_dict=lambda: {"key": image_id}),
            expires_at=datetime.now(UTC) + timedelta(minutes=10),
        )
        created = SimpleNamespace(
            image=SimpleNamespace(id=image_id), upload=upload, duplicate_of=None
        )
        return SimpleNamespace(upload=created, problem=UNSET)


class BlockingFakeApi:
    """`FakeApi` for the blocking client."""

    def __init__(self, api: FakeApi) -> None:
        self._api = api

    def create_upload(self, request: ImageUploadRequest) -> Any:
        return self._api.create([request])[0].upload

    def create_uploads(self, requests: Sequence[ImageUploadRequest]) -> list[Any]:
        return self._api.create(requests)

    def delete_many(self, image_ids: Sequence[str], *, permanent: bool = False) -> list[str]:
        return [each for each in image_ids if self._api.images.pop(each, None) is None]


class FakeS3(httpx.AsyncBaseTransport):
    """Stores what is sent, once `opened` is set. `on_request` is called before that."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.opened = asyncio.Event()
        self.opened.set()
        self.on_request: Callable[[str], httpx.Response | None] = lambda _: None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        image_id = request.url.path.removeprefix("/")
        response = self.on_request(image_id)
        await self.opened.wait()
        assert isinstance(request.stream, httpx.AsyncByteStream)
        body = b"".join([chunk async for chunk in request.stream])
        if response is None:
            self.bodies[image_id] = body
        return response or httpx.Response(204)


class BlockingFakeS3(httpx.BaseTransport):
    """Accepts the first file, and the others once `opened` is set."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self._requests = count()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if next(self._requests):
            self.opened.wait()
        assert isinstance(request.stream, httpx.SyncByteStream)
        assert b"".join(request.stream)
        return httpx.Response(204)


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
async def uploader(api: FakeApi, s3: FakeS3, journal: MemoryJournal) -> AsyncIterator[Uploader]:
    client: Any = api
    async with httpx.AsyncClient(transport=s3) as http:
        yield Uploader(client, http, journal, CONCURRENCY)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Files with different content, more than are uploaded at the same time."""
    paths = [tmp_path / f"{number:02}.jpg" for number in range(CONCURRENCY * 10)]
    for number, path in enumerate(paths):
        path.write_bytes(IMAGE + bytes([number]))
    return paths


async def upload_all(
    uploader: Uploader, paths: Sequence[Path], results: list[UploadResult] | None = None
) -> dict[Path, UploadResult]:
    found: list[UploadResult] = [] if results is None else results
    async with aclosing(uploader.upload_many(paths, None, None, True)) as uploads:
        async for result in uploads:
            found.append(result)  # noqa: PERF401 - a cancellation keeps the first ones
    return {Path(str(each.source)): each for each in found}


async def wait_until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not condition():  # noqa: ASYNC110 - the fakes know nothing of events
            await asyncio.sleep(0.005)


async def test_uploads_are_created_only_for_files_that_are_about_to_be_sent(
    uploader: Uploader, api: FakeApi, s3: FakeS3, paths: list[Path]
) -> None:
    s3.opened.clear()
    in_progress = CONCURRENCY * FILES_PER_TRANSFER
    task = asyncio.create_task(upload_all(uploader, paths))
    await wait_until(lambda: len(api.images) >= in_progress)
    # The files that are being sent and the next ones have their uploads, created together.
    for _ in range(20):
        await asyncio.sleep(0.005)
        assert len(api.images) == in_progress
    assert api.batch_sizes == [in_progress]
    s3.opened.set()
    results = await task
    assert {each.outcome for each in results.values()} == {UploadOutcome.UPLOADED}
    assert set(s3.bodies) == set(api.images) == {each.image_id for each in results.values()}
    assert len(api.images) == len(paths)


async def test_cancellation_deletes_the_uploads_that_were_not_sent(
    uploader: Uploader, api: FakeApi, s3: FakeS3, journal: MemoryJournal, paths: list[Path]
) -> None:
    results: list[UploadResult] = []

    def close_after_some(_: str) -> None:
        # Several files may have been stored since the request before.
        if len(s3.bodies) >= CONCURRENCY:
            s3.opened.clear()

    s3.on_request = close_after_some
    task = asyncio.create_task(upload_all(uploader, paths, results))
    await wait_until(lambda: not s3.opened.is_set())
    assert len(api.images) > len(s3.bodies)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert set(api.images) == set(s3.bodies)
    assert len(s3.bodies) >= CONCURRENCY
    entries = journal._entries.values()
    assert {each.image_id for each in entries if each.is_uploaded} == set(s3.bodies)
    assert all(each.is_uploaded for each in entries)


@pytest.mark.parametrize("file_count", [1, CONCURRENCY])
async def test_cancellation_deletes_the_uploads_that_are_being_created(
    uploader: Uploader,
    api: FakeApi,
    journal: MemoryJournal,
    paths: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    file_count: int,
) -> None:
    """The API has created them, and its response is on its way."""
    create, responded, cancelled = api.create, asyncio.Event(), asyncio.Event()

    async def respond_late(requests: Sequence[ImageUploadRequest]) -> list[Any]:
        created = create(requests)
        responded.set()
        await cancelled.wait()
        return created

    async def respond_late_once(request: ImageUploadRequest) -> Any:
        return (await respond_late([request]))[0].upload

    monkeypatch.setattr(api, "create_uploads", respond_late)
    monkeypatch.setattr(api, "create_upload", respond_late_once)
    task = asyncio.create_task(upload_all(uploader, paths[:file_count]))
    await responded.wait()
    assert len(api.images) == file_count
    task.cancel()
    asyncio.get_running_loop().call_later(0.05, cancelled.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert api.images == {}
    assert journal._entries == {}


async def test_cancellation_does_not_wait_for_an_api_that_does_not_respond(
    uploader: Uploader,
    api: FakeApi,
    s3: FakeS3,
    paths: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hang(_: Sequence[str], *, permanent: bool) -> list[str]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(api, "delete_many", hang)
    monkeypatch.setattr(upload_creator, "DELETION_SECONDS", 0.05)
    s3.opened.clear()
    task = asyncio.create_task(upload_all(uploader, paths))
    await wait_until(lambda: bool(api.images))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_blocking_cleanup_does_not_wait_for_an_api_that_does_not_respond(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released = threading.Event()
    client: Any = SimpleNamespace(delete_many=lambda _, permanent: released.wait())
    monkeypatch.setattr(blocking_upload_creator, "DELETION_SECONDS", 0.05)
    creator = blocking_upload_creator.UploadCreator(client, MemoryJournal(), None, True)
    creator._unused["image-1"] = "a" * 64
    creator.delete_unused()
    assert creator._unused
    released.set()


async def test_error_of_one_file_deletes_its_upload_and_stops_no_other(
    uploader: Uploader, api: FakeApi, s3: FakeS3, journal: MemoryJournal, paths: list[Path]
) -> None:
    """Files change, vanish and are replaced between hashing and sending, and S3 rejects one."""
    uploader._concurrency = 1
    grown, shrunk, changed, vanished, fifo, rejected = paths[10:16]

    def change_files(image_id: str) -> httpx.Response | None:
        if not s3.bodies:
            grown.write_bytes(grown.read_bytes() + b"x")
            shrunk.write_bytes(shrunk.read_bytes()[:-1])
            changed.write_bytes(changed.read_bytes()[:-1] + b"x")
            vanished.unlink()
            fifo.unlink()
            os.mkfifo(fifo)
        if api.images[image_id].title == rejected.name:
            return httpx.Response(403, content=b"<Error><Code>AccessDenied</Code></Error>")
        return None

    s3.on_request = change_files
    results = await upload_all(uploader, paths)
    errors = {path: str(each.error) for path, each in results.items() if each.error}
    assert errors == {
        grown: "10.jpg changed during the upload",
        shrunk: "11.jpg changed during the upload",
        changed: "12.jpg changed during the upload",
        vanished: f"{vanished}: No such file or directory",
        fifo: "14.jpg is a FIFO, not a regular file",
        rejected: "S3 error: AccessDenied (403)",
    }
    outcomes = [each.outcome for path, each in results.items() if path not in errors]
    assert outcomes == [UploadOutcome.UPLOADED] * (len(paths) - len(errors))
    assert set(api.images) == set(s3.bodies)
    assert {each.image_id for each in journal._entries.values()} == set(s3.bodies)


async def test_upload_of_a_failed_file_is_deleted_at_once(
    uploader: Uploader, api: FakeApi, s3: FakeS3, paths: list[Path]
) -> None:
    s3.on_request = lambda _: httpx.Response(403)
    results = uploader.upload_many(paths[:CONCURRENCY], None, None, True)
    async with aclosing(results):
        failed = [(await anext(results)).outcome for _ in range(CONCURRENCY)]
        assert failed == [UploadOutcome.FAILED] * CONCURRENCY
        assert api.images == {}


async def test_content_of_a_failed_file_is_sent_from_its_copy(
    uploader: Uploader, s3: FakeS3, paths: list[Path]
) -> None:
    first, original, copy, second_copy = paths[:4]
    uploader._concurrency = 1
    for path in (copy, second_copy):
        path.write_bytes(original.read_bytes())
    s3.on_request = lambda _: None if s3.bodies else original.unlink()
    results = await upload_all(uploader, [first, original, copy, second_copy])
    assert [results[path].outcome for path in (first, original, copy, second_copy)] == [
        UploadOutcome.UPLOADED,
        UploadOutcome.FAILED,
        UploadOutcome.UPLOADED,
        UploadOutcome.DUPLICATE,
    ]
    assert results[second_copy].image_id == results[copy].image_id


async def test_file_that_the_api_rejects_stops_no_other(
    uploader: Uploader, api: FakeApi, paths: list[Path]
) -> None:
    api.invalid_titles = {"01.jpg"}
    results = await upload_all(uploader, paths[:4])
    assert [path.name for path, each in results.items() if each.error] == ["01.jpg"]
    assert len(api.images) == 3


async def test_unreachable_s3_ends_the_batch_and_leaves_nothing(
    uploader: Uploader, api: FakeApi, s3: FakeS3, journal: MemoryJournal, paths: list[Path]
) -> None:
    def fail(_: str) -> None:
        raise httpx.ConnectError("no route")

    s3.on_request = fail
    with pytest.raises(Unreachable):
        await upload_all(uploader, paths)
    assert api.images == {}
    assert journal._entries == {}


async def test_failed_single_upload_leaves_nothing(
    uploader: Uploader, api: FakeApi, s3: FakeS3, journal: MemoryJournal, paths: list[Path]
) -> None:
    s3.on_request = lambda _: httpx.Response(403)
    with pytest.raises(StorageError):
        await uploader.upload(paths[0], None, None, None, False)

    def change(_: str) -> None:
        paths[1].write_bytes(IMAGE + b"x")

    s3.on_request = change
    with pytest.raises(FileChanged):
        await uploader.upload(paths[1], None, None, None, False)
    assert api.images == {}
    assert journal._entries == {}


async def test_title_of_a_name_that_is_not_utf8_is_replaced(
    uploader: Uploader, api: FakeApi, paths: list[Path]
) -> None:
    path = paths[0].rename(os.fsdecode(os.fsencode(paths[0].parent) + b"/caf\xe9.jpg"))
    await uploader.upload(path, None, None, None, False)
    assert [each.title for each in api.images.values()] == ["caf?.jpg"]


@pytest.fixture
def blocking_s3() -> BlockingFakeS3:
    return BlockingFakeS3()


@pytest.fixture
def blocking_uploader(
    api: FakeApi, blocking_s3: BlockingFakeS3, journal: MemoryJournal
) -> Iterator[BlockingUploader]:
    client: Any = BlockingFakeApi(api)
    with httpx.Client(transport=blocking_s3) as http:
        yield BlockingUploader(client, http, journal, CONCURRENCY)


def test_closing_the_blocking_stream_leaves_only_what_was_sent(
    blocking_uploader: BlockingUploader,
    api: FakeApi,
    blocking_s3: BlockingFakeS3,
    journal: MemoryJournal,
    paths: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Transfers in progress end, and no further one begins."""
    stop = blocking_upload_creator.UploadCreator.stop

    def stop_and_open(creator: blocking_upload_creator.UploadCreator) -> None:
        stop(creator)
        blocking_s3.opened.set()

    monkeypatch.setattr(blocking_upload_creator.UploadCreator, "stop", stop_and_open)
    with closing(blocking_uploader.upload_many(paths, None, None, True)) as uploads:
        assert next(uploads).outcome is UploadOutcome.UPLOADED
    assert 1 <= len(api.images) <= 1 + CONCURRENCY
    entries = journal._entries.values()
    assert {each.image_id for each in entries if each.is_uploaded} == set(api.images)
    assert all(each.is_uploaded for each in entries)


def test_blocking_upload_of_many_files_is_complete(
    blocking_uploader: BlockingUploader,
    api: FakeApi,
    blocking_s3: BlockingFakeS3,
    paths: list[Path],
) -> None:
    blocking_s3.opened.set()
    results = list(blocking_uploader.upload_many(paths, None, None, True))
    assert [each.outcome for each in results] == [UploadOutcome.UPLOADED] * len(paths)
    assert {each.image_id for each in results} == set(api.images)
    assert max(api.batch_sizes) <= CONCURRENCY * FILES_PER_TRANSFER


async def test_cancellation_closes_a_file_that_is_being_opened() -> None:
    opened: list[Any] = []
    started, cancelled, closed = threading.Event(), threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    class ObservedFile(io.BytesIO):
        def close(self) -> None:
            super().close()
            loop.call_soon_threadsafe(closed.set)

    def open_slowly() -> IO[bytes]:
        started.set()
        cancelled.wait()
        opened.append(ObservedFile())
        file: IO[bytes] = opened[0]
        return file

    task = asyncio.create_task(open_in_thread(open_slowly))
    await asyncio.to_thread(started.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    cancelled.set()
    await asyncio.wait_for(closed.wait(), 30)
    assert opened[0].closed
