"""A port on which a service without an API says that it is well."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

#: The answer's `status` is for people; the platform looks at the code.
Check = Callable[[], tuple[bool, dict[str, object]]]


@asynccontextmanager
async def serve_health(host: str, port: int, check: Check) -> AsyncIterator[None]:
    """Answer `GET /health` with 200, or 503 where `check` says so, while the context lasts."""

    async def answer(_: web.Request) -> web.Response:
        well, details = check()
        body = {"status": "ok" if well else "stuck", **details}
        return web.json_response(body, status=200 if well else 503)

    application = web.Application()
    application.router.add_get("/health", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()
