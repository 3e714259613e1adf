"""The parts of an AWS Signature Version 4.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """AWS credentials; only temporary ones have a token and, if it is known, an expiry."""

    access_key: str
    secret_key: str
    token: str | None
    expires_at: datetime | None = None


@lru_cache(16)
def signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    """Return the signing key of a day; cached, because deriving it takes four rounds of HMAC."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def sign(key: bytes, text: str) -> str:
    """Return the signature of the text, in hex."""
    return hmac.digest(key, text.encode(), "sha256").hex()


def day(at: datetime) -> str:
    """Return the date as `20261120`."""
    return stamp(at)[:8]


@lru_cache(16)
def stamp(at: datetime) -> str:
    """Return the time as `20261120T102030Z`."""
    # Cached, because a signature contains it five times. Takes a third of the time of `strftime`.
    return at.isoformat(timespec="seconds")[:19].replace("-", "").replace(":", "") + "Z"


def scope(at: datetime, region: str, service: str) -> str:
    """Return the credential scope of a signature."""
    return f"{day(at)}/{region}/{service}/aws4_request"
