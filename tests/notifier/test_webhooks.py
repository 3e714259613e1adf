"""Webhooks: from an event to the attempts at an endpoint, with a table and a queue in memory."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from sightline import metrics
from sightline.adapters.memory import (
    MemoryMessageSender,
    MemoryQueue,
    MemoryTopic,
    memory_tables,
)
from sightline.domain.albums import Album, AlbumKey
from sightline.domain.clock import now
from sightline.domain.delivery_tasks import format_delivery_tasks, next_task, parse_delivery_tasks
from sightline.domain.events import (
    Event,
    EventChange,
    album_event,
    image_event,
    parse_events,
    webhook_event,
)
from sightline.domain.failures import Failure
from sightline.domain.ids import new_album_id, new_image_id
from sightline.domain.images import PART_NAMES, Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.webhooks import (
    MAX_ATTEMPTS,
    PAUSE_AFTER,
    Delivery,
    DeliveryState,
    PauseReason,
    Webhook,
    WebhookEventType,
)
from sightline.event_publisher import EventPublisher
from sightline.ports.queues import Message
from sightline_notifier.event_messages import EventMessages
from sightline_notifier.webhooks.channel import WebhookChannel
from sightline_notifier.webhooks.deliverer import Deliverer
from sightline_notifier.webhooks.http_client import Response
from sightline_notifier.webhooks.payloads import MessageBuilder
from sightline_testing.builders import (
    create_image,
    edit_details,
    make_delivery,
    make_webhook,
    new_owner,
    with_hash,
    with_recognition,
)


class Endpoint:
    """Responds with scripted statuses, then with 204, and records the requests."""

    def __init__(self) -> None:
        self.responses: list[Response] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.on_request: Callable[[], None] = lambda: None

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Response:
        self.requests.append((url, headers, body))
        self.on_request()
        return self.responses.pop(0) if self.responses else Response(204)

    @property
    def documents(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.requests]


class RecordingSender(MemoryMessageSender):
    """Records the delay of each message, and delivers it at once."""

    def __init__(self, queue: MemoryQueue) -> None:
        super().__init__(queue)
        self.delays: list[float] = []

    async def send(self, body: str, delay: float = 0) -> None:
        self.delays.append(delay)
        await super().send(body)


class Notifier:
    """The messages of a notifier over adapters in memory."""

    def __init__(self) -> None:
        self.tables = memory_tables()
        self.webhooks = self.tables.webhooks
        self.queue = MemoryQueue()
        self.topic = MemoryTopic()
        self.endpoint = Endpoint()
        self.sender = RecordingSender(self.queue)
        builder = MessageBuilder(self.tables.images, self.tables.albums)
        channel = WebhookChannel(self.webhooks, builder, self.sender)
        self.deliverer = Deliverer(
            self.webhooks, self.endpoint, self.sender, EventPublisher(self.topic), 2
        )
        self.messages = EventMessages([channel], self.deliverer, 10)

    async def subscribe(self, owner: str, **changes: Any) -> Webhook:
        webhook = make_webhook(owner, **changes)
        await self.webhooks.create(webhook)
        return webhook

    async def notify(self, *events: Event) -> None:
        """Process events without the tasks that follow from them."""
        body = json.dumps({"events": [event.model_dump() for event in events]})
        await self.messages.attempt(Message("message", "receipt", body, 1), None)

    async def process_next(self) -> None:
        """Process one message of the queue, whatever its due time."""
        (message,) = await self.queue.receive(1, 0)
        await self.queue.delete([message])
        await self.attempt(message.body)

    async def attempt(self, body: str) -> None:
        due = [task.model_copy(update={"due_at": 0}) for task in parse_delivery_tasks(body)]
        await self.messages.attempt(Message("m", "r", format_delivery_tasks(*due), 1), None)

    async def process_all(self) -> None:
        while len(self.queue):
            await self.process_next()

    async def deliveries(self, webhook: Webhook) -> list[Delivery]:
        return await self.webhooks.list_deliveries(webhook.owner, webhook.webhook_id, 100)

    async def current(self, webhook: Webhook) -> Webhook:
        return await self.webhooks.get(webhook.owner, webhook.webhook_id)

    async def add_delivery(self, webhook: Webhook, **changes: Any) -> Delivery:
        """Add a delivery, and send the task of its next attempt."""
        delivery = make_delivery(webhook, **changes)
        await self.webhooks.add_delivery(delivery)
        self.queue.send(format_delivery_tasks(next_task(delivery)))
        return delivery

    async def create_ready_image(self, owner: str) -> Image:
        image = await create_image(self.tables, owner)
        processed = with_hash(with_recognition(image, "Dog", "Lake"), None)
        await self.tables.images.store(image, processed)
        return processed


@pytest.fixture
def notifier() -> Notifier:
    return Notifier()


def updated(image: Image) -> Event:
    return image_event(image.key, "updated")


async def test_an_endpoint_receives_the_summary_of_a_ready_image(notifier: Notifier) -> None:
    """The published library verifies the message."""
    webhook = await notifier.subscribe(new_owner())
    image = await notifier.create_ready_image(webhook.owner)
    await notifier.notify(updated(image))
    await notifier.process_all()
    ((url, headers, body),) = notifier.endpoint.requests
    document: Any = Verifier(webhook.secret).verify(body, headers)
    assert url == webhook.url
    assert (document["type"], document["data"]["id"]) == ("image.ready", image.image_id)
    assert document["data"]["status"] == "ready"
    assert document["data"]["title"] == "An image"
    assert {label["name"] for label in document["data"]["labels"]} == {"Dog", "Lake"}
    (delivery,) = await notifier.deliveries(webhook)
    assert (delivery.state, delivery.attempts, delivery.status) == ("delivered", 1, 204)
    assert headers["webhook-id"] == delivery.delivery_id


async def test_both_secrets_sign_after_a_rotation(notifier: Notifier) -> None:
    webhook = await notifier.subscribe(new_owner())
    rotated = webhook.rotate(now())
    await notifier.webhooks.store(webhook, rotated)
    await notifier.add_delivery(webhook)
    await notifier.process_all()
    ((_, headers, body),) = notifier.endpoint.requests
    for secret in (webhook.secret, rotated.secret):
        Verifier(secret).verify(body, headers)


async def test_an_event_is_sent_once_however_often_it_arrives(notifier: Notifier) -> None:
    """Later events of the same state, such as a new title, are no reason either."""
    webhook = await notifier.subscribe(new_owner())
    image = await notifier.create_ready_image(webhook.owner)
    event = updated(image)
    await notifier.notify(event, event, updated(image))
    await notifier.process_all()
    await notifier.notify(event)
    await notifier.process_all()
    assert len(notifier.endpoint.requests) == 1
    # Reprocessing leads to another message.
    again = with_recognition(image, "Cat")
    await notifier.tables.images.store(image, again)
    await notifier.notify(updated(again))
    await notifier.process_all()
    assert len(notifier.endpoint.requests) == 2


async def test_a_lost_task_is_sent_again_by_the_redelivered_event(notifier: Notifier) -> None:
    """A crash after the delivery was added loses nothing."""
    webhook = await notifier.subscribe(new_owner())
    event = updated(await notifier.create_ready_image(webhook.owner))
    await notifier.notify(event)
    (lost,) = await notifier.queue.receive(1, 0)
    await notifier.queue.delete([lost])
    await notifier.notify(event)
    await notifier.process_all()
    assert len(notifier.endpoint.requests) == 1


async def test_a_failed_image_leads_to_its_own_event(notifier: Notifier) -> None:
    webhook = await notifier.subscribe(new_owner())
    image = await create_image(notifier.tables, webhook.owner)
    failure = Failure(code="broken_image", message="The image is broken.", final=True)
    failed = with_hash(image, None)
    failed = failed.with_part("recognition", failed.recognition.begin("etag").fail(failure))
    await notifier.tables.images.store(image, failed)
    await notifier.notify(updated(failed))
    await notifier.process_all()
    (document,) = notifier.endpoint.documents
    assert document["type"] == "image.failed"
    assert document["data"]["errors"]["recognition"]["code"] == "broken_image"


async def test_events_that_lead_to_no_message(notifier: Notifier) -> None:
    """An image in progress, one that is gone, and a change of an endpoint."""
    webhook = await notifier.subscribe(new_owner())
    pending = await create_image(notifier.tables, webhook.owner)
    gone = image_event(ImageKey(webhook.owner, new_image_id()), "updated")
    changed = webhook_event(webhook.owner, webhook.webhook_id, "updated")
    await notifier.notify(updated(pending), gone, changed)
    assert len(notifier.queue) == 0


@pytest.mark.parametrize("change", ["created", "updated", "deleted"])
async def test_album_events(notifier: Notifier, change: EventChange) -> None:
    webhook = await notifier.subscribe(new_owner())
    key = AlbumKey(webhook.owner, new_album_id())
    album = Album(
        owner=key.owner, album_id=key.album_id, title="Zürich", created_at=now(), updated_at=now()
    )
    if change != "deleted":
        await notifier.tables.albums.create(album)
    await notifier.notify(album_event(key, change))
    await notifier.process_all()
    (document,) = notifier.endpoint.documents
    assert document["type"] == f"album.{change}"
    assert document["data"]["id"] == key.album_id
    assert document["data"].get("title") == (None if change == "deleted" else "Zürich")


async def test_only_subscribed_active_endpoints_of_the_owner_receive_an_event(
    notifier: Notifier,
) -> None:
    owner, at = new_owner(), now()
    deletions = frozenset({WebhookEventType.IMAGE_DELETED})
    image = await notifier.create_ready_image(owner)
    wanted = await notifier.subscribe(owner, active_since=at - timedelta(hours=1))
    others = [
        await notifier.subscribe(new_owner(), active_since=at - timedelta(hours=1)),
        await notifier.subscribe(owner, active_since=at - timedelta(hours=1), events=deletions),
        await notifier.subscribe(
            owner,
            active_since=at - timedelta(hours=1),
            paused_at=at,
            pause_reason=PauseReason.OWNER,
        ),
        # Created after the image was ready.
        await notifier.subscribe(owner, active_since=now() + timedelta(hours=1)),
    ]
    await notifier.notify(updated(image))
    await notifier.process_all()
    assert len(await notifier.deliveries(wanted)) == 1
    assert [await notifier.deliveries(other) for other in others] == [[], [], [], []]


async def test_an_image_is_reported_whose_workers_had_clocks_that_were_behind(
    notifier: Notifier,
) -> None:
    """Its end is dated before the endpoint was created, but its work was queued afterwards."""
    owner = new_owner()
    webhook = await notifier.subscribe(owner)
    image = await notifier.create_ready_image(owner)
    queued_at = now()
    times = {"queued_at": queued_at, "finished_at": queued_at - timedelta(hours=1)}
    for name in PART_NAMES:
        part = image.part(name)
        written = part.model_copy(update={**times, "revision": part.revision + 1})
        before, image = image, image.with_part(name, written)
        await notifier.tables.images.store(before, image)
    await notifier.notify(updated(image))
    (delivery,) = await notifier.deliveries(webhook)
    assert delivery.event == "image.ready"
    assert json.loads(delivery.payload)["timestamp"] == queued_at.isoformat()


async def test_a_reprocessed_image_is_reported_whose_resizer_had_a_clock_that_was_ahead(
    notifier: Notifier,
) -> None:
    webhook = await notifier.subscribe(new_owner())
    image = await notifier.create_ready_image(webhook.owner)
    part = image.renditions
    times = {"finished_at": now() + timedelta(hours=1), "revision": part.revision + 1}
    ahead = image.with_part("renditions", part.model_copy(update=times))
    await notifier.tables.images.store(image, ahead)
    await notifier.notify(updated(ahead))
    again = with_recognition(ahead, "Cat")
    await notifier.tables.images.store(ahead, again)
    await notifier.notify(updated(again))
    assert len(await notifier.deliveries(webhook)) == 2


async def test_a_failed_attempt_is_retried_with_the_same_message(notifier: Notifier) -> None:
    webhook = await notifier.subscribe(new_owner())
    delivery = await notifier.add_delivery(webhook)
    notifier.endpoint.responses = [Response(500), Response(None, "timeout")]
    await notifier.process_next()
    (retried,) = await notifier.deliveries(webhook)
    assert (retried.state, retried.attempts, retried.status) == ("pending", 1, 500)
    assert (await notifier.current(webhook)).failures == 1
    await notifier.process_all()
    (delivered,) = await notifier.deliveries(webhook)
    assert (delivered.state, delivered.attempts, delivered.error) == ("delivered", 3, None)
    requests = notifier.endpoint.requests
    assert {headers["webhook-id"] for _, headers, _ in requests} == {delivery.delivery_id}
    assert {body for _, _, body in requests} == {delivery.payload.encode()}
    assert (await notifier.current(webhook)).failures == 0
    first, second = notifier.sender.delays
    assert 5 <= first <= 6
    assert 30 <= second <= 33


async def test_a_task_waits_until_it_is_due(notifier: Notifier) -> None:
    """A delay that is longer than a message can have takes several messages."""
    webhook = await notifier.subscribe(new_owner())
    delivery = make_delivery(webhook, next_at=now() + timedelta(hours=2))
    await notifier.webhooks.add_delivery(delivery)
    await notifier.deliverer.deliver(next_task(delivery))
    assert notifier.endpoint.requests == []
    assert notifier.sender.delays == [900]
    (message,) = await notifier.queue.receive(1, 0)
    assert parse_delivery_tasks(message.body) == [next_task(delivery)]


async def test_a_crash_after_an_attempt_leads_to_another_one(notifier: Notifier) -> None:
    """The task of the next attempt was sent before; the redelivered one is attempted again."""
    webhook = await notifier.subscribe(new_owner())
    delivery = await notifier.add_delivery(webhook)
    (message,) = await notifier.queue.receive(1, 0)

    def crash() -> None:
        raise KeyboardInterrupt

    notifier.endpoint.on_request = crash
    with pytest.raises(KeyboardInterrupt):
        await notifier.attempt(message.body)
    notifier.endpoint.on_request = lambda: None
    await notifier.attempt(message.body)
    (delivered,) = await notifier.deliveries(webhook)
    assert (delivered.delivery_id, delivered.state) == (delivery.delivery_id, "delivered")


async def test_a_duplicated_task_is_ignored_once_its_attempt_was_made(notifier: Notifier) -> None:
    webhook = await notifier.subscribe(new_owner())
    delivery = await notifier.add_delivery(webhook)
    body = format_delivery_tasks(next_task(delivery))
    notifier.endpoint.responses = [Response(500)]
    await notifier.process_next()
    await notifier.attempt(body)
    assert len(notifier.endpoint.requests) == 1
    await notifier.process_all()
    await notifier.attempt(body)
    assert len(notifier.endpoint.requests) == 2


async def test_later_messages_of_an_image_wait_for_earlier_ones(notifier: Notifier) -> None:
    """Messages of other images do not wait."""
    webhook = await notifier.subscribe(new_owner())
    first = await notifier.add_delivery(webhook)
    second = await notifier.add_delivery(webhook, subject_id=first.subject_id)
    other = await notifier.add_delivery(webhook)
    notifier.endpoint.responses = [Response(500)]
    await notifier.process_all()
    order = [headers["webhook-id"] for _, headers, _ in notifier.endpoint.requests]
    assert order.count(other.delivery_id) == 1
    assert [each for each in order if each != other.delivery_id] == [
        first.delivery_id,
        first.delivery_id,
        second.delivery_id,
    ]


async def test_a_delivery_that_is_long_overdue_delays_nothing(notifier: Notifier) -> None:
    webhook = await notifier.subscribe(new_owner())
    lost = make_delivery(webhook, next_at=now() - timedelta(hours=2))
    await notifier.webhooks.add_delivery(lost)
    await notifier.add_delivery(webhook, subject_id=lost.subject_id)
    await notifier.process_next()
    assert len(notifier.endpoint.requests) == 1


async def test_a_delivery_whose_task_is_lost_is_attempted_before_later_ones(
    notifier: Notifier,
) -> None:
    """The notifier crashed after it had added the delivery, and the image has changed since."""
    webhook = await notifier.subscribe(new_owner())
    lost = make_delivery(webhook, next_at=now() - timedelta(minutes=1))
    await notifier.webhooks.add_delivery(lost)
    later = await notifier.add_delivery(webhook, subject_id=lost.subject_id)
    await notifier.process_all()
    sent = [headers["webhook-id"] for _, headers, _ in notifier.endpoint.requests]
    assert sent == [lost.delivery_id, later.delivery_id]


async def test_an_image_in_the_trash_was_processed_all_the_same(notifier: Notifier) -> None:
    owner = new_owner()
    webhook = await notifier.subscribe(owner)
    image = await notifier.create_ready_image(owner)
    stored = await notifier.tables.images.get(image.key)
    await notifier.tables.images.store(stored, edit_details(stored, trashed_at=now()))
    await notifier.notify(updated(image))
    (delivery,) = await notifier.deliveries(webhook)
    assert delivery.event == "image.ready"


async def test_a_delivery_fails_after_its_last_attempt(notifier: Notifier) -> None:
    """An endpoint that has not failed for long stays active."""
    webhook = await notifier.subscribe(new_owner())
    await notifier.add_delivery(webhook)
    notifier.endpoint.responses = [Response(503)] * MAX_ATTEMPTS
    await notifier.process_all()
    (delivery,) = await notifier.deliveries(webhook)
    assert (delivery.state, delivery.attempts) == ("failed", MAX_ATTEMPTS)
    assert delivery.next_at is None
    assert not (await notifier.current(webhook)).is_paused


async def test_an_endpoint_that_keeps_failing_is_paused(notifier: Notifier) -> None:
    """The owner can be notified, and what is pending can be replayed."""
    since = now() - PAUSE_AFTER
    webhook = await notifier.subscribe(new_owner(), failures=9, failing_since=since)
    await notifier.add_delivery(webhook, attempts=MAX_ATTEMPTS - 1)
    pending = await notifier.add_delivery(webhook)
    notifier.endpoint.responses = [Response(None, "timeout")]
    await notifier.process_next()
    paused = await notifier.current(webhook)
    assert (paused.pause_reason, paused.failures) == (PauseReason.FAILING, 10)
    (published,) = notifier.topic.published
    (event,) = parse_events(published)
    assert (event.kind, event.subject_id) == ("webhook", webhook.webhook_id)
    await notifier.process_all()
    discarded = await notifier.webhooks.get_delivery(pending.key)
    assert (discarded.state, discarded.error) == (DeliveryState.FAILED, "paused")
    assert len(notifier.endpoint.requests) == 1


async def test_an_endpoint_that_is_gone_is_paused_at_once(notifier: Notifier) -> None:
    webhook = await notifier.subscribe(new_owner())
    await notifier.add_delivery(webhook)
    notifier.endpoint.responses = [Response(410)]
    await notifier.process_all()
    assert (await notifier.current(webhook)).pause_reason is PauseReason.GONE
    (delivery,) = await notifier.deliveries(webhook)
    assert delivery.state is DeliveryState.FAILED


async def test_tasks_of_a_deleted_endpoint_are_ignored(notifier: Notifier) -> None:
    webhook = await notifier.subscribe(new_owner())
    await notifier.add_delivery(webhook)
    await notifier.webhooks.delete(webhook.owner, webhook.webhook_id)
    await notifier.process_all()
    assert notifier.endpoint.requests == []


async def test_one_owner_does_not_take_all_places(notifier: Notifier) -> None:
    """Attempts beyond the maximum are postponed; those of other owners are made."""
    owner = new_owner()
    webhook, foreign = await notifier.subscribe(owner), await notifier.subscribe(new_owner())
    with notifier.deliverer._count(owner), notifier.deliverer._count(owner):
        await notifier.add_delivery(webhook)
        await notifier.process_next()
        await notifier.add_delivery(foreign)
        assert (notifier.endpoint.requests, len(notifier.queue)) == ([], 2)
        await notifier.process_next()
        await notifier.process_next()
    assert len(notifier.endpoint.requests) == 1
    await notifier.process_all()
    assert len(notifier.endpoint.requests) == 2


async def test_a_message_is_bounded(notifier: Notifier) -> None:
    webhook = await notifier.subscribe(new_owner())
    image = await notifier.create_ready_image(webhook.owner)
    details = image.details.model_copy(
        update={"title": "x" * 10_000, "added": tuple(f"Label {n}" * 9 for n in range(100))}
    )
    changed = image.with_details(details.model_copy(update={"revision": details.revision + 1}))
    await notifier.tables.images.store(image, changed)
    await notifier.notify(updated(changed))
    await notifier.process_all()
    ((_, _, body),) = notifier.endpoint.requests
    assert len(body) < 8_192


async def test_attempts_are_counted_by_outcome(notifier: Notifier) -> None:
    outcomes: list[str] = []

    class Recorder:
        def record(self, metric: metrics.Metric, value: float, dimensions: Any) -> None:
            if metric is metrics.WEBHOOK_DELIVERIES:
                outcomes.append(dimensions["Outcome"])

    webhook = await notifier.subscribe(new_owner())
    await notifier.add_delivery(webhook)
    notifier.endpoint.responses = [Response(500), Response(200), Response(410)]
    metrics.enable(Recorder())
    try:
        await notifier.process_all()
        await notifier.add_delivery(webhook)
        await notifier.add_delivery(webhook)
        await notifier.process_all()
    finally:
        metrics.disable()
    assert outcomes == ["retried", "delivered", "failed", "failed"]
