"""The gateway over memory, with a pool of our own."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
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
from sightline_api.app import build_state, create_app
from sightline_api.auth.jwks import JwksCache
from sightline_api.auth.tokens import TokenVerifier
from sightline_api.dependencies import State
from sightline_api.events.broker import Broker
from sightline_api.events.publisher import ChangePublisher
from sightline_api.events.reaper import Reaper
from sightline_api.events.subscriber import EventSubscriber, subscribed
from sightline_api.settings import ApiSettings
from sightline_api.urls.signer import OriginalDownload, PresignedPost, PresignedUrl
from sightline_testing.builders import new_owner
from sightline_testing.sse import ServerSentEvent, SseParser
from sightline_testing.tokens import CLIENT_ID, ISSUER, TokenIssuer

Value = TypeVar("Value")


class PlainSigner:
    """Addresses without a signature: what is signed is proven against S3."""

    async def sign_upload(self, image: Image, seconds: int) -> PresignedPost:
        return PresignedPost("http://s3/originals", {"key": image.image_id})

    async def sign_renditions(self, keys: list[str]) -> list[str]:
        return [f"http://s3/{key}" for key in keys]

    async def sign_downloads(self, downloads: list[OriginalDownload]) -> list[PresignedUrl]:
        until = datetime(2026, 11, 20, 12, tzinfo=UTC)
        return [PresignedUrl(f"http://s3/{key}?as={name}", until) for key, name in downloads]


class Client:
    """Calls the application as a server would, and waits for its answers."""

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
    """An open stream of events: what the application sends, as it sends it."""

    #: Seconds until a test gives up on what should come.
    PATIENCE = 10

    def __init__(self, runner: asyncio.Runner, app: ASGIApp, headers: dict[str, str]) -> None:
        self._runner = runner
        self._sent: asyncio.Queue[Message] = asyncio.Queue()
        self._told: deque[ServerSentEvent] = deque()
        self._parser = SseParser()
        self._hung_up = asyncio.Event()
        self._asked = False
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

        async def answer() -> None:
            await app(scope, self._receive, self._sent.put)

        self._task = runner.get_loop().create_task(answer())
        start = self._runner.run(self._next_message())
        self.status = start["status"]
        self.headers = Headers(raw=start["headers"])

    def next(self) -> ServerSentEvent:
        """The next block, a heartbeat included."""
        while not self._told:
            message = self._runner.run(self._next_message())
            self._told.extend(self._parser.feed(message["body"].decode()))
            if not self._told and not message.get("more_body"):
                raise EOFError
        return self._told.popleft()

    def next_event(self) -> ServerSentEvent:
        while (told := self.next()).name is None:
            pass
        return told

    def rest(self) -> list[ServerSentEvent]:
        """All that comes until the application ends the stream."""
        blocks = []
        with suppress(EOFError):
            while True:
                blocks.append(self.next())
        return blocks

    def pause(self) -> None:
        """Let the application go on without reading, as a client that is slow."""
        self._runner.run(asyncio.sleep(0.05))

    def close(self) -> None:
        """Hang up."""
        self._hung_up.set()
        self._runner.run(asyncio.wait_for(self._task, self.PATIENCE))

    async def _next_message(self) -> Message:
        return await asyncio.wait_for(self._sent.get(), self.PATIENCE)

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._hung_up.wait()
        return {"type": "http.disconnect"}


@dataclass
class Gateway:
    """The running application, its ports in memory, and a signed-in owner."""

    client: Client
    tables: Tables
    originals: MemoryObjectStore
    renditions: MemoryObjectStore
    uploads: MemoryTopic
    events: MemoryTopic
    queues: MemoryEventQueues
    registry: MemoryEventQueueRegistry
    broker: Broker
    app: ASGIApp
    pool: TokenIssuer
    owner: str

    def headers(self, owner: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.pool.sign(owner or self.owner)}"}

    def stream(self, headers: dict[str, str] | None = None, **more: str) -> Stream:
        """Opens the live stream; further headers by name, with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return Stream(self.client.runner, self.app, (headers or self.headers()) | named)

    def run(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Something else, among what the application does."""
        return self.client.runner.run(work)


@pytest.fixture(scope="session")
def pool() -> TokenIssuer:
    return TokenIssuer()


def serve_keys(pool: TokenIssuer) -> httpx.AsyncClient:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=pool.jwks())

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


@pytest.fixture
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
    )


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Where `ApiSettings` find all that they need."""
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
def slow_gateway(pool: TokenIssuer, settings: ApiSettings) -> Iterator[Gateway]:
    """One that gives up soon, and that a page may call."""
    changes = {"request_seconds": 0.05, "cors_origins": ("https://app.example.com",)}
    with serve(pool, settings.model_copy(update=changes)) as gateway:
        yield gateway


@contextmanager
def serve(pool: TokenIssuer, settings: ApiSettings) -> Iterator[Gateway]:
    tables, uploads, topic = memory_tables(), MemoryTopic(), MemoryTopic()
    queues, registry = MemoryEventQueues(topic), MemoryEventQueueRegistry()
    originals, renditions = MemoryObjectStore(), MemoryObjectStore()

    @asynccontextmanager
    async def lifespan(_: FastAPI, /) -> AsyncIterator[State]:
        prefix, lease = settings.events_queue_prefix, settings.events_lease_seconds
        broker = Broker(settings.events_max_streams)
        backoff = Backoff(first=0.01, longest=0.01)
        subscriber = EventSubscriber(
            queues, registry, broker, tables.images, prefix, lease, backoff
        )
        async with (
            serve_keys(pool) as http,
            subscribed(subscriber, Reaper(queues, registry, lease)),
            ChangePublisher(EventPublisher(topic)) as changes,
        ):
            keys = JwksCache(http, settings.token_jwks_url)
            yield build_state(
                settings,
                tables=tables,
                originals=originals,
                renditions=renditions,
                reprocessing=uploads,
                changes=changes,
                broker=broker,
                signer=PlainSigner(),
                tokens=TokenVerifier(keys, settings.token_issuer, settings.token_client_ids),
            )

    app = create_app(lifespan, settings)

    state: dict[str, Any] = {}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    async def open_client(stack: AsyncExitStack) -> httpx.AsyncClient:
        state.update(await stack.enter_async_context(lifespan(app)))
        transport = httpx.ASGITransport(answer, raise_app_exceptions=False)
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
            app=answer,
            pool=pool,
            owner=new_owner(),
        )
        runner.run(stack.aclose())
