"""The web application's server: files, settings, and the API behind the same address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sightline.domain.recognition import Feature
from sightline_local.stack import Stack, consecutive_ports
from sightline_local.web.app import make_app
from sightline_local.web.settings import WebSettings

Client = TestClient[web.Request, web.Application]

PAGE = "<!doctype html><title>Sightline</title>" + " " * 2_000


async def echo(request: web.Request) -> web.Response:
    headers = {"X-Seen": request.headers.get("Authorization", ""), "ETag": '"1"'}
    body = f"{request.method} {request.path_qs} ".encode() + await request.read()
    return web.Response(body=body, status=207, headers=headers)


async def drip(request: web.Request) -> web.StreamResponse:
    """An event, and then nothing for a long time."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await response.write(b"event: open\n\n")
    await asyncio.sleep(60)
    return response


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "assets" / "index-1a2b.js").write_text("let x = 1;" * 500)
    return tmp_path


def settings(files: Path, api: str) -> WebSettings:
    return WebSettings(
        files=files,
        api=api,
        cloud="http://127.0.0.1:8001",
        pool_id="pool",
        client_id="client",
        features=(Feature.LABELS, Feature.MODERATION),
        demo_email="demo@example.com",
        demo_password="secret",
    )


@pytest.fixture
async def client(files: Path) -> AsyncIterator[Client]:
    api = web.Application()
    api.router.add_get("/v1/events", drip)
    api.router.add_route("*", "/{path:.*}", echo)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(api))
        app = make_app(settings(files, str(server.make_url("")).rstrip("/")))
        yield await stack.enter_async_context(TestClient(TestServer(app)))


@pytest.mark.parametrize("path", ["/", "/index.html", "/albums/1", "/pictures/1?label=a.b"])
async def test_the_page_answers_for_every_path_of_the_application(
    client: Client, path: str
) -> None:
    answer = await client.get(path)
    assert await answer.text() == PAGE
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/assets/gone.js", "/favicon.ico", "/../settings.py"])
async def test_a_file_that_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_hashed_files_are_kept_for_good(client: Client) -> None:
    answer = await client.get("/assets/index-1a2b.js")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Content-Encoding"] == "gzip"


async def test_a_page_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    etag = (await client.get("/")).headers["ETag"]
    answer = await client.get("/albums", headers={"If-None-Match": etag})
    assert (answer.status, await answer.read()) == (304, b"")


async def test_browsers_are_told_their_settings(client: Client) -> None:
    told = await (await client.get("/config.json")).json()
    assert told["cognito"]["endpoint"] == "http://127.0.0.1:8001/"
    assert told["features"] == {"offered": ["labels", "moderation"], "usual": ["labels"]}
    assert told["demo"]["email"] == "demo@example.com"


async def test_calls_are_passed_on_as_they_are(client: Client) -> None:
    answer = await client.patch(
        "/v1/images/a%20b?x=1&x=2", data=b"body", headers={"Authorization": "Bearer t"}
    )
    assert (answer.status, await answer.read()) == (207, b"PATCH /v1/images/a%20b?x=1&x=2 body")
    assert answer.headers["X-Seen"] == "Bearer t"
    assert answer.headers["ETag"] == '"1"'


async def test_an_event_comes_through_when_it_happens(client: Client) -> None:
    async with asyncio.timeout(20):
        answer = await client.get("/v1/events")
        assert await answer.content.readline() == b"event: open\n"
    answer.close()


async def test_an_api_that_is_away_is_a_bad_gateway(files: Path) -> None:
    app = make_app(settings(files, consecutive_ports(0).url("api")))
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/v1/images")).status == 502
        assert (await client.get("/")).status == 200


def test_what_has_not_been_built_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"index\.html does not exist"):
        make_app(settings(tmp_path, "http://127.0.0.1:1"))
    assert Stack(consecutive_ports(0), tmp_path, web=tmp_path).web is None
