"""The gateway over memory, with a pool of our own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from samples import new_owner
from sightline.events import Publisher
from sightline.images import Image
from sightline.memory import MemoryImageTable, MemoryObjectStore, MemoryTopic
from sightline.memory_inboxes import MemoryInboxes, MemoryInboxRegister
from sightline.settlement import Backoff
from sightline_api.announcer import Announcer
from sightline_api.app import create_app
from sightline_api.dependencies import State
from sightline_api.hub import Hub
from sightline_api.keyset import KeySet
from sightline_api.listener import Listener, listening
from sightline_api.settings import ApiSettings
from sightline_api.signing import SignedForm
from sightline_api.sweeper import Sweeper
from sightline_api.tokens import TokenVerifier
from tokens import CLIENT_ID, ISSUER, Pool


class PlainSigner:
    """Addresses without a signature: what is signed is proven against S3."""

    async def sign_upload(self, image: Image, seconds: int) -> SignedForm:
        return SignedForm("http://s3/originals", {"key": image.image_id})

    async def sign_renditions(self, keys: list[str]) -> list[str]:
        return [f"http://s3/{key}" for key in keys]


class Client:
    """Calls the application as a server would, and waits for its answers."""

    def __init__(self, runner: asyncio.Runner, http: httpx.AsyncClient) -> None:
        self._runner = runner
        self._http = http

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._http.request(method, path, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", path, **options)


@dataclass
class Gateway:
    """The running application, what lies behind it, and somebody who is signed in."""

    client: Client
    table: MemoryImageTable
    originals: MemoryObjectStore
    renditions: MemoryObjectStore
    uploads: MemoryTopic
    events: MemoryTopic
    inboxes: MemoryInboxes
    register: MemoryInboxRegister
    app: ASGIApp
    pool: Pool
    owner: str

    def headers(self, owner: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.pool.sign(owner or self.owner)}"}


@pytest.fixture(scope="session")
def pool() -> Pool:
    return Pool()


def serve_keys(pool: Pool) -> httpx.AsyncClient:
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
def gateway(pool: Pool, settings: ApiSettings) -> Iterator[Gateway]:
    with serve(pool, settings) as gateway:
        yield gateway


@pytest.fixture
def slow_gateway(pool: Pool, settings: ApiSettings) -> Iterator[Gateway]:
    """One that gives up soon, and that a page may call."""
    changes = {"request_seconds": 0.05, "cors_origins": ("https://app.example.com",)}
    with serve(pool, settings.model_copy(update=changes)) as gateway:
        yield gateway


@contextmanager
def serve(pool: Pool, settings: ApiSettings) -> Iterator[Gateway]:
    table, uploads, topic = MemoryImageTable(), MemoryTopic(), MemoryTopic()
    inboxes, register = MemoryInboxes(topic), MemoryInboxRegister()
    originals, renditions = MemoryObjectStore(), MemoryObjectStore()

    @asynccontextmanager
    async def lifespan(_: FastAPI, /) -> AsyncIterator[State]:
        prefix, lease = settings.events_queue_prefix, settings.events_lease_seconds
        hub = Hub(settings.events_max_streams)
        backoff = Backoff(first=0.01, longest=0.01)
        listener = Listener(inboxes, register, hub, table, prefix, lease, backoff)
        async with (
            serve_keys(pool) as http,
            listening(listener, Sweeper(inboxes, register, lease)),
            Announcer(Publisher(topic)) as announcer,
        ):
            keys = KeySet(http, settings.token_jwks_url)
            yield State(
                settings=settings,
                table=table,
                originals=originals,
                renditions=renditions,
                uploads=uploads,
                announcer=announcer,
                hub=hub,
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
            table=table,
            originals=originals,
            renditions=renditions,
            uploads=uploads,
            events=topic,
            inboxes=inboxes,
            register=register,
            app=answer,
            pool=pool,
            owner=new_owner(),
        )
        runner.run(stack.aclose())
