"""The gateway as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypedDict

import httpx
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.telemetry import TelemetryConfig

from sightline import tracing
from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.event_queues import SqsEventQueues
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.adapters.aws.sns import SnsTopic
from sightline.adapters.tables import open_tables
from sightline.deletion import ImageDeleter, ImageTrash
from sightline.event_publisher import EventPublisher
from sightline.member_removal import MemberRemover
from sightline.ports.album_member_table import AlbumMemberTable
from sightline.ports.album_table import AlbumTable
from sightline.ports.api_key_table import ApiKeyTable
from sightline.ports.contribution_table import ContributionTable
from sightline.ports.email_notification_table import EmailNotificationTable
from sightline.ports.event_queues import EventQueueRegistry, EventQueues
from sightline.ports.idempotency_store import IdempotencyStore
from sightline.ports.image_index import ImageIndex
from sightline.ports.image_table import ImageTable
from sightline.ports.object_store import ObjectStore
from sightline.ports.queues import Topic
from sightline.ports.share_link_table import ShareLinkTable
from sightline.ports.tables import Tables
from sightline.ports.timeline_table import TimelineTable
from sightline.ports.usage_table import UsageTable
from sightline.ports.webhook_table import WebhookTable
from sightline_api import capabilities
from sightline_api.account import endpoints as account
from sightline_api.account import notifications as email_notifications
from sightline_api.account import unsubscribe, usage
from sightline_api.account.erasure import AccountEraser
from sightline_api.albums import endpoints as albums
from sightline_api.archives import endpoints as archives
from sightline_api.archives.slots import DownloadSlots
from sightline_api.asgi.compression import Compression
from sightline_api.asgi.conditional import ConditionalGet
from sightline_api.asgi.context import RequestContext
from sightline_api.asgi.head import HeadRequests
from sightline_api.asgi.limits import RequestHead, RequestLimits
from sightline_api.asgi.query_parameters import KnownQueryParameters
from sightline_api.asgi.tracing import RequestTracing
from sightline_api.asgi.turns import RequestTurns
from sightline_api.auth.api_keys import ApiKeyVerifier
from sightline_api.auth.jwks import JwksCache
from sightline_api.auth.middleware import AuthenticationMiddleware
from sightline_api.auth.rate_limit import (
    ADDRESS_POLICY,
    API_KEY_POLICY,
    OWNER_POLICY,
    SHARE_LINK_POLICY,
    RateLimiter,
)
from sightline_api.auth.tokens import TokenVerifier
from sightline_api.concurrency import BatchSlots
from sightline_api.docs import install_docs
from sightline_api.document.application import DescribedApplication
from sightline_api.document.metadata import METADATA
from sightline_api.events import endpoints as events
from sightline_api.events.broker import Broker
from sightline_api.events.publisher import ChangePublisher
from sightline_api.events.reaper import Reaper
from sightline_api.events.subscriber import EventSubscriber, subscribed
from sightline_api.images import (
    duplicates,
    history,
    originals,
    places,
    timeline,
    trash,
    word_suggestions,
)
from sightline_api.images import endpoints as images
from sightline_api.images.uploads import UploadCreator
from sightline_api.keys import endpoints as keys
from sightline_api.labels import endpoints as labels
from sightline_api.problems import install_handlers
from sightline_api.settings import ApiSettings
from sightline_api.sharing import album_images, invitations, link_page, members
from sightline_api.sharing import link_endpoints as share_links
from sightline_api.sharing import shared_endpoints as shared
from sightline_api.sharing.invitation_emails import InvitationEmails
from sightline_api.sharing.middleware import SharedRequests
from sightline_api.sharing.passwords import PasswordHasher
from sightline_api.sharing.visitors import Visitors
from sightline_api.urls.cloudfront import CloudFrontSigner, read_private_key
from sightline_api.urls.s3 import S3Signer
from sightline_api.urls.signer import BucketEndpoint, Signer
from sightline_api.webhooks import endpoints as webhooks
from sightline_api.webhooks.requests import DeliveryRequests

ROUTERS = (
    images.router,
    originals.router,
    duplicates.router,
    history.router,
    albums.router,
    archives.router,
    labels.router,
    word_suggestions.router,
    timeline.router,
    places.router,
    trash.router,
    usage.router,
    account.router,
    email_notifications.router,
    unsubscribe.router,
    keys.router,
    webhooks.router,
    members.router,
    album_images.router,
    invitations.router,
    share_links.router,
    shared.router,
    link_page.router,
    events.router,
    capabilities.router,
)

#: FastAPI would otherwise look for OpenTelemetry at every request.
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


class State(TypedDict):
    """What the lifespan opens, and every request finds in `request.state`."""

    settings: ApiSettings
    images: ImageTable
    albums: AlbumTable
    index: ImageIndex
    api_keys: ApiKeyTable
    webhooks: WebhookTable
    delivery_requests: DeliveryRequests
    email_notifications: EmailNotificationTable
    share_links: ShareLinkTable
    album_members: AlbumMemberTable
    contributions: ContributionTable
    remover: MemberRemover
    invitation_emails: InvitationEmails
    passwords: PasswordHasher
    visitors: Visitors
    usage: UsageTable
    timeline: TimelineTable
    idempotency: IdempotencyStore
    uploads: UploadCreator
    originals: ObjectStore
    archive_slots: DownloadSlots
    batch_slots: BatchSlots
    deleter: ImageDeleter
    trash: ImageTrash
    eraser: AccountEraser
    reprocessing: Topic
    changes: ChangePublisher
    broker: Broker
    signer: Signer
    visitor_signer: Signer
    tokens: TokenVerifier
    key_verifier: ApiKeyVerifier


class Lifespan(Protocol):
    """Opens what requests need, and closes it at the end."""

    def __call__(self, app: FastAPI, /) -> AbstractAsyncContextManager[Any]: ...


def create_app(lifespan: Lifespan, settings: ApiSettings) -> FastAPI:
    """Create the application; `lifespan` opens what it needs."""
    app = DescribedApplication(
        **METADATA,
        lifespan=lifespan,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
        # A redirect would be built from the host that the client names.
        redirect_slashes=False,
    )
    install_handlers(app)
    for router in ROUTERS:
        # The routes themselves: FastAPI would match the path of an included router twice.
        app.router.routes.extend(router.routes)

    @app.get(
        "/health",
        tags=["operations"],
        operation_id="get_health",
        summary="Check the health of the gateway",
    )
    async def get_health() -> dict[str, str]:
        """Return `ok` while this process serves requests, even if a dependency is down."""
        return {"status": "ok"}

    install_docs(app)
    _add_middleware(app, settings)
    return app


def _add_middleware(app: FastAPI, settings: ApiSettings) -> None:
    """Add the middleware; each one wraps those that were added before it."""
    app.add_middleware(ConditionalGet)
    app.add_middleware(KnownQueryParameters)
    app.add_middleware(
        RequestLimits,
        max_bytes=settings.max_request_bytes,
        seconds=settings.request_seconds,
    )
    app.add_middleware(
        AuthenticationMiddleware,
        limiter=_make_limiter(
            OWNER_POLICY, settings.owner_requests_per_second, settings.owner_burst
        ),
        key_limiter=_make_limiter(
            API_KEY_POLICY, settings.api_key_requests_per_second, settings.api_key_burst
        ),
    )
    app.add_middleware(
        SharedRequests,
        limiter=_make_limiter(
            ADDRESS_POLICY, settings.shared_requests_per_second, settings.shared_burst
        ),
        trusted_proxies=settings.trusted_proxies,
    )
    app.add_middleware(Compression, minimum_size=1000, level=5)
    app.add_middleware(HeadRequests)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PATCH", "PUT", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "If-Range",
                "Last-Event-ID",
                "Range",
                "Share-Access",
                "traceparent",
            ],
            expose_headers=[
                "Accept-Ranges",
                "Content-Disposition",
                "Content-Range",
                "Deprecation",
                "ETag",
                "Idempotent-Replayed",
                "Link",
                "Location",
                "RateLimit",
                "RateLimit-Policy",
                "Retry-After",
                "Sunset",
                "X-Request-Id",
            ],
            max_age=3600,
        )
    app.add_middleware(RequestHead)
    app.add_middleware(RequestTurns)
    app.add_middleware(RequestContext)
    if tracing.is_enabled():
        app.add_middleware(RequestTracing)


def _make_limiter(name: str, rate: float | None, burst: int) -> RateLimiter | None:
    return None if rate is None else RateLimiter(name, rate, burst)


def on_aws(settings: ApiSettings) -> Lifespan:
    """Return the lifespan that opens every AWS client once, and closes them in reverse order."""

    @asynccontextmanager
    async def lifespan(app: FastAPI, /) -> AsyncIterator[State]:
        # Half a second: otherwise, the first request with a query would block all others as long.
        app.openapi()
        async with AsyncExitStack() as stack:
            clients = Clients(stack, settings.region)
            s3, sns = await clients.open("s3"), await clients.open("sns")
            tables, registry = await open_tables(
                settings.table, clients, stack, fast_path=settings.dynamodb_fast_path
            )
            broker = Broker(settings.events_max_streams)
            queues = SqsEventQueues(
                await clients.open("sqs"),
                sns,
                settings.events_topic_arn,
                settings.events_queue_prefix,
            )
            await stack.enter_async_context(
                _subscribe(settings, queues, registry, broker, tables.images)
            )
            http = await stack.enter_async_context(httpx.AsyncClient())
            events_topic = SnsTopic(sns, settings.events_topic_arn)
            publisher = EventPublisher(events_topic)
            yield build_state(
                settings,
                tables=tables,
                originals=S3ObjectStore(
                    s3, settings.originals_bucket, replicated=settings.replicated
                ),
                renditions=S3ObjectStore(
                    s3, settings.renditions_bucket, replicated=settings.replicated
                ),
                reprocessing=SnsTopic(sns, settings.uploads_topic_arn),
                notifications=events_topic,
                changes=await stack.enter_async_context(ChangePublisher(publisher)),
                broker=broker,
                signer=_make_signer(clients, settings),
                tokens=TokenVerifier(
                    JwksCache(http, settings.token_jwks_url),
                    settings.token_issuer,
                    settings.token_client_ids,
                    settings.token_machine_client_ids,
                ),
            )

    return lifespan


def build_state(
    settings: ApiSettings,
    *,
    tables: Tables,
    originals: ObjectStore,
    renditions: ObjectStore,
    reprocessing: Topic,
    notifications: Topic,
    changes: ChangePublisher,
    broker: Broker,
    signer: Signer,
    tokens: TokenVerifier,
) -> State:
    """Build what requests find in their state from opened ports."""
    passwords = PasswordHasher()
    link_limiter = _make_limiter(
        SHARE_LINK_POLICY, settings.share_link_requests_per_second, settings.share_link_burst
    )
    deleter = ImageDeleter(
        tables.images, tables.albums, originals, renditions, tables.contributions
    )
    remover = MemberRemover(tables.album_members, tables.contributions)
    return State(
        settings=settings,
        images=tables.images,
        albums=tables.albums,
        index=tables.index,
        api_keys=tables.api_keys,
        webhooks=tables.webhooks,
        delivery_requests=DeliveryRequests(tables.webhooks, notifications),
        email_notifications=tables.email_notifications,
        share_links=tables.share_links,
        album_members=tables.album_members,
        contributions=tables.contributions,
        remover=remover,
        invitation_emails=InvitationEmails(notifications),
        passwords=passwords,
        visitors=Visitors(tables.share_links, link_limiter, passwords),
        usage=tables.usage,
        timeline=tables.timeline,
        idempotency=tables.idempotency,
        uploads=UploadCreator(
            tables.images, tables.usage, tables.recognition_cache, signer, changes, settings
        ),
        originals=originals,
        batch_slots=BatchSlots(),
        archive_slots=DownloadSlots(
            settings.archive_max_downloads, settings.archive_max_total_downloads
        ),
        deleter=deleter,
        trash=ImageTrash(tables.images, tables.albums),
        eraser=AccountEraser(deleter, remover, tables.owner_data, changes),
        reprocessing=reprocessing,
        changes=changes,
        broker=broker,
        signer=signer,
        visitor_signer=signer.for_visitors(),
        tokens=tokens,
        key_verifier=ApiKeyVerifier(tables.api_keys),
    )


def _subscribe(
    settings: ApiSettings,
    queues: EventQueues,
    registry: EventQueueRegistry,
    broker: Broker,
    images: ImageTable,
) -> AbstractAsyncContextManager[None]:
    prefix, lease = settings.events_queue_prefix, settings.events_lease_seconds
    subscriber = EventSubscriber(queues, registry, broker, images, prefix, lease)
    return subscribed(subscriber, Reaper(queues, registry, lease))


def _make_signer(clients: Clients, settings: ApiSettings) -> Signer:
    s3 = _make_s3_signer(clients, settings)
    url, key_id = settings.cloudfront_url, settings.cloudfront_key_id
    key = settings.cloudfront_private_key
    if url is None or key_id is None or key is None:
        return s3
    private_key = read_private_key(key.get_secret_value())
    return CloudFrontSigner(s3, url, key_id, private_key, settings.url_seconds)


def _make_s3_signer(clients: Clients, settings: ApiSettings) -> S3Signer:
    endpoint = settings.public_s3_endpoint or settings.s3_endpoint

    def bucket(name: str) -> BucketEndpoint:
        return BucketEndpoint.at(name, settings.region, endpoint)

    return S3Signer(
        clients.credentials,
        settings.region,
        (settings.originals_bucket, bucket(settings.originals_bucket)),
        bucket(settings.renditions_bucket),
        settings.url_seconds,
    )
