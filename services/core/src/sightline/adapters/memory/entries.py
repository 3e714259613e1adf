"""Pages of the entries of an album in memory."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from sightline.domain.albums import AlbumSort


class _Positioned(Protocol):
    @property
    def position(self) -> str: ...


Entry = TypeVar("Entry", bound=_Positioned)


def select_page(
    entries: Iterable[Entry], sort: AlbumSort, after: str | None, limit: int
) -> list[Entry]:
    """Return up to `limit` entries in an order of the album, after a position if there is one."""
    ordered = sorted(entries, key=lambda entry: entry.position, reverse=not sort.is_ascending)
    if after is not None:
        ordered = [
            entry
            for entry in ordered
            if entry.position != after and (entry.position > after) == sort.is_ascending
        ]
    return ordered[:limit]
