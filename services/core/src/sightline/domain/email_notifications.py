"""Notifications by email: what an owner has subscribed to, and the digests that are due.

A digest collects the images of an owner whose processing has ended, and the webhook endpoints that
were paused. It is sent once nothing was added for a time, so that a batch leads to one message.
"""

import base64
import hashlib
import hmac
import secrets
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


#: Kinds for which a digest collects images.
IMAGE_KINDS = frozenset({EmailKind.BATCH_DONE, EmailKind.IMAGE_FAILED})


class Language(StrEnum):
    """The languages of the messages, those of the web application."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    JAPANESE = "ja"
    ARABIC = "ar"


class EmailPreferences(Value):
    """What an owner receives by email, in which language, and at which verified email address.

    `unsubscribe_key` signs the unsubscribe links; a new one is made with each address. `revision`
    counts the writes.
    """

    owner: str
    email: str | None = None
    language: Language = Language.ENGLISH
    kinds: frozenset[EmailKind] = frozenset()
    unsubscribe_key: str = ""
    revision: int = 0

    def with_changes(self, **changes: object) -> Self:
        """Return the preferences with other attributes, as their next revision."""
        return self.model_copy(update={**changes, "revision": self.revision + 1})

    def with_email(self, email: str) -> Self:
        """Return the preferences with this verified address; links to an earlier one end."""
        if email == self.email:
            return self
        return self.with_changes(email=email, unsubscribe_key=secrets.token_urlsafe(KEY_BYTES))

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
    host names of webhook endpoints. `claimed_until` is set while a task sends the digest, and
    `attempts` counts the tasks that tried. `revision` counts the writes.
    """

    owner: str
    ready: int = 0
    failed: int = 0
    failed_titles: tuple[str, ...] = ()
    paused_endpoints: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    first_at: datetime | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None
    claimed_until: datetime | None = None
    attempts: int = 0
    revision: int = 0

    @property
    def expires_at(self) -> datetime | None:
        """When the digest is no longer needed; None while images wait to be sent."""
        if self.due_at is not None or self.sent_at is None:
            return None
        return self.sent_at + MIN_INTERVAL

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

    def claim(self, at: datetime) -> Self | None:
        """Return the digest as being sent; None if it is not due, or another task sends it."""
        is_claimed = self.claimed_until is not None and self.claimed_until > at
        if self.due_at is None or self.due_at > at or is_claimed:
            return None
        return self._with(claimed_until=at + CLAIM_DURATION, attempts=self.attempts + 1)

    def complete(self, sent: "Digest", at: datetime, *, is_sent: bool) -> Self:
        """Return the digest without the content of `sent`, which this one was claimed as.

        What was added since remains, and is due later. `is_sent` is False if no message was
        needed, which does not delay the next one.
        """
        sent_at = at if is_sent else self.sent_at
        rest = self.model_copy(update={"sent_at": sent_at})
        ready, failed = self.ready - sent.ready, self.failed - sent.failed
        paused = self.paused_endpoints[len(sent.paused_endpoints) :]
        has_rest = ready + failed + len(paused) > 0
        return rest._with(
            ready=ready,
            failed=failed,
            failed_titles=self.failed_titles[len(sent.failed_titles) :],
            paused_endpoints=paused,
            first_at=at if has_rest else None,
            due_at=rest._due(at, at) if has_rest else None,
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
