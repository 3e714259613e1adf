import hashlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from sightline_local.recognition import models as models_module
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


def test_make_run_goes_on_if_the_models_cannot_be_downloaded(tmp_path: Path) -> None:
    """`make run MODELS=best` runs this target first."""
    makefile = Path(__file__).parents[3] / "Makefile"
    # No environment is installed: the target uses the one of this test.
    options = ["--old-file", "no/run", "VENV=no", f"BIN={Path(sys.executable).parent}"]
    done = subprocess.run(
        ["make", "--file", str(makefile), *options, "models-if-possible"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HTTPS_PROXY": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == (
        "sightline: the models were not downloaded (see above); starting without them"
    )
    assert len(done.stderr.splitlines()) == 1
    assert "dfine-s: huggingface.co cannot be reached" in done.stderr


class ModelServer(ThreadingHTTPServer):
    """Serves `content` at every path and records the requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), RequestHandler)
        self.content = CONTENT
        self.status = 200
        self.ranges = True
        self.breaks_after: int | None = None
        self.moved_to: str | None = None
        self.requests: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class RequestHandler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_GET(self) -> None:
        server, wanted = self.server, self.headers["Range"]
        server.requests.append((self.path, wanted))
        if server.moved_to is not None and self.path != server.moved_to:
            self._begin(302, 0, Location=server.moved_to)
            return
        if server.status != 200:
            self._begin(server.status, 0)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and server.ranges else 0
        if start and start >= len(server.content):
            self._begin(416, 0)
            return
        rest = server.content[start:]
        self._begin(206 if start else 200, len(rest))
        self.wfile.write(rest[: server.breaks_after])

    def _begin(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running(ModelServer()) as server:
        yield server


@contextmanager
def running(server: ModelServer) -> Iterator[ModelServer]:
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
def model(server: ModelServer) -> Model:
    return Model(
        "known",
        Task.OBJECTS,
        f"{server.url}/a.onnx",
        len(CONTENT),
        DIGEST,
        "Apache-2.0",
        "for a test",
    )


def ignore_progress(_: int) -> None:
    """Progress callback that does nothing."""


def test_a_file_is_downloaded_and_reports_progress(
    model: Model, tmp_path: Path, client: httpx.Client
) -> None:
    progress: list[int] = []
    file = fetch(model, tmp_path / "new" / "folder", client, progress.append)
    assert file.read_bytes() == CONTENT
    assert [path.name for path in file.parent.iterdir()] == ["known.onnx"]
    assert progress == sorted(progress)
    assert progress[-1] == len(CONTENT)


def test_an_installed_file_is_not_downloaded_again(
    model: Model, server: ModelServer, tmp_path: Path, client: httpx.Client
) -> None:
    for _ in range(2):
        fetch(model, tmp_path, client, ignore_progress)
    assert len(server.requests) == 1


def test_a_damaged_file_is_downloaded_again(
    model: Model, tmp_path: Path, client: httpx.Client
) -> None:
    file = tmp_path / model.file
    file.write_bytes(bytes(len(CONTENT)))
    fetch(model, tmp_path, client, ignore_progress)
    assert file.read_bytes() == CONTENT


def test_an_interrupted_download_is_resumed(
    model: Model, server: ModelServer, tmp_path: Path, client: httpx.Client
) -> None:
    server.breaks_after = 300_000
    with pytest.raises(FetchError, match="run the same command again to resume"):
        fetch(model, tmp_path, client, ignore_progress)
    part = tmp_path / model.partial_file
    assert not (tmp_path / model.file).exists()
    offset = part.stat().st_size
    server.breaks_after = None
    progress: list[int] = []
    assert fetch(model, tmp_path, client, progress.append).read_bytes() == CONTENT
    assert server.requests[-1] == ("/a.onnx", f"bytes={offset}-")
    assert min(progress) > offset
    assert not part.exists()


def test_the_download_restarts_if_the_server_ignores_ranges(
    model: Model, server: ModelServer, tmp_path: Path, client: httpx.Client
) -> None:
    (tmp_path / model.partial_file).write_bytes(b"x" * 1000)
    server.ranges = False
    assert fetch(model, tmp_path, client, ignore_progress).read_bytes() == CONTENT


def test_the_download_restarts_if_the_partial_file_is_too_long(
    model: Model, server: ModelServer, tmp_path: Path, client: httpx.Client
) -> None:
    (tmp_path / model.partial_file).write_bytes(CONTENT + b"x")
    assert fetch(model, tmp_path, client, ignore_progress).read_bytes() == CONTENT
    assert [wanted for _, wanted in server.requests] == [f"bytes={len(CONTENT) + 1}-", None]


def test_a_complete_partial_file_needs_no_request(
    model: Model, server: ModelServer, tmp_path: Path, client: httpx.Client
) -> None:
    """As after a crash between the last byte and the rename."""
    (tmp_path / model.partial_file).write_bytes(CONTENT)
    assert fetch(model, tmp_path, client, ignore_progress).read_bytes() == CONTENT
    assert server.requests == []


@pytest.mark.parametrize(
    "content", [CONTENT[:-1] + b"x", CONTENT[:-1], CONTENT + b"x", b"version https://git-lfs"]
)
def test_a_download_with_the_wrong_checksum_is_deleted(
    model: Model, server: ModelServer, tmp_path: Path, client: httpx.Client, content: bytes
) -> None:
    server.content = content
    with pytest.raises(FetchError, match=r"wrong checksum for .*; the download was deleted"):
        fetch(model, tmp_path, client, ignore_progress)
    assert list(tmp_path.iterdir()) == []


def test_a_download_stops_beyond_the_expected_size(
    model: Model, server: ModelServer, tmp_path: Path, client: httpx.Client
) -> None:
    server.content = CONTENT * 20
    progress: list[int] = []
    with pytest.raises(FetchError):
        fetch(model, tmp_path, client, progress.append)
    assert max(progress) <= 2 * len(CONTENT)


def test_redirects_are_followed(
    model: Model, server: ModelServer, tmp_path: Path, client: httpx.Client
) -> None:
    """Hugging Face redirects to its storage."""
    server.moved_to = "/elsewhere"
    assert fetch(model, tmp_path, client, ignore_progress).read_bytes() == CONTENT


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_error_status_is_reported_in_one_line(
    model: Model, server: ModelServer, tmp_path: Path, client: httpx.Client, status: int
) -> None:
    server.status = status
    with pytest.raises(FetchError, match=re.escape(f"{model.url} returned {status}")) as caught:
        fetch(model, tmp_path, client, ignore_progress)
    assert "\n" not in str(caught.value)


def test_an_unreachable_server_is_reported_in_one_line(
    model: Model, tmp_path: Path, client: httpx.Client
) -> None:
    with running(ModelServer()) as stopped:
        url = stopped.url
    with pytest.raises(FetchError, match=r"known: 127\.0\.0\.1 cannot be reached") as caught:
        fetch(model._replace(url=url), tmp_path, client, ignore_progress)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_not_writable_is_reported(
    model: Model, tmp_path: Path, client: httpx.Client
) -> None:
    (tmp_path / model.partial_file).mkdir()
    with pytest.raises(FetchError, match="cannot write"):
        fetch(model, tmp_path, client, ignore_progress)


def test_the_command_downloads_the_default_models(
    server: ModelServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    known = [model._replace(size=len(CONTENT), sha256=DIGEST) for model in CATALOG]
    monkeypatch.setattr(models_module, "CATALOG", known)
    monkeypatch.setenv("SIGHTLINE_RECOGNITION_MODELS", str(tmp_path))
    assert main(["--mirror", f"{server.url}/mirror/"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dfine-s.onnx", "yunet.onnx"]
    assert [path for path, _ in server.requests] == ["/mirror/dfine-s.onnx", "/mirror/yunet.onnx"]
    assert "D-FINE-S, 80 object classes (Apache-2.0)" in capsys.readouterr().out.replace("\n", "")


def test_the_command_rejects_a_wrong_model(
    server: ModelServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["yunet", "--folder", str(tmp_path), "--mirror", server.url]) == 1
    error = capsys.readouterr().err
    assert "yunet: wrong checksum for" in error
    assert "Traceback" not in error


def test_the_command_rejects_an_unknown_model(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["everything"])
    assert caught.value.code == 2
    assert "unknown model 'everything'" in capsys.readouterr().err


def test_the_catalog_pins_a_revision_of_each_file() -> None:
    """A branch can move and would invalidate the checksum."""
    for model in CATALOG:
        assert re.search(r"/[0-9a-f]{40}/", model.url), model.name
        assert re.fullmatch(r"[0-9a-f]{64}", model.sha256), model.name
        assert model.license in {"Apache-2.0", "MIT"}
    assert set(DEFAULT_MODELS) <= {model.name for model in CATALOG}
    assert {model.task for model in CATALOG} == set(Task) - {Task.TAGS}


def test_the_preferred_installed_model_is_used(tmp_path: Path) -> None:
    assert find_model(Task.OBJECTS, tmp_path) is None
    (tmp_path / "dfine-n.onnx").touch()
    assert find_model(Task.OBJECTS, tmp_path) == tmp_path / "dfine-n.onnx"
    (tmp_path / "dfine-s.onnx").touch()
    assert find_model(Task.OBJECTS, tmp_path) == tmp_path / "dfine-s.onnx"
    assert find_model(Task.FACES, tmp_path) is None


def test_an_incomplete_download_is_detected(tmp_path: Path) -> None:
    assert not is_partially_downloaded(Task.MODERATION, tmp_path)
    (tmp_path / "falconsai-nsfw.onnx.part").touch()
    assert is_partially_downloaded(Task.MODERATION, tmp_path)
    (tmp_path / "falconsai-nsfw.onnx").touch()
    assert not is_partially_downloaded(Task.MODERATION, tmp_path)
