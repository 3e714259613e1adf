"""Generated from `_async/client.py` by `make clients`; edit that file instead.

The client: every operation of the API, plus uploads, waiting and downloads."""

import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import attrs
import httpx

from sightline_client._sync.archive_downloader import ArchiveDownloader
from sightline_client._sync.concurrency import Pending, Stream, closing, map_concurrently, sleep
from sightline_client._sync.downloader import Downloader
from sightline_client._sync.event_stream import EventStream
from sightline_client._sync.mfa_settings import MfaSettings
from sightline_client._sync.transport import (
    SessionAuth,
    fetch_token,
    open_http,
    raise_for_foreign_error,
    run_auth_flow,
)
from sightline_client._sync.uploader import Uploader
from sightline_client.archives import ArchiveCallback
from sightline_client.capture_times import format_shift, shift_capture_time
from sightline_client.client_credentials import ClientCredentials
from sightline_client.cognito import ChallengeHandler, Pool, SignInFlow, sign_in
from sightline_client.downloads import BatchDownloadCallback, DownloadResult
from sightline_client.errors import (
    ImageDeleted,
    NotFound,
    PreconditionFailed,
    Problem,
    ProcessingFailed,
    ProcessingTimeout,
    SessionExpired,
    UnexpectedResponse,
    Unreachable,
)
from sightline_client.events import Event
from sightline_client.generated.api.account import (
    erase_account,
    get_email_notifications,
    update_email_notifications,
)
from sightline_client.generated.api.albums import (
    add_to_album,
    create_album,
    delete_album,
    get_album,
    list_albums,
    move_in_album,
    remove_from_album,
    update_album,
)
from sightline_client.generated.api.api_keys import create_api_key, list_api_keys, revoke_api_key
from sightline_client.generated.api.archives import create_archive
from sightline_client.generated.api.images import (
    create_image,
    create_images,
    delete_image,
    delete_images,
    get_image,
    get_original,
    get_timeline,
    list_images,
    list_places,
    list_trash,
    reprocess_image,
    restore_image,
    restore_images,
    update_image,
    update_images,
)
from sightline_client.generated.api.labels import list_labels
from sightline_client.generated.api.members import (
    accept_invitation,
    create_album_invitation,
    decline_invitation,
    get_invitation,
    leave_album,
    list_album_images,
    list_album_invitations,
    list_album_members,
    remove_album_member,
    revoke_album_invitation,
    update_album_member,
)
from sightline_client.generated.api.operations import get_capabilities
from sightline_client.generated.api.share_links import (
    create_share_link,
    list_share_links,
    revoke_share_link,
    update_share_link,
)
from sightline_client.generated.api.usage import get_usage
from sightline_client.generated.api.webhooks import (
    create_webhook,
    delete_webhook,
    get_webhook,
    list_webhook_deliveries,
    list_webhooks,
    replay_webhook_delivery,
    rotate_webhook_secret,
    test_webhook,
    update_webhook,
)
from sightline_client.generated.client import AuthenticatedClient
from sightline_client.generated.models import (
    AlbumAddition,
    AlbumChanges,
    AlbumImageBatch,
    AlbumImageSummary,
    AlbumInvitationList,
    AlbumInvitationRequest,
    AlbumInvitationView,
    AlbumMemberChanges,
    AlbumMemberList,
    AlbumMembershipView,
    AlbumMemberView,
    AlbumMove,
    AlbumRequest,
    AlbumRole,
    AlbumSearch,
    AlbumSort,
    AlbumView,
    ApiKeyList,
    ApiKeyRequest,
    ApiKeyScope,
    ApiKeyView,
    ArchivedFilter,
    ArchivePart,
    ArchiveRequest,
    BatchChanges,
    CapabilitiesView,
    CreatedAlbum,
    CreatedAlbumInvitation,
    CreatedApiKey,
    CreatedShareLink,
    DeletionBatch,
    DeliveryPage,
    DeliveryView,
    EmailKind,
    EmailNotificationsRequest,
    EmailNotificationsView,
    ErasureView,
    Feature,
    ImageBatch,
    ImageChanges,
    ImageSummary,
    ImageUpload,
    ImageUploadBatch,
    ImageUploadOutcome,
    ImageUploadRequest,
    ImageView,
    InvitationAcceptance,
    InvitationView,
    ItemOutcome,
    LabelView,
    Language,
    ListAlbumsRole,
    ListOrder,
    OriginalView,
    PlaceCount,
    PositionOverride,
    ProblemBody,
    ReprocessRequest,
    ReprocessRequestPartsItem,
    ShareLinkChanges,
    ShareLinkRequest,
    ShareLinkView,
    SortOrder,
    Status,
    TimelineView,
    TrashedImage,
    UpdateBatch,
    UsageView,
    WebhookChanges,
    WebhookEventType,
    WebhookList,
    WebhookRequest,
    WebhookView,
    WebhookWithSecret,
)
from sightline_client.generated.types import UNSET, Response, Unset
from sightline_client.image_file import Source
from sightline_client.image_labels import change_labels
from sightline_client.journal import Journal, MemoryJournal
from sightline_client.multipart import ProgressCallback
from sightline_client.request_arguments import (
    Paginator,
    batched,
    new_idempotency_key,
    unset_if_none,
)
from sightline_client.retry import RetryPolicy
from sightline_client.sessions import Session, SessionStore, default_session_store
from sightline_client.uploads import BatchUploadCallback, UploadResult

T = TypeVar("T")

#: Connections to the API, connections to S3, and concurrent transfers.
MAX_CONNECTIONS = 8

#: Connect, read and write timeout of a request.
TIMEOUT_SECONDS = 30.0

#: Pause between two requests that erase an account step by step.
ERASE_POLL_SECONDS = 1.0

#: Errors from reading a response that is not as documented.
UNREADABLE_ERRORS = (ValueError, KeyError, TypeError, AttributeError, httpx.DecodingError)

UNEXPECTED_RESPONSE = "unexpected response from the API; update the client"

#: Attempts of a change to an image that others change at the same time.
MAX_EDIT_ATTEMPTS = 4

#: The API's limit of ids per request.
MAX_IDS = 100


class Sightline:
    """A signed-in client. Use it as a context manager, or call `close`.

    `store` saves the session whenever its tokens are renewed. `journal` records uploads, so that
    an interrupted one can be resumed.
    """

    def __init__(
        self,
        session: Session,
        *,
        store: SessionStore | None = None,
        journal: Journal | None = None,
        retry: RetryPolicy | None = None,
        max_connections: int = MAX_CONNECTIONS,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        retry = retry or RetryPolicy()
        self._external_http = open_http(retry, max_connections, timeout)
        self._auth = SessionAuth(session, self._external_http, store)
        self._http = open_http(retry, max_connections, timeout, self._auth, session.api_url)
        self._http.event_hooks = {"response": [raise_for_foreign_error]}
        self._generated = AuthenticatedClient(
            base_url=session.api_url, token="", raise_on_unexpected_status=False
        ).set_httpx_client(self._http)
        self._uploader = Uploader(
            self, self._external_http, journal or MemoryJournal(), max_connections
        )
        self._downloader = Downloader(self, self._external_http, max_connections)
        self._archive_downloader = ArchiveDownloader(self._http, retry)
        self._event_stream = EventStream(self._http, retry)

    @classmethod
    def sign_in(
        cls,
        api_url: str,
        email: str,
        password: str,
        pool: Pool,
        *,
        flow: SignInFlow = "srp",
        on_challenge: ChallengeHandler | None = None,
        profile: str = "default",
        web_url: str = "",
        store: SessionStore | None = None,
        **options: Any,
    ) -> Self:
        """Sign in with Cognito, by SRP unless `flow` is `password`.

        `on_challenge` returns MFA codes and new passwords. `store` saves the session for
        `from_store`. Raises `SignInRejected`, `Unreachable`.
        """
        with open_http(RetryPolicy(), 1, TIMEOUT_SECONDS) as http:
            requests = sign_in(pool, email, password, flow, on_challenge)
            tokens = run_auth_flow(http, pool, requests)
        session = Session(api_url, tokens, email, pool, profile, web_url)
        if store:
            store.save(session)
        return cls(session, store=store, **options)

    @classmethod
    def from_client_credentials(
        cls,
        api_url: str,
        credentials: ClientCredentials,
        *,
        profile: str = "default",
        web_url: str = "",
        store: SessionStore | None = None,
        **options: Any,
    ) -> Self:
        """Sign in as a machine client, which acts for a service account of its own.

        The access token is renewed before it expires. `store` saves the session with the
        credentials, for `from_store`. Raises `SignInRejected`, `Unreachable`.
        """
        with open_http(RetryPolicy(), 1, TIMEOUT_SECONDS) as http:
            tokens = fetch_token(http, credentials)
        session = Session(
            api_url, tokens, profile=profile, web_url=web_url, credentials=credentials
        )
        if store:
            store.save(session)
        return cls(session, store=store, **options)

    @classmethod
    def from_store(
        cls, profile: str = "default", store: SessionStore | None = None, **options: Any
    ) -> Self:
        """Use a stored session, such as the one of `sightline login`. Raises `SessionExpired`."""
        store = store or default_session_store()
        session = store.load(profile)
        if session is None:
            raise SessionExpired("not signed in")
        return cls(session, store=store, **options)

    @classmethod
    def from_token(cls, api_url: str, access_token: str, **options: Any) -> Self:
        """Use an existing access token, which cannot be renewed."""
        return cls(Session.from_token(api_url, access_token), **options)

    @classmethod
    def from_api_key(cls, api_url: str, api_key: str, **options: Any) -> Self:
        """Use an API key, which acts for its owner within its scopes."""
        return cls(Session.from_token(api_url, api_key), **options)

    @property
    def session(self) -> Session:
        return self._auth.session

    @property
    def mfa(self) -> MfaSettings:
        """The user's settings of multi-factor authentication."""
        return MfaSettings(self._auth, self._external_http)

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
        self._external_http.close()

    # Uploads

    def upload(
        self,
        source: Source,
        *,
        title: str | None = None,
        features: Collection[Feature] | None = None,
        progress: ProgressCallback | None = None,
        skip_duplicate: bool = False,
    ) -> ImageView:
        """Upload a path, bytes or a stream; return the image, which may still be processing.

        The title defaults to the file name. With `skip_duplicate`, content that the owner already
        has is not sent, and the existing image is returned. After an error or an interruption no
        image is left. Raises `UnsupportedFileType`, `FileChanged`, `StorageError`, `FileError`.
        """
        return self._uploader.upload(source, title, features, progress, skip_duplicate)

    def upload_many(
        self,
        sources: Iterable[Source],
        *,
        features: Collection[Feature] | None = None,
        progress: BatchUploadCallback | None = None,
        skip_duplicates: bool = True,
    ) -> Stream[UploadResult]:
        """Upload many sources concurrently; yield each result as soon as it is known.

        An error of one file is part of its result and does not stop the others. An error that
        affects all of them (the session has expired, the API is unreachable) is raised. Close the
        stream to stop early: that deletes the uploads that were created and not used.
        """
        return self._uploader.upload_many(sources, features, progress, skip_duplicates)

    def create_upload(
        self, request: ImageUploadRequest, *, idempotency_key: str | None = None
    ) -> ImageUpload:
        """Create an upload; return its image and a presigned POST for the content."""
        key = idempotency_key or new_idempotency_key()
        return self.call(create_image.sync_detailed, body=request, idempotency_key=key)

    def create_uploads(self, requests: Sequence[ImageUploadRequest]) -> list[ImageUploadOutcome]:
        """Create up to 100 uploads; return their outcomes in the order of the requests."""
        body = ImageUploadBatch(images=list(requests))
        response = self.call(
            create_images.sync_detailed, body=body, idempotency_key=new_idempotency_key()
        )
        return response.items

    # Processing

    def wait_until_ready(self, image_id: str, *, timeout: float = 120.0) -> ImageView:
        """Return the image once it is ready.

        Raises `ProcessingFailed`, `ProcessingTimeout`, `ImageDeleted`.
        """
        with closing(self.wait_until_processed([image_id], timeout=timeout)) as processed:
            for image in processed:
                if image.status is Status.FAILED:
                    raise ProcessingFailed(image)
                return image
        raise ImageDeleted("the image was deleted during processing")

    def wait_until_processed(
        self, image_ids: Iterable[str], *, timeout: float = 120.0
    ) -> Stream[ImageView]:
        """Yield each image once its status is `ready` or `failed`; skip deleted images.

        Uses live events, and polls where they are not available. Raises `ProcessingTimeout`.
        """
        pending, deadline = set(image_ids), time.monotonic() + timeout
        with closing(self._event_stream.watch(pending, deadline)) as watched:
            for candidates in watched:
                fetched = map_concurrently(self._fetch_image, candidates & pending, MAX_CONNECTIONS)
                with closing(fetched):
                    for image_id, image in fetched:
                        if image is None:
                            pending.discard(image_id)
                        elif image.status in {Status.READY, Status.FAILED}:
                            pending.discard(image_id)
                            yield image
        if pending:
            raise ProcessingTimeout(sorted(pending), timeout)

    def _fetch_image(self, image_id: str) -> tuple[str, ImageView | None]:
        try:
            return image_id, self.image(image_id)
        except NotFound:
            return image_id, None

    def reprocess(
        self,
        image_id: str,
        *,
        parts: Collection[ReprocessRequestPartsItem] | None = None,
        features: Collection[Feature] | None = None,
    ) -> ImageView:
        """Process an image again. None repeats the same parts with the same features."""
        body = ReprocessRequest(
            parts=list(parts) if parts else UNSET, features=list(features) if features else UNSET
        )
        return self.call(
            reprocess_image.sync_detailed,
            image_id=image_id,
            body=body,
            idempotency_key=new_idempotency_key(),
        )

    def events(self) -> Stream[Event]:
        """Yield changes of the caller's images and albums indefinitely, across reconnects."""
        return self._event_stream.subscribe()

    # Images

    def image(self, image_id: str) -> ImageView:
        """Return the full image. Raises `NotFound`."""
        image: ImageView = self.call(get_image.sync_detailed, image_id=image_id)
        return image

    def images(
        self,
        *,
        status: Status | None = None,
        album: str | None = None,
        labels: Sequence[str] = (),
        without: Sequence[str] = (),
        min_confidence: float | None = None,
        text: Sequence[str] = (),
        q: str | None = None,
        bbox: tuple[float, float, float, float] | None = None,
        created_from: datetime | None = None,
        created_until: datetime | None = None,
        taken_from: datetime | None = None,
        taken_until: datetime | None = None,
        month: str | None = None,
        favorite: bool | None = None,
        archived: ArchivedFilter | None = None,
        rating_min: int | None = None,
        sort: SortOrder | None = None,
        order: ListOrder | None = None,
        page_size: int = 100,
    ) -> Stream[ImageSummary]:
        """Yield summaries of the caller's images; pages are fetched as needed.

        Images must have all `labels`, none of the labels in `without`, and all words of `text`,
        and match the other filters. `q` searches all fields, with a phrase in double quotes and the
        last word as a prefix; `matches` of a summary is what matched. `bbox` is the box in which
        images were taken: west, south, east and north in degrees. Images without an upload
        are left out, unless `status` selects them. `month` (`2026-11`) is one that `timeline`
        counts, and `order` the time by which images are sorted. Without `sort` and `order`, the
        images of an album are in its order, and others by upload, newest first. `archived`
        selects the images of the archive, all others, or both (`ANY`), which is the default with
        labels, words or an album. `rating_min` is 1 to 5 stars.
        `image` returns the full image, with its renditions, recognition and capture data.
        """
        return self._paginate(
            list_images.sync_detailed,
            page_size,
            status=unset_if_none(status),
            album=unset_if_none(album),
            label=list(labels) or UNSET,
            not_=list(without) or UNSET,
            min_confidence=unset_if_none(min_confidence),
            text=list(text) or UNSET,
            q=unset_if_none(q),
            bbox=UNSET if bbox is None else ",".join(f"{each:.6f}" for each in bbox),
            created_from=unset_if_none(created_from),
            created_until=unset_if_none(created_until),
            taken_from=unset_if_none(taken_from),
            taken_until=unset_if_none(taken_until),
            month=unset_if_none(month),
            favorite=unset_if_none(favorite),
            archived=unset_if_none(archived),
            rating_min=unset_if_none(rating_min),
            sort=unset_if_none(sort),
            order=unset_if_none(order),
        )

    def timeline(self) -> TimelineView:
        """Return the months that have images, newest first, with exact counts."""
        timeline: TimelineView = self.call(get_timeline.sync_detailed)
        return timeline

    def places(self, *, page_size: int = 1000) -> Stream[PlaceCount]:
        """Yield where the images were taken, by cells of 0.001 degrees, newest images first.

        `page_size` images are counted at a time. A cell can be yielded again for older images.
        """
        return self._paginate(list_places.sync_detailed, page_size)

    def update(
        self,
        image_id: str,
        *,
        title: str | Unset | None = UNSET,
        description: str | Unset | None = UNSET,
        labels_added: Sequence[str] | Unset = UNSET,
        labels_hidden: Sequence[str] | Unset = UNSET,
        taken_at_override: datetime | Unset | None = UNSET,
        position_override: tuple[float, float] | tuple[None, None] | Unset | None = UNSET,
        rotation: int | Unset | None = UNSET,
        favorite: bool | Unset = UNSET,
        archived: bool | Unset = UNSET,
        rating: int | Unset = UNSET,
        if_match: str | None = None,
    ) -> ImageView:
        """Update the given fields; None removes a text, and restores what the file records.

        `taken_at_override` corrects the time of capture. Without an offset from UTC, it is that of
        a clock at the place. `position_override` is the latitude and the longitude in degrees;
        `(None, None)` hides the position. `rotation` is 0, 90, 180 or 270 degrees clockwise.
        `rating` is 1 to 5 stars, and 0 removes it.

        Raises `PreconditionFailed` if the ETag `if_match` is outdated.
        """
        changes = ImageChanges(
            title=title,
            description=description,
            labels_added=labels_added if isinstance(labels_added, Unset) else list(labels_added),
            labels_hidden=labels_hidden
            if isinstance(labels_hidden, Unset)
            else list(labels_hidden),
            taken_at_override=taken_at_override.isoformat()
            if isinstance(taken_at_override, datetime)
            else taken_at_override,
            position_override=PositionOverride(*position_override)
            if isinstance(position_override, tuple)
            else position_override,
            rotation=rotation,
            favorite=favorite,
            archived=archived,
            rating=rating,
        )
        return self.call(
            update_image.sync_detailed,
            image_id=image_id,
            body=changes,
            if_match=unset_if_none(if_match),
        )

    def update_many(
        self,
        image_ids: Iterable[str],
        *,
        title: str | Unset | None = UNSET,
        description: str | Unset | None = UNSET,
        add_labels: Sequence[str] = (),
        remove_labels: Sequence[str] = (),
        taken_at_override: datetime | Unset | None = UNSET,
        taken_at_shift: timedelta | Unset = UNSET,
        position_override: tuple[float, float] | tuple[None, None] | Unset | None = UNSET,
        rotation: int | Unset | None = UNSET,
        rotate_by: int | Unset = UNSET,
        favorite: bool | Unset = UNSET,
        archived: bool | Unset = UNSET,
        rating: int | Unset = UNSET,
    ) -> list[ItemOutcome]:
        """Apply the same changes to any number of images; return the outcome of each.

        Unlike those of `update`, labels are added to the image's other ones, and removed by hiding
        them if they were detected. `taken_at_shift` moves the time of capture of each image by
        whole seconds, and `rotate_by` rotates it further, by 90, 180 or 270 degrees clockwise.
        """
        changes = BatchChanges(
            title=title,
            description=description,
            add_labels=list(add_labels) or UNSET,
            remove_labels=list(remove_labels) or UNSET,
            taken_at_override=taken_at_override.isoformat()
            if isinstance(taken_at_override, datetime)
            else taken_at_override,
            taken_at_shift=format_shift(taken_at_shift)
            if isinstance(taken_at_shift, timedelta)
            else UNSET,
            position_override=PositionOverride(*position_override)
            if isinstance(position_override, tuple)
            else position_override,
            rotation=rotation,
            rotate_by=rotate_by,
            favorite=favorite,
            archived=archived,
            rating=rating,
        )
        outcomes: list[ItemOutcome] = []
        for batch in batched(image_ids, MAX_IDS):
            response = self.call(
                update_images.sync_detailed,
                body=UpdateBatch(ids=batch, changes=changes),
                idempotency_key=new_idempotency_key(),
            )
            outcomes += response.items
        return outcomes

    def edit_labels(
        self, image_id: str, *, add: Collection[str] = (), remove: Collection[str] = ()
    ) -> ImageView:
        """Add labels to an image, and remove others, which may be detected or the owner's own.

        Unlike `update`, it keeps the image's other labels, and repeats the change if the image is
        changed at the same time. Raises `NotFound`, `PreconditionFailed`.
        """

        def change(image: ImageView) -> ImageChanges | None:
            added, hidden = change_labels(image, add, remove)
            if (added, hidden) == (image.labels_added, image.labels_hidden):
                return None
            return ImageChanges(labels_added=added, labels_hidden=hidden)

        return self._edit(image_id, change)

    def shift_capture_time(self, image_id: str, interval: timedelta) -> ImageView:
        """Move the time of capture by an interval, for example that of a camera with a wrong clock.

        If the image is changed at the same time, the change is repeated. Raises `NotFound`,
        `PreconditionFailed`, `InvalidCaptureTime`.
        """
        return self._edit(
            image_id,
            lambda image: ImageChanges(taken_at_override=shift_capture_time(image, interval)),
        )

    def _edit(self, image_id: str, change: Callable[[ImageView], ImageChanges | None]) -> ImageView:
        """Update an image with what `change` derives from its current state; None is no change."""
        attempt = 0
        while True:
            attempt += 1
            response = self._respond(get_image.sync_detailed, image_id=image_id)
            image = response.parsed
            assert isinstance(image, ImageView)  # noqa: S101
            changes = change(image)
            if changes is None:
                return image
            try:
                return self.call(
                    update_image.sync_detailed,
                    image_id=image_id,
                    body=changes,
                    if_match=unset_if_none(response.headers.get("etag")),
                )
            except PreconditionFailed:
                if attempt == MAX_EDIT_ATTEMPTS:
                    raise

    def delete(self, image_id: str, *, permanent: bool = False) -> None:
        """Move an image to the trash, or delete it with its original and renditions.

        Raises `NotFound`.
        """
        self.call(delete_image.sync_detailed, image_id=image_id, permanent=permanent)

    def delete_many(self, image_ids: Iterable[str], *, permanent: bool = False) -> list[str]:
        """Move any number of images to the trash, or delete them; return the ids that failed.

        Most of these do not exist.
        """
        missing: list[str] = []
        for batch in batched(image_ids, MAX_IDS):
            body = DeletionBatch(ids=batch, permanent=permanent)
            response = self.call(
                delete_images.sync_detailed, body=body, idempotency_key=new_idempotency_key()
            )
            missing += [each.id for each in response.items if int(each.status) != 204]
        return missing

    # Trash

    def trash(self, page_size: int = 100) -> Stream[TrashedImage]:
        """Yield the images in the trash, the last one that was moved there first."""
        return self._paginate(list_trash.sync_detailed, page_size)

    def restore(self, image_id: str) -> ImageView:
        """Restore an image from the trash as it was, and return it. Raises `NotFound`."""
        return self.call(
            restore_image.sync_detailed,
            image_id=image_id,
            idempotency_key=new_idempotency_key(),
        )

    def restore_many(self, image_ids: Iterable[str]) -> list[str]:
        """Restore any number of images; return the ids that failed."""
        missing: list[str] = []
        for batch in batched(image_ids, MAX_IDS):
            response = self.call(
                restore_images.sync_detailed,
                body=ImageBatch(ids=batch),
                idempotency_key=new_idempotency_key(),
            )
            missing += [each.id for each in response.items if int(each.status) != 204]
        return missing

    # Search

    def search(
        self,
        *labels: str,
        without: Sequence[str] = (),
        text: Sequence[str] = (),
        album: str | None = None,
        min_confidence: float | None = None,
        page_size: int = 100,
    ) -> Stream[ImageSummary]:
        """Yield what `images` yields for these labels and filters."""
        return self.images(
            labels=labels,
            without=without,
            text=text,
            album=album,
            min_confidence=min_confidence,
            page_size=page_size,
        )

    def labels(self, prefix: str | None = None, *, page_size: int = 1000) -> Stream[LabelView]:
        """Yield the labels of the caller's images with their counts, by name."""
        return self._paginate(list_labels.sync_detailed, page_size, prefix=unset_if_none(prefix))

    def usage(self) -> UsageView:
        usage: UsageView = self.call(get_usage.sync_detailed)
        return usage

    # Email notifications

    def email_notifications(self) -> EmailNotificationsView:
        """Return which messages the caller receives by email."""
        view: EmailNotificationsView = self.call(get_email_notifications.sync_detailed)
        return view

    def update_email_notifications(
        self,
        *,
        kinds: Iterable[EmailKind | str] | None = None,
        language: Language | str | None = None,
    ) -> EmailNotificationsView:
        """Choose the messages that the caller receives by email, and their language.

        If no email address is stored, the verified one of the signed-in user is. Raises
        `SessionExpired` if that requires a sign-in with email and password.
        """
        body = EmailNotificationsRequest(
            kinds=None if kinds is None else [EmailKind(kind) for kind in kinds],
            language=None if language is None else Language(language),
        )
        try:
            return self._update_email_notifications(body)
        except Problem as problem:
            if problem.code != "email_not_verified":
                raise
        body.id_token = self._auth.fetch_id_token()
        return self._update_email_notifications(body)

    def _update_email_notifications(
        self, body: EmailNotificationsRequest
    ) -> EmailNotificationsView:
        view: EmailNotificationsView = self.call(
            update_email_notifications.sync_detailed, body=body
        )
        return view

    # Albums

    def albums(
        self, *, role: ListAlbumsRole | Unset = UNSET, page_size: int = 100
    ) -> Stream[AlbumView]:
        """Yield the caller's albums, newest first; with `role`, also those that others share."""
        return self._paginate(list_albums.sync_detailed, page_size, role=role)

    def album(self, album_id: str) -> AlbumView:
        album: AlbumView = self.call(get_album.sync_detailed, album_id=album_id)
        return album

    def create_album(
        self,
        title: str,
        *,
        description: str | None = None,
        sort: AlbumSort | None = None,
        search: AlbumSearch | None = None,
    ) -> AlbumView:
        """Create an album: an empty one, or with all images that `search` finds now."""
        created: CreatedAlbum = self.call(
            create_album.sync_detailed,
            body=AlbumRequest(
                title=title,
                description=unset_if_none(description),
                sort=unset_if_none(sort),
                search=unset_if_none(search),
            ),
            idempotency_key=new_idempotency_key(),
        )
        if search is not None and created.next_cursor is not None:
            self._continue_search(created.id, search, created.next_cursor)
            return self.album(created.id)
        values = created.to_dict()
        del values["next_cursor"]
        return AlbumView.from_dict(values)

    def _continue_search(self, album_id: str, search: AlbumSearch, start: str) -> None:
        """Add the images that a search finds from a cursor on."""
        filters = {
            each.name: getattr(search, each.name)
            for each in attrs.fields(AlbumSearch)
            if each.name != "additional_properties"
        }
        cursor: str | None = start
        while cursor is not None:
            page = self.call(
                list_images.sync_detailed,
                **filters,
                sort=SortOrder.NEWEST,
                limit=MAX_IDS,
                cursor=cursor,
            )
            self.add_to_album(album_id, [image.id for image in page.items])
            cursor = page.next_cursor

    def update_album(
        self,
        album_id: str,
        *,
        title: str | Unset = UNSET,
        description: str | Unset | None = UNSET,
        sort: AlbumSort | Unset = UNSET,
        cover_id: str | Unset | None = UNSET,
        if_match: str | None = None,
    ) -> AlbumView:
        """Update the given fields. With `cover_id` None the newest image is the cover."""
        return self.call(
            update_album.sync_detailed,
            album_id=album_id,
            body=AlbumChanges(title=title, description=description, sort=sort, cover_id=cover_id),
            if_match=unset_if_none(if_match),
        )

    def delete_album(self, album_id: str) -> None:
        """Delete an album; its images are kept."""
        self.call(delete_album.sync_detailed, album_id=album_id)

    def move_in_album(
        self,
        album_id: str,
        image_ids: Sequence[str],
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> list[ItemOutcome]:
        """Move up to 100 images before or after another one in the manual order of the album."""
        outcomes = self.call(
            move_in_album.sync_detailed,
            album_id=album_id,
            body=AlbumMove(
                ids=list(image_ids), before=unset_if_none(before), after=unset_if_none(after)
            ),
            idempotency_key=new_idempotency_key(),
        )
        items: list[ItemOutcome] = outcomes.items
        return items

    def add_to_album(
        self,
        album_id: str,
        image_ids: Iterable[str],
        *,
        original: bool = False,
        metadata: bool = False,
        position: bool = False,
    ) -> list[ItemOutcome]:
        """Add any number of images; return their outcomes in the order of the ids.

        The other arguments are what others see of images that a contributor adds. `original`
        requires `metadata` and `position`.
        """
        outcomes: list[ItemOutcome] = []
        for batch in batched(image_ids, MAX_IDS):
            body = AlbumAddition(ids=batch, original=original, metadata=metadata, position=position)
            response = self.call(
                add_to_album.sync_detailed,
                album_id=album_id,
                body=body,
                idempotency_key=new_idempotency_key(),
            )
            outcomes += response.items
        return outcomes

    def remove_from_album(self, album_id: str, image_ids: Iterable[str]) -> list[ItemOutcome]:
        """Remove any number of images; return their outcomes in the order of the ids."""
        outcomes: list[ItemOutcome] = []
        for batch in batched(image_ids, MAX_IDS):
            response = self.call(
                remove_from_album.sync_detailed,
                album_id=album_id,
                body=AlbumImageBatch(ids=batch),
                idempotency_key=new_idempotency_key(),
            )
            outcomes += response.items
        return outcomes

    # Shared albums

    def album_images(self, album_id: str, *, page_size: int = 100) -> Stream[AlbumImageSummary]:
        """Yield the images of an own or shared album, with those that members added."""
        return self._paginate(list_album_images.sync_detailed, page_size, album_id=album_id)

    def invite_to_album(
        self,
        album_id: str,
        email: str,
        *,
        role: AlbumRole = AlbumRole.VIEWER,
        original: bool = False,
        metadata: bool = False,
        position: bool = False,
        language: Language | None = None,
    ) -> CreatedAlbumInvitation:
        """Invite someone to an album. The `token` of the invitation is returned only once.

        `original` requires `metadata` and `position`.
        """
        body = AlbumInvitationRequest(
            email=email,
            role=role,
            original=original,
            metadata=metadata,
            position=position,
            language=language,
        )
        return self.call(create_album_invitation.sync_detailed, album_id=album_id, body=body)

    def album_invitations(self, album_id: str) -> list[AlbumInvitationView]:
        """Return the open invitations to an album, newest first."""
        response: AlbumInvitationList = self.call(
            list_album_invitations.sync_detailed, album_id=album_id
        )
        return response.items

    def revoke_album_invitation(self, album_id: str, invitation_id: str) -> None:
        """Revoke an invitation that was not accepted."""
        self.call(
            revoke_album_invitation.sync_detailed,
            album_id=album_id,
            invitation_id=invitation_id,
        )

    def album_members(self, album_id: str) -> list[AlbumMemberView]:
        """Return the people with whom the caller shares the album."""
        response: AlbumMemberList = self.call(list_album_members.sync_detailed, album_id=album_id)
        return response.items

    def update_album_member(
        self,
        album_id: str,
        member_id: str,
        *,
        role: AlbumRole | Unset = UNSET,
        original: bool | Unset = UNSET,
        metadata: bool | Unset = UNSET,
        position: bool | Unset = UNSET,
    ) -> AlbumMemberView:
        """Change the role of a member, or what the member sees; what is not given stays."""
        body = AlbumMemberChanges(
            role=role, original=original, metadata=metadata, position=position
        )
        return self.call(
            update_album_member.sync_detailed,
            album_id=album_id,
            member_id=member_id,
            body=body,
        )

    def remove_album_member(self, album_id: str, member_id: str) -> None:
        """Remove a member from an album, with the images that the member added."""
        self.call(remove_album_member.sync_detailed, album_id=album_id, member_id=member_id)

    def leave_album(self, album_id: str) -> None:
        """Leave an album of another owner, with the images that the caller added."""
        self.call(leave_album.sync_detailed, album_id=album_id)

    def invitation(self, token: str) -> InvitationView:
        """Return what an invitation offers."""
        view: InvitationView = self.call(get_invitation.sync_detailed, token=token)
        return view

    def accept_invitation(self, token: str, *, share_email: bool = False) -> AlbumMembershipView:
        """Accept an invitation to an album.

        With `share_email`, its owner sees the caller's verified email address.
        """
        body = InvitationAcceptance()
        if share_email:
            body.id_token = self._auth.fetch_id_token()
        return self.call(
            accept_invitation.sync_detailed,
            token=token,
            body=body,
            idempotency_key=new_idempotency_key(),
        )

    def decline_invitation(self, token: str) -> None:
        """Decline an invitation to an album."""
        self.call(
            decline_invitation.sync_detailed,
            token=token,
            idempotency_key=new_idempotency_key(),
        )

    # Downloads

    def original(self, image_id: str) -> OriginalView:
        """Return a presigned URL of the original, which expires."""
        original: OriginalView = self.call(get_original.sync_detailed, image_id=image_id)
        return original

    def download(
        self,
        image_id: str,
        target: Path,
        *,
        rendition: str | None = None,
        progress: ProgressCallback | None = None,
    ) -> Path:
        """Save the original, or the rendition of this name; return the path.

        The file is written atomically. In a folder it gets its own file name, made unique if that
        is taken; a file with the same content is not downloaded again. Raises `RenditionNotFound`,
        `FileError`.
        """
        return self._downloader.download(image_id, target, rendition, progress)

    def download_many(
        self,
        image_ids: Iterable[str],
        folder: Path,
        *,
        rendition: str | None = None,
        progress: BatchDownloadCallback | None = None,
    ) -> Stream[DownloadResult]:
        """Download many images into a folder concurrently; yield each result once it is known.

        Errors are handled as in `upload_many`.
        """
        return self._downloader.download_many(image_ids, folder, rendition, progress)

    # Archives

    def archive_parts(
        self,
        image_ids: Iterable[str] | None = None,
        *,
        album: str | None = None,
        part_bytes: int | None = None,
    ) -> Stream[ArchivePart]:
        """Yield the parts of an archive of up to 1,000 images, an album, or everything.

        Each part is a ZIP file of originals with XMP sidecars and metadata. `part_bytes` limits the
        size of the originals in a part. Raises `NotFound` if there is no such image or album.
        """
        cursor: str | Unset | None = UNSET
        while cursor is not None:
            body = ArchiveRequest(
                ids=UNSET if image_ids is None else list(image_ids),
                album=unset_if_none(album),
                part_bytes=unset_if_none(part_bytes),
                cursor=cursor,
            )
            archive = self.call(
                create_archive.sync_detailed, body=body, idempotency_key=new_idempotency_key()
            )
            for part in archive.parts:
                yield part
            cursor = archive.next_cursor

    def download_archive(
        self, part: ArchivePart, folder: Path, *, progress: ArchiveCallback | None = None
    ) -> Path:
        """Save a part of an archive in a folder, created if missing, and return its path.

        An interrupted download is resumed, also by a later call, and a file that is complete and
        current is not downloaded again. Raises `Unreachable`, `FileError`.
        """
        return self._archive_downloader.download(part, folder, progress)

    # Account

    def export(self, cursor: str | None = None) -> Stream[dict[str, Any]]:
        """Yield the records of the caller's data by `kind`; the last one is `end`.

        To resume an interrupted export, pass the `cursor` of its last image record.
        """
        parameters = {"cursor": cursor} if cursor else {}
        try:
            with self._http.stream("GET", "/v1/account/export", params=parameters) as response:
                if response.is_error:
                    content = response.read()
                    raise Problem.from_response(response.status_code, content, response.headers)
                for line in response.iter_lines():
                    yield json.loads(line)
        except httpx.TransportError as error:
            raise Unreachable("the export was interrupted") from error
        except UNREADABLE_ERRORS as error:
            raise UnexpectedResponse(UNEXPECTED_RESPONSE) from error

    def erase_account(self) -> None:
        """Erase all data of the caller, permanently. Returns once everything is erased."""
        while True:
            response = self.call(erase_account.sync_detailed, confirm="everything")
            if not isinstance(response, ErasureView):
                return
            sleep(ERASE_POLL_SECONDS)

    # API keys

    def api_keys(self) -> list[ApiKeyView]:
        """Return the caller's API keys without their secrets, newest first."""
        keys: ApiKeyList = self.call(list_api_keys.sync_detailed)
        return keys.items

    def create_api_key(
        self, name: str, scopes: Iterable[ApiKeyScope | str], *, expires_in_days: int = 90
    ) -> CreatedApiKey:
        """Create an API key. Its `secret` is returned only once."""
        body = ApiKeyRequest(
            name=name,
            scopes=[ApiKeyScope(scope) for scope in scopes],
            expires_in_days=expires_in_days,
        )
        return self.call(create_api_key.sync_detailed, body=body)

    def revoke_api_key(self, key_id: str) -> None:
        """Revoke an API key; it stops working within 30 seconds."""
        self.call(revoke_api_key.sync_detailed, api_key_id=key_id)

    # Webhooks

    def webhooks(self) -> list[WebhookView]:
        """Return the caller's webhook endpoints without their secrets, newest first."""
        webhooks: WebhookList = self.call(list_webhooks.sync_detailed)
        return webhooks.items

    def create_webhook(
        self,
        url: str,
        events: Iterable[WebhookEventType | str],
        *,
        description: str | None = None,
    ) -> WebhookWithSecret:
        """Create an endpoint that receives events. Its `secret` is returned only once."""
        body = WebhookRequest(
            url=url,
            events=[WebhookEventType(event) for event in events],
            description=description,
        )
        return self.call(create_webhook.sync_detailed, body=body)

    def webhook(self, webhook_id: str) -> WebhookView:
        """Return one endpoint, without its secret."""
        webhook: WebhookView = self.call(get_webhook.sync_detailed, webhook_id=webhook_id)
        return webhook

    def update_webhook(self, webhook_id: str, **changes: Any) -> WebhookView:
        """Change `url`, `events` or `description` of an endpoint, or whether it is `paused`."""
        body = WebhookChanges.from_dict(changes)
        webhook: WebhookView = self.call(
            update_webhook.sync_detailed, webhook_id=webhook_id, body=body
        )
        return webhook

    def delete_webhook(self, webhook_id: str) -> None:
        """Delete an endpoint and its deliveries."""
        self.call(delete_webhook.sync_detailed, webhook_id=webhook_id)

    def rotate_webhook_secret(self, webhook_id: str) -> WebhookWithSecret:
        """Replace the secret of an endpoint; the previous one still signs for 24 hours."""
        return self.call(rotate_webhook_secret.sync_detailed, webhook_id=webhook_id)

    def test_webhook(self, webhook_id: str) -> DeliveryView:
        """Send a test message to an endpoint."""
        return self.call(test_webhook.sync_detailed, webhook_id=webhook_id)

    def webhook_deliveries(
        self, webhook_id: str, *, limit: int = 20, cursor: str | None = None
    ) -> DeliveryPage:
        """Return a page of the deliveries of the last 14 days, newest first."""
        page: DeliveryPage = self.call(
            list_webhook_deliveries.sync_detailed,
            webhook_id=webhook_id,
            limit=limit,
            cursor=UNSET if cursor is None else cursor,
        )
        return page

    def replay_webhook_delivery(self, webhook_id: str, delivery_id: str) -> DeliveryView:
        """Send a message again, with the same id and body."""
        return self.call(
            replay_webhook_delivery.sync_detailed,
            webhook_id=webhook_id,
            delivery_id=delivery_id,
        )

    # Share links

    def share_links(self, *, page_size: int = 100) -> Stream[ShareLinkView]:
        """Yield the caller's share links without their tokens, newest first."""
        return self._paginate(list_share_links.sync_detailed, page_size)

    def create_share_link(
        self,
        *,
        image_id: str | None = None,
        album_id: str | None = None,
        expires_in_days: int | None = 30,
        password: str | None = None,
        original: bool = False,
        metadata: bool = False,
        position: bool = False,
    ) -> CreatedShareLink:
        """Create a link to either an image or an album. Its `token` is returned only once.

        With None for `expires_in_days`, the link does not expire. `original` requires `metadata`
        and `position`.
        """
        body = ShareLinkRequest(
            image_id=unset_if_none(image_id),
            album_id=unset_if_none(album_id),
            expires_in_days=expires_in_days,
            password=password,
            original=original,
            metadata=metadata,
            position=position,
        )
        return self.call(create_share_link.sync_detailed, body=body)

    def update_share_link(
        self,
        link_id: str,
        *,
        expires_in_days: int | Unset | None = UNSET,
        password: str | Unset | None = UNSET,
        original: bool | Unset = UNSET,
        metadata: bool | Unset = UNSET,
        position: bool | Unset = UNSET,
    ) -> ShareLinkView:
        """Change a share link; what is not given stays. None removes the expiry or the password."""
        body = ShareLinkChanges(
            expires_in_days=expires_in_days,
            password=password,
            original=original,
            metadata=metadata,
            position=position,
        )
        return self.call(update_share_link.sync_detailed, share_link_id=link_id, body=body)

    def revoke_share_link(self, link_id: str) -> None:
        """Revoke a share link; it stops working at once."""
        self.call(revoke_share_link.sync_detailed, share_link_id=link_id)

    # Deployment

    def capabilities(self) -> CapabilitiesView:
        """Return what the deployment accepts: media types, features, sort orders and limits."""
        capabilities: CapabilitiesView = self.call(get_capabilities.sync_detailed)
        return capabilities

    # Any operation

    def call(
        self, operation: Callable[..., Pending[Response[ProblemBody | T]]], **arguments: Any
    ) -> T:
        """Call an operation of `sightline_client.generated.api`.

        Raises `Problem`, `Unreachable`, `UnexpectedResponse`.
        """
        return (self._respond(operation, **arguments)).parsed  # type: ignore[return-value]

    def _respond(
        self, operation: Callable[..., Pending[Response[ProblemBody | T]]], **arguments: Any
    ) -> Response[ProblemBody | T]:
        """Call an operation; return its response, which is not an error."""
        try:
            response = operation(client=self._generated, **arguments)
        except httpx.TransportError as error:
            raise Unreachable(f"cannot reach the API at {self.session.api_url}") from error
        except UNREADABLE_ERRORS as error:
            raise UnexpectedResponse(UNEXPECTED_RESPONSE) from error
        if isinstance(response.parsed, ProblemBody):
            raise Problem.from_body(response.parsed, response.headers)
        if response.status_code >= 400:
            raise Problem.from_response(
                int(response.status_code), response.content, response.headers
            )
        return response

    def _paginate(
        self, operation: Callable[..., Pending[Response[Any]]], page_size: int, **filters: Any
    ) -> Stream[Any]:
        pages = Paginator(page_size)
        while not pages.is_exhausted:
            page = self.call(operation, **pages.next_arguments(), **filters)
            pages.advance(page.next_cursor)
            for item in page.items:
                yield item
