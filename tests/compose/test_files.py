"""Static checks of docker-compose.yml and the Dockerfiles; no container is started."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from compose.conftest import ROOT, Json, run
from sightline.consumer.loop import ConsumerOptions
from sightline_resizer.settings import ResizerSettings
from sightline_worker.settings import WorkerSettings

pytestmark = pytest.mark.compose

DOCKERFILES = sorted([*ROOT.glob("services/*/Dockerfile"), ROOT / "web" / "Dockerfile"])

#: Measured memory of an idle worker or resizer, without its decode processes.
SERVICE_BYTES = 150 * 2**20


def config(*options: str) -> Json:
    """Return docker-compose.yml as Docker resolves it, with a fixed project name."""
    output = run(
        *("docker", "compose", "--file", "docker-compose.yml", *options),
        *("--profile", "*", "config", "--format", "json"),
        environment={"COMPOSE_PROJECT_NAME": "sightline"},
    )
    resolved: Json = json.loads(output)
    return resolved


def test_every_service_has_a_dockerfile() -> None:
    assert [path.parent.name for path in DOCKERFILES] == [
        *("api", "local", "notifier", "ops", "resizer", "worker"),
        "web",
    ]


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_hadolint_finds_no_issue(path: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    run(str(hadolint), "--failure-threshold", "style", str(path))


def test_compose_file_is_valid_without_warnings() -> None:
    completed = subprocess.run(
        ["docker", "compose", "--file", "docker-compose.yml", "config", "--quiet"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (completed.returncode, completed.stdout, completed.stderr) == (0, "", "")


def test_env_example_contains_the_defaults(tmp_path: Path) -> None:
    empty = tmp_path / "empty.env"
    empty.touch()
    assert config("--env-file", ".env.example") == config("--env-file", str(empty))


@pytest.mark.parametrize(
    ("service", "settings"), [("worker", WorkerSettings), ("resizer", ResizerSettings)]
)
def test_memory_limits_follow_from_the_settings(
    service: str, settings: type[WorkerSettings] | type[ResizerSettings]
) -> None:
    resolved = config()["services"][service]
    processes = int(resolved["environment"]["SIGHTLINE_PROCESSES"])
    per_process = settings.model_fields["max_memory"].default
    assert int(resolved["mem_limit"]) >= processes * per_process + SERVICE_BYTES


@pytest.mark.parametrize("service", ["worker", "resizer", "notifier"])
def test_stop_grace_period_exceeds_the_longest_shutdown(service: str) -> None:
    resolved = config()["services"][service]
    poll, drain = (
        int(resolved["environment"][f"SIGHTLINE_{name}_SECONDS"]) for name in ("POLL", "DRAIN")
    )
    assert resolved["stop_grace_period"] == "30s"
    options = ConsumerOptions(poll_seconds=poll, drain_timeout_seconds=drain)
    assert options.shutdown_seconds < 30


def test_the_purge_uses_the_resources_of_the_other_services() -> None:
    services = config()["services"]
    environment = services["purge"]["environment"]
    outputs = {
        name: each["value"]
        for name, each in json.loads(environment["SIGHTLINE_STACK_OUTPUTS"]).items()
    }
    api = services["api"]["environment"]
    assert (outputs["region"], outputs["table"]) == (api["AWS_REGION"], api["SIGHTLINE_TABLE"])
    for name in ("originals", "renditions"):
        assert outputs["buckets"][name] == api[f"SIGHTLINE_{name.upper()}_BUCKET"]
    for part, service in (("recognition", "worker"), ("renditions", "resizer")):
        queue = services[service]["environment"]["SIGHTLINE_QUEUE_URL"]
        assert outputs["queues"][part] == queue
        assert outputs["queues"][f"{part}_dead"] == f"{queue}-dead"


def test_services_export_traces_only_to_a_configured_endpoint() -> None:
    for service in ("api", "worker", "resizer", "notifier"):
        environment = config()["services"][service]["environment"]
        assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == ""


@pytest.mark.parametrize("service", ["collector", "jaeger"])
def test_tracing_services_start_only_with_their_profile(service: str) -> None:
    assert config()["services"][service]["profiles"] == ["traces"]


def test_collector_serves_metrics_to_prometheus() -> None:
    resolved = config()
    assert resolved["services"]["worker"]["environment"]["SIGHTLINE_METRICS"] == "off"
    collector = resolved["configs"]["collector"]["content"]
    (port,) = resolved["services"]["collector"]["ports"]
    assert port["host_ip"] == "127.0.0.1"
    assert f"prometheus: {{ endpoint: 0.0.0.0:{port['target']} }}" in collector
    (pipeline,) = [line for line in collector.splitlines() if line.strip().startswith("metrics:")]
    assert "exporters: [prometheus]" in pipeline
