"""Pseudonyms of owners, in traces and in analytics."""

import hmac

#: Hexadecimal digits of an owner's hash: two of a million owners share one with p = 3e-8.
OWNER_HASH_DIGITS = 16


def hash_owner(owner: str, key: bytes) -> str:
    """Return the pseudonym of an owner, which only the holder of the key can compute."""
    return hmac.digest(key, owner.encode(), "sha256").hex()[:OWNER_HASH_DIGITS]
