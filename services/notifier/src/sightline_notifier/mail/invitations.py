"""Email invitations to albums."""

import logging

from sightline.domain.album_members import AlbumRole, Invitation
from sightline.domain.albums import AlbumNotFound
from sightline.domain.clock import now
from sightline.domain.invitation_tasks import InvitationTask
from sightline.domain.share_links import digest_token
from sightline.ports.album_member_table import AlbumMemberTable
from sightline.ports.album_table import AlbumTable
from sightline.ports.email_notification_table import EmailNotificationTable
from sightline_notifier.mail.mailer import Mailer
from sightline_notifier.mail.rendering import InvitationDetails, render_invitation

logger = logging.getLogger(__name__)


class InvitationSender:
    """`InvitationHandler` that sends each invitation once.

    A task that crashes after the message was handed over, and before that is noted, leads to a
    second message; nothing loses one.
    """

    def __init__(
        self,
        members: AlbumMemberTable,
        albums: AlbumTable,
        notifications: EmailNotificationTable,
        mailer: Mailer,
        web_url: str,
    ) -> None:
        self._members = members
        self._albums = albums
        self._notifications = notifications
        self._mailer = mailer
        self._web_url = web_url

    async def send(self, task: InvitationTask) -> None:
        invitation = await self._members.find_invitation(digest_token(task.token))
        if invitation is None or invitation.emailed_at or invitation.has_ended(now()):
            return
        try:
            album = await self._albums.get(invitation.album)
        except AlbumNotFound:
            return
        details = await self._describe(invitation, album.title, task.token)
        await self._mailer.send(render_invitation(details, self._web_url))
        await self._members.record_email(invitation, now())
        logger.info("sent an invitation", extra={"owner": invitation.owner})

    async def _describe(self, invitation: Invitation, title: str, token: str) -> InvitationDetails:
        preferences = await self._notifications.get_preferences(invitation.owner)
        return InvitationDetails(
            email=invitation.email,
            language=invitation.language,
            album_title=title,
            inviter=preferences.email,
            may_contribute=invitation.role is AlbumRole.CONTRIBUTOR,
            token=token,
            ends_at=invitation.ends_at,
        )
