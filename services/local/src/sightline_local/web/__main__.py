"""Start the local web server: `python -m sightline_local.web`."""

from aiohttp import web

from sightline.settings import read_settings
from sightline_local.web.app import make_app
from sightline_local.web.settings import WebSettings


def main() -> None:
    settings = read_settings(WebSettings)
    web.run_app(
        make_app(settings),
        host=settings.host,
        port=settings.port,
        print=None,
        access_log=None,
        # An open event stream has nothing to finish.
        shutdown_timeout=0.5,
    )


if __name__ == "__main__":
    main()
