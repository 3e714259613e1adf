"""Slots for archive downloads: few at a time, so that they never take the service from others."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sightline_api.problems import TooManyArchives


class DownloadSlots:
    """Allows each owner some downloads at a time, and all owners together some more."""

    def __init__(self, per_owner: int, total: int) -> None:
        self._per_owner = per_owner
        self._total = total
        self._taken = Counter[str]()

    @contextmanager
    def take(self, owner: str) -> Iterator[None]:
        """Take a slot for the time of the context. Raises `TooManyArchives`."""
        if self._taken.get(owner, 0) >= self._per_owner or self._taken.total() >= self._total:
            raise TooManyArchives
        self._taken[owner] += 1
        try:
            yield
        finally:
            self._taken[owner] -= 1
            # Also owners without downloads would otherwise stay in memory.
            self._taken += Counter()
