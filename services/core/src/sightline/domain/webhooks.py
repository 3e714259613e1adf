"""Webhooks: HTTP endpoints of an owner that receive events, and the deliveries to them.

Messages follow the Standard Webhooks specification:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Self

from sightline.domain.ids import derive_id
from sightline.domain.model import Value

#: Start of every secret.
SECRET_PREFIX = "whsec_"  # noqa: S105

#: Random bytes of a secret; the specification permits 24 to 64.
SECRET_BYTES = 32

#: Time for which the previous secret still signs after a rotation.
ROTATION_PERIOD = timedelta(hours=24)

#: Endpoints of one owner.
MAX_WEBHOOKS = 10

#: Characters of a URL.
MAX_URL_LENGTH = 2_048

#: Time for which a delivery is listed and can be replayed.
DELIVERY_RETENTION = timedelta(days=14)

#: Delays between the attempts of a delivery, in seconds: the last attempt is 22 hours after the
#: first one.
RETRY_SECONDS = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 28_800)

#: Attempts of a delivery.
MAX_ATTEMPTS = len(RETRY_SECONDS) + 1


#: Time for which every attempt must have failed before an endpoint is paused.
PAUSE_AFTER = timedelta(hours=20)


class WebhookEventType(StrEnum):
    """What an endpoint can subscribe to."""

    IMAGE_READY = "image.ready"
    IMAGE_FAILED = "image.failed"
    IMAGE_DELETED = "image.deleted"
    ALBUM_CREATED = "album.created"
    ALBUM_UPDATED = "album.updated"
    ALBUM_DELETED = "album.deleted"


#: The type of a test message, which needs no subscription.
TEST_EVENT = "webhook.test"


class PauseReason(StrEnum):
    """Why an endpoint is paused."""

    #: A delivery failed for a day, and no other one succeeded meanwhile.
    FAILING = "failing"
    #: The endpoint responded with 410 Gone.
    GONE = "gone"
    #: The owner paused it.
    OWNER = "owner"


class DeliveryState(StrEnum):
    """The state of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class WebhookNotFound(Exception):
    """The owner has no such endpoint."""


class DeliveryNotFound(Exception):
    """The endpoint has no such delivery, or it is older than `DELIVERY_RETENTION`."""


class DeliveryKey(NamedTuple):
    """The owner, the endpoint and the id of a delivery."""

    owner: str
    webhook_id: str
    delivery_id: str


class Webhook(Value):
    """An endpoint of an owner.

    Events from before `active_since` are not delivered: that is when the endpoint was created or
    last resumed. `failures` counts the failed attempts since the last successful one, the first of
    which was at `failing_since`. `previous_secret` signs as well until `previous_secret_ends_at`.
    `revision` counts the writes.
    """

    owner: str
    webhook_id: str
    url: str
    events: frozenset[WebhookEventType]
    description: str | None = None
    secret: str
    previous_secret: str | None = None
    previous_secret_ends_at: datetime | None = None
    created_at: datetime
    active_since: datetime
    pause_reason: PauseReason | None = None
    paused_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    revision: int = 0

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    def signing_secrets(self, at: datetime) -> tuple[str, ...]:
        """Return the secrets that sign messages at this time, the current one first."""
        ends_at = self.previous_secret_ends_at
        if self.previous_secret is None or ends_at is None or ends_at <= at:
            return (self.secret,)
        return (self.secret, self.previous_secret)

    def with_changes(self, **changes: object) -> Self:
        """Return the endpoint with other attributes, as its next revision."""
        return self.model_copy(update={**changes, "revision": self.revision + 1})

    def rotate(self, at: datetime) -> Self:
        """Return the endpoint with a new secret; the current one becomes the previous one."""
        return self.with_changes(
            secret=new_secret(),
            previous_secret=self.secret,
            previous_secret_ends_at=at + ROTATION_PERIOD,
        )

    def pause(self, reason: PauseReason, at: datetime) -> Self:
        """Return the endpoint as paused."""
        return self.with_changes(pause_reason=reason, paused_at=at)

    def resume(self, at: datetime) -> Self:
        """Return the endpoint as active, without its failures."""
        return self.with_changes(
            pause_reason=None, paused_at=None, active_since=at, failures=0, failing_since=None
        )

    def succeed(self) -> Self:
        """Return the endpoint after a successful attempt; itself if it was not failing."""
        if not self.failures:
            return self
        return self.with_changes(failures=0, failing_since=None)

    def has_failed_long(self, at: datetime) -> bool:
        """Return whether all attempts have failed for `PAUSE_AFTER`."""
        return self.failing_since is not None and at - self.failing_since >= PAUSE_AFTER

    def fail(self, at: datetime) -> Self:
        """Return the endpoint after a failed attempt."""
        return self.with_changes(failures=self.failures + 1, failing_since=self.failing_since or at)


class Delivery(Value):
    """A message to an endpoint; its id is the `webhook-id`, by which receivers recognize it.

    `payload` is the JSON body of every attempt. `attempts` counts all attempts, and `first_attempt`
    is the number of those before the last replay. `next_at` is when the next attempt is due.
    `status` and `error` describe the last attempt. `revision` counts the writes.
    """

    owner: str
    webhook_id: str
    delivery_id: str
    event: str
    subject_id: str
    payload: str
    created_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    first_attempt: int = 0
    attempted_at: datetime | None = None
    next_at: datetime | None = None
    status: int | None = None
    error: str | None = None
    revision: int = 0

    @property
    def key(self) -> DeliveryKey:
        return DeliveryKey(self.owner, self.webhook_id, self.delivery_id)

    @property
    def expires_at(self) -> datetime:
        """When the delivery is no longer listed."""
        return self.created_at + DELIVERY_RETENTION

    def succeed(self, status: int | None, at: datetime) -> Self:
        """Return the delivery after a successful attempt."""
        return self._end_attempt(DeliveryState.DELIVERED, status, None, None, at)

    def retry(self, status: int | None, error: str, at: datetime, next_at: datetime) -> Self:
        """Return the delivery after a failed attempt that is followed by another one."""
        return self._end_attempt(DeliveryState.PENDING, status, error, next_at, at)

    def fail(self, status: int | None, error: str, at: datetime) -> Self:
        """Return the delivery after its last attempt failed."""
        return self._end_attempt(DeliveryState.FAILED, status, error, None, at)

    def discard(self, error: str) -> Self:
        """Return the delivery as failed without another attempt."""
        return self._with(state=DeliveryState.FAILED, error=error, next_at=None)

    def replay(self, at: datetime) -> Self:
        """Return the delivery as pending, with all its attempts ahead of it."""
        return self._with(state=DeliveryState.PENDING, first_attempt=self.attempts, next_at=at)

    def retry_delay(self) -> float | None:
        """Return the seconds from the attempt that is due to the next one; None if it is last."""
        number = self.attempts - self.first_attempt
        return RETRY_SECONDS[number] if number < len(RETRY_SECONDS) else None

    def _end_attempt(
        self,
        state: DeliveryState,
        status: int | None,
        error: str | None,
        next_at: datetime | None,
        at: datetime,
    ) -> Self:
        return self._with(
            state=state,
            attempts=self.attempts + 1,
            attempted_at=at,
            next_at=next_at,
            status=status,
            error=error,
        )

    def _with(self, **changes: object) -> Self:
        return self.model_copy(update={**changes, "revision": self.revision + 1})


def new_secret() -> str:
    """Return a new secret: the prefix and random bytes in Base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def format_payload(kind: str, happened_at: datetime, data: dict[str, Any]) -> str:
    """Return the JSON body of a message, in the form that the specification recommends."""
    document = {"type": kind, "timestamp": happened_at.isoformat(), "data": data}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def sign(signing_secrets: tuple[str, ...], message_id: str, timestamp: int, payload: bytes) -> str:
    """Return the `webhook-signature` of a message: one signature for each secret.

    `timestamp` is that of the attempt, in Unix seconds. Raises `ValueError` for a secret of
    another form.
    """
    signed = f"{message_id}.{timestamp}.".encode() + payload
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()
        for secret in signing_secrets
    )


def derive_delivery_id(
    webhook_id: str, event: str, subject_id: str, at: datetime, occurrence: str = ""
) -> str:
    """Return the id of the delivery of an event, which happened at this time, to an endpoint.

    An event that is processed twice leads to one delivery; another `occurrence` to another one.
    """
    return derive_id(at, webhook_id, event, subject_id, at.isoformat(), occurrence)


def _key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError("not a secret of a webhook")
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not a secret of a webhook") from error
