"""The unsubscribe links of emails, which work without a sign-in.

Mail programs post to them (RFC 8058); people open them, and confirm with a button. A GET changes
nothing, because mail scanners follow links.
"""

from html import escape
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from sightline.domain.email_notifications import EmailPreferences, Language, owner_of_token
from sightline.optimistic import retry_conflicts
from sightline.ports.email_notification_table import EmailNotificationTable
from sightline_api.account.dependencies import EmailNotifications

#: Not part of the API: only emails link to it.
router = APIRouter(prefix="/v1/unsubscribe", include_in_schema=False)

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    # The URL contains the token.
    "Referrer-Policy": "no-referrer",
}

Token = Annotated[str, Query(max_length=300)]


class _Texts(NamedTuple):
    question: str
    button: str
    done: str
    invalid: str


_TEXTS = {
    Language.ENGLISH: _Texts(
        "Stop all email notifications from Sightline?",
        "Unsubscribe",
        "You are unsubscribed. You can turn notifications on again in Sightline.",
        "This link is no longer valid. Change your notifications in Sightline.",
    ),
    Language.GERMAN: _Texts(
        "Keine Benachrichtigungen mehr per E-Mail von Sightline erhalten?",
        "Abbestellen",
        "Die Benachrichtigungen sind abbestellt. In Sightline können Sie sie wieder einschalten.",
        "Dieser Link ist nicht mehr gültig. Ändern Sie Ihre Benachrichtigungen in Sightline.",
    ),
    Language.SPANISH: _Texts(
        "¿Dejar de recibir notificaciones de Sightline por correo?",
        "Cancelar suscripción",
        "Has cancelado la suscripción. Puedes volver a activar las notificaciones en Sightline.",
        "Este enlace ya no es válido. Cambia tus notificaciones en Sightline.",
    ),
    Language.JAPANESE: _Texts(
        "Sightline からのメール通知をすべて停止しますか?",
        "配信停止",
        "配信を停止しました。通知は Sightline で再び有効にできます。",
        "このリンクは無効です。Sightline で通知の設定を変更してください。",
    ),
    Language.ARABIC: _Texts(
        "هل تريد إيقاف كل إشعارات البريد الإلكتروني من Sightline؟",
        "إلغاء الاشتراك",
        "أُلغي اشتراكك. يمكنك تفعيل الإشعارات من جديد في Sightline.",
        "هذا الرابط لم يعد صالحًا. غيّر إشعاراتك في Sightline.",
    ),
}

_PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Sightline</title>
<style>
body {{ font: 18px/1.6 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto;
  padding: 0 1.5rem }}
button {{ font: inherit; font-weight: 600; padding: .6rem 1.4rem; border: 0; border-radius: .5rem;
  color: #fff; background: #1a56c4 }}
</style>
</head>
<body>
<p>{text}</p>
{form}
</body>
</html>
"""


@router.get("")
async def show_unsubscribe(token: Token, notifications: EmailNotifications) -> HTMLResponse:
    """Return the page that asks for a confirmation."""
    preferences = await _find(notifications, token)
    if preferences is None:
        return _render(Language.ENGLISH, _TEXTS[Language.ENGLISH].invalid, status=404)
    texts = _TEXTS[preferences.language]
    # A form without an action posts to the URL of the page.
    form = f'<form method="post"><button>{escape(texts.button)}</button></form>'
    return _render(preferences.language, texts.question, form)


@router.post("")
async def unsubscribe(token: Token, notifications: EmailNotifications) -> HTMLResponse:
    """End all notifications of the owner; idempotent."""
    preferences = await _unsubscribe(notifications, token)
    if preferences is None:
        return _render(Language.ENGLISH, _TEXTS[Language.ENGLISH].invalid, status=404)
    return _render(preferences.language, _TEXTS[preferences.language].done)


@retry_conflicts()
async def _unsubscribe(
    notifications: EmailNotificationTable, token: str
) -> EmailPreferences | None:
    preferences = await _find(notifications, token)
    if preferences is not None and (preferences.kinds or preferences.email is not None):
        preferences = preferences.unsubscribe()
        await notifications.store_preferences(preferences)
    return preferences


async def _find(notifications: EmailNotificationTable, token: str) -> EmailPreferences | None:
    """Return the preferences that the token belongs to; None if it is not valid."""
    owner = owner_of_token(token)
    if owner is None:
        return None
    preferences = await notifications.get_preferences(owner)
    return preferences if preferences.accepts(token) else None


def _render(language: Language, text: str, form: str = "", status: int = 200) -> HTMLResponse:
    page = _PAGE.format(
        language=language.value,
        direction="rtl" if language is Language.ARABIC else "ltr",
        text=escape(text),
        form=form,
    )
    return HTMLResponse(page, status, HEADERS)
