"""The complete stack in containers: hardening, processing, and recovery from lost workers."""

import errno
import io
import re
import subprocess
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from compose.conftest import Composition, Recognition, User, run, wait_for
from sightline_local.demo import run_demo
from sightline_local.sample_image import CAPTION, draw_sample

pytestmark = pytest.mark.compose

#: Images that a worker processes concurrently, by default.
CONCURRENCY = 4

#: The only third-party image runs as shipped: as root, with a writable file system.
THIRD_PARTY = "cloud"

#: Its image has no Python, so it is tested from outside.
WEB = "web"

OWN_SERVICES = (
    *("cognito", "recognition", "provision"),
    *("api", "worker", "resizer", "notifier", "purge"),
)
RUNNING_SERVICES = tuple(name for name in OWN_SERVICES if name != "provision")

IMAGES = (
    *("sightline-api", "sightline-worker", "sightline-resizer", "sightline-notifier"),
    *("sightline-local", "sightline-ops"),
)

_WRITE_FILE = """
import os
assert os.getuid() == 10001, os.getuid()
try:
    open("/opt/sightline/x", "w")
except OSError as error:
    print(error.errno)
"""

# Fills the container's memory. The kernel would kill the largest process, which is this script;
# the score makes it kill the service first.
_FILL_MEMORY = """
from pathlib import Path
for process in Path("/proc").glob("[0-9]*"):
    if (process / "cmdline").read_bytes().startswith(b"python\\0-m\\0sightline_worker"):
        (process / "oom_score_adj").write_text("1000")
blocks = []
while True:
    blocks.append(b"x" * 2**24)
"""


def draw(number: int) -> bytes:
    """Return a distinct image per number: the same bytes would be recognized only once."""
    return draw_sample(size=(900 + number, 600))


@pytest.mark.parametrize("image", IMAGES)
def test_container_image_contains_no_build_tools(composition: Composition, image: str) -> None:
    check = "! command -v cc gcc c++ g++ make && ! python -c 'import pip' 2>/dev/null"
    run("docker", "run", "--rm", "--read-only", "--network", "none", image, "sh", "-c", check)
    (labels,) = run("docker", "inspect", "-f", "{{json .Config.Labels}}", image).splitlines()
    assert f'"org.opencontainers.image.title":"{image}"' in labels


@pytest.mark.parametrize("image", IMAGES)
def test_container_image_contains_compiled_bytecode(composition: Composition, image: str) -> None:
    """The file system is read-only, so bytecode compiled at startup could not be cached."""
    module = image.replace("-", "_") + (".recognition" if image == "sightline-local" else "")
    command = f"python -v -c 'import {module}.__main__' 2>&1"
    output = run("docker", "run", "--rm", "--read-only", image, "sh", "-c", command)
    assert f"matches /opt/sightline/{module.replace('.', '/')}/__main__.py" in output
    # For cached bytecode, the path is in quotes and ends in .pyc.
    assert re.findall(r"code object from /opt/.*", output) == []


@pytest.mark.parametrize("service", [*OWN_SERVICES, WEB])
def test_container_is_hardened(composition: Composition, service: str) -> None:
    container = composition.container(service).inspect()
    host = container["HostConfig"]
    assert container["Config"]["User"] == "10001:10001"
    assert host["ReadonlyRootfs"]
    assert host["Init"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["PidsLimit"] == 128


@pytest.mark.parametrize("service", RUNNING_SERVICES)
def test_container_runs_unprivileged_on_a_read_only_file_system(
    composition: Composition, service: str
) -> None:
    error_number = composition.container(service).run_python(_WRITE_FILE)
    assert int(error_number) == errno.EROFS


@pytest.mark.parametrize("service", [*OWN_SERVICES, WEB, THIRD_PARTY])
def test_container_has_resource_limits_and_binds_to_loopback_only(
    composition: Composition, service: str
) -> None:
    host = composition.container(service).inspect()["HostConfig"]
    assert host["Memory"] > 0
    assert host["NanoCpus"] > 0
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    bindings = [each for ports in (host["PortBindings"] or {}).values() for each in ports]
    assert {each["HostIp"] for each in bindings} <= {"127.0.0.1"}
    expected = {"", "no"} if service == "provision" else {"unless-stopped"}
    assert host["RestartPolicy"]["Name"] in expected


def test_the_purge_runs_and_waits_for_the_next_day(composition: Composition) -> None:
    container = composition.container("purge")

    def has_run() -> bool:
        return "Steps of the purge: " in run("sh", "-c", f"docker logs {container.id} 2>&1")

    wait_for("the first purge", has_run)
    assert container.inspect()["State"]["Running"]


def test_services_start_after_their_dependencies(composition: Composition) -> None:
    def timestamp(service: str, field: str) -> datetime:
        value: str = composition.container(service).inspect()["State"][field]
        return datetime.fromisoformat(value)

    assert composition.container("provision").inspect()["State"]["ExitCode"] == 0
    for service in ("cloud", "cognito"):
        assert timestamp(service, "StartedAt") < timestamp("provision", "StartedAt")
    for service in ("api", "worker", "resizer", "notifier", "purge"):
        assert timestamp("provision", "FinishedAt") < timestamp(service, "StartedAt")


def test_uploaded_image_becomes_ready(user: User) -> None:
    image = user.wait(user.upload("evening.jpg", draw(0)))
    assert image["status"] == "ready", image
    (line,) = [each for each in image["recognition"]["text"] if each["is_line"]]
    assert line["text"].replace(" ", "") == CAPTION.replace(" ", "")
    for rendition in image["renditions"]["items"]:
        assert httpx.get(rendition["url"]).content[8:12] == b"WEBP"


def test_web_application_is_served_and_proxies_the_api(
    composition: Composition, user: User
) -> None:
    page = httpx.get(f"{composition.web}/albums/any")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    scripts = re.findall(r'<script [^>]*src="([^"]+)"', page.text)
    assert scripts
    for script in scripts:
        response = httpx.get(composition.web + script)
        assert "javascript" in response.headers["Content-Type"], script
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["Content-Encoding"] == "gzip"
    assert httpx.get(f"{composition.web}/assets/missing.js").status_code == 404
    documentation = httpx.get(f"{composition.web}/docs").text
    for path in ("/openapi.json", *re.findall(r'(?:src|href)="(/docs/[^"]+)"', documentation)):
        assert httpx.get(composition.web + path).is_success, path
    cognito = httpx.get(f"{composition.web}/config.json").json()["cognito"]
    assert cognito["endpoint"] == f"{composition.cognito}/"
    assert cognito["clientId"] == user.connection.client_id
    signed_in = {"Authorization": user.http.headers["Authorization"]}
    assert httpx.get(f"{composition.web}/v1/images", headers=signed_in).is_success
    with httpx.stream("GET", f"{composition.web}/v1/events", headers=signed_in) as events:
        # The proxy does not buffer the stream, so the first event arrives immediately.
        assert "event: open" in islice(events.iter_lines(), 4)


def test_web_container_has_a_read_only_file_system(composition: Composition) -> None:
    container = composition.container(WEB)
    write = "touch /usr/share/sightline/x 2>&1 || true"
    assert "Read-only file system" in run("docker", "exec", container.id, "sh", "-c", write)


def test_demo_runs_against_the_containers(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    user.connection.write(tmp_path)
    output = io.StringIO()
    run_demo(None, tmp_path, Console(file=output, width=200))
    assert "Cat" in output.getvalue()
    assert (tmp_path / "renditions-of-chelsea" / "full.webp").exists()


def post(form: dict[str, Any], body: bytes, **overrides: str) -> httpx.Response:
    fields = {**form["fields"], **overrides}
    return httpx.post(form["url"], data=fields, files={"file": ("image", body)})


def test_presigned_post_accepts_only_the_declared_content(user: User) -> None:
    """LocalStack enforces the signed policy as S3 does; moto, which `make run` uses, does not."""
    body = draw(1)
    form = user.request_upload("ticket.jpg", body)["upload"]
    key = form["fields"]["key"]
    rejected = {
        "other bytes": post(form, body[:-1] + bytes([body[-1] ^ 1])),
        "too many": post(form, body + b"x"),
        "too few": post(form, body[:-1]),
        "another key": post(form, body, key=f"{key[:-4]}0000"),
        "another type": post(form, body, **{"Content-Type": "text/html"}),
    }
    assert {case: response.is_success for case, response in rejected.items()} == dict.fromkeys(
        rejected, False
    )
    assert post(form, body).is_success


def test_presigned_url_is_valid_for_its_object_only(user: User) -> None:
    """LocalStack rejects wrong signatures; unlike S3, it accepts requests without a signature."""
    image = user.wait(user.upload("url.jpg", draw(2)))
    thumb, full = (
        next(each["url"] for each in image["renditions"]["items"] if each["name"] == name)
        for name in ("thumb", "full")
    )
    assert httpx.get(thumb).is_success
    forged = full.split("?")[0] + "?" + thumb.split("?")[1]
    assert httpx.get(forged).status_code == 403


def test_three_workers_share_the_queue(
    composition: Composition, user: User, recognition: Recognition
) -> None:
    workers = composition.scale_workers(3)
    recognition.pause()
    image_ids = [user.upload("shared.jpg", draw(10 + number)) for number in range(3 * CONCURRENCY)]
    wait_for(
        "every worker to be at full concurrency",
        lambda: [each.in_flight() for each in workers] == [CONCURRENCY] * 3,
    )
    recognition.unpause()
    assert user.wait_all(image_ids) == ["ready"] * len(image_ids)


def test_stopped_worker_finishes_its_in_flight_images(
    composition: Composition, user: User, recognition: Recognition
) -> None:
    (worker,) = composition.scale_workers(1)
    recognition.pause()
    image_ids = [user.upload("stopped.jpg", draw(30 + number)) for number in range(CONCURRENCY)]
    wait_for("a worker at full concurrency", lambda: worker.in_flight() == CONCURRENCY)
    with subprocess.Popen(["docker", "stop", worker.id], stdout=subprocess.DEVNULL) as stopping:
        recognition.unpause()
        assert stopping.wait() == 0
    state = worker.inspect()["State"]
    assert (state["Status"], state["ExitCode"]) == ("exited", 0)
    # No other worker runs, so the stopped worker must have finished all of them.
    assert user.wait_all(image_ids) == ["ready"] * CONCURRENCY


def test_worker_that_cannot_finish_returns_its_messages(
    composition: Composition, user: User, recognition: Recognition
) -> None:
    (worker,) = composition.scale_workers(1)
    recognition.pause()
    image_ids = [user.upload("handed.jpg", draw(40 + number)) for number in range(CONCURRENCY)]
    wait_for("a worker at full concurrency", lambda: worker.in_flight() == CONCURRENCY)
    run("docker", "stop", "--time", "30", worker.id)
    assert worker.inspect()["State"]["ExitCode"] == 0
    recognition.recover()
    composition.scale_workers(1)
    assert user.wait_all(image_ids) == ["ready"] * CONCURRENCY


def test_worker_out_of_memory_restarts_and_another_worker_takes_over(
    composition: Composition, user: User, recognition: Recognition
) -> None:
    first, second = composition.scale_workers(2)
    before = first.inspect()
    recognition.pause()
    image_ids = [user.upload("memory.jpg", draw(50 + number)) for number in range(2 * CONCURRENCY)]
    wait_for(
        "two workers at full concurrency",
        lambda: [each.in_flight() for each in (first, second)] == [CONCURRENCY] * 2,
    )
    subprocess.run(
        ["docker", "exec", first.id, "python", "-c", _FILL_MEMORY], capture_output=True, check=False
    )

    def has_restarted() -> bool:
        return first.inspect()["RestartCount"] > before["RestartCount"] and first.is_healthy()

    wait_for("the worker to restart", has_restarted)
    # Stop the restarted worker, so that the other one must process the redelivered messages.
    run("docker", "stop", "--time", "30", first.id)
    assert second.inspect()["RestartCount"] == 0
    recognition.unpause()
    assert user.wait_all(image_ids) == ["ready"] * len(image_ids)
