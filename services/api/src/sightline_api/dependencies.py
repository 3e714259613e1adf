"""What endpoints ask for in their signatures."""

from typing import Annotated, Any, TypedDict

from fastapi import Depends, Path, Request
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase

from sightline.domain.albums import AlbumKey
from sightline.domain.ids import album_id_adapter, image_id_adapter
from sightline.domain.object_keys import ImageKey
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import ImageTable
from sightline.ports.object_store import ObjectStore
from sightline.ports.queues import Topic
from sightline_api.auth.tokens import TokenVerifier, User
from sightline_api.events.broker import Broker
from sightline_api.events.publisher import ChangePublisher
from sightline_api.problems import AlbumNotFoundProblem, ImageNotFoundProblem, Problem
from sightline_api.settings import ApiSettings
from sightline_api.urls.signer import Signer

# A dependency is a coroutine even where it waits for nothing: FastAPI gives any other function to a
# thread.


class State(TypedDict):
    """What the lifespan opens and every request finds."""

    settings: ApiSettings
    table: ImageTable
    albums: AlbumTable
    originals: ObjectStore
    renditions: ObjectStore
    uploads: Topic
    announcer: ChangePublisher
    hub: Broker
    signer: Signer
    tokens: TokenVerifier


class Given:
    """What is there before any endpoint is called, and need only be found.

    FastAPI takes ten microseconds to solve a dependency; a `Route` finds these by itself.
    """

    def find(self, request: Request) -> Any:
        raise NotImplementedError

    async def __call__(self, request: Request) -> Any:
        return self.find(request)


class Opened(Given):
    """What the lifespan has opened under this name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find(self, request: Request) -> Any:
        return request.scope["state"][self._name]


def authenticate(request: Request) -> User:
    """Who is calling, as admission found out. Raises the `Problem` with that."""
    caller: User | type[Problem] = request.scope["state"]["caller"]
    if isinstance(caller, User):
        return caller
    raise caller


class Caller(Given, SecurityBase):
    """Who is calling, and for the document how that is told: FastAPI's own would look at the header
    once more."""

    model = HTTPBearerModel(bearerFormat="JWT", description="Cognito access token")
    scheme_name = "HTTPBearer"

    def find(self, request: Request) -> User:
        return authenticate(request)


CurrentUser = Annotated[User, Depends(Caller())]


async def _own_image(user: CurrentUser, image_id: Annotated[str, Path()]) -> ImageKey:
    """The key of the caller's image; an id of no possible image is one that is not there."""
    try:
        return ImageKey(user.owner, image_id_adapter.validate_python(image_id))
    except ValueError:
        raise ImageNotFoundProblem from None


async def _own_album(user: CurrentUser, album_id: Annotated[str, Path()]) -> AlbumKey:
    """The key of the caller's album, likewise."""
    try:
        return AlbumKey(user.owner, album_id_adapter.validate_python(album_id))
    except ValueError:
        raise AlbumNotFoundProblem from None


OwnImage = Annotated[ImageKey, Depends(_own_image)]
OwnAlbum = Annotated[AlbumKey, Depends(_own_album)]
Settings = Annotated[ApiSettings, Depends(Opened("settings"))]
Table = Annotated[ImageTable, Depends(Opened("table"))]
Albums = Annotated[AlbumTable, Depends(Opened("albums"))]
Originals = Annotated[ObjectStore, Depends(Opened("originals"))]
Renditions = Annotated[ObjectStore, Depends(Opened("renditions"))]
Uploads = Annotated[Topic, Depends(Opened("uploads"))]
Announce = Annotated[ChangePublisher, Depends(Opened("announcer"))]
EventHub = Annotated[Broker, Depends(Opened("hub"))]
PictureSigner = Annotated[Signer, Depends(Opened("signer"))]
