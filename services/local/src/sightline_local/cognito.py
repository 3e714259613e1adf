"""Patches for moto's Cognito: SRP password checks, token revocation and user IDs that last."""

from collections import OrderedDict
from typing import Any
from uuid import UUID, uuid5

from moto.cognitoidp import models
from moto.cognitoidp.exceptions import NotAuthorizedError
from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUser, cognitoidp_backends
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.responses import EmptyResult

from sightline_local.srp import Account, Challenge

#: Pending SRP challenges that are kept; the oldest is evicted first.
MAX_CHALLENGES = 1_000

#: Namespace of the IDs of users (RFC 9562, section 5.5).
_USERS = UUID("6f1d3c1e-5b0a-4c58-9c55-0f2a7be0d4c1")

_NOT_AUTHORIZED = "Incorrect username or password."

Json = dict[str, Any]


class SrpAuthentication:
    """SRP sign-in for moto that verifies the password."""

    def __init__(self) -> None:
        self._challenges: OrderedDict[str, Challenge] = OrderedDict()
        self._initiate_auth = CognitoIdpBackend.initiate_auth
        self._respond_to_challenge = CognitoIdpBackend.respond_to_auth_challenge

    def initiate(self, backend: Any, client_id: str, auth_flow: str, parameters: Json) -> Json:
        response: Json = self._initiate_auth(backend, client_id, auth_flow, parameters)
        if response.get("ChallengeName") != "PASSWORD_VERIFIER":
            return response
        challenge_parameters = response["ChallengeParameters"]
        _, pool = backend.sessions[response["Session"]]
        user = backend.admin_get_user(pool.id, challenge_parameters["USERNAME"])
        account = Account(
            pool.id.split("_")[1], challenge_parameters["USER_ID_FOR_SRP"], user.password
        )
        challenge = Challenge(account, parameters["SRP_A"])
        self._challenges[challenge_parameters["SECRET_BLOCK"]] = challenge
        if len(self._challenges) > MAX_CHALLENGES:
            self._challenges.popitem(last=False)
        challenge_parameters.update(SALT=challenge.salt, SRP_B=challenge.public)
        return response

    def respond(
        self, backend: Any, session: str, client_id: str, challenge_name: str, responses: Json
    ) -> Json:
        if challenge_name == "PASSWORD_VERIFIER":
            block = responses.get("PASSWORD_CLAIM_SECRET_BLOCK", "")
            challenge = self._challenges.pop(block, None)
            if challenge is None or not challenge.verify(
                responses.get("PASSWORD_CLAIM_SIGNATURE", ""), block, responses.get("TIMESTAMP", "")
            ):
                raise NotAuthorizedError(_NOT_AUTHORIZED)
        response: Json = self._respond_to_challenge(
            backend, session, client_id, challenge_name, responses
        )
        if response.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
            # Cognito's own clients parse these as JSON without checking that they exist.
            response["ChallengeParameters"].update(userAttributes="{}", requiredAttributes="[]")
        return response


class PermanentUser(CognitoIdpUser):
    """A user whose ID (`sub`) follows from the pool and the email address.

    moto keeps users in memory. A user who is created again after a restart owns the same images.
    """

    def __init__(
        self,
        user_pool_id: str,
        username: str | None,
        password: str | None,
        status: str,
        attributes: list[dict[str, str]],
    ) -> None:
        super().__init__(user_pool_id, username, password, status, attributes)
        name = self.attribute_lookup.get("email") or username
        if name is None:
            return
        self.id = str(uuid5(_USERS, f"{user_pool_id}/{name.lower()}"))
        if username is None:
            self.username = self.id
        self.update_attributes([{"Name": "sub", "Value": self.id}])


def patch_cognito() -> None:
    """Patch moto in this process to verify passwords, revoke tokens and derive user IDs."""
    authentication = SrpAuthentication()

    # moto looks up operations by name on these classes and has no other extension point.
    def initiate_auth(self: Any, client_id: str, auth_flow: str, auth_parameters: Json) -> Json:
        return authentication.initiate(self, client_id, auth_flow, auth_parameters)

    def respond_to_auth_challenge(
        self: Any, session: str, client_id: str, challenge_name: str, challenge_responses: Json
    ) -> Json:
        return authentication.respond(self, session, client_id, challenge_name, challenge_responses)

    def revoke_token(self: Any) -> EmptyResult:
        token = self._get_param("Token")
        for backends in cognitoidp_backends.values():
            for pool in (pool for each in backends.values() for pool in each.user_pools.values()):
                pool.refresh_tokens.pop(token, None)
        return EmptyResult()

    for target, operation in (
        (CognitoIdpBackend, initiate_auth),
        (CognitoIdpBackend, respond_to_auth_challenge),
        (CognitoIdpResponse, revoke_token),
    ):
        setattr(target, operation.__name__, operation)
    # The backend looks the class up by its name when it creates a user.
    models.CognitoIdpUser = PermanentUser  # type: ignore[misc]
