"""Who owns an image, and which image it is.

Both end up inside object keys and table keys, so neither may contain a separator (`/`, `#`).
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, TypeAdapter
from uuid_utils.compat import uuid7


def _is_time_ordered(value: str) -> str:
    """Refuse anything but the one spelling of a version 7 UUID: lower case, with hyphens."""
    try:
        parsed = UUID(value)
    except ValueError:
        parsed = None
    if parsed is None or parsed.version != 7 or str(parsed) != value:
        raise ValueError("not an id that was given out here")
    return value


#: The Cognito `sub` of a user. Cognito makes UUIDs; a federated pool may make other plain tokens.
Owner = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]

#: A UUIDv7 in its usual spelling: it sorts by the time it was made.
ImageId = Annotated[str, AfterValidator(_is_time_ordered)]

#: The same for an album.
AlbumId = Annotated[str, AfterValidator(_is_time_ordered)]

#: The same for an event: where a screen is in the stream of what happens, at every gateway task.
EventId = Annotated[str, AfterValidator(_is_time_ordered)]

owner_adapter: TypeAdapter[str] = TypeAdapter(Owner)
image_id_adapter: TypeAdapter[str] = TypeAdapter(ImageId)
album_id_adapter: TypeAdapter[str] = TypeAdapter(AlbumId)
event_id_adapter: TypeAdapter[str] = TypeAdapter(EventId)


def new_image_id() -> str:
    return str(uuid7())


def new_album_id() -> str:
    return str(uuid7())


def new_event_id() -> str:
    return str(uuid7())


def time_of(time_ordered: str) -> float:
    """When such an id was made, in Unix seconds, to the millisecond."""
    return (UUID(time_ordered).int >> 80) / 1000


def first_image_id(at: datetime) -> str:
    """What sorts before every id that is made from this moment on."""
    milliseconds = min(max(0, int(at.timestamp() * 1000)), 2**48 - 1)
    digits = f"{milliseconds:012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-000000000000"
