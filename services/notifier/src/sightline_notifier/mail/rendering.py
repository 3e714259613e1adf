"""Render a digest as an email: subject, plain text and HTML.

The HTML has no image and no remote content, so opening a message is not tracked. Its styles are
inline, because some mail programs drop style sheets; only dark mode needs one.
"""

from html import escape
from typing import NamedTuple
from urllib.parse import quote

from sightline.domain.email_notifications import Digest, EmailKind, EmailPreferences, Language
from sightline_notifier.mail.mailer import Email
from sightline_notifier.mail.texts import TEXTS

#: Path of the API that ends notifications.
UNSUBSCRIBE_PATH = "/v1/unsubscribe"

_HTML = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>
@media (prefers-color-scheme: dark) {{
.page {{ background-color: #14171a !important; }}
.card {{ background-color: #1f2428 !important; border-color: #33393f !important; }}
.text {{ color: #e8eaed !important; }}
.muted {{ color: #a4abb3 !important; }}
.button {{ background-color: #8ab4f8 !important; color: #10151c !important; }}
}}
</style>
</head>
<body class="page" style="margin:0;padding:0;background-color:#f3f5f7">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="background-color:#f3f5f7">
<tr><td align="center" style="padding:24px 16px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="max-width:560px;background-color:#ffffff;border:1px solid #dde2e7;border-radius:12px">
<tr><td style="padding:28px;font-family:{font};text-align:{start}">
<p class="muted" style="margin:0 0 20px;font-size:14px;line-height:20px;color:#5a636c">Sightline</p>
<h1 class="text" style="margin:0 0 16px;font-size:22px;line-height:30px;color:#1b1f23">
{heading}</h1>
{content}
<table role="presentation" cellpadding="0" cellspacing="0" border="0"
 style="margin:24px 0 0"><tr><td>
<a class="button" href="{url}" style="display:inline-block;padding:12px 22px;border-radius:8px;\
background-color:#1a56c4;color:#ffffff;font-size:16px;line-height:22px;font-weight:600;\
text-decoration:none">{button}</a>
</td></tr></table>
</td></tr>
</table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="max-width:560px">
<tr><td class="muted" style="padding:16px 28px;font-family:{font};font-size:13px;line-height:20px;\
color:#5a636c;text-align:{start}">{reason}
<a class="muted" href="{unsubscribe_url}" style="color:#5a636c">{unsubscribe}</a></td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""

_FONT = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

_LINE = (
    '<p class="text" style="margin:0 0 8px;font-size:16px;line-height:24px;color:#1b1f23">{}</p>'
)
_LIST = (
    '<ul class="text" style="margin:0 0 8px;padding:0 22px;font-size:16px;line-height:24px;'
    'color:#1b1f23">{}</ul>'
)


class _Message(NamedTuple):
    """The parts of a message in the language of its recipient."""

    language: Language
    heading: str
    subject: str
    lines: list[str]
    titles: tuple[str, ...]
    hints: list[str]
    web_url: str
    unsubscribe_url: str


def render_digest(preferences: EmailPreferences, digest: Digest, web_url: str) -> Email | None:
    """Return the message of a digest; None if the owner has not subscribed to any of it."""
    if preferences.email is None:
        return None
    is_batch = EmailKind.BATCH_DONE in preferences.kinds and digest.ready > 0
    is_failure = digest.failed > 0 and bool(preferences.kinds)
    if not is_batch and not is_failure:
        return None
    texts = TEXTS[preferences.language]
    subject, count = (
        (texts.ready_subject, digest.ready) if is_batch else (texts.failed_subject, digest.failed)
    )
    lines = [texts.ready.format(count=digest.ready)] if is_batch else []
    if is_failure:
        lines.append(texts.failed.format(count=digest.failed))
    token = quote(preferences.unsubscribe_token(), safe="")
    message = _Message(
        language=preferences.language,
        heading=texts.ready_heading if is_batch else texts.failed_heading,
        subject=subject.format(count=count),
        lines=lines,
        titles=digest.failed_titles if is_failure else (),
        hints=[texts.retry] if is_failure else [],
        web_url=web_url,
        unsubscribe_url=f"{web_url}{UNSUBSCRIBE_PATH}?token={token}",
    )
    return Email(
        to=preferences.email,
        subject=message.subject,
        text=_render_text(message),
        html=_render_html(message),
        unsubscribe_url=message.unsubscribe_url,
    )


def _render_text(message: _Message) -> str:
    texts = TEXTS[message.language]
    named = [texts.named, *(f"- {title}" for title in message.titles)] if message.titles else []
    paragraphs = [
        message.heading,
        "\n".join([*message.lines, *named]),
        *message.hints,
        f"{texts.button}: {message.web_url}",
        f"-- \n{texts.reason}\n{texts.unsubscribe}: {message.unsubscribe_url}",
    ]
    return "\n\n".join(paragraphs) + "\n"


def _render_html(message: _Message) -> str:
    texts = TEXTS[message.language]
    content = [_LINE.format(escape(line)) for line in message.lines]
    if message.titles:
        items = "".join(f"<li><bdi>{escape(title)}</bdi></li>" for title in message.titles)
        content += [_LINE.format(escape(texts.named)), _LIST.format(items)]
    content += [_LINE.format(escape(hint)) for hint in message.hints]
    is_right_to_left = message.language is Language.ARABIC
    return _HTML.format(
        language=message.language.value,
        direction="rtl" if is_right_to_left else "ltr",
        start="right" if is_right_to_left else "left",
        font=_FONT,
        subject=escape(message.subject),
        heading=escape(message.heading),
        content="\n".join(content),
        url=escape(message.web_url),
        button=escape(texts.button),
        reason=escape(texts.reason),
        unsubscribe=escape(texts.unsubscribe),
        unsubscribe_url=escape(message.unsubscribe_url),
    )
