"""Sessions and their stores: the platform's keyring, or a private file."""

import contextlib
import importlib.util
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from sightline_client.client_credentials import ClientCredentials
from sightline_client.cognito import Pool, Tokens
from sightline_client.errors import InvalidConfiguration, SessionExpired, convert_file_errors
from sightline_client.local_state import state_directory, write_private_file

#: The service name of sessions in the keyring.
KEYRING_SERVICE = "sightline"


@dataclass(frozen=True, slots=True)
class Session:
    """The sign-in of a user or of a machine client at one API.

    Without client credentials, and without a pool or a refresh token, it ends when the access token
    expires.
    """

    api_url: str
    tokens: Tokens
    email: str = ""
    pool: Pool | None = None
    profile: str = "default"
    #: The URL of the web application; empty if unknown.
    web_url: str = ""
    #: Of a machine client; stored with the session, because each renewal needs them.
    credentials: ClientCredentials | None = None

    @property
    def can_renew(self) -> bool:
        """Whether new tokens can be requested without the user."""
        is_user = self.pool is not None and self.tokens.refresh is not None
        return is_user or self.credentials is not None

    @classmethod
    def from_token(cls, api_url: str, access_token: str) -> "Session":
        """Return a session for an access token or API key; the API reports when it has expired."""
        return cls(api_url, Tokens(access_token, None, float("inf")))

    def with_tokens(self, tokens: Tokens) -> "Session":
        return replace(self, tokens=tokens)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Session":
        """Parse a stored session. Raises `SessionExpired` if it is not valid."""
        try:
            fields = json.loads(text)
            pool = fields["pool"] and Pool(*fields["pool"])
            tokens = Tokens(**fields["tokens"])
            credentials = fields.get("credentials")
            if credentials:
                scopes = tuple(credentials["scopes"])
                credentials = ClientCredentials(**{**credentials, "scopes": scopes})
            return cls(
                fields["api_url"],
                tokens,
                fields["email"],
                pool,
                fields["profile"],
                fields.get("web_url", ""),
                credentials or None,
            )
        except (ValueError, KeyError, TypeError):
            raise SessionExpired("the stored session is not valid") from None


class SessionStore(Protocol):
    """Stores sessions by profile."""

    def load(self, profile: str) -> Session | None: ...
    def save(self, session: Session) -> None: ...
    def delete(self, profile: str) -> None: ...


class MemorySessionStore:
    """A session store for the lifetime of the process."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def load(self, profile: str) -> Session | None:
        return self._sessions.get(profile)

    def save(self, session: Session) -> None:
        self._sessions[session.profile] = session

    def delete(self, profile: str) -> None:
        self._sessions.pop(profile, None)


class FileSessionStore:
    """A session store with one file per profile (mode 0600, in a folder of mode 0700)."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or state_directory() / "sessions"

    @convert_file_errors()
    def load(self, profile: str) -> Session | None:
        try:
            return Session.from_json(self._path(profile).read_text(errors="replace"))
        except FileNotFoundError:
            return None

    def save(self, session: Session) -> None:
        write_private_file(self._path(session.profile), session.to_json())

    @convert_file_errors()
    def delete(self, profile: str) -> None:
        self._path(profile).unlink(missing_ok=True)

    def _path(self, profile: str) -> Path:
        return self._folder / f"{profile}.json"


class KeyringSessionStore:
    """A session store in the platform's keyring.

    Uses `fallback` where there is no keyring, or where it rejects an entry of this size.
    Raises `InvalidConfiguration` if the `keyring` package is not installed.
    """

    def __init__(self, fallback: SessionStore | None = None) -> None:
        if importlib.util.find_spec("keyring") is None:
            raise InvalidConfiguration(
                'the `keyring` package is missing; install "sightline-client[keyring]"'
            )
        self._fallback = fallback or FileSessionStore()

    def load(self, profile: str) -> Session | None:
        import keyring
        from keyring.errors import KeyringError

        with contextlib.suppress(KeyringError):
            if text := keyring.get_password(KEYRING_SERVICE, profile):
                return Session.from_json(text)
        return self._fallback.load(profile)

    def save(self, session: Session) -> None:
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(KEYRING_SERVICE, session.profile, session.to_json())
        except KeyringError:
            self._fallback.save(session)
        else:
            self._fallback.delete(session.profile)

    def delete(self, profile: str) -> None:
        import keyring
        from keyring.errors import KeyringError

        with contextlib.suppress(KeyringError):
            keyring.delete_password(KEYRING_SERVICE, profile)
        self._fallback.delete(profile)


def default_session_store() -> SessionStore:
    """Return the keyring store if the `keyring` package is installed, else the file store."""
    try:
        import keyring  # noqa: F401
    except ImportError:
        return FileSessionStore()
    return KeyringSessionStore()
