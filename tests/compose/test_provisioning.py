"""Provisioning as a command, and the ids that docker-compose.yml counts upon; without Docker."""

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
from sightline_local.stack import StackError, consecutive_ports


@pytest.fixture
def cognito() -> Iterator[str]:
    """A moto server in a process of its own, started as docker-compose.yml does."""
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

    def answers() -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{url}/moto-api/").is_success
        return False

    wait_for("moto", answers)
    yield url
    process.kill()
    process.wait()


@pytest.fixture
def endpoint(cognito: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same, named by AWS's own variables."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", cognito)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return cognito


def told(name: str) -> str:
    """A setting's value in docker-compose.yml."""
    text = (ROOT / "docker-compose.yml").read_text()
    found = re.search(rf"^ +{name}: '?(.*?)'?$", text, re.MULTILINE)
    assert found is not None
    return found[1]


def test_what_compose_tells_the_services_is_what_gets_made(endpoint: str) -> None:
    environment = {
        name: told(name)
        for name in (
            "AWS_REGION",
            "SIGHTLINE_TABLE",
            "SIGHTLINE_ORIGINALS_BUCKET",
            "SIGHTLINE_RENDITIONS_BUCKET",
            "SIGHTLINE_TOKEN_ISSUER",
            "SIGHTLINE_TOKEN_CLIENT_IDS",
        )
    }
    made = provision_from_environment({**environment, "AWS_ENDPOINT_URL": endpoint}, visibility=60)
    assert told("SIGHTLINE_TOKEN_JWKS_URL").split("/")[3] == made.pool_id


def test_a_wrong_setting_is_named_with_the_right_value(endpoint: str) -> None:
    environment = {"AWS_ENDPOINT_URL": endpoint, "SIGHTLINE_TABLE": "pictures"}
    with pytest.raises(StackError, match="SIGHTLINE_TABLE should be sightline"):
        provision_from_environment(environment, visibility=60)


def test_on_aws_itself_nothing_is_made() -> None:
    with pytest.raises(StackError, match="AWS_ENDPOINT_URL is not set: name an emulator"):
        provision_from_environment({"AWS_REGION": "eu-central-1"}, visibility=60)


def test_a_card_is_found_where_something_was_made(endpoint: str, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with pytest.raises(StackError, match="nothing is provisioned yet"):
        write_connection(folder, "http://127.0.0.1:1", endpoint)
    made = provision_from_environment(os.environ, visibility=60)
    card = write_connection(folder, "http://127.0.0.1:1", endpoint)
    assert card.client_id == made.client_id
    assert Connection.read(folder) == card


def test_a_card_of_nothing_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="Cognito does not respond"):
        write_connection(tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:1")
