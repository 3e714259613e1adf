"""The interactive documentation; it loads nothing from other hosts, and works offline."""

import base64
import hashlib
import re

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles
from starlette.responses import HTMLResponse

ASSETS = "/docs/assets"

#: Allows the script that configures Swagger UI by its hash. Swagger UI sets styles inline.
POLICY = (
    "default-src 'none'; script-src 'self' 'sha256-{hash}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def install_docs(app: FastAPI) -> None:
    """Serve Swagger UI at `/docs`, with its assets from a Python package."""
    app.mount(ASSETS, StaticFiles(packages=[("fastapi_offline", "static")]))

    @app.get("/docs", include_in_schema=False)
    async def show_docs() -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url=app.openapi_url or "",
            title=app.title,
            swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{ASSETS}/favicon.png",
        )
        page.headers["Content-Security-Policy"] = POLICY.format(hash=_hash_script(bytes(page.body)))
        return page


def _hash_script(page: bytes) -> str:
    """Return the hash of the only inline script: https://www.w3.org/TR/CSP3/#source-list-syntax."""
    (script,) = _INLINE_SCRIPT.findall(page)
    return base64.b64encode(hashlib.sha256(script).digest()).decode()
