"""Starts the gateway: `python -m sightline_api`."""

import gc
import socket
import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from sightline.logging import configure_logs
from sightline.settings import read_settings
from sightline_api.app import create_app, on_aws
from sightline_api.settings import ApiSettings

#: Of a process that could not start, as uvicorn's own command ends.
COULD_NOT_START = 3

#: Seconds for which a client may leave unread what it was sent.
UNREAD = 30


class Server(uvicorn.Server):
    """Ends what uvicorn would wait for in vain: answers that nobody reads, where the kernel can
    (Linux), and the streams of events when it is told to stop."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and hasattr(socket, "TCP_USER_TIMEOUT"):
            for listener in [each for server in self.servers for each in server.sockets]:
                # Whoever connects has it from there: tcp(7).
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD * 1000)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.lifespan.state["broker"].close()
        await super().shutdown(sockets)


def main() -> None:
    settings = read_settings(ApiSettings)
    configure_logs("api", settings.log_level)
    serve(create_app(on_aws(settings), settings), settings)


def serve(app: FastAPI, settings: ApiSettings) -> None:
    """Answer requests until told to stop."""
    # What is alive now stays alive: collecting it again and again only costs latency.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    server = Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(COULD_NOT_START)


if __name__ == "__main__":
    main()
