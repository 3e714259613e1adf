"""Imports the images of an export: uploads them, then applies what the other service knows."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import NamedTuple

from sightline_cli.importing.applied import AppliedMetadata
from sightline_cli.importing.corrections import (
    MAX_DESCRIPTION_LENGTH,
    MAX_TITLE_LENGTH,
    find_corrections,
)
from sightline_cli.importing.library import ExportedFile, Library, Metadata
from sightline_client import AlbumSort, AsyncSightline, Feature, ImageView, UploadOutcome
from sightline_client.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    ProcessingTimeout,
    SightlineError,
)
from sightline_client.image_file import Source
from sightline_client.request_arguments import batched

#: Images that are uploaded while those of the batch before are processed.
BATCH_SIZE = 100

#: Timeout of the processing of a batch: a base plus a share for each image.
WAIT_BASE_SECONDS, WAIT_SECONDS_PER_IMAGE = 120.0, 5.0

#: Errors that concern one image, not the whole import.
IMAGE_ERRORS = (Conflict, InvalidRequest, NotFound)

#: Called with a file, and the bytes of it that were sent so far.
SentCallback = Callable[[ExportedFile, int], None]


class ImportResult(NamedTuple):
    """What became of a file; `image_id` is None if it failed."""

    file: ExportedFile
    outcome: UploadOutcome
    image_id: str | None
    error: SightlineError | OSError | None


@dataclass(slots=True)
class ImportReport:
    """What was imported, and what was not."""

    counts: Counter[UploadOutcome] = field(default_factory=Counter)
    #: Images that were changed, by field, and memberships of albums.
    changed: Counter[str] = field(default_factory=Counter)
    #: Errors by image id.
    errors: dict[str, str] = field(default_factory=dict)
    #: Images whose metadata is not applied, because they are still being processed.
    pending: int = 0

    @property
    def is_complete(self) -> bool:
        return not (self.counts[UploadOutcome.FAILED] or self.errors or self.pending)


@dataclass(slots=True)
class Importer:
    """Imports images in batches; a second run applies only what the first one has not.

    `zone` is the time zone of instants without a local time; None is that of this machine.
    """

    client: AsyncSightline
    applied: AppliedMetadata
    features: list[Feature] | None
    zone: tzinfo | None
    on_sent: SentCallback
    on_result: Callable[[ImportResult], None]
    report: ImportReport = field(default_factory=ImportReport)
    _albums: dict[str, str] | None = None
    _descriptions: dict[str, str] = field(default_factory=dict)
    _orders: dict[str, AlbumSort] = field(default_factory=dict)

    async def run(self, library: Library) -> ImportReport:
        self._descriptions = {
            _shorten(title, MAX_TITLE_LENGTH): _shorten(text, MAX_DESCRIPTION_LENGTH)
            for title, text in library.album_descriptions.items()
        }
        self._orders = {
            _shorten(title, MAX_TITLE_LENGTH): sort for title, sort in library.album_orders.items()
        }
        finishing: asyncio.Task[None] | None = None
        try:
            for batch in batched(library.images, BATCH_SIZE):
                uploaded = await self._upload(batch)
                if finishing is not None:
                    await finishing
                finishing = asyncio.create_task(self._finish(uploaded))
            if finishing is not None:
                await finishing
        finally:
            if finishing is not None and not finishing.done():
                finishing.cancel()
                with suppress(asyncio.CancelledError):
                    await finishing
            self.applied.save()
        return self.report

    async def _upload(
        self, batch: Sequence[tuple[ExportedFile, Metadata]]
    ) -> dict[str, tuple[str, Metadata]]:
        """Upload files; return the name of the first file and the metadata of each image."""
        described: dict[Source, tuple[ExportedFile, Metadata]] = {}

        def open_sources() -> Iterator[Source]:
            for file, metadata in batch:
                source: Source = file.location or file.open()
                described[source] = file, metadata
                yield source

        def update(source: Source, sent: int, _total: int) -> None:
            self.on_sent(described[source][0], sent)

        uploaded: dict[str, tuple[str, Metadata]] = {}
        results = self.client.upload_many(open_sources(), features=self.features, progress=update)
        async with aclosing(results):
            async for result in results:
                file, metadata = described[result.source]
                if file.location is None and hasattr(result.source, "close"):
                    result.source.close()
                self.report.counts[result.outcome] += 1
                self.on_result(ImportResult(file, result.outcome, result.image_id, result.error))
                if result.image_id is not None and result.outcome is not UploadOutcome.FAILED:
                    name, known = uploaded.get(result.image_id, (file.path.name, Metadata()))
                    uploaded[result.image_id] = name, known.merge(metadata)
        return uploaded

    async def _finish(self, uploaded: dict[str, tuple[str, Metadata]]) -> None:
        """Apply the metadata of uploaded images, and add them to their albums."""
        due = {
            image_id: each
            for image_id, each in uploaded.items()
            if not self.applied.contains(image_id, each[1])
        }
        remaining = set(due)
        timeout = WAIT_BASE_SECONDS + WAIT_SECONDS_PER_IMAGE * len(due)
        try:
            processed = self.client.wait_until_processed(due, timeout=timeout)
            async with aclosing(processed):
                async for image in processed:
                    remaining.discard(image.id)
                    await self._correct(image, *due[image.id])
        except ProcessingTimeout:
            self.report.pending += len(remaining)
        done = [each for each in due if each not in remaining and each not in self.report.errors]
        await self._add_to_albums({image_id: due[image_id][1].albums for image_id in done})
        for image_id in done:
            if image_id not in self.report.errors:
                self.applied.add(image_id, due[image_id][1])
        self.applied.save()

    async def _correct(self, image: ImageView, file_name: str, metadata: Metadata) -> None:
        changes = find_corrections(image, file_name, metadata, self.zone)
        if not changes:
            return
        try:
            await self.client.update(image.id, **changes)
        except IMAGE_ERRORS as error:
            self.report.errors[image.id] = str(error)
            return
        self.report.changed.update(changes.keys())

    async def _add_to_albums(self, albums: dict[str, tuple[str, ...]]) -> None:
        members: dict[str, list[str]] = {}
        for image_id, titles in albums.items():
            for title in titles:
                members.setdefault(_shorten(title, MAX_TITLE_LENGTH), []).append(image_id)
        for title, image_ids in members.items():
            album_id = await self._find_or_create(title)
            for outcome in await self.client.add_to_album(album_id, image_ids):
                if int(outcome.status) == 204:
                    self.report.changed["albums"] += 1
                else:
                    self.report.errors[outcome.id] = f"not added to the album {title!r}"

    async def _find_or_create(self, title: str) -> str:
        if self._albums is None:
            # The oldest of those with the same title, as `albums` returns the newest first.
            self._albums = {album.title: album.id async for album in self.client.albums()}
        if title not in self._albums:
            created = await self.client.create_album(
                title,
                description=self._descriptions.get(title) or None,
                sort=self._orders.get(title),
            )
            self._albums[title] = created.id
        return self._albums[title]


def _shorten(text: str, length: int) -> str:
    """Return the text within the limit of the API, in characters."""
    return text[:length].strip()


def count_albums(library: Library) -> int:
    """Return the number of albums in an export."""
    return len({title for _, metadata in library.images for title in metadata.albums})


def total_bytes(files: Iterable[tuple[ExportedFile, Metadata]]) -> int:
    return sum(file.size for file, _ in files)
