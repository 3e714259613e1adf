"""Messages that moto's SES and Cognito have sent.

moto's SES keeps its messages without a time and without a way to list them, and its Cognito sends
none. `SentMessages` adds MiniStack's list to moto's server, so that both emulators have it.
"""

import email
import email.policy
import threading
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import SESBackend

from sightline_local.mail import MESSAGES_PATH, Message, MessageList

#: Messages that are kept; the oldest is evicted first.
MAX_MESSAGES = 1_000


class Outbox:
    """The messages that were sent, in memory."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque(maxlen=MAX_MESSAGES)
        self._lock = threading.Lock()

    def send(self, sender: str, to: Iterable[str], subject: str, body: str) -> None:
        """Keep a message; a body that starts with a tag is HTML."""
        is_html = body.lstrip().startswith("<")
        message = Message(
            id=str(uuid4()),
            sender=sender,
            to=list(to),
            subject=subject,
            text="" if is_html else body,
            html=body if is_html else None,
            sent_at=datetime.now(UTC),
        )
        with self._lock:
            self._messages.append(message)

    def send_raw(self, sender: str, to: Iterable[str], raw: str) -> None:
        """Keep a message in MIME format, with its plain text if it has one."""
        parsed = email.message_from_string(raw, policy=email.policy.default)
        body = parsed.get_body(("plain", "html"))
        text = body.get_content() if body is not None else ""
        self.send(sender, to, str(parsed["Subject"] or ""), text)

    def to_json(self) -> bytes:
        with self._lock:
            messages = MessageList(messages={DEFAULT_ACCOUNT_ID: list(self._messages)})
        return messages.model_dump_json(by_alias=True).encode()


class SentMessages:
    """WSGI middleware that returns the list of messages."""

    def __init__(self, app: Any, outbox: Outbox) -> None:
        self._app = app
        self._outbox = outbox

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or environ["PATH_INFO"] != MESSAGES_PATH:
            response: Iterable[bytes] = self._app(environ, start_response)
            return response
        body = self._outbox.to_json()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]


def patch_ses(outbox: Outbox) -> None:
    """Patch moto in this process to keep in `outbox` what SES has accepted."""
    send_plain, send_mime = SESBackend.send_email, SESBackend.send_raw_email

    def send_email(
        self: SESBackend, source: str, subject: str, body: str, destinations: dict[str, list[str]]
    ) -> Any:
        message = send_plain(self, source, subject, body, destinations)
        to = [address for addresses in destinations.values() for address in addresses]
        outbox.send(source, to, subject, body)
        return message

    def send_raw_email(
        self: SESBackend, source: str, destinations: list[str], raw_data: str
    ) -> Any:
        message = send_mime(self, source, destinations, raw_data)
        outbox.send_raw(message.source, message.destinations, raw_data)
        return message

    for operation in (send_email, send_raw_email):
        setattr(SESBackend, operation.__name__, operation)
