"""Messages of the queue of notifications that request the email of an invitation.

They have the form of a message of events, without events, as those of `delivery_tasks`. A message
contains the token of the invitation, because the table stores only its digest.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from sightline.domain.model import Value


class InvitationTask(Value):
    """A request to email an invitation, unless that was done."""

    token: str


class _Message(BaseModel):
    events: list[Any] = []
    invitations: list[InvitationTask] = []


def format_invitation_task(token: str) -> str:
    """Return the message body that requests the email of the invitation with this token."""
    return _Message(invitations=[InvitationTask(token=token)]).model_dump_json()


def parse_invitation_tasks(body: str) -> Sequence[InvitationTask]:
    """Return the tasks in a message; none if it has another form."""
    try:
        return _Message.model_validate_json(body).invitations
    except ValidationError:
        return ()
