"""Decide whether a visitor may follow a share link."""

import logging
from collections.abc import Callable
from datetime import datetime

from sightline.domain.clock import now
from sightline.domain.share_links import ShareLink, digest_token, is_token
from sightline.ports.share_link_table import ShareLinkTable
from sightline_api.auth.rate_limit import RateLimiter, take
from sightline_api.problems import (
    DEPENDENCY_ERRORS,
    SharedNotFound,
    SharePasswordRequired,
    WrongSharePassword,
)
from sightline_api.sharing.access import Access, grant_access, has_access
from sightline_api.sharing.passwords import PasswordHasher

logger = logging.getLogger(__name__)


class Visitors:
    """Finds the links of visitors, within the rate limit of each link.

    The table is read for each request, so a revoked or changed link takes effect at once.
    """

    def __init__(
        self,
        links: ShareLinkTable,
        limiter: RateLimiter | None,
        hasher: PasswordHasher,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._links = links
        self._limiter = limiter
        self._hasher = hasher
        self._clock = clock

    async def find(self, token: str) -> ShareLink:
        """Return the link of a token, whether or not it has a password.

        Raises `SharedNotFound` without distinction if there is no such link, or it was revoked or
        has expired, and `RateLimited`.
        """
        link = await self._links.find(digest_token(token)) if is_token(token) else None
        if link is None or link.has_ended(self._clock()):
            raise SharedNotFound
        if self._limiter is not None:
            take(self._limiter, link.digest)
        return link

    async def open(self, token: str, proof: str | None) -> ShareLink:
        """Return the link of a token if it has no password or the proof is valid.

        Raises the problems of `find`, and `SharePasswordRequired`.
        """
        link = await self.find(token)
        if not has_access(link, proof, self._clock()):
            raise SharePasswordRequired
        return link

    async def unlock(self, token: str, password: str, network: str) -> Access:
        """Return a proof for the right password; `network` is that of the visitor.

        Raises the problems of `find`, and `WrongSharePassword`, also if there is no password.
        """
        link = await self.find(token)
        if link.password is None:
            raise WrongSharePassword
        if not await self._hasher.verify(password, link, network):
            raise WrongSharePassword
        return grant_access(link, self._clock())

    async def record_open(self, link: ShareLink) -> None:
        """Count a visit; a failure does not matter to the visitor."""
        try:
            await self._links.record_open(link, self._clock())
        except DEPENDENCY_ERRORS:
            logger.warning("could not count a visit of a share link", exc_info=True)
