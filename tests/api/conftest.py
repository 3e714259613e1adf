"""Fixtures of the API tests: the application over adapters in memory, and its clients."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import httpx
import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline.adapters.memory import (
    MemoryEventQueueRegistry,
    MemoryEventQueues,
    MemoryObjectStore,
    MemoryTopic,
    memory_tables,
)
from sightline.consumer.settlement import Backoff
from sightline.domain.images import Image
from sightline.event_publisher import EventPublisher
from sightline.ports.tables import Tables
from sightline_api.app import State, build_state, create_app
from sightline_api.auth.jwks import JwksCache
from sightline_api.auth.tokens import TokenVerifier
from sightline_api.events.broker import Broker
from sightline_api.events.publisher import ChangePublisher
from sightline_api.events.reaper import Reaper
from sightline_api.events.subscriber import EventSubscriber, subscribed
from sightline_api.openapi import make_document
from sightline_api.settings import ApiSettings
from sightline_api.sharing import passwords
from sightline_api.urls.signer import OriginalDownload, PresignedPost, PresignedUrl
from sightline_testing.builders import new_owner
from sightline_testing.sse import ServerSentEvent, SseParser
from sightline_testing.tokens import CLIENT_ID, ISSUER, MACHINE_CLIENT_ID, TokenIssuer

Value = TypeVar("Value")


#: Timeout for anything that a test waits for, seconds.
TIMEOUT_SECONDS = 10


class PlainSigner:
    """Returns URLs without a signature; tests/integration covers the signatures."""

    async def sign_upload(self, image: Image, seconds: int) -> PresignedPost:
        return PresignedPost("http://s3/originals", {"key": image.image_id})

    async def sign_renditions(self, keys: list[str]) -> list[str]:
        return [f"http://s3/{key}" for key in keys]

    async def sign_downloads(self, downloads: list[OriginalDownload]) -> list[PresignedUrl]:
        expires_at = datetime(2026, 11, 20, 12, tzinfo=UTC)
        return [PresignedUrl(f"http://s3/{key}?as={name}", expires_at) for key, name in downloads]

    def for_visitors(self) -> "PlainSigner":
        return self


class ObservableBroker(Broker):
    """A broker that signals when the subscriber has started to receive events."""

    def __init__(self, max_streams: int) -> None:
        super().__init__(max_streams)
        self.was_reset = asyncio.Event()

    def reset(self) -> None:
        super().reset()
        self.was_reset.set()


class Client:
    """A synchronous HTTP client of the application, on the event loop of the application."""

    def __init__(self, runner: asyncio.Runner, http: httpx.AsyncClient) -> None:
        self.runner = runner
        self._http = http

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.runner.run(self._http.request(method, path, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", path, **options)


class Stream:
    """An open event stream; it delivers what the application sends without buffering."""

    def __init__(self, runner: asyncio.Runner, app: ASGIApp, headers: dict[str, str]) -> None:
        self._runner = runner
        self._sent: asyncio.Queue[Message] = asyncio.Queue()
        self._received: deque[ServerSentEvent] = deque()
        self._parser = SseParser()
        self._disconnected = asyncio.Event()
        self._request_sent = False
        headers = {"Host": "gateway", **headers}
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/v1/events",
            "raw_path": b"/v1/events",
            "query_string": b"",
            "headers": raw,
            "http_version": "1.1",
            "scheme": "http",
            "server": ("gateway", 80),
        }

        async def handle() -> None:
            await app(scope, self._receive, self._sent.put)

        self._task = runner.get_loop().create_task(handle())
        start = self._runner.run(self._next_message())
        self.status = start["status"]
        self.headers = Headers(raw=start["headers"])

    def next(self) -> ServerSentEvent:
        """Return the next block, which may be a heartbeat. Raises `EOFError` at the end."""
        while not self._received:
            message = self._runner.run(self._next_message())
            self._received.extend(self._parser.feed(message["body"].decode()))
            if not self._received and not message.get("more_body"):
                raise EOFError
        return self._received.popleft()

    def next_event(self) -> ServerSentEvent:
        """Return the next event, and skip heartbeats."""
        while (event := self.next()).name is None:
            pass
        return event

    def rest(self) -> list[ServerSentEvent]:
        """Return all blocks until the application ends the stream."""
        blocks = []
        with suppress(EOFError):
            while True:
                blocks.append(self.next())
        return blocks

    def close(self) -> None:
        """Disconnect, and wait until the application has finished the request."""
        self._disconnected.set()
        self._runner.run(asyncio.wait_for(self._task, TIMEOUT_SECONDS))

    async def _next_message(self) -> Message:
        return await asyncio.wait_for(self._sent.get(), TIMEOUT_SECONDS)

    async def _receive(self) -> Message:
        if not self._request_sent:
            self._request_sent = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._disconnected.wait()
        return {"type": "http.disconnect"}


@dataclass
class Gateway:
    """The running application, its ports in memory, and an owner who is signed in."""

    client: Client
    tables: Tables
    originals: MemoryObjectStore
    renditions: MemoryObjectStore
    uploads: MemoryTopic
    events: MemoryTopic
    queues: MemoryEventQueues
    registry: MemoryEventQueueRegistry
    broker: ObservableBroker
    app: ASGIApp
    pool: TokenIssuer
    owner: str

    def headers(self, owner: str | None = None) -> dict[str, str]:
        """Return the headers of an authenticated request."""
        return {"Authorization": f"Bearer {self.pool.sign(owner or self.owner)}"}

    def stream(self, headers: dict[str, str] | None = None, **more: str) -> Stream:
        """Open the event stream. Further headers are keywords, with `_` in place of `-`."""
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return Stream(self.client.runner, self.app, (headers or self.headers()) | named)

    def run(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Run a coroutine on the event loop of the application."""
        return self.client.runner.run(work)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Let the application run until the condition holds."""

        async def poll() -> None:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while not condition():  # noqa: ASYNC110 - most conditions have no event
                    await asyncio.sleep(0.001)

        self.run(poll())


@pytest.fixture(scope="session")
def pool() -> TokenIssuer:
    return TokenIssuer()


def serve_jwks(pool: TokenIssuer) -> httpx.AsyncClient:
    """Return a client whose every request is answered with the JWKS of the pool."""

    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=pool.jwks())

    return httpx.AsyncClient(transport=httpx.MockTransport(handle))


@cache
def _document() -> dict[str, Any]:
    """Return the OpenAPI document, which takes long to build and is the same for every test."""
    return make_document()


@pytest.fixture(scope="session")
def settings() -> ApiSettings:
    return ApiSettings(
        AWS_REGION="eu-central-1",
        table="images",
        originals_bucket="originals",
        renditions_bucket="renditions",
        uploads_topic_arn="arn:aws:sns:eu-central-1:123456789012:uploads",
        events_topic_arn="arn:aws:sns:eu-central-1:123456789012:image-events",
        events_queue_prefix="events-",
        token_issuer=ISSUER,
        token_jwks_url=f"{ISSUER}/.well-known/jwks.json",
        token_client_ids=frozenset({CLIENT_ID}),
        token_machine_client_ids=frozenset({MACHINE_CLIENT_ID}),
    )


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that has every required setting of the API."""
    for name in (
        "TABLE",
        "ORIGINALS_BUCKET",
        "RENDITIONS_BUCKET",
        "UPLOADS_TOPIC_ARN",
        "EVENTS_TOPIC_ARN",
        "EVENTS_QUEUE_PREFIX",
        "TOKEN_ISSUER",
        "TOKEN_JWKS_URL",
    ):
        monkeypatch.setenv(f"SIGHTLINE_{name}", "x")
    monkeypatch.setenv("SIGHTLINE_TOKEN_CLIENT_IDS", "[]")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    return monkeypatch


@pytest.fixture
def gateway(pool: TokenIssuer, settings: ApiSettings) -> Iterator[Gateway]:
    with serve(pool, settings) as gateway:
        yield gateway


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords at little cost, and allow no further ones after the first burst.

    Tests name it before the gateway.
    """
    monkeypatch.setattr(passwords, "COST", 2)
    monkeypatch.setattr(passwords, "PASSWORDS_PER_SECOND", 1e-6)


@pytest.fixture
def slow_gateway(pool: TokenIssuer, settings: ApiSettings) -> Iterator[Gateway]:
    """A gateway with a short request timeout that allows one CORS origin."""
    changes = {"request_seconds": 0.05, "cors_origins": ("https://app.example.com",)}
    with serve(pool, settings.model_copy(update=changes)) as gateway:
        yield gateway


@contextmanager
def serve(
    pool: TokenIssuer,
    settings: ApiSettings,
    open_tables: Callable[[AsyncExitStack], Awaitable[Tables]] | None = None,
) -> Iterator[Gateway]:
    """Run the application with these settings, and with all ports in memory.

    `open_tables` opens other tables, on the event loop of the application.
    """
    tables, uploads, topic = memory_tables(), MemoryTopic(), MemoryTopic()
    queues, registry = MemoryEventQueues(topic), MemoryEventQueueRegistry()
    originals, renditions = MemoryObjectStore(), MemoryObjectStore()

    @asynccontextmanager
    async def lifespan(_: FastAPI, /) -> AsyncIterator[State]:
        prefix, lease = settings.events_queue_prefix, settings.events_lease_seconds
        broker = ObservableBroker(settings.events_max_streams)
        backoff = Backoff(first=0.01, longest=0.01)
        subscriber = EventSubscriber(
            queues, registry, broker, tables.images, prefix, lease, backoff
        )
        async with (
            serve_jwks(pool) as http,
            subscribed(subscriber, Reaper(queues, registry, lease)),
            ChangePublisher(EventPublisher(topic)) as changes,
        ):
            jwks = JwksCache(http, settings.token_jwks_url)
            yield build_state(
                settings,
                tables=tables,
                originals=originals,
                renditions=renditions,
                reprocessing=uploads,
                notifications=topic,
                changes=changes,
                broker=broker,
                signer=PlainSigner(),
                tokens=TokenVerifier(
                    jwks,
                    settings.token_issuer,
                    settings.token_client_ids,
                    settings.token_machine_client_ids,
                ),
            )

    app = create_app(lifespan, settings)
    app.openapi_schema = _document()

    state: dict[str, Any] = {}

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    async def open_client(stack: AsyncExitStack) -> httpx.AsyncClient:
        nonlocal tables
        if open_tables is not None:
            tables = await open_tables(stack)
        state.update(await stack.enter_async_context(lifespan(app)))
        transport = httpx.ASGITransport(handle, raise_app_exceptions=False)
        http = httpx.AsyncClient(transport=transport, base_url="http://gateway")
        return await stack.enter_async_context(http)

    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        client = Client(runner, runner.run(open_client(stack)))
        yield Gateway(
            client=client,
            tables=tables,
            originals=originals,
            renditions=renditions,
            uploads=uploads,
            events=topic,
            queues=queues,
            registry=registry,
            broker=state["broker"],
            app=handle,
            pool=pool,
            owner=new_owner(),
        )
        runner.run(stack.aclose())
