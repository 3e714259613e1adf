"""Identify the caller of every request, and enforce its rate limit and its scopes."""

import logging
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from sightline.domain.api_keys import SECRET_PREFIX
from sightline_api.asgi.context import REJECTION
from sightline_api.asgi.headers import added_headers, read_header
from sightline_api.auth.jwks import JwksUnavailable
from sightline_api.auth.rate_limit import RateLimiter, RequestMeter
from sightline_api.auth.scopes import SCOPES_KEY, required_scopes
from sightline_api.auth.user import InvalidToken, User
from sightline_api.problems import (
    DEPENDENCY_ERRORS,
    DependencyUnavailable,
    InsufficientScope,
    InvalidAccessToken,
    Problem,
    RateLimited,
    Unauthenticated,
    render_problem,
)

logger = logging.getLogger(__name__)

#: Paths that require a credential. Nothing else of a request is read before it is verified.
PROTECTED_PREFIX = "/v1/"

#: Paths below it that check a token of their own: the links in emails.
PUBLIC_PATHS = frozenset({"/v1/unsubscribe"})

#: Paths below this one do so, too: their credential is the token of a share link.
PUBLIC_PREFIX = "/v1/shared/"

#: Name of the security scheme in the OpenAPI document.
SECURITY_SCHEME = "HTTPBearer"


class AuthenticationMiddleware:
    """Puts the `user` into the state of each request; answers 401 if a protected path has none.

    A request above the rate limit of the owner or of the API key is answered with 429, one for
    which the credential lacks a scope with 403. Every response to a user has the `RateLimit`
    headers.
    """

    def __init__(
        self, app: ASGIApp, limiter: RateLimiter | None, key_limiter: RateLimiter | None
    ) -> None:
        self._app = app
        self._limiter = limiter
        self._key_limiter = key_limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_public(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            user = scope["state"]["user"] = await _identify(scope)
        except Problem as problem:
            is_protected = scope["path"].startswith(PROTECTED_PREFIX)
            await (render_problem(problem) if is_protected else self._app)(scope, receive, send)
            return
        try:
            self._limit_rate(scope, user)
            _authorize(scope, user)
        except Problem as problem:
            await render_problem(problem)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _limit_rate(self, scope: Scope, user: User) -> None:
        """Count the request, and add the headers to its response. Raises `RateLimited`."""
        limiter = self._limiter if user.key_id is None else self._key_limiter
        if limiter is None:
            return
        meter = RequestMeter(limiter, user.key_id or user.owner, added_headers(scope))
        scope["state"]["meter"] = meter
        if retry_seconds := meter.admit().retry_seconds:
            raise RateLimited(retry_seconds)


def _authorize(scope: Scope, user: User) -> None:
    """Check the scopes of an API key or a machine client. Raises `InsufficientScope`."""
    if user.scopes is None or not scope["path"].startswith(PROTECTED_PREFIX):
        return
    required = required_scopes(scope["method"], scope["path"])
    if required is None:
        raise InsufficientScope
    if not required <= user.scopes:
        raise InsufficientScope(required)


async def _identify(scope: Scope) -> User:
    """Return the caller. Raises `Unauthenticated`, `DependencyUnavailable`."""
    scheme, _, token = read_header(scope, b"authorization").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    try:
        is_key = token.startswith(SECRET_PREFIX)
        verifier = scope["state"]["key_verifier" if is_key else "tokens"]
        user: User = await verifier.verify(token)
    except InvalidToken as error:
        scope[REJECTION] = str(error)
        raise InvalidAccessToken(str(error)) from None
    except (JwksUnavailable, *DEPENDENCY_ERRORS) as error:
        logger.warning("could not verify a credential", exc_info=error)
        raise DependencyUnavailable from None
    return user


def _is_public(path: str) -> bool:
    return path in PUBLIC_PATHS or path.startswith(PUBLIC_PREFIX)


def _requires_credential(path: str) -> bool:
    return path.startswith(PROTECTED_PREFIX) and not _is_public(path)


def describe_security(document: dict[str, Any]) -> None:
    """Add the security scheme to every operation that requires a credential."""
    document["components"]["securitySchemes"] = {
        SECURITY_SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A Cognito access token of a person or a machine client, or an API key "
            f"of `POST /v1/api-keys`. The extension `{SCOPES_KEY}` of an operation lists the "
            "scopes that an API key or a machine client needs; operations without it require an "
            "access token of a person.",
        }
    }
    for path, operations in document["paths"].items():
        for operation in operations.values():
            is_protected = _requires_credential(path)
            operation["security"] = [{SECURITY_SCHEME: []}] if is_protected else []
