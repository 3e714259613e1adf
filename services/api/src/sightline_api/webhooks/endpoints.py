"""The endpoints of webhooks, by which the servers of an owner receive events.

They require an access token: an endpoint receives the images of its owner from then on, whatever
the scopes of the key that created it.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from sightline.domain.clock import now
from sightline.domain.endpoint_urls import ForbiddenUrl, check_url
from sightline.domain.ids import delivery_id_adapter, new_webhook_id, webhook_id_adapter
from sightline.domain.webhooks import (
    MAX_WEBHOOKS,
    Delivery,
    DeliveryKey,
    DeliveryNotFound,
    PauseReason,
    Webhook,
    WebhookNotFound,
    new_secret,
)
from sightline.optimistic import retry_conflicts
from sightline.ports.webhook_table import WebhookTable
from sightline_api.dependencies import CurrentUser, Settings, Webhooks, from_state
from sightline_api.pagination import MAX_PAGE_SIZE, decode_image_cursor, encode_cursor
from sightline_api.problems import (
    AUTHENTICATED,
    Contended,
    DeliveryNotFoundProblem,
    InvalidCursor,
    InvalidWebhookUrl,
    TooManyWebhooks,
    WebhookNotFoundProblem,
    WebhookPaused,
    documented,
)
from sightline_api.settings import ApiSettings
from sightline_api.webhooks.requests import DeliveryRequests
from sightline_api.webhooks.schemas import (
    DeliveryPage,
    DeliveryView,
    WebhookChanges,
    WebhookList,
    WebhookRequest,
    WebhookView,
    WebhookWithSecret,
)

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], responses=documented(*AUTHENTICATED))

Requests = Annotated[DeliveryRequests, Depends(from_state("delivery_requests"))]


async def _own_webhook(
    user: CurrentUser, webhooks: Webhooks, webhook_id: Annotated[str, Path()]
) -> Webhook:
    """Return the caller's endpoint; an id in another format belongs to none."""
    try:
        return await webhooks.get(user.owner, webhook_id_adapter.validate_python(webhook_id))
    except ValueError:
        raise WebhookNotFound(webhook_id) from None


OwnWebhook = Annotated[Webhook, Depends(_own_webhook)]


async def _own_delivery(
    webhook: OwnWebhook, webhooks: Webhooks, delivery_id: Annotated[str, Path()]
) -> Delivery:
    """Return a delivery to the caller's endpoint; an id in another format belongs to none."""
    try:
        delivery_id = delivery_id_adapter.validate_python(delivery_id)
    except ValueError:
        raise DeliveryNotFound(delivery_id) from None
    return await webhooks.get_delivery(DeliveryKey(webhook.owner, webhook.webhook_id, delivery_id))


OwnDelivery = Annotated[Delivery, Depends(_own_delivery)]


@router.post(
    "",
    status_code=201,
    operation_id="create_webhook",
    summary="Create a webhook endpoint",
    responses=documented(TooManyWebhooks, InvalidWebhookUrl),
)
async def create_webhook(
    request: WebhookRequest,
    user: CurrentUser,
    webhooks: Webhooks,
    settings: Settings,
    response: Response,
) -> WebhookWithSecret:
    """Create an endpoint that receives the events of the caller.

    The secret is returned only once; the receiver verifies messages with it. The operation has no
    `Idempotency-Key`: after a lost response, delete the endpoint and create another one.
    """
    _check_url(request.url, settings)
    if len(await webhooks.list_webhooks(user.owner)) >= MAX_WEBHOOKS:
        raise TooManyWebhooks
    at = now()
    webhook = Webhook(
        owner=user.owner,
        webhook_id=new_webhook_id(),
        url=request.url,
        events=frozenset(request.events),
        description=request.description,
        secret=new_secret(),
        created_at=at,
        active_since=at,
    )
    await webhooks.create(webhook)
    return _with_secret(webhook, response)


@router.get("", operation_id="list_webhooks", summary="List webhook endpoints")
async def list_webhooks(user: CurrentUser, webhooks: Webhooks) -> WebhookList:
    """Return the caller's endpoints, newest first."""
    at = now()
    listed = await webhooks.list_webhooks(user.owner)
    return WebhookList(items=[WebhookView.of(webhook, at) for webhook in listed])


@router.get(
    "/{webhook_id}",
    operation_id="get_webhook",
    summary="Get a webhook endpoint",
    responses=documented(WebhookNotFoundProblem),
)
async def get_webhook(webhook: OwnWebhook) -> WebhookView:
    """Return one endpoint, without its secret."""
    return WebhookView.of(webhook, now())


@router.patch(
    "/{webhook_id}",
    operation_id="update_webhook",
    summary="Update a webhook endpoint",
    responses=documented(WebhookNotFoundProblem, InvalidWebhookUrl, Contended),
)
async def update_webhook(
    changes: WebhookChanges, webhook: OwnWebhook, webhooks: Webhooks, settings: Settings
) -> WebhookView:
    """Change the URL, the events or the description of an endpoint, or pause or resume it."""
    if changes.url is not None:
        _check_url(changes.url, settings)
    at, fields = now(), changes.changed_fields()

    def change(current: Webhook) -> Webhook:
        changed = current.with_changes(**fields) if fields else current
        if changes.paused is True and not current.is_paused:
            return changed.pause(PauseReason.OWNER, at)
        if changes.paused is False and current.is_paused:
            return changed.resume(at)
        return changed

    return WebhookView.of(await _change(webhooks, webhook, change), at)


@router.delete(
    "/{webhook_id}",
    status_code=204,
    operation_id="delete_webhook",
    summary="Delete a webhook endpoint",
    responses=documented(WebhookNotFoundProblem),
)
async def delete_webhook(webhook: OwnWebhook, webhooks: Webhooks) -> Response:
    """Delete an endpoint and its deliveries."""
    await webhooks.delete(webhook.owner, webhook.webhook_id)
    return Response(status_code=204)


@router.post(
    "/{webhook_id}/secret",
    operation_id="rotate_webhook_secret",
    summary="Rotate the secret of a webhook endpoint",
    responses=documented(WebhookNotFoundProblem, Contended),
)
async def rotate_webhook_secret(
    webhook: OwnWebhook, webhooks: Webhooks, response: Response
) -> WebhookWithSecret:
    """Replace the secret, and return the new one, which is returned only once.

    For 24 hours messages are signed with both secrets, so that the receiver can be updated. Another
    rotation in that time ends the oldest secret at once.
    """
    at = now()
    rotated = await _change(webhooks, webhook, lambda current: current.rotate(at))
    return _with_secret(rotated, response)


@router.post(
    "/{webhook_id}/test",
    status_code=202,
    operation_id="test_webhook",
    summary="Test a webhook endpoint",
    responses=documented(WebhookNotFoundProblem, WebhookPaused),
)
async def test_webhook(webhook: OwnWebhook, requests: Requests) -> DeliveryView:
    """Send a message of the type `webhook.test`; the delivery shows how its attempts end."""
    if webhook.is_paused:
        raise WebhookPaused
    return DeliveryView.of(await requests.send_test(webhook))


@router.get(
    "/{webhook_id}/deliveries",
    operation_id="list_webhook_deliveries",
    summary="List deliveries to a webhook endpoint",
    responses=documented(WebhookNotFoundProblem, InvalidCursor),
)
async def list_webhook_deliveries(
    webhook: OwnWebhook,
    webhooks: Webhooks,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE, description="Maximum page size.")] = 20,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next_cursor` of the previous page.")
    ] = None,
) -> DeliveryPage:
    """Return the deliveries of the last 14 days, newest first."""
    before = None if cursor is None else decode_image_cursor(cursor)
    found = await webhooks.list_deliveries(webhook.owner, webhook.webhook_id, limit + 1, before)
    page = found[:limit]
    more = encode_cursor(page[-1].delivery_id) if len(found) > limit else None
    return DeliveryPage(items=[DeliveryView.of(each) for each in page], next_cursor=more)


@router.get(
    "/{webhook_id}/deliveries/{delivery_id}",
    operation_id="get_webhook_delivery",
    summary="Get a delivery to a webhook endpoint",
    responses=documented(WebhookNotFoundProblem, DeliveryNotFoundProblem),
)
async def get_webhook_delivery(delivery: OwnDelivery) -> DeliveryView:
    """Return one delivery of the last 14 days."""
    return DeliveryView.of(delivery)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/replay",
    status_code=202,
    operation_id="replay_webhook_delivery",
    summary="Replay a delivery to a webhook endpoint",
    responses=documented(WebhookNotFoundProblem, DeliveryNotFoundProblem, WebhookPaused, Contended),
)
async def replay_webhook_delivery(
    webhook: OwnWebhook, delivery: OwnDelivery, requests: Requests
) -> DeliveryView:
    """Send a message again, with the same ID and body, and with retries as for a new one."""
    if webhook.is_paused:
        raise WebhookPaused
    return DeliveryView.of(await requests.replay(delivery))


def _check_url(url: str, settings: ApiSettings) -> None:
    try:
        check_url(url, allow_loopback=settings.webhooks_allow_loopback)
    except ForbiddenUrl as error:
        raise InvalidWebhookUrl from error


@retry_conflicts()
async def _change(
    webhooks: WebhookTable, webhook: Webhook, change: Callable[[Webhook], Webhook]
) -> Webhook:
    """Change the endpoint as it is now, and return it."""
    current = await webhooks.get(webhook.owner, webhook.webhook_id)
    changed = change(current)
    if changed is not current:
        await webhooks.store(current, changed)
    return changed


def _with_secret(webhook: Webhook, response: Response) -> WebhookWithSecret:
    # The secret must not remain in a cache.
    response.headers["Cache-Control"] = "no-store"
    return WebhookWithSecret(webhook=WebhookView.of(webhook, now()), secret=webhook.secret)
