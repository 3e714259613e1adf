"""The table of images in a dictionary."""

import time
from collections import Counter
from collections.abc import Sequence

from sightline.domain.clock import now
from sightline.domain.images import PART_NAMES, Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.recognition import Feature, Recognition, RecognitionProfile
from sightline.ports.image_table import (
    Conflict,
    ContentClaimed,
    ImageNotFound,
    ImagePage,
    LabelCount,
    MonthlyUsage,
    RequestClaimed,
    StoredResponse,
    Term,
    TermMatch,
    Usage,
)


class MemoryImageTable:
    """`ImageTable` in a dictionary."""

    def __init__(self) -> None:
        #: For what shares the table.
        self.rows: dict[ImageKey, Image] = {}
        self._months: dict[tuple[str, str], Counter[str]] = {}
        self._requests: dict[tuple[str, str], tuple[str, StoredResponse | None, float]] = {}
        self._contents: dict[tuple[str, str, str], Recognition | tuple[str, float]] = {}

    async def create(self, image: Image) -> None:
        if self.rows.get(image.key, image) != image:
            raise Conflict
        self.rows[image.key] = image

    async def get(self, key: ImageKey) -> Image:
        image = self.rows.get(key)
        if image is None or image.is_hidden:
            raise ImageNotFound(key.image_id)
        return image

    async def page(
        self, owner: str, limit: int, before: str | None = None, down_to: str | None = None
    ) -> ImagePage:
        older = sorted(
            (
                image
                for image in self.rows.values()
                if image.owner == owner
                and not image.is_hidden
                and (before is None or image.image_id < before)
                and (down_to is None or image.image_id >= down_to)
            ),
            key=lambda image: image.image_id,
            reverse=True,
        )
        more = len(older) > limit
        return ImagePage(older[:limit], older[limit - 1].image_id if more else None)

    async def store(self, before: Image, after: Image) -> None:
        current = self.rows.get(before.key)
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
        if after.recognition.result is not before.recognition.result:
            changes["words"] = after.found_words
        current = current.model_copy(update=changes)
        self.rows[before.key] = current
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
        image = self.rows.get(key)
        if image is None:
            raise ImageNotFound(key.image_id)
        hidden = image.model_copy(update={"deleted_at": image.deleted_at or now()})
        self.rows[key] = hidden
        return hidden

    async def remove(self, image: Image) -> None:
        current = self.rows.get(image.key)
        if current is not None and current.deleted_at is not None:
            del self.rows[image.key]
            bytes_of = (image.owner, image.sha256)
            for content in [each for each in self._contents if each[:2] == bytes_of]:
                del self._contents[content]

    async def count_labels(
        self, owner: str, limit: int, prefix: str = "", after: str | None = None
    ) -> list[LabelCount]:
        owned = [image for image in self.rows.values() if image.owner == owner]
        counts = Counter(label for image in owned for label in image.labels)
        names = {label: mark.name for image in owned for label, mark in image.labels.items()}
        keys = sorted(
            key for key in counts if key.startswith(prefix) and (after is None or key > after)
        )
        return [LabelCount(key, names[key], counts[key]) for key in keys[:limit]]

    async def find_marked(
        self, owner: str, term: Term, limit: int, upto: str | None = None
    ) -> list[TermMatch]:
        found = [
            TermMatch(image.image_id, confidence)
            for image in self.rows.values()
            if image.owner == owner
            and (confidence := _confidence(image, term)) is not None
            and (upto is None or image.image_id <= upto)
        ]
        return sorted(found, reverse=True)[:limit]

    async def get_many(self, owner: str, image_ids: Sequence[str]) -> list[Image]:
        images = (self.rows.get(ImageKey(owner, image_id)) for image_id in image_ids)
        return [image for image in images if image is not None and not image.is_hidden]

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        owned = [key.image_id for key in self.rows if key.owner == owner]
        return sorted(owned, reverse=True)[:limit]

    async def forget(self, owner: str) -> None:
        for month in [each for each in self._months if each[0] == owner]:
            del self._months[month]
        for request in [each for each in self._requests if each[0] == owner]:
            del self._requests[request]

    async def find_content(self, owner: str, sha256: str) -> list[str]:
        found = [
            image.image_id
            for image in self.rows.values()
            if (image.owner, image.sha256) == (owner, sha256) and image.renditions.result
        ]
        return sorted(found, reverse=True)

    async def read_usage(self, owner: str) -> Usage:
        owned = [image for image in self.rows.values() if image.owner == owner]
        arrived = [image for image in owned if image.renditions.etag is not None]
        months = [
            MonthlyUsage(
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
        self, image: Image, profile: RecognitionProfile, seconds: float
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

    async def release_content(self, image: Image, profile: RecognitionProfile) -> None:
        if isinstance(self._contents.get(_content(image, profile)), tuple):
            del self._contents[_content(image, profile)]

    async def claim_request(
        self, owner: str, key: str, fingerprint: str, seconds: float
    ) -> StoredResponse | None:
        held, answer, until = self._requests.get((owner, key), ("", None, 0.0))
        if until > time.monotonic():
            if held != fingerprint or answer is None:
                raise RequestClaimed(held == fingerprint)
            return answer
        self._requests[owner, key] = fingerprint, None, time.monotonic() + seconds
        return None

    async def keep_answer(
        self, owner: str, key: str, answer: StoredResponse, seconds: float
    ) -> None:
        fingerprint, _, _ = self._requests[owner, key]
        self._requests[owner, key] = fingerprint, answer, time.monotonic() + seconds

    async def release_request(self, owner: str, key: str) -> None:
        self._requests.pop((owner, key), None)


def _confidence(image: Image, term: Term) -> float | None:
    match term.kind:
        case "label":
            mark = image.labels.get(term.name)
            return mark and mark.confidence
        case "album":
            return 100.0 if term.name in image.albums else None
        case "word":
            return 100.0 if term.name in image.words else None


def _content(image: Image, profile: RecognitionProfile) -> tuple[str, str, str]:
    return image.owner, image.sha256, profile.name
