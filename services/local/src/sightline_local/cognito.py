"""What moto's Cognito lacks of what a browser needs of the real one."""

from collections import OrderedDict
from typing import Any

from moto.cognitoidp.exceptions import NotAuthorizedError
from moto.cognitoidp.models import CognitoIdpBackend, cognitoidp_backends
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.responses import EmptyResult

from sightline_local.srp import Account, Challenge

#: Tries to sign in that are remembered at the same time; whoever does not go on is forgotten.
MAX_CHALLENGES = 1_000

_NOT_AUTHORIZED = "Incorrect username or password."

Json = dict[str, Any]


class SrpAuthentication:
    """moto's way of signing in by SRP, with the password checked."""

    def __init__(self) -> None:
        self._challenges: OrderedDict[str, Challenge] = OrderedDict()
        self._begin = CognitoIdpBackend.initiate_auth
        self._answer = CognitoIdpBackend.respond_to_auth_challenge

    def begin(self, backend: Any, client_id: str, auth_flow: str, parameters: Json) -> Json:
        answer: Json = self._begin(backend, client_id, auth_flow, parameters)
        if answer.get("ChallengeName") != "PASSWORD_VERIFIER":
            return answer
        challenge_parameters = answer["ChallengeParameters"]
        _, pool = backend.sessions[answer["Session"]]
        user = backend.admin_get_user(pool.id, challenge_parameters["USERNAME"])
        account = Account(
            pool.id.split("_")[1], challenge_parameters["USER_ID_FOR_SRP"], user.password
        )
        challenge = Challenge(account, parameters["SRP_A"])
        self._challenges[challenge_parameters["SECRET_BLOCK"]] = challenge
        if len(self._challenges) > MAX_CHALLENGES:
            self._challenges.popitem(last=False)
        challenge_parameters.update(SALT=challenge.salt, SRP_B=challenge.public)
        return answer

    def answer(
        self, backend: Any, session: str, client_id: str, challenge_name: str, responses: Json
    ) -> Json:
        if challenge_name == "PASSWORD_VERIFIER":
            block = responses.get("PASSWORD_CLAIM_SECRET_BLOCK", "")
            challenge = self._challenges.pop(block, None)
            if challenge is None or not challenge.verify(
                responses.get("PASSWORD_CLAIM_SIGNATURE", ""), block, responses.get("TIMESTAMP", "")
            ):
                raise NotAuthorizedError(_NOT_AUTHORIZED)
        answer: Json = self._answer(backend, session, client_id, challenge_name, responses)
        if answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
            # Cognito's own clients read these, as JSON, without looking whether they are there.
            answer["ChallengeParameters"].update(userAttributes="{}", requiredAttributes="[]")
        return answer


def patch_cognito() -> None:
    """Let this process's moto check passwords, send codes again and revoke tokens."""
    checked = SrpAuthentication()

    # moto finds operations by their names on these classes, and offers no other way in.
    def initiate_auth(self: Any, client_id: str, auth_flow: str, auth_parameters: Json) -> Json:
        return checked.begin(self, client_id, auth_flow, auth_parameters)

    def respond_to_auth_challenge(
        self: Any, session: str, client_id: str, challenge_name: str, challenge_responses: Json
    ) -> Json:
        return checked.answer(self, session, client_id, challenge_name, challenge_responses)

    def resend_confirmation_code(_: Any) -> EmptyResult:
        """Any code is good here, so none is sent."""
        return EmptyResult()

    def revoke_token(self: Any) -> EmptyResult:
        token = self._get_param("Token")
        for backends in cognitoidp_backends.values():
            for pool in (pool for each in backends.values() for pool in each.user_pools.values()):
                pool.refresh_tokens.pop(token, None)
        return EmptyResult()

    for place, operation in (
        (CognitoIdpBackend, initiate_auth),
        (CognitoIdpBackend, respond_to_auth_challenge),
        (CognitoIdpResponse, resend_confirmation_code),
        (CognitoIdpResponse, revoke_token),
    ):
        setattr(place, operation.__name__, operation)
