"""Sign-in proves the password, responds to challenges, and ends with tokens or an error."""

import base64
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import pytest

from sightline_client.cognito import CognitoRequest, Pool, Tokens, parse_error, refresh, sign_in
from sightline_client.errors import SessionExpired, SignInRejected
from sightline_client.srp import SrpExchange, format_timestamp
from sightline_local.srp import Account, Challenge

Json = dict[str, Any]

POOL = Pool("eu-central-1_AbCdEf123", "3n4b5urk1ft4fl3mg5e62d9ado")
PASSWORD = "Sightline-demo-1"
TOKENS = {"AccessToken": "access", "RefreshToken": "refresh", "ExpiresIn": 3600}
BLOCK = base64.b64encode(b"any bytes").decode()


def format_challenge(server: Challenge) -> Json:
    return {
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeParameters": {
            "USER_ID_FOR_SRP": "5f2c",
            "SALT": server.salt,
            "SRP_B": server.public,
            "SECRET_BLOCK": BLOCK,
        },
    }


def finish(flow: Generator[CognitoRequest, Json, Tokens], response: Json) -> Tokens:
    with pytest.raises(StopIteration) as stop:
        flow.send(response)
    tokens: Tokens = stop.value.value
    return tokens


@pytest.mark.parametrize(("password", "is_valid"), [(PASSWORD, True), ("Sightline-demo-2", False)])
def test_proof_is_valid_only_for_the_right_password(password: str, is_valid: bool) -> None:
    """Repeated, because the padding depends on whether the first bit of a number is set."""
    for _ in range(8):
        exchange = SrpExchange(POOL.id)
        account = Account(pool="AbCdEf123", user="5f2c", password=PASSWORD)
        server = Challenge(account, exchange.public_value)
        at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        proof = exchange.prove(format_challenge(server)["ChallengeParameters"], password, at)
        assert proof["TIMESTAMP"] == format_timestamp(at) == "Fri Jan 2 03:04:05 UTC 2026"
        signature, timestamp = proof["PASSWORD_CLAIM_SIGNATURE"], proof["TIMESTAMP"]
        assert server.verify(signature, BLOCK, timestamp) is is_valid


def test_srp_never_sends_the_password() -> None:
    flow = sign_in(POOL, "demo@example.com", PASSWORD)
    first = next(flow)
    assert first.body["AuthFlow"] == "USER_SRP_AUTH"
    account = Account(pool="AbCdEf123", user="5f2c", password=PASSWORD)
    server = Challenge(account, first.body["AuthParameters"]["SRP_A"])
    second = flow.send(format_challenge(server))
    responses = second.body["ChallengeResponses"]
    signature, timestamp = responses["PASSWORD_CLAIM_SIGNATURE"], responses["TIMESTAMP"]
    assert server.verify(signature, BLOCK, timestamp)
    assert PASSWORD not in str(first) + str(second)
    assert finish(flow, {"AuthenticationResult": TOKENS}).access == "access"


def test_sign_in_responds_to_challenges() -> None:
    answers = {"SOFTWARE_TOKEN_MFA": "123456", "NEW_PASSWORD_REQUIRED": "Another-1"}
    flow = sign_in(POOL, "demo@example.com", PASSWORD, "password", answers.__getitem__)
    next(flow)
    request = flow.send({"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s"})
    assert request.body["ChallengeResponses"]["NEW_PASSWORD"] == "Another-1"
    assert request.body["Session"] == "s"
    request = flow.send({"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "t"})
    assert request.body["ChallengeResponses"]["SOFTWARE_TOKEN_MFA_CODE"] == "123456"
    assert finish(flow, {"AuthenticationResult": TOKENS}).refresh == "refresh"


def test_sign_in_fails_with_the_name_of_an_unanswered_challenge() -> None:
    flow = sign_in(POOL, "demo@example.com", PASSWORD, "password")
    next(flow)
    with pytest.raises(SignInRejected, match="SOFTWARE_TOKEN_MFA"):
        flow.send({"ChallengeName": "SOFTWARE_TOKEN_MFA"})


def test_refresh_keeps_the_refresh_token() -> None:
    flow = refresh(POOL, "refresh")
    assert next(flow).body["AuthParameters"] == {"REFRESH_TOKEN": "refresh"}
    response = {"AuthenticationResult": {"AccessToken": "new", "ExpiresIn": 3600}}
    assert finish(flow, response).refresh == "refresh"


def test_rejected_refresh_raises_session_expired() -> None:
    flow = refresh(POOL, "refresh")
    next(flow)
    with pytest.raises(SessionExpired):
        flow.throw(parse_error(400, {"__type": "NotAuthorizedException"}))


def test_pool_url_defaults_to_the_region_of_the_pool() -> None:
    assert POOL.url == "https://cognito-idp.eu-central-1.amazonaws.com/"
    assert POOL._replace(endpoint="http://127.0.0.1:1/").url == "http://127.0.0.1:1/"
