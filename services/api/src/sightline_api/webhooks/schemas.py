"""Webhook endpoints and deliveries as clients see them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StringConstraints

from sightline.domain.ids import DeliveryId, WebhookId
from sightline.domain.webhooks import (
    MAX_URL_LENGTH,
    Delivery,
    DeliveryState,
    PauseReason,
    Webhook,
    WebhookEventType,
)
from sightline_api.images.input_text import CLEAN_LINE

Url = Annotated[str, StringConstraints(min_length=1, max_length=MAX_URL_LENGTH)]

Description = Annotated[
    str, CLEAN_LINE, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
]

Events = Annotated[list[WebhookEventType], Field(min_length=1, max_length=len(WebhookEventType))]

URL_EXAMPLES = ["https://hooks.example.com/sightline"]


class WebhookRequest(BaseModel):
    """An endpoint to create."""

    model_config = {"extra": "forbid"}

    url: Url = Field(
        description="Public `https` URL that receives the messages.", examples=URL_EXAMPLES
    )
    events: Events = Field(description="Events to receive.", examples=[["image.ready"]])
    description: Description | None = Field(None, examples=["search index"])


class WebhookChanges(BaseModel):
    """Changes of an endpoint; what is absent stays as it is."""

    model_config = {"extra": "forbid"}

    url: Url | None = Field(None, examples=URL_EXAMPLES)
    events: Events | None = None
    description: Description | None = Field(None, description="Null removes the description.")
    paused: bool | None = Field(
        None,
        description="`false` resumes an endpoint; it receives what happens from then on. `true` "
        "pauses it.",
    )

    def changed_fields(self) -> dict[str, Any]:
        """Return the attributes of the endpoint that change, except whether it is paused."""
        fields: dict[str, Any] = {}
        if self.url is not None:
            fields["url"] = self.url
        if self.events is not None:
            fields["events"] = frozenset(self.events)
        if "description" in self.model_fields_set:
            fields["description"] = self.description
        return fields


class WebhookView(BaseModel):
    """A webhook endpoint, without its secret."""

    id: WebhookId = Field(examples=["0199a3c0-9d5e-7b0a-8c1e-3f1f6a0b2c4d"])
    url: str = Field(examples=URL_EXAMPLES)
    events: list[WebhookEventType]
    description: str | None
    state: Literal["active", "paused"] = Field(
        description="A paused endpoint receives nothing; `paused: false` resumes it."
    )
    pause_reason: PauseReason | None = Field(
        description="Why the endpoint is paused: it failed for 20 hours (`failing`), responded "
        "with 410 (`gone`), or was paused by its `owner`."
    )
    paused_at: datetime | None
    failures: int = Field(description="Failed attempts since the last successful one.")
    failing_since: datetime | None
    previous_secret_expires_at: datetime | None = Field(
        description="Until when messages are also signed with the previous secret."
    )
    created_at: datetime

    @classmethod
    def of(cls, webhook: Webhook, at: datetime) -> Self:
        """Build the view of an endpoint at this time."""
        is_rotating = len(webhook.signing_secrets(at)) > 1
        return cls(
            id=webhook.webhook_id,
            url=webhook.url,
            events=sorted(webhook.events),
            description=webhook.description,
            state="paused" if webhook.is_paused else "active",
            pause_reason=webhook.pause_reason,
            paused_at=webhook.paused_at,
            failures=webhook.failures,
            failing_since=webhook.failing_since,
            previous_secret_expires_at=webhook.previous_secret_ends_at if is_rotating else None,
            created_at=webhook.created_at,
        )


class WebhookWithSecret(BaseModel):
    """An endpoint with its new secret."""

    webhook: WebhookView
    secret: str = Field(
        description="The key that signs messages, for a library of Standard Webhooks. It is "
        "returned only here.",
        examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDCjT1c3mvVdE="],
    )


class WebhookList(BaseModel):
    """The endpoints of the caller, newest first."""

    items: list[WebhookView]


class DeliveryView(BaseModel):
    """A message to an endpoint, and how its attempts ended."""

    id: DeliveryId = Field(
        description="The `webhook-id` of the message.",
        examples=["0199a3c0-9d5e-7b0a-8c1e-3f1f6a0b2c4d"],
    )
    event: str = Field(description="The type of the message.", examples=["image.ready"])
    subject_id: str = Field(description="The image or album of the message.")
    state: DeliveryState
    attempts: int
    status: int | None = Field(description="HTTP status of the last attempt; null without one.")
    error: str | None = Field(
        description="Why the last attempt failed: `status`, `timeout`, `connection_failed`, "
        "`host_not_found`, `tls_failed`, `forbidden_address`, `forbidden_url`, "
        "`invalid_response`; or `paused`.",
        examples=["timeout"],
    )
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    created_at: datetime
    payload: str = Field(description="The body of the message, as JSON text.")

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        return cls(
            id=delivery.delivery_id,
            event=delivery.event,
            subject_id=delivery.subject_id,
            state=delivery.state,
            attempts=delivery.attempts,
            status=delivery.status,
            error=delivery.error,
            attempted_at=delivery.attempted_at,
            next_attempt_at=delivery.next_at,
            created_at=delivery.created_at,
            payload=delivery.payload,
        )


class DeliveryPage(BaseModel):
    """A page of deliveries, newest first; `next_cursor` continues it, null on the last page."""

    items: list[DeliveryView]
    next_cursor: str | None
