"""The gateway, its variants and a fake AWS as processes pinned to CPU cores."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from sightline.domain.api_keys import new_secret
from sightline_testing.builders import new_owner
from sightline_testing.tokens import CLIENT_ID, ISSUER, TokenIssuer

HERE = Path(__file__).parent

#: Maximum seconds until a server responds, and until it ends after SIGTERM.
START_TIMEOUT_SECONDS = 30
STOP_TIMEOUT_SECONDS = 15

#: Variants of the gateway that `bench_servers.py` runs.
SERVERS = ("noop", "gateway", "unsigned")


class Server:
    """A process pinned to a core."""

    def __init__(
        self, core: int, script: str, *arguments: str, environment: dict[str, str]
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / script), *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )

    def cpu_seconds(self) -> float:
        """Return the CPU time used so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait_until_responding(self, url: str) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            try:
                httpx.get(url, timeout=1)
            except httpx.TransportError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise SystemExit(f"sightline: {url} does not respond") from None
                time.sleep(0.1)
            else:
                return

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Testbed(NamedTuple):
    """The running servers, valid credentials, and the environment of a service."""

    servers: dict[str, Server]
    ports: dict[str, int]
    token: str
    api_key: str
    environment: dict[str, str]


@contextmanager
def run_testbed(cores: tuple[int, int]) -> Iterator[Testbed]:
    """Run the servers on the first core and the fake AWS on the second."""
    pool = TokenIssuer()
    ports = {name: find_free_port() for name in ("aws", *SERVERS)}
    aws_url = f"http://127.0.0.1:{ports['aws']}"
    environment = build_environment(aws_url)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        jwks = folder / "jwks.json"
        jwks.write_text(json.dumps(pool.jwks()))

        def start(core: int, script: str, *arguments: str, port: int) -> Server:
            variables = {**environment, "SIGHTLINE_PORT": str(port)}
            server = Server(core, script, *arguments, environment=variables)
            stack.callback(server.close)
            server.wait_until_responding(f"http://127.0.0.1:{port}/")
            return server

        start(cores[1], "fake_aws.py", str(ports["aws"]), str(jwks), port=ports["aws"])
        servers = {
            name: start(cores[0], "bench_servers.py", name, port=ports[name]) for name in SERVERS
        }
        yield Testbed(servers, ports, pool.sign(new_owner()), new_secret(), environment)


def build_environment(aws_url: str) -> dict[str, str]:
    return {
        "AWS_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "SIGHTLINE_TABLE": "images",
        "SIGHTLINE_ORIGINALS_BUCKET": "originals",
        "SIGHTLINE_RENDITIONS_BUCKET": "renditions",
        "SIGHTLINE_UPLOADS_TOPIC_ARN": "arn:aws:sns:eu-central-1:000000000000:uploads",
        "SIGHTLINE_EVENTS_TOPIC_ARN": "arn:aws:sns:eu-central-1:000000000000:events",
        "SIGHTLINE_EVENTS_QUEUE_PREFIX": "events-",
        "SIGHTLINE_TOKEN_ISSUER": ISSUER,
        "SIGHTLINE_TOKEN_JWKS_URL": f"{aws_url}/jwks.json",
        "SIGHTLINE_TOKEN_CLIENT_IDS": json.dumps([CLIENT_ID]),
        # The rate limiter runs as usual, but never rejects a request.
        "SIGHTLINE_OWNER_REQUESTS_PER_SECOND": "1000000",
        "SIGHTLINE_OWNER_BURST": "1000000",
        "SIGHTLINE_API_KEY_REQUESTS_PER_SECOND": "1000000",
        "SIGHTLINE_API_KEY_BURST": "1000000",
    }


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
