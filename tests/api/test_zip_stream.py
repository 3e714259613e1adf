"""The writer of ZIP files: exact sizes, ZIP64, and published tools that read the result."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sightline.ports.object_store import ObjectNotFound, ObjectStream
from sightline_api.archives.zip_stream import ZIP64_LIMIT, Entry, measure_zip, stream_zip

AT = datetime(2021, 7, 3, 14, 5, 10, tzinfo=UTC)

#: A limit that small files exceed, so that `zipfile` writes ZIP64.
SMALL_LIMIT = 1000

LAST = Entry("last", 2, AT, content=b"{}")


def finish(absent: Sequence[Entry]) -> Entry:
    return Entry("last", 2, AT, content=b"[]" if absent else b"{}")


@asynccontextmanager
async def open_object(key: str) -> AsyncIterator[ObjectStream]:
    """Open an object of as many bytes as its key says; none has a negative number."""
    size = int(key)
    if size < 0:
        raise ObjectNotFound(key)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, size, 700):
            yield b"x" * min(700, size - start)

    yield ObjectStream(size, chunks())


async def write(entries: Sequence[Entry], limit: int = ZIP64_LIMIT) -> bytes:
    return b"".join(
        [chunk async for chunk in stream_zip(entries, finish, open_object, b"note", limit)]
    )


def run_tools(body: bytes, path: Path) -> None:
    """Test the file with each published tool that is installed."""
    path.write_bytes(body)
    for command in (["unzip", "-t"], ["7z", "t"], ["bsdtar", "-tf"]):
        if shutil.which(command[0]):
            subprocess.run([*command, path], check=True, capture_output=True)


def make_entries(*sizes: int) -> list[Entry]:
    return [Entry(f"{n}-é.jpg", size, AT, key=str(size)) for n, size in enumerate(sizes)]


@pytest.mark.parametrize("limit", [SMALL_LIMIT, ZIP64_LIMIT])
@pytest.mark.parametrize("sizes", [(), (0,), (900, 960), (1, 950, 953, 1000, 1001, 5), (5000,)])
async def test_the_size_is_known_in_advance(
    sizes: tuple[int, ...], limit: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("zipfile.ZIP64_LIMIT", limit)
    entries = [*make_entries(*sizes), Entry("text", 5, AT, content=b"hello")]
    body = await write(entries, limit)
    assert len(body) == measure_zip([*entries, LAST], b"note", limit)
    opened = zipfile.ZipFile(io.BytesIO(body))
    assert opened.testzip() is None
    assert opened.comment == b"note"
    assert [each.file_size for each in opened.infolist()] == [*sizes, 5, 2]
    run_tools(body, tmp_path / "a.zip")


async def test_an_absent_object_does_not_change_the_size() -> None:
    entries = make_entries(900, 2000, 5)
    absent = [entries[0], Entry(entries[1].name, 2000, AT, key="-1"), entries[2]]
    body = await write(absent)
    assert len(body) == measure_zip([*entries, LAST], b"note")
    opened = zipfile.ZipFile(io.BytesIO(body))
    assert opened.testzip() is None
    assert opened.namelist() == [entries[0].name, entries[2].name, "last"]
    assert opened.read("last") == b"[]"


async def test_more_entries_than_the_format_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zipfile.ZIP_FILECOUNT_LIMIT", 3)
    monkeypatch.setattr("sightline_api.archives.zip_stream.MAX_ENTRIES", 3)
    entries = [Entry(str(n), 0, AT) for n in range(3)]
    body = await write(entries)
    assert len(body) == measure_zip([*entries, LAST], b"note")
    assert len(zipfile.ZipFile(io.BytesIO(body)).namelist()) == 4


@pytest.mark.parametrize(("year", "expected"), [(1926, 1980), (2021, 2021), (9999, 2107)])
async def test_a_time_is_moved_into_the_range_of_the_format(year: int, expected: int) -> None:
    body = await write([Entry("a", 0, AT.replace(year=year))])
    assert zipfile.ZipFile(io.BytesIO(body)).getinfo("a").date_time[0] == expected


async def test_no_object_stays_open_when_the_stream_is_closed() -> None:
    opened: list[str] = []

    @asynccontextmanager
    async def open_counted(key: str) -> AsyncIterator[ObjectStream]:
        opened.append(key)
        try:
            async with open_object(key) as stream:
                yield stream
        finally:
            opened.remove(key)

    stream = stream_zip(make_entries(5000, 5000), finish, open_counted)
    await anext(stream)
    assert opened == ["5000"]
    await stream.aclose()
    assert opened == []
