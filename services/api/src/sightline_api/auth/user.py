"""The caller of a request."""

from typing import NamedTuple

from sightline.domain.api_keys import Scope


class User(NamedTuple):
    """The owner on whose behalf a request is made, and what its credential allows.

    `expires_at` is when the credential must be checked again, in Unix seconds. `key_id` and
    `scopes` are those of an API key; None if the caller has an access token, which allows all.
    """

    owner: str
    expires_at: float
    key_id: str | None = None
    scopes: frozenset[Scope] | None = None


class InvalidToken(Exception):
    """The credential is not valid; the message says why."""
