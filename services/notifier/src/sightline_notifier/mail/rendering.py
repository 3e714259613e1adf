"""Render a digest or an invitation as an email: subject, plain text and HTML.

The HTML has no image and no remote content, so opening a message is not tracked. Its styles are
inline, because some mail programs drop style sheets; only dark mode needs one.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from sightline.domain.email_notifications import (
    IMAGE_KINDS,
    Digest,
    EmailKind,
    EmailPreferences,
    Language,
    UsageLevel,
    UsageResource,
)
from sightline_notifier.mail.invitation_texts import INVITATION_TEXTS
from sightline_notifier.mail.mailer import Email
from sightline_notifier.mail.texts import TEXTS, DigestTexts

#: Path of the API that ends notifications.
UNSUBSCRIBE_PATH = "/v1/unsubscribe"

#: Path of the web application that shows an invitation, without its token.
INVITATION_PATH = "/invitations/"

#: What mail programs may make a link of: a URL, a host name or an email address.
_LINK = re.compile(r"://|@|\w\.\w")

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
color:#5a636c;text-align:{start}">{reason}{unsubscribe}</td></tr>
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


_UNSUBSCRIBE = '\n<a class="muted" href="{}" style="color:#5a636c">{}</a>'


class _Section(NamedTuple):
    """A section of a message: lines, a list, and a hint. The first section has the heading."""

    subject: str
    heading: str
    button: str
    lines: list[str]
    items: tuple[str, ...] = ()
    hint: str | None = None


class InvitationDetails(NamedTuple):
    """What the email of an invitation contains.

    `inviter` is the verified email address of the album's owner, None if none is stored.
    """

    email: str
    language: Language
    album_title: str
    inviter: str | None
    may_contribute: bool
    token: str
    ends_at: datetime


class _Message(NamedTuple):
    """The sections of a message in the language of its recipient, and its links.

    `reason` is why the recipient receives it. Without a subscription there is no `unsubscribe_url`.
    """

    language: Language
    sections: list[_Section]
    url: str
    reason: str
    unsubscribe_url: str | None = None


def render_digest(
    preferences: EmailPreferences,
    digest: Digest,
    web_url: str,
    new_levels: Sequence[UsageLevel] = (),
) -> Email | None:
    """Return the message of a digest and of new levels of usage.

    None if the owner has not subscribed to any of it.
    """
    if preferences.email is None:
        return None
    texts = TEXTS[preferences.language]
    sections = [
        *_quota_section(new_levels, texts),
        *_budget_section(new_levels, texts),
        *_pause_section(preferences, digest, texts),
        *_image_section(preferences, digest, texts),
    ]
    if not sections:
        return None
    token = quote(preferences.unsubscribe_token(), safe="")
    message = _Message(
        language=preferences.language,
        sections=sections,
        url=web_url,
        reason=texts.reason,
        unsubscribe_url=f"{web_url}{UNSUBSCRIBE_PATH}?token={token}",
    )
    return Email(
        to=preferences.email,
        subject=sections[0].subject,
        text=_render_text(message),
        html=_render_html(message),
        unsubscribe_url=message.unsubscribe_url,
    )


def _quota_section(levels: Sequence[UsageLevel], texts: DigestTexts) -> Iterator[_Section]:
    lines = {UsageResource.IMAGES: texts.quota_images, UsageResource.BYTES: texts.quota_bytes}
    reached = {each.resource: each.percent for each in levels if each.resource in lines}
    if reached:
        yield _Section(
            subject=texts.quota_subject.format(percent=max(reached.values())),
            heading=texts.quota_heading,
            button=texts.open,
            lines=[lines[each].format(percent=percent) for each, percent in reached.items()],
            hint=texts.quota_hint,
        )


def _budget_section(levels: Sequence[UsageLevel], texts: DigestTexts) -> Iterator[_Section]:
    for level in levels:
        if level.resource is UsageResource.CALLS:
            yield _Section(
                subject=texts.budget_subject.format(percent=level.percent),
                heading=texts.budget_heading,
                button=texts.open,
                lines=[texts.budget.format(percent=level.percent)],
                hint=texts.budget_hint,
            )


def _pause_section(
    preferences: EmailPreferences, digest: Digest, texts: DigestTexts
) -> Iterator[_Section]:
    if EmailKind.WEBHOOK_PAUSED in preferences.kinds and digest.paused_endpoints:
        yield _Section(
            subject=texts.paused_subject.format(count=len(digest.paused_endpoints)),
            heading=texts.paused_heading,
            button=texts.open,
            lines=[texts.paused],
            items=digest.paused_endpoints,
            hint=texts.resume,
        )


def _image_section(
    preferences: EmailPreferences, digest: Digest, texts: DigestTexts
) -> Iterator[_Section]:
    is_batch = EmailKind.BATCH_DONE in preferences.kinds and digest.ready > 0
    is_failure = bool(preferences.kinds & IMAGE_KINDS) and digest.failed > 0
    if not is_batch and not is_failure:
        return
    subject, count = (
        (texts.ready_subject, digest.ready) if is_batch else (texts.failed_subject, digest.failed)
    )
    lines = [texts.ready.format(count=digest.ready)] if is_batch else []
    if is_failure:
        lines.append(texts.failed.format(count=digest.failed))
    titles = digest.failed_titles if is_failure else ()
    yield _Section(
        subject=subject.format(count=count),
        heading=texts.ready_heading if is_batch else texts.failed_heading,
        button=texts.button,
        lines=[*lines, texts.named] if titles else lines,
        items=titles,
        hint=texts.retry if is_failure else None,
    )


def render_invitation(invitation: InvitationDetails, web_url: str) -> Email:
    """Return the message of an invitation to an album.

    A title that contains a link or an email address is left out, because mail programs would make
    it one that the recipient may follow.
    """
    texts = INVITATION_TEXTS[invitation.language]
    lines = [texts.inviter.format(email=invitation.inviter)] if invitation.inviter else []
    lines.append(texts.contributor if invitation.may_contribute else texts.viewer)
    title = invitation.album_title
    section = _Section(
        subject=texts.subject,
        heading=texts.heading,
        button=texts.button,
        lines=lines,
        items=() if _LINK.search(title) else (title,),
        hint=f"{texts.code.format(code=invitation.token)} "
        f"{texts.expiry.format(date=invitation.ends_at.date().isoformat())}",
    )
    message = _Message(
        language=invitation.language,
        sections=[section],
        url=f"{web_url}{INVITATION_PATH}{invitation.token}",
        reason=texts.reason,
    )
    return Email(
        to=invitation.email,
        subject=texts.subject,
        text=_render_text(message),
        html=_render_html(message),
        unsubscribe_url=None,
    )


def _render_text(message: _Message) -> str:
    texts, first = TEXTS[message.language], message.sections[0]
    paragraphs = [first.heading]
    for section in message.sections:
        paragraphs.append("\n".join([*section.lines, *(f"- {item}" for item in section.items)]))
        if section.hint is not None:
            paragraphs.append(section.hint)
    paragraphs += [f"{first.button}: {message.url}", f"-- \n{message.reason}"]
    if message.unsubscribe_url is not None:
        paragraphs[-1] += f"\n{texts.unsubscribe}: {message.unsubscribe_url}"
    return "\n\n".join(paragraphs) + "\n"


def _render_html(message: _Message) -> str:
    texts, first = TEXTS[message.language], message.sections[0]
    content: list[str] = []
    for section in message.sections:
        content += [_LINE.format(escape(line)) for line in section.lines]
        if section.items:
            items = "".join(f"<li><bdi>{escape(item)}</bdi></li>" for item in section.items)
            content.append(_LIST.format(items))
        if section.hint is not None:
            content.append(_LINE.format(escape(section.hint)))
    is_right_to_left = message.language is Language.ARABIC
    return _HTML.format(
        language=message.language.value,
        direction="rtl" if is_right_to_left else "ltr",
        start="right" if is_right_to_left else "left",
        font=_FONT,
        subject=escape(first.subject),
        heading=escape(first.heading),
        content="\n".join(content),
        url=escape(message.url),
        button=escape(first.button),
        reason=escape(message.reason),
        unsubscribe=""
        if message.unsubscribe_url is None
        else _UNSUBSCRIBE.format(escape(message.unsubscribe_url), escape(texts.unsubscribe)),
    )
