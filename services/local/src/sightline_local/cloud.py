"""moto's server as the AWS emulator, made safe for concurrent callers.

moto serves each request in a thread, and its DynamoDB has no locks: concurrent updates of one item
are lost, and a condition may no longer hold when its write happens. DynamoDB requests are therefore
serialized, which costs nothing, since all of moto's work holds the interpreter's lock.
`dynamodb.py` replaces its transactions. `cognito.py`, `software_tokens.py`, `token_endpoint.py` and
`verification_codes.py` complete its Cognito, and `outbox.py` lists the messages that it has sent.
"""

import argparse
import functools
import os
import signal
import sys
import threading
from collections.abc import Iterable
from types import FrameType
from typing import Any

from moto.core.common_models import BaseModel
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3.models import FakeKey, FakeMultipart
from werkzeug.serving import BaseWSGIServer, make_server

from sightline_local.cognito import patch_cognito
from sightline_local.dynamodb import patch_dynamodb
from sightline_local.outbox import Outbox, SentMessages, patch_ses
from sightline_local.software_tokens import patch_software_tokens
from sightline_local.token_endpoint import TokenEndpoint
from sightline_local.verification_codes import patch_verification_codes


class SerializedDynamoDB:
    """WSGI middleware that handles one DynamoDB request at a time."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB"):
            response: Iterable[bytes] = self._app(environ, start_response)
            return response
        with self._lock:
            # Read the whole body under the lock: moto may do the work while it is iterated.
            return list(self._app(environ, start_response))


def limit_tracking() -> None:
    """Stop moto from keeping every model object that it has created, for its dashboard.

    S3 objects are still kept: moto closes the files of deleted ones through the list.
    """
    create_tracked = BaseModel.__new__

    def create(cls: type[BaseModel], *_: Any, **__: Any) -> BaseModel:
        if issubclass(cls, (FakeKey, FakeMultipart)):
            return create_tracked(cls)
        instance: BaseModel = super(BaseModel, cls).__new__(cls)
        return instance

    # moto has no setting for it.
    BaseModel.__new__ = create  # type: ignore[method-assign]


@functools.cache
def patch_moto() -> Outbox:
    """Apply all patches to moto in this process, once, and return what it sends from now on."""
    outbox = Outbox()
    limit_tracking()
    patch_dynamodb()
    patch_cognito()
    patch_software_tokens()
    patch_verification_codes(outbox)
    patch_ses(outbox)
    return outbox


def make_cloud_server(host: str, port: int) -> BaseWSGIServer:
    """Return a listening server; port 0 picks a free port. Call `serve_forever` to serve."""
    outbox = patch_moto()
    moto = SerializedDynamoDB(DomainDispatcherApplication(create_backend_app))
    app = SentMessages(TokenEndpoint(moto), outbox)
    return make_server(host, port, app, threaded=True, request_handler=MotoRequestHandler)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="sightline_local.cloud", description="Run moto as the AWS emulator."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    arguments = parser.parse_args()

    def stop(_: int, __: FrameType | None) -> None:
        sys.exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    # moto puts this port into the URLs that it returns.
    os.environ["MOTO_PORT"] = str(arguments.port)
    make_cloud_server(arguments.host, arguments.port).serve_forever()


if __name__ == "__main__":
    main()
