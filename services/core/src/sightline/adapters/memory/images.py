"""The table of images in memory."""

from collections import Counter
from collections.abc import Sequence

from sightline.adapters.memory.recognition_cache import content_key
from sightline.adapters.memory.state import MemoryState
from sightline.domain.clock import now
from sightline.domain.images import (
    Image,
    adds_known_word,
    find_changes,
    find_preconditions,
)
from sightline.domain.object_keys import ImageKey
from sightline.domain.sort_order import SortOrder
from sightline.domain.summaries import ImageSummary
from sightline.optimistic import Conflict
from sightline.ports.image_table import ImageNotFound, ImagePage, SummaryPage


class MemoryImageTable:
    """`ImageTable` in a dictionary."""

    def __init__(self, state: MemoryState | None = None) -> None:
        self._state = state or MemoryState()

    @property
    def _rows(self) -> dict[ImageKey, Image]:
        return self._state.images

    async def create(self, image: Image) -> None:
        if self._rows.get(image.key, image) != image:
            raise Conflict
        self._rows[image.key] = image

    async def get(self, key: ImageKey) -> Image:
        image = self._rows.get(key)
        if image is None or image.is_hidden:
            raise ImageNotFound(key.image_id)
        return image

    async def get_stored(self, key: ImageKey) -> Image:
        image = self._rows.get(key)
        if image is None or image.is_gone:
            raise ImageNotFound(key.image_id)
        return image

    async def get_many(self, owner: str, image_ids: Sequence[str]) -> list[Image]:
        images = (self._rows.get(ImageKey(owner, image_id)) for image_id in image_ids)
        return [image for image in images if image is not None and not image.is_hidden]

    async def get_summaries(self, owner: str, image_ids: Sequence[str]) -> list[ImageSummary]:
        return [image.summary for image in await self.get_many(owner, image_ids)]

    async def page(self, owner: str, limit: int, before: str | None = None) -> ImagePage:
        older = [
            image
            for image in self._state.owned_images(owner)
            if not image.is_hidden and (before is None or image.image_id < before)
        ]
        more = len(older) > limit
        return ImagePage(older[:limit], older[limit - 1].image_id if more else None)

    async def page_summaries(
        self,
        owner: str,
        limit: int,
        before: str | None = None,
        down_to: str | None = None,
        order: SortOrder = SortOrder.NEWEST,
    ) -> SummaryPage:
        everything = await self.page(owner, len(self._rows) + 1, before)
        found = [each for each in everything.images if down_to is None or each.image_id >= down_to]
        if order is SortOrder.OLDEST:
            found.reverse()
        summaries = [image.summary for image in found[:limit]]
        return SummaryPage(summaries, found[limit - 1].image_id if len(found) > limit else None)

    async def store(self, before: Image, after: Image) -> None:
        current = self._rows.get(before.key)
        if current is None or current.deleted_at is not None or current.home != before.home:
            raise Conflict
        for name in find_preconditions(before, after):
            if getattr(current, name).revision != getattr(before, name).revision:
                raise Conflict
        if adds_known_word(before, after, current):
            raise Conflict
        changes: dict[str, object] = {"home": after.home}
        if after.expires_at is None:
            changes["expires_at"] = None
        changes |= {name: getattr(after, name) for name in find_changes(before, after)}
        self._rows[before.key] = current.model_copy(update=changes)
        self._count_usage(before, after)
        self._cache_recognition(before, after)

    async def begin_deletion(self, key: ImageKey, revision: int | None = None) -> Image:
        image = self._rows.get(key)
        if image is None:
            raise ImageNotFound(key.image_id)
        if revision is not None and image.details.revision != revision:
            raise Conflict
        hidden = image.model_copy(update={"deleted_at": image.deleted_at or now()})
        self._rows[key] = hidden
        return hidden

    async def remove(self, image: Image) -> None:
        current = self._rows.get(image.key)
        if current is not None and current.deleted_at is not None:
            del self._rows[image.key]
            if current.reservation is not None:
                self._state.end_reservation(current.reservation)
            contents, content = self._state.contents, (image.owner, image.sha256)
            for key in [each for each in contents if each[:2] == content]:
                del contents[key]

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        return [image.image_id for image in self._state.owned_images(owner)[:limit]]

    def _count_usage(self, before: Image, after: Image) -> None:
        steps: Counter[str] = Counter(after.calls)
        steps.subtract(before.calls)
        if before.renditions.etag is None and after.renditions.etag is not None:
            steps.update(images=1, bytes=after.bytes)
            if before.reservation is not None:
                self._state.end_reservation(before.reservation)
        if +steps:
            period = after.owner, now().strftime("%Y-%m")
            self._state.usage.setdefault(period, Counter()).update(+steps)

    def _cache_recognition(self, before: Image, after: Image) -> None:
        contents = self._state.contents
        old, new = before.recognition.result, after.recognition.result
        if old is not None and (new is None or old.profile.name != new.profile.name):
            contents.pop(content_key(before, old.profile), None)
        if new is not None and new != old:
            known = new.model_copy(update={"calls": {}})
            contents[content_key(after, new.profile)] = known
