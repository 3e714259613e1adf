"""The contents of a part of an archive: originals, sidecars, and what the service knows of them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import PurePosixPath

from pydantic import BaseModel, Field

from sightline.batching import in_batches
from sightline.domain.albums import Album, AlbumKey, AlbumNotFound, AlbumSort
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key
from sightline.domain.renditions import RenditionSet
from sightline.domain.states import Status
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import ImageTable
from sightline_api.archives.parts import Part, PlannedImage
from sightline_api.archives.sidecars import build_sidecar
from sightline_api.archives.zip_stream import Entry, measure_zip
from sightline_api.concurrency import map_concurrently
from sightline_api.images.originals import name_file
from sightline_api.images.schemas import ImageView
from sightline_api.pagination import MAX_PAGE_SIZE
from sightline_api.urls.signer import Signer

#: Counts changes to the format of archives, which change the bytes of a part.
FORMAT_VERSION = 2

#: Digits of the id in the name of a file whose own name is taken; they are random.
SUFFIX_DIGITS = 12


class ArchivedAlbum(BaseModel):
    """An album that contains an image of the part."""

    id: str
    title: str
    description: str | None
    sort: AlbumSort


class ArchivedImage(BaseModel):
    """An image, and the names of its original and its sidecar in the archive."""

    file: str
    sidecar: str
    image: ImageView


class ArchiveMetadata(BaseModel):
    """The metadata of a part: what the service knows of its images, without their renditions."""

    format: str = Field("sightline-archive")
    version: int = Field(FORMAT_VERSION)
    part: int
    albums: list[ArchivedAlbum]
    images: list[ArchivedImage]


class MissingImages(BaseModel):
    """The ids of the images of a part that were deleted before they could be read."""

    missing: list[str]


@dataclass(frozen=True)
class Archive:
    """A part of an archive, ready to be sent; `size` in bytes."""

    part: Part
    entries: Sequence[Entry]
    #: The image of each original, by the key of the object.
    ids: dict[str, str]
    #: Planned images that no longer exist.
    missing: Sequence[str]
    at: datetime

    @cached_property
    def size(self) -> int:
        return measure_zip([*self.entries, self.list_missing()], self.comment)

    @cached_property
    def etag(self) -> str:
        """The strong ETag: it changes with every byte of the part."""
        digest = hashlib.sha256(f"{FORMAT_VERSION}:{self.part.token}".encode())
        for entry in (*self.entries, self.list_missing()):
            content = hashlib.sha256(entry.content).hexdigest()
            digest.update(
                f"{entry.name}\0{entry.size}\0{entry.at}\0{entry.key}\0{content}\n".encode()
            )
        return f'"{digest.hexdigest()[:32]}"'

    @property
    def comment(self) -> bytes:
        """The comment of the ZIP file: its ETag, so that clients recognize a current file."""
        return self.etag.encode()

    def list_missing(self, absent: Sequence[Entry] = ()) -> Entry:
        """Return the entry that lists the missing images, also those of these absent originals.

        Its size does not depend on them.
        """
        ids = [*self.missing, *(self.ids[entry.key] for entry in absent if entry.key)]
        all_ids = [image.image_id for image in self.part.images]
        size = len(MissingImages(missing=all_ids).model_dump_json()) + 1
        body = MissingImages(missing=ids).model_dump_json().ljust(size - 1) + "\n"
        return Entry(f"{self.part.name}-missing.json", size, self.at, content=body.encode())


async def build_archive(
    part: Part, owner: str, images: ImageTable, albums: AlbumTable, signer: Signer
) -> Archive:
    """Return the contents of a part, as the images are now."""
    found = {image.image_id: image for image in await _read_images(part, owner, images)}
    planned = [(each, found[each.image_id]) for each in part.images if each.image_id in found]
    named = list(zip(_name_files(planned), [image for _, image in planned], strict=True))
    entries = [entry for name, image in named for entry in _describe(name, image)]
    at = max((image.created_at for _, image in named), default=datetime.min)  # noqa: DTZ901
    metadata = ArchiveMetadata(
        part=part.number,
        albums=await _read_albums(owner, found.values(), albums),
        images=[
            ArchivedImage(file=name, sidecar=_name_sidecar(name), image=await _view(image, signer))
            for name, image in named
        ],
    )
    body = metadata.model_dump_json().encode()
    entries.append(Entry(f"{part.name}.json", len(body), at, content=body))
    return Archive(
        part=part,
        entries=entries,
        ids={original_key(image.key): image.image_id for image in found.values()},
        missing=[each.image_id for each in part.images if each.image_id not in found],
        at=at,
    )


async def _read_images(part: Part, owner: str, images: ImageTable) -> list[Image]:
    found: list[Image] = []
    for batch in in_batches(part.images, MAX_PAGE_SIZE):
        found += await images.get_many(owner, [image.image_id for image in batch])
    return [image for image in found if image.status is not Status.AWAITING_UPLOAD]


async def _read_albums(
    owner: str, images: Iterable[Image], albums: AlbumTable
) -> list[ArchivedAlbum]:
    """Return the albums that contain any of the images."""

    async def read(album_id: str) -> Album | None:
        with suppress(AlbumNotFound):
            return await albums.get(AlbumKey(owner, album_id))
        return None

    ids = sorted({album_id for image in images for album_id in image.albums})
    found = await map_concurrently(ids, read)
    return [
        ArchivedAlbum(
            id=each.album_id, title=each.title, description=each.description, sort=each.sort
        )
        for each in found
        if each
    ]


async def _view(image: Image, signer: Signer) -> ImageView:
    """Return the view of an image without renditions, whose URLs would change by the hour."""
    result = image.renditions.result
    if result is not None:
        bare: RenditionSet = result.model_copy(update={"renditions": ()})
        part = image.renditions.model_copy(update={"result": bare})
        image = image.model_copy(update={"renditions": part})
    return await ImageView.of(image, signer)


def _describe(name: str, image: Image) -> tuple[Entry, Entry]:
    """Return the entries of the original and of its sidecar."""
    at, sidecar = image.taken_at or image.created_at, build_sidecar(image)
    return (
        Entry(name, image.bytes, at, key=original_key(image.key)),
        Entry(_name_sidecar(name), len(sidecar), at, content=sidecar),
    )


def _name_sidecar(name: str) -> str:
    return f"{name}.xmp"


def _name_files(planned: Sequence[tuple[PlannedImage, Image]]) -> Iterator[str]:
    """Yield a file name for each image, unique also where case does not matter."""
    taken = set[str]()
    for each, image in planned:
        name = name_file(image)
        if each.has_suffix or name.casefold() in taken:
            path = PurePosixPath(name)
            name = str(path.with_stem(f"{path.stem}-{image.image_id[-SUFFIX_DIGITS:]}"))
        taken.add(name.casefold())
        yield name
