"""The upload journal records each step, and survives expired and damaged entries."""

import os
import time
from pathlib import Path

import pytest

from sightline_client.journal import (
    RETENTION_SECONDS,
    FolderJournal,
    Journal,
    JournalEntry,
    MemoryJournal,
)

SHA256 = "a" * 64


@pytest.fixture(params=["memory", "folder"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    return MemoryJournal() if request.param == "memory" else FolderJournal(tmp_path)


def test_journal_records_an_upload_step_by_step(journal: Journal) -> None:
    created = JournalEntry("image", "http://s3", {"key": "k"}, time.time() + 900)
    assert journal.find(SHA256) is None
    journal.save(SHA256, created)
    assert journal.find(SHA256) == created
    journal.save(SHA256, JournalEntry("image"))
    found = journal.find(SHA256)
    assert found is not None
    assert found.is_uploaded
    journal.delete(SHA256)
    assert journal.find(SHA256) is None


@pytest.mark.parametrize(("seconds", "expected"), [(900, True), (10, False), (-1, False)])
def test_entry_is_usable_only_with_time_left(seconds: float, expected: bool) -> None:
    assert JournalEntry("image", "http://s3", {}, time.time() + seconds).is_usable is expected


def test_folder_journal_deletes_expired_entries(tmp_path: Path) -> None:
    FolderJournal(tmp_path).save(SHA256, JournalEntry("old"))
    expired = time.time() - RETENTION_SECONDS - 60
    os.utime(tmp_path / f"{SHA256}.json", (expired, expired))
    journal = FolderJournal(tmp_path)
    assert journal.find(SHA256) is None


def test_folder_journal_ignores_a_truncated_entry(tmp_path: Path) -> None:
    (tmp_path / f"{SHA256}.json").write_text('{"image_id": "x"')
    assert FolderJournal(tmp_path).find(SHA256) is None
