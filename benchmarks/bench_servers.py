"""The servers and the consumer that `gateway.py` measures, each as a process of its own.

python benchmarks/bench_servers.py noop|gateway|unsigned|consumer
"""

import asyncio
import gc
import json
import os
import sys
import time
from contextlib import AsyncExitStack

import uvicorn
import uvloop
from fastapi import FastAPI

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.sqs import SqsQueue
from sightline.consumer.loop import Consumer, ConsumerOptions
from sightline.consumer.messages import Upload
from sightline.consumer.upload_messages import UploadMessages
from sightline.domain.failures import Failure
from sightline.logging import configure_logs
from sightline.settings import read_settings
from sightline_api.__main__ import serve
from sightline_api.app import create_app, on_aws
from sightline_api.dependencies import CurrentUser
from sightline_api.settings import ApiSettings
from sightline_api.urls.s3 import S3Signer

#: Messages handled before the measurement, and during it.
WARM_UP_MESSAGES = 2_000
MEASURED_MESSAGES = 20_000


def serve_noop(port: int) -> None:
    """Serve the minimal FastAPI endpoint, with the gateway's server and garbage collection."""
    app = FastAPI(openapi_url=None)

    @app.get("/noop")
    async def noop() -> dict[str, bool]:
        return {"ok": True}

    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    uvicorn.run(app, port=port, log_config=None, access_log=False, server_header=False)


def serve_gateway() -> None:
    """Serve the real gateway, with an additional endpoint that only authenticates its caller."""
    settings = read_settings(ApiSettings)
    configure_logs("api", settings.log_level)
    app = create_app(on_aws(settings), settings)

    @app.get("/v1/benchmark/owner")
    async def get_owner(user: CurrentUser) -> dict[str, str]:
        return {"owner": user.owner}

    # Routes are matched in order: the first position is that of the most frequent endpoints.
    app.router.routes.insert(0, app.router.routes.pop())
    serve(app, settings)


def disable_signing() -> None:
    """Replace every presigned rendition URL by a constant of the same length."""

    async def sign_renditions(_: S3Signer, keys: list[str]) -> list[str]:
        return ["https://images.example.com/" + "x" * 400] * len(keys)

    S3Signer.sign_renditions = sign_renditions


class CountingHandler:
    """A handler without work, which stops the consumer after the last measured message."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop
        self._handled = 0
        self._cpu_at_start = 0.0
        self.cpu_seconds = 0.0

    async def handle(self, upload: Upload) -> None:
        self._handled += 1
        if self._handled == WARM_UP_MESSAGES:
            self._cpu_at_start = time.process_time()
        elif self._handled == WARM_UP_MESSAGES + MEASURED_MESSAGES:
            self.cpu_seconds = time.process_time() - self._cpu_at_start
            self._stop.set()

    async def fail(self, upload: Upload, failure: Failure) -> None:
        raise AssertionError

    async def clear(self, upload: Upload) -> None:
        raise AssertionError


async def consume() -> None:
    """Print the CPU time per message, in microseconds."""
    async with AsyncExitStack() as stack:
        client = await Clients(stack, os.environ["AWS_REGION"]).open("sqs")
        queue = SqsQueue(client, f"{os.environ['AWS_ENDPOINT_URL']}/0/queue", 120, 5)
        stop = asyncio.Event()
        handler = CountingHandler(stop)
        options = ConsumerOptions(concurrency=32, poll_seconds=0, drain_timeout_seconds=5)
        messages = UploadMessages(handler, options.handling_timeout_seconds)
        await Consumer(queue, messages, options).run(stop)
    print(json.dumps({"microseconds": handler.cpu_seconds / MEASURED_MESSAGES * 1e6}))


def main() -> None:
    match sys.argv[1:]:
        case ["noop"]:
            serve_noop(int(os.environ["SIGHTLINE_PORT"]))
        case ["gateway"]:
            serve_gateway()
        case ["unsigned"]:
            disable_signing()
            serve_gateway()
        case ["consumer"]:
            # With the same event loop as `sightline.consumer.runtime`.
            uvloop.run(consume())


if __name__ == "__main__":
    main()
