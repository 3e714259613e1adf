"""Passes the API's paths on to it, so that the page and the API share an address, as on AWS."""

from aiohttp import ClientError, ClientSession, ClientTimeout, web

#: These lead to the API; CloudFront's list of them is in `edge.tf`.
API_PATHS = ("/v1/{rest:.*}", "/health", "/docs", "/openapi.json")

#: Seconds until the API takes a connection. An answer may go on for minutes: events do.
CONNECT_TIMEOUT_SECONDS = 3.0

#: These are about one connection alone (RFC 9110, 7.6.1).
_HOP_BY_HOP_HEADERS = frozenset(
    {"connection", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)


class ApiProxy:
    """Hands requests to the API and its answers back, as they come."""

    def __init__(self, api: str) -> None:
        self._api = api

    async def open(self) -> ClientSession:
        timeout = ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_SECONDS)
        return ClientSession(timeout=timeout, auto_decompress=False)

    async def answer(self, request: web.Request, session: ClientSession) -> web.StreamResponse:
        body = await request.read()
        try:
            return await self._pass(request, session, body)
        except ClientError:
            raise web.HTTPBadGateway from None

    async def _pass(
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
        ) as answer:
            response = web.StreamResponse(status=answer.status, reason=answer.reason)
            for name, value in answer.headers.items():
                if name.lower() not in _HOP_BY_HOP_HEADERS:
                    response.headers.add(name, value)
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
            return response
