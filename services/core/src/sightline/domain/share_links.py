"""Share links: URLs with which anyone who has one sees an image or an album of its owner.

The token in the URL is known only to those who have the link; the service stores its SHA-256
digest. The digest needs no salt and no slow hash, because a token has far more entropy than anyone
can try. An optional password is chosen by a person, so it is hashed slowly: see `share_passwords`.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from pydantic import model_validator

from sightline.domain.api_keys import ALPHABET
from sightline.domain.model import Value

#: Digits of a token: 26 digits of base 62 have 154 bits, 131 of them beyond those that are shown.
TOKEN_LENGTH = 26

#: Digits of a token that its owner sees in lists.
SHOWN_LENGTH = 4

#: Time for which an expired link is still listed.
KEPT_AFTER_END = timedelta(days=30)

_TOKEN = re.compile(rf"[0-9A-Za-z]{{{TOKEN_LENGTH}}}")


class ShareLinkNotFound(Exception):
    """The owner has no such link, or it was revoked."""


class ShareLink(Value):
    """A link without its token; `shown` is the start of the token, and `digest` its SHA-256.

    It refers to either an image or an album. A link without `ends_at` does not expire. `password`
    is the hash of the password, None if none is required. `original`, `metadata` and `position` are
    what visitors get beyond renditions. `revision` counts the changes by the owner, `opened` the
    visits.
    """

    owner: str
    link_id: str
    image_id: str | None = None
    album_id: str | None = None
    shown: str
    digest: str
    original: bool = False
    metadata: bool = False
    position: bool = False
    password: str | None = None
    created_at: datetime
    ends_at: datetime | None = None
    revision: int = 0
    opened: int = 0
    last_opened_at: datetime | None = None

    @model_validator(mode="after")
    def _require_one_target(self) -> "ShareLink":
        if (self.image_id is None) == (self.album_id is None):
            raise ValueError("a link refers to either an image or an album")
        return self

    @property
    def kept_until(self) -> datetime | None:
        """The time from which on the link is no longer listed; None if it does not expire."""
        return self.ends_at and self.ends_at + KEPT_AFTER_END

    def has_ended(self, at: datetime) -> bool:
        """Return whether the link has expired at this time."""
        return self.ends_at is not None and self.ends_at <= at

    def without_opens(self) -> "ShareLink":
        """Return the link without what visitors change."""
        return self.model_copy(update={"opened": 0, "last_opened_at": None})


def new_token() -> str:
    """Return a new random token."""
    return "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))


def is_token(text: str) -> bool:
    """Return whether the text has the form of a token."""
    return _TOKEN.fullmatch(text) is not None


def digest_token(token: str) -> str:
    """Return the SHA-256 digest under which a link is stored, as hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()
