"""Multi-factor authentication with an authenticator app (TOTP), as requests to Cognito.

Like `cognito`, it performs no I/O. Each request needs an access token of a sign-in with a password:
Cognito does not accept one of its sign-in page.
"""

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from sightline_client.cognito import CognitoRequest, Json

#: Who issues the codes, as authenticator apps show it.
ISSUER = "Sightline"

#: The name of the factor in Cognito.
TOTP = "SOFTWARE_TOKEN_MFA"


@dataclass(frozen=True, slots=True)
class AuthenticatorKey:
    """The secret that an authenticator app computes codes from, in base 32."""

    secret: str = field(repr=False)
    account: str = ""

    @property
    def uri(self) -> str:
        """The content of the QR code for the app.

        https://github.com/google/google-authenticator/wiki/Key-Uri-Format
        """
        label = quote(f"{ISSUER}:{self.account}" if self.account else ISSUER)
        return f"otpauth://totp/{label}?{urlencode({'secret': self.secret, 'issuer': ISSUER})}"


def request_status(access_token: str) -> CognitoRequest:
    """Request the user, whose factors `is_enabled` reads."""
    return CognitoRequest("GetUser", {"AccessToken": access_token})


def is_enabled(user: Json) -> bool:
    """Return whether the user needs a code to sign in."""
    return TOTP in user.get("UserMFASettingList", ())


def request_key(access_token: str) -> CognitoRequest:
    """Request a new secret; it has no effect until a code of it is confirmed."""
    return CognitoRequest("AssociateSoftwareToken", {"AccessToken": access_token})


def confirm_code(access_token: str, code: str) -> CognitoRequest:
    """Confirm a code of the last secret."""
    return CognitoRequest("VerifySoftwareToken", {"AccessToken": access_token, "UserCode": code})


def set_enabled(access_token: str, enabled: bool) -> CognitoRequest:
    """Require a code at each sign-in, or no longer."""
    settings = {"Enabled": enabled, "PreferredMfa": enabled}
    body = {"AccessToken": access_token, "SoftwareTokenMfaSettings": settings}
    return CognitoRequest("SetUserMFAPreference", body)
