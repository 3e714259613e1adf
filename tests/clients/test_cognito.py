"""Sign-in proves the password, answers what Cognito asks, and ends with tokens or a reason."""

import base64
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import pytest

from sightline_client.cognito import Call, Pool, Tokens, read_refusal, refresh, sign_in
from sightline_client.errors import SessionExpired, SignInRefused
from sightline_client.srp import Exchange, format_timestamp
from sightline_local.srp import Account, Challenge

Json = dict[str, Any]

POOL = Pool("eu-central-1_AbCdEf123", "3n4b5urk1ft4fl3mg5e62d9ado")
PASSWORD = "Sightline-demo-1"
TOKENS = {"AccessToken": "access", "RefreshToken": "refresh", "ExpiresIn": 3600}
BLOCK = base64.b64encode(b"anything at all").decode()


def challenge(met: Challenge) -> Json:
    return {
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeParameters": {
            "USER_ID_FOR_SRP": "5f2c",
            "SALT": met.salt,
            "SRP_B": met.public,
            "SECRET_BLOCK": BLOCK,
        },
    }


def finish(conversation: Generator[Call, Json, Tokens], said: Json) -> Tokens:
    with pytest.raises(StopIteration) as ended:
        conversation.send(said)
    tokens: Tokens = ended.value.value
    return tokens


@pytest.mark.parametrize(("password", "good"), [(PASSWORD, True), ("Sightline-demo-2", False)])
def test_the_proof_is_good_for_the_right_password_alone(password: str, good: bool) -> None:
    """Several times: numbers with a first bit set or not are hashed differently."""
    for _ in range(8):
        exchange = Exchange(POOL.id)
        account = Account(pool="AbCdEf123", user="5f2c", password=PASSWORD)
        met = Challenge(account, exchange.public)
        at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        proof = exchange.prove(challenge(met)["ChallengeParameters"], password, at)
        assert proof["TIMESTAMP"] == format_timestamp(at) == "Fri Jan 2 03:04:05 UTC 2026"
        assert met.verify(proof["PASSWORD_CLAIM_SIGNATURE"], BLOCK, proof["TIMESTAMP"]) is good


def test_a_sign_in_by_proof_never_sends_the_password() -> None:
    conversation = sign_in(POOL, "demo@example.com", PASSWORD)
    first = next(conversation)
    assert first.body["AuthFlow"] == "USER_SRP_AUTH"
    account = Account(pool="AbCdEf123", user="5f2c", password=PASSWORD)
    met = Challenge(account, first.body["AuthParameters"]["SRP_A"])
    second = conversation.send(challenge(met))
    responses = second.body["ChallengeResponses"]
    signature, timestamp = responses["PASSWORD_CLAIM_SIGNATURE"], responses["TIMESTAMP"]
    assert met.verify(signature, BLOCK, timestamp)
    assert PASSWORD not in str(first) + str(second)
    assert finish(conversation, {"AuthenticationResult": TOKENS}).access == "access"


def test_codes_and_new_passwords_are_asked_for() -> None:
    told = {"SOFTWARE_TOKEN_MFA": "123456", "NEW_PASSWORD_REQUIRED": "Another-1"}
    conversation = sign_in(POOL, "demo@example.com", PASSWORD, "password", told.__getitem__)
    next(conversation)
    call = conversation.send({"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s"})
    assert call.body["ChallengeResponses"]["NEW_PASSWORD"] == "Another-1"
    assert call.body["Session"] == "s"
    call = conversation.send({"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "t"})
    assert call.body["ChallengeResponses"]["SOFTWARE_TOKEN_MFA_CODE"] == "123456"
    assert finish(conversation, {"AuthenticationResult": TOKENS}).refresh == "refresh"


def test_where_nobody_can_answer_it_says_what_was_asked() -> None:
    conversation = sign_in(POOL, "demo@example.com", PASSWORD, "password")
    next(conversation)
    with pytest.raises(SignInRefused, match="SOFTWARE_TOKEN_MFA"):
        conversation.send({"ChallengeName": "SOFTWARE_TOKEN_MFA"})


def test_a_refresh_keeps_the_token_that_it_was_made_with() -> None:
    conversation = refresh(POOL, "refresh")
    assert next(conversation).body["AuthParameters"] == {"REFRESH_TOKEN": "refresh"}
    answer = {"AuthenticationResult": {"AccessToken": "new", "ExpiresIn": 3600}}
    assert finish(conversation, answer).refresh == "refresh"


def test_a_refresh_that_is_refused_is_the_end_of_the_session() -> None:
    conversation = refresh(POOL, "refresh")
    next(conversation)
    with pytest.raises(SessionExpired):
        conversation.throw(read_refusal(400, {"__type": "NotAuthorizedException"}))


def test_a_pool_knows_its_address() -> None:
    assert POOL.url == "https://cognito-idp.eu-central-1.amazonaws.com/"
    assert POOL._replace(endpoint="http://127.0.0.1:1/").url == "http://127.0.0.1:1/"
