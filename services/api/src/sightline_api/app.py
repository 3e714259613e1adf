"""The gateway as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.util import find_spec
from typing import Any, Protocol

import httpx
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.telemetry import TelemetryConfig

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.event_queues import SqsEventQueues
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.adapters.aws.sns import SnsTopic
from sightline.adapters.dynamo import DynamoAlbumTable, DynamoEventQueueRegistry, DynamoImageTable
from sightline.event_publisher import EventPublisher
from sightline.ports.event_queues import EventQueueRegistry, EventQueues
from sightline.ports.image_table import ImageTable
from sightline_api.account import endpoints as account
from sightline_api.account import usage
from sightline_api.albums import endpoints as albums
from sightline_api.asgi.middleware import (
    Compression,
    ConditionalGet,
    RequestContext,
    RequestLimits,
    SecurityHeaders,
)
from sightline_api.auth.jwks import JwksCache
from sightline_api.auth.middleware import AuthenticationMiddleware
from sightline_api.auth.rate_limit import OwnerRateLimiter, describe_headers
from sightline_api.auth.tokens import TokenVerifier
from sightline_api.dependencies import State
from sightline_api.docs import install_reference
from sightline_api.events import endpoints as events
from sightline_api.events.broker import Broker
from sightline_api.events.publisher import ChangePublisher
from sightline_api.events.reaper import Reaper
from sightline_api.events.subscriber import EventSubscriber, subscribed
from sightline_api.images import endpoints as images
from sightline_api.images import originals
from sightline_api.labels import endpoints as labels
from sightline_api.problems import install_handlers, problem_schemas
from sightline_api.routing.route import Route
from sightline_api.settings import ApiSettings
from sightline_api.urls.cloudfront import CloudFrontSigner, read_private_key
from sightline_api.urls.s3 import S3Signer
from sightline_api.urls.signer import BucketEndpoint, Signer

ROUTERS = (
    images.router,
    originals.router,
    albums.router,
    labels.router,
    usage.router,
    account.router,
    events.router,
)

DESCRIPTION = """\
Upload pictures and find them labelled, resized and searchable within seconds.

1. `POST /v1/images` announces a picture and answers with a form.
2. The form is posted, with the file, straight to S3.
3. `GET /v1/images/{image_id}` tells how far it is, until `status` is `ready` or `failed`.

Every error is `application/problem+json` with a stable `code`.
"""

#: The document is served by the gateway that it describes.
SERVERS = [{"url": "/", "description": "The gateway that serves this document."}]

TAGS = [
    {"name": "images", "description": "Pictures: announced, read, changed, deleted."},
    {"name": "albums", "description": "Pictures that belong together; one may be in several."},
    {"name": "labels", "description": "What pictures are found by."},
    {"name": "events", "description": "What changes, as it changes."},
    {"name": "account", "description": "All of it: to take along, or to have erased."},
    {"name": "usage", "description": "What an owner has, and what it cost."},
    {"name": "operations", "description": "For those who run the gateway."},
]


#: What FastAPI would tell of each request.
UNTOLD: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


class Lifespan(Protocol):
    """Opens what requests need and closes it at the end."""

    def __call__(self, app: FastAPI, /) -> AbstractAsyncContextManager[Any]: ...


class Gateway(FastAPI):
    """An application whose document knows what its errors look like."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        # FastAPI would describe a response's model as plain JSON; a problem is its own type.
        document["components"]["schemas"].update(problem_schemas())
        describe_headers(document)
        _describe_lines(document)
        for path in document["paths"].values():
            for operation in path.values():
                operation["summary"] = _first_sentence(operation["description"])
        return document


def _first_sentence(description: str) -> str:
    return " ".join(description.partition("\n\n")[0].split()).partition(". ")[0].removesuffix(".")


def _describe_lines(document: dict[str, Any]) -> None:
    """OpenAPI has a word for the items of a stream from 3.2 on only; until then they are its
    schema."""
    for path in document["paths"].values():
        for operation in path.values():
            for content in operation["responses"].get("200", {}).get("content", {}).values():
                if "itemSchema" in content:
                    content["schema"] = content.pop("itemSchema")


def create_app(lifespan: Lifespan, settings: ApiSettings) -> FastAPI:
    app = Gateway(
        title="Sightline",
        version="0.1.0",
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=SERVERS,
        openapi_tags=TAGS,
        lifespan=lifespan,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        # Without OpenTelemetry's SDK there is nobody to tell, and to find that out for each request
        # takes four microseconds.
        telemetry=None if find_spec("opentelemetry.sdk") else UNTOLD,
    )
    app.router.route_class = Route
    install_handlers(app)
    for router in ROUTERS:
        # Its routes themselves: FastAPI would go through a router that is included twice.
        app.router.routes.extend(router.routes)
    # Behind the others, since a route is found by trying one after the other.
    install_reference(app)

    @app.get(
        "/health", tags=["operations"], operation_id="get_health", openapi_extra={"security": []}
    )
    async def get_health() -> dict[str, str]:
        """Whether this process serves; a dependency that is away does not count against it."""
        return {"status": "ok"}

    # Each is wrapped by the next one.
    app.add_middleware(ConditionalGet)
    app.add_middleware(
        RequestLimits, max_bytes=settings.max_request_bytes, seconds=settings.request_seconds
    )
    rate = settings.owner_requests_per_second
    app.add_middleware(
        AuthenticationMiddleware,
        buckets=None if rate is None else OwnerRateLimiter(rate, settings.owner_burst),
    )
    app.add_middleware(Compression, minimum_size=1000, level=5)
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
                "Last-Event-ID",
            ],
            expose_headers=[
                "ETag",
                "Location",
                "RateLimit",
                "RateLimit-Policy",
                "Retry-After",
                "X-Request-Id",
            ],
            max_age=3600,
        )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestContext)
    return app


def on_aws(settings: ApiSettings) -> Lifespan:
    """The real thing: every client is opened once, here, and closed in reverse."""

    @asynccontextmanager
    async def lifespan(_: FastAPI, /) -> AsyncIterator[State]:
        async with AsyncExitStack() as stack:
            clients = Clients(stack, settings.region)
            s3 = await clients.open("s3")
            http = await stack.enter_async_context(httpx.AsyncClient())
            keys = JwksCache(http, settings.token_jwks_url)
            dynamodb, sns = await clients.open_dynamo(), await clients.open("sns")
            table = DynamoImageTable(dynamodb, settings.table)
            hub = Broker(settings.events_max_streams)
            inboxes = SqsEventQueues(
                await clients.open("sqs"),
                sns,
                settings.events_topic_arn,
                settings.events_queue_prefix,
            )
            register = DynamoEventQueueRegistry(dynamodb, settings.table)
            await stack.enter_async_context(_listen(settings, inboxes, register, hub, table))
            publisher = EventPublisher(SnsTopic(sns, settings.events_topic_arn))
            yield State(
                settings=settings,
                table=table,
                albums=DynamoAlbumTable(dynamodb, settings.table),
                originals=S3ObjectStore(s3, settings.originals_bucket),
                renditions=S3ObjectStore(s3, settings.renditions_bucket),
                uploads=SnsTopic(sns, settings.uploads_topic_arn),
                announcer=await stack.enter_async_context(ChangePublisher(publisher)),
                hub=hub,
                signer=_make_signer(clients, settings),
                tokens=TokenVerifier(keys, settings.token_issuer, settings.token_client_ids),
            )

    return lifespan


def _listen(
    settings: ApiSettings,
    inboxes: EventQueues,
    register: EventQueueRegistry,
    hub: Broker,
    table: ImageTable,
) -> AbstractAsyncContextManager[None]:
    prefix, lease = settings.events_queue_prefix, settings.events_lease_seconds
    listener = EventSubscriber(inboxes, register, hub, table, prefix, lease)
    return subscribed(listener, Reaper(inboxes, register, lease))


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
