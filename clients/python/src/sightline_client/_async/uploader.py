"""Uploads: hash the file, create the upload, send the content; each step goes to the journal."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import httpx

from sightline_client._async.concurrency import Stream, aclosing, map_concurrently, to_thread
from sightline_client._async.transport import MultipartStream
from sightline_client.errors import (
    NotFound,
    Problem,
    StorageError,
    Unreachable,
    UnsupportedFileType,
)
from sightline_client.generated.models import (
    Feature,
    ImageUploadRequest,
    ImageUploadRequestMediaType,
    ImageView,
    Status,
)
from sightline_client.generated.types import UNSET
from sightline_client.image_file import ImageFile, Source
from sightline_client.journal import Journal, JournalEntry
from sightline_client.multipart import MultipartForm, ProgressCallback, parse_s3_error
from sightline_client.request_arguments import batched
from sightline_client.uploads import (
    BATCH_SIZE,
    CONCURRENT_BATCHES,
    BatchUploadCallback,
    PendingUpload,
    UploadOutcome,
    UploadResult,
)

if TYPE_CHECKING:
    from sightline_client._async.client import AsyncSightline

#: The API's limit for a title, in characters.
MAX_TITLE_LENGTH = 200

Features = Collection[Feature] | None

#: The image id of each SHA-256 in this run, None until it is known.
Seen = dict[str, str | None]


class PreparedBatch(NamedTuple):
    """The files of a batch that are ready to send, and the results that are already known."""

    pending: list[PendingUpload]
    results: list[UploadResult]


class Uploader:
    """Uploads files to S3 with the presigned POSTs that the API returns."""

    def __init__(
        self, client: "AsyncSightline", http: httpx.AsyncClient, journal: Journal, concurrency: int
    ) -> None:
        self._client = client
        self._http = http
        self._journal = journal
        self._concurrency = concurrency

    async def upload(
        self,
        source: Source,
        title: str | None,
        features: Features,
        progress: ProgressCallback | None,
        skip_duplicate: bool,
    ) -> ImageView:
        file = await to_thread(ImageFile.from_source, source)
        entry = await self._find_entry(file.sha256, skip_duplicate)
        if entry is None:
            upload = await self._client.create_upload(_build_request(file, title, features))
            if skip_duplicate and isinstance(upload.duplicate_of, str):
                await self._client.delete_many([upload.image.id])
                return await self._client.image(upload.duplicate_of)
            entry = JournalEntry.from_upload(upload)
            self._journal.save(file.sha256, entry)
        if not entry.is_uploaded:
            await self._send(entry, file, progress)
        return await self._client.image(entry.image_id)

    async def upload_many(
        self,
        sources: Iterable[Source],
        features: Features,
        progress: BatchUploadCallback | None,
        skip_duplicates: bool,
    ) -> Stream[UploadResult]:
        seen: Seen = {}

        async def prepare(batch: Sequence[Source]) -> PreparedBatch:
            return await self._prepare(batch, features, skip_duplicates, seen)

        async def send(upload: PendingUpload) -> UploadResult:
            return await self._send_one(upload, features, progress)

        prepared = map_concurrently(prepare, batched(sources, BATCH_SIZE), CONCURRENT_BATCHES)
        async with aclosing(prepared):
            async for batch in prepared:
                for result in batch.results:
                    yield result
                sent = map_concurrently(send, batch.pending, self._concurrency)
                async with aclosing(sent):
                    async for result in sent:
                        yield result

    async def _prepare(
        self, sources: Sequence[Source], features: Features, skip: bool, seen: Seen
    ) -> PreparedBatch:
        """Hash the files and create their uploads."""
        batch = PreparedBatch([], [])
        unique: list[PendingUpload] = []
        repeated: list[PendingUpload] = []
        for each in await self._hash_all(sources):
            if isinstance(each, UploadResult):
                batch.results.append(each)
            elif skip and each.file.sha256 in seen:
                repeated.append(each)
            else:
                seen[each.file.sha256] = None
                unique.append(each)
        await self._find_entries(unique, batch, skip)
        unknown = [each for each in unique if each.entry is None]
        if unknown:
            await self._create_uploads(unknown, features, batch, skip)
        seen |= {each.file.sha256: each.entry.image_id for each in unique if each.entry}
        for each in repeated:
            image_id = seen[each.file.sha256]
            batch.results.append(UploadResult(each.source, UploadOutcome.DUPLICATE, image_id))
        return batch

    async def _hash_all(self, sources: Sequence[Source]) -> list[PendingUpload | UploadResult]:
        """Hash the files, in order, so that the first of two identical files is uploaded."""

        async def hash_one(index: int) -> tuple[int, PendingUpload | UploadResult]:
            source = sources[index]
            try:
                file = await to_thread(ImageFile.from_source, source)
            except (OSError, UnsupportedFileType) as error:
                return index, UploadResult(source, UploadOutcome.FAILED, error=error)
            return index, PendingUpload(source, file)

        hashing = map_concurrently(hash_one, range(len(sources)), self._concurrency)
        async with aclosing(hashing):
            by_index = {index: each async for index, each in hashing}
        return [by_index[index] for index in sorted(by_index)]

    async def _find_entries(
        self, uploads: list[PendingUpload], batch: PreparedBatch, skip: bool
    ) -> None:
        """Add the uploads that an earlier run created, and the results of those it completed."""

        async def find(upload: PendingUpload) -> PendingUpload:
            upload.entry = await self._find_entry(upload.file.sha256, skip)
            return upload

        found = map_concurrently(find, uploads, self._concurrency)
        async with aclosing(found):
            async for each in found:
                if each.entry is not None and each.entry.is_uploaded:
                    image_id = each.entry.image_id
                    result = UploadResult(each.source, UploadOutcome.DUPLICATE, image_id)
                    batch.results.append(result)
                elif each.entry is not None:
                    batch.pending.append(each)

    async def _create_uploads(
        self, unknown: list[PendingUpload], features: Features, batch: PreparedBatch, skip: bool
    ) -> None:
        requests = [_build_request(each.file, None, features) for each in unknown]
        outcomes = await self._client.create_uploads(requests)
        duplicates: list[str] = []
        for each, outcome in zip(unknown, outcomes, strict=True):
            if outcome.upload:
                existing = outcome.upload.duplicate_of
                if skip and isinstance(existing, str):
                    each.entry = JournalEntry(existing)
                    duplicates.append(outcome.upload.image.id)
                    result = UploadResult(each.source, UploadOutcome.DUPLICATE, existing)
                    batch.results.append(result)
                else:
                    each.entry = JournalEntry.from_upload(outcome.upload)
                    self._journal.save(each.file.sha256, each.entry)
                    batch.pending.append(each)
            elif outcome.problem:
                problem = Problem.from_body(outcome.problem, {})
                batch.results.append(UploadResult(each.source, UploadOutcome.FAILED, error=problem))
        await self._client.delete_many(duplicates)

    async def _find_entry(self, sha256: str, skip: bool) -> JournalEntry | None:
        """Return the entry of an earlier run if it can still be used."""
        entry = self._journal.find(sha256)
        if entry is None or (entry.is_uploaded and not skip):
            return None
        try:
            image = await self._client.image(entry.image_id)
        except NotFound:
            self._journal.delete(sha256)
            return None
        if entry.is_uploaded or image.status is not Status.AWAITING_UPLOAD:
            return JournalEntry(entry.image_id) if skip else None
        if entry.is_usable:
            return entry
        self._journal.delete(sha256)
        await self._client.delete_many([entry.image_id])
        return None

    async def _send_one(
        self, upload: PendingUpload, features: Features, progress: BatchUploadCallback | None
    ) -> UploadResult:
        assert upload.entry is not None  # noqa: S101

        def report(sent: int, total: int) -> None:
            if progress:
                progress(upload.source, sent, total)

        try:
            if not upload.entry.is_usable:
                # The presigned POST expired while the file waited for a connection.
                await self._client.delete_many([upload.entry.image_id])
                request = _build_request(upload.file, None, features)
                upload.entry = JournalEntry.from_upload(await self._client.create_upload(request))
                self._journal.save(upload.file.sha256, upload.entry)
            await self._send(upload.entry, upload.file, report)
        except (StorageError, OSError) as error:
            image_id = upload.entry.image_id
            return UploadResult(upload.source, UploadOutcome.FAILED, image_id, error)
        return UploadResult(upload.source, UploadOutcome.UPLOADED, upload.entry.image_id)

    async def _send(
        self, entry: JournalEntry, file: ImageFile, progress: ProgressCallback | None
    ) -> None:
        form = MultipartForm(entry.fields or {}, file)
        request = self._http.build_request("POST", entry.url, headers=form.headers)
        request.stream = MultipartStream(form, progress)
        try:
            response = await self._http.send(request)
        except httpx.TransportError as error:
            raise Unreachable("cannot reach S3") from error
        if response.is_error:
            self._journal.delete(file.sha256)
            raise parse_s3_error(response.status_code, response.content)
        self._journal.save(file.sha256, JournalEntry(entry.image_id))


def _build_request(file: ImageFile, title: str | None, features: Features) -> ImageUploadRequest:
    name = title or file.name
    return ImageUploadRequest(
        media_type=ImageUploadRequestMediaType(file.media_type),
        bytes_=file.size,
        sha256=file.sha256,
        title=name[:MAX_TITLE_LENGTH].strip() or UNSET if name else UNSET,
        features=list(features) if features else UNSET,
    )
