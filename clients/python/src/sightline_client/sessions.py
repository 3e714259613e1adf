"""Who is signed in, and where that is kept: the platform's keyring, or a private file."""

import contextlib
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from sightline_client.cognito import Pool, Tokens
from sightline_client.errors import SessionExpired

#: Under this name the keyring lists sessions.
SERVICE = "sightline"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at one gateway. Without a pool or a refresh token it ends with the access token."""

    api: str
    tokens: Tokens
    email: str = ""
    pool: Pool | None = None
    profile: str = "default"
    #: Where people look at it, empty where that is not known.
    site: str = ""

    @classmethod
    def of_token(cls, api: str, access_token: str) -> "Session":
        """Of a token that came from elsewhere; the gateway says when it has expired."""
        return cls(api, Tokens(access_token, None, float("inf")))

    def renewed(self, tokens: Tokens) -> "Session":
        return replace(self, tokens=tokens)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Session":
        """Raises `SessionExpired` where that is no session of this version."""
        try:
            told = json.loads(text)
            pool = told["pool"] and Pool(*told["pool"])
            tokens = Tokens(**told["tokens"])
            return cls(
                told["api"], tokens, told["email"], pool, told["profile"], told.get("site", "")
            )
        except (ValueError, KeyError, TypeError):
            raise SessionExpired("the stored session cannot be read") from None


class SessionStore(Protocol):
    """Keeps sessions by profile."""

    def load(self, profile: str) -> Session | None: ...
    def save(self, session: Session) -> None: ...
    def forget(self, profile: str) -> None: ...


class MemoryStore:
    """Keeps them as long as the process lives."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def load(self, profile: str) -> Session | None:
        return self._sessions.get(profile)

    def save(self, session: Session) -> None:
        self._sessions[session.profile] = session

    def forget(self, profile: str) -> None:
        self._sessions.pop(profile, None)


class FileStore:
    """One file per profile that nobody else can read (mode 0600, in a folder of mode 0700)."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or state_folder() / "sessions"

    def load(self, profile: str) -> Session | None:
        try:
            return Session.from_json(self._path(profile).read_text())
        except FileNotFoundError:
            return None

    def save(self, session: Session) -> None:
        write_privately(self._path(session.profile), session.to_json())

    def forget(self, profile: str) -> None:
        self._path(profile).unlink(missing_ok=True)

    def _path(self, profile: str) -> Path:
        return self._folder / f"{profile}.json"


class KeyringStore:
    """The platform's keyring; in `instead` where that is not there, or has no room."""

    def __init__(self, instead: SessionStore | None = None) -> None:
        self._instead = instead or FileStore()

    def load(self, profile: str) -> Session | None:
        import keyring
        from keyring.errors import KeyringError

        with contextlib.suppress(KeyringError):
            if text := keyring.get_password(SERVICE, profile):
                return Session.from_json(text)
        return self._instead.load(profile)

    def save(self, session: Session) -> None:
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(SERVICE, session.profile, session.to_json())
        except KeyringError:
            self._instead.save(session)
        else:
            self._instead.forget(session.profile)

    def forget(self, profile: str) -> None:
        import keyring
        from keyring.errors import KeyringError

        with contextlib.suppress(KeyringError):
            keyring.delete_password(SERVICE, profile)
        self._instead.forget(profile)


def default_store() -> SessionStore:
    """The keyring where its package is installed, else files."""
    try:
        import keyring  # noqa: F401
    except ImportError:
        return FileStore()
    return KeyringStore()


def state_folder() -> Path:
    """`SIGHTLINE_HOME`, else where the platform has what programs keep for a user."""
    if home := os.environ.get("SIGHTLINE_HOME"):
        return Path(home)
    if sys.platform == "win32":
        return Path(os.environ["LOCALAPPDATA"]) / "sightline"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "sightline"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "sightline"


def write_privately(path: Path, text: str) -> None:
    """Whole or not at all, and readable by the owner alone from its first byte on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # `mkstemp` makes its files with mode 0600.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
