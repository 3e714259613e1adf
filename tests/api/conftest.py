"""The gateway over memory, with a pool of our own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from samples import new_owner
from sightline.images import Image
from sightline.memory import MemoryAlbumTable, MemoryImageTable, MemoryObjectStore, MemoryTopic
from sightline_api.app import create_app
from sightline_api.dependencies import State
from sightline_api.keyset import KeySet
from sightline_api.settings import ApiSettings
from sightline_api.signing import Address, Download, SignedForm
from sightline_api.tokens import TokenVerifier
from tokens import CLIENT_ID, ISSUER, Pool


class PlainSigner:
    """Addresses without a signature: what is signed is proven against S3."""

    async def sign_upload(self, image: Image, seconds: int) -> SignedForm:
        return SignedForm("http://s3/originals", {"key": image.image_id})

    async def sign_renditions(self, keys: list[str]) -> list[str]:
        return [f"http://s3/{key}" for key in keys]

    async def sign_downloads(self, downloads: list[Download]) -> list[Address]:
        until = datetime(2026, 11, 20, 12, tzinfo=UTC)
        return [Address(f"http://s3/{key}?as={name}", until) for key, name in downloads]


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
    albums: MemoryAlbumTable
    originals: MemoryObjectStore
    renditions: MemoryObjectStore
    uploads: MemoryTopic
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
        "TOKEN_ISSUER",
        "TOKEN_JWKS_URL",
    ):
        monkeypatch.setenv(f"SIGHTLINE_{name}", "x")
    monkeypatch.setenv("SIGHTLINE_TOKEN_CLIENT_IDS", "[]")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    return monkeypatch


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
    table, uploads = MemoryImageTable(), MemoryTopic()
    albums = MemoryAlbumTable(table)
    originals, renditions = MemoryObjectStore(), MemoryObjectStore()

    @asynccontextmanager
    async def lifespan(_: FastAPI, /) -> AsyncIterator[State]:
        async with serve_keys(pool) as http:
            keys = KeySet(http, settings.token_jwks_url)
            yield State(
                settings=settings,
                table=table,
                albums=albums,
                originals=originals,
                renditions=renditions,
                uploads=uploads,
                signer=PlainSigner(),
                tokens=TokenVerifier(keys, settings.token_issuer, settings.token_client_ids),
            )

    app = create_app(lifespan, settings)

    async def open_client(stack: AsyncExitStack) -> httpx.AsyncClient:
        state = await stack.enter_async_context(lifespan(app))

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state)}, receive, send)

        transport = httpx.ASGITransport(serve, raise_app_exceptions=False)
        http = httpx.AsyncClient(transport=transport, base_url="http://gateway")
        return await stack.enter_async_context(http)

    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        client = Client(runner, runner.run(open_client(stack)))
        yield Gateway(client, table, albums, originals, renditions, uploads, pool, new_owner())
        runner.run(stack.aclose())
