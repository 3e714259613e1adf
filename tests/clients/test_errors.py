"""Everything that the client raises is a `SightlineError`, also what concerns local files."""

import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from sightline_client import (
    AsyncSightline,
    FileSessionStore,
    FolderJournal,
    Pool,
    Session,
    Sightline,
    UploadOutcome,
)
from sightline_client.errors import (
    FileError,
    InvalidConfiguration,
    SessionExpired,
    UnexpectedResponse,
)
from sightline_client.image_file import ImageFile
from sightline_client.journal import JournalEntry

API = "http://api.test"


@pytest.fixture
def sightline() -> Sightline:
    return Sightline.from_token(API, "token")


def respond(sightline: Sightline, response: Callable[[], httpx.Response]) -> None:
    """Answer all requests of the client with this response."""
    sightline._http._transport = httpx.MockTransport(lambda _: response())


def test_upload_reports_a_missing_file(sightline: Sightline, tmp_path: Path) -> None:
    path = tmp_path / "gone.jpg"
    with pytest.raises(FileError, match=r"gone\.jpg: No such file or directory$") as raised:
        sightline.upload(path)
    assert isinstance(raised.value, OSError)
    assert (raised.value.errno, raised.value.filename) == (2, str(path))


async def test_asyncio_upload_reports_a_missing_file(tmp_path: Path) -> None:
    async with AsyncSightline.from_token(API, "token") as sightline:
        with pytest.raises(FileError):
            await sightline.upload(tmp_path / "gone.jpg")


def test_batch_reports_a_missing_file_as_a_result(sightline: Sightline, tmp_path: Path) -> None:
    (result,) = sightline.upload_many([tmp_path / "gone.jpg"])
    assert result.outcome is UploadOutcome.FAILED
    assert isinstance(result.error, FileError)


@pytest.mark.parametrize("name", ["folder", "nul\0byte.jpg"])
def test_upload_reports_a_path_that_is_no_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError):
        ImageFile.from_source(tmp_path / name)


def test_upload_reports_a_closed_stream() -> None:
    stream = io.BytesIO(b"")
    stream.close()
    with pytest.raises(FileError, match="closed file"):
        ImageFile.from_source(stream)


def test_download_reports_a_missing_folder(sightline: Sightline, tmp_path: Path) -> None:
    original = {
        "url": f"{API}/original",
        "file_name": "beach.jpg",
        "bytes": 1,
        "media_type": "image/jpeg",
        "expires_at": "2026-01-01T00:00:00Z",
    }
    respond(sightline, lambda: httpx.Response(200, json=original))
    sightline._external_http._transport = httpx.MockTransport(
        lambda _: httpx.Response(200, content=b"x")
    )
    with pytest.raises(FileError, match="No such file or directory"):
        sightline.download("image", tmp_path / "missing" / "beach.jpg")


def test_journal_reports_a_folder_that_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    journal = FolderJournal(tmp_path / "file" / "journal")
    with pytest.raises(FileError):
        journal.save("0" * 64, JournalEntry("image"))


def test_session_store_reports_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "default.json").mkdir()
    store = FileSessionStore(tmp_path)
    with pytest.raises(FileError):
        Sightline.from_store(store=store)
    with pytest.raises(FileError):
        store.save(Session.from_token(API, "token"))
    with pytest.raises(FileError):
        store.delete("default")


def test_session_that_is_no_text_has_expired(tmp_path: Path) -> None:
    (tmp_path / "default.json").write_bytes(b"\xff\xfe")
    with pytest.raises(SessionExpired):
        Sightline.from_store(store=FileSessionStore(tmp_path))


def test_invalid_urls_are_reported() -> None:
    with pytest.raises(InvalidConfiguration, match="invalid URL"):
        Sightline.from_token("http://api.test:port", "token")
    with pytest.raises(InvalidConfiguration, match="invalid URL"):
        Sightline.sign_in(
            API,
            "me@example.com",
            "password",
            Pool("pool", "id", "http://cognito.test:port"),
            flow="password",
        )


@pytest.mark.parametrize(
    "response",
    [
        lambda: httpx.Response(200, json=None, text="null"),
        lambda: httpx.Response(200, json=[]),
        lambda: httpx.Response(200, json={}),
        lambda: httpx.Response(200, json={"images": 1, "bytes": 1, "months": 5}),
        lambda: httpx.Response(200, text="<html>"),
    ],
)
def test_unreadable_responses_are_reported(
    sightline: Sightline, response: Callable[[], httpx.Response]
) -> None:
    respond(sightline, response)
    with pytest.raises(UnexpectedResponse):
        sightline.usage()
    with pytest.raises(UnexpectedResponse):
        sightline.image("image")


def test_export_reports_a_line_that_is_no_json(sightline: Sightline) -> None:
    lines = json.dumps({"kind": "account"}) + "\n<html>\n"
    respond(sightline, lambda: httpx.Response(200, text=lines))
    records = sightline.export()
    assert next(records) == {"kind": "account"}
    with pytest.raises(UnexpectedResponse):
        next(records)


def test_file_error_without_a_code_keeps_its_text() -> None:
    error = FileError.from_error(io.UnsupportedOperation("not readable"))
    assert str(error) == "not readable"
    assert str(FileError.from_error(OSError(28, os.strerror(28)))) == os.strerror(28)
