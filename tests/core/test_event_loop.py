"""The event loop of the services, in a process of its own, because libuv's threads are global."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="lists threads in /proc")

#: Connects to a server at the address in the first argument, and prints the names of all threads.
CONNECT = """
import asyncio, socket, sys
from pathlib import Path
from sightline import event_loop

async def main():
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(sys.argv[1], port, family=socket.AF_INET)
    client = socket.socket()
    client.setblocking(False)
    await loop.sock_connect(client, (sys.argv[1], port))
    assert client.getpeername() == found[0][4]
    client.close()
    listening.close()
    print(*{task.read_text().strip() for task in Path("/proc/self/task").glob("*/comm")})

event_loop.run(main())
"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_it_connects_without_threads_of_libuv(host: str) -> None:
    command = [sys.executable, "-c", CONNECT, host]
    threads = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "python" in threads
    assert "libuv" not in threads


def test_an_unknown_name_fails() -> None:
    command = [sys.executable, "-c", CONNECT, "unknown.invalid"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "gaierror" in result.stderr
