"""Replay uploads whose rows were lost: create the rows again and send the notifications again.

After a restore of the table, images that were uploaded since have an original but no row. What only
the row had is lost: the title and all other edits, the album memberships and the declared type.
"""

import hashlib
from datetime import datetime
from io import BytesIO

from PIL import Image as PillowImage

from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.optimistic import Conflict
from sightline.ports.object_store import ListedObject, ObjectNotFound
from sightline_ops.reconcile import format_upload_event, parse_image
from sightline_ops.restore import find_without_row
from sightline_ops.stack import Stack

#: The media type of a format that Pillow does not know.
UNKNOWN_MEDIA_TYPE = "application/octet-stream"


async def find_replayable(stack: Stack, since: datetime) -> list[ListedObject]:
    """Return the originals without a row that were uploaded after `since`."""
    return [
        listed
        async for listed in find_without_row(stack.tables, stack.originals)
        if listed.modified_at > since
    ]


async def replay(stack: Stack, listed: ListedObject) -> ImageKey | None:
    """Create the row of an original and have it processed; None if that is no longer needed."""
    key = parse_image(listed.key)
    if key is None:
        return None
    try:
        stored = await stack.originals.head(listed.key)
        body = await stack.originals.read(stored)
    except ObjectNotFound:
        return None
    image = Image(
        owner=key.owner,
        image_id=key.image_id,
        media_type=detect_media_type(body),
        bytes=stored.size,
        sha256=hashlib.sha256(body).hexdigest(),
        created_at=listed.modified_at,
    )
    try:
        await stack.tables.images.create(image)
    except Conflict:
        return None
    for queue in stack.queues.values():
        await queue.send(format_upload_event(key))
    return key


def detect_media_type(body: bytes) -> str:
    """Return the media type of an image by its header."""
    try:
        with PillowImage.open(BytesIO(body)) as image:
            return image.get_format_mimetype() or UNKNOWN_MEDIA_TYPE
    except (OSError, ValueError, PillowImage.DecompressionBombError):
        return UNKNOWN_MEDIA_TYPE
