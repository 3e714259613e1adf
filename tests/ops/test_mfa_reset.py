"""`reset-mfa` lets a user who has lost the authenticator app sign in without a code."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pyotp
import pytest

from ops.test_commands import run
from sightline_local.provisioning import DemoUser, provision
from sightline_ops.__main__ import ExitCode

USER = DemoUser()

SignIn = Callable[[], Any]


@pytest.fixture
def attempt(outputs_path: Path) -> SignIn:
    """A sign-in with the password of a user who has an authenticator app."""
    outputs = json.loads(outputs_path.read_text())
    session = boto3.Session("test", "test", region_name=outputs["region"]["value"])
    endpoint, table = outputs["endpoint"]["value"], outputs["table"]["value"]
    resources = provision(session, endpoint, table, USER)
    outputs["sign_in"] = {"value": {"pool_id": resources.pool_id, "client_id": resources.client_id}}
    outputs_path.write_text(json.dumps(outputs))
    cognito = session.client("cognito-idp", endpoint_url=endpoint)
    token = sign_in(cognito, resources.client_id)["AuthenticationResult"]["AccessToken"]
    secret = cognito.associate_software_token(AccessToken=token)["SecretCode"]
    cognito.verify_software_token(AccessToken=token, UserCode=pyotp.TOTP(secret).now())
    cognito.set_user_mfa_preference(
        AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    return partial(sign_in, cognito, resources.client_id)


def sign_in(cognito: Any, client_id: str) -> Any:
    return cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": USER.email, "PASSWORD": USER.password},
    )


async def test_reset_removes_the_code_from_the_sign_in(
    attempt: SignIn, outputs_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--stack", outputs_path, "--json", "reset-mfa", USER.email]
    code, out, err = await run(capsys, *command)
    assert (code, json.loads(out)["enabled"]) == (ExitCode.PROBLEMS_FOUND, True)
    assert "Nothing was changed" in err
    assert attempt()["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    code, out, _ = await run(capsys, *command, "--apply")
    assert (code, json.loads(out)["reset"]) == (ExitCode.OK, True)
    assert "AuthenticationResult" in attempt()
    code, out, _ = await run(capsys, *command, "--apply")
    assert (code, json.loads(out)["reset"]) == (ExitCode.OK, False)


async def test_an_unknown_user_is_reported(
    attempt: SignIn, outputs_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--stack", outputs_path, "reset-mfa", "missing@example.com", "--apply"]
    code, _, err = await run(capsys, *command)
    assert code == ExitCode.REQUEST_FAILED
    assert "UserNotFoundException" in err


async def test_outputs_without_a_user_pool_are_reported(
    outputs_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = await run(capsys, "--stack", outputs_path, "reset-mfa", USER.email)
    assert code == ExitCode.INVALID_COMMAND
    assert "user pool" in err
