"""The web server as an aiohttp application."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession, web

from sightline_local.web.headers import security_headers
from sightline_local.web.mail import STYLES_PATH, MailPage
from sightline_local.web.proxy import API_PATHS, ApiProxy
from sightline_local.web.settings import MAIL_PATH, WebSettings
from sightline_local.web.static_files import StaticFiles

_SESSION = web.AppKey("session", ClientSession)


def make_app(settings: WebSettings) -> web.Application:
    """Build the application. Raises `OSError` if the web application has not been built."""
    files, proxy = StaticFiles(settings.files), ApiProxy(settings.api)
    headers = security_headers(settings.cloud, *([settings.tiles.origin] if settings.tiles else []))
    mail = MailPage(settings.cloud, headers)

    async def open_session(app: web.Application) -> AsyncIterator[None]:
        async with await proxy.open() as session:
            app[_SESSION] = session
            yield

    async def forward(request: web.Request) -> web.StreamResponse:
        return await proxy.forward(request, request.app[_SESSION])

    async def serve_settings(_: web.Request) -> web.Response:
        return web.json_response(
            settings.browser_settings(), headers={**headers, "Cache-Control": "no-cache"}
        )

    async def serve_mail(request: web.Request) -> web.Response:
        return await mail.serve(request.app[_SESSION])

    async def serve_mail_styles(_: web.Request) -> web.Response:
        return await mail.serve_styles()

    async def serve_file(request: web.Request) -> web.Response:
        response = await files.serve(request)
        response.headers.update(headers)
        return response

    # Requests are small: the largest creates 100 uploads. The API enforces its own limit.
    app = web.Application(client_max_size=2 * 2**20)
    app.cleanup_ctx.append(open_session)
    for path in API_PATHS:
        app.router.add_route("*", path, forward)
    app.router.add_get("/config.json", serve_settings)
    app.router.add_get(MAIL_PATH, serve_mail)
    app.router.add_get(STYLES_PATH, serve_mail_styles)
    app.router.add_get("/{path:.*}", serve_file)
    return app
