"""`make run` as its user restarts it: photos and users survive each way in which it can end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from sightline_local.connection import Connection
from sightline_local.demo import request_upload, sign_in, upload
from sightline_local.sample_image import draw_sample

#: Time limit for a stack to start, for it to stop, and for an image to be processed.
TIMEOUT_SECONDS = 120

RUNNING = "Sightline is running ("


class Run:
    """One `make run`, and its demo user."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.output = ""
        for line in process.stdout:
            self.output += line
            if RUNNING in line:
                break
        assert RUNNING in self.output
        self.connection = Connection.read(folder)
        self.http = httpx.Client(base_url=self.connection.api, timeout=30, trust_env=False)
        token = sign_in(self.http, self.connection)
        self.http.headers["Authorization"] = f"Bearer {token}"

    def send_image(self, name: str) -> str:
        body = draw_sample(size=(800, 400 + len(name)))
        ticket = request_upload(self.http, self.connection, name, body)
        upload(ticket, body)
        image_id: str = ticket["image"]["id"]
        return image_id

    def wait_until_ready(self, image_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            image: dict[str, Any] = self.http.get(f"/v1/images/{image_id}").json()
            if image["status"] == "ready":
                return image
            time.sleep(0.2)
        raise AssertionError(f"{image_id} is still {image}")

    def image_ids(self) -> set[str]:
        return {item["id"] for item in self.http.get("/v1/images").json()["items"]}

    def pids(self) -> dict[str, int]:
        """Return the processes of the stack by the name of their module."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = {}
        for pid in path.read_text().split():
            module = Path(f"/proc/{pid}/cmdline").read_text().split("\0")[-2]
            found[module.split(".")[0 if "local" not in module else 1]] = int(pid)
        return found


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Run]:
    """Run in a session of its own; kill the supervisor at the end unless it has stopped."""
    command = [sys.executable, "-m", "sightline_local", "--folder", str(folder), "run"]
    # A process inherits what its parent ignores, and these tests may run under nohup.
    inherited = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    process = subprocess.Popen(
        [*command, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **os.environ,
            "COLUMNS": "300",
            # None of these may have an effect.
            "HTTP_PROXY": "http://127.0.0.1:9",
            "http_proxy": "http://127.0.0.1:9",
            "AWS_PROFILE": "missing",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        },
        start_new_session=True,
    )
    signal.signal(signal.SIGHUP, inherited)
    watchdog = threading.Timer(3 * TIMEOUT_SECONDS, process.kill)
    watchdog.start()
    run = None
    try:
        run = Run(folder, process)
        yield run
    finally:
        if run is not None:
            run.http.close()
        watchdog.cancel()
        # The other processes stop with it.
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def stop(run: Run, number: signal.Signals = signal.SIGINT) -> None:
    run.process.send_signal(number)
    assert run.process.wait(TIMEOUT_SECONDS) == 0


def wait_for_exit(pids: dict[str, int]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids.values()):
            return
        time.sleep(0.1)
    raise AssertionError(f"still running: {pids}")


def check_image(run: Run, image_id: str) -> None:
    """Check that the image has its labels, its original and its thumbnails."""
    image = run.http.get(f"/v1/images/{image_id}").json()
    assert image["labels"]
    assert image["renditions"]["items"]
    for rendition in image["renditions"]["items"]:
        assert httpx.get(rendition["url"], trust_env=False).is_success


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which a path has a space; the tests use it in their order."""
    folder = tmp_path_factory.mktemp("a b") / "c d"
    folder.mkdir()
    return folder


def test_photos_and_users_survive_every_end_of_a_run(folder: Path) -> None:
    with running(folder) as run:
        first = run.send_image("first.jpg")
        run.wait_until_ready(first)
        stop(run, signal.SIGHUP)

    with running(folder) as run:
        assert "did not stop cleanly" not in run.output
        check_image(run, first)
        pids = run.pids()
        # An upload whose message is in the queue, and an object without an image.
        for name in ("sightline_worker", "sightline_resizer"):
            os.kill(pids[name], signal.SIGSTOP)
        second = run.send_image("second.jpg")
        for pid in (run.process.pid, *pids.values()):
            os.kill(pid, signal.SIGKILL)
    wait_for_exit(pids)
    bucket = folder / "state" / "s3" / "000000000000" / "sightline-originals"
    (original,) = [path for path in bucket.rglob(first) if path.is_file()]
    orphan = original.with_name("01a21a0a-b5b6-7297-b525-a2ab428b6913")
    orphan.write_bytes(b"left over")

    with running(folder) as run:
        (line,) = [line for line in run.output.splitlines() if "did not stop cleanly" in line]
        assert "photos and users are kept, processing resumes for 1" in line
        assert not orphan.exists()
        run.wait_until_ready(second)
        for image_id in (first, second):
            check_image(run, image_id)
        assert run.image_ids() == {first, second}
        pids = run.pids()
        # Only the supervisor: all others stop by themselves, the emulator last.
        run.process.kill()
        run.process.wait()

    with running(folder) as run:
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())
        assert "did not stop cleanly" not in run.output
        assert run.image_ids() == {first, second}
        stop(run, signal.SIGTERM)

    with running(folder, "--fresh") as run:
        assert run.image_ids() == set()
        stop(run)


def test_a_second_run_leaves_the_first_alone(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        before = {path: path.read_bytes() for path in tmp_path.glob("*.json")}
        for command in (["run", "--port", "0"], ["reset"]):
            second = subprocess.run(
                [sys.executable, "-m", "sightline_local", "--folder", str(tmp_path), *command],
                capture_output=True,
                text=True,
                check=False,
            )
            assert second.returncode == 1
            assert second.stdout == ""
            assert second.stderr.startswith(f"sightline: Sightline already runs from {tmp_path}")
            assert second.stderr.count("\n") == 1
        assert {path: path.read_bytes() for path in tmp_path.glob("*.json")} == before
        assert run.image_ids() == set()
        stop(run)
    reset = subprocess.run(
        [sys.executable, "-m", "sightline_local", "--folder", str(tmp_path), "reset"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert reset.stdout == "Deleted all photos and users.\n"
