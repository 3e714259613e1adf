"""Fixtures: a complete stack, applied once to an AWS emulator."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import httpx
import pytest

from infra.terraform import Json, Terraform, clean_environment, copy_configuration
from sightline_local.environment import REGION
from sightline_local.stack import consecutive_ports

#: A disposable stack with every optional feature that needs no domain.
SETTINGS = """
environment  = "test"
region       = "{region}"
protect_data = false
image_tag    = "first"
max_retries  = 2
alert_emails = ["operator@example.com"]
budget       = {{ limit_usd = 50, only_this_stack = true, recognition_usd = 20 }}
alert_webhooks = {{ pager = "https://pager.example.com/key" }}
worker       = {{ minimum = 0 }}
shell        = true
tracing      = {{ repository = "123456789012.dkr.ecr.{region}.amazonaws.com/aws-otel-collector" }}
analytics    = {{ retention_days = 5 }}
event_bus    = true

api_deployment = "ECSCanary10Percent5Minutes"

url_signing = {{
  version    = 1
  public_key = <<-PEM
    {key}
  PEM
}}
"""


#: Time limit for the emulator to stop: it may be busy on a slow machine.
STOP_TIMEOUT_SECONDS = 60


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "infra: needs Terraform, and takes minutes")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("infra")


class Applied(NamedTuple):
    """A stack that is applied to the emulator."""

    terraform: Terraform
    outputs: Json
    endpoint: str

    def client(self, service: str, region: str = REGION) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


@pytest.fixture(scope="session")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the configuration, initialized with its provider."""
    if shutil.which("terraform") is None:
        message = "Terraform 1.11 or newer is not installed"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    folder = copy_configuration(tmp_path_factory.mktemp("configuration"))
    Terraform(folder, clean_environment()).init()
    return folder


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the AWS emulator and return its URL."""
    port = consecutive_ports(0).cloud
    log = tmp_path_factory.mktemp("cloud") / "cloud.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("cloud.py")), str(port)],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(process, f"{url}/moto-api/", log)
        yield url
    finally:
        process.terminate()
        process.wait(STOP_TIMEOUT_SECONDS)


@pytest.fixture(scope="session")
def applied(configuration: Path, cloud: str, tmp_path_factory: pytest.TempPathFactory) -> Applied:
    # A separate copy, because `terraform test` would load these settings too.
    folder = copy_configuration(tmp_path_factory.mktemp("applied"))
    private, public = generate_key_pair()
    environment = clean_environment(cloud) | {"TF_VAR_url_signing_private_key": private}
    indented = public.strip().replace("\n", "\n    ")
    (folder / "terraform.tfvars").write_text(SETTINGS.format(region=REGION, key=indented))
    terraform = Terraform(folder, environment)
    terraform.init()
    terraform.apply()
    return Applied(terraform, terraform.outputs(), cloud)


def generate_key_pair() -> tuple[str, str]:
    """Return a private key and its public key, both as PEM."""
    private = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout
    public = subprocess.run(
        ["openssl", "rsa", "-pubout"], input=private, capture_output=True, check=True
    ).stdout
    return private.decode(), public.decode()


def wait_until_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(url, timeout=2).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not respond: {log.read_text(errors='replace')[-2000:]}")
