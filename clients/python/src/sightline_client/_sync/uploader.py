"""Generated from `_async/uploader.py` by `make clients`; edit that file instead.

Uploads: hash the file, create the upload, send the content; each step goes to the journal."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import httpx

from sightline_client._sync.concurrency import (
    Semaphore,
    Stream,
    closing,
    map_concurrently,
    to_thread,
)
from sightline_client._sync.transport import MultipartStream
from sightline_client._sync.upload_creator import Features, UploadCreator
from sightline_client.errors import (
    FileChanged,
    FileError,
    NotFound,
    StorageError,
    Unreachable,
    UnsupportedFileType,
)
from sightline_client.generated.models import ImageView, Status
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
    from sightline_client._sync.client import Sightline

#: Files in progress for each one that is being sent: the uploads of the next ones are created
#: meanwhile, and of no others. With 2 instead of 3, transfers wait for uploads at a round trip of
#: 40 ms.
FILES_PER_TRANSFER = 3

#: Errors that concern one file, not the whole batch.
FILE_ERRORS = (StorageError, FileChanged, UnsupportedFileType, FileError)


#: The image of each content in this run by its SHA-256, None until it is known.
Seen = dict[str, str | None]


class PreparedBatch(NamedTuple):
    """The files of a batch that are ready to send, and the results that are already known."""

    pending: list[PendingUpload]
    results: list[UploadResult]


class Uploader:
    """Uploads files to S3 with the presigned POSTs that the API returns."""

    def __init__(
        self, client: "Sightline", http: httpx.Client, journal: Journal, concurrency: int
    ) -> None:
        self._client = client
        self._http = http
        self._journal = journal
        self._concurrency = concurrency

    def upload(
        self,
        source: Source,
        title: str | None,
        features: Features,
        progress: ProgressCallback | None,
        skip_duplicate: bool,
    ) -> ImageView:
        file = to_thread(ImageFile.from_source, source)
        entry = self._find_entry(file.sha256, skip_duplicate)
        if entry is not None and entry.is_uploaded:
            return self._client.image(entry.image_id)
        upload = PendingUpload(source, file, title, entry)
        creator = UploadCreator(self._client, self._journal, features, skip_duplicate)
        try:
            creator.obtain(upload)
            self._send_content(upload, creator, progress)
        finally:
            creator.delete_unused()
        assert upload.result is not None  # noqa: S101
        if upload.result.image_id is None:
            assert upload.result.error is not None  # noqa: S101
            raise upload.result.error
        return self._client.image(upload.result.image_id)

    def upload_many(
        self,
        sources: Iterable[Source],
        features: Features,
        progress: BatchUploadCallback | None,
        skip_duplicates: bool,
    ) -> Stream[UploadResult]:
        creator = UploadCreator(self._client, self._journal, features, skip_duplicates)
        slots = Semaphore(self._concurrency)

        def prepare(batch: Sequence[Source]) -> PreparedBatch:
            return self._prepare(batch, skip_duplicates)

        def send(upload: PendingUpload) -> PendingUpload:
            return self._send_one(upload, creator, slots, progress)

        seen: Seen = {}
        try:
            prepared = map_concurrently(prepare, batched(sources, BATCH_SIZE), CONCURRENT_BATCHES)
            with closing(prepared):
                for batch in prepared:
                    for result in batch.results:
                        yield result
                    unique, repeated = _split(batch.pending, seen, skip_duplicates)
                    sent = map_concurrently(
                        send, unique, self._concurrency * FILES_PER_TRANSFER, creator.stop
                    )
                    with closing(sent):
                        for upload in sent:
                            yield _take_result(upload, seen)
                    for upload in repeated:
                        image_id = seen[upload.file.sha256]
                        if image_id is not None:
                            upload.finish(UploadOutcome.DUPLICATE, image_id)
                        else:
                            # The first file with this content has failed.
                            send(upload)
                        yield _take_result(upload, seen)
        finally:
            creator.delete_unused()

    def _prepare(self, sources: Sequence[Source], skip: bool) -> PreparedBatch:
        """Hash the files, and look up which of them an earlier run has sent or created."""
        batch = PreparedBatch([], [])
        hashed: list[PendingUpload] = []
        for each in self._hash_all(sources):
            if isinstance(each, UploadResult):
                batch.results.append(each)
            else:
                hashed.append(each)

        def find(upload: PendingUpload) -> None:
            upload.entry = self._find_entry(upload.file.sha256, skip)

        found = map_concurrently(find, hashed, self._concurrency)
        with closing(found):
            for _ in found:
                pass
        for each in hashed:
            if each.entry is not None and each.entry.is_uploaded:
                image_id = each.entry.image_id
                batch.results.append(UploadResult(each.source, UploadOutcome.DUPLICATE, image_id))
            else:
                batch.pending.append(each)
        return batch

    def _hash_all(self, sources: Sequence[Source]) -> list[PendingUpload | UploadResult]:
        """Hash the files, in order, so that the first of two identical files is uploaded."""

        def hash_one(index: int) -> tuple[int, PendingUpload | UploadResult]:
            source = sources[index]
            try:
                file = to_thread(ImageFile.from_source, source)
            except (FileError, UnsupportedFileType) as error:
                return index, UploadResult(source, UploadOutcome.FAILED, error=error)
            return index, PendingUpload(source, file)

        hashing = map_concurrently(hash_one, range(len(sources)), self._concurrency)
        with closing(hashing):
            by_index = {index: each for index, each in hashing}
        return [by_index[index] for index in sorted(by_index)]

    def _find_entry(self, sha256: str, skip: bool) -> JournalEntry | None:
        """Return the entry of an earlier run if it can still be used."""
        entry = self._journal.find(sha256)
        if entry is None or (entry.is_uploaded and not skip):
            return None
        try:
            image = self._client.image(entry.image_id)
        except NotFound:
            self._journal.delete(sha256)
            return None
        if entry.is_uploaded or image.status is not Status.AWAITING_UPLOAD:
            return JournalEntry(entry.image_id) if skip else None
        if entry.is_usable:
            return entry
        self._journal.delete(sha256)
        self._client.delete_many([entry.image_id], permanent=True)
        return None

    def _send_one(
        self,
        upload: PendingUpload,
        creator: UploadCreator,
        slots: Semaphore,
        progress: BatchUploadCallback | None,
    ) -> PendingUpload:
        """Create the upload, send the content, and set the result."""

        def report(sent: int, total: int) -> None:
            if progress:
                progress(upload.source, sent, total)

        creator.obtain(upload)
        if upload.entry is None:
            return upload
        with slots:
            if creator.is_stopped:
                return upload
            if not upload.entry.is_usable:
                # The presigned POST expired while the file waited.
                creator.replace(upload)
            self._send_content(upload, creator, report)
        return upload

    def _send_content(
        self, upload: PendingUpload, creator: UploadCreator, progress: ProgressCallback | None
    ) -> None:
        if upload.entry is None:
            return
        try:
            self._send(upload.entry, upload.file, progress)
        except FILE_ERRORS as error:
            creator.discard([upload.entry.image_id])
            upload.finish(UploadOutcome.FAILED, error=error)
        else:
            creator.complete(upload)

    def _send(
        self, entry: JournalEntry, file: ImageFile, progress: ProgressCallback | None
    ) -> None:
        form = MultipartForm(entry.fields or {}, file)
        request = self._http.build_request("POST", entry.url, headers=form.headers)
        request.stream = MultipartStream(form, progress)
        try:
            response = self._http.send(request)
        except httpx.TransportError as error:
            raise Unreachable("cannot reach S3") from error
        if response.is_error:
            raise parse_s3_error(response.status_code, response.content)


def _split(
    uploads: list[PendingUpload], seen: Seen, skip: bool
) -> tuple[list[PendingUpload], list[PendingUpload]]:
    """Return the files to send, and those whose content is among them or was sent before."""
    unique: list[PendingUpload] = []
    repeated: list[PendingUpload] = []
    for each in uploads:
        is_repeated = each.file.sha256 in seen
        seen.setdefault(each.file.sha256, None)
        if is_repeated:
            # Only one of them can resume the upload of an earlier run.
            each.entry = None
        (repeated if is_repeated and skip else unique).append(each)
    return unique, repeated


def _take_result(upload: PendingUpload, seen: Seen) -> UploadResult:
    """Return the result, and remember the image of the content."""
    assert upload.result is not None  # noqa: S101
    if upload.result.image_id is not None:
        seen[upload.file.sha256] = upload.result.image_id
    return upload.result
