"""What can be said of the files before anything is started."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from compose.conftest import ROOT, Json, run
from sightline_resizer.settings import ResizerSettings
from sightline_worker.settings import WorkerSettings

pytestmark = pytest.mark.compose

DOCKERFILES = sorted([*ROOT.glob("services/*/Dockerfile"), ROOT / "web" / "Dockerfile"])

#: Measured: what worker and resizer take beside the processes that decode pictures, at rest.
SERVICE_BYTES = 150 * 2**20


def config(*options: str) -> Json:
    """docker-compose.yml as Docker reads it, with nothing of the caller's."""
    answer = run(
        *("docker", "compose", "--file", "docker-compose.yml", *options),
        *("--profile", "*", "config", "--format", "json"),
        environment={"COMPOSE_PROJECT_NAME": "sightline"},
    )
    read: Json = json.loads(answer)
    return read


def test_every_service_has_a_dockerfile() -> None:
    assert [path.parent.name for path in DOCKERFILES] == [
        *("api", "local", "resizer", "worker"),
        "web",
    ]


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_hadolint_finds_nothing(path: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    run(str(hadolint), "--failure-threshold", "style", str(path))


def test_docker_reads_the_file_without_a_word() -> None:
    ended = subprocess.run(
        ["docker", "compose", "--file", "docker-compose.yml", "config", "--quiet"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_the_example_holds_the_defaults(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.env"
    nothing.touch()
    assert config("--env-file", ".env.example") == config("--env-file", str(nothing))


@pytest.mark.parametrize(
    ("service", "settings"), [("worker", WorkerSettings), ("resizer", ResizerSettings)]
)
def test_memory_limits_follow_from_the_settings(
    service: str, settings: type[WorkerSettings] | type[ResizerSettings]
) -> None:
    told = config()["services"][service]
    processes = int(told["environment"]["SIGHTLINE_PROCESSES"])
    per_process = settings.model_fields["max_memory"].default
    assert int(told["mem_limit"]) >= processes * per_process + SERVICE_BYTES


@pytest.mark.parametrize("service", ["worker", "resizer"])
def test_there_is_time_to_drain(service: str) -> None:
    told = config()["services"][service]
    poll, drain = (
        int(told["environment"][f"SIGHTLINE_{name}_SECONDS"]) for name in ("POLL", "DRAIN")
    )
    assert told["stop_grace_period"] == "30s"
    assert poll + drain < 30
