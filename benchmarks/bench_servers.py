"""What `gateway.py` measures, each in a process of its own.

python benchmarks/served.py noop|gateway|unsigned|consumer
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
from sightline.domain.failures import Failure
from sightline.logging import configure_logs
from sightline.settings import read_settings
from sightline_api.__main__ import serve
from sightline_api.app import create_app, on_aws
from sightline_api.dependencies import CurrentUser
from sightline_api.settings import ApiSettings
from sightline_api.urls.s3 import S3Signer

#: Messages to warm up with, and to measure with.
WARMING, MESSAGES = 2_000, 20_000


def serve_noop(port: int) -> None:
    """As little as FastAPI does, with the same server and the same care for its memory."""
    app = FastAPI(openapi_url=None)

    @app.get("/noop")
    async def noop() -> dict[str, bool]:
        return {"ok": True}

    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    uvicorn.run(app, port=port, log_config=None, access_log=False, server_header=False)


def serve_gateway() -> None:
    """The real thing, and an endpoint that does nothing but know its caller."""
    settings = read_settings(ApiSettings)
    configure_logs("api", settings.log_level)
    app = create_app(on_aws(settings), settings)

    @app.get("/benchmark/owner")
    async def get_owner(user: CurrentUser) -> dict[str, str]:
        return {"owner": user.owner}

    # Where the hot ones are: routes are tried one after the other.
    app.router.routes.insert(0, app.router.routes.pop())
    serve(app, settings)


def leave_unsigned() -> None:
    """Have every address be the same text, so that signing one costs nothing."""

    async def sign_renditions(_: S3Signer, keys: list[str]) -> list[str]:
        return ["https://pictures.example.com/" + "x" * 400] * len(keys)

    S3Signer.sign_renditions = sign_renditions


class Counting:
    """A handler with nothing to do, that stops at the last message."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop
        self.handled = 0
        self.began = 0.0
        self.seconds = 0.0

    async def handle(self, upload: Upload) -> None:
        self.handled += 1
        if self.handled == WARMING:
            self.began = time.process_time()
        elif self.handled == WARMING + MESSAGES:
            self.seconds = time.process_time() - self.began
            self._stop.set()

    async def fail(self, upload: Upload, failure: Failure) -> None:
        raise AssertionError

    async def clear(self, upload: Upload) -> None:
        raise AssertionError


async def consume() -> None:
    async with AsyncExitStack() as stack:
        client = await Clients(stack, os.environ["AWS_REGION"]).open("sqs")
        queue = SqsQueue(client, f"{os.environ['AWS_ENDPOINT_URL']}/0/queue", 120, 5)
        stop = asyncio.Event()
        handler = Counting(stop)
        await Consumer(queue, handler, ConsumerOptions(concurrency=32, poll=0, drain=5)).run(stop)
    print(json.dumps({"microseconds": handler.seconds / MESSAGES * 1e6}))


def main() -> None:
    match sys.argv[1:]:
        case ["noop"]:
            serve_noop(int(os.environ["SIGHTLINE_PORT"]))
        case ["gateway"]:
            serve_gateway()
        case ["unsigned"]:
            leave_unsigned()
            serve_gateway()
        case ["consumer"]:
            # As `sightline.consumer.runtime` runs it.
            uvloop.run(consume())


if __name__ == "__main__":
    main()
