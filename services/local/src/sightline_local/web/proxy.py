"""Reverse proxy to the API, so that the page and the API share an origin, as on AWS."""

from aiohttp import ClientError, ClientSession, ClientTimeout, web

#: Paths that belong to the API; CloudFront has the same list in `edge.tf`.
API_PATHS = ("/v1/{rest:.*}", "/health", "/docs", "/docs/{rest:.*}", "/openapi.json")

#: Only connecting is limited: an event stream stays open for minutes.
CONNECT_TIMEOUT_SECONDS = 3.0

#: Headers that apply to a single connection (RFC 9110, section 7.6.1).
_HOP_BY_HOP_HEADERS = frozenset(
    {"connection", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)


class ApiProxy:
    """Forwards requests to the API and streams its responses back."""

    def __init__(self, api: str) -> None:
        self._api = api

    async def open(self) -> ClientSession:
        timeout = ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_SECONDS)
        return ClientSession(timeout=timeout, auto_decompress=False)

    async def forward(self, request: web.Request, session: ClientSession) -> web.StreamResponse:
        """Raises `HTTPBadGateway` if the API cannot be reached."""
        body = await request.read()
        try:
            return await self._forward(request, session, body)
        except ClientError:
            raise web.HTTPBadGateway from None

    async def _forward(
        self, request: web.Request, session: ClientSession, body: bytes
    ) -> web.StreamResponse:
        headers = [
            (name, value)
            for name, value in request.headers.items()
            if name.lower() not in _HOP_BY_HOP_HEADERS
        ]
        async with session.request(
            request.method,
            f"{self._api}{request.rel_url}",
            headers=headers,
            data=body or None,
            allow_redirects=False,
        ) as upstream:
            response = web.StreamResponse(status=upstream.status, reason=upstream.reason)
            for name, value in upstream.headers.items():
                if name.lower() not in _HOP_BY_HOP_HEADERS:
                    response.headers.add(name, value)
            await response.prepare(request)
            async for chunk in upstream.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
            return response
