"""The tables, buckets and event topic of one deployment, in memory."""

import hashlib
from typing import TypeVar

from sightline.adapters.memory import MemoryObjectStore, MemoryTopic, memory_tables
from sightline.consumer.part_processor import PartProcessor, Work
from sightline.domain.events import Event, parse_events
from sightline.domain.images import Image, PartName
from sightline.domain.model import Value
from sightline.domain.object_keys import original_key
from sightline.event_publisher import EventPublisher
from sightline_testing.builders import make_image

Result = TypeVar("Result", bound=Value)

#: The region of the deployment.
REGION = "eu-central-1"


class MemoryBackend:
    """Empty tables and buckets, and a topic that records what is published."""

    def __init__(self) -> None:
        self.tables = memory_tables()
        self.originals = MemoryObjectStore()
        self.renditions = MemoryObjectStore()
        self.topic = MemoryTopic()
        self.publisher = EventPublisher(self.topic)

    async def upload(self, body: bytes, owner: str | None = None, **changes: object) -> Image:
        """Create an image that declares the body, and store the body as its original."""
        checksum = hashlib.sha256(body).hexdigest()
        image = make_image(owner, sha256=checksum, bytes=len(body), **changes)
        await self.tables.images.create(image)
        await self.replace_original(image, body)
        return image

    async def replace_original(self, image: Image, body: bytes) -> None:
        """Store other bytes as the original of the image."""
        await self.originals.write(original_key(image.key), body, image.media_type)

    async def read(self, image: Image) -> Image:
        """Return the image as it is stored now."""
        return await self.tables.images.get(image.key)

    def processor(self, name: PartName, work: Work[Result]) -> PartProcessor[Result]:
        """Return a processor of one part of every image, with this work."""
        return PartProcessor(name, self.tables.images, self.originals, work, self.publisher, REGION)

    def published_events(self) -> list[Event]:
        """Return the published events, oldest first."""
        return [event for body in self.topic.published for event in parse_events(body)]
