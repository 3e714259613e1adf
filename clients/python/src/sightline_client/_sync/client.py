"""Made of `_async/client.py` by `make clients`: change it there.

Sightline's client: everything that the API can do, and uploading and waiting on top."""

import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from sightline_client._sync.concurrency import Soon, Stream, closing, each_of, sleep
from sightline_client._sync.downloader import Fetcher
from sightline_client._sync.event_stream import Listener
from sightline_client._sync.transport import (
    SessionKeeper,
    converse,
    open_http,
    refuse_strange_answers,
)
from sightline_client._sync.uploader import Sender
from sightline_client.cognito import Answer, Flow, Pool, sign_in
from sightline_client.downloads import Download, DownloadProgress
from sightline_client.errors import (
    ImageGone,
    NotFound,
    Problem,
    ProcessingFailed,
    SessionExpired,
    SightlineError,
    StillProcessing,
    Unreachable,
)
from sightline_client.events import Event
from sightline_client.generated.api.account import erase_account
from sightline_client.generated.api.albums import (
    add_to_album,
    create_album,
    delete_album,
    get_album,
    list_albums,
    remove_from_album,
    update_album,
)
from sightline_client.generated.api.images import (
    create_image,
    create_images,
    delete_image,
    delete_images,
    get_image,
    get_original,
    list_images,
    reprocess_image,
    update_image,
)
from sightline_client.generated.api.labels import list_labels, search_images
from sightline_client.generated.api.usage import get_usage
from sightline_client.generated.client import AuthenticatedClient
from sightline_client.generated.models import (
    AlbumChanges,
    AlbumImageBatch,
    AlbumImageOutcome,
    AlbumRequest,
    AlbumView,
    DeletionBatch,
    ErasureView,
    Feature,
    ImageChanges,
    ImageUpload,
    ImageUploadBatch,
    ImageUploadOutcome,
    ImageUploadRequest,
    ImageView,
    LabelView,
    OriginalView,
    ProblemBody,
    ReprocessRequest,
    ReprocessRequestPartsItem,
    Status,
    UsageView,
)
from sightline_client.generated.types import UNSET, Response, Unset
from sightline_client.image_file import Source
from sightline_client.journal import Journal, MemoryJournal
from sightline_client.multipart import Progress
from sightline_client.request_arguments import Pages, batched, given, new_key
from sightline_client.retry import Retries
from sightline_client.sessions import Session, SessionStore, default_store
from sightline_client.uploads import BatchProgress, Upload

T = TypeVar("T")

#: Connections to the gateway and as many to S3, and files that are sent at once.
CONNECTIONS = 8

#: Seconds without a sign of life after which a request is given up.
TIMEOUT = 30.0

#: Seconds between two calls that erase.
ERASING = 1.0

#: Images that one request may name.
BATCH = 100


class Sightline:
    """A signed-in client. Use it as a context, or `close` it.

    `store` keeps the session when it is renewed; `journal` remembers uploads, so that one that
    broke off goes on where it was.
    """

    def __init__(
        self,
        session: Session,
        *,
        store: SessionStore | None = None,
        journal: Journal | None = None,
        retries: Retries | None = None,
        connections: int = CONNECTIONS,
        timeout: float = TIMEOUT,
    ) -> None:
        retries = retries or Retries()
        self._plain = open_http(retries, connections, timeout)
        self._keeper = SessionKeeper(session, self._plain, store)
        self._http = open_http(retries, connections, timeout, self._keeper, session.api)
        self._http.event_hooks = {"response": [refuse_strange_answers]}
        self._generated = AuthenticatedClient(
            base_url=session.api, token="", raise_on_unexpected_status=False
        ).set_httpx_client(self._http)
        self._journal = journal or MemoryJournal()
        self._sender = Sender(self, self._plain, self._journal, connections)
        self._fetcher = Fetcher(self, self._plain, connections)
        self._listener = Listener(self._http, retries)

    @classmethod
    def sign_in(
        cls,
        api: str,
        email: str,
        password: str,
        pool: Pool,
        *,
        flow: Flow = "srp",
        answer: Answer | None = None,
        profile: str = "default",
        site: str = "",
        store: SessionStore | None = None,
        **options: Any,
    ) -> Self:
        """Sign in with Cognito, by SRP unless the flow says otherwise.

        `answer` is asked for codes (MFA) and new passwords. With a `store` the session is kept for
        `from_store`. Raises `SignInRefused`, `Unreachable`.
        """
        with open_http(Retries(), 1, TIMEOUT) as http:
            tokens = converse(http, pool, sign_in(pool, email, password, flow, answer))
        session = Session(api, tokens, email, pool, profile, site)
        if store:
            store.save(session)
        return cls(session, store=store, **options)

    @classmethod
    def from_store(
        cls, profile: str = "default", store: SessionStore | None = None, **options: Any
    ) -> Self:
        """As whoever signed in before, `sightline login` included. Raises `SessionExpired`."""
        store = store or default_store()
        session = store.load(profile)
        if session is None:
            raise SessionExpired("nobody is signed in")
        return cls(session, store=store, **options)

    @classmethod
    def from_token(cls, api: str, access_token: str, **options: Any) -> Self:
        """With an access token from elsewhere; it cannot be renewed."""
        return cls(Session.of_token(api, access_token), **options)

    @property
    def session(self) -> Session:
        return self._keeper.session

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()
        self._plain.close()

    # Uploading

    def upload(
        self,
        source: Source,
        *,
        title: str | None = None,
        features: Collection[Feature] | None = None,
        progress: Progress | None = None,
        skip_duplicate: bool = False,
    ) -> ImageView:
        """Upload a path, bytes or a stream; the image is being processed when this returns.

        The title is the file's name unless given. With `skip_duplicate` a picture that is there
        already is not sent, and the image that shows it is the answer. Called again after a
        failure, it goes on with the same image. Raises `NotAPicture`, `UploadRefused`, `OSError`.
        """
        return self._sender.upload(source, title, features, progress, skip_duplicate)

    def upload_all(
        self,
        sources: Iterable[Source],
        *,
        features: Collection[Feature] | None = None,
        progress: BatchProgress | None = None,
        skip_duplicates: bool = True,
    ) -> Stream[Upload]:
        """Upload many, announced by the batch, a few at once; what became of each as it is known.

        What is at fault with one file is told of it and keeps none of the others back; what is at
        fault with all of them (nobody is signed in, nothing answers) is raised.
        """
        return self._sender.upload_all(sources, features, progress, skip_duplicates)

    def announce(
        self, request: ImageUploadRequest, *, idempotency_key: str | None = None
    ) -> ImageUpload:
        """Ask for the form of one picture, for those who send it by themselves."""
        key = idempotency_key or new_key()
        return self.call(create_image.sync_detailed, body=request, idempotency_key=key)

    def announce_all(self, requests: Sequence[ImageUploadRequest]) -> list[ImageUploadOutcome]:
        """Ask for the forms of up to 100 pictures; the outcomes are in their order."""
        body = ImageUploadBatch(images=list(requests))
        answer = self.call(create_images.sync_detailed, body=body, idempotency_key=new_key())
        return answer.items

    # Waiting

    def wait_until_ready(self, image_id: str, *, timeout: float = 120.0) -> ImageView:
        """The image once it is ready. Raises `ProcessingFailed`, `StillProcessing`, `ImageGone`."""
        with closing(self.wait_until_ended([image_id], timeout=timeout)) as ended:
            for image in ended:
                if image.status is Status.FAILED:
                    raise ProcessingFailed(image)
                return image
        raise ImageGone("the picture was deleted meanwhile")

    def wait_until_ended(
        self, image_ids: Iterable[str], *, timeout: float = 120.0
    ) -> Stream[ImageView]:
        """Each image as it ends, as `ready` or `failed`; those that are deleted are left out.

        By live events, and by asking where there are none. Raises `StillProcessing`.
        """
        waiting, deadline = set(image_ids), time.monotonic() + timeout
        with closing(self._listener.suspect(waiting, deadline)) as suspected:
            for suspects in suspected:
                with closing(each_of(suspects & waiting, self._look, CONNECTIONS)) as seen:
                    for image_id, image in seen:
                        if image is None:
                            waiting.discard(image_id)
                        elif image.status in {Status.READY, Status.FAILED}:
                            waiting.discard(image_id)
                            yield image
        if waiting:
            raise StillProcessing(sorted(waiting), timeout)

    def _look(self, image_id: str) -> tuple[str, ImageView | None]:
        try:
            return image_id, self.image(image_id)
        except NotFound:
            return image_id, None

    def events(self) -> Stream[Event]:
        """What happens to the caller's images and albums, for ever: connections are renewed."""
        return self._listener.listen()

    # Images

    def image(self, image_id: str) -> ImageView:
        return self.call(get_image.sync_detailed, image_id=image_id)

    def images(
        self,
        *,
        status: Status | None = None,
        album: str | None = None,
        labels: Sequence[str] = (),
        created_from: datetime | None = None,
        created_until: datetime | None = None,
        taken_from: datetime | None = None,
        taken_until: datetime | None = None,
        page_size: int = 100,
    ) -> Stream[ImageView]:
        """The caller's images, newest first, page by page as they are asked for."""
        return self._each(
            list_images.sync_detailed,
            page_size,
            status=given(status),
            album=given(album),
            label=list(labels) or UNSET,
            created_from=given(created_from),
            created_until=given(created_until),
            taken_from=given(taken_from),
            taken_until=given(taken_until),
        )

    def update(
        self,
        image_id: str,
        *,
        title: str | Unset | None = UNSET,
        description: str | Unset | None = UNSET,
        labels_added: Sequence[str] | Unset = UNSET,
        labels_hidden: Sequence[str] | Unset = UNSET,
        if_match: str | None = None,
    ) -> ImageView:
        """Change what is given; None takes a text away. Raises `Changed` by `if_match`."""
        changes = ImageChanges(
            title=title,
            description=description,
            labels_added=labels_added if isinstance(labels_added, Unset) else list(labels_added),
            labels_hidden=labels_hidden
            if isinstance(labels_hidden, Unset)
            else list(labels_hidden),
        )
        return self.call(
            update_image.sync_detailed,
            image_id=image_id,
            body=changes,
            if_match=given(if_match),
        )

    def delete(self, image_id: str) -> None:
        """All of it is gone when this returns. Raises `NotFound`."""
        self.call(delete_image.sync_detailed, image_id=image_id)

    def delete_all(self, image_ids: Iterable[str]) -> list[str]:
        """Delete any number; answers the ids of those that were not there."""
        missing: list[str] = []
        for some in batched(image_ids, BATCH):
            body = DeletionBatch(ids=some)
            answer = self.call(delete_images.sync_detailed, body=body, idempotency_key=new_key())
            missing += [each.id for each in answer.items if int(each.status) != 204]
        return missing

    def reprocess(
        self,
        image_id: str,
        *,
        parts: Collection[ReprocessRequestPartsItem] | None = None,
        features: Collection[Feature] | None = None,
    ) -> ImageView:
        """Have it processed once more; of what, and for what, None for what it was."""
        body = ReprocessRequest(
            parts=list(parts) if parts else UNSET, features=list(features) if features else UNSET
        )
        return self.call(
            reprocess_image.sync_detailed,
            image_id=image_id,
            body=body,
            idempotency_key=new_key(),
        )

    # Finding

    def search(
        self,
        *labels: str,
        without: Sequence[str] = (),
        text: Sequence[str] = (),
        album: str | None = None,
        min_confidence: float = 0.0,
        page_size: int = 100,
    ) -> Stream[ImageView]:
        """Images that bear all labels and none of `without`, and show all words, newest first."""
        return self._each(
            search_images.sync_detailed,
            page_size,
            label=list(labels) or UNSET,
            not_=list(without) or UNSET,
            text=list(text) or UNSET,
            album=given(album),
            min_confidence=min_confidence,
        )

    def labels(self, prefix: str | None = None, *, page_size: int = 1000) -> Stream[LabelView]:
        """The labels of the caller's images with their counts, by name."""
        return self._each(list_labels.sync_detailed, page_size, prefix=given(prefix))

    def usage(self) -> UsageView:
        return self.call(get_usage.sync_detailed)

    # Albums

    def albums(self, *, page_size: int = 100) -> Stream[AlbumView]:
        """Newest first."""
        return self._each(list_albums.sync_detailed, page_size)

    def album(self, album_id: str) -> AlbumView:
        return self.call(get_album.sync_detailed, album_id=album_id)

    def create_album(self, title: str) -> AlbumView:
        return self.call(
            create_album.sync_detailed,
            body=AlbumRequest(title=title),
            idempotency_key=new_key(),
        )

    def update_album(
        self,
        album_id: str,
        *,
        title: str | Unset = UNSET,
        cover_id: str | Unset | None = UNSET,
        if_match: str | None = None,
    ) -> AlbumView:
        """Change what is given; with None for its cover it shows its newest picture."""
        return self.call(
            update_album.sync_detailed,
            album_id=album_id,
            body=AlbumChanges(title=title, cover_id=cover_id),
            if_match=given(if_match),
        )

    def delete_album(self, album_id: str) -> None:
        """Its pictures stay."""
        self.call(delete_album.sync_detailed, album_id=album_id)

    def add_to_album(self, album_id: str, image_ids: Iterable[str]) -> list[AlbumImageOutcome]:
        """Put any number of pictures in; the outcomes are in their order."""
        return self._place(add_to_album.sync_detailed, album_id, image_ids)

    def remove_from_album(self, album_id: str, image_ids: Iterable[str]) -> list[AlbumImageOutcome]:
        return self._place(remove_from_album.sync_detailed, album_id, image_ids)

    def _place(
        self, operation: Callable[..., Soon[Response[Any]]], album_id: str, image_ids: Iterable[str]
    ) -> list[AlbumImageOutcome]:
        outcomes: list[AlbumImageOutcome] = []
        for some in batched(image_ids, BATCH):
            body = AlbumImageBatch(ids=some)
            answer = self.call(operation, album_id=album_id, body=body, idempotency_key=new_key())
            outcomes += answer.items
        return outcomes

    # What comes back

    def original(self, image_id: str) -> OriginalView:
        """Where the picture as it was uploaded can be fetched from, for a while."""
        return self.call(get_original.sync_detailed, image_id=image_id)

    def download(
        self,
        image_id: str,
        target: Path,
        *,
        rendition: str | None = None,
        progress: Progress | None = None,
    ) -> Path:
        """Save the original, or a rendition of this name, whole or not at all.

        Into a folder it goes by its own name, beside what else is called so; what is there already
        with the same bytes is left. Raises `NoRendition`.
        """
        return self._fetcher.download(image_id, target, rendition, progress)

    def download_all(
        self,
        image_ids: Iterable[str],
        folder: Path,
        *,
        rendition: str | None = None,
        progress: DownloadProgress | None = None,
    ) -> Stream[Download]:
        """Save many into a folder, a few at once; what became of each as it is known.

        Raises what is at fault with all of them, as `upload_all` does.
        """
        return self._fetcher.download_all(image_ids, folder, rendition, progress)

    # The account

    def export(self, cursor: str | None = None) -> Stream[dict[str, Any]]:
        """Everything that the caller has, line by line as `kind` says; the last is an `end`.

        One that broke off goes on behind the `cursor` of its last image.
        """
        parameters = {"cursor": cursor} if cursor else {}
        try:
            with self._http.stream("GET", "/v1/account/export", params=parameters) as answer:
                if answer.is_error:
                    content = answer.read()
                    raise Problem.of_answer(answer.status_code, content, answer.headers)
                for line in answer.iter_lines():
                    yield json.loads(line)
        except httpx.TransportError as error:
            raise Unreachable("the export broke off") from error

    def erase_everything(self) -> None:
        """Erase all that the caller has, for good. Comes back when nothing is left."""
        while True:
            answer = self.call(erase_account.sync_detailed, confirm="everything")
            if not isinstance(answer, ErasureView):
                return
            sleep(ERASING)

    def call(
        self, operation: Callable[..., Soon[Response[ProblemBody | T]]], **arguments: Any
    ) -> T:
        """One operation of `sightline_client.generated.api`. Raises `Problem`, `Unreachable`."""
        try:
            answer = operation(client=self._generated, **arguments)
        except httpx.TransportError as error:
            raise Unreachable(f"nothing answers at {self.session.api}") from error
        except (ValueError, KeyError) as error:
            raise SightlineError(
                "an answer is not as documented; is the client too old?"
            ) from error
        if isinstance(answer.parsed, ProblemBody):
            raise Problem.of(answer.parsed, answer.headers)
        if answer.status_code >= 400:
            raise Problem.of_answer(int(answer.status_code), answer.content, answer.headers)
        return answer.parsed  # type: ignore[return-value]

    def _each(
        self, operation: Callable[..., Soon[Response[Any]]], page_size: int, **filters: Any
    ) -> Stream[Any]:
        pages = Pages(page_size)
        while not pages.is_last:
            answer = self.call(operation, **pages.next_arguments(), **filters)
            pages.turn(answer.next_cursor)
            for item in answer.items:
                yield item
