"""The caller of a request."""

from typing import NamedTuple

from sightline.domain.api_keys import Scope


class User(NamedTuple):
    """The owner on whose behalf a request is made, and what its credential allows.

    `expires_at` is when the credential must be checked again, in Unix seconds. `key_id` is that of
    an API key, and `scopes` are those of the credential. An access token of a person has neither
    and allows all; one of a machine client has `scopes` only.
    """

    owner: str
    expires_at: float
    key_id: str | None = None
    scopes: frozenset[Scope] | None = None

    @property
    def credential(self) -> str:
        """Return the kind of the credential, as the log of requests names it."""
        if self.key_id is not None:
            return "api_key"
        return "access_token" if self.scopes is None else "machine_client"


class InvalidToken(Exception):
    """The credential is not valid; the message says why."""
