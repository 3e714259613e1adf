"""Rekognition's responses and errors, from a server with its protocol."""

import base64
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
from sightline_worker.image_sources import InlineJpeg, S3Reference
from sightline_worker.rate_limiter import RateLimiter

#: The same bounding box in a response and in the domain model.
BOX = {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}
EXPECTED_BOX = BoundingBox(left=0.1, top=0.2, width=0.3, height=0.4)
COLOR = {
    "Red": 10,
    "Green": 255,
    "Blue": 0,
    "HexCode": "#0aff00",
    "SimplifiedColor": "green",
    "PixelPercent": 40.5,
}
QUALITY = {"Brightness": 80.5, "Sharpness": 70, "Contrast": 60}

RESPONSES: dict[str, Any] = {
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
            "DominantColors": [COLOR],
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


class FakeRekognition:
    """Returns `RESPONSES`, but first the `errors` (status and code), and records every request."""

    def __init__(self) -> None:
        self.errors: list[tuple[int, str]] = []
        self.requests: list[tuple[str, Any]] = []
        self.headers: dict[str, str] = {}

    async def handle(self, request: web.Request) -> web.Response:
        operation = request.headers["X-Amz-Target"].removeprefix("RekognitionService.")
        self.requests.append((operation, await request.json()))
        status, response = 200, RESPONSES[operation]
        if self.errors:
            status, code = self.errors.pop(0)
            response = {"__type": code, "Message": "no"}
        return web.Response(
            text=json.dumps(response),
            status=status,
            headers=self.headers,
            content_type="application/x-amz-json-1.1",
        )


class CountingRateLimiter(RateLimiter):
    """A rate limiter that never waits, and counts the calls of `slow_down`."""

    def __init__(self) -> None:
        super().__init__(1000)
        self.slow_downs = 0

    async def wait(self) -> None:
        pass

    def slow_down(self) -> None:
        self.slow_downs += 1


@pytest.fixture
async def rekognition(
    aws_environment: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FakeRekognition]:
    rekognition = FakeRekognition()
    application = web.Application()
    application.router.add_post("/", rekognition.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", f"http://127.0.0.1:{port}")
    yield rekognition
    await runner.cleanup()


@pytest.fixture
def rate_limiter() -> CountingRateLimiter:
    return CountingRateLimiter()


@pytest.fixture
async def detector(
    rekognition: FakeRekognition, clients: Clients, rate_limiter: CountingRateLimiter
) -> RekognitionDetector:
    client = await clients.open("rekognition", attempts=1)
    return RekognitionDetector(client, "originals", rate_limiter)


def profile(*features: Feature) -> RecognitionProfile:
    return RecognitionProfile(features=features, min_confidence=65, max_labels=2)


REFERENCE = S3Reference("originals/a/b")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("gIF/", b"\x80\x81\x7f"),
        ("", None),
        ("not base64!", None),
        (base64.b64encode(bytes(257)).decode(), None),
    ],
)
async def test_the_vector_of_an_image_is_optional(
    detector: RekognitionDetector,
    rekognition: FakeRekognition,
    header: str | None,
    expected: bytes | None,
) -> None:
    """Amazon Rekognition returns none."""
    if header is not None:
        rekognition.headers["x-sightline-image-vector"] = header
    recognition = await detector.detect(REFERENCE, profile(Feature.LABELS))
    assert recognition.vector == expected
    assert recognition.labels


async def test_a_label_is_stored_with_all_its_details(
    detector: RekognitionDetector, rekognition: FakeRekognition
) -> None:
    recognition = await detector.detect(REFERENCE, profile(Feature.LABELS))
    assert recognition.labels == (
        DetectedLabel(
            name="Dog",
            confidence=98.5,
            parents=("Animal", "Mammal"),
            aliases=("Canine",),
            categories=("Animals and Pets",),
            instances=(LabelInstance(box=EXPECTED_BOX, confidence=97.25),),
        ),
        DetectedLabel(name="Beach", confidence=70),
    )
    assert recognition.models == {Feature.LABELS: "3.0"}
    assert recognition.calls == {Feature.LABELS: 1}
    assert recognition.text is None
    assert recognition.properties is None
    assert rekognition.requests == [
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


async def test_an_inline_jpeg_is_part_of_the_request(
    detector: RekognitionDetector, rekognition: FakeRekognition
) -> None:
    await detector.detect(InlineJpeg(b"hello"), profile(Feature.LABELS))
    assert rekognition.requests[0][1]["Image"] == {"Bytes": "aGVsbG8="}


async def test_each_operation_is_called_once(
    detector: RekognitionDetector, rekognition: FakeRekognition
) -> None:
    """Labels and properties share a call, and are billed separately."""
    recognition = await detector.detect(REFERENCE, profile(*Feature))
    assert Counter(operation for operation, _ in rekognition.requests) == {
        "DetectLabels": 1,
        "DetectText": 1,
        "DetectFaces": 1,
        "DetectModerationLabels": 1,
    }
    assert recognition.calls == dict.fromkeys(Feature, 1)
    assert recognition.models.keys() == set(Feature)


async def test_text_below_the_minimum_confidence_is_dropped(
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
            box=EXPECTED_BOX,
            polygon=(PolygonPoint(x=0.5, y=0.25),),
        ),
        DetectedText(text="OPEN", confidence=99, is_line=False, line=0, box=EXPECTED_BOX),
    )


async def test_a_face_is_stored_with_its_age_emotions_and_traits(
    detector: RekognitionDetector,
) -> None:
    recognition = await detector.detect(REFERENCE, profile(Feature.FACES))
    assert recognition.faces == (
        DetectedFace(
            box=EXPECTED_BOX,
            confidence=99.5,
            youngest=20,
            oldest=30,
            emotions={"happy": 90, "calm": 5, "fear": 2},
            traits={"Smile": True},
        ),
    )


async def test_a_moderation_label_is_stored_with_its_parent(
    detector: RekognitionDetector, rekognition: FakeRekognition
) -> None:
    recognition = await detector.detect(REFERENCE, profile(Feature.MODERATION))
    assert recognition.moderation == (
        ModerationLabel(name="Smoking", confidence=88, parent="Drugs & Tobacco"),
        ModerationLabel(name="Drugs & Tobacco", confidence=88),
    )
    assert rekognition.requests[0][1]["MinConfidence"] == 65


async def test_a_request_for_properties_alone_omits_labels_and_their_options(
    detector: RekognitionDetector, rekognition: FakeRekognition
) -> None:
    recognition = await detector.detect(REFERENCE, profile(Feature.PROPERTIES))
    assert rekognition.requests[0][1]["Features"] == ["IMAGE_PROPERTIES"]
    assert "MaxLabels" not in rekognition.requests[0][1]
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
async def test_an_error_about_the_image_rejects_it(
    detector: RekognitionDetector, rekognition: FakeRekognition, error: str, code: str
) -> None:
    rekognition.errors = [(400, error)]
    with pytest.raises(Rejected) as caught:
        await detector.detect(REFERENCE, profile(Feature.LABELS))
    assert caught.value.failure.code == code
    assert len(rekognition.requests) == 1


@pytest.mark.parametrize(
    "error",
    ["ThrottlingException", "ProvisionedThroughputExceededException"],
)
async def test_a_throttled_call_is_retried_at_a_lower_rate(
    detector: RekognitionDetector,
    rekognition: FakeRekognition,
    rate_limiter: CountingRateLimiter,
    error: str,
) -> None:
    rekognition.errors = [(400, error)] * 7
    recognition = await detector.detect(REFERENCE, profile(Feature.LABELS))
    assert recognition.calls == {Feature.LABELS: 1}
    assert rate_limiter.slow_downs == 7
    assert len(rekognition.requests) == 8


async def test_persistent_throttling_raises_the_client_error(
    detector: RekognitionDetector, rekognition: FakeRekognition
) -> None:
    rekognition.errors = [(400, "ThrottlingException")] * 100
    with pytest.raises(ClientError):
        await detector.detect(REFERENCE, profile(Feature.LABELS))
    assert len(rekognition.requests) == 8


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("AccessDeniedException", 400),
        ("InternalServerError", 500),
        ("InvalidS3ObjectException", 400),
    ],
)
async def test_any_other_error_is_raised_without_a_retry(
    detector: RekognitionDetector, rekognition: FakeRekognition, error: str, status: int
) -> None:
    rekognition.errors = [(status, error)]
    with pytest.raises(ClientError):
        await detector.detect(REFERENCE, profile(Feature.LABELS))
    assert len(rekognition.requests) == 1
