"""Dependencies that several features declare in their signatures.

Every dependency is a coroutine, also where it awaits nothing: FastAPI runs plain functions in a
thread.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request

from sightline.deletion import ImageDeleter, ImageTrash
from sightline.domain.albums import AlbumKey, AlbumNotFound
from sightline.domain.ids import album_id_adapter, image_id_adapter
from sightline.domain.object_keys import ImageKey
from sightline.member_removal import MemberRemover
from sightline.ports.album_member_table import AlbumMemberTable
from sightline.ports.album_table import AlbumTable
from sightline.ports.api_key_table import ApiKeyTable
from sightline.ports.contribution_table import ContributionTable
from sightline.ports.image_index import ImageIndex
from sightline.ports.image_table import ImageNotFound, ImageTable
from sightline.ports.object_store import ObjectStore
from sightline.ports.queues import Topic
from sightline.ports.timeline_table import TimelineTable
from sightline.ports.usage_table import UsageTable
from sightline.ports.webhook_table import WebhookTable
from sightline_api.auth.rate_limit import RequestMeter
from sightline_api.auth.user import User
from sightline_api.concurrency import BatchSlots
from sightline_api.settings import ApiSettings
from sightline_api.urls.signer import Signer


def from_state(name: str) -> Callable[[Request], Awaitable[Any]]:
    """Return a dependency on what the state of a request holds under this name.

    The lifespan opens most of it (`app.State`); `AuthenticationMiddleware` adds the `user`.
    """

    async def find(request: Request) -> Any:
        return getattr(request.state, name)

    return find


CurrentUser = Annotated[User, Depends(from_state("user"))]


async def _find_batch_charge(request: Request) -> Callable[[int], None]:
    """Return a function that counts a batch of so many items in the rate limit, if there is one."""
    meter: RequestMeter | None = getattr(request.state, "meter", None)
    return _charge_nothing if meter is None else meter.charge_batch


def _charge_nothing(_items: int) -> None: ...


ChargeBatch = Annotated[Callable[[int], None], Depends(_find_batch_charge)]


async def _own_image(user: CurrentUser, image_id: Annotated[str, Path()]) -> ImageKey:
    """Return the key of the caller's image; an id in another format belongs to no image."""
    try:
        return ImageKey(user.owner, image_id_adapter.validate_python(image_id))
    except ValueError:
        raise ImageNotFound(image_id) from None


async def _own_album(user: CurrentUser, album_id: Annotated[str, Path()]) -> AlbumKey:
    """Return the key of the caller's album; an id in another format belongs to no album."""
    try:
        return AlbumKey(user.owner, album_id_adapter.validate_python(album_id))
    except ValueError:
        raise AlbumNotFound(album_id) from None


OwnImage = Annotated[ImageKey, Depends(_own_image)]
OwnAlbum = Annotated[AlbumKey, Depends(_own_album)]
IfMatch = Annotated[
    str | None,
    Header(max_length=200, description="The `ETag` that the resource must still have."),
]
Settings = Annotated[ApiSettings, Depends(from_state("settings"))]
Images = Annotated[ImageTable, Depends(from_state("images"))]
Albums = Annotated[AlbumTable, Depends(from_state("albums"))]
AlbumMembers = Annotated[AlbumMemberTable, Depends(from_state("album_members"))]
Contributions = Annotated[ContributionTable, Depends(from_state("contributions"))]
Remover = Annotated[MemberRemover, Depends(from_state("remover"))]
ApiKeys = Annotated[ApiKeyTable, Depends(from_state("api_keys"))]
Webhooks = Annotated[WebhookTable, Depends(from_state("webhooks"))]
Index = Annotated[ImageIndex, Depends(from_state("index"))]
Usages = Annotated[UsageTable, Depends(from_state("usage"))]
Timelines = Annotated[TimelineTable, Depends(from_state("timeline"))]
Deleter = Annotated[ImageDeleter, Depends(from_state("deleter"))]
Originals = Annotated[ObjectStore, Depends(from_state("originals"))]
Slots = Annotated[BatchSlots, Depends(from_state("batch_slots"))]
Trash = Annotated[ImageTrash, Depends(from_state("trash"))]
Reprocessing = Annotated[Topic, Depends(from_state("reprocessing"))]
UrlSigner = Annotated[Signer, Depends(from_state("signer"))]
VisitorUrlSigner = Annotated[Signer, Depends(from_state("visitor_signer"))]
