"""docker-compose.yml brought up for real, once for all tests, and a user of it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from sightline_local.compose import write_connection
from sightline_local.connection import Connection
from sightline_local.demo import request_upload, sign_in, upload
from sightline_local.stack import consecutive_ports

ROOT = Path(__file__).parents[2]

#: Seconds after which a test gives up waiting.
PATIENCE = 120

#: What Docker asks for, written by Docker's own names so that nobody's other projects are met.
PROJECT = "sightline-test"

_HEALTH = "from urllib.request import urlopen; print(urlopen('{}').read().decode())"

Json = dict[str, Any]


def run(*command: str, environment: dict[str, str] | None = None) -> str:
    """What the command prints; where it fails, the test fails with what it said."""
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        pytest.fail(f"{' '.join(command)}: exit code {ended.returncode}\n{ended.stderr[-4000:]}")
    return ended.stdout


def wait_for(what: str, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {PATIENCE} seconds in vain: {what}")
        time.sleep(0.2)


@dataclass(frozen=True, slots=True)
class Container:
    id: str

    def inspect(self) -> Json:
        answer: list[Json] = json.loads(run("docker", "inspect", self.id))
        return answer[0]

    def run_python(self, code: str) -> str:
        return run("docker", "exec", self.id, "python", "-c", code)

    def in_flight(self) -> int:
        """Pictures that this consumer has in work, by its own word."""
        answer: Json = json.loads(self.run_python(_HEALTH.format("http://127.0.0.1:8080/health")))
        return int(answer["in_flight"])

    def is_healthy(self) -> bool:
        state = self.inspect()["State"]
        return bool(state["Running"]) and state["Health"]["Status"] == "healthy"


class Composition:
    """The containers of docker-compose.yml, under ports of their own."""

    def __init__(self) -> None:
        ports = consecutive_ports(0)
        self.api = ports.url("api")
        self.cognito = ports.url("cloud")
        self.s3 = ports.url("recognition")
        self.web = ports.url("web")
        self._environment = {
            "API_PORT": str(ports.api),
            "COGNITO_PORT": str(ports.cloud),
            "LOCALSTACK_PORT": str(ports.recognition),
            "WEB_PORT": str(ports.web),
            "COMPOSE_PROJECT_NAME": PROJECT,
            "COMPOSE_FILE": os.pathsep.join(
                ("docker-compose.yml", str(Path("tests/compose/override.yml")))
            ),
            "COMPOSE_PATH_SEPARATOR": os.pathsep,
        }

    def compose(self, *arguments: str) -> str:
        return run("docker", "compose", *arguments, environment=self._environment)

    def up(self, *arguments: str) -> None:
        """`docker compose up`, until everything is healthy."""
        self.compose("up", "--detach", "--wait", "--wait-timeout", "180", *arguments)

    def containers(self, *services: str) -> list[Container]:
        ids = self.compose("ps", "--all", "--quiet", *services).split()
        return [Container(each) for each in ids]

    def container(self, service: str) -> Container:
        (container,) = self.containers(service)
        return container

    def scale_workers(self, number: int) -> list[Container]:
        """So many workers, all healthy and with nothing to do."""
        self.up("--scale", f"worker={number}")
        workers = self.containers("worker")
        assert len(workers) == number
        wait_for("idle workers", lambda: not any(each.in_flight() for each in workers))
        return workers


@pytest.fixture(scope="session")
def composition(request: pytest.FixtureRequest) -> Iterator[Composition]:
    composition = Composition()
    composition.compose("build")
    try:
        composition.up()
        yield composition
    finally:
        if request.session.testsfailed:
            print(composition.compose("logs", "--no-color", "--tail", "100"), file=sys.stderr)
        composition.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")


class Recognition:
    """The local Rekognition, which can be made to stand still: whoever asked it stays busy."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._held = False

    def hold(self) -> None:
        run("docker", "pause", self._container.id)
        self._held = True

    def let_go(self) -> None:
        if self._held:
            run("docker", "unpause", self._container.id)
            self._held = False

    def recover(self) -> None:
        """Go on, and be seen to be well: Docker calls it unhealthy for having stood still."""
        self.let_go()
        wait_for("recognition to be healthy", self._container.is_healthy)


@pytest.fixture
def recognition(composition: Composition) -> Iterator[Recognition]:
    recognition = Recognition(composition.container("recognition"))
    yield recognition
    recognition.recover()


class User:
    """Somebody who is signed in and knows no more than the published ports."""

    def __init__(self, card: Connection) -> None:
        self.card = card
        self.http = httpx.Client(base_url=card.api, timeout=30)
        self.http.headers["Authorization"] = f"Bearer {sign_in(self.http, card)}"

    def announce(self, name: str, body: bytes) -> Json:
        return request_upload(self.http, self.card, name, body, features=("labels", "text"))

    def send(self, name: str, body: bytes) -> str:
        """Upload a picture; answers its id."""
        ticket = self.announce(name, body)
        upload(ticket, body)
        image_id: str = ticket["image"]["id"]
        return image_id

    def get(self, image_id: str) -> Json:
        answer = self.http.get(f"/v1/images/{image_id}")
        answer.raise_for_status()
        body: Json = answer.json()
        return body

    def reprocess(self, image_id: str) -> None:
        """Have it recognised once more; it is no longer ready when this returns."""
        answer = self.http.post(f"/v1/images/{image_id}/reprocess", json={"parts": ["recognition"]})
        answer.raise_for_status()
        wait_for("a new start", lambda: self.get(image_id)["status"] == "processing")

    def wait(self, image_id: str) -> Json:
        """The image once it has ended."""
        wait_for(
            f"the end of {image_id}",
            lambda: self.get(image_id)["status"] in {"ready", "failed"},
        )
        return self.get(image_id)

    def wait_all(self, image_ids: Sequence[str]) -> list[str]:
        """How each of them has ended."""
        return [self.wait(image_id)["status"] for image_id in image_ids]


@pytest.fixture(scope="session")
def user(composition: Composition, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    card = write_connection(tmp_path_factory.mktemp("card"), composition.api, composition.cognito)
    user = User(card)
    yield user
    user.http.close()
