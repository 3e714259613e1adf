"""The token endpoint that moto's Cognito lacks: client credentials (RFC 6749, section 4.4).

Errors and claims are those of Cognito:
https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
"""

import base64
import binascii
import hmac
import json
import time
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote_plus
from uuid import uuid4

from joserfc import jwt
from moto.cognitoidp.models import CognitoIdpUserPool, CognitoIdpUserPoolClient, cognitoidp_backends

from sightline_local.connection import TOKEN_PATH

#: Lifetime of an access token.
TOKEN_SECONDS = 3600

#: Maximum size of a request; a form has less than 1 kB.
MAX_BODY_BYTES = 16_384


class _Rejected(Exception):
    """The request is rejected with an error code of RFC 6749, section 5.2."""


class _Credentials(NamedTuple):
    client_id: str
    secret: str


class TokenEndpoint:
    """WSGI middleware that issues access tokens to machine clients."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] != TOKEN_PATH:
            response: Iterable[bytes] = self._app(environ, start_response)
            return response
        size = min(int(environ.get("CONTENT_LENGTH") or 0), MAX_BODY_BYTES)
        form = parse_qs(environ["wsgi.input"].read(size).decode(errors="replace"))
        fields = {name: values[0] for name, values in form.items()}
        try:
            body = issue_token(environ.get("HTTP_AUTHORIZATION", ""), fields)
            status = "200 OK"
        except _Rejected as rejected:
            body, status = {"error": str(rejected)}, "400 Bad Request"
        content = json.dumps(body).encode()
        headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        start_response(status, [*headers, ("Content-Length", str(len(content)))])
        return [content]


def issue_token(authorization: str, form: dict[str, str]) -> dict[str, Any]:
    """Return the response to a token request. Raises `_Rejected`."""
    if form.get("grant_type") != "client_credentials":
        raise _Rejected("unsupported_grant_type")
    credentials = _read_credentials(authorization, form)
    pool, client = _find_client(credentials)
    allowed = client.extended_config.get("AllowedOAuthScopes") or []
    scopes = form["scope"].split() if "scope" in form else allowed
    if not set(scopes) <= set(allowed):
        raise _Rejected("invalid_scope")
    now = int(time.time())
    claims = {
        "iss": f"https://cognito-idp.{pool.region}.amazonaws.com/{pool.id}",
        "sub": client.id,
        "client_id": client.id,
        "token_use": "access",
        "scope": " ".join(scopes),
        "auth_time": now,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "version": 2,
        "jti": str(uuid4()),
    }
    # The only key of moto's JWKS.
    token = jwt.encode({"kid": "dummy", "alg": "RS256"}, claims, pool.json_web_key)
    return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}


def _read_credentials(authorization: str, form: dict[str, str]) -> _Credentials:
    """Return the credentials of the `Authorization` header, or of the form."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return _Credentials(form.get("client_id", ""), form.get("client_secret", ""))
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _Rejected("invalid_client") from None
    return _Credentials(unquote_plus(client_id), unquote_plus(secret))


def _find_client(
    credentials: _Credentials,
) -> tuple[CognitoIdpUserPool, CognitoIdpUserPoolClient]:
    """Return the pool and the client with these credentials. Raises `_Rejected`."""
    for backends in cognitoidp_backends.values():
        for pool in (pool for each in backends.values() for pool in each.user_pools.values()):
            client = pool.clients.get(credentials.client_id)
            if client is None or not client.generate_secret:
                continue
            if not hmac.compare_digest(client.secret.encode(), credentials.secret.encode()):
                break
            if "client_credentials" not in client.extended_config.get("AllowedOAuthFlows", ()):
                raise _Rejected("unauthorized_client")
            return pool, client
    raise _Rejected("invalid_client")
