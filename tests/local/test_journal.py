"""The journal of the emulator: what is read again after each way in which a process can end."""

import os
from pathlib import Path

import pytest

from sightline_local.ministack.journal import (
    Entry,
    Journal,
    JournalClosed,
    JournalDamaged,
    read_entries,
)

FIRST = Entry("000000000000", "eu-central-1", "PutItem", b'{"Item": {"pk": {"S": "a b"}}}')
SECOND = FIRST._replace(action="DeleteItem", body='{\n "pk": "ä"}'.encode())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "0.journal"


def write(path: Path, *entries: Entry) -> None:
    journal = Journal.open(path)
    for entry in entries:
        journal.append(entry)
    journal.close()


def test_entries_are_read_in_order(path: Path) -> None:
    write(path, FIRST)
    write(path, SECOND)
    assert list(read_entries(path)) == [FIRST, SECOND._replace(body='{  "pk": "ä"}'.encode())]


def test_a_missing_journal_has_no_entries(path: Path) -> None:
    assert list(read_entries(path)) == []


@pytest.mark.parametrize("lost", [1, 20])
def test_an_incomplete_last_entry_is_cut_off(path: Path, lost: int) -> None:
    write(path, FIRST, SECOND)
    os.truncate(path, path.stat().st_size - lost)
    assert list(read_entries(path)) == [FIRST]
    write(path, FIRST)
    assert list(read_entries(path)) == [FIRST, FIRST]


def test_a_damaged_entry_before_others_is_an_error(path: Path) -> None:
    """Nothing after it is deleted."""
    write(path, FIRST, SECOND)
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)
    with pytest.raises(JournalDamaged, match=f"{path} is damaged at byte 0"):
        list(read_entries(path))
    with pytest.raises(JournalDamaged):
        Journal.open(path)
    assert path.read_bytes() == content


def test_a_failed_write_leaves_no_part_of_its_entry(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal.open(path)
    journal.append(FIRST)
    write_all = os.write

    def fill_disk(descriptor: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError("no space left on device")
        return write_all(descriptor, data[:-10])

    monkeypatch.setattr(os, "write", fill_disk)
    with pytest.raises(OSError, match="no space"):
        journal.append(SECOND)
    monkeypatch.undo()
    journal.append(FIRST)
    assert list(read_entries(path)) == [FIRST, FIRST]


def test_nothing_follows_an_entry_that_cannot_be_removed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal.open(path)

    def fail(*_: object) -> int:
        raise OSError("input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fail)
        patch.setattr(os, "ftruncate", fail)
        with pytest.raises(OSError, match="input/output"):
            journal.append(FIRST)
    with pytest.raises(JournalClosed):
        journal.append(FIRST)
