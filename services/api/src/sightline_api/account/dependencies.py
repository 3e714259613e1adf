"""Dependencies of the endpoints of an account."""

from typing import Annotated

from fastapi import Depends

from sightline.ports.email_notification_table import EmailNotificationTable
from sightline_api.account.erasure import AccountEraser
from sightline_api.auth.tokens import TokenVerifier
from sightline_api.dependencies import from_state

Eraser = Annotated[AccountEraser, Depends(from_state("eraser"))]
EmailNotifications = Annotated[EmailNotificationTable, Depends(from_state("email_notifications"))]
Tokens = Annotated[TokenVerifier, Depends(from_state("tokens"))]
