"""`sightline login` needs only the URL of a web application, or a local server."""

import asyncio
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sightline_cli.login import Server, _find_server
from sightline_cli.servers import CONNECTION_FILE
from sightline_client import Pool, SightlineError
from sightline_client.errors import Unreachable

COGNITO = {"endpoint": "", "poolId": "eu-central-1_AbCdEf123", "clientId": "client"}
POOL = Pool("eu-central-1_AbCdEf123", "client")


class SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SilentHandler, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def find(url: str | None, pool: str | None = None, client_id: str | None = None) -> Server:
    return asyncio.run(_find_server(url, pool, client_id, ""))


def test_web_application_provides_the_sign_in_configuration(site: str, tmp_path: Path) -> None:
    demo = {"email": "demo@example.com", "password": "secret"}
    config = {"api": "", "cognito": COGNITO, "demo": demo}
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert find(site) == Server(site, POOL, site, "", "demo@example.com", "secret")
    (tmp_path / "config.json").write_text(json.dumps({"api": "https://api", "cognito": COGNITO}))
    assert find(f"{site}/") == Server("https://api", POOL, f"{site}/")


def test_api_without_configuration_requires_pool_options(site: str, tmp_path: Path) -> None:
    with pytest.raises(SightlineError, match="--pool and --client-id"):
        find(site)
    (tmp_path / "config.json").write_text("<html>not JSON</html>")
    with pytest.raises(SightlineError, match="--pool and --client-id"):
        find(site)
    assert find(site, *POOL[:2]) == Server(site, POOL)


def test_unreachable_url_is_reported() -> None:
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1"):
        find("http://127.0.0.1:1")


def test_default_is_the_server_that_runs_from_this_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SightlineError, match="no server is running"):
        find(None)
    CONNECTION_FILE.parent.mkdir()
    details = {
        "api": "http://api",
        "cognito": "http://c",
        "pool_id": POOL.id,
        "client_id": "client",
        "email": "demo@example.com",
        "password": "secret",
    }
    CONNECTION_FILE.write_text(json.dumps(details))
    pool = POOL._replace(endpoint="http://c")
    assert find(None) == Server("http://api", pool, "", "", "demo@example.com", "secret")
