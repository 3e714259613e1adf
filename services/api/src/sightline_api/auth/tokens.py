"""Cognito access tokens: who is calling.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from jose import jwt
from jose.exceptions import JOSEError
from pydantic import ValidationError

from sightline.domain.ids import owner_adapter
from sightline_api.auth.jwks import JwksCache, UnknownKey

#: How many verified tokens are remembered; one takes about 2 kB.
REMEMBERED = 10_000

#: Longest token that is looked at, in characters; Cognito's have about 1,000.
MAX_LENGTH = 8_192

_OPTIONS = {
    # Access tokens carry `client_id` in place of an audience.
    "verify_aud": False,
    "verify_at_hash": False,
    "require_exp": True,
    "require_iss": True,
    "require_sub": True,
}


class InvalidToken(Exception):
    """Not an access token of our pool, for one of our clients, that is good now."""


class User(NamedTuple):
    """Who is calling, until when (Unix seconds) that is known."""

    owner: str
    expires_at: float


class TokenVerifier:
    """Tells whose access token it is given; remembers those that it has verified."""

    def __init__(
        self,
        keys: JwksCache,
        issuer: str,
        client_ids: frozenset[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._client_ids = client_ids
        self._clock = clock
        self._verified: OrderedDict[str, User] = OrderedDict()

    async def verify(self, token: str) -> User:
        """Raises `InvalidToken`; `KeysUnavailable` where nothing can be verified at all."""
        user = self._verified.get(token)
        if user is None:
            user = await self._check(token)
            self._remember(token, user)
        elif user.expires_at <= self._clock():
            del self._verified[token]
            raise InvalidToken("expired")
        return user

    def _remember(self, token: str, user: User) -> None:
        self._verified[token] = user
        if len(self._verified) > REMEMBERED:
            self._verified.popitem(last=False)

    async def _check(self, token: str) -> User:
        if len(token) > MAX_LENGTH:
            raise InvalidToken("too long")
        try:
            header = jwt.get_unverified_header(token)
            # Checked before a key is looked for, so that a forger cannot choose how we verify.
            if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
                raise InvalidToken("not signed as Cognito signs")
            key = await self._keys.find(header["kid"])
            claims = jwt.decode(
                token, key, algorithms=["RS256"], issuer=self._issuer, options=_OPTIONS
            )
        except (JOSEError, UnknownKey) as error:
            raise InvalidToken(str(error)) from error
        if claims.get("token_use") != "access":
            raise InvalidToken("not an access token")
        if claims.get("client_id") not in self._client_ids:
            raise InvalidToken("for another client")
        try:
            return User(owner_adapter.validate_python(claims["sub"]), float(claims["exp"]))
        except ValidationError as error:
            raise InvalidToken("its subject is no owner") from error
