"""The emulator process, called by boto3; each response is validated against the service model."""

import base64
import contextlib
import http.client
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from types_boto3_rekognition import RekognitionClient
from types_boto3_s3 import S3Client

from local.recognition.conftest import BUCKET, connect_to, serve
from local.recognition.drawn_images import blank, encode, page, rectangle, stored
from local.recognition.service_model import MODEL
from sightline_local.recognition.errors import (
    HumanLoopQuotaExceeded,
    ServiceError,
)
from sightline_local.recognition.requests import MAX_INLINE_BYTES, MAX_S3_OBJECT_BYTES
from sightline_testing.sample_images import find_images

OPERATIONS = ["DetectLabels", "DetectText", "DetectFaces", "DetectModerationLabels"]
TARGET = "RekognitionService."
PAGE = encode(page("Hello Sightline", "ROOM 42"))


def call(client: RekognitionClient, operation: str, image: Any, **members: Any) -> Any:
    snake = "".join(f"_{each.lower()}" if each.isupper() else each for each in operation)
    return getattr(client, snake.lstrip("_"))(Image=image, **members)


def put(bucket: S3Client, key: str, body: bytes) -> Any:
    """Store an image and return the reference to it."""
    bucket.put_object(Bucket=BUCKET, Key=key, Body=body)
    return {"S3Object": {"Bucket": BUCKET, "Name": key}}


def names(response: Any) -> dict[str, float]:
    return {label["Name"]: label["Confidence"] for label in response["Labels"]}


def error_code(work: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        work()
    return caught.value.response["Error"]["Code"]


def test_labels_are_computed_from_the_image(plain: RekognitionClient) -> None:
    response = plain.detect_labels(Image={"Bytes": PAGE})
    assert response["LabelModelVersion"] == "sightline-local-1/pixels"
    found = names(response)
    assert found["Text"] > 90
    assert found["Black And White"] > 90
    assert found["White"] > 90
    assert all(55 <= confidence <= 100 for confidence in found.values())
    confidences = list(found.values())
    assert confidences == sorted(confidences, reverse=True)
    empty = names(plain.detect_labels(Image={"Bytes": blank()}))
    assert "Text" not in empty
    assert empty["Blank"] == 100


def test_an_image_is_read_from_s3(plain: RekognitionClient, bucket: S3Client) -> None:
    """`Name` is the key itself, not its URL encoding."""
    for key in ("originals/a b+c%20ü.png", "x/../y"):
        image = put(bucket, key, PAGE)
        assert "Text" in names(plain.detect_labels(Image=image))


def test_the_request_of_the_worker_is_supported(plain: RekognitionClient, bucket: S3Client) -> None:
    image = put(bucket, "page.png", PAGE)
    response = plain.detect_labels(Image=image, MaxLabels=2, MinConfidence=90)
    assert len(response["Labels"]) == 2
    for label in response["Labels"]:
        assert set(label) == {"Name", "Confidence", "Instances", "Parents", "Aliases", "Categories"}


def test_labels_are_filtered_by_category(plain: RekognitionClient) -> None:
    response = plain.detect_labels(
        Image={"Bytes": PAGE},
        Settings={"GeneralLabels": {"LabelCategoryInclusionFilters": ["Text and Documents"]}},
    )
    assert list(names(response)) == ["Text"]


def test_image_properties_are_measured(plain: RekognitionClient) -> None:
    body = encode(rectangle((200, 200), (50, 50, 150, 150), "red", "navy"))
    response = plain.detect_labels(
        Image={"Bytes": body},
        Features=["IMAGE_PROPERTIES"],
        Settings={"ImageProperties": {"MaxDominantColors": 1}},
    )
    assert response["Labels"] == []
    properties = response["ImageProperties"]
    (color,) = properties["DominantColors"]
    assert (color["HexCode"], color["SimplifiedColor"]) == ("#000080", "blue")
    assert properties["Foreground"]["DominantColors"][0]["CSSColor"] == "red"
    assert properties["Background"]["Quality"]["Contrast"] == pytest.approx(0)


def test_text_is_read(plain: RekognitionClient) -> None:
    response = plain.detect_text(Image={"Bytes": PAGE})
    assert response["TextModelVersion"] == "sightline-local-1/ppocr-v6-small"
    texts = [each["DetectedText"] for each in response["TextDetections"]]
    assert texts == ["Hello Sightline", "ROOM 42", "Hello", "Sightline", "ROOM", "42"]
    filtered = plain.detect_text(
        Image={"Bytes": PAGE},
        Filters={
            "RegionsOfInterest": [
                {"BoundingBox": {"Left": 0, "Top": 0.3, "Width": 1, "Height": 0.7}}
            ]
        },
    )
    assert filtered["TextDetections"][0]["DetectedText"] == "ROOM 42"


def test_objects_are_detected_with_a_model(modeled: RekognitionClient) -> None:
    upright = rectangle((400, 200), (100, 50, 200, 150), "red")
    response = modeled.detect_labels(
        Image={"Bytes": stored(upright, 6, subsampling=0)},
        Features=["GENERAL_LABELS", "IMAGE_PROPERTIES"],
    )
    assert response["LabelModelVersion"] == "sightline-local-1/dfine-s"
    labels = {label["Name"]: label for label in response["Labels"]}
    dog = labels["Dog"]
    (instance,) = dog["Instances"]
    assert instance["BoundingBox"]["Left"] == pytest.approx(0.25, abs=0.01)
    assert instance["BoundingBox"]["Height"] == pytest.approx(0.5, abs=0.01)
    assert instance["DominantColors"][0]["SimplifiedColor"] == "red"
    assert [parent["Name"] for parent in dog["Parents"]] == ["Pet", "Mammal", "Animal"]
    assert [each["Name"] for each in dog["Categories"]] == ["Animals and Pets"]
    assert {"Pet", "Mammal", "Animal"} <= labels.keys()
    assert "Person" not in labels
    foreground = response["ImageProperties"]["Foreground"]["DominantColors"]
    assert foreground[0]["SimplifiedColor"] == "red"
    doubtful = modeled.detect_labels(Image={"Bytes": blank()}, MinConfidence=30)
    assert "Person" in names(doubtful)


def test_faces_and_unsafe_content_are_detected_with_a_model(modeled: RekognitionClient) -> None:
    body = encode(rectangle((320, 160), (64, 32, 80, 48), "blue", "black"))
    (face,) = modeled.detect_faces(Image={"Bytes": body}, Attributes=["ALL"])["FaceDetails"]
    assert face["BoundingBox"]["Width"] == pytest.approx(0.1)
    red = encode(rectangle((300, 200), (0, 0, 300, 200), "red"))
    response = modeled.detect_moderation_labels(Image={"Bytes": red})
    assert response["ModerationModelVersion"] == "sightline-local-1/falconsai-nsfw"
    assert [label["Name"] for label in response["ModerationLabels"]] == ["Explicit"]
    harmless = modeled.detect_moderation_labels(Image={"Bytes": body})
    assert harmless["ModerationLabels"] == []


@pytest.mark.parametrize("operation", ["DetectFaces", "DetectModerationLabels"])
def test_access_is_denied_without_a_model(plain: RekognitionClient, operation: str) -> None:
    with pytest.raises(
        plain.exceptions.AccessDeniedException, match=r"No model for .* is installed"
    ):
        call(plain, operation, {"Bytes": PAGE})


def test_a_new_model_is_used_without_a_restart(storage: str, models: Path, tmp_path: Path) -> None:
    with serve(storage, tmp_path) as server:
        client = connect_to(server.url)
        with pytest.raises(client.exceptions.AccessDeniedException):
            client.detect_faces(Image={"Bytes": PAGE})
        for model in ("yunet.onnx", "dfine-s.onnx"):
            (tmp_path / "download").write_bytes((models / model).read_bytes())
            (tmp_path / "download").rename(tmp_path / model)
        assert client.detect_faces(Image={"Bytes": blank(color="black")})["FaceDetails"] == []
        response = client.detect_labels(Image={"Bytes": PAGE})
        assert response["LabelModelVersion"] == "sightline-local-1/dfine-s"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_invalid_images_raise_the_documented_errors(
    modeled: RekognitionClient, bucket: S3Client, operation: str
) -> None:
    raised = modeled.exceptions
    with pytest.raises(raised.InvalidImageFormatException):
        call(modeled, operation, {"Bytes": b"GIF89a" + bytes(100)})
    with pytest.raises(raised.InvalidImageFormatException):
        call(modeled, operation, put(bucket, "cut.png", PAGE[: len(PAGE) // 2]))
    with pytest.raises(raised.ImageTooLargeException):
        call(modeled, operation, {"Bytes": blank((10_001, 80))})
    with pytest.raises(raised.ImageTooLargeException):
        call(modeled, operation, {"Bytes": bytes(MAX_INLINE_BYTES + 1)})
    with pytest.raises(raised.InvalidParameterException):
        call(modeled, operation, {"Bytes": blank((79, 79))})
    with pytest.raises(raised.InvalidParameterException):
        call(modeled, operation, {})
    for reference in ({"Bucket": BUCKET, "Name": "none"}, {"Bucket": "no-bucket", "Name": "x"}):
        with pytest.raises(raised.InvalidS3ObjectException):
            call(modeled, operation, {"S3Object": reference})
    version = {"Bucket": BUCKET, "Name": "cut.png", "Version": "none"}
    with pytest.raises(raised.InvalidS3ObjectException):
        call(modeled, operation, {"S3Object": version})


def test_an_image_in_s3_may_be_larger_than_an_inline_one(
    plain: RekognitionClient, bucket: S3Client
) -> None:
    """Bytes after the end of a PNG enlarge the file without changing the image."""
    large = put(bucket, "large.png", PAGE + bytes(MAX_INLINE_BYTES))
    assert "Text" in names(plain.detect_labels(Image=large))
    with pytest.raises(plain.exceptions.ImageTooLargeException):
        plain.detect_labels(Image=put(bucket, "huge.png", PAGE + bytes(MAX_S3_OBJECT_BYTES)))


def test_moderation_raises_the_documented_errors(
    plain: RekognitionClient, storage: str, tmp_path: Path
) -> None:
    loop: Any = {"HumanLoopName": "a", "FlowDefinitionArn": "arn:aws:sagemaker:x:1:flow/y"}
    with pytest.raises(plain.exceptions.HumanLoopQuotaExceededException) as caught:
        plain.detect_moderation_labels(Image={"Bytes": PAGE}, HumanLoopConfig=loop)
    response: Any = caught.value.response
    assert response["ResourceType"] == HumanLoopQuotaExceeded.details["ResourceType"]
    project = "arn:aws:rekognition:eu-central-1:123456789012:project/a/version/b/1"
    with pytest.raises(plain.exceptions.ResourceNotFoundException):
        plain.detect_moderation_labels(Image={"Bytes": PAGE}, ProjectVersion=project)
    (tmp_path / "falconsai-nsfw.onnx.part").touch()
    with serve(storage, tmp_path) as server:
        client = connect_to(server.url)
        with pytest.raises(client.exceptions.ResourceNotReadyException):
            client.detect_moderation_labels(Image={"Bytes": PAGE})


def test_unreachable_storage_is_a_server_error(empty_folder: Path) -> None:
    """A client retries a server error; it would give up on a missing object."""
    with serve("http://127.0.0.1:9", empty_folder) as server:
        client = connect_to(server.url)
        for operation in ("DetectLabels", "DetectText"):
            with pytest.raises(client.exceptions.InternalServerError) as caught:
                call(client, operation, {"S3Object": {"Bucket": BUCKET, "Name": "x"}})
            assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
        assert "Text" in names(client.detect_labels(Image={"Bytes": PAGE}))


@pytest.mark.parametrize("error", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_requests_beyond_the_rate_limit_are_throttled(
    storage: str, empty_folder: Path, error: str
) -> None:
    settings = {"max_requests_per_second": 0.001, "throttle_with": error}
    with serve(storage, empty_folder, **settings) as server:
        client = connect_to(server.url)
        client.detect_text(Image={"Bytes": PAGE})
        assert error_code(lambda: client.detect_text(Image={"Bytes": PAGE})) == error
        client.detect_labels(Image={"Bytes": PAGE})


def test_every_documented_error_has_a_class() -> None:
    codes = {error.code for error in ServiceError.__subclasses__()}
    modeled = {
        shape.name for name in OPERATIONS for shape in MODEL.operation_model(name).error_shapes
    }
    assert modeled <= codes


def test_a_broken_model_fails_its_own_operation_only(storage: str, tmp_path: Path) -> None:
    (tmp_path / "yunet.onnx").write_bytes(b"no model")
    with serve(storage, tmp_path) as server:
        client = connect_to(server.url)
        with pytest.raises(client.exceptions.InternalServerError):
            client.detect_faces(Image={"Bytes": PAGE})
        assert "Text" in names(client.detect_labels(Image={"Bytes": PAGE}))


@pytest.mark.parametrize(
    ("target", "body", "code"),
    [
        ("RekognitionService.CreateCollection", "{}", "UnknownOperationException"),
        ("DynamoDB_20120810.GetItem", "{}", "UnknownOperationException"),
        ("RekognitionService", "{}", "UnknownOperationException"),
        ("", "{}", "UnknownOperationException"),
        (TARGET + "DetectLabels", "", "InvalidParameterException"),
        (TARGET + "DetectLabels", "{", "SerializationException"),
        (TARGET + "DetectLabels", "[]", "SerializationException"),
        (TARGET + "DetectLabels", "\xff", "SerializationException"),
        (TARGET + "DetectLabels", '{"Image":' * 5000 + "}" * 5000, "SerializationException"),
        (TARGET + "DetectLabels", '{"Image":{"Bytes":NaN}}', "InvalidParameterException"),
        (TARGET + "DetectLabels", "x" * (8 << 20), "ImageTooLargeException"),
    ],
)
def test_malformed_requests_raise_protocol_errors(
    plain_url: str, target: str, body: str, code: str
) -> None:
    response = httpx.post(
        plain_url, content=body.encode("latin-1"), headers={"X-Amz-Target": target}, timeout=30
    )
    assert response.status_code == 400
    assert response.json()["__type"] == code
    assert response.json()["Message"]
    assert response.headers["content-type"] == "application/x-amz-json-1.1"
    assert response.headers["x-amzn-requestid"]


def test_unsigned_requests_are_accepted(plain_url: str) -> None:
    response = httpx.post(
        plain_url,
        json={"Image": {"Bytes": base64.b64encode(PAGE).decode()}},
        headers={"X-Amz-Target": TARGET + "DetectLabels"},
        timeout=30,
    )
    assert response.status_code == 200


def test_other_methods_and_paths_are_rejected(plain_url: str) -> None:
    assert httpx.get(plain_url).status_code == 405
    assert httpx.get(f"{plain_url}/else").status_code == 404
    assert httpx.post(f"{plain_url}/health").status_code == 405


def test_a_client_that_disconnects_does_not_affect_others(
    plain: RekognitionClient, plain_url: str
) -> None:
    url = urlsplit(plain_url)
    connection = http.client.HTTPConnection(url.hostname or "", url.port)
    connection.putrequest("POST", "/")
    connection.putheader("X-Amz-Target", TARGET + "DetectLabels")
    connection.putheader("Content-Length", "1000000")
    connection.endheaders(b"{")
    connection.close()
    assert plain.detect_labels(Image={"Bytes": PAGE})["Labels"]


def test_concurrent_callers_get_their_own_responses(plain: RekognitionClient) -> None:
    bodies = {text: encode(page(text)) for text in ("North", "South", "East", "West")}
    found: dict[str, str] = {}

    def read(text: str) -> None:
        response = plain.detect_text(Image={"Bytes": bodies[text]})
        found[text] = response["TextDetections"][0]["DetectedText"]

    threads = [threading.Thread(target=read, args=(text,)) for text in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {text: text for text in bodies}


def test_malformed_files_do_not_affect_the_server(
    plain: RekognitionClient, bucket: S3Client
) -> None:
    """Files of the test image folder, if it exists, and generated ones."""
    bodies = [file.read_bytes() for file in find_images("malformed")]
    bodies += [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", PAGE[:100], b"\0" * 1000]
    raised = plain.exceptions
    rejections = (
        raised.InvalidImageFormatException,
        raised.ImageTooLargeException,
        raised.InvalidParameterException,
    )
    for body in bodies:
        with contextlib.suppress(*rejections):
            plain.detect_labels(Image=put(bucket, "malformed", body))
    assert plain.detect_labels(Image={"Bytes": PAGE})["Labels"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_stops_immediately_during_recognition(
    storage: str, empty_folder: Path, number: signal.Signals
) -> None:
    """The exit code is that of a normal shutdown."""
    with serve(storage, empty_folder, threads=1, concurrency=1) as server:
        client = connect_to(server.url)
        caller = threading.Thread(target=lambda: _call_and_ignore_errors(client))
        caller.start()
        server.process.send_signal(number)
        assert server.process.wait(20) == 0
        caller.join()


def _call_and_ignore_errors(client: RekognitionClient) -> None:
    with contextlib.suppress(ClientError, BotoCoreError):
        client.detect_text(Image={"Bytes": PAGE})


def test_faces_and_moderation_are_answered_by_packaged_models(tagged: RekognitionClient) -> None:
    body = blank((320, 240))
    assert tagged.detect_faces(Image={"Bytes": body})["FaceDetails"] == []
    response = tagged.detect_moderation_labels(Image={"Bytes": body})
    assert response["ModerationLabels"] == []
    assert response["ModerationModelVersion"] == "sightline-local-1/open-nsfw"
