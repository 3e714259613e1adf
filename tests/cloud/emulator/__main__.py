"""Serve the emulator until SIGTERM: `python -m cloud.emulator PORT RECOGNITION_PORT NETWORK`.

`RECOGNITION_PORT` is the port of the local Rekognition emulator, and `NETWORK` the name of the
Docker network of the tasks. The variables of MiniStack configure the
rest; `AUTH=true` enforces IAM.
"""

import asyncio
import importlib
import json
import os
import signal
import sys
from typing import Any

from cloud.emulator import HOST, PERMISSIONS_PATH, Json, load
from cloud.emulator.containers import restrict_containers
from cloud.emulator.missing_operations import (
    AutoScaling,
    FirewallLogging,
    LogQueries,
    ResourceMissing,
)
from cloud.emulator.origins import use_vpc_origin_protocols
from cloud.emulator.permissions import PermissionRecorder
from cloud.emulator.rekognition import OPERATION_PREFIX, Rekognition
from cloud.emulator.task_agent import AGENT_PATH, CREDENTIALS_PATH, TaskAgent

#: Time limit for open requests after SIGTERM.
DRAIN_SECONDS = 1.0


class Gateway:
    """ASGI application: MiniStack, and what it lacks."""

    def __init__(self, port: int, recognition_port: int) -> None:
        self._app = load("app").app
        self._permissions = PermissionRecorder()
        self._agent = TaskAgent(self._permissions, port)
        self._rekognition = Rekognition(self._permissions, recognition_port)
        self._operations = {
            **AutoScaling().operations(),
            **FirewallLogging().operations(),
            **LogQueries().operations(),
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # All policies deny plain HTTP: requests count as received through TLS.
        scope = {**scope, "scheme": "https"}
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        path, operation = scope["path"], headers.get("x-amz-target", "")
        if path.startswith(CREDENTIALS_PATH):
            await respond(send, *self._agent.serve_credentials(path, headers))
        elif path.startswith(AGENT_PATH):
            request = json.loads(await read_body(receive) or b"{}")
            await respond(send, *self._agent.serve_protection(scope["method"], path, request))
        elif path == PERMISSIONS_PATH:
            await respond(send, 200, self._permissions.export())
        elif operation in self._operations:
            await respond(send, *await self._run(operation, json.loads(await read_body(receive))))
        elif operation.startswith(OPERATION_PREFIX):
            arguments = operation, headers, await read_body(receive)
            await respond(send, *await asyncio.to_thread(self._rekognition.serve, *arguments))
        else:
            await self._app(scope, receive, send)

    async def _run(self, operation: str, request: Json) -> tuple[int, Json]:
        try:
            # Scaling starts and stops containers.
            return 200, await asyncio.to_thread(self._operations[operation], request)
        except ResourceMissing as error:
            return 400, {"__type": str(error), "message": "The resource does not exist."}


async def read_body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def respond(send: Any, status: int, content: Json) -> None:
    body = json.dumps(content).encode()
    headers = [
        (b"content-type", b"application/x-amz-json-1.1"),
        (b"content-length", b"%d" % len(body)),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def serve(port: int, recognition_port: int) -> None:
    config = importlib.import_module("hypercorn.config").Config()
    config.bind = [f"{HOST}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = DRAIN_SECONDS
    config.loglevel = "WARNING"
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    server: Any = importlib.import_module("hypercorn.asyncio")
    await server.serve(Gateway(port, recognition_port), config, shutdown_trigger=stopped.wait)


if __name__ == "__main__":
    use_vpc_origin_protocols()
    restrict_containers(network=sys.argv[3])
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
    # Threads of MiniStack may still wait for containers.
    os._exit(0)
