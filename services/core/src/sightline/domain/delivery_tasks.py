"""Messages of the queue of notifications that request deliveries to webhook endpoints.

They have the form of a message of events, without events, so that the API can publish them to the
topic of events: other subscribers see no event in them.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from sightline.domain.ids import DeliveryId, Owner, WebhookId
from sightline.domain.model import Value
from sightline.domain.webhooks import Delivery, DeliveryKey


class DeliveryTask(Value):
    """A request to attempt a delivery, once `due_at` (Unix seconds) has passed.

    `attempt` is the number of attempts before it: a task whose attempt was made already is ignored.
    """

    owner: Owner
    webhook_id: WebhookId
    delivery_id: DeliveryId
    attempt: int = 0
    due_at: float = 0

    @property
    def key(self) -> DeliveryKey:
        return DeliveryKey(self.owner, self.webhook_id, self.delivery_id)


class _Message(BaseModel):
    events: list[Any] = []
    deliveries: list[DeliveryTask] = []


def next_task(delivery: Delivery) -> DeliveryTask:
    """Return the task of the next attempt of a delivery."""
    due_at = delivery.next_at.timestamp() if delivery.next_at else 0
    return DeliveryTask(**delivery.key._asdict(), attempt=delivery.attempts, due_at=due_at)


def format_delivery_tasks(*tasks: DeliveryTask) -> str:
    """Return the message body with these tasks."""
    return _Message(deliveries=list(tasks)).model_dump_json()


def parse_delivery_tasks(body: str) -> Sequence[DeliveryTask]:
    """Return the tasks in a message; none if it has another form."""
    try:
        return _Message.model_validate_json(body).deliveries
    except ValidationError:
        return ()
