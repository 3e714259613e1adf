"""Provisioning as a command, and the IDs that docker-compose.yml relies on; without Docker."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from compose.conftest import ROOT, wait_for
from sightline_local.compose import provision_from_environment, write_connection
from sightline_local.connection import Connection
from sightline_local.errors import StackError
from sightline_local.stack import consecutive_ports


@pytest.fixture
def cognito() -> Iterator[str]:
    """Start a moto server in a separate process, as docker-compose.yml does; yield its URL."""
    port = consecutive_ports(0).cloud
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "sightline_local.cloud", "--port", str(port)],
        env={
            **os.environ,
            "MOTO_COGNITO_IDP_USER_POOL_ID_STRATEGY": "HASH",
            "MOTO_COGNITO_IDP_USER_POOL_CLIENT_ID_STRATEGY": "HASH",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def is_ready() -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{url}/moto-api/").is_success
        return False

    wait_for("moto to be ready", is_ready)
    yield url
    process.kill()
    process.wait()


@pytest.fixture
def endpoint(cognito: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Configure the moto server in the standard AWS environment variables; return its URL."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", cognito)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return cognito


def compose_setting(name: str) -> str:
    """Return the value of a setting in docker-compose.yml."""
    text = (ROOT / "docker-compose.yml").read_text()
    match = re.search(rf"^ +{name}: '?(.*?)'?$", text, re.MULTILINE)
    assert match is not None
    return match[1]


def test_compose_settings_match_the_provisioned_resources(endpoint: str) -> None:
    environment = {
        name: compose_setting(name)
        for name in (
            "AWS_REGION",
            "SIGHTLINE_TABLE",
            "SIGHTLINE_ORIGINALS_BUCKET",
            "SIGHTLINE_RENDITIONS_BUCKET",
            "SIGHTLINE_TOKEN_ISSUER",
            "SIGHTLINE_TOKEN_CLIENT_IDS",
            "SIGHTLINE_TOKEN_MACHINE_CLIENT_IDS",
        )
    }
    environment["AWS_ENDPOINT_URL"] = endpoint
    resources = provision_from_environment(environment, visibility=60)
    assert compose_setting("SIGHTLINE_TOKEN_JWKS_URL").split("/")[3] == resources.pool_id


def test_provisioning_reports_a_wrong_setting_with_its_expected_value(endpoint: str) -> None:
    environment = {"AWS_ENDPOINT_URL": endpoint, "SIGHTLINE_TABLE": "images"}
    with pytest.raises(StackError, match="SIGHTLINE_TABLE should be sightline"):
        provision_from_environment(environment, visibility=60)


def test_provisioning_rejects_aws_itself() -> None:
    with pytest.raises(StackError, match="AWS_ENDPOINT_URL is not set: name an emulator"):
        provision_from_environment({"AWS_REGION": "eu-central-1"}, visibility=60)


def test_connection_file_requires_provisioned_resources(endpoint: str, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with pytest.raises(StackError, match="nothing is provisioned yet"):
        write_connection(folder, "http://127.0.0.1:1", endpoint)
    resources = provision_from_environment(os.environ, visibility=60)
    connection = write_connection(folder, "http://127.0.0.1:1", endpoint)
    assert connection.client_id == resources.client_id
    assert Connection.read(folder) == connection


def test_connection_file_requires_a_running_cognito(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="Cognito does not respond"):
        write_connection(tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:1")
