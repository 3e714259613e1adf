"""A stack in the embedded cloud, as Terraform would tell of it."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from sightline.domain.images import Image
from sightline.domain.object_keys import original_key
from sightline_local.provisioning import provision
from sightline_ops.stack import Places, Stack
from sightline_testing.builders import make_image

REGION = "eu-central-1"


@pytest.fixture
def outputs(aws_environment: str, tmp_path: Path) -> Path:
    """The file that `--stack` names."""
    session = boto3.Session("test", "test", region_name=REGION)
    made = provision(session, aws_environment, f"ops-{uuid4().hex[:8]}")
    values = {
        "region": made.region,
        "endpoint": aws_environment,
        "table": made.table,
        "buckets": {"originals": made.originals_bucket, "renditions": made.renditions_bucket},
        "queues": {
            "recognition": made.recognition_queue_url,
            "recognition_dead": f"{made.recognition_queue_url}-dead",
            "renditions": made.renditions_queue_url,
            "renditions_dead": f"{made.renditions_queue_url}-dead",
        },
        # Terraform tells of more, and not all of it is text.
        "settings": {"api": {"SIGHTLINE_TABLE": made.table}},
    }
    path = tmp_path / "outputs.json"
    told = {name: {"value": value, "sensitive": False} for name, value in values.items()}
    path.write_text(json.dumps(told))
    return path


@pytest.fixture
async def stack(outputs: Path) -> AsyncIterator[Stack]:
    async with AsyncExitStack() as exits:
        opened = await Stack.open(Places.read(outputs), exits)
        # S3's test of its notification is not what any test here is about.
        for url in opened.places.queues.values():
            await drain(opened, url)
        yield opened


async def drain(stack: Stack, url: str) -> list[str]:
    """Every message of a queue, taken out."""
    bodies: list[str] = []
    while True:
        answer = await stack.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        if not messages:
            return bodies
        for message in messages:
            bodies.append(message["Body"])
            await stack.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


async def uploaded(stack: Stack) -> Image:
    """An image whose original is there, and that nobody has worked on; its message is dropped."""
    image = make_image()
    await stack.tables.images.create(image)
    await stack.originals.write(original_key(image.key), b"x" * image.bytes, "image/jpeg")
    for part in ("recognition", "renditions"):
        await drain(stack, stack.places.queues[part])
    return image
