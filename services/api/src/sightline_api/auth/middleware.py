"""Identify the caller of every request, and enforce the rate limit of each owner."""

from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline_api.asgi.headers import read_header
from sightline_api.auth.jwks import JwksUnavailable
from sightline_api.auth.rate_limit import OwnerRateLimiter, format_header
from sightline_api.auth.tokens import InvalidToken, User
from sightline_api.problems import (
    DependencyUnavailable,
    Problem,
    RateLimited,
    Unauthenticated,
    render_problem,
)

#: Paths that require an access token. Nothing else of a request is read before it is verified.
PROTECTED_PREFIX = "/v1/"


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
        headers = [
            (b"ratelimit-policy", self._policy),
            (b"ratelimit", format_header(state).encode()),
        ]

        def send_with_limit(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            return send(message)

        if state.retry_seconds:
            await render_problem(RateLimited(state.retry_seconds))(scope, receive, send_with_limit)
        else:
            await self._app(scope, receive, send_with_limit)


async def _identify(scope: Scope) -> User:
    """Return the caller. Raises `Unauthenticated`, `DependencyUnavailable`."""
    scheme, _, token = read_header(scope, b"authorization").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    try:
        user: User = await scope["state"]["tokens"].verify(token)
    except InvalidToken:
        raise Unauthenticated from None
    except JwksUnavailable:
        raise DependencyUnavailable from None
    return user
