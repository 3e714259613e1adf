"""Dependencies of the endpoints of sharing."""

from typing import Annotated

from fastapi import Depends, Header, Path
from pydantic import JsonValue

from sightline.domain.albums import Album, AlbumKey, AlbumNotFound
from sightline.domain.ids import image_id_adapter, link_id_adapter
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.share_links import TOKEN_LENGTH, ShareLink, ShareLinkNotFound
from sightline.ports.album_table import AlbumTable
from sightline.ports.email_notification_table import EmailNotificationTable
from sightline.ports.image_table import ImageNotFound, ImageTable
from sightline.ports.share_link_table import ShareLinkTable
from sightline_api.auth.tokens import TokenVerifier
from sightline_api.dependencies import Albums, Images, from_state
from sightline_api.problems import SharedNotFound
from sightline_api.sharing.invitation_emails import InvitationEmails
from sightline_api.sharing.passwords import PasswordHasher
from sightline_api.sharing.visibility import is_shared
from sightline_api.sharing.visitors import Visitors

EmailNotifications = Annotated[EmailNotificationTable, Depends(from_state("email_notifications"))]
InvitationMailer = Annotated[InvitationEmails, Depends(from_state("invitation_emails"))]
Tokens = Annotated[TokenVerifier, Depends(from_state("tokens"))]
ShareLinks = Annotated[ShareLinkTable, Depends(from_state("share_links"))]
Passwords = Annotated[PasswordHasher, Depends(from_state("passwords"))]
LinkVisitors = Annotated[Visitors, Depends(from_state("visitors"))]
Network = Annotated[str, Depends(from_state("network"))]

#: Any other text belongs to no link, which the endpoints answer as such.
_TOKEN_SCHEMA: dict[str, JsonValue] = {
    "pattern": f"^[0-9A-Za-z]{{{TOKEN_LENGTH}}}$",
    "maxLength": TOKEN_LENGTH,
}

Token = Annotated[str, Path(description="The token of the link.", json_schema_extra=_TOKEN_SCHEMA)]


async def _valid_link_id(share_link_id: Annotated[str, Path()]) -> str:
    """Return the id; one in another format belongs to no link."""
    try:
        return link_id_adapter.validate_python(share_link_id)
    except ValueError:
        raise ShareLinkNotFound(share_link_id) from None


async def _opened_link(
    token: Token,
    visitors: LinkVisitors,
    share_access: Annotated[
        str | None,
        Header(
            max_length=200,
            description="The `access` that `POST /v1/shared/{token}/access` returned, if the link "
            "has a password.",
        ),
    ] = None,
) -> ShareLink:
    return await visitors.open(token, share_access)


LinkId = Annotated[str, Depends(_valid_link_id)]
OpenedLink = Annotated[ShareLink, Depends(_opened_link)]


async def find_album(link: ShareLink, albums: AlbumTable) -> Album | None:
    """Return the album that the link shows, None if it shows an image. Raises `SharedNotFound`."""
    if link.album_id is None:
        return None
    try:
        return await albums.get(AlbumKey(link.owner, link.album_id))
    except AlbumNotFound:
        raise SharedNotFound from None


async def find_image(link: ShareLink, image_id: str, images: ImageTable) -> Image:
    """Return an image that the link shows. Raises `SharedNotFound`."""
    try:
        image = await images.get(ImageKey(link.owner, image_id))
    except ImageNotFound:
        raise SharedNotFound from None
    if not is_shared(image, link):
        raise SharedNotFound
    return image


async def _shared_image(
    link: OpenedLink, image_id: Annotated[str, Path()], images: Images, albums: Albums
) -> Image:
    """Return an image that the link shows; an id in another format belongs to no image."""
    try:
        image_id = image_id_adapter.validate_python(image_id)
    except ValueError:
        raise SharedNotFound from None
    await find_album(link, albums)
    return await find_image(link, image_id, images)


SharedImage = Annotated[Image, Depends(_shared_image)]
