"""The page of messages that were "sent" by email: on this machine none is delivered."""

from html import escape
from html.parser import HTMLParser
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from pydantic import ValidationError

from sightline_local.mail import MESSAGES_PATH, Message, MessageList
from sightline_local.web.settings import MAIL_PATH

STYLES_PATH = "/mail.css"

#: Time limit for the emulator's list of messages.
TIMEOUT = ClientTimeout(total=10)

#: A message is text of other people: the page loads and runs nothing but its own styles and icon.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Mail · Sightline</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="{styles}">
</head>
<body>
<header>
<img src="/icon.svg" alt="" width="44" height="44">
<div>
<h1>Mail</h1>
<p class="muted">Messages that Sightline sent on this machine. None was delivered.</p>
</div>
<a class="button" href="{page}">Refresh</a>
</header>
<main>
{content}
</main>
</body>
</html>
"""

_MESSAGE = """<article>
<h2>{subject}</h2>
<dl>
<dt>To</dt><dd>{to}</dd>
<dt>From</dt><dd>{sender}</dd>
<dt>Sent</dt><dd>{sent_at:%Y-%m-%d %H:%M:%S}</dd>
</dl>
<p class="text">{text}</p>
</article>"""

_EMPTY = '<p class="empty">No messages yet.</p>'


class MailPage:
    """The page and its style sheet, with the headers of every page."""

    def __init__(self, cloud: str, headers: dict[str, str]) -> None:
        self._url = f"{cloud}{MESSAGES_PATH}"
        self._styles = Path(__file__).with_name("mail.css").read_bytes()
        # A message may contain a code: no copy of it is kept.
        self._headers = {
            **headers,
            "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
            "Cache-Control": "no-store",
        }

    async def serve(self, session: ClientSession) -> web.Response:
        """Return the page. Raises `HTTPBadGateway` if the emulator returns no messages."""
        content = "\n".join(map(_format_message, await self._fetch(session)))
        page = _PAGE.format(styles=STYLES_PATH, page=MAIL_PATH, content=content or _EMPTY)
        return web.Response(text=page, content_type="text/html", headers=self._headers)

    async def serve_styles(self) -> web.Response:
        return web.Response(
            body=self._styles, content_type="text/css", charset="utf-8", headers=self._headers
        )

    async def _fetch(self, session: ClientSession) -> list[Message]:
        headers = {"Accept-Encoding": "identity"}
        try:
            async with session.get(self._url, headers=headers, timeout=TIMEOUT) as response:
                response.raise_for_status()
                return MessageList.model_validate_json(await response.read()).newest_first()
        except (ClientError, TimeoutError, ValidationError):
            raise web.HTTPBadGateway(text="The AWS emulator returns no messages.") from None


def _format_message(message: Message) -> str:
    return _MESSAGE.format(
        subject=escape(message.subject or "(no subject)"),
        to=escape(", ".join(message.to)),
        sender=escape(message.sender),
        sent_at=message.sent_at.astimezone(),
        text=escape(message.text or extract_text(message.html or "")),
    )


def extract_text(html: str) -> str:
    """Return the text of an HTML message, a line for each block of it."""
    parser = _TextParser()
    parser.feed(html)
    parser.close()
    lines = (line.strip() for line in "".join(parser.texts).splitlines())
    return "\n".join(line for line in lines if line)


class _TextParser(HTMLParser):
    """Collects text, and the URLs of links behind their text."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "title"}:
            self._hidden += 1
        elif tag == "a":
            self._links.append(dict(attributes).get("href") or "")
        elif tag not in {"b", "strong", "i", "em", "span"}:
            self.texts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "title"}:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "a" and self._links and (url := self._links.pop()):
            self.texts.append(f" ({url})")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)
