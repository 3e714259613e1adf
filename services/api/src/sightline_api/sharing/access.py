"""Proof that a visitor knows the password of a share link, so that it is hashed only once.

The proof is an expiry and its HMAC-SHA256. The key is the stored hash of the password, which never
leaves the service: every task can check a proof, and another password ends all earlier ones.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import NamedTuple

from sightline.domain.share_links import ShareLink

#: Lifetime of a proof.
LIFETIME = timedelta(hours=12)


class Access(NamedTuple):
    """A proof, and when it expires."""

    proof: str
    expires_at: datetime


def grant_access(link: ShareLink, at: datetime) -> Access:
    """Return a proof for a visitor of a link with a password."""
    expires_at = (at + LIFETIME).replace(microsecond=0)
    if link.ends_at is not None:
        expires_at = min(expires_at, link.ends_at)
    seconds = int(expires_at.timestamp())
    return Access(f"{seconds}.{_sign(link, seconds)}", expires_at)


def has_access(link: ShareLink, proof: str | None, at: datetime) -> bool:
    """Return whether the link needs no password, or the proof is valid at this time."""
    if link.password is None:
        return True
    expiry, _, signature = (proof or "").partition(".")
    if not (expiry.isascii() and expiry.isdigit()) or int(expiry) <= at.timestamp():
        return False
    return hmac.compare_digest(signature.encode(), _sign(link, int(expiry)).encode())


def _sign(link: ShareLink, expiry: int) -> str:
    message = f"{link.digest}.{expiry}".encode()
    return hmac.new((link.password or "").encode(), message, hashlib.sha256).hexdigest()
