"""The receivers of docs/webhooks.md, run as they are printed, with the published libraries."""

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sightline.adapters.memory import MemoryMessageSender, MemoryQueue, MemoryTopic, memory_tables
from sightline.domain.delivery_tasks import next_task
from sightline.domain.webhooks import Delivery, new_secret
from sightline.event_publisher import EventPublisher
from sightline_local.stack import free_ports
from sightline_notifier.webhooks.deliverer import Deliverer
from sightline_notifier.webhooks.http_client import EndpointClient
from sightline_testing.builders import make_delivery, make_webhook

ROOT = Path(__file__).parents[2]
TYPESCRIPT = ROOT / "clients" / "typescript"

#: Timeout of a failing test; a passing test never takes so long.
TIMEOUT_SECONDS = 60

#: Compiles the file that its first argument names to the one that its second argument names.
COMPILE = """
const { readFileSync, writeFileSync } = require("fs");
const { transpileModule } = require("typescript");
const [source, output] = process.argv.slice(1);
const options = { compilerOptions: { module: "ESNext", target: "ES2022" } };
writeFileSync(output, transpileModule(readFileSync(source, "utf8"), options).outputText);
"""


def find_code(language: str) -> str:
    """Return the one code block of the page in this language."""
    page = (ROOT / "docs" / "webhooks.md").read_text()
    (code,) = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    return str(code)


def compile_typescript(code: str, folder: Path) -> Path:
    """Return a module of Node that resolves the packages of the TypeScript client."""
    source, program = folder / "receiver.ts", folder / "receiver.mjs"
    source.write_text(code)
    subprocess.run(["node", "-e", COMPILE, str(source), str(program)], cwd=TYPESCRIPT, check=True)
    (folder / "node_modules").symlink_to(TYPESCRIPT / "node_modules")
    return program


@contextmanager
def receiving(command: list[str], port: int, secret: str) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"PORT": str(port), "WEBHOOK_SECRET": secret}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def wait_until_listening(port: int, process: subprocess.Popen[str]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while True:
            assert process.poll() is None, "the receiver exited"
            with socket.socket() as connection:
                if connection.connect_ex(("127.0.0.1", port)) == 0:
                    return
            await asyncio.sleep(0.02)


async def deliver(port: int, secret: str) -> Delivery:
    """Attempt a delivery once, as the notifier does, and return it."""
    tables = memory_tables()
    webhook = make_webhook(url=f"http://127.0.0.1:{port}/", secret=secret)
    payload = '{"type":"image.ready","data":{"id":"image","title":"Zürich"}}'
    delivery = make_delivery(webhook, payload=payload)
    await tables.webhooks.create(webhook)
    await tables.webhooks.add_delivery(delivery)
    sender, events = MemoryMessageSender(MemoryQueue()), EventPublisher(MemoryTopic())
    async with EndpointClient(allow_loopback=True) as client:
        deliverer = Deliverer(tables.webhooks, client, sender, events, max_per_owner=1)
        await deliverer.deliver(next_task(delivery))
    return await tables.webhooks.get_delivery(delivery.key)


async def check_receiver(command: list[str]) -> None:
    """Check that the receiver accepts a message with its secret, and rejects any other."""
    (port,) = free_ports(1)
    secret = new_secret()
    with receiving(command, port, secret) as process:
        await wait_until_listening(port, process)
        assert (await deliver(port, new_secret())).status == 401
        delivered = await deliver(port, secret)
        assert delivered.status == 204
        assert process.stdout is not None
        line = await asyncio.to_thread(process.stdout.readline)
    assert line.split() == [delivered.delivery_id, "image.ready", "image"]


async def test_the_receiver_in_python_verifies_messages(tmp_path: Path) -> None:
    program = tmp_path / "receiver.py"
    program.write_text(find_code("python"))
    await check_receiver([sys.executable, str(program)])


@pytest.mark.clients
async def test_the_receiver_in_typescript_verifies_messages(tmp_path: Path) -> None:
    program = compile_typescript(find_code("typescript"), tmp_path)
    await check_receiver(["node", str(program)])
