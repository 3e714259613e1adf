"""A burst far above the quota of Rekognition."""

import io
import json
from pathlib import Path

from PIL import Image

from e2e.conftest import User, cloud
from sightline_local.connection import Connection
from sightline_local.stack import Stack, consecutive_ports

QUOTA = 5
BURST = 10 * QUOTA


def test_a_burst_of_ten_times_the_quota_is_processed(tmp_path: Path) -> None:
    """The worker is configured for twice the quota, and adapts to throttling."""
    settings = {
        "recognition": {"SIGHTLINE_RECOGNITION_MAX_REQUESTS_PER_SECOND": str(QUOTA)},
        "worker": {"SIGHTLINE_CALLS_PER_SECOND": str(2 * QUOTA), "SIGHTLINE_CONCURRENCY": "8"},
    }
    with Stack(consecutive_ports(0), tmp_path, settings=settings) as stack:
        stack.start()
        user = User(stack, Connection.from_stack(stack))
        image_ids = [user.upload(f"{number}.png", draw_tile(number)) for number in range(BURST)]
        assert [user.wait(image_id)["status"] for image_id in image_ids] == ["ready"] * BURST
        user.http.close()
        throttled = stack.log("worker").read_text().count("ThrottlingException")
        resources = stack.resources
        assert resources is not None
        sqs = cloud(stack, "sqs")
        attributes = sqs.get_queue_attributes(
            QueueUrl=resources.recognition_queue_url, AttributeNames=["All"]
        )["Attributes"]
        dead_letter_arn = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
        dead_letters = sqs.get_queue_attributes(
            QueueUrl=sqs.get_queue_url(QueueName=dead_letter_arn.split(":")[-1])["QueueUrl"],
            AttributeNames=["ApproximateNumberOfMessages"],
        )["Attributes"]
    assert int(dead_letters["ApproximateNumberOfMessages"]) == 0
    # Throttled calls are retried within the call, so hardly any message is redelivered.
    assert throttled <= 2


def draw_tile(number: int) -> bytes:
    """Draw a unique image, so that no recognition is cached."""
    file = io.BytesIO()
    Image.new("RGB", (100, 100), (number, 2 * number, 255 - number)).save(file, "PNG")
    return file.getvalue()
