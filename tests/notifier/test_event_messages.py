"""Messages of change events, with channels of the test."""

from sightline.consumer.settlement import Failed, Handled
from sightline.domain.albums import AlbumKey
from sightline.domain.delivery_tasks import DeliveryTask, format_delivery_tasks
from sightline.domain.events import Event, album_event, format_events, image_event
from sightline.domain.ids import new_album_id, new_image_id, new_webhook_id
from sightline.domain.object_keys import ImageKey
from sightline.ports.queues import Message
from sightline_notifier.event_messages import EventMessages

TIMEOUT_SECONDS = 10


class RecordingChannel:
    """Records events, and fails those of albums if requested."""

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails
        self.notified: list[Event] = []

    async def notify(self, event: Event) -> None:
        self.notified.append(event)
        if self.fails and event.kind == "album":
            raise ConnectionError


class RecordingDeliverer:
    """Records tasks, and fails those of an owner named `failing`."""

    def __init__(self) -> None:
        self.tasks: list[DeliveryTask] = []

    async def deliver(self, task: DeliveryTask) -> None:
        self.tasks.append(task)
        if task.owner == "failing":
            raise ConnectionError


def make_message(body: str) -> Message:
    return Message("message", "receipt", body, 1)


EVENTS = [
    image_event(ImageKey("owner", new_image_id()), "updated"),
    album_event(AlbumKey("owner", new_album_id()), "created"),
]


async def test_every_channel_is_notified_of_every_event_in_order() -> None:
    first, second = RecordingChannel(), RecordingChannel()
    messages = EventMessages([first, second], RecordingDeliverer(), TIMEOUT_SECONDS)
    outcome = await messages.attempt(make_message(format_events(EVENTS)), None)
    assert outcome == Handled()
    assert first.notified == second.notified == EVENTS


async def test_a_failing_channel_leaves_the_message_but_not_the_other_channels() -> None:
    failing, other = RecordingChannel(fails=True), RecordingChannel()
    messages = EventMessages([failing, other], RecordingDeliverer(), TIMEOUT_SECONDS)
    outcome = await messages.attempt(make_message(format_events(EVENTS)), None)
    assert isinstance(outcome, Failed)
    assert outcome.error is not None
    assert other.notified == EVENTS


async def test_an_unreadable_message_is_left_to_be_dead_lettered() -> None:
    messages = EventMessages([RecordingChannel()], RecordingDeliverer(), TIMEOUT_SECONDS)
    assert await messages.attempt(make_message("{}"), None) == Failed()


async def test_every_task_of_a_message_is_attempted() -> None:
    tasks = [
        DeliveryTask(owner=owner, webhook_id=new_webhook_id(), delivery_id=new_image_id())
        for owner in ("failing", "owner")
    ]
    channel, deliverer = RecordingChannel(), RecordingDeliverer()
    messages = EventMessages([channel], deliverer, TIMEOUT_SECONDS)
    message = make_message(format_delivery_tasks(*tasks))
    assert isinstance(await messages.attempt(message, None), Failed)
    assert (deliverer.tasks, channel.notified) == (tasks, [])
    assert await messages.attempt(make_message(format_delivery_tasks(tasks[1])), None) == Handled()
