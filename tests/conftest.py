"""What suites share: an emulated AWS for contract tests, and made-up images."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest
import stamina
from moto.server import ThreadedMotoServer
from pillow_heif import register_heif_opener

from sightline.aws import Clients

REGION = "eu-central-1"

# So that tests can make such pictures; the services load it by themselves where they need it.
register_heif_opener()


@pytest.fixture(scope="session")
def aws_endpoint() -> Iterator[str]:
    """The address of a moto server of this run."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


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
