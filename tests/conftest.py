"""What suites share: an emulated AWS for contract tests, and made-up images."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest
import stamina
from pillow_heif import register_heif_opener

from sightline.adapters.aws.clients import Clients
from sightline_local.cloud import make_cloud_server

REGION = "eu-central-1"

# So that tests can make such pictures; the services load it by themselves where they need it.
register_heif_opener()


@pytest.fixture(scope="session")
def aws_endpoint() -> Iterator[str]:
    """The address of an embedded cloud of this run."""
    server = make_cloud_server("127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def aws_environment(aws_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Makes the AWS clients of a test talk to the moto server, and to nothing else."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return aws_endpoint


@pytest.fixture
async def clients(aws_environment: str) -> AsyncIterator[Clients]:
    async with AsyncExitStack() as stack:
        yield Clients(stack, REGION)


@pytest.fixture(autouse=True)
def _retry_at_once() -> Iterator[None]:
    """Retries stay bounded as they are, without their waits."""
    with stamina.set_testing(True, attempts=10, cap=True):
        yield
