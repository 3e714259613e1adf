"""Patch for moto's Cognito: authenticator apps (TOTP, RFC 6238) with a secret per user.

moto has the same secret for every user, and accepts any code.
"""

import base64
import hmac
import secrets
import struct
import time
from typing import Any

from moto.cognitoidp.exceptions import CodeMismatchException, NotAuthorizedError
from moto.cognitoidp.models import CognitoIdpBackend

#: Length of a secret, bytes, as RFC 4226 (section 4) recommends and Cognito does.
SECRET_BYTES = 20

#: Lifetime of a code, and its digits.
STEP_SECONDS = 30
DIGITS = 6

#: Codes before and after the current one that are accepted, for clocks that differ.
WINDOW = 1

Json = dict[str, Any]


def matches_code(secret: str, code: str, now: float) -> bool:
    """Return whether this is a code of the secret (base 32) at this Unix time."""
    step = int(now // STEP_SECONDS)
    codes = (_compute_code(secret, step + offset) for offset in range(-WINDOW, WINDOW + 1))
    return any(hmac.compare_digest(each.encode(), code.encode()) for each in codes)


def _compute_code(secret: str, step: int) -> str:
    """Return the code of one step (RFC 4226, section 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def patch_software_tokens() -> None:
    """Patch moto in this process to create a secret for each user and to check codes."""
    respond = CognitoIdpBackend.respond_to_auth_challenge
    verify = CognitoIdpBackend.verify_software_token
    set_preference = CognitoIdpBackend.admin_set_user_mfa_preference

    def associate_software_token(self: Any, access_token: str, session: str) -> Json:
        user = _find_user(self, access_token, session)
        secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
        user.pending_totp_secret = secret
        return {"SecretCode": secret, **({"Session": session} if session else {})}

    def verify_software_token(
        self: Any, access_token: str, session: str, user_code: str, friendly_device_name: str
    ) -> Json:
        user = _find_user(self, access_token, session)
        secret = getattr(user, "pending_totp_secret", None)
        if secret is None or not matches_code(secret, user_code, time.time()):
            raise CodeMismatchException("Code mismatch")
        user.totp_secret = secret
        response: Json = verify(self, access_token, session, user_code, friendly_device_name)
        return response

    def respond_to_auth_challenge(
        self: Any, session: str, client_id: str, challenge_name: str, challenge_responses: Json
    ) -> Json:
        if challenge_name == "SOFTWARE_TOKEN_MFA":
            code = challenge_responses.get("SOFTWARE_TOKEN_MFA_CODE", "")
            secret = getattr(_find_user(self, "", session), "totp_secret", None)
            if secret is None or not matches_code(secret, code, time.time()):
                raise CodeMismatchException("Invalid code received for user")
        response: Json = respond(self, session, client_id, challenge_name, challenge_responses)
        return response

    def admin_set_user_mfa_preference(
        self: Any, user_pool_id: str, username: str, software: Json, sms: Json
    ) -> None:
        set_preference(self, user_pool_id, username, software, sms)
        user = self.admin_get_user(user_pool_id, username)
        if not user.software_token_mfa_enabled:
            # Otherwise moto still asks for a code.
            user.token_verified = False
            user.preferred_mfa_setting = None

    for operation in (
        associate_software_token,
        verify_software_token,
        respond_to_auth_challenge,
        admin_set_user_mfa_preference,
    ):
        setattr(CognitoIdpBackend, operation.__name__, operation)


def _find_user(backend: Any, access_token: str, session: str) -> Any:
    """Return the user of an access token or of a sign-in. Raises `NotAuthorizedError`."""
    if session in backend.sessions:
        username, pool = backend.sessions[session]
        return backend.admin_get_user(pool.id, username)
    for pool in backend.user_pools.values():
        if access_token in pool.access_tokens:
            _, username = pool.access_tokens[access_token]
            return backend.admin_get_user(pool.id, username)
    raise NotAuthorizedError("Invalid session or access token.")
