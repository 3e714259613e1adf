"""S3 beside the table: what is in one and not in the other, what was begun and not ended.

Looking changes nothing. Mending looks at each item once more just before, since the stack is alive
and most of what looks wrong is only under way; so only what is older than a while counts at all.
"""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from sightline.deletion import ImageDeleter
from sightline.domain.images import PART_NAMES, Image, PartName
from sightline.domain.object_keys import (
    ImageKey,
    InvalidObjectKey,
    original_key,
    parse_original_key,
)
from sightline.domain.states import State
from sightline.ports.image_table import ImageNotFound
from sightline.ports.object_store import ObjectNotFound
from sightline_ops.stack import Stack

#: DynamoDB reads at most so many rows in one call.
ROWS = 100

UNENDED = {State.PENDING, State.RUNNING}


class Kind(StrEnum):
    """What may be amiss, and what mends it."""

    #: A file that was uploaded without a ticket, or after its image was deleted: removed.
    ORPHANED_ORIGINAL = "orphaned original"
    #: Made for an image that was deleted meanwhile: removed.
    ORPHANED_RENDITION = "orphaned rendition"
    #: Hidden, and not gone: the deletion is finished.
    UNFINISHED_DELETION = "unfinished deletion"
    #: Uploaded, and nobody works on it: its message is sent again.
    STALLED = "stalled"
    #: Processed, and its original is not there: nothing can mend that.
    LOST_ORIGINAL = "lost original"


class Finding(NamedTuple):
    """One item that is amiss; `detail` is the object's key, or the part that stalls."""

    kind: Kind
    image: ImageKey
    detail: str

    @property
    def can_be_mended(self) -> bool:
        return self.kind is not Kind.LOST_ORIGINAL


class Reconciler:
    """Looks at one stack; `age` is how old something must be to count."""

    def __init__(self, stack: Stack, age: timedelta) -> None:
        self._stack = stack
        self._before = datetime.now(UTC) - age
        #: Objects and rows that were looked at.
        self.seen = 0

    async def find(self) -> AsyncIterator[Finding]:
        """Everything that is amiss; memory does not grow with the stack."""
        async for finding in self._find_orphans("originals", Kind.ORPHANED_ORIGINAL):
            yield finding
        async for finding in self._find_orphans("renditions", Kind.ORPHANED_RENDITION):
            yield finding
        async for image in self._stack.tables.inventory.scan():
            self.seen += 1
            for finding in await self._judge(image):
                yield finding

    async def mend(self, finding: Finding) -> bool:
        """Whether it was still amiss, and is not any more."""
        stack = self._stack
        row = await stack.tables.inventory.find(finding.image)
        match finding.kind:
            case Kind.ORPHANED_ORIGINAL if row is None:
                await stack.originals.delete(finding.detail)
            case Kind.ORPHANED_RENDITION if row is None:
                await stack.renditions.delete(finding.detail)
            case Kind.UNFINISHED_DELETION if row is not None and row.deleted_at:
                await self._delete(finding.image)
            case Kind.STALLED if row is not None and finding in await self._judge(row):
                await self._send(finding)
            case _:
                return False
        return True

    async def _delete(self, key: ImageKey) -> None:
        stack = self._stack
        try:
            await ImageDeleter(
                stack.tables.images, stack.tables.albums, stack.originals, stack.renditions
            ).delete(key)
        except ImageNotFound:
            # Another call has finished it just now.
            return

    async def _send(self, finding: Finding) -> None:
        """The news of the upload, as S3 would tell it: what is done already is not done again."""
        part: Any = finding.detail
        record = {
            "eventName": "ObjectCreated:Put",
            "s3": {"object": {"key": quote_plus(original_key(finding.image), safe="/")}},
        }
        url = self._stack.places.queue(part)
        body = json.dumps({"Records": [record]})
        await self._stack.sqs.send_message(QueueUrl=url, MessageBody=body)

    async def _find_orphans(self, bucket: str, kind: Kind) -> AsyncIterator[Finding]:
        pages = self._stack.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._stack.places.buckets[bucket], Prefix=f"{bucket}/"
        )
        async for page in pages:
            objects = page.get("Contents", [])
            self.seen += len(objects)
            old = [each["Key"] for each in objects if each["LastModified"] < self._before]
            images = {name: image for name in old if (image := _image_of(name)) is not None}
            there = await self._stack.tables.inventory.find_existing(images.values())
            for name, image in images.items():
                if image not in there:
                    yield Finding(kind, image, name)

    async def _judge(self, image: Image) -> list[Finding]:
        """What is amiss with an image that has a row."""
        if image.deleted_at is not None:
            late = image.deleted_at < self._before
            return [Finding(Kind.UNFINISHED_DELETION, image.key, "")] if late else []
        parts = [name for name in PART_NAMES if self._is_late(image, name)]
        touched = any(image.part(name).etag for name in PART_NAMES)
        if not parts and not touched:
            return []
        key = original_key(image.key)
        try:
            await self._stack.originals.head(key)
        except ObjectNotFound:
            return [Finding(Kind.LOST_ORIGINAL, image.key, key)] if touched else []
        return [Finding(Kind.STALLED, image.key, name) for name in parts]

    def _is_late(self, image: Image, name: PartName) -> bool:
        part = image.part(name)
        return part.state in UNENDED and (part.started_at or image.created_at) < self._before


def _image_of(key: str) -> ImageKey | None:
    """The image of an original or a rendition; None for what is nobody's, and is left alone."""
    steps = key.split("/")
    try:
        return parse_original_key("/".join(["originals", *steps[1:3]]))
    except InvalidObjectKey:
        return None
