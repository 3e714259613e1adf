"""What endpoints declare in their signatures.

Every dependency is a coroutine, also where it awaits nothing: FastAPI runs plain functions in a
thread.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypedDict

from fastapi import Depends, Path, Request
from fastapi.security import HTTPBearer

from sightline.deletion import ImageDeleter
from sightline.domain.albums import AlbumKey, AlbumNotFound
from sightline.domain.ids import album_id_adapter, image_id_adapter
from sightline.domain.object_keys import ImageKey
from sightline.ports.album_table import AlbumTable
from sightline.ports.idempotency_store import IdempotencyStore
from sightline.ports.image_index import ImageIndex
from sightline.ports.image_table import ImageNotFound, ImageTable
from sightline.ports.queues import Topic
from sightline.ports.usage_table import UsageTable
from sightline_api.account.erasure import AccountEraser
from sightline_api.auth.tokens import TokenVerifier, User
from sightline_api.events.broker import Broker
from sightline_api.events.publisher import ChangePublisher
from sightline_api.images.uploads import UploadCreator
from sightline_api.settings import ApiSettings
from sightline_api.urls.signer import Signer


class State(TypedDict):
    """What the lifespan opens, and every request finds in `request.state`."""

    settings: ApiSettings
    images: ImageTable
    albums: AlbumTable
    index: ImageIndex
    usage: UsageTable
    idempotency: IdempotencyStore
    uploads: UploadCreator
    deleter: ImageDeleter
    eraser: AccountEraser
    reprocessing: Topic
    changes: ChangePublisher
    broker: Broker
    signer: Signer
    tokens: TokenVerifier


def _from_state(name: str) -> Callable[[Request], Awaitable[Any]]:
    """Return a dependency on what the lifespan opened under this name."""

    async def find(request: Request) -> Any:
        return getattr(request.state, name)

    return find


class AccessToken(HTTPBearer):
    """The caller, whom `AuthenticationMiddleware` identified by a Cognito access token."""

    def __init__(self) -> None:
        super().__init__(
            bearerFormat="JWT", scheme_name="HTTPBearer", description="Cognito access token"
        )

    async def __call__(self, request: Request) -> User:  # type: ignore[override]
        user: User = request.state.user
        return user


CurrentUser = Annotated[User, Depends(AccessToken())]


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
Settings = Annotated[ApiSettings, Depends(_from_state("settings"))]
Images = Annotated[ImageTable, Depends(_from_state("images"))]
Albums = Annotated[AlbumTable, Depends(_from_state("albums"))]
Index = Annotated[ImageIndex, Depends(_from_state("index"))]
Usages = Annotated[UsageTable, Depends(_from_state("usage"))]
Uploads = Annotated[UploadCreator, Depends(_from_state("uploads"))]
Deleter = Annotated[ImageDeleter, Depends(_from_state("deleter"))]
Eraser = Annotated[AccountEraser, Depends(_from_state("eraser"))]
Reprocessing = Annotated[Topic, Depends(_from_state("reprocessing"))]
Changes = Annotated[ChangePublisher, Depends(_from_state("changes"))]
Events = Annotated[Broker, Depends(_from_state("broker"))]
UrlSigner = Annotated[Signer, Depends(_from_state("signer"))]
