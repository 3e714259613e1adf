"""What all requests below a share link have in common."""

from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline_api.asgi.client_address import find_network
from sightline_api.asgi.headers import added_headers
from sightline_api.auth.middleware import PUBLIC_PREFIX
from sightline_api.auth.rate_limit import RateLimiter, RequestMeter
from sightline_api.problems import RateLimited, render_problem

#: On every response, also on errors. Neither a cache nor a search engine keeps what is shared, and
#: no other site learns the URL, which is the credential.
HEADERS = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex, nofollow"),
)

_NAMES = frozenset(name for name, _ in HEADERS)


class SharedRequests:
    """Limits the rate of each address, and sets the headers of what is shared."""

    def __init__(self, app: ASGIApp, limiter: RateLimiter | None, trusted_proxies: int) -> None:
        self._app = app
        self._limiter = limiter
        self._trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PUBLIC_PREFIX):
            await self._app(scope, receive, send)
            return

        def send_unstored(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                kept = [each for each in message["headers"] if each[0] not in _NAMES]
                message["headers"] = [*kept, *HEADERS]
            return send(message)

        network = scope["state"]["network"] = find_network(scope, self._trusted_proxies)
        try:
            self._limit_rate(scope, network)
        except RateLimited as problem:
            await render_problem(problem)(scope, receive, send_unstored)
        else:
            await self._app(scope, receive, send_unstored)

    def _limit_rate(self, scope: Scope, network: str) -> None:
        """Count the request, and add the headers to its response. Raises `RateLimited`."""
        if self._limiter is None:
            return
        meter = RequestMeter(self._limiter, network, added_headers(scope))
        if retry_seconds := meter.admit().retry_seconds:
            raise RateLimited(retry_seconds)
