"""Compare S3 with the table: find orphaned objects, interrupted deletions and stalled images.

Finding changes nothing. A repair checks its finding again immediately before, because the stack is
in use and most of what looks wrong is only in progress; for the same reason only findings above a
minimum age count.
"""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote_plus
from uuid import uuid4

from sightline.consumer.messages import ReprocessCommand, format_reprocess_command
from sightline.deletion import ImageDeleter
from sightline.domain.images import PART_NAMES, Image, PartName
from sightline.domain.object_keys import (
    ImageKey,
    InvalidObjectKey,
    original_key,
    parse_original_key,
    rendition_prefix,
)
from sightline.domain.states import UNFINISHED_STATES, State
from sightline.ports.image_table import ImageNotFound
from sightline.ports.object_store import ListedObject, ObjectNotFound, ObjectStore
from sightline_ops.stack import Stack

#: Objects whose rows are looked up together: one page of an S3 listing. Memory stays bounded, and
#: the renditions of one image, neighbors in the listing, cost one row.
BATCH_SIZE = 1000


class FindingKind(StrEnum):
    """What is wrong, and how it is repaired."""

    #: Uploaded without a row, or after its image was deleted. Repair: delete the object.
    ORPHANED_ORIGINAL = "orphaned original"
    #: Written for an image that was deleted meanwhile. Repair: delete the object.
    ORPHANED_RENDITION = "orphaned rendition"
    #: Hidden, but not deleted. Repair: finish the deletion.
    UNFINISHED_DELETION = "unfinished deletion"
    #: Uploaded, but not processed. Repair: send its message again.
    STALLED = "stalled"
    #: Processed, but the original no longer exists. Cannot be repaired.
    LOST_ORIGINAL = "lost original"
    #: Processed, but renditions no longer exist. Repair: create them again.
    LOST_RENDITION = "lost rendition"
    #: Rotated or moved by its owner, but not processed since. Repair: have it applied.
    PENDING_CORRECTION = "pending correction"


class Finding(NamedTuple):
    """One problem; `detail` is the key of an object, or the name of the stalled part."""

    kind: FindingKind
    image: ImageKey
    detail: str

    @property
    def is_repairable(self) -> bool:
        return self.kind is not FindingKind.LOST_ORIGINAL


class Reconciler:
    """Compares the buckets of one stack with its table; ignores what is younger than `age`."""

    def __init__(self, stack: Stack, age: timedelta) -> None:
        self._stack = stack
        self._cutoff = datetime.now(UTC) - age
        #: The number of objects and rows checked so far.
        self.checked = 0

    async def find(self) -> AsyncIterator[Finding]:
        """Iterate over all findings; memory does not grow with the stack."""
        stack = self._stack
        async for finding in self._find_orphans(
            stack.originals, "originals/", FindingKind.ORPHANED_ORIGINAL
        ):
            yield finding
        async for finding in self._find_orphans(
            stack.renditions, "renditions/", FindingKind.ORPHANED_RENDITION
        ):
            yield finding
        async for image in stack.tables.inventory.scan():
            self.checked += 1
            for finding in await self._check_image(image):
                yield finding

    async def repair(self, finding: Finding) -> bool:
        """Repair a finding if it still applies. Return whether it did."""
        stack = self._stack
        row = await stack.tables.inventory.find(finding.image)
        match finding.kind:
            case FindingKind.ORPHANED_ORIGINAL if row is None:
                await stack.originals.delete(finding.detail)
            case FindingKind.ORPHANED_RENDITION if row is None:
                await stack.renditions.delete(finding.detail)
            case FindingKind.UNFINISHED_DELETION if row and row.deleted_at:
                await self._delete(finding.image)
            case FindingKind.STALLED if row and finding in await self._check_image(row):
                await stack.queues[finding.detail].send(format_upload_event(finding.image))
            case FindingKind.LOST_RENDITION if row and finding in await self._check_image(row):
                await self._reprocess(finding.image)
            case FindingKind.PENDING_CORRECTION if row and finding in await self._check_image(row):
                await self._reprocess(finding.image, only_corrections=True)
            case _:
                return False
        return True

    async def _reprocess(self, key: ImageKey, only_corrections: bool = False) -> None:
        """Send the command that creates the renditions again, or that applies corrections."""
        command = ReprocessCommand(str(uuid4()), ("renditions",), only_corrections=only_corrections)
        await self._stack.queues["renditions"].send(format_reprocess_command(key, command))

    async def _delete(self, key: ImageKey) -> None:
        stack = self._stack
        try:
            await ImageDeleter(
                stack.tables.images,
                stack.tables.albums,
                stack.originals,
                stack.renditions,
                stack.tables.contributions,
            ).delete(key)
        except ImageNotFound:
            # Another call has finished the deletion meanwhile.
            return

    async def _find_orphans(
        self, store: ObjectStore, prefix: str, kind: FindingKind
    ) -> AsyncIterator[Finding]:
        async for batch in _in_batches(store.list(prefix)):
            self.checked += len(batch)
            old = [each.key for each in batch if each.modified_at < self._cutoff]
            images = {key: image for key in old if (image := parse_image(key)) is not None}
            existing = await self._stack.tables.inventory.find_existing(images.values())
            for key, image in images.items():
                if image not in existing:
                    yield Finding(kind, image, key)

    async def _check_image(self, image: Image) -> list[Finding]:
        """Return the findings about an image that has a row."""
        if image.deleted_at is not None:
            is_overdue = image.deleted_at < self._cutoff
            return [Finding(FindingKind.UNFINISHED_DELETION, image.key, "")] if is_overdue else []
        overdue = [name for name in PART_NAMES if self._is_overdue(image, name)]
        was_started = any(image.part(name).etag for name in PART_NAMES)
        if not overdue and not was_started:
            return []
        key = original_key(image.key)
        try:
            await self._stack.originals.head(key)
        except ObjectNotFound:
            return [Finding(FindingKind.LOST_ORIGINAL, image.key, key)] if was_started else []
        return [
            *(Finding(FindingKind.STALLED, image.key, name) for name in overdue),
            *await self._find_lost_rendition(image),
            *self._find_pending_correction(image),
        ]

    async def _find_lost_rendition(self, image: Image) -> list[Finding]:
        """Return a finding with the first rendition that does not exist, if any."""
        result = image.renditions.result
        if image.renditions.state is not State.SUCCEEDED or result is None:
            return []
        prefix = rendition_prefix(image.key)
        stored = {listed.key async for listed in self._stack.renditions.list(prefix)}
        lost = [each.key for each in result.renditions if each.key not in stored]
        return [Finding(FindingKind.LOST_RENDITION, image.key, key) for key in lost[:1]]

    def _find_pending_correction(self, image: Image) -> list[Finding]:
        """Return a finding if the api stored a correction, but could not send its message."""
        corrected_at = image.details.corrected_at
        if not image.is_correction_due or image.renditions.state in UNFINISHED_STATES:
            return []
        is_overdue = corrected_at is not None and corrected_at < self._cutoff
        return [Finding(FindingKind.PENDING_CORRECTION, image.key, "")] if is_overdue else []

    def _is_overdue(self, image: Image, name: PartName) -> bool:
        part = image.part(name)
        began_at = part.started_at or image.created_at
        return part.state in UNFINISHED_STATES and began_at < self._cutoff


def format_upload_event(key: ImageKey) -> str:
    """Return the S3 event of an upload; a consumer skips the parts that are already finished."""
    record = {
        "eventName": "ObjectCreated:Put",
        "s3": {"object": {"key": quote_plus(original_key(key), safe="/")}},
    }
    return json.dumps({"Records": [record]})


async def _in_batches(listing: AsyncIterator[ListedObject]) -> AsyncIterator[list[ListedObject]]:
    batch: list[ListedObject] = []
    async for listed in listing:
        batch.append(listed)
        if len(batch) == BATCH_SIZE:
            yield batch
            batch = []
    if batch:
        yield batch


def parse_image(key: str) -> ImageKey | None:
    """Return the image that an original or rendition belongs to; None for any other object."""
    steps = key.split("/")
    try:
        return parse_original_key("/".join(["originals", *steps[1:3]]))
    except InvalidObjectKey:
        return None
