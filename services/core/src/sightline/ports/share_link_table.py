"""The table of share links: the port."""

from datetime import datetime
from typing import NamedTuple, Protocol

from sightline.domain.share_links import ShareLink


class ShareLinkPage(NamedTuple):
    """A page of links, newest first; `next_before` continues it, None on the last page."""

    links: list[ShareLink]
    next_before: str | None


class ShareLinkTable(Protocol):
    """Share links by owner, and by the digest of their token."""

    async def create(self, link: ShareLink) -> None:
        """Add a new link; idempotent. Raises `Conflict` if another has the id or the digest."""

    async def find(self, digest: str) -> ShareLink | None:
        """Return the link of this digest, None if there is none or it was revoked.

        An expired link may be found. `opened` and `last_opened_at` are absent.
        """

    async def get(self, owner: str, link_id: str) -> ShareLink:
        """Return the owner's link as last written. Raises `ShareLinkNotFound`."""

    async def page(self, owner: str, limit: int, before: str | None = None) -> ShareLinkPage:
        """Return at most `limit` of the owner's links that are older than the id `before`.

        Revoked links are left out; expired ones are listed for a time.
        """

    async def update(self, before: ShareLink, after: ShareLink) -> None:
        """Write other settings of a link, and count its revision.

        The token, the target and the visits stay. Raises `Conflict` if the link changed since
        `before` or was revoked.
        """

    async def record_open(self, link: ShareLink, at: datetime) -> None:
        """Count a visit, unless the link was revoked."""

    async def revoke(self, owner: str, link_id: str) -> None:
        """Remove a link. Raises `ShareLinkNotFound`."""
