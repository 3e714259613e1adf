"""What endpoints ask for in their signatures."""

from typing import Annotated, TypedDict, cast

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from sightline.identifiers import image_id_adapter
from sightline.keys import ImageKey
from sightline.objects import ObjectStore
from sightline.queues import Topic
from sightline.table import ImageTable
from sightline_api.announcer import Announcer
from sightline_api.hub import Hub
from sightline_api.keyset import KeysUnavailable
from sightline_api.problems import DependencyUnavailable, ImageMissing, Unauthenticated
from sightline_api.settings import ApiSettings
from sightline_api.signing import Signer
from sightline_api.tokens import InvalidToken, TokenVerifier, User


class State(TypedDict):
    """What the lifespan opens and every request finds."""

    settings: ApiSettings
    table: ImageTable
    originals: ObjectStore
    renditions: ObjectStore
    uploads: Topic
    announcer: Announcer
    hub: Hub
    signer: Signer
    tokens: TokenVerifier


def _settings(request: Request) -> ApiSettings:
    return cast("ApiSettings", request.state.settings)


def _table(request: Request) -> ImageTable:
    return cast("ImageTable", request.state.table)


def _originals(request: Request) -> ObjectStore:
    return cast("ObjectStore", request.state.originals)


def _renditions(request: Request) -> ObjectStore:
    return cast("ObjectStore", request.state.renditions)


def _uploads(request: Request) -> Topic:
    return cast("Topic", request.state.uploads)


def _announcer(request: Request) -> Announcer:
    return cast("Announcer", request.state.announcer)


def _hub(request: Request) -> Hub:
    return cast("Hub", request.state.hub)


def _signer(request: Request) -> Signer:
    return cast("Signer", request.state.signer)


_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="Cognito access token")


async def _user(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> User:
    if credentials is None:
        raise Unauthenticated
    tokens = cast("TokenVerifier", request.state.tokens)
    try:
        return await tokens.verify(credentials.credentials)
    except InvalidToken:
        raise Unauthenticated from None
    except KeysUnavailable:
        raise DependencyUnavailable from None


async def authenticate(request: Request) -> User:
    """Who is calling, for what is not an endpoint. Raises `Unauthenticated`."""
    return await _user(request, await _bearer(request))


CurrentUser = Annotated[User, Depends(_user)]


async def _own_image(user: CurrentUser, image_id: Annotated[str, Path()]) -> ImageKey:
    """The key of the caller's image; an id of no possible image is one that is not there."""
    try:
        return ImageKey(user.owner, image_id_adapter.validate_python(image_id))
    except ValueError:
        raise ImageMissing from None


OwnImage = Annotated[ImageKey, Depends(_own_image)]
Settings = Annotated[ApiSettings, Depends(_settings)]
Table = Annotated[ImageTable, Depends(_table)]
Originals = Annotated[ObjectStore, Depends(_originals)]
Renditions = Annotated[ObjectStore, Depends(_renditions)]
Uploads = Annotated[Topic, Depends(_uploads)]
Announce = Annotated[Announcer, Depends(_announcer)]
EventHub = Annotated[Hub, Depends(_hub)]
PictureSigner = Annotated[Signer, Depends(_signer)]
