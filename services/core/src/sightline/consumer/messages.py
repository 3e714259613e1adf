"""What the queues carry: S3's word that an original has arrived, or our own demand to process
one once more.

The topic delivers raw, so a message body is S3's own event document:
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
    """A message that is no S3 event: something else writes to our queue."""


class ReprocessCommand(NamedTuple):
    """A demand to process an image once more: these parts, with these features if any are named.

    A delivery of it that comes again is known by its `request_id`.
    """

    request_id: str
    parts: tuple[PartName, ...]
    features: tuple[Feature, ...] | None = None


class Upload(NamedTuple):
    """An original is there to be processed."""

    image: ImageKey
    request: ReprocessCommand | None = None


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
    """What S3 sends once, when a notification is configured."""

    event: Literal["s3:TestEvent"] = Field(alias="Event")


class _Reprocess(BaseModel):
    """Our own document: S3 would never send it."""

    event: Literal["sightline:Reprocess"] = Field("sightline:Reprocess", alias="Event")
    owner: Owner
    image_id: ImageId
    request_id: str = Field(max_length=100)
    parts: tuple[PartName, ...]
    features: tuple[Feature, ...] | None = None


_Document = _TestEvent | _Reprocess | _Event
_document: TypeAdapter[_Document] = TypeAdapter(_Document)


def format_reprocess_command(image: ImageKey, request: ReprocessCommand) -> str:
    """The message that demands to process an image once more."""
    document = _Reprocess(**image._asdict(), **request._asdict())
    return document.model_dump_json(by_alias=True)


def parse_uploads(body: str) -> list[Upload]:
    """Every arrival that a message tells of, in its order; none for a test or a removal.

    Size and ETag are not taken from the event: by the time it is read the object may have been
    replaced, so what counts is asked of S3 itself. Raises `InvalidMessage`.
    """
    try:
        document = _document.validate_json(body)
    except ValidationError as error:
        raise InvalidMessage("the message is not an S3 event") from error
    match document:
        case _TestEvent():
            return []
        case _Reprocess():
            request = ReprocessCommand(document.request_id, document.parts, document.features)
            return [Upload(ImageKey(document.owner, document.image_id), request)]
    arrivals = (record for record in document.records if _is_arrival(record))
    return [upload for record in arrivals if (upload := _read_upload(record)) is not None]


def _is_arrival(record: _Record) -> bool:
    return record.event_name.removeprefix("s3:").startswith("ObjectCreated:")


def _read_upload(record: _Record) -> Upload | None:
    # S3 encodes keys as a form does: once, with "+" for a space.
    key = unquote_plus(record.s3.object.key, errors="replace")
    try:
        return Upload(parse_original_key(key))
    except InvalidObjectKey:
        logger.warning("refused an object that is nobody's original", extra={"key": key})
        return None
