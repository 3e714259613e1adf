"""A burst far above the quota of the recognition service."""

import io
import json
from pathlib import Path

from PIL import Image

from e2e.conftest import User, cloud
from sightline_local.connection import Connection
from sightline_local.stack import Stack, consecutive_ports

QUOTA = 5
BURST = 10 * QUOTA


def test_a_burst_of_ten_times_the_quota_ends_well(tmp_path: Path) -> None:
    """The worker believes in twice the quota there is, and finds its pace by being refused."""
    settings = {
        "recognition": {"SIGHTLINE_RECOGNITION_MAX_REQUESTS_PER_SECOND": str(QUOTA)},
        "worker": {"SIGHTLINE_CALLS_PER_SECOND": str(2 * QUOTA), "SIGHTLINE_CONCURRENCY": "8"},
    }
    with Stack(consecutive_ports(0), tmp_path, settings=settings) as stack:
        stack.start()
        user = User(stack, Connection.from_stack(stack))
        sent = [user.send(f"{number}.png", tile(number)) for number in range(BURST)]
        assert [user.wait(image_id)["status"] for image_id in sent] == ["ready"] * BURST
        user.http.close()
        throttled = stack.log("worker").read_text().count("ThrottlingException")
        made = stack.resources
        assert made is not None
        sqs = cloud(stack, "sqs")
        attributes = sqs.get_queue_attributes(
            QueueUrl=made.recognition_queue_url, AttributeNames=["All"]
        )["Attributes"]
        dead_arn = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
        dead = sqs.get_queue_attributes(
            QueueUrl=sqs.get_queue_url(QueueName=dead_arn.split(":")[-1])["QueueUrl"],
            AttributeNames=["ApproximateNumberOfMessages"],
        )["Attributes"]
    assert int(dead["ApproximateNumberOfMessages"]) == 0
    # Refusals are handled where they occur: hardly a message has to be delivered again.
    assert throttled <= 2


def tile(number: int) -> bytes:
    """A picture unlike every other, so that none is known already."""
    file = io.BytesIO()
    Image.new("RGB", (100, 100), (number, 2 * number, 255 - number)).save(file, "PNG")
    return file.getvalue()
