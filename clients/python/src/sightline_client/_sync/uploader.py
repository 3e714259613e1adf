"""Made of `_async/uploader.py` by `make clients`: change it there.

Uploading: measured, announced, sent, and remembered at each step."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import httpx

from sightline_client._sync.concurrency import Stream, closing, each_of, in_thread
from sightline_client._sync.transport import FormStream
from sightline_client.errors import NotAPicture, NotFound, Problem, Unreachable, UploadRefused
from sightline_client.generated.models import (
    Feature,
    ImageUploadRequest,
    ImageUploadRequestMediaType,
    ImageView,
    Status,
)
from sightline_client.generated.types import UNSET
from sightline_client.image_file import Picture, Source
from sightline_client.journal import Entry, Journal
from sightline_client.multipart import Form, Progress, read_refusal
from sightline_client.request_arguments import batched
from sightline_client.uploads import (
    BATCH,
    BATCHES_AT_ONCE,
    Announced,
    BatchProgress,
    Outcome,
    Upload,
)

if TYPE_CHECKING:
    from sightline_client._sync.client import Sightline

#: Characters that a title may have.
MAX_TITLE = 200

Features = Collection[Feature] | None

#: What a run has met, by SHA-256, with the image that it is once that is known.
Seen = dict[str, str | None]


class Batch(NamedTuple):
    """Some files: those that are to be sent, and those that are settled already."""

    waiting: list[Announced]
    settled: list[Upload]


class Sender:
    """Sends pictures to S3 with the forms that the gateway gives, `at_once` of them at most."""

    def __init__(
        self, client: "Sightline", http: httpx.Client, journal: Journal, at_once: int
    ) -> None:
        self._client = client
        self._http = http
        self._journal = journal
        self._at_once = at_once

    def upload(
        self,
        source: Source,
        title: str | None,
        features: Features,
        progress: Progress | None,
        skip_duplicate: bool,
    ) -> ImageView:
        picture = in_thread(Picture.of, source)
        entry = self._find(picture.sha256, skip_duplicate)
        if entry is None:
            ticket = self._client.announce(_request(picture, title, features))
            if skip_duplicate and isinstance(ticket.duplicate_of, str):
                self._client.delete_all([ticket.image.id])
                return self._client.image(ticket.duplicate_of)
            entry = Entry.of(ticket)
            self._journal.keep(picture.sha256, entry)
        if not entry.is_sent:
            self._send(entry, picture, progress)
        return self._client.image(entry.image_id)

    def upload_all(
        self,
        sources: Iterable[Source],
        features: Features,
        progress: BatchProgress | None,
        skip_duplicates: bool,
    ) -> Stream[Upload]:
        seen: Seen = {}

        def prepare(some: Sequence[Source]) -> Batch:
            return self._prepare(some, features, skip_duplicates, seen)

        def send(one: Announced) -> Upload:
            return self._send_one(one, features, progress)

        prepared = each_of(batched(sources, BATCH), prepare, BATCHES_AT_ONCE)
        with closing(prepared):
            for batch in prepared:
                for upload in batch.settled:
                    yield upload
                sent = each_of(batch.waiting, send, self._at_once)
                with closing(sent):
                    for upload in sent:
                        yield upload

    def _prepare(
        self, sources: Sequence[Source], features: Features, skip: bool, seen: Seen
    ) -> Batch:
        """Measure and announce."""
        batch = Batch([], [])
        fresh: list[Announced] = []
        twins: list[Announced] = []
        for one in self._measure_all(sources):
            if isinstance(one, Upload):
                batch.settled.append(one)
            elif skip and one.picture.sha256 in seen:
                twins.append(one)
            else:
                seen[one.picture.sha256] = None
                fresh.append(one)
        self._recall(fresh, batch, skip)
        unknown = [one for one in fresh if one.entry is None]
        if unknown:
            self._announce(unknown, features, batch, skip)
        seen |= {one.picture.sha256: one.entry.image_id for one in fresh if one.entry}
        for one in twins:
            there = Upload(one.source, Outcome.THERE_ALREADY, seen[one.picture.sha256])
            batch.settled.append(there)
        return batch

    def _measure_all(self, sources: Sequence[Source]) -> list[Announced | Upload]:
        """In their order, so that of two alike it is always the first that is sent."""

        def measure(number: int) -> tuple[int, Announced | Upload]:
            source = sources[number]
            try:
                return number, Announced(source, in_thread(Picture.of, source))
            except (OSError, NotAPicture) as error:
                return number, Upload(source, Outcome.FAILED, error=error)

        measuring = each_of(range(len(sources)), measure, self._at_once)
        with closing(measuring):
            measured = {number: one for number, one in measuring}
        return [measured[number] for number in sorted(measured)]

    def _recall(self, fresh: list[Announced], batch: Batch, skip: bool) -> None:
        """What an earlier run has sent, or announced and not sent."""

        def recall(one: Announced) -> Announced:
            one.entry = self._find(one.picture.sha256, skip)
            return one

        recalled = each_of(fresh, recall, self._at_once)
        with closing(recalled):
            for one in recalled:
                if one.entry is not None and one.entry.is_sent:
                    there = Upload(one.source, Outcome.THERE_ALREADY, one.entry.image_id)
                    batch.settled.append(there)
                elif one.entry is not None:
                    batch.waiting.append(one)

    def _announce(
        self, unknown: list[Announced], features: Features, batch: Batch, skip: bool
    ) -> None:
        requests = [_request(one.picture, None, features) for one in unknown]
        outcomes = self._client.announce_all(requests)
        superfluous: list[str] = []
        for one, outcome in zip(unknown, outcomes, strict=True):
            if outcome.ticket:
                same = outcome.ticket.duplicate_of
                if skip and isinstance(same, str):
                    one.entry = Entry(same)
                    superfluous.append(outcome.ticket.image.id)
                    batch.settled.append(Upload(one.source, Outcome.THERE_ALREADY, same))
                else:
                    one.entry = Entry.of(outcome.ticket)
                    self._journal.keep(one.picture.sha256, one.entry)
                    batch.waiting.append(one)
            elif outcome.problem:
                problem = Problem.of(outcome.problem, {})
                batch.settled.append(Upload(one.source, Outcome.FAILED, error=problem))
        self._client.delete_all(superfluous)

    def _find(self, sha256: str, skip: bool) -> Entry | None:
        """The entry of an earlier attempt that is still worth something."""
        entry = self._journal.find(sha256)
        if entry is None or (entry.is_sent and not skip):
            return None
        try:
            image = self._client.image(entry.image_id)
        except NotFound:
            self._journal.forget(sha256)
            return None
        if entry.is_sent or image.status is not Status.AWAITING_UPLOAD:
            return Entry(entry.image_id) if skip else None
        if entry.is_good:
            return entry
        self._journal.forget(sha256)
        self._client.delete_all([entry.image_id])
        return None

    def _send_one(
        self, one: Announced, features: Features, progress: BatchProgress | None
    ) -> Upload:
        assert one.entry is not None  # noqa: S101

        def show(sent: int, total: int) -> None:
            if progress:
                progress(one.source, sent, total)

        try:
            if not one.entry.is_good:
                # It waited for its turn longer than its form is good for.
                self._client.delete_all([one.entry.image_id])
                ticket = self._client.announce(_request(one.picture, None, features))
                one.entry = Entry.of(ticket)
                self._journal.keep(one.picture.sha256, one.entry)
            self._send(one.entry, one.picture, show)
        except (UploadRefused, OSError) as error:
            return Upload(one.source, Outcome.FAILED, one.entry.image_id, error)
        return Upload(one.source, Outcome.SENT, one.entry.image_id)

    def _send(self, entry: Entry, picture: Picture, progress: Progress | None) -> None:
        form = Form(entry.fields or {}, picture)
        request = self._http.build_request("POST", entry.url, headers=form.headers)
        request.stream = FormStream(form, progress)
        try:
            answer = self._http.send(request)
        except httpx.TransportError as error:
            raise Unreachable("S3 does not answer") from error
        if answer.is_error:
            self._journal.forget(picture.sha256)
            raise read_refusal(answer.status_code, answer.content)
        self._journal.keep(picture.sha256, Entry(entry.image_id))


def _request(picture: Picture, title: str | None, features: Features) -> ImageUploadRequest:
    name = title or picture.name
    return ImageUploadRequest(
        media_type=ImageUploadRequestMediaType(picture.media_type),
        bytes_=picture.size,
        sha256=picture.sha256,
        title=name[:MAX_TITLE].strip() or UNSET if name else UNSET,
        features=list(features) if features else UNSET,
    )
