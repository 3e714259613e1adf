import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from sightline_local.recognition import models as fetching
from sightline_local.recognition.model_catalog import (
    CATALOG,
    DEFAULT_MODELS,
    Model,
    Task,
    find_model,
    is_partially_downloaded,
)
from sightline_local.recognition.models import FetchError, fetch, main

CONTENT = bytes(range(256)) * 4096
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Hub(ThreadingHTTPServer):
    """Serves `content` at every address, and remembers what was asked of it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.content = CONTENT
        self.status = 200
        self.ranges = True
        self.breaks_after: int | None = None
        self.moved_to: str | None = None
        self.asked: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        hub, wanted = self.server, self.headers["Range"]
        hub.asked.append((self.path, wanted))
        if hub.moved_to is not None and self.path != hub.moved_to:
            self._begin(302, 0, Location=hub.moved_to)
            return
        if hub.status != 200:
            self._begin(hub.status, 0)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and hub.ranges else 0
        if start and start >= len(hub.content):
            self._begin(416, 0)
            return
        rest = hub.content[start:]
        self._begin(206 if start else 200, len(rest))
        self.wfile.write(rest[: hub.breaks_after])

    def _begin(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running(Hub()) as server:
        yield server


@contextmanager
def running(server: Hub) -> Iterator[Hub]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True, timeout=5) as client:
        yield client


@pytest.fixture
def model(hub: Hub) -> Model:
    return Model(
        "known", Task.OBJECTS, f"{hub.url}/a.onnx", len(CONTENT), DIGEST, "Apache-2.0", "for a test"
    )


def nothing(_: int) -> None:
    """Told of progress, and not interested."""


def test_file_comes_whole_and_is_told_of(
    model: Model, tmp_path: Path, client: httpx.Client
) -> None:
    told: list[int] = []
    file = fetch(model, tmp_path / "new" / "folder", client, told.append)
    assert file.read_bytes() == CONTENT
    assert [path.name for path in file.parent.iterdir()] == ["known.onnx"]
    assert told == sorted(told)
    assert told[-1] == len(CONTENT)


def test_what_is_there_is_not_fetched_again(
    model: Model, hub: Hub, tmp_path: Path, client: httpx.Client
) -> None:
    for _ in range(2):
        fetch(model, tmp_path, client, nothing)
    assert len(hub.asked) == 1


def test_damaged_file_is_fetched_again(model: Model, tmp_path: Path, client: httpx.Client) -> None:
    file = tmp_path / model.file
    file.write_bytes(bytes(len(CONTENT)))
    fetch(model, tmp_path, client, nothing)
    assert file.read_bytes() == CONTENT


def test_what_broke_off_goes_on_where_it_stopped(
    model: Model, hub: Hub, tmp_path: Path, client: httpx.Client
) -> None:
    hub.breaks_after = 300_000
    with pytest.raises(FetchError, match="what has come is kept, so try again later"):
        fetch(model, tmp_path, client, nothing)
    part = tmp_path / model.part
    assert not (tmp_path / model.file).exists()
    begun = part.stat().st_size
    hub.breaks_after = None
    told: list[int] = []
    assert fetch(model, tmp_path, client, told.append).read_bytes() == CONTENT
    assert hub.asked[-1] == ("/a.onnx", f"bytes={begun}-")
    assert min(told) > begun
    assert not part.exists()


def test_begins_anew_where_the_other_side_knows_no_ranges(
    model: Model, hub: Hub, tmp_path: Path, client: httpx.Client
) -> None:
    (tmp_path / model.part).write_bytes(b"x" * 1000)
    hub.ranges = False
    assert fetch(model, tmp_path, client, nothing).read_bytes() == CONTENT


def test_begins_anew_where_more_is_there_than_there_should_be(
    model: Model, hub: Hub, tmp_path: Path, client: httpx.Client
) -> None:
    (tmp_path / model.part).write_bytes(CONTENT + b"x")
    assert fetch(model, tmp_path, client, nothing).read_bytes() == CONTENT
    assert [wanted for _, wanted in hub.asked] == [f"bytes={len(CONTENT) + 1}-", None]


def test_complete_part_needs_no_network(
    model: Model, hub: Hub, tmp_path: Path, client: httpx.Client
) -> None:
    """As when the process was ended between the last byte and the new name."""
    (tmp_path / model.part).write_bytes(CONTENT)
    assert fetch(model, tmp_path, client, nothing).read_bytes() == CONTENT
    assert hub.asked == []


@pytest.mark.parametrize(
    "content", [CONTENT[:-1] + b"x", CONTENT[:-1], CONTENT + b"x", b"version https://git-lfs"]
)
def test_nothing_is_kept_that_has_not_the_checksum(
    model: Model, hub: Hub, tmp_path: Path, client: httpx.Client, content: bytes
) -> None:
    hub.content = content
    with pytest.raises(FetchError, match="has not the checksum that it should have"):
        fetch(model, tmp_path, client, nothing)
    assert list(tmp_path.iterdir()) == []


def test_endless_file_is_not_fetched_to_its_end(
    model: Model, hub: Hub, tmp_path: Path, client: httpx.Client
) -> None:
    hub.content = CONTENT * 20
    told: list[int] = []
    with pytest.raises(FetchError):
        fetch(model, tmp_path, client, told.append)
    assert max(told) <= 2 * len(CONTENT)


def test_redirects_are_followed(
    model: Model, hub: Hub, tmp_path: Path, client: httpx.Client
) -> None:
    """A hub sends its callers on to where the files really are."""
    hub.moved_to = "/elsewhere"
    assert fetch(model, tmp_path, client, nothing).read_bytes() == CONTENT


@pytest.mark.parametrize("status", [403, 404, 500])
def test_refusal_is_told_in_one_line(
    model: Model, hub: Hub, tmp_path: Path, client: httpx.Client, status: int
) -> None:
    hub.status = status
    with pytest.raises(FetchError, match=re.escape(f"{model.url} answered {status}")) as caught:
        fetch(model, tmp_path, client, nothing)
    assert "\n" not in str(caught.value)


def test_no_network_is_told_in_one_line(model: Model, tmp_path: Path, client: httpx.Client) -> None:
    with running(Hub()) as gone:
        url = gone.url
    with pytest.raises(FetchError, match=r"known: 127\.0\.0\.1 cannot be reached") as caught:
        fetch(model._replace(url=url), tmp_path, client, nothing)
    assert "\n" not in str(caught.value)


def test_folder_that_cannot_be_written_is_told_of(
    model: Model, tmp_path: Path, client: httpx.Client
) -> None:
    (tmp_path / model.part).mkdir()
    with pytest.raises(FetchError, match="cannot write"):
        fetch(model, tmp_path, client, nothing)


def test_command_fetches_the_usual_ones(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = [model._replace(size=len(CONTENT), sha256=DIGEST) for model in CATALOG]
    monkeypatch.setattr(fetching, "CATALOGUE", known)
    monkeypatch.setenv("SIGHTLINE_RECOGNITION_MODELS", str(tmp_path))
    assert main(["--mirror", f"{hub.url}/mirror/"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dfine-s.onnx", "yunet.onnx"]
    assert [path for path, _ in hub.asked] == ["/mirror/dfine-s.onnx", "/mirror/yunet.onnx"]
    assert "D-FINE-S, 80 kinds of things (Apache-2.0)" in capsys.readouterr().out.replace("\n", "")


def test_command_refuses_what_is_not_the_real_model(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["yunet", "--folder", str(tmp_path), "--mirror", hub.url]) == 1
    error = capsys.readouterr().err
    assert "has not the checksum that it should have" in error
    assert "Traceback" not in error


def test_command_knows_its_models(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["everything"])
    assert caught.value.code == 2
    assert "there is no model 'everything'" in capsys.readouterr().err


def test_catalogue_names_one_revision_of_each_file() -> None:
    """A branch would move, and the checksum would stay behind."""
    for model in CATALOG:
        assert re.search(r"/[0-9a-f]{40}/", model.url), model.name
        assert re.fullmatch(r"[0-9a-f]{64}", model.sha256), model.name
        assert model.license in {"Apache-2.0", "MIT"}
    assert set(DEFAULT_MODELS) <= {model.name for model in CATALOG}
    assert {model.task for model in CATALOG} == set(Task)


def test_first_model_that_is_there_is_used(tmp_path: Path) -> None:
    assert find_model(Task.OBJECTS, tmp_path) is None
    (tmp_path / "dfine-n.onnx").touch()
    assert find_model(Task.OBJECTS, tmp_path) == tmp_path / "dfine-n.onnx"
    (tmp_path / "dfine-s.onnx").touch()
    assert find_model(Task.OBJECTS, tmp_path) == tmp_path / "dfine-s.onnx"
    assert find_model(Task.FACES, tmp_path) is None


def test_model_that_is_half_there_is_coming(tmp_path: Path) -> None:
    assert not is_partially_downloaded(Task.MODERATION, tmp_path)
    (tmp_path / "falconsai-nsfw.onnx.part").touch()
    assert is_partially_downloaded(Task.MODERATION, tmp_path)
    (tmp_path / "falconsai-nsfw.onnx").touch()
    assert not is_partially_downloaded(Task.MODERATION, tmp_path)
