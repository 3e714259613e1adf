"""MiniStack as the emulator of `make run`: what it keeps, and what it rejects."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sightline_local.environment import CREDENTIALS, REGION, Environment
from sightline_local.errors import StackError
from sightline_local.mail import MESSAGES_PATH, Message, MessageList
from sightline_local.stack import Stack, consecutive_ports
from sightline_local.state_folder import StateFolder

BUCKET = "sightline-originals"
KEY = "originals/a b"
BODY = b"the bytes of a photo"


@contextmanager
def cloud(folder: Path, settings: Environment | None = None) -> Iterator[Stack]:
    """Start the emulator and create the resources; no service runs."""
    environments = {"cloud": settings} if settings else {}
    with (
        StateFolder(folder) as state,
        Stack(
            consecutive_ports(0), folder, settings=environments, cloud="ministack", state=state
        ) as stack,
    ):
        stack.start_cloud()
        yield stack


def client(stack: Stack, service: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=stack.ports.url("cloud"),
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}),
    )


def sign_in(stack: Stack) -> str:
    assert stack.resources is not None
    response = client(stack, "cognito-idp").initiate_auth(
        ClientId=stack.resources.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": stack.user.email, "PASSWORD": stack.user.password},
    )
    token: str = response["AuthenticationResult"]["AccessToken"]
    return token


def fill(stack: Stack) -> None:
    client(stack, "s3").put_object(Bucket=BUCKET, Key=KEY, Body=BODY)


def check(stack: Stack) -> None:
    """Check that what `fill` wrote is there."""
    assert client(stack, "s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == BODY


def signing_keys(stack: Stack) -> Any:
    assert stack.resources is not None
    url = f"{stack.ports.url('cloud')}/{stack.resources.pool_id}/.well-known/jwks.json"
    return httpx.get(url).json()


def test_a_clean_stop_keeps_everything(tmp_path: Path) -> None:
    with cloud(tmp_path) as stack:
        fill(stack)
        sign_in(stack)
        resources, keys = stack.resources, signing_keys(stack)
        queue = client(stack, "sqs")
        url = queue.get_queue_url(QueueName="sightline-recognition-dead")["QueueUrl"]
        queue.send_message(QueueUrl=url, MessageBody="dead")
    assert not (tmp_path / "state" / "unclean").exists()
    with cloud(tmp_path) as stack:
        check(stack)
        sign_in(stack)
        assert stack.resources is not None
        assert resources is not None
        assert stack.resources.pool_id == resources.pool_id
        assert stack.resources.client_id == resources.client_id
        assert signing_keys(stack) == keys
        queue = client(stack, "sqs")
        url = queue.get_queue_url(QueueName="sightline-recognition-dead")["QueueUrl"]
        (message,) = queue.receive_message(QueueUrl=url)["Messages"]
        assert message["Body"] == "dead"


def test_a_kill_keeps_objects_and_users(tmp_path: Path) -> None:
    """Once before the first clean stop, and once after it."""
    for _ in range(2):
        with cloud(tmp_path) as stack:
            fill(stack)
            assert stack.resources is not None
            pool_id = stack.resources.pool_id
            cognito = client(stack, "cognito-idp")
            cognito.admin_create_user(UserPoolId=pool_id, Username="b@example.com")
            stack.kill("cloud")
        assert (tmp_path / "state" / "unclean").exists()
        with cloud(tmp_path) as stack:
            check(stack)
            sign_in(stack)
            cognito = client(stack, "cognito-idp")
            cognito.admin_delete_user(UserPoolId=pool_id, Username="b@example.com")


def test_an_emulator_that_is_killed_while_it_saves_loses_nothing(tmp_path: Path) -> None:
    with cloud(tmp_path) as stack:
        fill(stack)
        stack.kill("cloud")
    services = tmp_path / "state" / "services"
    (services / "cognito.json.tmp").write_text('{"user_pools": ')
    with cloud(tmp_path) as stack:
        check(stack)
        sign_in(stack)
    assert not (services / "cognito.json.tmp").exists()


def test_a_state_that_cannot_be_saved_is_that_of_a_kill(tmp_path: Path) -> None:
    obstacle = tmp_path / "state" / "services" / "sqs.json.tmp"
    with cloud(tmp_path) as stack:
        fill(stack)
        # Nothing can be written at the name of the next snapshot.
        obstacle.mkdir()
    assert (tmp_path / "state" / "unclean").exists()
    log = (tmp_path / "logs" / "cloud.log").read_text()
    assert "the state cannot be saved: " in log
    obstacle.rmdir()
    with cloud(tmp_path) as stack:
        check(stack)
        sign_in(stack)
    assert not (tmp_path / "state" / "unclean").exists()


def test_damaged_state_ends_the_start_and_is_left_alone(tmp_path: Path) -> None:
    with cloud(tmp_path) as stack:
        fill(stack)
    path = tmp_path / "state" / "services" / "cognito.json"
    content = path.read_text()[:-20]
    path.write_text(content)
    with pytest.raises(StackError, match=r"cognito\.json is damaged: .*FRESH=1"), cloud(tmp_path):
        pass
    assert path.read_text() == content


def test_a_full_disk_rejects_uploads_but_no_deletions(tmp_path: Path) -> None:
    with cloud(tmp_path) as stack:
        fill(stack)
    with cloud(tmp_path, {"SIGHTLINE_FREE_BYTES": str(2**60)}) as stack:
        s3 = client(stack, "s3")
        with pytest.raises(ClientError, match="The disk is full"):
            s3.put_object(Bucket=BUCKET, Key="originals/2", Body=BODY)
        form = s3.generate_presigned_post(BUCKET, "originals/3")
        response = httpx.post(form["url"], data=form["fields"], files={"file": BODY})
        assert response.status_code == 507
        check(stack)
        s3.delete_object(Bucket=BUCKET, Key=KEY)
        assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_an_object_that_cannot_be_written_is_rejected(tmp_path: Path) -> None:
    """Without space, as seen by the process: the kernel rejects each write to a file."""
    with cloud(tmp_path) as stack:
        fill(stack)
        s3, pid = client(stack, "s3"), stack.pid("cloud")
        _, hard_limit = limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard_limit))
        with pytest.raises(ClientError, match="The disk is full"):
            s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"other bytes")
        form = s3.generate_presigned_post(BUCKET, "originals/2")
        response = httpx.post(form["url"], data=form["fields"], files={"file": BODY})
        assert response.status_code == 507
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        s3.put_object(Bucket=BUCKET, Key="originals/3", Body=BODY)
        stack.kill("cloud")
    with cloud(tmp_path) as stack:
        check(stack)
        contents = client(stack, "s3").list_objects_v2(Bucket=BUCKET)["Contents"]
        assert {each["Key"] for each in contents} == {KEY, "originals/3"}


def test_sent_mail_and_its_code_outlive_a_kill(tmp_path: Path) -> None:
    with cloud(tmp_path) as stack:
        assert stack.resources is not None
        client_id = stack.resources.client_id
        client(stack, "cognito-idp").sign_up(
            ClientId=client_id, Username="b@example.com", Password="sightlining1"
        )
        ses = client(stack, "ses")
        ses.verify_email_identity(EmailAddress="a@example.com")
        ses.send_email(
            Source="a@example.com",
            Destination={"ToAddresses": ["c@example.com"]},
            Message={"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "World"}}},
        )
        before = sent_messages(stack)
        stack.kill("cloud")
    with cloud(tmp_path) as stack:
        assert sent_messages(stack) == before
        assert [message.to for message in before] == [["c@example.com"], ["b@example.com"]]
        code = before[1].text.strip(".").split()[-1]
        client(stack, "cognito-idp").confirm_sign_up(
            ClientId=client_id, Username="b@example.com", ConfirmationCode=code
        )


def sent_messages(stack: Stack) -> list[Message]:
    response = httpx.get(stack.ports.url("cloud") + MESSAGES_PATH)
    return MessageList.model_validate_json(response.content).newest_first()


def test_a_web_page_cannot_reset_the_emulator(tmp_path: Path) -> None:
    with cloud(tmp_path) as stack:
        fill(stack)
        assert httpx.post(f"{stack.ports.url('cloud')}/_ministack/reset").status_code == 404
        check(stack)


def test_presigned_urls_are_accepted(tmp_path: Path) -> None:
    with cloud(tmp_path) as stack:
        fill(stack)
        s3 = client(stack, "s3")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": KEY})
        assert httpx.get(url).content == BODY
        assert httpx.get(url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 403
