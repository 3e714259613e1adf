"""Fixtures: the stack of docker-compose.yml, started once for all tests, and a signed-in user."""

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

#: Timeout for every condition that a test waits for.
WAIT_TIMEOUT_SECONDS = 120

#: Compose project name, which keeps the test containers apart from other projects.
PROJECT = "sightline-test"

_GET_HEALTH = "from urllib.request import urlopen; print(urlopen('{}').read().decode())"

Json = dict[str, Any]


def run(*command: str, environment: dict[str, str] | None = None) -> str:
    """Run a command and return its output; fail the test with its error output if it fails."""
    completed = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode:
        message = f"exit code {completed.returncode}\n{completed.stderr[-4000:]}"
        pytest.fail(f"{' '.join(command)}: {message}")
    return completed.stdout


def wait_for(description: str, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_TIMEOUT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"timed out after {WAIT_TIMEOUT_SECONDS} seconds: {description}")
        time.sleep(0.2)


@dataclass(frozen=True, slots=True)
class Container:
    id: str

    def inspect(self) -> Json:
        containers: list[Json] = json.loads(run("docker", "inspect", self.id))
        return containers[0]

    def run_python(self, code: str) -> str:
        return run("docker", "exec", self.id, "python", "-c", code)

    def in_flight(self) -> int:
        """Return the number of images in flight, from the consumer's health endpoint."""
        url = "http://127.0.0.1:8080/health"
        health: Json = json.loads(self.run_python(_GET_HEALTH.format(url)))
        return int(health["in_flight"])

    def is_healthy(self) -> bool:
        state = self.inspect()["State"]
        return bool(state["Running"]) and state["Health"]["Status"] == "healthy"


class Composition:
    """The containers of docker-compose.yml, on free ports.

    LocalStack has overrides, so that its table needs no Java; another image runs as it is.
    """

    def __init__(self, project: str = PROJECT, cloud_image: str | None = None) -> None:
        ports = consecutive_ports(0)
        self.api = ports.url("api")
        self.cognito = ports.url("cloud")
        self.s3 = ports.url("recognition")
        self.web = ports.url("web")
        self._environment = {
            "API_PORT": str(ports.api),
            "COGNITO_PORT": str(ports.cloud),
            "CLOUD_PORT": str(ports.recognition),
            "WEB_PORT": str(ports.web),
            "COMPOSE_PROJECT_NAME": project,
            "COMPOSE_FILE": os.pathsep.join(
                ("docker-compose.yml", str(Path("tests/compose/override.yml")))
                if cloud_image is None
                else ("docker-compose.yml",)
            ),
            **({} if cloud_image is None else {"CLOUD_IMAGE": cloud_image}),
            "COMPOSE_PATH_SEPARATOR": os.pathsep,
        }

    def compose(self, *arguments: str) -> str:
        return run("docker", "compose", *arguments, environment=self._environment)

    def up(self, *arguments: str) -> None:
        """Run `docker compose up` and wait until all containers are healthy."""
        self.compose("up", "--detach", "--wait", "--wait-timeout", "180", *arguments)

    def containers(self, *services: str) -> list[Container]:
        ids = self.compose("ps", "--all", "--quiet", *services).split()
        return [Container(each) for each in ids]

    def container(self, service: str) -> Container:
        (container,) = self.containers(service)
        return container

    def scale_workers(self, number: int) -> list[Container]:
        """Scale to a number of workers, and wait until all are healthy and idle."""
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
    """The Rekognition emulator, which can be paused so that its callers stay busy."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._paused = False

    def pause(self) -> None:
        run("docker", "pause", self._container.id)
        self._paused = True

    def unpause(self) -> None:
        if self._paused:
            run("docker", "unpause", self._container.id)
            self._paused = False

    def recover(self) -> None:
        """Unpause and wait until healthy: Docker reports a paused container as unhealthy."""
        self.unpause()
        wait_for("recognition to be healthy", self._container.is_healthy)


@pytest.fixture
def recognition(composition: Composition) -> Iterator[Recognition]:
    recognition = Recognition(composition.container("recognition"))
    yield recognition
    recognition.recover()


class User:
    """A signed-in user who reaches the stack through its published ports only."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.http = httpx.Client(base_url=connection.api, timeout=30)
        self.http.headers["Authorization"] = f"Bearer {sign_in(self.http, connection)}"

    def request_upload(self, name: str, body: bytes) -> Json:
        return request_upload(self.http, self.connection, name, body, features=("labels", "text"))

    def upload(self, name: str, body: bytes) -> str:
        """Upload an image and return its ID."""
        ticket = self.request_upload(name, body)
        upload(ticket, body)
        image_id: str = ticket["image"]["id"]
        return image_id

    def get(self, image_id: str) -> Json:
        response = self.http.get(f"/v1/images/{image_id}")
        response.raise_for_status()
        image: Json = response.json()
        return image

    def wait(self, image_id: str) -> Json:
        """Wait until the image is ready or failed, and return it."""
        wait_for(
            f"{image_id} to be ready or failed",
            lambda: self.get(image_id)["status"] in {"ready", "failed"},
        )
        return self.get(image_id)

    def wait_all(self, image_ids: Sequence[str]) -> list[str]:
        """Wait for all images and return their statuses."""
        return [self.wait(image_id)["status"] for image_id in image_ids]


@pytest.fixture(scope="session")
def user(composition: Composition, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    folder = tmp_path_factory.mktemp("connection")
    user = User(write_connection(folder, composition.api, composition.cognito))
    yield user
    user.http.close()
