"""Sessions and uploads are remembered, by their owner alone, and survive what can go wrong."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from sightline_client.cognito import Pool, Tokens
from sightline_client.errors import SessionExpired
from sightline_client.journal import KEPT, Entry, FolderJournal, Journal, MemoryJournal
from sightline_client.sessions import (
    FileStore,
    KeyringStore,
    MemoryStore,
    Session,
    SessionStore,
    default_store,
    state_folder,
)

SESSION = Session(
    "https://api.example.com",
    Tokens("access", "refresh", 1_800_000_000.0),
    "demo@example.com",
    Pool("eu-central-1_AbCdEf123", "client"),
    "work",
    "https://example.com",
)


class Keyring(KeyringBackend):
    """One that works, or does not."""

    priority = 1

    def __init__(self, is_broken: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.is_broken = is_broken
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        self.kept.pop((service, username), None)

    def _check(self) -> None:
        if self.is_broken:
            raise KeyringError("it is locked")


@pytest.fixture(autouse=True)
def _leave_the_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture(params=["memory", "file", "keyring", "no keyring"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SessionStore:
    match request.param:
        case "memory":
            return MemoryStore()
        case "file":
            return FileStore(tmp_path)
        case other:
            keyring.set_keyring(Keyring(is_broken=other == "no keyring"))
            return KeyringStore(FileStore(tmp_path))


def test_a_session_is_kept_until_it_is_forgotten(store: SessionStore) -> None:
    assert store.load("work") is None
    store.save(SESSION)
    assert store.load("work") == SESSION
    assert store.load("home") is None
    store.forget("work")
    assert store.load("work") is None
    store.forget("work")


def test_a_stored_session_is_for_its_owner_alone(tmp_path: Path) -> None:
    FileStore(tmp_path / "sessions").save(SESSION)
    path = tmp_path / "sessions" / "work.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_what_is_in_the_keyring_is_in_no_file(tmp_path: Path) -> None:
    backend = Keyring(is_broken=True)
    keyring.set_keyring(backend)
    store = KeyringStore(FileStore(tmp_path))
    store.save(SESSION)
    assert list(tmp_path.iterdir())
    backend.is_broken = False
    store.save(SESSION)
    assert list(tmp_path.iterdir()) == []
    assert store.load("work") == SESSION


def test_a_session_that_cannot_be_read_has_expired(tmp_path: Path) -> None:
    (tmp_path / "work.json").write_text('{"api": "https://api.example.com"}')
    with pytest.raises(SessionExpired):
        FileStore(tmp_path).load("work")


def test_the_keyring_is_preferred() -> None:
    assert isinstance(default_store(), KeyringStore)


def test_a_home_of_ones_own_is_kept_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGHTLINE_HOME", str(tmp_path))
    assert state_folder() == tmp_path


@pytest.fixture(params=["memory", "folder"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    return MemoryJournal() if request.param == "memory" else FolderJournal(tmp_path)


def test_uploads_are_remembered_step_by_step(journal: Journal) -> None:
    announced = Entry("image", "http://s3", {"key": "k"}, time.time() + 900)
    assert journal.find("a" * 64) is None
    journal.keep("a" * 64, announced)
    assert journal.find("a" * 64) == announced
    journal.keep("a" * 64, Entry("image"))
    found = journal.find("a" * 64)
    assert found is not None
    assert found.is_sent
    journal.forget("a" * 64)
    assert journal.find("a" * 64) is None


@pytest.mark.parametrize(("seconds", "good"), [(900, True), (10, False), (-1, False)])
def test_a_form_is_begun_with_only_while_there_is_time(seconds: float, good: bool) -> None:
    assert Entry("image", "http://s3", {}, time.time() + seconds).is_good is good


def test_a_journal_does_not_grow_for_ever(tmp_path: Path) -> None:

    FolderJournal(tmp_path).keep("a" * 64, Entry("old"))
    long_ago = time.time() - KEPT - 60
    os.utime(tmp_path / f"{'a' * 64}.json", (long_ago, long_ago))
    journal = FolderJournal(tmp_path)
    assert journal.find("a" * 64) is None


def test_an_entry_that_was_cut_off_is_none(tmp_path: Path) -> None:
    (tmp_path / f"{'a' * 64}.json").write_text('{"image_id": "x"')
    assert FolderJournal(tmp_path).find("a" * 64) is None
