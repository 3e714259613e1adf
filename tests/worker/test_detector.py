"""Rekognition's answers and errors, against a server that speaks its protocol."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from botocore.exceptions import ClientError

from sightline.aws import Clients
from sightline.consumer import Rejected
from sightline.recognition import Box, Instance, Label
from sightline_worker.detector import RekognitionDetector

ANSWER: dict[str, Any] = {
    "Labels": [
        {
            "Name": "Dog",
            "Confidence": 98.5,
            "Parents": [{"Name": "Animal"}, {"Name": "Mammal"}],
            "Aliases": [{"Name": "Canine"}],
            "Categories": [{"Name": "Animals and Pets"}],
            "Instances": [
                {
                    "BoundingBox": {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4},
                    "Confidence": 97.25,
                }
            ],
        },
        {"Name": "Beach", "Confidence": 70, "Parents": [], "Instances": []},
        {"Name": "Sea", "Confidence": 60},
    ],
    "LabelModelVersion": "3.0",
}


class Rekognition:
    """Answers as told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.answer = ANSWER
        self.asked: list[Any] = []

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        return web.Response(
            text=json.dumps(self.answer),
            status=self.status,
            content_type="application/x-amz-json-1.1",
        )


@pytest.fixture
async def rekognition(
    aws_environment: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Rekognition]:
    rekognition = Rekognition()
    application = web.Application()
    application.router.add_post("/", rekognition.serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", f"http://127.0.0.1:{port}")
    yield rekognition
    await runner.cleanup()


@pytest.fixture
async def detector(rekognition: Rekognition, clients: Clients) -> RekognitionDetector:
    client = await clients.open("rekognition")
    return RekognitionDetector(client, "originals", max_labels=2, min_confidence=65)


async def test_everything_about_a_label_is_kept(
    detector: RekognitionDetector, rekognition: Rekognition
) -> None:
    recognition = await detector.detect("originals/a/b")
    assert recognition.labels == (
        Label(
            name="Dog",
            confidence=98.5,
            parents=("Animal", "Mammal"),
            aliases=("Canine",),
            categories=("Animals and Pets",),
            instances=(
                Instance(box=Box(left=0.1, top=0.2, width=0.3, height=0.4), confidence=97.25),
            ),
        ),
        Label(name="Beach", confidence=70),
    )
    assert recognition.label_model_version == "3.0"
    assert (recognition.min_confidence, recognition.max_labels) == (65, 2)
    assert rekognition.asked == [
        {
            "Image": {"S3Object": {"Bucket": "originals", "Name": "originals/a/b"}},
            "MaxLabels": 2,
            "MinConfidence": 65,
        }
    ]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("InvalidImageFormatException", "unsupported_format"),
        ("ImageTooLargeException", "picture_too_large"),
    ],
)
async def test_what_is_wrong_with_the_picture_is_a_rejection(
    detector: RekognitionDetector, rekognition: Rekognition, error: str, code: str
) -> None:
    rekognition.status, rekognition.answer = 400, {"__type": error, "Message": "no"}
    with pytest.raises(Rejected) as caught:
        await detector.detect("originals/a/b")
    assert caught.value.failure.code == code


@pytest.mark.parametrize(
    ("error", "status"), [("AccessDeniedException", 400), ("InternalServerError", 500)]
)
async def test_anything_else_goes_up(
    detector: RekognitionDetector, rekognition: Rekognition, error: str, status: int
) -> None:
    rekognition.status, rekognition.answer = status, {"__type": error, "Message": "no"}
    with pytest.raises(ClientError):
        await detector.detect("originals/a/b")
