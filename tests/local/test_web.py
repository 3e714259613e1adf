"""The local web server: static files, browser settings and the proxy to the API."""

import asyncio
import json
import os
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sightline.domain.recognition import Feature
from sightline_local.stack import Stack, consecutive_ports
from sightline_local.web.app import make_app
from sightline_local.web.map_tiles import MapTiles
from sightline_local.web.proxy import API_PATHS
from sightline_local.web.settings import WebSettings

Client = TestClient[web.Request, web.Application]

#: Starts the container of the web application.
START = Path(__file__).parents[2] / "web" / "start.sh"

PAGE = "<!doctype html><title>Sightline</title>" + " " * 2_000


async def echo(request: web.Request) -> web.Response:
    headers = {"X-Seen": request.headers.get("Authorization", ""), "ETag": '"1"'}
    body = f"{request.method} {request.path_qs} ".encode() + await request.read()
    return web.Response(body=body, status=207, headers=headers)


async def stream_one_event(request: web.Request) -> web.StreamResponse:
    """Send one event and keep the stream open."""
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
    api.router.add_get("/v1/events", stream_one_event)
    api.router.add_route("*", "/{path:.*}", echo)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(api))
        app = make_app(settings(files, str(server.make_url("")).rstrip("/")))
        yield await stack.enter_async_context(TestClient(TestServer(app)))


@pytest.mark.parametrize("path", ["/", "/index.html", "/albums/1", "/photos/1?label=a.b"])
async def test_every_route_of_the_application_returns_the_index_page(
    client: Client, path: str
) -> None:
    response = await client.get(path)
    assert await response.text() == PAGE
    assert response.headers["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/assets/gone.js", "/favicon.ico", "/../settings.py"])
async def test_a_missing_file_is_not_found(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_hashed_files_are_cached_forever(client: Client) -> None:
    response = await client.get("/assets/index-1a2b.js")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br", "br"), ("br;q=1.0", "br"), ("gzip", "gzip"), ("zstd", None), ("", None)],
)
async def test_files_have_the_shortest_encoding_that_the_browser_accepts(
    files: Path, accepted: str, encoding: str | None
) -> None:
    (files / "assets" / "index-1a2b.js.br").write_bytes(b"brotli")
    app = make_app(settings(files, "http://127.0.0.1:1"))
    async with TestClient(TestServer(app), auto_decompress=False) as client:
        path = "/assets/index-1a2b.js"
        response = await client.get(path, headers={"Accept-Encoding": accepted})
        assert response.headers.get("Content-Encoding") == encoding
        assert (await response.read() == b"brotli") is (encoding == "br")
        assert (await client.get(f"{path}.br")).status == 404


async def test_an_unchanged_page_is_not_modified(client: Client) -> None:
    etag = (await client.get("/")).headers["ETag"]
    response = await client.get("/albums", headers={"If-None-Match": etag})
    assert (response.status, await response.read()) == (304, b"")


async def test_config_json_has_the_browser_settings(client: Client) -> None:
    config = await (await client.get("/config.json")).json()
    assert config["cognito"]["endpoint"] == "http://127.0.0.1:8001/"
    assert config["features"] == {"offered": ["labels", "moderation"], "default": ["labels"]}
    assert config["demo"]["email"] == "demo@example.com"


async def test_no_map_server_is_allowed_by_default(client: Client) -> None:
    response = await client.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert "img-src 'self' blob: data: http://127.0.0.1:8001;" in policy
    assert (await (await client.get("/config.json")).json())["tiles"] is None


async def test_images_of_the_origin_of_a_map_server_are_allowed(files: Path) -> None:
    tiles = {"url": "https://tiles.example.com/v1/{z}/{x}/{y}.png?key=k", "attribution": "© Us"}
    chosen = settings(files, "http://127.0.0.1:1").model_copy(update={"tiles": MapTiles(**tiles)})
    async with TestClient(TestServer(make_app(chosen))) as client:
        policy = (await client.get("/")).headers["Content-Security-Policy"].split("; ")
        assert (
            "img-src 'self' blob: data: http://127.0.0.1:8001 https://tiles.example.com" in policy
        )
        assert "connect-src 'self' http://127.0.0.1:8001" in policy
        assert (await (await client.get("/config.json")).json())["tiles"] == tiles


@pytest.mark.parametrize(
    "url",
    [
        "https://tiles.example.com/{z}/{x}.png",
        "https://{z}.example.com/{x}/{y}.png",
        "https://tiles.example.com;script-src/{z}/{x}/{y}.png",
        "tiles.example.com/{z}/{x}/{y}.png",
    ],
)
def test_a_map_server_needs_a_template_with_a_plain_origin(url: str) -> None:
    with pytest.raises(ValueError, match="behind the host"):
        MapTiles(url=url, attribution="")


@pytest.mark.parametrize(
    ("tiles", "origin"),
    [
        (None, ""),
        (
            {"url": "https://t.example.com/{z}/{x}/{y}.png", "attribution": ""},
            "https://t.example.com",
        ),
        ({"attribution": "", "url": "http://127.0.0.1:9/{z}/{x}/{y}"}, "http://127.0.0.1:9"),
        ({"url": "https://a;b/{z}/{x}/{y}", "attribution": ""}, ""),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_container_allows_the_same_origin(
    tmp_path: Path, tiles: object, origin: str, indent: int | None
) -> None:
    """The script that starts nginx takes the origin from the settings of the browser."""
    nginx = tmp_path / "nginx"
    nginx.write_text("#!/bin/sh\n")
    nginx.chmod(0o755)
    config = json.dumps({"api": "", "mail": "http://127.0.0.1:1/x", "tiles": tiles}, indent=indent)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "TMPDIR": str(tmp_path),
        "SIGHTLINE_WEB_CONFIG": config,
    }
    subprocess.run(["sh", str(START)], env=environment, check=True)
    assert (tmp_path / "config.json").read_text() == config
    assert (tmp_path / "tiles.conf").read_text() == f'set $tiles "{origin}";\n'


async def test_api_requests_are_forwarded_unchanged(client: Client) -> None:
    response = await client.patch(
        "/v1/images/a%20b?x=1&x=2", data=b"body", headers={"Authorization": "Bearer t"}
    )
    assert (response.status, await response.read()) == (207, b"PATCH /v1/images/a%20b?x=1&x=2 body")
    assert response.headers["X-Seen"] == "Bearer t"
    assert response.headers["ETag"] == '"1"'


@pytest.mark.parametrize("path", ["/health", "/docs", "/docs/assets/style.css", "/openapi.json"])
async def test_documentation_comes_from_the_api(client: Client, path: str) -> None:
    assert await (await client.get(path)).text() == f"GET {path} "


def test_cloudfront_forwards_the_same_paths() -> None:
    source = (Path(__file__).parents[2] / "infra" / "terraform" / "edge.tf").read_text()
    (paths,) = re.findall(r"^ +paths += (\[.+\])$", source, re.MULTILINE)
    assert json.loads(paths) == [path.replace("{rest:.*}", "*") for path in API_PATHS]


async def test_events_are_forwarded_without_buffering(client: Client) -> None:
    async with asyncio.timeout(20):
        response = await client.get("/v1/events")
        assert await response.content.readline() == b"event: open\n"
    response.close()


async def test_an_unreachable_api_is_a_bad_gateway(files: Path) -> None:
    app = make_app(settings(files, consecutive_ports(0).url("api")))
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/v1/images")).status == 502
        assert (await client.get("/")).status == 200


def test_an_application_that_is_not_built_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"index\.html does not exist"):
        make_app(settings(tmp_path, "http://127.0.0.1:1"))
    assert Stack(consecutive_ports(0), tmp_path, web=tmp_path).web is None
