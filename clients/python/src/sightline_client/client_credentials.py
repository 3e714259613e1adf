"""Sign-in of machine clients: an access token for client credentials (RFC 6749, section 4.4).

Like `cognito`, it performs no I/O.
"""

import base64
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from sightline_client.cognito import Tokens
from sightline_client.errors import SignInRejected

#: Cognito puts the identifier of the API's resource server before each scope.
RESOURCE_SERVER = "sightline"


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """A machine client, and the scopes to request (`images:read`); by default all that it has.

    `token_url` is the token endpoint of the user pool's domain: `https://…/oauth2/token`.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ()

    @property
    def headers(self) -> dict[str, str]:
        """The `Authorization` header of the token request."""
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    @property
    def form(self) -> dict[str, str]:
        """The fields of the token request."""
        scope = " ".join(f"{RESOURCE_SERVER}/{scope}" for scope in self.scopes)
        return {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}


def parse_token(status: int, body: dict[str, Any]) -> Tokens:
    """Return the token of a response. Raises `SignInRejected`."""
    if status >= 400:
        code = str(body.get("error", status))
        raise SignInRejected(code, str(body.get("error_description") or code))
    return Tokens(
        access=body["access_token"],
        refresh=None,
        expires_at=time.time() + float(body["expires_in"]),
    )
