"""Email of invitations to albums."""

from datetime import timedelta
from typing import Any

import pytest

from sightline.adapters.memory import memory_tables
from sightline.consumer.settlement import Failed, Handled
from sightline.domain.album_members import AlbumRole, Invitation
from sightline.domain.clock import now
from sightline.domain.email_notifications import EmailPreferences, Language
from sightline.domain.invitation_tasks import InvitationTask, format_invitation_task
from sightline.domain.share_links import new_token
from sightline.ports.queues import Message
from sightline_notifier.event_messages import EventMessages
from sightline_notifier.mail.invitation_texts import INVITATION_TEXTS
from sightline_notifier.mail.invitations import InvitationSender
from sightline_notifier.mail.mailer import Email, MemoryMailer
from sightline_testing.builders import create_album, make_invitation

WEB_URL = "https://photos.example.com"


class Harness:
    """An album with an invitation, and the handler of the messages of the notifier."""

    def __init__(self, mailer: MemoryMailer | None = None) -> None:
        self.tables = memory_tables()
        self.mailer = mailer or MemoryMailer()
        self.sender = InvitationSender(
            self.tables.album_members,
            self.tables.albums,
            self.tables.email_notifications,
            self.mailer,
            WEB_URL,
        )
        self.token = new_token()

    async def invite(self, title: str = "Summer", **changes: Any) -> Invitation:
        album = await create_album(self.tables, title=title)
        invitation = make_invitation(album.key, token=self.token, **changes)
        await self.tables.album_members.invite(invitation)
        return invitation

    async def send(self) -> list[Email]:
        await self.sender.send(InvitationTask(token=self.token))
        return self.mailer.sent


class FailingMailer(MemoryMailer):
    """Fails every time."""

    async def send(self, email: Email) -> None:
        raise ConnectionError


class NoDeliveries:
    """Fails the test if a delivery is requested."""

    async def deliver(self, task: object) -> None:
        raise AssertionError


@pytest.mark.parametrize("language", Language)
async def test_the_email_has_the_link_in_the_language_of_the_invitation(
    language: Language,
) -> None:
    harness = Harness()
    invitation = await harness.invite(language=language, role=AlbumRole.CONTRIBUTOR)
    (email,) = await harness.send()
    texts = INVITATION_TEXTS[language]
    assert email.to == invitation.email
    assert email.subject == texts.subject
    link = f"{WEB_URL}/invitations/{harness.token}"
    for body in (email.text, email.html):
        for expected in (link, "Summer", texts.contributor, texts.button, harness.token):
            assert expected in body
    # The recipient has no subscription.
    assert email.headers == {"Auto-Submitted": "auto-generated"}
    assert "unsubscribe" not in email.text + email.html


async def test_the_email_names_the_inviter_if_the_address_is_verified() -> None:
    harness = Harness()
    invitation = await harness.invite()
    preferences = EmailPreferences(owner=invitation.owner).with_email("me@example.com")
    await harness.tables.email_notifications.store_preferences(preferences)
    (email,) = await harness.send()
    assert "me@example.com" in email.text
    assert INVITATION_TEXTS[Language.ENGLISH].viewer in email.text


async def test_an_invitation_is_emailed_once() -> None:
    harness = Harness()
    invitation = await harness.invite()
    for _ in range(2):
        assert len(await harness.send()) == 1
    (stored,) = await harness.tables.album_members.list_invitations(invitation.album)
    assert stored.emailed_at is not None


async def test_no_email_is_sent_for_an_invitation_that_ended() -> None:
    gone = Harness()
    assert await gone.send() == []
    expired, at = Harness(), now() - timedelta(days=20)
    await expired.invite(created_at=at, ends_at=at + timedelta(days=1))
    assert await expired.send() == []
    deleted = Harness()
    invitation = await deleted.invite()
    await deleted.tables.albums.begin_deletion(invitation.album)
    assert await deleted.send() == []


@pytest.mark.parametrize(
    "title", ["Win at https://evil.example", "evil.example", "mail me@evil.example"]
)
async def test_a_title_never_becomes_a_link(title: str) -> None:
    harness = Harness()
    await harness.invite(title)
    (email,) = await harness.send()
    assert "evil" not in email.text + email.html


async def test_html_in_a_title_is_escaped() -> None:
    harness = Harness()
    await harness.invite("<b>Summer</b>")
    (email,) = await harness.send()
    assert "<b>" not in email.html
    assert "&lt;b&gt;Summer" in email.html


async def test_a_failure_leaves_the_message_in_the_queue() -> None:
    harness = Harness(FailingMailer())
    invitation = await harness.invite()
    message = Message("message", "receipt", format_invitation_task(harness.token), 1)
    messages = EventMessages([], NoDeliveries(), 10, harness.sender)
    assert isinstance(await messages.attempt(message, None), Failed)
    (stored,) = await harness.tables.album_members.list_invitations(invitation.album)
    assert stored.emailed_at is None
    # Without email, the task is ignored.
    without = EventMessages([], NoDeliveries(), 10)
    assert await without.attempt(message, None) == Handled()
