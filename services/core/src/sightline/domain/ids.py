"""Ids of owners, images, albums, API keys, webhooks, share links and events.

They become parts of object keys and table keys, so none may contain a separator (`/`, `#`).
"""

import hashlib
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, TypeAdapter
from uuid_utils.compat import uuid7


def _is_time_ordered(value: str) -> str:
    """Accept only the canonical form of a version 7 UUID: lower case, with hyphens."""
    try:
        parsed = UUID(value)
    except ValueError:
        parsed = None
    if parsed is None or parsed.version != 7 or str(parsed) != value:
        raise ValueError("not an id of this service")
    return value


#: Start of the owner id of a service account; the rest is the id of its machine client. The access
#: token of a person whose `sub` starts with it is rejected.
SERVICE_ACCOUNT_PREFIX = "service-account-"

#: The Cognito `sub` of a user: a UUID, or another plain token in a federated pool. The id of a
#: service account is that of `service_account_of`.
Owner = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]

#: A UUIDv7 in its canonical form; ids sort by creation time.
ImageId = Annotated[str, AfterValidator(_is_time_ordered)]

#: A UUIDv7 of an album.
AlbumId = Annotated[str, AfterValidator(_is_time_ordered)]

#: A UUIDv7 of an API key.
KeyId = Annotated[str, AfterValidator(_is_time_ordered)]

#: A UUIDv7 of a webhook endpoint.
WebhookId = Annotated[str, AfterValidator(_is_time_ordered)]

#: A UUIDv7 of a delivery to a webhook endpoint.
DeliveryId = Annotated[str, AfterValidator(_is_time_ordered)]

#: A UUIDv7 of a share link.
LinkId = Annotated[str, AfterValidator(_is_time_ordered)]

#: A UUIDv7 of an event: the position of a client in the event stream, the same at every API task.
EventId = Annotated[str, AfterValidator(_is_time_ordered)]

owner_adapter: TypeAdapter[str] = TypeAdapter(Owner)
image_id_adapter: TypeAdapter[str] = TypeAdapter(ImageId)
album_id_adapter: TypeAdapter[str] = TypeAdapter(AlbumId)
key_id_adapter: TypeAdapter[str] = TypeAdapter(KeyId)
webhook_id_adapter: TypeAdapter[str] = TypeAdapter(WebhookId)
delivery_id_adapter: TypeAdapter[str] = TypeAdapter(DeliveryId)
link_id_adapter: TypeAdapter[str] = TypeAdapter(LinkId)
event_id_adapter: TypeAdapter[str] = TypeAdapter(EventId)


def service_account_of(client_id: str) -> str:
    """Return the owner id of the service account that a machine client acts for."""
    return f"{SERVICE_ACCOUNT_PREFIX}{client_id}"


def new_image_id() -> str:
    """Return a new image id."""
    return str(uuid7())


def new_album_id() -> str:
    """Return a new album id."""
    return str(uuid7())


def new_key_id() -> str:
    """Return a new id of an API key."""
    return str(uuid7())


def new_webhook_id() -> str:
    """Return a new id of a webhook endpoint."""
    return str(uuid7())


def derive_id(at: datetime, *names: str) -> str:
    """Return the id of this time and these names: always the same one, and unique to them.

    It is a UUIDv7 with a SHA-256 digest of the names in place of its random bits.
    """
    milliseconds = min(max(0, int(at.timestamp() * 1000)), 2**48 - 1)
    digest = int.from_bytes(hashlib.sha256("\0".join(names).encode()).digest()[:10])
    version, variant = 7 << 76, 2 << 62
    random_a, random_b = (digest >> 68) << 64, digest & (2**62 - 1)
    return str(UUID(int=milliseconds << 80 | version | random_a | variant | random_b))


def new_link_id() -> str:
    """Return a new id of a share link."""
    return str(uuid7())


def new_event_id() -> str:
    """Return a new event id."""
    return str(uuid7())


def time_of(time_ordered: str) -> float:
    """Return the creation time of an id in Unix seconds, exact to the millisecond."""
    return (UUID(time_ordered).int >> 80) / 1000


def first_image_id(at: datetime) -> str:
    """Return the lowest id of this time: it sorts before every id created from then on."""
    milliseconds = min(max(0, int(at.timestamp() * 1000)), 2**48 - 1)
    digits = f"{milliseconds:012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-000000000000"
