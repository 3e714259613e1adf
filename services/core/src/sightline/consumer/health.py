"""The health endpoint of a service without an API."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

#: Returns whether the service is healthy, and details for the response. The platform evaluates the
#: status code only; the body is for people.
Check = Callable[[], tuple[bool, dict[str, object]]]


@asynccontextmanager
async def serve_health(host: str, port: int, check: Check) -> AsyncIterator[None]:
    """Serve `GET /health` within this context: 200 if the check succeeds, else 503."""

    async def respond(_: web.Request) -> web.Response:
        is_healthy, details = check()
        body = {"status": "ok" if is_healthy else "stuck", **details}
        return web.json_response(body, status=200 if is_healthy else 503)

    application = web.Application()
    application.router.add_get("/health", respond)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()
