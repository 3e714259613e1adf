"""Signing in with Cognito, as conversations: generators that say what to ask, and are sent answers.

They wait for nothing and send nothing, so that the same words serve both clients.
"""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from sightline_client.errors import SessionExpired, SignInRefused
from sightline_client.srp import Exchange, SrpError

Json = dict[str, Any]
Flow = Literal["srp", "password"]

#: Told of a challenge by its name (`SOFTWARE_TOKEN_MFA`), gives what answers it.
Answer = Callable[[str], str]

#: What a challenge is answered with, by its name.
ANSWERS = {
    "SMS_MFA": "SMS_MFA_CODE",
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE",
    "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD",
}

#: Challenges in one sign-in; there are never more than two or three.
MAX_CHALLENGES = 5


class Pool(NamedTuple):
    """Where people sign in: the user pool, the app client, and Cognito's address."""

    id: str
    client_id: str
    #: Cognito's own where it is empty.
    endpoint: str = ""

    @property
    def url(self) -> str:
        region = self.id.partition("_")[0]
        return self.endpoint or f"https://cognito-idp.{region}.amazonaws.com/"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gives; `expires_at` is in seconds since 1970."""

    access: str
    refresh: str | None
    expires_at: float

    @property
    def expires_in(self) -> float:
        """Seconds from now."""
        return self.expires_at - time.time()


class Call(NamedTuple):
    """One question to Cognito."""

    action: str
    body: Json

    @property
    def headers(self) -> dict[str, str]:
        return {
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{self.action}",
            "Content-Type": "application/x-amz-json-1.1",
        }


Conversation = Generator[Call, Json, Tokens]


def sign_in(
    pool: Pool, email: str, password: str, flow: Flow = "srp", answer: Answer | None = None
) -> Conversation:
    """Raises `SignInRefused`."""
    if flow == "srp":
        said = yield from _sign_in_by_proof(pool, email, password)
    else:
        parameters = {"USERNAME": email, "PASSWORD": password}
        said = yield _initiate(pool, "USER_PASSWORD_AUTH", parameters)
    for _ in range(MAX_CHALLENGES):
        if "AuthenticationResult" in said:
            return read_tokens(said)
        said = yield _answer_challenge(pool, said, email, answer)
    raise SignInRefused("TooManyChallenges", "Cognito goes on asking")


def refresh(pool: Pool, refresh_token: str) -> Conversation:
    """New tokens for old. Raises `SessionExpired`."""
    try:
        said = yield _initiate(pool, "REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token})
    except SignInRefused as refused:
        raise SessionExpired(f"the session has ended ({refused.code})") from refused
    return read_tokens(said, refresh_token)


def read_tokens(said: Json, refresh_token: str | None = None) -> Tokens:
    result = said["AuthenticationResult"]
    return Tokens(
        access=result["AccessToken"],
        refresh=result.get("RefreshToken", refresh_token),
        expires_at=time.time() + float(result["ExpiresIn"]),
    )


def read_refusal(status: int, said: Json) -> SignInRefused:
    """What an answer that is none says."""
    code = str(said.get("__type", status)).rpartition("#")[2]
    return SignInRefused(code, str(said.get("message") or said.get("Message") or code))


def _sign_in_by_proof(pool: Pool, email: str, password: str) -> Generator[Call, Json, Json]:
    exchange = Exchange(pool.id)
    parameters = {"USERNAME": email, "SRP_A": exchange.public}
    said = yield _initiate(pool, "USER_SRP_AUTH", parameters)
    if said.get("ChallengeName") != "PASSWORD_VERIFIER":
        return said
    try:
        proof = exchange.prove(said["ChallengeParameters"], password, datetime.now(UTC))
    except SrpError as error:
        raise SignInRefused("Srp", str(error)) from None
    said = yield _respond(pool, said, proof)
    return said


def _answer_challenge(pool: Pool, said: Json, email: str, answer: Answer | None) -> Call:
    name = str(said["ChallengeName"])
    if name not in ANSWERS or answer is None:
        raise SignInRefused(name, f"Cognito asks for {name}, and nobody is there to answer")
    user = said.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", email)
    return _respond(pool, said, {"USERNAME": user, ANSWERS[name]: answer(name)})


def _initiate(pool: Pool, flow: str, parameters: dict[str, str]) -> Call:
    body = {"AuthFlow": flow, "ClientId": pool.client_id, "AuthParameters": parameters}
    return Call("InitiateAuth", body)


def _respond(pool: Pool, said: Json, responses: dict[str, str]) -> Call:
    body = {
        "ClientId": pool.client_id,
        "ChallengeName": said["ChallengeName"],
        "ChallengeResponses": responses,
        **({"Session": said["Session"]} if said.get("Session") else {}),
    }
    return Call("RespondToAuthChallenge", body)
