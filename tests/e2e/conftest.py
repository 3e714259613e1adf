"""Fixtures of the end-to-end tests: a stack of real processes, and its users."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import boto3
import httpx
import pytest

from sightline_local.connection import Connection
from sightline_local.demo import request_upload, sign_in, upload
from sightline_local.environment import CREDENTIALS, REGION
from sightline_local.sample_image import draw_sample
from sightline_local.stack import Stack, consecutive_ports
from sightline_testing.trace_receiver import TraceReceiver, run_trace_receiver

#: Timeout for anything that a test waits for, seconds.
TIMEOUT_SECONDS = 60

#: Visibility timeout of the queues, short so that messages of a killed process return soon.
VISIBILITY_SECONDS = 5

Json = dict[str, Any]

_widths = itertools.count(700)


def draw_new_sample() -> bytes:
    """Draw a photo with new bytes, since known ones are not recognized again."""
    return draw_sample(size=(next(_widths), 480))


class User:
    """A signed-in user of the public API."""

    def __init__(self, stack: Stack, connection: Connection) -> None:
        self.stack = stack
        self.connection = connection
        self.http = httpx.Client(base_url=connection.api, timeout=30)
        token = sign_in(self.http, connection)
        self.http.headers["Authorization"] = f"Bearer {token}"

    def request_upload(self, name: str, body: bytes, features: Sequence[str] | None = None) -> Json:
        """Create an image that declares the body, and return its upload."""
        return request_upload(self.http, self.connection, name, body, features=features)

    def upload(self, name: str, body: bytes, features: Sequence[str] | None = None) -> str:
        """Upload an image, and return its id."""
        created = self.request_upload(name, body, features)
        upload(created, body)
        image_id: str = created["image"]["id"]
        return image_id

    def get(self, image_id: str) -> Json:
        response = self.http.get(f"/v1/images/{image_id}")
        response.raise_for_status()
        body: Json = response.json()
        return body

    def list_images(self) -> list[Json]:
        """Return the summaries of all images, also of those that no consumer has seen yet."""
        images: dict[str, Json] = {}
        # In this order: an image that a consumer begins to process in between is in both lists.
        for params in ({"status": "awaiting_upload"}, {}):
            response = self.http.get("/v1/images", params=params).raise_for_status()
            images |= {item["id"]: item for item in response.json()["items"]}
        return list(images.values())

    def wait(self, image_id: str, **expected: str) -> Json:
        """Wait until the image is processed, or until its parts are in the expected states."""

        def is_done(image: Json) -> bool:
            if expected:
                return all(image[part]["state"] == state for part, state in expected.items())
            return image["status"] in {"ready", "failed"}

        return self.wait_until(image_id, is_done)

    def wait_until(self, image_id: str, condition: Callable[[Json], bool]) -> Json:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            image = self.get(image_id)
            if condition(image):
                return image
            time.sleep(0.1)
        raise AssertionError(f"{image_id} is still {image}")


@pytest.fixture(scope="session")
def receiver() -> Iterator[TraceReceiver]:
    """A receiver of the traces of the stack, in this process."""
    with run_trace_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, receiver: TraceReceiver) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    traced = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "OTEL_METRIC_EXPORT_INTERVAL": "250",
        "SIGHTLINE_METRICS": "otlp",
        "SIGHTLINE_TRACE_URL": f"{receiver.url}/traces/{{trace_id}}",
        "SIGHTLINE_TRACE_OWNER_KEY": "key",
    }
    settings = dict.fromkeys(("api", "worker", "resizer"), traced)
    with Stack(consecutive_ports(0), folder, VISIBILITY_SECONDS, settings) as stack:
        stack.start()
        yield stack


def cloud(stack: Stack, service: str) -> Any:
    """Return a client of the AWS emulator, for what no user can access."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=stack.ports.url("cloud"),
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


@pytest.fixture(scope="session")
def user(stack: Stack) -> Iterator[User]:
    user = User(stack, Connection.from_stack(stack))
    yield user
    user.http.close()


@pytest.fixture(scope="session")
def other_user(stack: Stack) -> Iterator[User]:
    """A second user of the same pool."""
    user = User(stack, sign_up(stack, "other@example.com"))
    yield user
    user.http.close()


def sign_up(stack: Stack, email: str) -> Connection:
    """Create a user in the pool of the stack, and return its connection."""
    assert stack.resources is not None
    cognito, pool = cloud(stack, "cognito-idp"), stack.resources.pool_id
    password = "Sightline-other-2"
    cognito.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=email, Password=password, Permanent=True
    )
    return Connection.from_stack(stack).model_copy(update={"email": email, "password": password})
