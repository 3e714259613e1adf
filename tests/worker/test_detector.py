"""Rekognition's answers and errors, against a server that speaks its protocol."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from botocore.exceptions import ClientError

from sightline.adapters.aws.clients import Clients
from sightline.domain.failures import Rejected
from sightline.domain.recognition import (
    BoundingBox,
    DetectedFace,
    DetectedLabel,
    DetectedText,
    DominantColor,
    Feature,
    ImageQuality,
    LabelInstance,
    ModerationLabel,
    PolygonPoint,
    RecognitionProfile,
)
from sightline_worker.detector import RekognitionDetector
from sightline_worker.rate_limiter import RateLimiter
from sightline_worker.sources import Reference, Sent

BOX = {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}
OUR_BOX = BoundingBox(left=0.1, top=0.2, width=0.3, height=0.4)
COLOUR = {
    "Red": 10,
    "Green": 255,
    "Blue": 0,
    "HexCode": "#0aff00",
    "SimplifiedColor": "green",
    "PixelPercent": 40.5,
}
QUALITY = {"Brightness": 80.5, "Sharpness": 70, "Contrast": 60}

ANSWERS: dict[str, Any] = {
    "DetectLabels": {
        "Labels": [
            {
                "Name": "Dog",
                "Confidence": 98.5,
                "Parents": [{"Name": "Animal"}, {"Name": "Mammal"}],
                "Aliases": [{"Name": "Canine"}],
                "Categories": [{"Name": "Animals and Pets"}],
                "Instances": [{"BoundingBox": BOX, "Confidence": 97.25}],
            },
            {"Name": "Beach", "Confidence": 70, "Parents": [], "Instances": []},
            {"Name": "Sea", "Confidence": 60},
        ],
        "ImageProperties": {
            "Quality": QUALITY,
            "DominantColors": [COLOUR],
            "Foreground": {"Quality": {"Brightness": 1}, "DominantColors": []},
        },
        "LabelModelVersion": "3.0",
    },
    "DetectText": {
        "TextDetections": [
            {
                "DetectedText": "OPEN NOW",
                "Type": "LINE",
                "Id": 0,
                "Confidence": 99,
                "Geometry": {"BoundingBox": BOX, "Polygon": [{"X": 0.5, "Y": 0.25}]},
            },
            {
                "DetectedText": "OPEN",
                "Type": "WORD",
                "Id": 1,
                "ParentId": 0,
                "Confidence": 99,
                "Geometry": {"BoundingBox": BOX},
            },
            {
                "DetectedText": "smudge",
                "Type": "LINE",
                "Id": 2,
                "Confidence": 20,
                "Geometry": {"BoundingBox": BOX},
            },
        ],
        "TextModelVersion": "3.1",
    },
    "DetectFaces": {
        "FaceDetails": [
            {
                "BoundingBox": BOX,
                "Confidence": 99.5,
                "AgeRange": {"Low": 20, "High": 30},
                "Smile": {"Value": True, "Confidence": 90},
                "Gender": {"Value": "Female", "Confidence": 90},
                "Emotions": [
                    {"Type": "CALM", "Confidence": 5},
                    {"Type": "HAPPY", "Confidence": 90},
                    {"Type": "SAD", "Confidence": 1},
                    {"Type": "FEAR", "Confidence": 2},
                ],
            }
        ]
    },
    "DetectModerationLabels": {
        "ModerationLabels": [
            {"Name": "Smoking", "ParentName": "Drugs & Tobacco", "Confidence": 88},
            {"Name": "Drugs & Tobacco", "ParentName": "", "Confidence": 88},
        ],
        "ModerationModelVersion": "7.0",
    },
}


class Rekognition:
    """Answers as told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.errors: list[tuple[int, str]] = []
        self.asked: list[tuple[str, Any]] = []

    async def serve(self, request: web.Request) -> web.Response:
        operation = request.headers["X-Amz-Target"].removeprefix("RekognitionService.")
        self.asked.append((operation, await request.json()))
        status, answer = 200, ANSWERS[operation]
        if self.errors:
            status, code = self.errors.pop(0)
            answer = {"__type": code, "Message": "no"}
        return web.Response(
            text=json.dumps(answer), status=status, content_type="application/x-amz-json-1.1"
        )


class EagerPacer(RateLimiter):
    """Never waits, and counts how often it was told to slow down."""

    def __init__(self) -> None:
        super().__init__(1000)
        self.slowed = 0

    async def wait(self) -> None:
        pass

    def slow_down(self) -> None:
        self.slowed += 1


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
def pacer() -> EagerPacer:
    return EagerPacer()


@pytest.fixture
async def detector(
    rekognition: Rekognition, clients: Clients, pacer: EagerPacer
) -> RekognitionDetector:
    client = await clients.open("rekognition", attempts=1)
    return RekognitionDetector(client, "originals", pacer)


def profile(*features: Feature) -> RecognitionProfile:
    return RecognitionProfile(features=features, min_confidence=65, max_labels=2)


REFERENCE = Reference("originals/a/b")


async def test_everything_about_a_label_is_kept(
    detector: RekognitionDetector, rekognition: Rekognition
) -> None:
    recognition = await detector.detect(REFERENCE, profile(Feature.LABELS))
    assert recognition.labels == (
        DetectedLabel(
            name="Dog",
            confidence=98.5,
            parents=("Animal", "Mammal"),
            aliases=("Canine",),
            categories=("Animals and Pets",),
            instances=(LabelInstance(box=OUR_BOX, confidence=97.25),),
        ),
        DetectedLabel(name="Beach", confidence=70),
    )
    assert recognition.models == {Feature.LABELS: "3.0"}
    assert recognition.calls == {Feature.LABELS: 1}
    assert recognition.text is None
    assert recognition.properties is None
    assert rekognition.asked == [
        (
            "DetectLabels",
            {
                "Image": {"S3Object": {"Bucket": "originals", "Name": "originals/a/b"}},
                "Features": ["GENERAL_LABELS"],
                "MaxLabels": 2,
                "MinConfidence": 65,
            },
        )
    ]


async def test_bytes_are_sent_with_the_call(
    detector: RekognitionDetector, rekognition: Rekognition
) -> None:
    await detector.detect(Sent(b"hello"), profile(Feature.LABELS))
    assert rekognition.asked[0][1]["Image"] == {"Bytes": "aGVsbG8="}


async def test_each_kind_of_question_is_one_call(
    detector: RekognitionDetector, rekognition: Rekognition
) -> None:
    """Labels and properties are answered together, and paid for apart."""
    recognition = await detector.detect(REFERENCE, profile(*Feature))
    assert Counter(operation for operation, _ in rekognition.asked) == {
        "DetectLabels": 1,
        "DetectText": 1,
        "DetectFaces": 1,
        "DetectModerationLabels": 1,
    }
    assert recognition.calls == dict.fromkeys(Feature, 1)
    assert recognition.models.keys() == set(Feature)


async def test_lines_and_words_are_read_where_they_are_clear(
    detector: RekognitionDetector,
) -> None:
    recognition = await detector.detect(REFERENCE, profile(Feature.TEXT))
    assert recognition.labels is None
    assert recognition.text == (
        DetectedText(
            text="OPEN NOW",
            confidence=99,
            is_line=True,
            line=0,
            box=OUR_BOX,
            polygon=(PolygonPoint(x=0.5, y=0.25),),
        ),
        DetectedText(text="OPEN", confidence=99, is_line=False, line=0, box=OUR_BOX),
    )


async def test_faces_are_kept_with_what_they_show(detector: RekognitionDetector) -> None:
    recognition = await detector.detect(REFERENCE, profile(Feature.FACES))
    assert recognition.faces == (
        DetectedFace(
            box=OUR_BOX,
            confidence=99.5,
            youngest=20,
            oldest=30,
            emotions={"happy": 90, "calm": 5, "fear": 2},
            traits={"Smile": True},
        ),
    )


async def test_moderation_is_kept_with_its_wider_kind(
    detector: RekognitionDetector, rekognition: Rekognition
) -> None:
    recognition = await detector.detect(REFERENCE, profile(Feature.MODERATION))
    assert recognition.moderation == (
        ModerationLabel(name="Smoking", confidence=88, parent="Drugs & Tobacco"),
        ModerationLabel(name="Drugs & Tobacco", confidence=88),
    )
    assert rekognition.asked[0][1]["MinConfidence"] == 65


async def test_properties_alone_ask_for_no_labels(
    detector: RekognitionDetector, rekognition: Rekognition
) -> None:
    recognition = await detector.detect(REFERENCE, profile(Feature.PROPERTIES))
    assert rekognition.asked[0][1]["Features"] == ["IMAGE_PROPERTIES"]
    assert "MaxLabels" not in rekognition.asked[0][1]
    assert recognition.labels is None
    assert recognition.properties is not None
    assert recognition.properties.quality == ImageQuality(
        brightness=80.5, sharpness=70, contrast=60
    )
    assert recognition.properties.colors == (
        DominantColor(hex="#0aff00", name="green", percent=40.5),
    )
    assert recognition.properties.foreground == ImageQuality(brightness=1)
    assert recognition.properties.background is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("InvalidImageFormatException", "unsupported_format"),
        ("ImageTooLargeException", "image_too_large"),
        ("InvalidParameterException", "recognition_refused"),
    ],
)
async def test_what_is_wrong_with_the_picture_is_a_rejection(
    detector: RekognitionDetector, rekognition: Rekognition, error: str, code: str
) -> None:
    rekognition.errors = [(400, error)]
    with pytest.raises(Rejected) as caught:
        await detector.detect(REFERENCE, profile(Feature.LABELS))
    assert caught.value.failure.code == code
    assert len(rekognition.asked) == 1


@pytest.mark.parametrize(
    "error",
    ["ThrottlingException", "ProvisionedThroughputExceededException"],
)
async def test_a_throttled_call_is_made_again_at_a_slower_pace(
    detector: RekognitionDetector, rekognition: Rekognition, pacer: EagerPacer, error: str
) -> None:
    rekognition.errors = [(400, error)] * 7
    recognition = await detector.detect(REFERENCE, profile(Feature.LABELS))
    assert recognition.calls == {Feature.LABELS: 1}
    assert pacer.slowed == 7
    assert len(rekognition.asked) == 8


async def test_throttling_without_end_goes_up(
    detector: RekognitionDetector, rekognition: Rekognition
) -> None:
    rekognition.errors = [(400, "ThrottlingException")] * 100
    with pytest.raises(ClientError):
        await detector.detect(REFERENCE, profile(Feature.LABELS))
    assert len(rekognition.asked) == 8


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("AccessDeniedException", 400),
        ("InternalServerError", 500),
        ("InvalidS3ObjectException", 400),
    ],
)
async def test_anything_else_goes_up_at_once(
    detector: RekognitionDetector, rekognition: Rekognition, error: str, status: int
) -> None:
    rekognition.errors = [(status, error)]
    with pytest.raises(ClientError):
        await detector.detect(REFERENCE, profile(Feature.LABELS))
    assert len(rekognition.asked) == 1
