"""The ports in memory, for tests and trials; not to be told apart from the real adapters.

Nothing here waits between a check and its effect, so each method is as atomic as its twin.
"""

import asyncio
import hashlib
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from sightline.images import PART_NAMES, Image, now
from sightline.keys import ImageKey
from sightline.objects import ObjectChanged, ObjectNotFound, StoredObject
from sightline.queues import Message, QueueNotFound
from sightline.recognition import Feature, Profile, Recognition
from sightline.table import (
    Answer,
    Conflict,
    ContentClaimed,
    ImageNotFound,
    LabelCount,
    Marked,
    Month,
    Page,
    RequestClaimed,
    Usage,
)


class MemoryImageTable:
    """`ImageTable` in a dictionary."""

    def __init__(self) -> None:
        self._images: dict[ImageKey, Image] = {}
        self._months: dict[tuple[str, str], Counter[str]] = {}
        self._requests: dict[tuple[str, str], tuple[str, Answer | None, float]] = {}
        self._contents: dict[tuple[str, str, str], Recognition | tuple[str, float]] = {}

    async def create(self, image: Image) -> None:
        if self._images.get(image.key, image) != image:
            raise Conflict
        self._images[image.key] = image

    async def get(self, key: ImageKey) -> Image:
        image = self._images.get(key)
        if image is None or image.is_hidden:
            raise ImageNotFound(key.image_id)
        return image

    async def page(
        self, owner: str, limit: int, before: str | None = None, down_to: str | None = None
    ) -> Page:
        older = sorted(
            (
                image
                for image in self._images.values()
                if image.owner == owner
                and not image.is_hidden
                and (before is None or image.image_id < before)
                and (down_to is None or image.image_id >= down_to)
            ),
            key=lambda image: image.image_id,
            reverse=True,
        )
        more = len(older) > limit
        return Page(older[:limit], older[limit - 1].image_id if more else None)

    async def store(self, before: Image, after: Image) -> None:
        current = self._images.get(before.key)
        relabelled = before.labels != after.labels
        if current is None or current.deleted_at is not None:
            raise Conflict
        changes: dict[str, object] = {} if after.expires_at else {"expires_at": None}
        for name in ("details", *PART_NAMES):
            old, new = getattr(before, name), getattr(after, name)
            moved = old.revision != new.revision
            if moved:
                changes[name] = new
            must_hold = moved or (relabelled and name != "renditions")
            if must_hold and getattr(current, name).revision != old.revision:
                raise Conflict
        current = current.model_copy(update=changes)
        self._images[before.key] = current
        self._derive(before, after)

    def _derive(self, before: Image, after: Image) -> None:
        steps: Counter[str] = Counter(after.calls)
        steps.subtract(before.calls)
        if before.renditions.etag is None and after.renditions.etag is not None:
            steps.update(images=1, bytes=after.bytes)
        if +steps:
            period = after.owner, now().strftime("%Y-%m")
            self._months.setdefault(period, Counter()).update(+steps)
        old, new = before.recognition.result, after.recognition.result
        if old is not None and (new is None or old.profile.name != new.profile.name):
            self._contents.pop(_content(before, old.profile), None)
        if new is not None and new != old:
            known = new.model_copy(update={"calls": {}})
            self._contents[_content(after, new.profile)] = known

    async def begin_deletion(self, key: ImageKey) -> Image:
        image = self._images.get(key)
        if image is None:
            raise ImageNotFound(key.image_id)
        hidden = image.model_copy(update={"deleted_at": image.deleted_at or now()})
        self._images[key] = hidden
        return hidden

    async def remove(self, image: Image) -> None:
        current = self._images.get(image.key)
        if current is not None and current.deleted_at is not None:
            del self._images[image.key]
            bytes_of = (image.owner, image.sha256)
            for content in [each for each in self._contents if each[:2] == bytes_of]:
                del self._contents[content]

    async def count_labels(
        self, owner: str, limit: int, prefix: str = "", after: str | None = None
    ) -> list[LabelCount]:
        owned = [image for image in self._images.values() if image.owner == owner]
        counts = Counter(label for image in owned for label in image.labels)
        names = {label: mark.name for image in owned for label, mark in image.labels.items()}
        keys = sorted(
            key for key in counts if key.startswith(prefix) and (after is None or key > after)
        )
        return [LabelCount(key, names[key], counts[key]) for key in keys[:limit]]

    async def find_labelled(
        self, owner: str, label: str, limit: int, upto: str | None = None
    ) -> list[Marked]:
        found = [
            Marked(image.image_id, image.labels[label].confidence)
            for image in self._images.values()
            if image.owner == owner
            and label in image.labels
            and (upto is None or image.image_id <= upto)
        ]
        return sorted(found, reverse=True)[:limit]

    async def get_many(self, owner: str, image_ids: Sequence[str]) -> list[Image]:
        images = (self._images.get(ImageKey(owner, image_id)) for image_id in image_ids)
        return [image for image in images if image is not None and not image.is_hidden]

    async def find_content(self, owner: str, sha256: str) -> list[str]:
        found = [
            image.image_id
            for image in self._images.values()
            if (image.owner, image.sha256) == (owner, sha256) and image.renditions.result
        ]
        return sorted(found, reverse=True)

    async def read_usage(self, owner: str) -> Usage:
        owned = [image for image in self._images.values() if image.owner == owner]
        arrived = [image for image in owned if image.renditions.etag is not None]
        months = [
            Month(
                month=month,
                images=counts["images"],
                bytes=counts["bytes"],
                calls={feature: counts[feature] for feature in Feature if counts[feature]},
            )
            for (who, month), counts in self._months.items()
            if who == owner
        ]
        total = sum(image.bytes for image in arrived)
        return Usage(len(arrived), total, sorted(months, reverse=True))

    async def claim_content(
        self, image: Image, profile: Profile, seconds: float
    ) -> Recognition | None:
        content = _content(image, profile)
        known = self._contents.get(content, ("", 0.0))
        if isinstance(known, Recognition):
            return known
        claimant, until = known
        if until > time.monotonic() and claimant != image.image_id:
            raise ContentClaimed
        self._contents[content] = image.image_id, time.monotonic() + seconds
        return None

    async def release_content(self, image: Image, profile: Profile) -> None:
        if isinstance(self._contents.get(_content(image, profile)), tuple):
            del self._contents[_content(image, profile)]

    async def claim_request(
        self, owner: str, key: str, fingerprint: str, seconds: float
    ) -> Answer | None:
        held, answer, until = self._requests.get((owner, key), ("", None, 0.0))
        if until > time.monotonic():
            if held != fingerprint or answer is None:
                raise RequestClaimed(held == fingerprint)
            return answer
        self._requests[owner, key] = fingerprint, None, time.monotonic() + seconds
        return None

    async def keep_answer(self, owner: str, key: str, answer: Answer, seconds: float) -> None:
        fingerprint, _, _ = self._requests[owner, key]
        self._requests[owner, key] = fingerprint, answer, time.monotonic() + seconds

    async def release_request(self, owner: str, key: str) -> None:
        self._requests.pop((owner, key), None)


def _content(image: Image, profile: Profile) -> tuple[str, str, str]:
    return image.owner, image.sha256, profile.name


class MemoryObjectStore:
    """`ObjectStore` in a dictionary."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    async def head(self, key: str) -> StoredObject:
        body = self._find(key)
        return StoredObject(
            key=key,
            etag=hashlib.md5(body, usedforsecurity=False).hexdigest(),
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
        )

    async def read(self, stored: StoredObject, first: int | None = None) -> bytes:
        if (await self.head(stored.key)).etag != stored.etag:
            raise ObjectChanged(stored.key)
        return self._find(stored.key)[:first]

    async def write(self, key: str, body: bytes, media_type: str) -> None:
        self._objects[key] = body

    async def delete(self, key: str) -> None:
        self._objects.pop(key, None)

    async def delete_all(self, prefix: str) -> None:
        async for key in self.keys(prefix):
            await self.delete(key)

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        for key in sorted(self._objects):
            if key.startswith(prefix):
                yield key

    def _find(self, key: str) -> bytes:
        try:
            return self._objects[key]
        except KeyError:
            raise ObjectNotFound(key) from None


@dataclass
class _Waiting:
    message_id: str
    body: str
    receive_count: int = 0
    receipt: str | None = None
    visible_at: float = field(default_factory=time.monotonic)


class MemoryQueue:
    """`Queue` in a dictionary, with its dead-letter queue beside it."""

    def __init__(self, visibility: float = 30, max_receives: int | None = None) -> None:
        self.visibility = visibility
        self.max_receives = max_receives
        self.dead: list[str] = []
        self.removed = False
        self._waiting: dict[str, _Waiting] = {}
        self._numbers = itertools.count()

    def send(self, body: str) -> None:
        message_id = f"message-{next(self._numbers)}"
        self._waiting[message_id] = _Waiting(message_id, body)

    def __len__(self) -> int:
        """How many messages are neither settled nor dead."""
        return len(self._waiting)

    async def receive(self, limit: int, wait: float) -> list[Message]:
        until = time.monotonic() + wait
        while True:
            if self.removed:
                raise QueueNotFound
            messages = self._take(limit)
            if messages or time.monotonic() >= until:
                return messages
            await asyncio.sleep(min(0.01, wait))

    def _take(self, limit: int) -> list[Message]:
        at = time.monotonic()
        visible = [entry for entry in self._waiting.values() if entry.visible_at <= at]
        messages = []
        for entry in visible[:limit]:
            if self.max_receives is not None and entry.receive_count >= self.max_receives:
                self.dead.append(self._waiting.pop(entry.message_id).body)
                continue
            entry.receive_count += 1
            entry.receipt = f"{entry.message_id}/{entry.receive_count}"
            entry.visible_at = at + self.visibility
            messages.append(
                Message(entry.message_id, entry.receipt, entry.body, entry.receive_count)
            )
        return messages

    async def delete(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self._waiting.pop(message.message_id, None)

    async def extend(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self.release(message, self.visibility)

    async def release(self, message: Message, after: float) -> None:
        entry = self._waiting.get(message.message_id)
        if entry is not None and entry.receipt == message.receipt:
            entry.visible_at = time.monotonic() + after


class MemoryTopic:
    """`Topic` that sends to queues in memory, and remembers what it sent."""

    def __init__(self, *queues: MemoryQueue) -> None:
        self.queues = list(queues)
        self.published: list[str] = []

    async def publish(self, body: str) -> None:
        self.published.append(body)
        for queue in self.queues:
            queue.send(body)
