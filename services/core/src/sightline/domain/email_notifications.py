"""Notifications by email: what an owner has subscribed to, and the digests that are due.

A digest collects the images of an owner whose processing has ended, and the webhook endpoints that
were paused. It is sent once nothing was added for a time, so that a batch leads to one message.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import ValidationError

from sightline.domain.ids import owner_adapter
from sightline.domain.model import Value

#: Time without a further ended image after which a digest is sent.
QUIET_PERIOD = timedelta(minutes=2)

#: Time after which a digest is sent although further images end.
MAX_COLLECTION = timedelta(hours=1)

#: Shortest time between two messages to an owner.
MIN_INTERVAL = timedelta(minutes=15)

#: Time for which one task sends a digest; another task sends it afterwards if that one crashed.
CLAIM_DURATION = timedelta(minutes=2)

#: Attempts to send a digest, after which it is dropped.
MAX_ATTEMPTS = 20

#: Images of a digest that are remembered, so that a redelivered event does not count twice.
MAX_RECENT = 50

#: Failed images that a digest names.
MAX_NAMED = 5

#: Random bytes of the key that signs unsubscribe links.
KEY_BYTES = 32


class EmailKind(StrEnum):
    """What an owner can subscribe to."""

    #: A batch of images has been processed.
    BATCH_DONE = "batch_done"
    #: Images could not be processed.
    IMAGE_FAILED = "image_failed"
    #: Sightline paused a webhook endpoint, because deliveries to it failed.
    WEBHOOK_PAUSED = "webhook_paused"
    #: The stored images or bytes reached a level of the quota.
    QUOTA_WARNING = "quota_warning"
    #: The recognition calls of the month reached a level of the budget.
    BUDGET_WARNING = "budget_warning"


#: Kinds for which a digest collects images.
IMAGE_KINDS = frozenset({EmailKind.BATCH_DONE, EmailKind.IMAGE_FAILED})


#: Kinds for which the usage of the owner is read.
USAGE_KINDS = frozenset({EmailKind.QUOTA_WARNING, EmailKind.BUDGET_WARNING})


class UsageResource(StrEnum):
    """What is limited for each owner."""

    IMAGES = "images"
    BYTES = "bytes"
    CALLS = "calls"


class UsageLevel(Value):
    """A resource of which an owner uses this percentage of the limit, or more.

    `month` is that of recognition calls (`2026-11`).
    """

    resource: UsageResource
    percent: int
    month: str | None = None

    def includes(self, other: "UsageLevel") -> bool:
        """Return whether the other level is of the same resource and month, and not higher."""
        is_same = (self.resource, self.month) == (other.resource, other.month)
        return is_same and other.percent <= self.percent


class Language(StrEnum):
    """The languages of the messages, those of the web application."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    JAPANESE = "ja"
    ARABIC = "ar"


class EmailPreferences(Value):
    """What an owner receives by email, in which language, and at which verified email address.

    `unsubscribe_key` signs the unsubscribe links; a new one is made with each address.
    `usage_levels` are those of the last check, of which the owner has been warned. `revision`
    counts the writes.
    """

    owner: str
    email: str | None = None
    language: Language = Language.ENGLISH
    kinds: frozenset[EmailKind] = frozenset()
    unsubscribe_key: str = ""
    usage_levels: tuple[UsageLevel, ...] = ()
    revision: int = 0

    def with_changes(self, **changes: object) -> Self:
        """Return the preferences with other attributes, as their next revision."""
        return self.model_copy(update={**changes, "revision": self.revision + 1})

    def with_email(self, email: str) -> Self:
        """Return the preferences with this verified address; links to an earlier one end."""
        if email == self.email:
            return self
        return self.with_changes(email=email, unsubscribe_key=secrets.token_urlsafe(KEY_BYTES))

    def select_new(self, levels: Iterable[UsageLevel]) -> tuple[UsageLevel, ...]:
        """Return the levels of which the owner has not been warned yet."""
        return tuple(
            level for level in levels if not any(each.includes(level) for each in self.usage_levels)
        )

    def unsubscribe(self) -> Self:
        """Return the preferences without any kind, and without the address."""
        return self.with_changes(email=None, kinds=frozenset())

    def unsubscribe_token(self) -> str:
        """Return the token of the owner's unsubscribe links."""
        return f"{self.owner}.{self._signature()}"

    def accepts(self, token: str) -> bool:
        """Return whether this is the token of the owner's unsubscribe links."""
        return bool(self.unsubscribe_key) and hmac.compare_digest(
            token.encode(), self.unsubscribe_token().encode()
        )

    def _signature(self) -> str:
        signed = hmac.digest(
            self.unsubscribe_key.encode(), f"unsubscribe {self.owner}".encode(), hashlib.sha256
        )
        return base64.urlsafe_b64encode(signed).decode().rstrip("=")


class Digest(Value):
    """The images of an owner that ended, and the endpoints paused, since the last message.

    `due_at` is None if there are none. `recent` are the ids of the last ones, and `failed_titles`
    the titles of the first failed images that have one. `paused_endpoints` are the descriptions or
    host names of webhook endpoints. `checks_usage` is whether the usage must be compared with the
    limits. `claimed_until` is set while a task sends the digest, and `attempts` counts the tasks
    that tried. `revision` counts the writes.
    """

    owner: str
    ready: int = 0
    failed: int = 0
    failed_titles: tuple[str, ...] = ()
    paused_endpoints: tuple[str, ...] = ()
    checks_usage: bool = False
    recent: tuple[str, ...] = ()
    first_at: datetime | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None
    completed_at: datetime | None = None
    claimed_until: datetime | None = None
    attempts: int = 0
    revision: int = 0

    @property
    def expires_at(self) -> datetime | None:
        """When the digest is no longer needed; None while images wait to be sent."""
        # Rows of earlier versions have no `completed_at`.
        ended_at = self.completed_at or self.sent_at
        return None if self.due_at is not None or ended_at is None else ended_at + MIN_INTERVAL

    def add(self, image_id: str, title: str | None, is_failed: bool, at: datetime) -> Self:
        """Return the digest with an image that ended at this time; itself if it has it already."""
        if image_id in self.recent:
            return self
        titles = (title,) if is_failed and title else ()
        return self._collect(
            image_id,
            at,
            ready=self.ready + (not is_failed),
            failed=self.failed + is_failed,
            failed_titles=(*self.failed_titles, *titles)[:MAX_NAMED],
        )

    def add_paused_endpoint(self, pause_id: str, endpoint: str, at: datetime) -> Self:
        """Return the digest with a paused endpoint; itself if it has this pause already."""
        if pause_id in self.recent:
            return self
        paused = (*self.paused_endpoints, endpoint)
        return self._collect(pause_id, at, paused_endpoints=paused)

    def request_usage_check(self, at: datetime) -> Self:
        """Return the digest with a due check of the usage; itself if one is due already."""
        if self.checks_usage:
            return self
        first = self.first_at or at
        due_at = self.due_at or self._due(first, at)
        return self._with(checks_usage=True, first_at=first, due_at=due_at)

    def claim(self, at: datetime) -> Self | None:
        """Return the digest as being sent; None if it is not due, or another task sends it."""
        is_claimed = self.claimed_until is not None and self.claimed_until > at
        if self.due_at is None or self.due_at > at or is_claimed:
            return None
        # Each attempt checks the usage; a request from now on needs another check.
        return self._with(
            checks_usage=False, claimed_until=at + CLAIM_DURATION, attempts=self.attempts + 1
        )

    def complete(self, sent: "Digest", at: datetime, *, is_sent: bool) -> Self:
        """Return the digest without the content of `sent`, which this one was claimed as.

        What was added since remains, and is due later. `is_sent` is False if no message was
        needed, which does not delay the next one.
        """
        sent_at = at if is_sent else self.sent_at
        rest = self.model_copy(update={"sent_at": sent_at})
        ready, failed = self.ready - sent.ready, self.failed - sent.failed
        paused = self.paused_endpoints[len(sent.paused_endpoints) :]
        has_rest = self.checks_usage or ready + failed + len(paused) > 0
        return rest._with(
            ready=ready,
            failed=failed,
            failed_titles=self.failed_titles[len(sent.failed_titles) :],
            paused_endpoints=paused,
            first_at=at if has_rest else None,
            due_at=rest._due(at, at) if has_rest else None,
            completed_at=at,
            claimed_until=None,
            attempts=0,
        )

    def _collect(self, added_id: str, at: datetime, **changes: object) -> Self:
        first = self.first_at or at
        recent = (*self.recent, added_id)[-MAX_RECENT:]
        return self._with(**changes, recent=recent, first_at=first, due_at=self._due(first, at))

    def _due(self, first: datetime, at: datetime) -> datetime:
        quiet = min(at + QUIET_PERIOD, first + MAX_COLLECTION)
        return quiet if self.sent_at is None else max(quiet, self.sent_at + MIN_INTERVAL)

    def _with(self, **changes: object) -> Self:
        return self.model_copy(update={**changes, "revision": self.revision + 1})


def owner_of_token(token: str) -> str | None:
    """Return the owner that an unsubscribe token names, without verifying it; None if malformed."""
    owner, separator, _ = token.rpartition(".")
    try:
        return owner_adapter.validate_python(owner) if separator else None
    except ValidationError:
        return None
