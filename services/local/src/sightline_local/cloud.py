"""The embedded cloud: moto's server, made safe for several callers at once.

moto undoes a transaction that fails by putting the whole table back as it was before it, and with
that undoes whatever others have written meanwhile. So calls to DynamoDB are let in one at a time.
Its Cognito is completed by `cognito.py`.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterable
from types import FrameType
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

from sightline_local.cognito import patch_cognito


class SerializedDynamoDB:
    """A WSGI application whose calls to DynamoDB follow each other."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB"):
            answer: Iterable[bytes] = self._app(environ, start_response)
            return answer
        with self._lock:
            # Taken whole, since the work may be done while it is read.
            return list(self._app(environ, start_response))


def make_cloud_server(host: str, port: int) -> BaseWSGIServer:
    """A server that listens, on any free port where it is 0; `serve_forever` answers."""
    patch_cognito()
    app = SerializedDynamoDB(DomainDispatcherApplication(create_backend_app))
    return make_server(host, port, app, threaded=True, request_handler=MotoRequestHandler)


def main() -> None:
    parser = argparse.ArgumentParser(prog="sightline_local.cloud", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    arguments = parser.parse_args()

    def stop(_: int, __: FrameType | None) -> None:
        sys.exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    # moto puts it into addresses that it makes.
    os.environ["MOTO_PORT"] = str(arguments.port)
    make_cloud_server(arguments.host, arguments.port).serve_forever()


if __name__ == "__main__":
    main()
