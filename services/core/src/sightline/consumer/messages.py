"""The messages of the queues: S3 events of uploaded originals, and commands to reprocess an image.

The subscriptions use raw message delivery, so the body of an upload is S3's own event document:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

import logging
from typing import Literal, NamedTuple
from urllib.parse import unquote_plus

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from sightline.domain.ids import ImageId, Owner
from sightline.domain.images import PartName
from sightline.domain.object_keys import ImageKey, InvalidObjectKey, parse_original_key
from sightline.domain.recognition import Feature

logger = logging.getLogger(__name__)


class InvalidMessage(Exception):
    """A message that is neither an S3 event nor a command; another sender uses the queue."""


class ReprocessCommand(NamedTuple):
    """A command to reprocess parts of an image, with these features unless they are None.

    A redelivered command is recognized by its `request_id`. `traceparent` is the position in the
    trace of the request. With `only_corrections`, only what the owner corrected needs work.
    """

    request_id: str
    parts: tuple[PartName, ...]
    features: tuple[Feature, ...] | None = None
    traceparent: str | None = None
    only_corrections: bool = False


class Upload(NamedTuple):
    """An uploaded original to process; `request` is set if it is to be reprocessed.

    `sent_at` (Unix seconds) is when its message was sent, if the queue states it.
    """

    image: ImageKey
    request: ReprocessCommand | None = None
    sent_at: float | None = None


class _Object(BaseModel):
    key: str


class _Entity(BaseModel):
    object: _Object


class _Record(BaseModel):
    event_name: str = Field(alias="eventName")
    s3: _Entity


class _Event(BaseModel):
    records: list[_Record] = Field(alias="Records")


class _TestEvent(BaseModel):
    """The event that S3 sends once, when a notification is configured."""

    event: Literal["s3:TestEvent"] = Field(alias="Event")


class _Reprocess(BaseModel):
    """The document of a reprocess command; its event name cannot occur in S3."""

    event: Literal["sightline:Reprocess"] = Field("sightline:Reprocess", alias="Event")
    owner: Owner
    image_id: ImageId
    request_id: str = Field(max_length=100)
    parts: tuple[PartName, ...]
    features: tuple[Feature, ...] | None = None
    traceparent: str | None = None
    only_corrections: bool = False


_Document = _TestEvent | _Reprocess | _Event
_document: TypeAdapter[_Document] = TypeAdapter(_Document)


def format_reprocess_command(image: ImageKey, request: ReprocessCommand) -> str:
    """Return the message body of a command to reprocess an image."""
    document = _Reprocess(**image._asdict(), **request._asdict())
    return document.model_dump_json(by_alias=True, exclude_none=True)


def find_owner(body: str) -> str | None:
    """Return the owner of the first image of a message; None if it has no image."""
    try:
        uploads = parse_uploads(body)
    except InvalidMessage:
        return None
    return uploads[0].image.owner if uploads else None


def parse_uploads(body: str) -> list[Upload]:
    """Return the uploads in a message, in order; none for a test event or a deletion.

    Size and ETag are not taken from the event, because the object may have been replaced since:
    the processor reads them from S3. Raises `InvalidMessage`.
    """
    try:
        document = _document.validate_json(body)
    except ValidationError as error:
        raise InvalidMessage("the body is neither an S3 event nor a reprocess command") from error
    match document:
        case _TestEvent():
            return []
        case _Reprocess():
            request = ReprocessCommand(
                document.request_id,
                document.parts,
                document.features,
                document.traceparent,
                document.only_corrections,
            )
            return [Upload(ImageKey(document.owner, document.image_id), request)]
    created = (record for record in document.records if _is_creation(record))
    return [upload for record in created if (upload := _parse_upload(record)) is not None]


def _is_creation(record: _Record) -> bool:
    return record.event_name.removeprefix("s3:").startswith("ObjectCreated:")


def _parse_upload(record: _Record) -> Upload | None:
    # S3 URL-encodes keys once, with "+" for a space.
    key = unquote_plus(record.s3.object.key, errors="replace")
    try:
        return Upload(parse_original_key(key))
    except InvalidObjectKey:
        logger.warning("ignored an object whose key is not that of an original", extra={"key": key})
        return None
