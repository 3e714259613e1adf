"""All of it in containers: what is promised of them, and that nothing is lost with one."""

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

#: Pictures that one worker has in work at the same time, if told nothing else.
CONCURRENCY = 4

#: The one image that is not ours is run as it is shipped: as root, with a file system to write to.
FOREIGN = "localstack"

#: Has no Python in it, so it is asked from outside.
WEB = "web"

OURS = ("cognito", "recognition", "provision", "api", "worker", "resizer")
RUNNING = tuple(name for name in OURS if name != "provision")

IMAGES = ("sightline-api", "sightline-worker", "sightline-resizer", "sightline-local")

_WRITE = """
import os
assert os.getuid() == 10001, os.getuid()
try:
    open("/opt/sightline/x", "w")
except OSError as error:
    print(error.errno)
"""

# Fills the container's memory. Of all processes in it the kernel would end the largest, which is
# this one; it is told to take the service itself first.
_FILL = """
from pathlib import Path
for process in Path("/proc").glob("[0-9]*"):
    if (process / "cmdline").read_bytes().startswith(b"python\\0-m\\0sightline_worker"):
        (process / "oom_score_adj").write_text("1000")
held = []
while True:
    held.append(b"x" * 2**24)
"""


def draw(number: int) -> bytes:
    """No two alike: the same bytes would be recognised once."""
    return draw_sample(size=(900 + number, 600))


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_holds_no_tools(composition: Composition, image: str) -> None:
    look = "! command -v cc gcc c++ g++ make && ! python -c 'import pip' 2>/dev/null"
    run("docker", "run", "--rm", "--read-only", "--network", "none", image, "sh", "-c", look)
    (told,) = run("docker", "inspect", "-f", "{{json .Config.Labels}}", image).splitlines()
    assert f'"org.opencontainers.image.title":"{image}"' in told


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_is_compiled_already(composition: Composition, image: str) -> None:
    """Nothing could be kept of what a start compiles, so nothing may be left to compile."""
    module = image.replace("-", "_") + (".recognition" if image == "sightline-local" else "")
    command = f"python -v -c 'import {module}.__main__' 2>&1"
    told = run("docker", "run", "--rm", "--read-only", image, "sh", "-c", command)
    assert f"matches /opt/sightline/{module.replace('.', '/')}/__main__.py" in told
    # What is read compiled is named in quotes here, and ends in .pyc.
    assert re.findall(r"code object from /opt/.*", told) == []


@pytest.mark.parametrize("service", [*OURS, WEB])
def test_a_container_may_do_little(composition: Composition, service: str) -> None:
    container = composition.container(service).inspect()
    host = container["HostConfig"]
    assert container["Config"]["User"] == "10001:10001"
    assert host["ReadonlyRootfs"]
    assert host["Init"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["PidsLimit"] == 128


@pytest.mark.parametrize("service", RUNNING)
def test_a_running_container_is_nobody_and_cannot_write(
    composition: Composition, service: str
) -> None:
    answer = composition.container(service).run_python(_WRITE)
    assert int(answer) == errno.EROFS


@pytest.mark.parametrize("service", [*OURS, WEB, FOREIGN])
def test_every_container_is_bounded_and_reached_from_here_alone(
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


def test_everything_starts_after_what_it_needs(composition: Composition) -> None:
    def state(service: str, moment: str) -> datetime:
        told: str = composition.container(service).inspect()["State"][moment]
        return datetime.fromisoformat(told)

    assert composition.container("provision").inspect()["State"]["ExitCode"] == 0
    for service in ("localstack", "cognito"):
        assert state(service, "StartedAt") < state("provision", "StartedAt")
    for service in ("api", "worker", "resizer"):
        assert state("provision", "FinishedAt") < state(service, "StartedAt")


def test_a_picture_gets_ready(user: User) -> None:
    image = user.wait(user.send("evening.jpg", draw(0)))
    assert image["status"] == "ready", image
    (line,) = [each for each in image["recognition"]["text"] if each["is_line"]]
    assert line["text"].replace(" ", "") == CAPTION.replace(" ", "")
    for rendition in image["renditions"]["items"]:
        assert httpx.get(rendition["url"]).content[8:12] == b"WEBP"


def test_the_web_application_is_served_with_the_api_behind_it(
    composition: Composition, user: User
) -> None:
    page = httpx.get(f"{composition.web}/albums/any")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    (script,) = re.findall(r'<script type="module" crossorigin src="([^"]+)"', page.text)
    answer = httpx.get(composition.web + script)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert httpx.get(f"{composition.web}/assets/gone.js").status_code == 404
    told = httpx.get(f"{composition.web}/config.json").json()["cognito"]
    assert told["endpoint"] == f"{composition.cognito}/"
    assert told["clientId"] == user.card.client_id
    signed_in = {"Authorization": user.http.headers["Authorization"]}
    assert httpx.get(f"{composition.web}/v1/images", headers=signed_in).is_success
    with httpx.stream("GET", f"{composition.web}/v1/events", headers=signed_in) as events:
        # It comes at once, however little there is to send.
        assert "event: open" in islice(events.iter_lines(), 4)


def test_the_web_application_cannot_be_written_to(composition: Composition) -> None:
    container = composition.container(WEB)
    write = "touch /usr/share/sightline/x 2>&1 || true"
    assert "Read-only file system" in run("docker", "exec", container.id, "sh", "-c", write)


def test_the_demo_runs_against_containers(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    user.card.write(tmp_path)
    output = io.StringIO()
    run_demo(None, tmp_path, Console(file=output, width=200))
    assert "Drawing Board" in output.getvalue()
    assert (tmp_path / "renditions-of-sample" / "full.webp").exists()


def post(form: dict[str, Any], body: bytes, **changed: str) -> httpx.Response:
    fields = {**form["fields"], **changed}
    return httpx.post(form["url"], data=fields, files={"file": ("picture", body)})


def test_a_ticket_is_good_for_its_bytes_alone(user: User) -> None:
    """S3 itself refuses what the form was not signed for; moto, on the laptop, does not."""
    body = draw(1)
    form = user.announce("ticket.jpg", body)["upload"]
    key = form["fields"]["key"]
    refused = {
        "other bytes": post(form, body[:-1] + bytes([body[-1] ^ 1])),
        "too many": post(form, body + b"x"),
        "too few": post(form, body[:-1]),
        "another key": post(form, body, key=f"{key[:-4]}0000"),
        "another type": post(form, body, **{"Content-Type": "text/html"}),
    }
    assert {what: answer.is_success for what, answer in refused.items()} == dict.fromkeys(
        refused, False
    )
    assert post(form, body).is_success


def test_a_changed_address_opens_nothing(user: User) -> None:
    """LocalStack checks a signature that is there; unlike S3 it also answers where none is."""
    image = user.wait(user.send("address.jpg", draw(2)))
    thumb, full = (
        next(each["url"] for each in image["renditions"]["items"] if each["name"] == name)
        for name in ("thumb", "full")
    )
    assert httpx.get(thumb).is_success
    forged = full.split("?")[0] + "?" + thumb.split("?")[1]
    assert httpx.get(forged).status_code == 403


def test_three_workers_share_the_work(
    composition: Composition, user: User, recognition: Recognition
) -> None:
    workers = composition.scale_workers(3)
    recognition.hold()
    image_ids = [user.send("shared.jpg", draw(10 + number)) for number in range(3 * CONCURRENCY)]
    wait_for(
        "every worker with as much as it takes",
        lambda: [each.in_flight() for each in workers] == [CONCURRENCY] * 3,
    )
    recognition.let_go()
    assert user.wait_all(image_ids) == ["ready"] * len(image_ids)


def test_a_busy_worker_that_is_stopped_finishes_first(
    composition: Composition, user: User, recognition: Recognition
) -> None:
    (worker,) = composition.scale_workers(1)
    recognition.hold()
    image_ids = [user.send("stopped.jpg", draw(30 + number)) for number in range(CONCURRENCY)]
    wait_for("a busy worker", lambda: worker.in_flight() == CONCURRENCY)
    with subprocess.Popen(["docker", "stop", worker.id], stdout=subprocess.DEVNULL) as stopping:
        recognition.let_go()
        assert stopping.wait() == 0
    state = worker.inspect()["State"]
    assert (state["Status"], state["ExitCode"]) == ("exited", 0)
    # Nobody is left to do it now: it was done before the end.
    assert user.wait_all(image_ids) == ["ready"] * CONCURRENCY


def test_a_worker_that_cannot_finish_hands_back(
    composition: Composition, user: User, recognition: Recognition
) -> None:
    (worker,) = composition.scale_workers(1)
    recognition.hold()
    image_ids = [user.send("handed.jpg", draw(40 + number)) for number in range(CONCURRENCY)]
    wait_for("a busy worker", lambda: worker.in_flight() == CONCURRENCY)
    run("docker", "stop", "--time", "30", worker.id)
    assert worker.inspect()["State"]["ExitCode"] == 0
    recognition.recover()
    composition.scale_workers(1)
    assert user.wait_all(image_ids) == ["ready"] * CONCURRENCY


def test_a_worker_out_of_memory_is_started_again_and_another_does_its_work(
    composition: Composition, user: User, recognition: Recognition
) -> None:
    first, second = composition.scale_workers(2)
    before = first.inspect()
    recognition.hold()
    image_ids = [user.send("memory.jpg", draw(50 + number)) for number in range(2 * CONCURRENCY)]
    wait_for(
        "two busy workers",
        lambda: [each.in_flight() for each in (first, second)] == [CONCURRENCY] * 2,
    )
    subprocess.run(
        ["docker", "exec", first.id, "python", "-c", _FILL], capture_output=True, check=False
    )

    def is_back() -> bool:
        return first.inspect()["RestartCount"] > before["RestartCount"] and first.is_healthy()

    wait_for("the worker to be started again", is_back)
    # It would now take its work up again by itself; so that the other one has to, it must go.
    run("docker", "stop", "--time", "30", first.id)
    assert second.inspect()["RestartCount"] == 0
    recognition.let_go()
    assert user.wait_all(image_ids) == ["ready"] * len(image_ids)
