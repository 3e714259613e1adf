"""Fixtures shared by all suites: an AWS emulator and clients for it."""

import threading
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import AsyncExitStack
from functools import cache
from typing import Any

import botocore.loaders
import botocore.session
import pytest
import stamina
from pillow_heif import register_heif_opener

from distribution import Distribution
from sightline.adapters.aws.clients import Clients
from sightline_local.cloud import make_cloud_server
from sightline_local.stack import Stack

REGION = "eu-central-1"

#: How much of the end of each log a failed test reports, bytes.
LOG_BYTES = 4000

# Lets tests encode HEIF images; the services register the opener themselves.
register_heif_opener()

# Each session would parse the descriptions of the services again, and each test opens one.
botocore.session.create_loader = cache(botocore.loaders.create_loader)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the tests of outages first: they wait most, and would otherwise end alone."""
    items.sort(key=lambda item: "reliability" not in item.path.parts)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Distribution:
    """Distribute tests to processes; pytest-xdist has a scheduler for files only."""
    return Distribution(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the logs of the processes that a failed test used to its report."""
    report = yield
    if report.failed:
        for value in item.funcargs.values():
            if isinstance(value, Stack):
                report.sections.extend(read_logs(value))
    return report


def read_logs(stack: Stack) -> Iterator[tuple[str, str]]:
    """Return the end of the log of each process of the stack; the title says if it has exited."""
    exited = stack.find_exited()
    for path in sorted(stack.log("api").parent.glob("*.log")):
        state = " (exited)" if path.stem == exited else ""
        log = path.read_bytes()[-LOG_BYTES:].decode(errors="replace")
        yield f"log of {path.stem}{state}", log


@pytest.fixture(scope="session")
def aws_endpoint() -> Iterator[str]:
    """The URL of an AWS emulator in this process."""
    server = make_cloud_server("127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def aws_environment(aws_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Point the AWS clients of a test to the emulator only."""
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
def _retry_without_delay() -> Iterator[None]:
    """Keep retries bounded, but without delays."""
    with stamina.set_testing(True, attempts=10, cap=True):
        yield
