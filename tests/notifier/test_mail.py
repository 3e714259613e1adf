"""Email: the images that a digest collects, the messages, and the mailers."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from html.parser import HTMLParser

import httpx
import pytest

from sightline.adapters.aws.clients import Clients
from sightline.adapters.memory import memory_tables
from sightline.domain.clock import now
from sightline.domain.email_notifications import (
    MAX_ATTEMPTS,
    MIN_INTERVAL,
    QUIET_PERIOD,
    Digest,
    EmailKind,
    EmailPreferences,
    Language,
    UsageLevel,
    UsageResource,
)
from sightline.domain.events import image_event, webhook_event
from sightline.domain.failures import Failure
from sightline.domain.images import Image
from sightline.domain.webhooks import PauseReason, Webhook
from sightline.ports.tables import Tables
from sightline_local.mail import MESSAGES_PATH, MessageList
from sightline_notifier.mail.channel import EmailChannel
from sightline_notifier.mail.digests import DigestSender, sending
from sightline_notifier.mail.mailer import Email, Mailer, MemoryMailer, SesMailer
from sightline_notifier.mail.rendering import render_digest
from sightline_notifier.mail.texts import TEXTS
from sightline_notifier.mail.usage_monitor import UsageLimits, UsageMonitor
from sightline_testing.builders import (
    create_image,
    make_image,
    make_recognition,
    make_rendition_set,
    make_webhook,
    with_recognition,
)

WEB_URL = "https://photos.example.com"
ALL = frozenset(EmailKind)


class FailingMailer(MemoryMailer):
    """Fails until `is_available` is set."""

    is_available = False

    async def send(self, email: Email) -> None:
        if not self.is_available:
            raise ConnectionError
        await super().send(email)


@pytest.fixture
def tables() -> Tables:
    return memory_tables()


def make_preferences(kinds: frozenset[EmailKind] = ALL, owner: str = "owner") -> EmailPreferences:
    preferences = EmailPreferences(owner=owner).with_email("owner@example.com")
    return preferences.model_copy(update={"kinds": kinds})


async def end_image(tables: Tables, *, is_failed: bool = False, owner: str = "owner") -> Image:
    image = make_image(owner)
    part = image.recognition.begin("etag")
    failure = Failure(code="broken_image", message="Broken.")
    ended = part.fail(failure) if is_failed else part.succeed(make_recognition("Cat"))
    image = image.with_part("recognition", ended).with_part(
        "renditions", image.renditions.begin("etag").succeed(make_rendition_set())
    )
    await tables.images.create(image)
    return image


async def make_due(tables: Tables, owner: str = "owner") -> None:
    """Change the digest of the owner as if its quiet period had passed."""
    digest = await tables.email_notifications.get_digest(owner)
    changes = {"due_at": now() - timedelta(seconds=1), "revision": digest.revision + 1}
    await tables.email_notifications.store_digest(digest.model_copy(update=changes))


def open_channel(tables: Tables) -> EmailChannel:
    return EmailChannel(tables.email_notifications, tables.images, tables.albums, tables.webhooks)


def open_sender(
    tables: Tables,
    mailer: Mailer,
    limits: UsageLimits = UsageLimits(),  # noqa: B008
) -> DigestSender:
    monitor = UsageMonitor(tables.usage, limits)
    return DigestSender(tables.email_notifications, monitor, mailer, WEB_URL)


async def collect(tables: Tables, *images: Image) -> None:
    channel = open_channel(tables)
    for image in images:
        await channel.notify(image_event(image.key, "updated"))


async def pause_endpoint(tables: Tables, reason: PauseReason, **changes: object) -> Webhook:
    """Add an endpoint that is paused, and process the event of its pause twice."""
    webhook = make_webhook("owner", **changes).pause(reason, now())
    await tables.webhooks.create(webhook)
    channel = open_channel(tables)
    for _ in range(2):
        await channel.notify(webhook_event(webhook.owner, webhook.webhook_id, "updated"))
    return webhook


async def test_batch_leads_to_one_message(tables: Tables) -> None:
    await tables.email_notifications.store_preferences(make_preferences())
    images = [await end_image(tables) for _ in range(3)] + [await end_image(tables, is_failed=True)]
    # Each event twice, as after redeliveries.
    await collect(tables, *images, *images)
    mailer = MemoryMailer()
    sender = open_sender(tables, mailer)
    await sender.send_due()
    assert mailer.sent == [], "the quiet period has not passed"
    await make_due(tables)
    await sender.send_due()
    await sender.send_due()
    (email,) = mailer.sent
    assert email.to == "owner@example.com"
    assert email.subject == "Your photos are ready: 3"
    assert "Not processed: 1" in email.text


async def test_owner_without_a_subscription_has_no_digest(tables: Tables) -> None:
    await collect(tables, await end_image(tables))
    assert await tables.email_notifications.get_digest("owner") == Digest(owner="owner")


async def test_unfinished_images_are_not_collected(tables: Tables) -> None:
    await tables.email_notifications.store_preferences(make_preferences())
    image = make_image("owner")
    await tables.images.create(image)
    await collect(tables, image)
    assert (await tables.email_notifications.get_digest("owner")).due_at is None


async def test_owner_who_unsubscribed_meanwhile_gets_no_message(tables: Tables) -> None:
    preferences = make_preferences()
    await tables.email_notifications.store_preferences(preferences)
    await collect(tables, await end_image(tables))
    await tables.email_notifications.store_preferences(preferences.unsubscribe())
    await make_due(tables)
    mailer = MemoryMailer()
    await open_sender(tables, mailer).send_due()
    assert mailer.sent == []
    assert (await tables.email_notifications.get_digest("owner")).due_at is None


@pytest.mark.parametrize("reason", [PauseReason.FAILING, PauseReason.GONE])
async def test_paused_endpoint_leads_to_one_message(tables: Tables, reason: PauseReason) -> None:
    await tables.email_notifications.store_preferences(
        make_preferences(frozenset({EmailKind.WEBHOOK_PAUSED}))
    )
    await pause_endpoint(tables, reason, url="https://hooks.example.com/a-secret")
    # Not subscribed to.
    await collect(tables, await end_image(tables, is_failed=True))
    await make_due(tables)
    mailer = MemoryMailer()
    sender = open_sender(tables, mailer)
    await sender.send_due()
    (email,) = mailer.sent
    assert email.subject == "Paused webhook endpoints: 1"
    assert "- hooks.example.com\n" in email.text
    assert "a-secret" not in email.text + email.html
    assert (await tables.email_notifications.get_digest("owner")).due_at is None


async def test_endpoint_paused_while_a_message_is_sent_is_reported_later(tables: Tables) -> None:
    at = now()
    claimed = Digest(owner="owner", due_at=at).add_paused_endpoint("1", "first", at)
    rest = claimed.add_paused_endpoint("2", "second", at).complete(claimed, at, is_sent=True)
    assert rest.paused_endpoints == ("second",)
    assert rest.due_at == at + MIN_INTERVAL


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (PauseReason.OWNER, EmailKind.WEBHOOK_PAUSED),
        (PauseReason.FAILING, EmailKind.BATCH_DONE),
    ],
)
async def test_pauses_that_lead_to_no_message(
    tables: Tables, reason: PauseReason, kind: EmailKind
) -> None:
    await tables.email_notifications.store_preferences(make_preferences(frozenset({kind})))
    await pause_endpoint(tables, reason)
    gone = make_webhook("owner")
    await open_channel(tables).notify(webhook_event("owner", gone.webhook_id, "updated"))
    assert await tables.email_notifications.get_digest("owner") == Digest(owner="owner")


async def test_message_that_cannot_be_sent_is_retried_after_its_claim(tables: Tables) -> None:
    await tables.email_notifications.store_preferences(make_preferences())
    await collect(tables, await end_image(tables))
    await make_due(tables)
    mailer = FailingMailer()
    sender = open_sender(tables, mailer)
    await sender.send_due()
    mailer.is_available = True
    await sender.send_due()
    assert mailer.sent == [], "the claim has not ended"
    await _end_claim(tables)
    await sender.send_due()
    assert len(mailer.sent) == 1


async def test_message_is_dropped_after_the_last_attempt(tables: Tables) -> None:
    await tables.email_notifications.store_preferences(make_preferences())
    await collect(tables, await end_image(tables))
    await make_due(tables)
    sender = open_sender(tables, FailingMailer())
    for _ in range(MAX_ATTEMPTS):
        await sender.send_due()
        await _end_claim(tables)
    digest = await tables.email_notifications.get_digest("owner")
    assert (digest.due_at, digest.ready) == (None, 0)


async def _end_claim(tables: Tables) -> None:
    digest = await tables.email_notifications.get_digest("owner")
    changes = {"claimed_until": None, "revision": digest.revision + 1}
    await tables.email_notifications.store_digest(digest.model_copy(update=changes))


async def test_due_digests_are_sent_while_the_notifier_runs(tables: Tables) -> None:
    await tables.email_notifications.store_preferences(make_preferences())
    await collect(tables, await end_image(tables))
    await make_due(tables)
    sent = asyncio.Event()

    class SignalingMailer(MemoryMailer):
        async def send(self, email: Email) -> None:
            await super().send(email)
            sent.set()

    mailer = SignalingMailer()
    async with sending(open_sender(tables, mailer), 0.01):
        await sent.wait()
    assert len(mailer.sent) == 1


async def upload_images(tables: Tables, count: int, calls: int = 1) -> list[Image]:
    """Add images of 5 bytes whose processing cost this number of calls, and process their end."""
    images = []
    for _ in range(count):
        image = await create_image(tables, "owner")
        begun = image.with_part("renditions", image.renditions.begin("etag"))
        await tables.images.store(image, begun)
        labeled = with_recognition(begun, "Cat", calls=calls)
        ended = labeled.with_part("renditions", labeled.renditions.succeed(make_rendition_set()))
        await tables.images.store(begun, ended)
        images.append(ended)
    await collect(tables, *images)
    return images


async def delete_image(tables: Tables, image: Image) -> None:
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    await open_channel(tables).notify(image_event(image.key, "deleted"))


async def test_each_level_of_the_quota_leads_to_one_message(tables: Tables) -> None:
    await tables.email_notifications.store_preferences(
        make_preferences(frozenset({EmailKind.QUOTA_WARNING}))
    )
    mailer = MemoryMailer()
    sender = open_sender(tables, mailer, UsageLimits(images=5, bytes=50, calls=1))

    async def send() -> list[str]:
        mailer.sent.clear()
        await make_due(tables)
        await sender.send_due()
        return [email.subject for email in mailer.sent]

    images = await upload_images(tables, 3)
    assert await send() == []
    images += await upload_images(tables, 1)
    assert await send() == ["Storage: 80% of your limit"]
    assert "Number of photos: 80% of the limit" in mailer.sent[0].text
    assert "Storage space" not in mailer.sent[0].text
    await collect(tables, *images)
    assert await send() == [], "the owner has been warned of this level"
    images += await upload_images(tables, 1)
    assert await send() == ["Storage: 100% of your limit"]
    await delete_image(tables, images.pop())
    assert await send() == [], "a lower level is no reason for a warning"
    await delete_image(tables, images.pop())
    assert await send() == []
    await upload_images(tables, 1)
    assert await send() == ["Storage: 80% of your limit"], "the level was reached again"


async def test_storage_is_full_if_no_further_image_of_average_size_fits(tables: Tables) -> None:
    await upload_images(tables, 2)
    # Two images of 5 bytes.
    for limit, percents in ((10, [100]), (12, [100]), (13, [])):
        monitor = UsageMonitor(tables.usage, UsageLimits(bytes=limit))
        levels = await monitor.find_levels("owner", ALL)
        assert [level.percent for level in levels] == percents


@pytest.mark.parametrize(("calls", "percent"), [(79, None), (80, 80), (95, 80), (96, 100)])
async def test_levels_of_the_budget(tables: Tables, calls: int, percent: int | None) -> None:
    """An image with every feature needs five calls."""
    preferences = make_preferences(frozenset({EmailKind.BUDGET_WARNING}))
    await tables.email_notifications.store_preferences(preferences)
    await upload_images(tables, 1, calls=calls)
    mailer = MemoryMailer()
    for _ in range(2):
        await make_due(tables)
        await open_sender(tables, mailer, UsageLimits(images=1, calls=100)).send_due()
    expected = [f"Recognition this month: {percent}% of your limit"] if percent else []
    assert [email.subject for email in mailer.sent] == expected


def test_levels_of_another_month_are_new() -> None:
    def level(percent: int, month: str) -> UsageLevel:
        return UsageLevel(resource=UsageResource.CALLS, percent=percent, month=month)

    warned = make_preferences().with_changes(usage_levels=(level(100, "2026-11"),))
    assert warned.select_new([level(80, "2026-11"), level(100, "2026-11")]) == ()
    assert warned.select_new([level(80, "2026-12")]) == (level(80, "2026-12"),)


async def test_level_is_not_stored_if_the_warning_could_not_be_sent(tables: Tables) -> None:
    preferences = make_preferences(frozenset({EmailKind.QUOTA_WARNING}))
    await tables.email_notifications.store_preferences(preferences)
    await upload_images(tables, 1)
    await make_due(tables)
    mailer = FailingMailer()
    sender = open_sender(tables, mailer, UsageLimits(images=1))
    await sender.send_due()
    mailer.is_available = True
    await _end_claim(tables)
    await sender.send_due()
    assert [email.subject for email in mailer.sent] == ["Storage: 100% of your limit"]


async def test_check_requested_while_another_one_runs_is_due_later(tables: Tables) -> None:
    at = now()
    digest = Digest(owner="owner").request_usage_check(at)
    assert digest.request_usage_check(at) is digest
    assert digest.due_at
    claimed = digest.claim(digest.due_at)
    assert claimed
    assert claimed.complete(claimed, at, is_sent=False).due_at is None
    requested = claimed.request_usage_check(at)
    assert requested.complete(claimed, at, is_sent=False).due_at == at + QUIET_PERIOD


def test_digest_expires_although_nothing_was_sent() -> None:
    at = now()
    claimed = Digest(owner="owner").request_usage_check(at).claim(at + QUIET_PERIOD)
    assert claimed
    assert claimed.expires_at is None
    assert claimed.complete(claimed, at, is_sent=False).expires_at == at + MIN_INTERVAL


@pytest.mark.parametrize(
    ("kinds", "ready", "failed", "subject"),
    [
        (ALL, 2, 1, "Your photos are ready: 2"),
        (ALL, 0, 1, "Photos that couldn't be processed: 1"),
        ({EmailKind.BATCH_DONE}, 2, 0, "Your photos are ready: 2"),
        ({EmailKind.BATCH_DONE}, 0, 1, "Photos that couldn't be processed: 1"),
        ({EmailKind.IMAGE_FAILED}, 2, 1, "Photos that couldn't be processed: 1"),
        ({EmailKind.IMAGE_FAILED}, 2, 0, None),
        (set(), 2, 1, None),
    ],
)
def test_message_depends_on_the_subscription(
    kinds: set[EmailKind], ready: int, failed: int, subject: str | None
) -> None:
    digest = Digest(owner="owner", ready=ready, failed=failed)
    email = render_digest(make_preferences(frozenset(kinds)), digest, WEB_URL)
    assert (email and email.subject) == subject


class _Checker(HTMLParser):
    """Collects elements, and requires that they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", Language)
def test_messages_are_complete_in_every_language(language: Language) -> None:
    preferences = make_preferences().model_copy(update={"language": language})
    titles = ("<b>Cat & dog</b>", "Second")
    endpoints = ("<i>Builds</i>",)
    digest = Digest(
        owner="owner", ready=12, failed=3, failed_titles=titles, paused_endpoints=endpoints
    )
    levels = [UsageLevel(resource=resource, percent=80) for resource in UsageResource]
    email = render_digest(preferences, digest, WEB_URL, levels)
    assert email
    texts = TEXTS[language]
    assert email.subject == texts.quota_subject.format(percent=80)
    templates = (texts.quota_images, texts.quota_bytes, texts.budget)
    shares = [template.format(percent=80) for template in templates]
    counts = (texts.ready.format(count=12), texts.failed.format(count=3))
    hints = (texts.retry, texts.paused, texts.resume, texts.quota_hint, texts.budget_hint)
    for text in (*counts, *shares, *hints):
        assert text in email.text
        assert text in email.html or "'" in text
    checker = _Checker()
    checker.feed(email.html)
    checker.close()
    assert checker.open == []
    # Titles and descriptions are text of the owner.
    assert not {"b", "i"} & checker.tags
    assert "&lt;b&gt;Cat &amp; dog&lt;/b&gt;" in email.html
    assert "- <b>Cat & dog</b>" in email.text
    assert not {"img", "script", "link"} & checker.tags
    assert checker.links == [WEB_URL, email.unsubscribe_url]
    assert f": {email.unsubscribe_url}" in email.text


def test_messages_can_be_unsubscribed_from_with_one_click() -> None:
    preferences = make_preferences()
    email = render_digest(preferences, Digest(owner="owner", ready=1), WEB_URL)
    assert email
    assert email.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = preferences.unsubscribe_token()
    url = f"<{WEB_URL}/v1/unsubscribe?token={token}>"
    assert email.headers["List-Unsubscribe"] == url


async def test_ses_accepts_messages(aws_environment: str) -> None:
    """The emulator keeps what it was sent."""
    email = render_digest(make_preferences(), Digest(owner="owner", ready=7), WEB_URL)
    assert email
    async with AsyncExitStack() as stack:
        clients = Clients(stack, "eu-central-1")
        ses = await clients.open("ses")
        await ses.verify_email_identity(EmailAddress="no-reply@photos.example.com")
        mailer = SesMailer(await clients.open("sesv2"), "no-reply@photos.example.com")
        await mailer.send(email)
        await mailer.send(email._replace(subject="An invitation", unsubscribe_url=None))
    async with httpx.AsyncClient() as http:
        response = await http.get(f"{aws_environment}{MESSAGES_PATH}")
    invitation, message, *_ = MessageList.model_validate_json(response.content).newest_first()
    assert invitation.subject == "An invitation"
    assert message.subject == "Your photos are ready: 7"
    assert message.to == ["owner@example.com"]


class RecordingClient:
    """Records the request to SES."""

    def __init__(self) -> None:
        self.request: dict[str, object] = {}

    async def send_email(self, **request: object) -> None:
        self.request = request


async def test_messages_have_both_forms_and_the_unsubscribe_headers() -> None:
    email = render_digest(make_preferences(), Digest(owner="owner", ready=7), WEB_URL)
    assert email
    client = RecordingClient()
    await SesMailer(client, "Sightline <no-reply@photos.example.com>").send(email)
    assert client.request["FromEmailAddress"] == "Sightline <no-reply@photos.example.com>"
    content = client.request["Content"]
    assert isinstance(content, dict)
    simple = content["Simple"]
    assert simple["Body"]["Text"]["Data"] == email.text
    assert simple["Body"]["Html"]["Data"] == email.html
    headers = {header["Name"]: header["Value"] for header in simple["Headers"]}
    assert headers == email.headers
