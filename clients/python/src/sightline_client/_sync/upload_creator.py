"""Generated from `_async/upload_creator.py` by `make clients`; edit that file instead.

Creates uploads just before their content is sent, and deletes those that are not used."""

from collections import deque
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from sightline_client._sync.concurrency import Lock, finish, run_within
from sightline_client.errors import (
    InvalidRequest,
    PayloadTooLarge,
    Problem,
    QuotaExceeded,
    SightlineError,
    UnexpectedResponse,
)
from sightline_client.generated.models import (
    Feature,
    ImageUpload,
    ImageUploadOutcome,
    ImageUploadRequest,
    ImageUploadRequestMediaType,
)
from sightline_client.generated.types import UNSET
from sightline_client.journal import Journal, JournalEntry
from sightline_client.uploads import PendingUpload, UploadOutcome

if TYPE_CHECKING:
    from sightline_client._sync.client import Sightline

#: The API's limit for a title, in characters.
MAX_TITLE_LENGTH = 200

#: Seconds for which an interruption waits for the request that creates uploads: only its response
#: names the images to delete.
CREATION_SECONDS = 2.0

#: Seconds for which an interruption waits until unused uploads are deleted.
DELETION_SECONDS = 3.0

#: Problems that concern one file, not the whole batch.
FILE_PROBLEMS = (InvalidRequest, PayloadTooLarge, QuotaExceeded)

Features = Collection[Feature] | None


class UploadCreator:
    """Creates uploads: one request for all files that wait for one at the same time.

    An upload is unused until its content has been sent. Call `delete_unused` at the end: it
    deletes those that an error or an interruption left unused.
    """

    def __init__(
        self, client: "Sightline", journal: Journal, features: Features, skip_duplicates: bool
    ) -> None:
        self._client = client
        self._journal = journal
        self._features = features
        self._skip_duplicates = skip_duplicates
        self._lock = Lock()
        self._waiting = deque[PendingUpload]()
        #: The SHA-256 of the content of each unused upload, by image id.
        self._unused: dict[str, str] = {}
        #: Whether no further content is to be sent.
        self.is_stopped = False

    def stop(self) -> None:
        """Have the files that are not being sent yet left out."""
        self.is_stopped = True

    def obtain(self, upload: PendingUpload) -> None:
        """Resume the upload that an earlier run created, or create one.

        Sets the entry, or the result if nothing is to be sent.
        """
        if upload.entry is None:
            self._create(upload)
        else:
            self._unused[upload.entry.image_id] = upload.file.sha256

    def _create(self, upload: PendingUpload) -> None:
        self._waiting.append(upload)
        with self._lock:
            is_created = upload.entry is not None or upload.result is not None
            if not is_created and not self.is_stopped:
                finish(CREATION_SECONDS, self._create_waiting, upload)

    def replace(self, upload: PendingUpload) -> None:
        """Create the upload again, because its presigned POST has expired."""
        assert upload.entry is not None  # noqa: S101
        self.discard([upload.entry.image_id])
        upload.entry = None
        self._create(upload)

    def complete(self, upload: PendingUpload) -> None:
        """Record that the content has been sent."""
        assert upload.entry is not None  # noqa: S101
        image_id = upload.entry.image_id
        self._unused.pop(image_id, None)
        self._journal.save(upload.file.sha256, JournalEntry(image_id))
        upload.finish(UploadOutcome.UPLOADED, image_id)

    def discard(self, image_ids: Collection[str]) -> None:
        """Delete unused uploads. After an error they remain unused."""
        with suppress(SightlineError):
            self._client.delete_many(image_ids, permanent=True)
            for image_id in image_ids:
                if sha256 := self._unused.pop(image_id, None):
                    self._journal.delete(sha256)

    def delete_unused(self) -> None:
        """Delete all unused uploads, as far as that takes a few seconds only."""
        if self._unused:
            with suppress(TimeoutError):
                run_within(DELETION_SECONDS, self.discard, list(self._unused))

    def _create_waiting(self, own: PendingUpload) -> None:
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            created = self._request(batch)
        except SightlineError:
            self._waiting.extend(each for each in batch if each is not own)
            raise
        duplicates: list[str] = []
        for each, upload in zip(batch, created, strict=True):
            if isinstance(upload, Problem):
                each.finish(UploadOutcome.FAILED, error=upload)
                continue
            self._unused[upload.image.id] = each.file.sha256
            if self._skip_duplicates and isinstance(upload.duplicate_of, str):
                duplicates.append(upload.image.id)
                each.finish(UploadOutcome.DUPLICATE, upload.duplicate_of)
            else:
                each.entry = JournalEntry.from_upload(upload)
                self._journal.save(each.file.sha256, each.entry)
        if duplicates:
            self.discard(duplicates)

    def _request(self, batch: list[PendingUpload]) -> list[ImageUpload | Problem]:
        requests = [self._build_request(each) for each in batch]
        if len(batch) == 1:
            try:
                return [self._client.create_upload(requests[0])]
            except FILE_PROBLEMS as problem:
                return [problem]
        try:
            outcomes = self._client.create_uploads(requests)
        except InvalidRequest:
            # The API rejects the whole batch for one invalid file.
            created: list[ImageUpload | Problem] = []
            for each in batch:
                created += self._request([each])
            return created
        return [_read_outcome(each) for each in outcomes]

    def _build_request(self, upload: PendingUpload) -> ImageUploadRequest:
        file = upload.file
        # A file name that is not UTF-8 contains surrogates, which no request can.
        name = (upload.title or file.name or "").encode(errors="replace").decode()
        return ImageUploadRequest(
            media_type=ImageUploadRequestMediaType(file.media_type),
            bytes_=file.size,
            sha256=file.sha256,
            title=name[:MAX_TITLE_LENGTH].strip() or UNSET,
            features=list(dict.fromkeys(self._features)) if self._features else UNSET,
        )


def _read_outcome(outcome: ImageUploadOutcome) -> ImageUpload | Problem:
    if outcome.upload:
        return outcome.upload
    if outcome.problem:
        return Problem.from_body(outcome.problem, {})
    raise UnexpectedResponse("unexpected response from the API; update the client")
