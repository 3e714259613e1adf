"""Downloads of archive parts: resumed after an interruption, and only while they are current."""

import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from sightline_client._async.archive_downloader import ArchiveDownloader
from sightline_client._sync.archive_downloader import ArchiveDownloader as BlockingDownloader
from sightline_client.archives import ArchiveFile
from sightline_client.errors import Unreachable
from sightline_client.generated.models import ArchivePart
from sightline_client.retry import NO_RETRIES, RetryPolicy

PART = ArchivePart("/v1/archives/download?part=x", "sightline-001.zip", 1, 5)

RETRY = RetryPolicy(max_attempts=3, initial_delay=0.001)


def make_zip(etag: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a", etag * 2000)
        archive.comment = etag.encode()
    return target.getvalue()


class FakeApi(httpx.AsyncBaseTransport):
    """Serves one file with ranges, and cuts each response off after `limit` bytes."""

    def __init__(self) -> None:
        self.etag = '"first"'
        self.limit = 1_000_000
        self.requests: list[httpx.Request] = []

    @property
    def body(self) -> bytes:
        return make_zip(self.etag)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.respond(request)

    def respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        headers = {"ETag": self.etag}
        if request.headers.get("if-none-match") == self.etag:
            return httpx.Response(304, headers=headers)
        body, start = self.body, 0
        if request.headers.get("if-range") == self.etag:
            start = int(request.headers["range"].removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                return httpx.Response(416)
        headers["Content-Length"] = str(len(body) - start)
        sent = body[start : start + self.limit]
        is_cut = len(sent) < len(body) - start
        return httpx.Response(206 if start else 200, headers=headers, stream=Cut(sent, is_cut))


class Cut(httpx.AsyncByteStream, httpx.SyncByteStream):
    """Bytes, and a lost connection after them."""

    def __init__(self, body: bytes, is_cut: bool) -> None:
        self._body = body
        self._is_cut = is_cut

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        if self._is_cut:
            raise httpx.ReadError("connection lost")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


class BlockingFakeApi(httpx.BaseTransport):
    def __init__(self, api: FakeApi) -> None:
        self._api = api

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._api.respond(request)


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


async def download(api: FakeApi, folder: Path, retry: RetryPolicy = RETRY) -> Path:
    async with httpx.AsyncClient(transport=api, base_url="http://api") as http:
        return await ArchiveDownloader(http, retry).download(PART, folder, None)


def list_names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


async def test_an_interrupted_download_is_resumed(api: FakeApi, tmp_path: Path) -> None:
    """Attempts that make progress are not counted as failed."""
    api.limit = len(api.body) // 10
    path = await download(api, tmp_path)
    assert path == tmp_path / "sightline-001.zip"
    assert path.read_bytes() == api.body
    assert list_names(tmp_path) == [path.name]
    ranges = [int(each.headers["range"][6:-1]) for each in api.requests[1:]]
    assert ranges == [api.limit * n for n in range(1, len(api.requests))]


async def test_a_later_run_resumes(api: FakeApi, tmp_path: Path) -> None:
    api.limit = 100
    with pytest.raises(Unreachable):
        await download(api, tmp_path, NO_RETRIES)
    api.limit = 1_000_000
    path = await download(api, tmp_path)
    assert path.read_bytes() == api.body
    assert api.requests[-1].headers["range"] == "bytes=100-"


async def test_a_file_that_changed_is_downloaded_anew(api: FakeApi, tmp_path: Path) -> None:
    api.limit = 100
    with pytest.raises(Unreachable):
        await download(api, tmp_path, NO_RETRIES)
    api.etag, api.limit = '"second"', 1_000_000
    path = await download(api, tmp_path)
    assert path.read_bytes() == api.body
    assert list_names(tmp_path) == [path.name]


async def test_a_current_file_is_kept_and_an_outdated_one_replaced(
    api: FakeApi, tmp_path: Path
) -> None:
    path = await download(api, tmp_path)
    before = path.stat().st_mtime_ns
    assert await download(api, tmp_path) == path
    assert path.stat().st_mtime_ns == before
    api.etag = '"second"'
    await download(api, tmp_path)
    assert path.read_bytes() == api.body


async def test_a_beginning_with_all_bytes_does_not_block_the_download(
    api: FakeApi, tmp_path: Path
) -> None:
    ArchiveFile(tmp_path / PART.file_name).beginning(api.etag).write_bytes(api.body)
    path = await download(api, tmp_path)
    assert path.read_bytes() == api.body


async def test_a_connection_without_progress_is_given_up(api: FakeApi, tmp_path: Path) -> None:
    api.limit = 0
    with pytest.raises(Unreachable):
        await download(api, tmp_path)
    assert len(api.requests) == RETRY.max_attempts


def test_the_blocking_client_resumes_too(api: FakeApi, tmp_path: Path) -> None:
    api.limit = len(api.body) // 3
    with httpx.Client(transport=BlockingFakeApi(api), base_url="http://api") as http:
        path = BlockingDownloader(http, RETRY).download(PART, tmp_path, None)
    assert path.read_bytes() == api.body


def test_the_file_name_does_not_leave_the_folder(tmp_path: Path) -> None:
    part = ArchivePart("/x", "../../sightline-001.zip", 1, 5)
    assert ArchiveFile.of(part, tmp_path).path == tmp_path / "sightline-001.zip"
