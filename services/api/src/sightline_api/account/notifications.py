"""The endpoints of email notifications: what the caller receives, and in which language."""

from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sightline.domain.email_notifications import EmailKind, EmailPreferences, Language
from sightline.optimistic import retry_conflicts
from sightline.ports.email_notification_table import EmailNotificationTable
from sightline_api.account.dependencies import EmailNotifications, Tokens
from sightline_api.auth.tokens import MAX_TOKEN_LENGTH
from sightline_api.auth.user import InvalidToken
from sightline_api.dependencies import CurrentUser
from sightline_api.problems import AUTHENTICATED, Contended, EmailNotVerified, documented

router = APIRouter(
    prefix="/v1/account/notifications", tags=["account"], responses=documented(*AUTHENTICATED)
)


class EmailNotificationsView(BaseModel):
    """The email notifications of the caller."""

    kinds: list[EmailKind] = Field(
        description="What is sent: `batch_done` after a batch of images was processed, "
        "`image_failed` only if images failed, `webhook_paused` when a webhook endpoint was "
        "paused because deliveries failed, `quota_warning` at 80% and 100% of the storage quota, "
        "`budget_warning` at 80% and 100% of the monthly recognition budget. Empty: nothing.",
        examples=[["batch_done"]],
    )
    language: Language = Field(description="Language of the messages.", examples=["en"])
    email: str | None = Field(
        description="The verified email address; null if none is stored.",
        examples=["someone@example.com"],
    )

    @classmethod
    def of(cls, preferences: EmailPreferences) -> Self:
        return cls(
            kinds=sorted(preferences.kinds),
            language=preferences.language,
            email=preferences.email,
        )


class EmailNotificationsRequest(BaseModel):
    """Changes; what is absent or null stays as it is."""

    model_config = {"extra": "forbid"}

    kinds: Annotated[list[EmailKind], Field(max_length=len(EmailKind))] | None = Field(
        None, description="What to send; an empty list turns everything off."
    )
    language: Language | None = Field(None, description="Language of the messages.")
    id_token: Annotated[str, Field(min_length=1, max_length=MAX_TOKEN_LENGTH)] | None = Field(
        None,
        description="The Cognito ID token of the caller. Its verified email address is stored; "
        "required until one is, and after an unsubscribe link was used.",
    )


@router.get("", operation_id="get_email_notifications", summary="Get the email notifications")
async def get_email_notifications(
    user: CurrentUser, notifications: EmailNotifications
) -> EmailNotificationsView:
    """Return which messages the caller receives by email."""
    return EmailNotificationsView.of(await notifications.get_preferences(user.owner))


@router.patch(
    "",
    operation_id="update_email_notifications",
    summary="Change the email notifications",
    responses=documented(EmailNotVerified, Contended),
)
async def update_email_notifications(
    request: EmailNotificationsRequest,
    user: CurrentUser,
    notifications: EmailNotifications,
    tokens: Tokens,
) -> EmailNotificationsView:
    """Choose which messages the caller receives by email, and in which language.

    An access token does not contain the email address, so the ID token of the same sign-in is
    needed to store it. If the address changes, send a new ID token.
    """
    email = None
    if request.id_token is not None:
        try:
            email = await tokens.verify_email(request.id_token, user.owner)
        except InvalidToken:
            raise EmailNotVerified from None
    preferences = await _store(notifications, user.owner, request, email)
    return EmailNotificationsView.of(preferences)


@retry_conflicts()
async def _store(
    notifications: EmailNotificationTable,
    owner: str,
    request: EmailNotificationsRequest,
    email: str | None,
) -> EmailPreferences:
    """Write the changes, and return the preferences. Raises `EmailNotVerified`."""
    before = await notifications.get_preferences(owner)
    after = before if email is None else before.with_email(email)
    kinds = after.kinds if request.kinds is None else frozenset(request.kinds)
    language = request.language or after.language
    if kinds and after.email is None:
        raise EmailNotVerified
    changed = after.model_copy(update={"kinds": kinds, "language": language})
    if changed == before:
        return before
    changed = changed.model_copy(update={"revision": before.revision + 1})
    await notifications.store_preferences(changed)
    return changed
