"""Who is calling, found out once for each request, and whether it calls too often."""

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


class AuthenticationMiddleware:
    """Leaves in the request's state who the `caller` is, or the problem with that.

    Whoever calls more often than its bucket permits gets no further. Every answer to somebody who
    is known tells what is left. Endpoints decide whether they want to know the caller at all.
    """

    def __init__(self, app: ASGIApp, buckets: OwnerRateLimiter | None) -> None:
        self._app = app
        self._buckets = buckets
        self._policy = buckets.policy.encode() if buckets else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller = scope["state"]["caller"] = await _identify(scope)
        if self._buckets is None or not isinstance(caller, User):
            await self._app(scope, receive, send)
            return
        allowance = self._buckets.take(caller.owner)

        def send_told(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"ratelimit-policy", self._policy),
                    (b"ratelimit", format_header(allowance).encode()),
                ]
            return send(message)

        if allowance.wait:
            await render_problem(RateLimited(allowance.wait))(scope, receive, send_told)
        else:
            await self._app(scope, receive, send_told)


async def _identify(scope: Scope) -> User | type[Problem]:
    scheme, _, token = read_header(scope, b"authorization").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return Unauthenticated
    try:
        user: User = await scope["state"]["tokens"].verify(token)
    except InvalidToken:
        return Unauthenticated
    except JwksUnavailable:
        return DependencyUnavailable
    return user
