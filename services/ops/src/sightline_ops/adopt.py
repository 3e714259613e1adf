"""Make this stack's region the home of images, so that its consumers process them.

After the loss of a region, its unfinished images wait for consumers that do not run. Finished ones
need no other home: a reprocess command of this region's API takes the image over by itself.
"""

from collections.abc import AsyncIterator

from sightline.domain.images import PART_NAMES, Image, PartName
from sightline.domain.object_keys import original_key
from sightline.domain.states import UNFINISHED_STATES
from sightline.optimistic import Conflict
from sightline.ports.object_store import ObjectNotFound
from sightline_ops.reconcile import format_upload_event
from sightline_ops.stack import Stack


async def find_adoptable(stack: Stack, home: str | None) -> AsyncIterator[Image]:
    """Iterate over the unfinished images of the region `home`; over all without a home if None.

    An image that is being deleted or whose upload has expired is left out.
    """
    async for image in stack.tables.inventory.scan():
        is_open = home is None or _unfinished_parts(image)
        if image.home == home and is_open and not image.is_hidden:
            yield image


async def adopt(stack: Stack, image: Image) -> bool:
    """Make the stack's region the home of an image, and have its unfinished parts processed.

    Return False if it was deleted or adopted meanwhile. An image without an original gets no
    message: its upload, or the replication of it, causes an event. An image without a home has its
    messages in this region already.
    """
    current = await stack.tables.inventory.find(image.key)
    if current is None or current.home != image.home or current.is_hidden:
        return False
    try:
        await stack.tables.images.store(current, current.with_home(stack.region))
    except Conflict:
        # The only condition is that the image exists and still has that home.
        return False
    if current.home is not None:
        await _send_messages(stack, current)
    return True


async def _send_messages(stack: Stack, image: Image) -> None:
    try:
        await stack.originals.head(original_key(image.key))
    except ObjectNotFound:
        return
    for part in _unfinished_parts(image):
        await stack.queues[part].send(format_upload_event(image.key))


def _unfinished_parts(image: Image) -> list[PartName]:
    return [name for name in PART_NAMES if image.part(name).state in UNFINISHED_STATES]
