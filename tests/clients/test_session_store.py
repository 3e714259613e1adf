"""Session stores keep sessions private, and fall back to files without a keyring."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from sightline_client.cognito import Pool, Tokens
from sightline_client.errors import SessionExpired
from sightline_client.local_state import state_directory
from sightline_client.sessions import (
    FileSessionStore,
    KeyringSessionStore,
    MemorySessionStore,
    Session,
    SessionStore,
    default_session_store,
)

SESSION = Session(
    "https://api.example.com",
    Tokens("access", "refresh", 1_800_000_000.0),
    "demo@example.com",
    Pool("eu-central-1_AbCdEf123", "client"),
    "work",
    "https://example.com",
)


class FakeKeyring(KeyringBackend):
    """An in-memory keyring that can be locked."""

    priority = 1

    def __init__(self, is_locked: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.is_locked = is_locked
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        self.passwords.pop((service, username), None)

    def _check(self) -> None:
        if self.is_locked:
            raise KeyringError("the keyring is locked")


@pytest.fixture(autouse=True)
def _restore_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture(params=["memory", "file", "keyring", "no keyring"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SessionStore:
    match request.param:
        case "memory":
            return MemorySessionStore()
        case "file":
            return FileSessionStore(tmp_path)
        case other:
            keyring.set_keyring(FakeKeyring(is_locked=other == "no keyring"))
            return KeyringSessionStore(FileSessionStore(tmp_path))


def test_session_is_stored_until_it_is_deleted(store: SessionStore) -> None:
    assert store.load("work") is None
    store.save(SESSION)
    assert store.load("work") == SESSION
    assert store.load("home") is None
    store.delete("work")
    assert store.load("work") is None
    store.delete("work")


def test_stored_session_is_readable_only_by_its_owner(tmp_path: Path) -> None:
    FileSessionStore(tmp_path / "sessions").save(SESSION)
    path = tmp_path / "sessions" / "work.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_saving_to_the_keyring_deletes_the_file(tmp_path: Path) -> None:
    backend = FakeKeyring(is_locked=True)
    keyring.set_keyring(backend)
    store = KeyringSessionStore(FileSessionStore(tmp_path))
    store.save(SESSION)
    assert list(tmp_path.iterdir())
    backend.is_locked = False
    store.save(SESSION)
    assert list(tmp_path.iterdir()) == []
    assert store.load("work") == SESSION


def test_invalid_stored_session_raises_session_expired(tmp_path: Path) -> None:
    (tmp_path / "work.json").write_text('{"api_url": "https://api.example.com"}')
    with pytest.raises(SessionExpired):
        FileSessionStore(tmp_path).load("work")


def test_default_store_is_the_keyring() -> None:
    assert isinstance(default_session_store(), KeyringSessionStore)


def test_state_directory_is_set_by_sightline_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SIGHTLINE_HOME", str(tmp_path))
    assert state_directory() == tmp_path
