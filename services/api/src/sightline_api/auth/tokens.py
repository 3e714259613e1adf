"""Verify Cognito access tokens.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from jose import jwt
from jose.exceptions import JOSEError
from pydantic import ValidationError

from sightline.domain.ids import owner_adapter
from sightline_api.auth.jwks import JwksCache, UnknownKey
from sightline_api.auth.user import InvalidToken, User

#: Verified tokens that are cached; one takes about 2 kB.
CACHE_SIZE = 10_000

#: Maximum length of a token, in characters; the tokens of Cognito have about 1,000.
MAX_TOKEN_LENGTH = 8_192

_OPTIONS = {
    # Access tokens have the claim `client_id` in place of `aud`.
    "verify_aud": False,
    "verify_at_hash": False,
    "require_exp": True,
    "require_iss": True,
    "require_sub": True,
}


class TokenVerifier:
    """Verifies access tokens, and caches the verified ones until they expire."""

    def __init__(
        self,
        jwks: JwksCache,
        issuer: str,
        client_ids: frozenset[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._jwks = jwks
        self._issuer = issuer
        self._client_ids = client_ids
        self._clock = clock
        self._verified: OrderedDict[str, User] = OrderedDict()

    async def verify(self, token: str) -> User:
        """Return the owner of the token.

        Raises `InvalidToken`, or `JwksUnavailable` if no token can be verified.
        """
        user = self._verified.get(token)
        if user is None:
            user = await self._verify(token)
            self._cache(token, user)
        elif user.expires_at <= self._clock():
            del self._verified[token]
            raise InvalidToken("expired")
        return user

    def _cache(self, token: str, user: User) -> None:
        self._verified[token] = user
        if len(self._verified) > CACHE_SIZE:
            self._verified.popitem(last=False)

    async def _verify(self, token: str) -> User:
        if len(token) > MAX_TOKEN_LENGTH:
            raise InvalidToken("too long")
        try:
            header = jwt.get_unverified_header(token)
            # Checked before the key is looked up, so that a forger cannot choose the algorithm.
            if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
                raise InvalidToken("not signed with RS256 by a named key")
            key = await self._jwks.find(header["kid"])
            claims = jwt.decode(
                token, key, algorithms=["RS256"], issuer=self._issuer, options=_OPTIONS
            )
        except (JOSEError, UnknownKey) as error:
            raise InvalidToken(str(error)) from error
        if claims.get("token_use") != "access":
            raise InvalidToken("not an access token")
        if claims.get("client_id") not in self._client_ids:
            raise InvalidToken("issued to another client")
        try:
            return User(owner_adapter.validate_python(claims["sub"]), float(claims["exp"]))
        except ValidationError as error:
            raise InvalidToken("the subject is not a valid owner id") from error
