"""The server as an aiohttp application."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession, web

from sightline_local.web.headers import security_headers
from sightline_local.web.proxy import API_PATHS, ApiProxy
from sightline_local.web.settings import WebSettings
from sightline_local.web.static_files import StaticFiles

_SESSION = web.AppKey("session", ClientSession)


def make_app(settings: WebSettings) -> web.Application:
    """Raises `OSError` where the application has not been built."""
    files, passing = StaticFiles(settings.files), ApiProxy(settings.api)
    secured = security_headers(settings.cloud)

    async def open_session(app: web.Application) -> AsyncIterator[None]:
        async with await passing.open() as session:
            app[_SESSION] = session
            yield

    async def pass_on(request: web.Request) -> web.StreamResponse:
        return await passing.answer(request, request.app[_SESSION])

    async def tell_settings(_: web.Request) -> web.Response:
        return web.json_response(
            settings.browser_settings(), headers={**secured, "Cache-Control": "no-cache"}
        )

    async def serve(request: web.Request) -> web.Response:
        response = await files.answer(request)
        response.headers.update(secured)
        return response

    # A request announces a hundred pictures at most, and is small: the API has a limit of its own.
    app = web.Application(client_max_size=2 * 2**20)
    app.cleanup_ctx.append(open_session)
    for path in API_PATHS:
        app.router.add_route("*", path, pass_on)
    app.router.add_get("/config.json", tell_settings)
    app.router.add_get("/{path:.*}", serve)
    return app
