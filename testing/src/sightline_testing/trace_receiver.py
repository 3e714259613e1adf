"""A receiver of traces and metrics in this process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from sightline_local.stack import free_ports
from sightline_local.traces.app import create_app
from sightline_local.traces.metric_store import MetricStore
from sightline_local.traces.store import Trace, TraceStore

#: Timeout for the start of the receiver, and for what a test waits for, seconds.
TIMEOUT_SECONDS = 60


class TraceReceiver:
    """The traces and metrics that have arrived, and the bodies that contained them."""

    def __init__(self, port: int) -> None:
        self.store = TraceStore()
        self.metrics = MetricStore()
        self.bodies: list[bytes] = []
        self.url = f"http://127.0.0.1:{port}"
        self._arrived = threading.Condition()
        self._app = create_app(self.store, self.metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, and keep its body."""
        body = bytearray()

        async def receive_copied() -> dict[str, object]:
            message = await receive()
            body.extend(message.get("body", b""))
            return dict(message)

        await self._app(scope, receive_copied, send)
        with self._arrived:
            self.bodies.append(bytes(body))
            self._arrived.notify_all()

    def wait_for(self, image_id: str, condition: Callable[[Trace], bool]) -> Trace:
        """Return the trace of the image once the condition holds."""

        def find() -> Trace | None:
            trace = self.store.find_image(image_id)
            return trace if trace and condition(trace) else None

        with self._arrived:
            trace = self._arrived.wait_for(find, TIMEOUT_SECONDS)
        if trace is None:
            known = self.store.find_image(image_id)
            raise AssertionError(f"the trace is incomplete: {known}")
        return trace

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Return once the condition holds for what has arrived."""
        with self._arrived:
            if not self._arrived.wait_for(condition, TIMEOUT_SECONDS):
                raise AssertionError(f"the metrics are incomplete: {self.metrics.list()}")


@contextmanager
def run_trace_receiver() -> Iterator[TraceReceiver]:
    """Run a receiver within this context."""
    (port,) = free_ports(1)
    receiver = TraceReceiver(port)
    application: ASGIApp = receiver
    server = uvicorn.Server(
        uvicorn.Config(application, port=port, log_config=None, lifespan="off", access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield receiver
    finally:
        server.should_exit = True
        thread.join()
