"""API keys: credentials of programs, which act for the owner who created them.

The secret is known only to its holder; the service stores its SHA-256 digest. The digest needs no
salt and no slow hash, because a secret has far more entropy than anyone can try.
"""

import hashlib
import re
import secrets
import zlib
from datetime import datetime, timedelta
from enum import StrEnum

from sightline.domain.model import Value

#: Start of every secret, by which secret scanners recognize one.
SECRET_PREFIX = "slk_"  # noqa: S105

#: Digits of the random part and of the checksum.
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

#: Digits of the random part: 30 digits of base 62 have 178 bits.
RANDOM_LENGTH = 30

#: Digits of the checksum: 6 digits of base 62 hold a CRC-32.
CHECKSUM_LENGTH = 6

#: Characters of a secret that its owner sees in lists: the prefix and 4 random digits.
SHOWN_LENGTH = len(SECRET_PREFIX) + 4

#: Keys of one owner.
MAX_KEYS = 50

#: Time for which an expired key is still listed.
KEPT_AFTER_END = timedelta(days=30)

#: Interval at which the last use of a key is written.
USE_INTERVAL = timedelta(hours=1)

_SECRET = re.compile(rf"{SECRET_PREFIX}[0-9A-Za-z]{{{RANDOM_LENGTH + CHECKSUM_LENGTH}}}")


class Scope(StrEnum):
    """What a key may do."""

    IMAGES_READ = "images:read"
    IMAGES_WRITE = "images:write"
    ALBUMS_WRITE = "albums:write"
    SHARES_WRITE = "shares:write"
    ACCOUNT_READ = "account:read"


class ApiKeyNotFound(Exception):
    """The owner has no such key, or it was revoked."""


class ApiKey(Value):
    """A key without its secret; `shown` is the start of the secret, and `digest` its SHA-256."""

    owner: str
    key_id: str
    name: str
    shown: str
    digest: str
    scopes: frozenset[Scope]
    created_at: datetime
    ends_at: datetime
    last_used_at: datetime | None = None


def new_secret() -> str:
    """Return a new secret: the prefix, random digits, and their checksum."""
    random = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return f"{SECRET_PREFIX}{random}{_checksum(random)}"


def is_secret(text: str) -> bool:
    """Return whether the text has the form and the checksum of a secret."""
    if not _SECRET.fullmatch(text):
        return False
    return _checksum(text[len(SECRET_PREFIX) : -CHECKSUM_LENGTH]) == text[-CHECKSUM_LENGTH:]


def digest_secret(secret: str) -> str:
    """Return the SHA-256 digest under which a key is stored, as hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(random: str) -> str:
    """Return the CRC-32 of the random digits, in base 62."""
    rest, digits = zlib.crc32(random.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
