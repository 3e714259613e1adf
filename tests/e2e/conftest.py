"""All of Sightline as separate processes, and clients of it."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import boto3
import httpx
import pytest

from sightline_local.connection import Connection
from sightline_local.demo import request_upload, sign_in, upload
from sightline_local.environment import CREDENTIALS, REGION
from sightline_local.stack import Stack, consecutive_ports

#: Seconds that a picture may take here before a test gives up on it.
PATIENCE = 60

#: Seconds; short, so that what a killed process held is soon delivered again.
VISIBILITY = 5

Json = dict[str, Any]


class User:
    """Somebody who is signed in, at the public API."""

    def __init__(self, stack: Stack, card: Connection) -> None:
        self.stack = stack
        self.card = card
        self.http = httpx.Client(base_url=card.api, timeout=30)
        token = sign_in(self.http, card)
        self.http.headers["Authorization"] = f"Bearer {token}"

    def announce(self, name: str, body: bytes, features: Sequence[str] | None = None) -> Json:
        return request_upload(self.http, self.card, name, body, features=features)

    def send(self, name: str, body: bytes, features: Sequence[str] | None = None) -> str:
        """Upload a picture; answers its id."""
        ticket = self.announce(name, body, features)
        upload(ticket, body)
        image_id: str = ticket["image"]["id"]
        return image_id

    def get(self, image_id: str) -> Json:
        answer = self.http.get(f"/v1/images/{image_id}")
        answer.raise_for_status()
        body: Json = answer.json()
        return body

    def wait(self, image_id: str, **expected: str) -> Json:
        """The image once it has ended, or once its named parts are in the expected states."""

        def has_ended(image: Json) -> bool:
            if expected:
                return all(image[part]["state"] == state for part, state in expected.items())
            return image["status"] in {"ready", "failed"}

        return self.wait_until(image_id, has_ended)

    def wait_until(self, image_id: str, condition: Callable[[Json], bool]) -> Json:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            image = self.get(image_id)
            if condition(image):
                return image
            time.sleep(0.1)
        raise AssertionError(f"{image_id} is still {image}")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    with Stack(consecutive_ports(0), folder, VISIBILITY) as stack:
        stack.start()
        yield stack


def cloud(stack: Stack, service: str) -> Any:
    """A client of the embedded cloud itself, for what no user may see."""
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
def stranger(stack: Stack) -> Iterator[User]:
    """A second user of the same pool."""
    user = User(stack, sign_up(stack, "stranger@example.com"))
    yield user
    user.http.close()


def sign_up(stack: Stack, email: str) -> Connection:
    """The card of a new user of the stack's pool."""
    assert stack.resources is not None
    cognito, pool, password = (
        cloud(stack, "cognito-idp"),
        stack.resources.pool_id,
        "Sightline-other-2",
    )
    cognito.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=email, Password=password, Permanent=True
    )
    return Connection.from_stack(stack).model_copy(update={"email": email, "password": password})
