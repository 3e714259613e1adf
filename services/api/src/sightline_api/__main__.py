"""Start the API: `python -m sightline_api`."""

import gc
import socket
import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from sightline.adapters.tables import require_table
from sightline.logging import configure_logs
from sightline.metric_export import export_metrics
from sightline.otlp import export_traces
from sightline.settings import read_settings
from sightline_api.app import create_app, on_aws
from sightline_api.asgi.protocol import BoundedHttpProtocol
from sightline_api.settings import ApiSettings

#: Exit code if the server could not start, the same as that of uvicorn's own command.
EXIT_START_FAILED = 3

#: Time after which a connection is closed if the client does not read, seconds.
SEND_TIMEOUT_SECONDS = 30

#: Time for which an idle connection stays open, seconds. A load balancer that reuses a connection
#: which the server is closing answers 502, so this exceeds the idle timeout of the load balancer:
#: 120 s (infra/terraform/modules/load_balancer).
KEEP_ALIVE_SECONDS = 150

#: Time for requests in progress when the server stops, seconds.
SHUTDOWN_TIMEOUT_SECONDS = 10


class Server(uvicorn.Server):
    """A uvicorn server that ends what uvicorn itself would wait for.

    It closes connections whose clients stop reading (on Linux), and event streams at shutdown.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and hasattr(socket, "TCP_USER_TIMEOUT"):
            milliseconds = SEND_TIMEOUT_SECONDS * 1000
            for listening in [each for server in self.servers for each in server.sockets]:
                # Accepted connections inherit the option: tcp(7).
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.lifespan.state["broker"].close()
        await super().shutdown(sockets)


def main() -> None:
    settings = read_settings(ApiSettings)
    require_table(settings.table)
    configure_logs("api", settings.log_level)
    with (
        export_traces("api", settings.trace_owner_key),
        export_metrics("api", settings.metrics, settings.metrics_namespace),
    ):
        serve(create_app(on_aws(settings), settings), settings)


def make_server(app: FastAPI, host: str, port: int) -> Server:
    """Return the server with its limits; they hold where no load balancer stands in front of it."""
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            loop="sightline.event_loop:EventLoop",
            http=BoundedHttpProtocol,
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_SECONDS,
        )
    )


def serve(app: FastAPI, settings: ApiSettings) -> None:
    """Serve requests until a signal stops the process."""
    # The objects that exist now are permanent: scanning them again only adds latency.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    server = make_server(app, settings.host, settings.port)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(EXIT_START_FAILED)


if __name__ == "__main__":
    main()
