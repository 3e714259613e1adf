"""Patches for moto's Cognito: verification codes that are sent by email and checked, and that
expire.

moto sends no code, and accepts any.
"""

import secrets
import time
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from moto.cognitoidp.exceptions import (
    CodeMismatchException,
    ExpiredCodeException,
    InvalidParameterException,
    NotAuthorizedError,
)
from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUser, UserStatus
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.responses import ActionResult

from sightline_local.code_validity import VALIDITY_SECONDS, Purpose
from sightline_local.outbox import Outbox

#: Cognito's own sender and text.
SENDER = "no-reply@verificationemail.com"
SUBJECT = "Your verification code"

Json = dict[str, Any]


def now() -> float:
    """Return the Unix time."""
    return time.time()


class SentCode(NamedTuple):
    """A code, and the Unix time at which it expires."""

    code: str
    expires_at: float


class VerificationCodes:
    """The last code that was sent to each user, by purpose."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._codes: WeakKeyDictionary[CognitoIdpUser, dict[Purpose, SentCode]] = (
            WeakKeyDictionary()
        )

    def send(self, user: CognitoIdpUser, purpose: Purpose) -> None:
        """Send a new code, which replaces the last one."""
        code = f"{secrets.randbelow(10**6):06d}"
        expires_at = now() + VALIDITY_SECONDS[purpose]
        self._codes.setdefault(user, {})[purpose] = SentCode(code, expires_at)
        to = user.attribute_lookup["email"]
        self._outbox.send(SENDER, [to], SUBJECT, f"Your verification code is {code}.")

    def check(self, user: CognitoIdpUser, purpose: Purpose, code: str | None) -> None:
        """Raises `CodeMismatchException`, or `ExpiredCodeException` if no valid code was sent."""
        sent = self._codes.get(user, {}).get(purpose)
        if sent is None or sent.expires_at <= now():
            raise ExpiredCodeException("Invalid code provided, please request a code again.")
        if code != sent.code:
            raise CodeMismatchException("Invalid verification code provided, please try again.")

    def discard(self, user: CognitoIdpUser, purpose: Purpose) -> None:
        self._codes.get(user, {}).pop(purpose, None)


def patch_verification_codes(outbox: Outbox) -> None:
    """Patch moto in this process to send verification codes and to accept no others."""
    codes = VerificationCodes(outbox)
    create_user = CognitoIdpBackend.sign_up
    confirm_user = CognitoIdpResponse.confirm_sign_up
    describe_delivery = CognitoIdpBackend.forgot_password
    reset_password = CognitoIdpBackend.confirm_forgot_password

    def sign_up(
        self: CognitoIdpBackend,
        client_id: str,
        username: str,
        password: str,
        attributes: list[dict[str, str]],
    ) -> tuple[CognitoIdpUser, Any]:
        user, delivery = create_user(self, client_id, username, password, attributes)
        if delivery:
            codes.send(user, "sign-up")
        return user, delivery

    def resend_confirmation_code(self: CognitoIdpResponse) -> ActionResult:
        client_id, username = self._get_param("ClientId"), self._get_param("Username")
        backend = _find_backend(self, client_id)
        user = _find_user(backend, client_id, username)
        if user is not None and user.status != UserStatus.UNCONFIRMED:
            raise InvalidParameterException("User is already confirmed.")
        if user is not None:
            codes.send(user, "sign-up")
        details = backend._get_code_delivery_details(None, user, username)
        return ActionResult({"CodeDeliveryDetails": details})

    def confirm_sign_up(self: CognitoIdpResponse) -> Any:
        client_id = self._get_param("ClientId")
        backend = _find_backend(self, client_id)
        user = _find_user(backend, client_id, self._get_param("Username"))
        if user is None:
            # moto reports it.
            return confirm_user(self)
        if user.status != UserStatus.UNCONFIRMED:
            status = UserStatus(user.status).value
            raise NotAuthorizedError(f"User cannot be confirmed. Current status is {status}")
        codes.check(user, "sign-up", self._get_param("ConfirmationCode"))
        response = confirm_user(self)
        codes.discard(user, "sign-up")
        return response

    def forgot_password(
        self: CognitoIdpBackend, client_id: str, username: str
    ) -> tuple[str | None, Json]:
        _, delivery = describe_delivery(self, client_id, username)
        user = _find_user(self, client_id, username)
        if user is not None:
            codes.send(user, "password")
        # moto returns the first value, a code of its own, in a response header.
        return None, delivery

    def confirm_forgot_password(
        self: CognitoIdpBackend,
        client_id: str,
        username: str,
        password: str,
        confirmation_code: str,
    ) -> None:
        user = _find_user(self, client_id, username)
        if user is not None:
            codes.check(user, "password", confirmation_code)
            self._validate_password(user.user_pool_id, password)
        reset_password(self, client_id, username, password, confirmation_code)
        if user is not None:
            codes.discard(user, "password")

    for target, operation in (
        (CognitoIdpBackend, sign_up),
        (CognitoIdpBackend, forgot_password),
        (CognitoIdpBackend, confirm_forgot_password),
        (CognitoIdpResponse, resend_confirmation_code),
        (CognitoIdpResponse, confirm_sign_up),
    ):
        setattr(target, operation.__name__, operation)


def _find_backend(response: CognitoIdpResponse, client_id: str) -> CognitoIdpBackend:
    """Return the backend of the client's region, which an unsigned request does not name."""
    return response._get_region_agnostic_backend()._find_backend_for_clientid(client_id)


def _find_user(backend: CognitoIdpBackend, client_id: str, username: str) -> CognitoIdpUser | None:
    for pool in backend.user_pools.values():
        if client_id in pool.clients:
            return pool._get_user(username)
    return None
