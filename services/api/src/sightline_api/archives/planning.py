"""Plan archives: split the selected images into parts of bounded size."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sightline.batching import in_batches
from sightline.domain.ids import image_id_adapter
from sightline.domain.states import Status
from sightline.domain.summaries import ImageSummary
from sightline.ports.image_index import ImageIndex
from sightline.ports.image_table import ImageNotFound, ImageTable, SummaryPage
from sightline_api.archives.parts import MAX_IMAGES, Part, PlannedImage
from sightline_api.images.listing import Filter, Listing
from sightline_api.images.originals import format_file_name
from sightline_api.images.searching import ImageSearch
from sightline_api.pagination import MAX_PAGE_SIZE, decode_cursor, encode_cursor
from sightline_api.problems import InvalidCursor, NotUploaded

#: Images that one request plans at most; with more, its cursor continues the plan.
MAX_PLANNED_IMAGES = 5_000


class PlannedPart(NamedTuple):
    """A part, and the size of its originals in bytes."""

    part: Part
    bytes: int


class Plan(NamedTuple):
    """The parts of an archive; `next_cursor` continues it, None at the end."""

    parts: list[PlannedPart]
    next_cursor: str | None


class Position(NamedTuple):
    """Where a plan continues: the number of its next part, and the id of its last image."""

    number: int = 1
    after: str | None = None

    def encode(self) -> str:
        return encode_cursor(f"{self.number}:{self.after}")

    @classmethod
    def decode(cls, cursor: str) -> "Position":
        """Decode a cursor. Raises `InvalidCursor`."""
        number, _, image_id = decode_cursor(cursor).partition(":")
        try:
            return cls(int(number), image_id_adapter.validate_python(image_id))
        except ValueError:
            raise InvalidCursor from None


@dataclass(slots=True)
class Packer:
    """Adds images to parts, in order, until a part is full."""

    part_bytes: int
    number: int
    #: Whether every name has the id, because the names of the images before are not known.
    has_suffixes: bool
    parts: list[PlannedPart] = field(default_factory=list)
    _images: list[PlannedImage] = field(default_factory=list)
    _bytes: int = 0
    _names: set[str] = field(default_factory=set)

    def add(self, image: ImageSummary) -> None:
        is_too_large = self._bytes + image.bytes > self.part_bytes
        if self._images and (is_too_large or len(self._images) == MAX_IMAGES):
            self.finish()
        media_type = image.renditions.media_type or image.media_type
        name = format_file_name(image.image_id, image.details.title, media_type).casefold()
        self._images.append(PlannedImage(image.image_id, self.has_suffixes or name in self._names))
        self._bytes += image.bytes
        self._names.add(name)

    def finish(self) -> None:
        """Finish the current part."""
        if self._images:
            self.parts.append(PlannedPart(Part(self.number, self._images), self._bytes))
            self.number += 1
            self._images, self._bytes = [], 0


async def plan_selection(
    images: ImageTable, owner: str, image_ids: Sequence[str], part_bytes: int
) -> Plan:
    """Plan an archive of these images. Raises `ImageNotFound`, `NotUploaded`."""
    packer = Packer(part_bytes, number=1, has_suffixes=False)
    for ids in in_batches(dict.fromkeys(image_ids), MAX_PAGE_SIZE):
        found = await images.get_summaries(owner, ids)
        if missing := set(ids) - {image.image_id for image in found}:
            raise ImageNotFound(min(missing))
        for image in found:
            if image.status is Status.AWAITING_UPLOAD:
                raise NotUploaded
            packer.add(image)
    packer.finish()
    return Plan(packer.parts, None)


async def _read_page(
    images: ImageTable, index: ImageIndex, owner: str, selected: Filter, after: str | None
) -> SummaryPage:
    """Return the images that follow the image id `after`, newest first."""
    if selected.query is None:
        return await Listing(images, owner).page(selected, MAX_PAGE_SIZE, after)
    search = ImageSearch(images, index, owner)
    page = await search.page(selected.query, selected, MAX_PAGE_SIZE, after)
    return SummaryPage([each.summary for each in page.found], page.next_after)


async def plan_library(
    images: ImageTable,
    index: ImageIndex,
    owner: str,
    selected: Filter,
    part_bytes: int,
    start: Position,
) -> Plan:
    """Plan an archive of all images that the filter selects, newest first."""
    packer = Packer(part_bytes, start.number, has_suffixes=start.after is not None)
    after, count = start.after, 0
    while True:
        page = await _read_page(images, index, owner, selected, after)
        for image in page.images:
            packer.add(image)
        after, count = page.next_after, count + len(page.images)
        if after is None or count >= MAX_PLANNED_IMAGES:
            break
    packer.finish()
    return Plan(packer.parts, after and Position(packer.number, after).encode())
