"""Sign-in with Cognito, as generators that yield requests and receive the responses.

They perform no I/O, so both the async and the blocking client use them.
"""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from sightline_client.errors import SessionExpired, SignInRejected
from sightline_client.srp import SrpError, SrpExchange

Json = dict[str, Any]
SignInFlow = Literal["srp", "password"]

#: Called with a challenge's name (`SOFTWARE_TOKEN_MFA`); returns the response to it.
ChallengeHandler = Callable[[str], str]

#: The response key of each challenge.
CHALLENGE_RESPONSE_KEYS = {
    "SMS_MFA": "SMS_MFA_CODE",
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE",
    "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD",
}

#: Challenges in one sign-in; Cognito never sends more than two or three.
MAX_CHALLENGES = 5


class Pool(NamedTuple):
    """The Cognito user pool and app client that users sign in with."""

    id: str
    client_id: str
    #: Cognito's URL; empty for the AWS endpoint of the pool's region.
    endpoint: str = ""

    @property
    def url(self) -> str:
        region = self.id.partition("_")[0]
        return self.endpoint or f"https://cognito-idp.{region}.amazonaws.com/"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a sign-in; `expires_at` is a Unix timestamp in seconds."""

    access: str
    refresh: str | None
    expires_at: float

    @property
    def expires_in(self) -> float:
        """Seconds from now until the access token expires."""
        return self.expires_at - time.time()


class CognitoRequest(NamedTuple):
    """One request to Cognito."""

    action: str
    body: Json

    @property
    def headers(self) -> dict[str, str]:
        return {
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{self.action}",
            "Content-Type": "application/x-amz-json-1.1",
        }


#: Yields requests, is sent the responses, and returns the tokens.
AuthFlow = Generator[CognitoRequest, Json, Tokens]


def sign_in(
    pool: Pool,
    email: str,
    password: str,
    flow: SignInFlow = "srp",
    on_challenge: ChallengeHandler | None = None,
) -> AuthFlow:
    """Sign in. Raises `SignInRejected`."""
    if flow == "srp":
        response = yield from _sign_in_with_srp(pool, email, password)
    else:
        parameters = {"USERNAME": email, "PASSWORD": password}
        response = yield _initiate_auth(pool, "USER_PASSWORD_AUTH", parameters)
    for _ in range(MAX_CHALLENGES):
        if "AuthenticationResult" in response:
            return parse_tokens(response)
        response = yield _respond_to_user_challenge(pool, response, email, on_challenge)
    raise SignInRejected("TooManyChallenges", "Cognito sent too many challenges")


def refresh(pool: Pool, refresh_token: str) -> AuthFlow:
    """Exchange a refresh token for new tokens. Raises `SessionExpired`."""
    try:
        response = yield request_refresh(pool, refresh_token)
    except SignInRejected as rejected:
        raise SessionExpired(f"the session has expired ({rejected.code})") from rejected
    return parse_tokens(response, refresh_token)


def request_refresh(pool: Pool, refresh_token: str) -> CognitoRequest:
    """Return the request that exchanges a refresh token for new tokens."""
    return _initiate_auth(pool, "REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token})


def parse_id_token(response: Json) -> str:
    """Return the ID token of a response. Raises `KeyError` if it has none."""
    return str(response["AuthenticationResult"]["IdToken"])


def parse_tokens(response: Json, refresh_token: str | None = None) -> Tokens:
    """Return the response's tokens; `refresh_token` is kept where the response has none."""
    result = response["AuthenticationResult"]
    return Tokens(
        access=result["AccessToken"],
        refresh=result.get("RefreshToken", refresh_token),
        expires_at=time.time() + float(result["ExpiresIn"]),
    )


def parse_error(status: int, response: Json) -> SignInRejected:
    """Return the exception for an error response of Cognito."""
    code = str(response.get("__type", status)).rpartition("#")[2]
    return SignInRejected(code, str(response.get("message") or response.get("Message") or code))


def _sign_in_with_srp(
    pool: Pool, email: str, password: str
) -> Generator[CognitoRequest, Json, Json]:
    exchange = SrpExchange(pool.id)
    parameters = {"USERNAME": email, "SRP_A": exchange.public_value}
    response = yield _initiate_auth(pool, "USER_SRP_AUTH", parameters)
    if response.get("ChallengeName") != "PASSWORD_VERIFIER":
        return response
    try:
        proof = exchange.prove(response["ChallengeParameters"], password, datetime.now(UTC))
    except SrpError as error:
        raise SignInRejected("Srp", str(error)) from None
    response = yield _respond_to_challenge(pool, response, proof)
    return response


def _respond_to_user_challenge(
    pool: Pool, response: Json, email: str, on_challenge: ChallengeHandler | None
) -> CognitoRequest:
    name = str(response["ChallengeName"])
    if name not in CHALLENGE_RESPONSE_KEYS or on_challenge is None:
        raise SignInRejected(name, f"the challenge {name} requires a response")
    user = response.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", email)
    answer = {"USERNAME": user, CHALLENGE_RESPONSE_KEYS[name]: on_challenge(name)}
    return _respond_to_challenge(pool, response, answer)


def _initiate_auth(pool: Pool, flow: str, parameters: dict[str, str]) -> CognitoRequest:
    body = {"AuthFlow": flow, "ClientId": pool.client_id, "AuthParameters": parameters}
    return CognitoRequest("InitiateAuth", body)


def _respond_to_challenge(pool: Pool, response: Json, answer: dict[str, str]) -> CognitoRequest:
    body = {
        "ClientId": pool.client_id,
        "ChallengeName": response["ChallengeName"],
        "ChallengeResponses": answer,
        **({"Session": response["Session"]} if response.get("Session") else {}),
    }
    return CognitoRequest("RespondToAuthChallenge", body)
