"""Verify Cognito access tokens, those of people and those of machine clients.

Also ID tokens, for the email address in them.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
"""

import base64
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from jose import jwt
from jose.exceptions import JOSEError
from pydantic import ValidationError

from sightline.domain.api_keys import Scope
from sightline.domain.ids import SERVICE_ACCOUNT_PREFIX, owner_adapter, service_account_of
from sightline_api.auth.jwks import JwksCache, UnknownKey
from sightline_api.auth.user import InvalidToken, User

#: Verified tokens that are cached; one takes about 2 kB.
CACHE_SIZE = 10_000

#: Maximum length of a token, in characters; the tokens of Cognito have about 1,000.
MAX_TOKEN_LENGTH = 8_192

#: Identifier of the resource server: Cognito puts it before the scopes of machine clients.
RESOURCE_SERVER = "sightline"

#: By their names in a token, the scopes that a machine client can have.
_SCOPES = {f"{RESOURCE_SERVER}/{scope}": scope for scope in Scope}

_OPTIONS = {
    # Access tokens have the claim `client_id` in place of `aud`.
    "verify_aud": False,
    "verify_at_hash": False,
    "require_exp": True,
    "require_iss": True,
}


class TokenVerifier:
    """Verifies access tokens, and caches the verified ones until they expire.

    `client_ids` are the app clients that people sign in with, and `machine_client_ids` those that
    use client credentials. A token of the one kind is never accepted as one of the other.
    """

    def __init__(
        self,
        jwks: JwksCache,
        issuer: str,
        client_ids: frozenset[str],
        machine_client_ids: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._jwks = jwks
        self._issuer = issuer
        self._client_ids = client_ids
        self._machine_client_ids = machine_client_ids
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

    async def verify_email(self, token: str, owner: str) -> str:
        """Return the verified email address in an ID token of the owner.

        Raises `InvalidToken`, or `JwksUnavailable` if no token can be verified.
        https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
        """
        claims = await self._decode(token)
        if claims.get("token_use") != "id":
            raise InvalidToken("not an ID token")
        if claims.get("aud") not in self._client_ids:
            raise InvalidToken("issued to another client")
        if claims.get("sub") != owner:
            raise InvalidToken("issued to another user")
        email = claims.get("email")
        # Cognito has a Boolean here, and other issuers a string.
        if claims.get("email_verified") not in {True, "true"} or not isinstance(email, str):
            raise InvalidToken("without a verified email address")
        return email

    async def _verify(self, token: str) -> User:
        claims = await self._decode(token)
        if claims.get("token_use") != "access":
            raise InvalidToken("not an access token")
        if claims.get("client_id") in self._machine_client_ids:
            return _identify_service_account(claims)
        if claims.get("client_id") not in self._client_ids:
            raise InvalidToken("issued to another client")
        return _identify_person(claims)

    async def _decode(self, token: str) -> dict[str, Any]:
        """Return the claims of a token that the pool signed and that has not expired."""
        if len(token) > MAX_TOKEN_LENGTH:
            raise InvalidToken("too long")
        if not _is_canonical(token):
            raise InvalidToken("not in canonical base64url")
        try:
            header = jwt.get_unverified_header(token)
            # Checked before the key is looked up, so that a forger cannot choose the algorithm.
            if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
                raise InvalidToken("not signed with RS256 by a named key")
            key = await self._jwks.find(header["kid"])
            claims: dict[str, Any] = jwt.decode(
                token, key, algorithms=["RS256"], issuer=self._issuer, options=_OPTIONS
            )
        except (JOSEError, UnknownKey) as error:
            raise InvalidToken(str(error)) from error
        return claims


def _is_canonical(token: str) -> bool:
    """Return whether the signature is encoded as RFC 7515 requires.

    A decoder ignores padding, unused bits and characters outside of the alphabet, so that one token
    could be written in any number of ways, and each of them would be cached.
    """
    signature = token.rpartition(".")[2]
    try:
        decoded = base64.urlsafe_b64decode(signature + "==")
    except ValueError:
        return False
    return base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() == signature


def _identify_person(claims: dict[str, Any]) -> User:
    """Return the owner of a token that was issued at a sign-in. Raises `InvalidToken`."""
    try:
        owner = owner_adapter.validate_python(claims.get("sub"))
    except ValidationError as error:
        raise InvalidToken("the subject is not a valid owner id") from error
    if owner.startswith(SERVICE_ACCOUNT_PREFIX) or owner == claims["client_id"]:
        raise InvalidToken("the subject is not a person")
    return User(owner, float(claims["exp"]))


def _identify_service_account(claims: dict[str, Any]) -> User:
    """Return the service account of a token of client credentials, with its scopes.

    Cognito issues such a token with the client's id as `sub`, and without `username`. Raises
    `InvalidToken` for a token of a person.
    """
    client_id, scope = claims["client_id"], claims.get("scope")
    if "username" in claims or claims.get("sub", client_id) != client_id:
        raise InvalidToken("issued to a person by a machine client")
    try:
        owner = owner_adapter.validate_python(service_account_of(client_id))
    except ValidationError as error:
        raise InvalidToken("the client id is not valid in an owner id") from error
    names = scope.split() if isinstance(scope, str) else ()
    scopes = frozenset(_SCOPES[name] for name in names if name in _SCOPES)
    return User(owner, float(claims["exp"]), scopes=scopes)
