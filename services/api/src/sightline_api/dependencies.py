"""What endpoints ask for in their signatures."""

from typing import Annotated, TypedDict, cast

from fastapi import Depends, Path, Request
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase

from sightline.albums import AlbumKey, AlbumTable
from sightline.identifiers import album_id_adapter, image_id_adapter
from sightline.keys import ImageKey
from sightline.objects import ObjectStore
from sightline.queues import Topic
from sightline.table import ImageTable
from sightline_api.announcer import Announcer
from sightline_api.hub import Hub
from sightline_api.problems import AlbumMissing, ImageMissing, Problem
from sightline_api.settings import ApiSettings
from sightline_api.signing import Signer
from sightline_api.tokens import TokenVerifier, User

# Each is a coroutine, although it waits for nothing: FastAPI gives any other function to a thread.


class State(TypedDict):
    """What the lifespan opens and every request finds."""

    settings: ApiSettings
    table: ImageTable
    albums: AlbumTable
    originals: ObjectStore
    renditions: ObjectStore
    uploads: Topic
    announcer: Announcer
    hub: Hub
    signer: Signer
    tokens: TokenVerifier


async def _settings(request: Request) -> ApiSettings:
    return cast("ApiSettings", request.state.settings)


async def _table(request: Request) -> ImageTable:
    return cast("ImageTable", request.state.table)


async def _albums(request: Request) -> AlbumTable:
    return cast("AlbumTable", request.state.albums)


async def _originals(request: Request) -> ObjectStore:
    return cast("ObjectStore", request.state.originals)


async def _renditions(request: Request) -> ObjectStore:
    return cast("ObjectStore", request.state.renditions)


async def _uploads(request: Request) -> Topic:
    return cast("Topic", request.state.uploads)


async def _announcer(request: Request) -> Announcer:
    return cast("Announcer", request.state.announcer)


async def _hub(request: Request) -> Hub:
    return cast("Hub", request.state.hub)


async def _signer(request: Request) -> Signer:
    return cast("Signer", request.state.signer)


def authenticate(request: Request) -> User:
    """Who is calling, as admission found out. Raises the `Problem` with that."""
    caller: User | type[Problem] = request.state.caller
    if isinstance(caller, User):
        return caller
    raise caller


class _Bearer(SecurityBase):
    """Who is calling, and for the document how that is told: FastAPI's own would look at the header
    once more."""

    model = HTTPBearerModel(bearerFormat="JWT", description="Cognito access token")
    scheme_name = "HTTPBearer"

    async def __call__(self, request: Request) -> User:
        return authenticate(request)


CurrentUser = Annotated[User, Depends(_Bearer())]


async def _own_image(user: CurrentUser, image_id: Annotated[str, Path()]) -> ImageKey:
    """The key of the caller's image; an id of no possible image is one that is not there."""
    try:
        return ImageKey(user.owner, image_id_adapter.validate_python(image_id))
    except ValueError:
        raise ImageMissing from None


async def _own_album(user: CurrentUser, album_id: Annotated[str, Path()]) -> AlbumKey:
    """The key of the caller's album, likewise."""
    try:
        return AlbumKey(user.owner, album_id_adapter.validate_python(album_id))
    except ValueError:
        raise AlbumMissing from None


OwnImage = Annotated[ImageKey, Depends(_own_image)]
OwnAlbum = Annotated[AlbumKey, Depends(_own_album)]
Settings = Annotated[ApiSettings, Depends(_settings)]
Table = Annotated[ImageTable, Depends(_table)]
Albums = Annotated[AlbumTable, Depends(_albums)]
Originals = Annotated[ObjectStore, Depends(_originals)]
Renditions = Annotated[ObjectStore, Depends(_renditions)]
Uploads = Annotated[Topic, Depends(_uploads)]
Announce = Annotated[Announcer, Depends(_announcer)]
EventHub = Annotated[Hub, Depends(_hub)]
PictureSigner = Annotated[Signer, Depends(_signer)]
