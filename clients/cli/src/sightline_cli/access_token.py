"""What a credential says of its owner: claims of access tokens, and the start of API keys."""

import base64
import json
from typing import Any

#: Start of every API key, and the characters of one that lists show.
API_KEY_PREFIX, SHOWN_LENGTH = "slk_", 8


def parse_subject(access_token: str) -> str | None:
    """Return the claim `sub` of a JWT, which is not verified here; None for any other token."""
    try:
        payload = access_token.split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["sub"])
    except (IndexError, ValueError, KeyError, TypeError):
        return None
