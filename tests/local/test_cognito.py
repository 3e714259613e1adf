"""The Cognito emulator on moto: user IDs that outlive it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.cognitoidp import models
from moto.server import ThreadedMotoServer

from sightline_local.cognito import PermanentUser

EMAIL = "a@example.com"


@pytest.fixture
def cognito(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(models, "CognitoIdpUser", PermanentUser)
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield boto3.client(
        "cognito-idp",
        region_name="eu-central-1",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    server.stop()


def create_user(cognito: Any, pool: str, email: str) -> str:
    """Create a user, and return the ID."""
    user = cognito.admin_create_user(
        UserPoolId=pool, Username=email, UserAttributes=[{"Name": "email", "Value": email}]
    )["User"]
    attributes: dict[str, str] = {each["Name"]: each["Value"] for each in user["Attributes"]}
    return attributes["sub"]


def test_a_user_who_is_created_again_has_the_same_id(cognito: Any) -> None:
    pools = [
        cognito.create_user_pool(PoolName=name, UsernameAttributes=["email"])["UserPool"]["Id"]
        for name in ("a", "b")
    ]
    first = create_user(cognito, pools[0], EMAIL)
    user = cognito.admin_get_user(UserPoolId=pools[0], Username=EMAIL)
    assert user["Username"] == first
    cognito.admin_delete_user(UserPoolId=pools[0], Username=EMAIL)
    assert create_user(cognito, pools[0], EMAIL.upper()) == first
    others = {
        create_user(cognito, pools[0], "b@example.com"),
        create_user(cognito, pools[1], EMAIL),
    }
    assert len({first, *others}) == 3
