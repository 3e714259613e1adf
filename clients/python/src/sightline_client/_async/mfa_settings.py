"""The user's settings of multi-factor authentication."""

import httpx

from sightline_client._async.transport import SessionAuth, call_cognito
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

    def __init__(self, auth: SessionAuth, http: httpx.AsyncClient) -> None:
        self._auth = auth
        self._http = http

    async def is_enabled(self) -> bool:
        """Return whether a code is required at sign-in."""
        return is_enabled(await self._call(request_status(await self._auth.fresh_token())))

    async def create_key(self) -> AuthenticatorKey:
        """Return a new secret for an authenticator app; `enable` starts to require its codes."""
        body = await self._call(request_key(await self._auth.fresh_token()))
        try:
            return AuthenticatorKey(str(body["SecretCode"]), self._auth.session.email)
        except KeyError as error:
            raise UnexpectedResponse("unexpected response from Cognito") from error

    async def enable(self, code: str) -> None:
        """Confirm a code of the last secret, and require a code at each sign-in from now on."""
        token = await self._auth.fresh_token()
        await self._call(confirm_code(token, code))
        await self._call(set_enabled(token, True))

    async def disable(self) -> None:
        """Require no code at sign-in any more."""
        await self._call(set_enabled(await self._auth.fresh_token(), False))

    async def _call(self, request: CognitoRequest) -> Json:
        pool = self._auth.session.pool
        if pool is None:
            raise SessionExpired("this requires a sign-in with email and password")
        return await call_cognito(self._http, pool, request)
