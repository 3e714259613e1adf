"""Run the receiver: `python -m sightline_local.traces --port 4318`."""

import argparse

import uvicorn

from sightline_local.traces.app import create_app
from sightline_local.traces.metric_store import MetricStore
from sightline_local.traces.store import TraceStore

#: The port of OTLP over HTTP. https://opentelemetry.io/docs/specs/otlp/#otlphttp-default-port
DEFAULT_PORT = 4318


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="sightline_local.traces",
        description="Receive traces and metrics by OTLP, and show them.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="(default: %(default)s)")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="(default: %(default)s)")
    arguments = parser.parse_args()
    uvicorn.run(
        create_app(TraceStore(), MetricStore()),
        host=arguments.host,
        port=arguments.port,
        log_level="warning",
        access_log=False,
    )


if __name__ == "__main__":
    main()
