"""Sending email: the port, Amazon SES, and memory."""

from typing import Any, NamedTuple, Protocol


class Email(NamedTuple):
    """A message to one recipient, as plain text and as HTML.

    `unsubscribe_url` accepts the POST of one-click unsubscribe, None if the recipient has no
    subscription: https://www.rfc-editor.org/rfc/rfc8058
    """

    to: str
    subject: str
    text: str
    html: str
    unsubscribe_url: str | None

    @property
    def headers(self) -> dict[str, str]:
        """The additional headers."""
        # No automatic replies, such as those of an absence: RFC 3834.
        headers = {"Auto-Submitted": "auto-generated"}
        if self.unsubscribe_url is None:
            return headers
        return {
            "List-Unsubscribe": f"<{self.unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            **headers,
        }


class Mailer(Protocol):
    """Sends email from one sender."""

    async def send(self, email: Email) -> None:
        """Hand a message over for delivery. Any exception means that it may not be sent."""


class SesMailer:
    """`Mailer` in Amazon SES."""

    def __init__(self, client: Any, sender: str) -> None:
        self._client = client
        self._sender = sender

    async def send(self, email: Email) -> None:
        await self._client.send_email(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": [email.to]},
            Content={
                "Simple": {
                    "Subject": _content(email.subject),
                    "Body": {"Text": _content(email.text), "Html": _content(email.html)},
                    "Headers": [
                        {"Name": name, "Value": value} for name, value in email.headers.items()
                    ],
                }
            },
        )


class MemoryMailer:
    """`Mailer` that keeps the messages."""

    def __init__(self) -> None:
        self.sent: list[Email] = []

    async def send(self, email: Email) -> None:
        self.sent.append(email)


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
