"""A stack in the emulator, described by the same outputs as Terraform's."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from sightline.adapters.aws.clients import Clients
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key
from sightline_local.provisioning import provision
from sightline_ops.stack import Stack, StackOutputs
from sightline_testing.builders import make_image

REGION = "eu-central-1"

#: Receive and delete all messages of a queue; return their bodies.
Drain = Callable[[str], Awaitable[list[str]]]

#: Send messages to a queue.
Send = Callable[..., Awaitable[None]]

#: Create an uploaded image that no service has processed; its messages are dropped.
UploadImage = Callable[[], Awaitable[Image]]


@pytest.fixture
def outputs_path(aws_environment: str, tmp_path: Path) -> Path:
    """The file for `--stack`."""
    session = boto3.Session("test", "test", region_name=REGION)
    resources = provision(session, aws_environment, f"ops-{uuid4().hex[:8]}")
    values = {
        "region": resources.region,
        "endpoint": aws_environment,
        "table": resources.table,
        "buckets": {
            "originals": resources.originals_bucket,
            "renditions": resources.renditions_bucket,
        },
        "queues": {
            "recognition": resources.recognition_queue_url,
            "recognition_dead": f"{resources.recognition_queue_url}-dead",
            "renditions": resources.renditions_queue_url,
            "renditions_dead": f"{resources.renditions_queue_url}-dead",
        },
        # Terraform has more outputs, and not all of them are strings.
        "settings": {"api": {"SIGHTLINE_TABLE": resources.table}},
    }
    path = tmp_path / "outputs.json"
    outputs = {name: {"value": value, "sensitive": False} for name, value in values.items()}
    path.write_text(json.dumps(outputs))
    return path


@pytest.fixture
async def drain(clients: Clients, outputs_path: Path) -> Drain:
    sqs = await clients.open("sqs")
    urls = StackOutputs.read(outputs_path).queues

    async def receive_all(queue: str) -> list[str]:
        bodies: list[str] = []
        while True:
            answer = await sqs.receive_message(QueueUrl=urls[queue], MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            if not messages:
                return bodies
            for message in messages:
                bodies.append(message["Body"])
                await sqs.delete_message(
                    QueueUrl=urls[queue], ReceiptHandle=message["ReceiptHandle"]
                )

    return receive_all


@pytest.fixture
async def send(clients: Clients, outputs_path: Path) -> Send:
    sqs = await clients.open("sqs")
    urls = StackOutputs.read(outputs_path).queues

    async def send_all(queue: str, *bodies: str) -> None:
        for body in bodies:
            await sqs.send_message(QueueUrl=urls[queue], MessageBody=body)

    return send_all


@pytest.fixture
async def stack(outputs_path: Path, drain: Drain) -> AsyncIterator[Stack]:
    outputs = StackOutputs.read(outputs_path)
    async with AsyncExitStack() as exits:
        stack = await Stack.open(outputs, exits)
        # S3 sent a test event when its notification was configured.
        for queue in outputs.queues:
            await drain(queue)
        yield stack


@pytest.fixture
def upload(stack: Stack, drain: Drain) -> UploadImage:
    async def create() -> Image:
        image = make_image()
        await stack.tables.images.create(image)
        await stack.originals.write(original_key(image.key), b"x" * image.bytes, "image/jpeg")
        for part in stack.queues:
            await drain(part)
        return image

    return create
