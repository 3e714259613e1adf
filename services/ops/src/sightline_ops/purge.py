"""Delete what has been in the trash for long enough, and finish what was interrupted.

The purge scans the table, and each image is a step of its own: it can be interrupted at any point,
and the next run continues with what is left. An image that its owner restores meanwhile stays.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sightline.deletion import ImageDeleter, ImageTrash
from sightline.domain.images import Image
from sightline.optimistic import Conflict
from sightline.ports.image_table import ImageNotFound
from sightline_ops.stack import Stack

#: How long a deletion or a move may take before it counts as interrupted.
INTERRUPTED_AFTER = timedelta(hours=1)


class PurgeKind(StrEnum):
    """Why an image is purged, or what is finished for it."""

    #: In the trash for long enough. Deleted.
    EXPIRED = "expired"
    #: Marked as deleted, but not removed. Deleted.
    UNFINISHED_DELETION = "unfinished deletion"
    #: In the trash, but still in albums. Leaves them.
    UNFINISHED_MOVE = "unfinished move"
    #: Restored, but not to all of its albums. Returns to them.
    UNFINISHED_RESTORATION = "unfinished restoration"


class PurgeStep(NamedTuple):
    """An image as it was read, and what the purge does with it."""

    kind: PurgeKind
    image: Image


class Purger:
    """Purges the trash of one stack; the trash keeps an image for this time."""

    def __init__(self, stack: Stack, kept: timedelta) -> None:
        self._stack = stack
        tables = stack.tables
        self._trash = ImageTrash(tables.images, tables.albums)
        self._deleter = ImageDeleter(
            tables.images,
            tables.albums,
            stack.originals,
            stack.renditions,
            tables.contributions,
        )
        at = datetime.now(UTC)
        self._expired_before = at - kept
        self._interrupted_before = at - INTERRUPTED_AFTER

    async def find(self) -> AsyncIterator[PurgeStep]:
        """Iterate over all steps; memory does not grow with the stack."""
        async for image in self._stack.tables.inventory.scan():
            kind = self._find_kind(image)
            if kind is not None:
                yield PurgeStep(kind, image)

    async def do(self, step: PurgeStep) -> bool:
        """Do a step. Return False if its image has changed since it was found."""
        key, revision = step.image.key, step.image.details.revision
        try:
            match step.kind:
                case PurgeKind.EXPIRED:
                    await self._deleter.delete(key, revision)
                case PurgeKind.UNFINISHED_DELETION:
                    await self._deleter.delete(key)
                case PurgeKind.UNFINISHED_MOVE:
                    await self._trash.finish_move(key)
                case PurgeKind.UNFINISHED_RESTORATION:
                    await self._trash.finish_restoration(key)
        except (Conflict, ImageNotFound):
            return False
        return True

    def _find_kind(self, image: Image) -> PurgeKind | None:
        if image.deleted_at is not None:
            is_overdue = image.deleted_at < self._interrupted_before
            return PurgeKind.UNFINISHED_DELETION if is_overdue else None
        trashed_at = image.details.trashed_at
        if trashed_at is None:
            # The row does not state when it was restored. Finishing it twice changes nothing.
            return PurgeKind.UNFINISHED_RESTORATION if image.trashed_albums else None
        if trashed_at < self._expired_before:
            return PurgeKind.EXPIRED
        is_overdue = bool(image.albums) and trashed_at < self._interrupted_before
        return PurgeKind.UNFINISHED_MOVE if is_overdue else None
