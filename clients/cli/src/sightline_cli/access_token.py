"""Claims of access tokens."""

import base64
import json
from typing import Any


def parse_subject(access_token: str) -> str | None:
    """Return the claim `sub` of a JWT, which is not verified here; None for any other token."""
    try:
        payload = access_token.split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["sub"])
    except (IndexError, ValueError, KeyError, TypeError):
        return None
