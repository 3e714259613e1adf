"""Share links in memory."""

from datetime import datetime

from sightline.adapters.memory.state import MemoryState
from sightline.domain.share_links import ShareLink, ShareLinkNotFound
from sightline.optimistic import Conflict
from sightline.ports.share_link_table import ShareLinkPage


class MemoryShareLinkTable:
    """`ShareLinkTable` over a dictionary."""

    def __init__(self, state: MemoryState) -> None:
        self._links = state.share_links

    async def create(self, link: ShareLink) -> None:
        for other in self._links.values():
            same_place = (other.owner, other.link_id) == (link.owner, link.link_id)
            if (same_place or other.digest == link.digest) and other != link:
                raise Conflict
        self._links[link.owner, link.link_id] = link

    async def find(self, digest: str) -> ShareLink | None:
        for link in self._links.values():
            if link.digest == digest:
                return link.without_opens()
        return None

    async def get(self, owner: str, link_id: str) -> ShareLink:
        try:
            return self._links[owner, link_id]
        except KeyError:
            raise ShareLinkNotFound(link_id) from None

    async def page(self, owner: str, limit: int, before: str | None = None) -> ShareLinkPage:
        older = sorted(
            (
                link
                for link in self._links.values()
                if link.owner == owner and (before is None or link.link_id < before)
            ),
            key=lambda link: link.link_id,
            reverse=True,
        )
        more = len(older) > limit
        return ShareLinkPage(older[:limit], older[limit - 1].link_id if more else None)

    async def update(self, before: ShareLink, after: ShareLink) -> None:
        current = self._links.get((before.owner, before.link_id))
        if current is None or current.revision != before.revision:
            raise Conflict
        kept = {
            "revision": before.revision + 1,
            "opened": current.opened,
            "last_opened_at": current.last_opened_at,
        }
        self._links[before.owner, before.link_id] = after.model_copy(update=kept)

    async def record_open(self, link: ShareLink, at: datetime) -> None:
        held = self._links.get((link.owner, link.link_id))
        if held is not None:
            counted = {"opened": held.opened + 1, "last_opened_at": at}
            self._links[link.owner, link.link_id] = held.model_copy(update=counted)

    async def revoke(self, owner: str, link_id: str) -> None:
        if self._links.pop((owner, link_id), None) is None:
            raise ShareLinkNotFound(link_id)
