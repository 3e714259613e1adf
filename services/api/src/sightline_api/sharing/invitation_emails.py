"""Request the emails of invitations from the notifier."""

import logging

from sightline.domain.invitation_tasks import format_invitation_task
from sightline.ports.queues import Topic

logger = logging.getLogger(__name__)


class InvitationEmails:
    """Publishes tasks; `notifications` is the topic that the notifier subscribes to."""

    def __init__(self, notifications: Topic) -> None:
        self._notifications = notifications

    async def request(self, token: str) -> None:
        """Request the email of a stored invitation.

        A failure is logged: the owner has the token, and the list shows that no email was sent.
        """
        try:
            await self._notifications.publish(format_invitation_task(token))
        except Exception:
            logger.warning("could not request the email of an invitation", exc_info=True)
