"""Generated from `_async/mfa_settings.py` by `make clients`; edit that file instead.

The user's settings of multi-factor authentication."""

import httpx

from sightline_client._sync.transport import SessionAuth, call_cognito
from sightline_client.cognito import CognitoRequest, Json
from sightline_client.errors import SessionExpired, UnexpectedResponse
from sightline_client.mfa import (
    AuthenticatorKey,
    confirm_code,
    is_enabled,
    request_key,
    request_status,
    set_enabled,
)


class MfaSettings:
    """Sets up and disables an authenticator app (TOTP) for the signed-in user.

    Every method raises `SessionExpired` for a session without a password sign-in, `SignInRejected`
    with Cognito's error code, `Unreachable` and `UnexpectedResponse`.
    """

    def __init__(self, auth: SessionAuth, http: httpx.Client) -> None:
        self._auth = auth
        self._http = http

    def is_enabled(self) -> bool:
        """Return whether a code is required at sign-in."""
        return is_enabled(self._call(request_status(self._auth.fresh_token())))

    def create_key(self) -> AuthenticatorKey:
        """Return a new secret for an authenticator app; `enable` starts to require its codes."""
        body = self._call(request_key(self._auth.fresh_token()))
        try:
            return AuthenticatorKey(str(body["SecretCode"]), self._auth.session.email)
        except KeyError as error:
            raise UnexpectedResponse("unexpected response from Cognito") from error

    def enable(self, code: str) -> None:
        """Confirm a code of the last secret, and require a code at each sign-in from now on."""
        token = self._auth.fresh_token()
        self._call(confirm_code(token, code))
        self._call(set_enabled(token, True))

    def disable(self) -> None:
        """Require no code at sign-in any more."""
        self._call(set_enabled(self._auth.fresh_token(), False))

    def _call(self, request: CognitoRequest) -> Json:
        pool = self._auth.session.pool
        if pool is None:
            raise SessionExpired("this requires a sign-in with email and password")
        return call_cognito(self._http, pool, request)
