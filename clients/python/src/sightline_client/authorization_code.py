"""Sign-in on the page of the user pool: the authorization code flow with PKCE (RFC 7636).

Like `cognito`, it performs no I/O.
"""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, urlencode

from sightline_client.cognito import Tokens
from sightline_client.errors import SignInRejected

SCOPE = "openid email profile"

#: In place of an identity provider: the email and password form of the page.
OWN_USERS = "COGNITO"


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One attempt to sign in; `domain` is the base URL of the sign-in page."""

    domain: str
    client_id: str
    redirect_uri: str
    verifier: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)

    @classmethod
    def create(cls, domain: str, client_id: str, redirect_uri: str) -> Self:
        """Return a request with random `verifier`, `state` and `nonce`, 256 bits each."""
        verifier, state, nonce = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(domain, client_id, redirect_uri, verifier, state, nonce)

    @property
    def token_url(self) -> str:
        return f"{self.domain}/oauth2/token"

    def build_url(self, identity_provider: str = OWN_USERS) -> str:
        """Return the URL of the page."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPE,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        if identity_provider != OWN_USERS:
            parameters["identity_provider"] = identity_provider
        return f"{self.domain}/oauth2/authorize?{urlencode(parameters)}"

    def parse_callback(self, query: str) -> str:
        """Return the code in the query of the callback. Raises `SignInRejected`."""
        parameters = {name: values[0] for name, values in parse_qs(query).items()}
        # Checked first: the message of a forged callback must not be shown.
        if not secrets.compare_digest(parameters.get("state", "").encode(), self.state.encode()):
            raise SignInRejected("state_mismatch", "the callback belongs to another sign-in")
        if "code" not in parameters:
            code = parameters.get("error", "no_code")
            raise SignInRejected(code, parameters.get("error_description", code))
        return parameters["code"]

    def build_form(self, code: str) -> dict[str, str]:
        """Return the fields of the token request."""
        return {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code": code,
            "code_verifier": self.verifier,
        }

    def parse_tokens(self, status: int, body: dict[str, Any]) -> tuple[Tokens, str]:
        """Return the tokens of a response, and the user's email address.

        Raises `SignInRejected`; `KeyError`, `ValueError` or `TypeError` for an unexpected response.
        """
        if status >= 400:
            code = str(body.get("error", status))
            raise SignInRejected(code, str(body.get("error_description") or code))
        # The token comes from the token endpoint itself (OpenID Connect Core, 3.1.3.7).
        payload = body["id_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        if claims.get("nonce") != self.nonce or claims.get("aud") != self.client_id:
            raise SignInRejected("nonce_mismatch", "the ID token belongs to another sign-in")
        expires_at = time.time() + float(body["expires_in"])
        tokens = Tokens(body["access_token"], body.get("refresh_token"), expires_at)
        return tokens, str(claims.get("email", ""))
