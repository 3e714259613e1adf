"""Identify the caller of every request, and enforce the rate limit of each owner."""

from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from sightline_api.asgi.headers import added_headers, read_header
from sightline_api.auth.jwks import JwksUnavailable
from sightline_api.auth.rate_limit import OwnerRateLimiter, format_header
from sightline_api.auth.tokens import InvalidToken, User
from sightline_api.problems import (
    DependencyUnavailable,
    InvalidAccessToken,
    Problem,
    RateLimited,
    Unauthenticated,
    render_problem,
)

#: Paths that require an access token. Nothing else of a request is read before it is verified.
PROTECTED_PREFIX = "/v1/"

#: Name of the security scheme in the OpenAPI document.
SECURITY_SCHEME = "HTTPBearer"


class AuthenticationMiddleware:
    """Puts the `user` into the state of each request; answers 401 if a protected path has none.

    A request above the owner's rate limit is answered with 429, and every response to a user has
    the `RateLimit` headers.
    """

    def __init__(self, app: ASGIApp, limiter: OwnerRateLimiter | None) -> None:
        self._app = app
        self._limiter = limiter
        self._policy = limiter.policy.encode() if limiter else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            user = scope["state"]["user"] = await _identify(scope)
        except Problem as problem:
            is_protected = scope["path"].startswith(PROTECTED_PREFIX)
            await (render_problem(problem) if is_protected else self._app)(scope, receive, send)
            return
        if self._limiter is None:
            await self._app(scope, receive, send)
            return
        state = self._limiter.take(user.owner)
        added_headers(scope).extend(
            (
                (b"ratelimit-policy", self._policy),
                (b"ratelimit", format_header(state).encode()),
            )
        )
        if state.retry_seconds:
            await render_problem(RateLimited(state.retry_seconds))(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _identify(scope: Scope) -> User:
    """Return the caller. Raises `Unauthenticated`, `DependencyUnavailable`."""
    scheme, _, token = read_header(scope, b"authorization").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    try:
        user: User = await scope["state"]["tokens"].verify(token)
    except InvalidToken as error:
        raise InvalidAccessToken(str(error)) from None
    except JwksUnavailable:
        raise DependencyUnavailable from None
    return user


def describe_security(document: dict[str, Any]) -> None:
    """Add the security scheme to every operation that requires an access token."""
    document["components"]["securitySchemes"] = {
        SECURITY_SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "Cognito access token",
        }
    }
    for path, operations in document["paths"].items():
        for operation in operations.values():
            is_protected = path.startswith(PROTECTED_PREFIX)
            operation["security"] = [{SECURITY_SCHEME: []}] if is_protected else []
