"""The event bus in the AWS emulator, read by the program of docs/event-bus.md."""

import os
import re
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import boto3

from sightline.adapters.aws.clients import Clients
from sightline.adapters.memory import memory_tables
from sightline.domain.events import image_event
from sightline_notifier.event_bus import EventBridgeBus, EventBusChannel
from sightline_testing.builders import make_image, make_recognition, make_rendition_set

PAGE = Path(__file__).parents[2] / "docs" / "event-bus.md"
REGION = "eu-central-1"


def _create_rule(endpoint: str) -> None:
    """Create the resources of the example."""
    session = boto3.Session("test", "test", region_name=REGION)
    sqs = session.client("sqs", endpoint_url=endpoint)
    events = session.client("events", endpoint_url=endpoint)
    url = sqs.create_queue(QueueName="cats")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    events.create_event_bus(Name="sightline-dev")
    pattern = '{"source": ["sightline"], "detail-type": ["image.ready"], '
    pattern += '"detail": {"image": {"labels": ["Cat"]}}}'
    events.put_rule(Name="cats", EventBusName="sightline-dev", EventPattern=pattern)
    target = {"Id": "cats", "Arn": arn["Attributes"]["QueueArn"]}
    events.put_targets(Rule="cats", EventBusName="sightline-dev", Targets=[target])


async def test_the_documented_reader_receives_the_matching_images(aws_environment: str) -> None:
    _create_rule(aws_environment)
    tables = memory_tables()
    images = []
    for label in ("Cat", "Dog", "Cat"):
        image = make_image()
        recognition = image.recognition.begin("etag").succeed(make_recognition(label))
        renditions = image.renditions.begin("etag").succeed(make_rendition_set())
        image = image.with_part("recognition", recognition).with_part("renditions", renditions)
        await tables.images.create(image)
        images.append(image)
    async with AsyncExitStack() as stack:
        client = await Clients(stack, REGION).open("events")
        bus = EventBridgeBus(client, "sightline-dev")
        channel = EventBusChannel(bus, tables.images, tables.albums)
        updated = [image_event(image.key, "updated") for image in images]
        deleted = image_event(images[0].key, "deleted")
        # The first event is published twice, as after a redelivery.
        await channel.notify_all([*updated, deleted, updated[0]])
    lines = _run_example(aws_environment, 2)
    assert sorted(lines) == sorted(
        f"image.ready {image.image_id} Cat" for image in (images[0], images[2])
    )


def _run_example(endpoint: str, number: int) -> list[str]:
    """Run the program of the page, and return its first lines."""
    (program,) = re.findall(r"```python\n(.+?)```", PAGE.read_text(), re.DOTALL)
    environment = {**os.environ, "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": endpoint}
    with subprocess.Popen(
        [sys.executable, "-c", program, "cats"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().rstrip() for _ in range(number)]
        process.kill()
    return lines
