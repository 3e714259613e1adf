"""Sign-up and password reset with a code by email, on moto and on MiniStack."""

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from sightline_local import verification_codes
from sightline_local.code_validity import VALIDITY_SECONDS
from sightline_local.emulators import PYTHON, PYTHON_VARIABLE
from sightline_local.mail import MESSAGES_PATH, Message, MessageList
from sightline_local.provisioning import provision
from sightline_local.stack import free_ports

ROOT = Path(__file__).parents[2]

#: Meets the password policy just so: 12 characters of any kind.
PASSWORD = "sightliningx"

NEW_PASSWORD = "sightlining2"

#: MiniStack with the patch, in MiniStack's own environment, as its server applies it. Its clock is
#: ahead by the seconds in the file that is its argument.
MINISTACK = """
import importlib, pathlib, sys, time
from sightline_local.ministack.verification_codes import patch_verification_codes
offset = pathlib.Path(sys.argv.pop())
clock = lambda: time.time() + float(offset.read_text())
patch_verification_codes(importlib.import_module("ministack.services.cognito"), clock)
importlib.import_module("ministack.app").main()
"""


def start_ministack(python: Path, port: int, log: Path, offset: Path) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "services/local/src"),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    with log.open("wb") as output:
        return subprocess.Popen(
            [python, "-c", MINISTACK, offset], env=environment, stdout=output, stderr=output
        )


def responds(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def clock_offset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the seconds by which MiniStack's clock is ahead."""
    path = tmp_path_factory.mktemp("clock") / "offset"
    path.write_text("0")
    return path


@pytest.fixture(scope="module")
def ministack_endpoint(
    tmp_path_factory: pytest.TempPathFactory, clock_offset: Path
) -> Iterator[str]:
    python = Path(os.environ.get(PYTHON_VARIABLE, ROOT / PYTHON))
    if not python.exists():
        pytest.skip("MiniStack is not installed: run `make ministack`")
    port = free_ports(1)[0]
    log = tmp_path_factory.mktemp("ministack") / "log"
    process = start_ministack(python, port, log, clock_offset)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        while not responds(f"{endpoint}/_ministack/health"):
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        yield endpoint
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(params=["moto", "ministack"])
def endpoint(request: pytest.FixtureRequest) -> str:
    name = "aws_endpoint" if request.param == "moto" else "ministack_endpoint"
    endpoint: str = request.getfixturevalue(name)
    return endpoint


@pytest.fixture
def advance(clock_offset: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Set the clocks of both emulators ahead by seconds, until the end of the test."""

    def set_ahead(seconds: int) -> None:
        clock_offset.write_text(str(seconds))
        # moto runs in this process.
        monkeypatch.setattr(verification_codes, "now", lambda: time.time() + seconds)

    yield set_ahead
    clock_offset.write_text("0")


class Pool:
    """The user pool of a provisioned stack, as the web application uses it."""

    def __init__(self, endpoint: str) -> None:
        session = boto3.Session("test", "test", region_name="eu-central-1")
        self.endpoint = endpoint
        self.client_id = provision(session, endpoint, project=uuid4().hex).client_id
        self.cognito: Any = session.client("cognito-idp", endpoint_url=endpoint)

    def sign_up(self, email: str, password: str = PASSWORD) -> None:
        self.cognito.sign_up(ClientId=self.client_id, Username=email, Password=password)

    def resend(self, email: str) -> None:
        self.cognito.resend_confirmation_code(ClientId=self.client_id, Username=email)

    def confirm(self, email: str, code: str) -> None:
        self.cognito.confirm_sign_up(ClientId=self.client_id, Username=email, ConfirmationCode=code)

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.cognito.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )

    def forgot_password(self, email: str) -> None:
        self.cognito.forgot_password(ClientId=self.client_id, Username=email)

    def reset_password(self, email: str, code: str, password: str = NEW_PASSWORD) -> None:
        self.cognito.confirm_forgot_password(
            ClientId=self.client_id, Username=email, ConfirmationCode=code, Password=password
        )

    def messages(self, email: str) -> list[Message]:
        """Return the messages to a user, newest first."""
        body = httpx.get(f"{self.endpoint}{MESSAGES_PATH}", trust_env=False).content
        found = MessageList.model_validate_json(body).newest_first()
        return [message for message in found if message.to == [email]]

    def last_code(self, email: str) -> str:
        message = self.messages(email)[0]
        assert message.subject == "Your verification code"
        return re.fullmatch(r"Your verification code is (\d{6})\.", message.text)[1]  # type: ignore[index]


@pytest.fixture
def pool(endpoint: str) -> Pool:
    return Pool(endpoint)


@pytest.fixture
def email() -> str:
    return f"{uuid4().hex}@example.com"


def other_code(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_password_that_just_meets_the_policy_signs_up(pool: Pool, email: str) -> None:
    pool.sign_up(email)
    pool.confirm(email, pool.last_code(email))
    pool.sign_in(email)


@pytest.mark.parametrize("password", ["sightlining", "Sightlinin1"])
def test_a_password_that_just_fails_the_policy_is_rejected(
    pool: Pool, email: str, password: str
) -> None:
    with pytest.raises(ClientError, match="InvalidPasswordException"):
        pool.sign_up(email, password)
    assert pool.messages(email) == []


def test_no_other_code_confirms_a_sign_up(pool: Pool, email: str) -> None:
    pool.sign_up(email)
    code = pool.last_code(email)
    with pytest.raises(ClientError, match="CodeMismatchException"):
        pool.confirm(email, other_code(code))
    with pytest.raises(ClientError, match="UserNotConfirmedException"):
        pool.sign_in(email)
    pool.confirm(email, code)
    with pytest.raises(ClientError, match="Current status is CONFIRMED"):
        pool.confirm(email, code)


def test_a_resent_code_replaces_the_last_one(pool: Pool, email: str) -> None:
    pool.sign_up(email)
    first = pool.last_code(email)
    # One code in a million is repeated.
    while (second := pool.last_code(email)) == first:
        pool.resend(email)
    assert len(pool.messages(email)) >= 2
    with pytest.raises(ClientError, match="CodeMismatchException"):
        pool.confirm(email, first)
    pool.confirm(email, second)


def test_each_user_gets_another_code(pool: Pool) -> None:
    """Of three random codes, all are equal once in 10^12 runs."""
    emails = [f"{uuid4().hex}@example.com" for _ in range(3)]
    for email in emails:
        pool.sign_up(email)
    assert len({pool.last_code(email) for email in emails}) > 1


def test_a_password_is_reset_with_the_code_that_was_sent_only(pool: Pool, email: str) -> None:
    pool.sign_up(email)
    sign_up_code = pool.last_code(email)
    pool.confirm(email, sign_up_code)
    with pytest.raises(ClientError, match="ExpiredCodeException"):
        pool.reset_password(email, sign_up_code)
    pool.forgot_password(email)
    code = pool.last_code(email)
    with pytest.raises(ClientError, match="CodeMismatchException"):
        pool.reset_password(email, other_code(code))
    with pytest.raises(ClientError, match="InvalidPasswordException"):
        pool.reset_password(email, code, "sightlining")
    pool.reset_password(email, code)
    pool.sign_in(email, NEW_PASSWORD)
    with pytest.raises(ClientError, match="NotAuthorizedException"):
        pool.sign_in(email)
    with pytest.raises(ClientError, match="ExpiredCodeException"):
        pool.reset_password(email, code)


def test_a_reset_for_an_unknown_user_sends_nothing(aws_endpoint: str, email: str) -> None:
    pool = Pool(aws_endpoint)
    pool.forgot_password(email)
    pool.resend(email)
    assert pool.messages(email) == []


def test_a_sign_up_code_expires(pool: Pool, email: str, advance: Callable[[int], None]) -> None:
    pool.sign_up(email)
    advance(VALIDITY_SECONDS["sign-up"])
    with pytest.raises(ClientError, match="ExpiredCodeException"):
        pool.confirm(email, pool.last_code(email))
    pool.resend(email)
    pool.confirm(email, pool.last_code(email))
    pool.sign_in(email)


def test_a_reset_code_expires(pool: Pool, email: str, advance: Callable[[int], None]) -> None:
    pool.sign_up(email)
    pool.confirm(email, pool.last_code(email))
    pool.forgot_password(email)
    advance(VALIDITY_SECONDS["password"] - 60)
    pool.reset_password(email, pool.last_code(email))
    pool.forgot_password(email)
    advance(2 * VALIDITY_SECONDS["password"])
    with pytest.raises(ClientError, match="ExpiredCodeException"):
        pool.reset_password(email, pool.last_code(email), PASSWORD)
    pool.sign_in(email, NEW_PASSWORD)
