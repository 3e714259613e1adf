"""A site's address is enough to sign in there, and what is on it is looked for by content."""

import asyncio
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sightline_cli.files import find_pictures
from sightline_cli.login import CARD, Place, _find_place
from sightline_client import Pool, SightlineError
from sightline_client.errors import Unreachable
from sightline_local.sample_image import draw_sample

COGNITO = {"endpoint": "", "poolId": "eu-central-1_AbCdEf123", "clientId": "client"}
POOL = Pool("eu-central-1_AbCdEf123", "client")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def find(url: str | None, pool: str | None = None, client_id: str | None = None) -> Place:
    return asyncio.run(_find_place(url, pool, client_id, ""))


def test_a_site_says_how_to_sign_in(site: str, tmp_path: Path) -> None:
    demo = {"email": "demo@example.com", "password": "secret"}
    told = {"api": "", "cognito": COGNITO, "demo": demo}
    (tmp_path / "config.json").write_text(json.dumps(told))
    assert find(site) == Place(site, POOL, site, "demo@example.com", "secret")
    (tmp_path / "config.json").write_text(json.dumps({"api": "https://api", "cognito": COGNITO}))
    assert find(f"{site}/") == Place("https://api", POOL, f"{site}/")


def test_a_gateway_alone_does_not_and_can_be_helped(site: str, tmp_path: Path) -> None:
    with pytest.raises(SightlineError, match="--pool and --client-id"):
        find(site)
    (tmp_path / "config.json").write_text("<html>not what you think</html>")
    with pytest.raises(SightlineError, match="--pool and --client-id"):
        find(site)
    assert find(site, *POOL[:2]) == Place(site, POOL)


def test_where_nothing_answers_it_says_so() -> None:
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1"):
        find("http://127.0.0.1:1")


def test_without_an_address_it_is_what_runs_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SightlineError, match="nothing is running"):
        find(None)
    CARD.parent.mkdir()
    card = {"api": "http://api", "cognito": "http://c", "pool_id": POOL.id, "client_id": "client"}
    CARD.write_text(json.dumps(card | {"email": "demo@example.com", "password": "secret"}))
    pool = POOL._replace(endpoint="http://c")
    assert find(None) == Place("http://api", pool, "", "demo@example.com", "secret")


def test_a_folder_is_searched_for_pictures_by_content(tmp_path: Path) -> None:
    picture = draw_sample(size=(64, 48))
    for name in ("a.jpg", "deep/er/b.dat", ".hidden.jpg", ".thumbs/c.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(picture)
    (tmp_path / "no.jpg").write_text("no picture")
    (tmp_path / "deep" / "round").symlink_to(tmp_path)
    found = find_pictures([tmp_path])
    assert set(found.pictures) == {tmp_path / "a.jpg", tmp_path / "deep" / "er" / "b.dat"}
    assert set(found.pictures.values()) == {len(picture)}
    assert found.others == 1
    # What is named is taken as it is: the client says what is wrong with it.
    assert set(find_pictures([tmp_path / "no.jpg"]).pictures) == {tmp_path / "no.jpg"}
