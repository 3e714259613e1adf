"""The settings of each service as environment variables."""

import json
import os
from dataclasses import dataclass
from email.utils import formataddr
from pathlib import Path

from sightline_local.provisioning import DemoUser, Resources
from sightline_local.recognition.model_catalog import Task, find_model
from sightline_local.recognition.settings import MODELS_FOLDER

REGION = "eu-central-1"

#: The emulators accept any credentials.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}

#: The sender of email notifications. No message leaves the emulator.
EMAIL_SENDER = "no-reply@sightline.example"

Environment = dict[str, str]

#: Hides the configuration files and the instance role of the user from AWS clients.
_NO_AWS_ACCOUNT: Environment = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@dataclass(frozen=True, slots=True)
class Ports:
    """The loopback port of each process."""

    api: int
    cloud: int
    recognition: int
    worker: int
    resizer: int
    web: int
    traces: int = 0
    notifier: int = 0

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{getattr(self, name)}"


def ignore_user_settings() -> None:
    """Remove the caller's AWS account and proxy for loopback from this process.

    An AWS profile that does not exist would fail every client, and one that exists must not be
    used. A proxy cannot reach the servers on this machine.
    """
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(_NO_AWS_ACCOUNT)
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join([*hosts, "127.0.0.1", "localhost"])


def base_environment() -> Environment:
    """Return the minimum that starts a program, so that no AWS account of the caller leaks in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1"}


#: Settings of glibc for the Rekognition emulator: one arena, from which large images are returned
#: to the system at once. They keep its memory below 600 MB (docs/recognition.md).
RECOGNITION_ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": str(16 * 2**20)}


def aws_environment(ports: Ports) -> Environment:
    return {
        **base_environment(),
        **CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": ports.url("cloud"),
        "AWS_ENDPOINT_URL_REKOGNITION": ports.url("recognition"),
        **_NO_AWS_ACCOUNT,
    }


def api_environment(ports: Ports, resources: Resources) -> Environment:
    return {
        **_service_environment(ports, resources),
        "SIGHTLINE_RENDITIONS_BUCKET": resources.renditions_bucket,
        "SIGHTLINE_UPLOADS_TOPIC_ARN": resources.uploads_topic_arn,
        # As Terraform names it: the event queues share the prefix of their topic.
        "SIGHTLINE_EVENTS_QUEUE_PREFIX": f"{resources.table}-events-",
        "SIGHTLINE_TOKEN_ISSUER": resources.token_issuer,
        "SIGHTLINE_TOKEN_JWKS_URL": (
            f"{ports.url('cloud')}/{resources.pool_id}/.well-known/jwks.json"
        ),
        "SIGHTLINE_TOKEN_CLIENT_IDS": f'["{resources.client_id}"]',
        "SIGHTLINE_TOKEN_MACHINE_CLIENT_IDS": f'["{resources.machine_client.client_id}"]',
        "SIGHTLINE_PORT": str(ports.api),
        # One machine serves its owner only.
        "SIGHTLINE_OWNER_REQUESTS_PER_SECOND": "none",
        "SIGHTLINE_WEBHOOKS_ALLOW_LOOPBACK": "true",
        # Chosen by the user, as `make run CORS_ORIGINS=...`.
        "SIGHTLINE_CORS_ORIGINS": os.environ.get("SIGHTLINE_CORS_ORIGINS", ""),
    }


def worker_environment(ports: Ports, resources: Resources) -> Environment:
    return {
        **_consumer_environment(ports, resources),
        "SIGHTLINE_QUEUE_URL": resources.recognition_queue_url,
        "SIGHTLINE_BACKLOG_URL": resources.recognition_backlog_url,
        "SIGHTLINE_HEALTH_PORT": str(ports.worker),
        # Rekognition's quota in its largest regions; local calls cost nothing.
        "SIGHTLINE_CALLS_PER_SECOND": "50",
    }


def resizer_environment(ports: Ports, resources: Resources) -> Environment:
    return {
        **_consumer_environment(ports, resources),
        "SIGHTLINE_QUEUE_URL": resources.renditions_queue_url,
        "SIGHTLINE_BACKLOG_URL": resources.renditions_backlog_url,
        "SIGHTLINE_RENDITIONS_BUCKET": resources.renditions_bucket,
        "SIGHTLINE_HEALTH_PORT": str(ports.resizer),
        # glibc keeps freed memory for the next image, which saves a tenth of the time.
        "MALLOC_TRIM_THRESHOLD_": "268435456",
        "MALLOC_MMAP_THRESHOLD_": "268435456",
    }


def notifier_environment(ports: Ports, resources: Resources) -> Environment:
    return {
        **_consumer_environment(ports, resources),
        "SIGHTLINE_QUEUE_URL": resources.notifications_queue_url,
        "SIGHTLINE_HEALTH_PORT": str(ports.notifier),
        # A receiver under development runs on the same machine.
        "SIGHTLINE_WEBHOOKS_ALLOW_LOOPBACK": "true",
        "SIGHTLINE_EMAIL_SENDER": formataddr(("Sightline", EMAIL_SENDER)),
        "SIGHTLINE_WEB_URL": ports.url("web"),
    }


def traces_environment(ports: Ports, owner_key: str) -> Environment:
    """Return what makes a service export every trace to the receiver of `make run TRACES=1`."""
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": ports.url("traces"),
        # Someone waits for the page: do not batch for five seconds, the default.
        "OTEL_BSP_SCHEDULE_DELAY": "250",
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        "SIGHTLINE_METRICS": "otlp",
        "SIGHTLINE_TRACE_URL": f"{ports.url('traces')}/traces/{{trace_id}}",
        "SIGHTLINE_TRACE_OWNER_KEY": owner_key,
    }


def web_environment(ports: Ports, resources: Resources, user: DemoUser, files: Path) -> Environment:
    features = ["labels", "text", "properties"]
    # The emulator rejects features that it has no model for.
    if find_model(Task.FACES, MODELS_FOLDER):
        features.append("faces")
    if find_model(Task.MODERATION, MODELS_FOLDER):
        features.append("moderation")
    return {
        **base_environment(),
        "SIGHTLINE_WEB_PORT": str(ports.web),
        "SIGHTLINE_WEB_FILES": str(files.absolute()),
        "SIGHTLINE_WEB_API": ports.url("api"),
        "SIGHTLINE_WEB_CLOUD": ports.url("cloud"),
        "SIGHTLINE_WEB_POOL_ID": resources.pool_id,
        "SIGHTLINE_WEB_CLIENT_ID": resources.client_id,
        # Chosen by the user; see docs/configuration.md.
        "SIGHTLINE_WEB_TILES": os.environ.get("SIGHTLINE_WEB_TILES", "null"),
        "SIGHTLINE_WEB_FEATURES": json.dumps(features),
        "SIGHTLINE_WEB_DEMO_EMAIL": user.email,
        "SIGHTLINE_WEB_DEMO_PASSWORD": user.password,
    }


def _service_environment(ports: Ports, resources: Resources) -> Environment:
    return {
        **aws_environment(ports),
        "SIGHTLINE_TABLE": resources.table,
        "SIGHTLINE_ORIGINALS_BUCKET": resources.originals_bucket,
        "SIGHTLINE_EVENTS_TOPIC_ARN": resources.events_topic_arn,
    }


def _consumer_environment(ports: Ports, resources: Resources) -> Environment:
    return {
        **_service_environment(ports, resources),
        # A consumer finishes its current poll before it stops: keep Ctrl-C fast.
        "SIGHTLINE_POLL_SECONDS": "1",
        "SIGHTLINE_DRAIN_SECONDS": "5",
    }
