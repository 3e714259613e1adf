"""MiniStack, with a state that survives any stop: `python -m sightline_local.ministack.server`.

MiniStack itself writes its state when it is stopped, and only then; what it cannot read at the next
start it replaces by nothing. Here instead:

- S3 objects are files as soon as they are stored, as with MiniStack itself. An upload that cannot
  be written is rejected, which MiniStack would confirm and forget with its next stop.
- Users, and messages that were sent by SES or Cognito, are saved with each change.
- The other services are saved on a clean stop. The stack creates their resources at each start, so
  that only messages in SQS can be lost; `sightline_ops reconcile` sends them again. The table of
  the stack is a SQLite file, which is not this program's.
- State that cannot be read ends the start, and is left as it is.

Settings: `BIND_HOST`, `STATE_DIR` and `S3_DATA_DIR` as in MiniStack; `SIGHTLINE_CLOUD_PORT`, the
port; `SIGHTLINE_UNCLEAN_FILE`, which exists while the state in memory is newer than the one in
files; `SIGHTLINE_FREE_BYTES`, the free disk space below which uploads are rejected.
"""

import asyncio
import gc
import importlib
import logging
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sightline_local.ministack.sent_mail import SentMail
from sightline_local.ministack.snapshots import ServiceFiles, StateUnreadable
from sightline_local.ministack.verification_codes import patch_verification_codes

#: Services whose state is saved with each change. They change rarely and are small.
SAVED_AT_ONCE = ("cognito", "ses", "ses_v2")

#: What the names of actions that change nothing start with.
READING = ("BatchGet", "Describe", "Get", "List", "Query", "Scan", "Search", "TransactGet")

#: Garbage collection with a full heap would block every response for up to a second.
GC_THRESHOLDS = (50_000, 20, 100)

#: Of MiniStack's own requests, this one deletes everything, and any web page can send it.
RESET_PATH = "/_ministack/reset"

#: The body of a response with status 507.
INSUFFICIENT_STORAGE = (
    b"<Error><Code>InsufficientStorage</Code>"
    b"<Message>The disk is full. Free some space, then upload again.</Message></Error>"
)

#: Time limit for open requests after SIGTERM.
DRAIN_SECONDS = 1.0

_logger = logging.getLogger("sightline")

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Response]]


class ObjectNotWritten(OSError):
    """The disk is full, or fails otherwise."""


class Cloud:
    """MiniStack's modules, and where their state is kept."""

    def __init__(self, folder: Path) -> None:
        self._app = _import("ministack.app")
        self._responses = _import("ministack.core.responses")
        patch_verification_codes(_import("ministack.services.cognito"))
        persistence = _import("ministack.core.persistence")
        self._files = ServiceFiles(folder, persistence._json_default, persistence._json_object_hook)
        self._mail = SentMail(_import("ministack.services.ses"), self._files)
        # This module does it.
        self._app.PERSIST_STATE = False

    @property
    def asgi(self) -> Any:
        return self._app.app

    def load(self) -> None:
        """Restore everything and save changes from now on. Raises `StateUnreadable`."""
        for name, module in self._app._state_map.items():
            state = self._files.load(name)
            if state is not None:
                self._app._get_module(module).load_persisted_state(state)
        self._mail.load()
        for name in SAVED_AT_ONCE:
            module = self._app._get_module(name)
            module.handle_request = self._save_changes(name, module)
        _reject_unwritten_objects(self._app._get_module("s3"))

    def save(self) -> None:
        """Write everything after the last request. Raises `OSError`."""
        for name, get_state in self._app._build_persistence_save_dict().items():
            if (state := get_state()) is not None:
                self._files.save(name, state)

    def _save_changes(self, name: str, module: Any) -> Handler:
        handle: Handler = module.handle_request

        async def save(
            method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
        ) -> Response:
            response = await handle(method, path, headers, body, query)
            if not _action(headers).startswith(READING):
                try:
                    self._files.save(name, module.get_state())
                    # Cognito sends mail too.
                    self._mail.save()
                except OSError as error:
                    return self._fail(error)
            return response

        return save

    def _fail(self, error: Exception) -> Response:
        _logger.error("a change was rejected, because it cannot be kept: %s", error)
        message = "The change cannot be written to disk."
        response: Response = self._responses.error_response_json(
            "InternalServerError", message, 500
        )
        return response


def _reject_unwritten_objects(s3: Any) -> None:
    """Have S3 respond with an error if it cannot write an object to its file.

    The object stays in memory until the next stop. A client that retries writes it again.
    """
    handle, persist = s3.handle_request, s3._persist_object

    def persist_or_raise(bucket: str, key: str, record: Any) -> None:
        persist(bucket, key, record)
        # MiniStack only logs why, but keeps the body then.
        if isinstance(record, dict) and record.get("body") is not None:
            raise ObjectNotWritten(f"{bucket}/{key}")

    async def reject_unwritten(*args: Any, **options: Any) -> Response:
        try:
            response: Response = await handle(*args, **options)
        except ObjectNotWritten:
            return 507, {"Content-Type": "application/xml"}, INSUFFICIENT_STORAGE
        return response

    s3._persist_object = persist_or_raise
    s3.handle_request = reject_unwritten


def _import(name: str) -> Any:
    """Import a module of MiniStack's environment, which type checks do not have."""
    return importlib.import_module(name)


def _action(headers: dict[str, str]) -> str:
    return headers.get("x-amz-target", "").rpartition(".")[2]


class Guard:
    """ASGI middleware: rejects uploads while the disk is full, and MiniStack's reset."""

    def __init__(self, app: Any, folder: Path, free_bytes: int) -> None:
        self._app = app
        self._folder = folder
        self._free_bytes = free_bytes

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == RESET_PATH:
            await _respond(send, 404, b"")
        elif not self._has_space(scope):
            await _respond(send, 507, INSUFFICIENT_STORAGE)
        else:
            await self._app(scope, receive, send)

    def _has_space(self, scope: Any) -> bool:
        headers = dict(scope["headers"])
        is_form = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        # Changes of a bucket itself have no key in their path.
        is_object = scope["method"] == "PUT" and "/" in scope["path"].strip("/")
        if not is_object and not is_form:
            return True
        size = int(headers.get(b"content-length", b"0"))
        return shutil.disk_usage(self._folder).free >= self._free_bytes + size


async def _respond(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/xml"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def serve(app: Any, bind: str) -> None:
    """Serve until SIGTERM or SIGINT. Raises `OSError` if the port is in use."""
    server = _import("hypercorn.asyncio")
    config = _import("hypercorn.config").Config()
    config.bind = [bind]
    config.keep_alive_timeout = 75
    config.graceful_timeout = DRAIN_SECONDS
    config.loglevel = os.environ.get("LOG_LEVEL", "WARNING")
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await server.serve(app, config, shutdown_trigger=stopped.wait)


def main() -> None:
    environment = os.environ
    unclean = Path(environment["SIGHTLINE_UNCLEAN_FILE"])
    objects = Path(environment["S3_DATA_DIR"])
    try:
        objects.mkdir(parents=True, exist_ok=True)
        cloud = Cloud(Path(environment["STATE_DIR"]))
        cloud.load()
        unclean.touch()
    except (StateUnreadable, OSError) as error:
        sys.exit(f"{error}: restore it from a backup, or start empty with `make run FRESH=1`")
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    guarded = Guard(cloud.asgi, objects, int(environment["SIGHTLINE_FREE_BYTES"]))
    asyncio.run(serve(guarded, f"{environment['BIND_HOST']}:{environment['SIGHTLINE_CLOUD_PORT']}"))
    try:
        cloud.save()
        unclean.unlink()
    except OSError as error:
        sys.exit(f"the state cannot be saved: {error}")
    sys.stdout.flush()
    # Threads of MiniStack may still wait for work.
    os._exit(0)


if __name__ == "__main__":
    main()
