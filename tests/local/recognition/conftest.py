"""Emulator processes, called by boto3; every response is validated against the service model."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import httpx
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer
from types_boto3_rekognition import RekognitionClient
from types_boto3_s3 import S3Client

from local.recognition import onnx_models
from local.recognition.service_model import check_error, check_response
from sightline_local.recognition.text import RapidTextReader

REGION = "eu-central-1"
BUCKET = "images"

#: The emulators accept any credentials.
CALLER = boto3.Session("test", "test", region_name=REGION)


class Server(NamedTuple):
    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def serve(storage: str, folder: Path, **settings: object) -> Iterator[Server]:
    """Run `python -m sightline_local.recognition` and assert that it exits with code 0.

    Without other settings, it uses no packaged model.
    """
    settings = {"faces": False, "moderation": False, "tags": False} | settings
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": storage,
        "SIGHTLINE_RECOGNITION_PORT": str(port),
        "SIGHTLINE_RECOGNITION_MODELS": str(folder),
        **{f"SIGHTLINE_RECOGNITION_{name.upper()}": str(each) for name, each in settings.items()},
    }
    command = [sys.executable, "-m", "sightline_local.recognition"]
    with subprocess.Popen(command, env=environment) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_until_healthy(url, process)
            yield Server(url, process)
        finally:
            process.terminate()
            code = process.wait(20)
        assert code == 0


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server exited unexpectedly"
        try:
            assert httpx.get(f"{url}/health", timeout=5).json() == {"status": "ok"}
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not start in time")


def connect_to(url: str) -> RekognitionClient:
    """Return a client without retries that validates each response."""
    client = CALLER.client(
        "rekognition",
        endpoint_url=url,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )
    client.meta.events.register("response-received.rekognition", _validate_response)
    return client


def _validate_response(response_dict: dict[str, Any] | None, event_name: str, **_: Any) -> None:
    if response_dict is None:
        # The server closed the connection without a response.
        return
    operation = event_name.rpartition(".")[2]
    body = json.loads(response_dict["body"])
    if response_dict["status_code"] == 200:
        check_response(operation, body)
    else:
        check_error(operation, body["__type"], body)


@pytest.fixture(scope="session")
def storage() -> Iterator[str]:
    """The URL of an S3 emulator."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def bucket(storage: str) -> S3Client:
    """A client of the S3 emulator, in which `BUCKET` exists."""
    client = CALLER.client("s3", endpoint_url=storage)
    client.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return client


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder without models."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with a model per task, under the names of the real models."""
    folder = tmp_path_factory.mktemp("models")
    onnx_models.save_objects(folder / "dfine-s.onnx")
    onnx_models.save_faces(folder / "yunet.onnx")
    onnx_models.save_moderation(folder / "falconsai-nsfw.onnx")
    return folder


@pytest.fixture(scope="session")
def plain_url(storage: str, empty_folder: Path) -> Iterator[str]:
    """The URL of an emulator without models."""
    with serve(storage, empty_folder) as server:
        yield server.url


@pytest.fixture(scope="session")
def plain(plain_url: str) -> RekognitionClient:
    """A client of an emulator without models."""
    return connect_to(plain_url)


@pytest.fixture(scope="session")
def modeled(storage: str, models: Path) -> Iterator[RekognitionClient]:
    """A client of an emulator with a downloaded model per task, and without tags."""
    with serve(storage, models) as server:
        yield connect_to(server.url)


@pytest.fixture(scope="session")
def converted_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the models that the tests convert from packages, once."""
    return tmp_path_factory.mktemp("converted")


@pytest.fixture(scope="session")
def tagged(storage: str, empty_folder: Path, converted_models: Path) -> Iterator[RekognitionClient]:
    """A client of an emulator with the models of packages only, as after `make run`."""
    packaged = {"faces": True, "moderation": True, "tags": True}
    with serve(storage, empty_folder, converted_models=converted_models, **packaged) as server:
        yield connect_to(server.url)


@pytest.fixture(scope="session")
def reader() -> RapidTextReader:
    """The real engine, shared by all tests."""
    return RapidTextReader(threads=2, batch=6)
