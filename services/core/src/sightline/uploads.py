"""What S3 says when an original arrives.

The topic delivers raw, so a message body is S3's own event document:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

import logging
from typing import Literal, NamedTuple
from urllib.parse import unquote_plus

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from sightline.keys import ForeignKey, ImageKey, parse_original_key

logger = logging.getLogger(__name__)


class UnreadableMessage(Exception):
    """A message that is no S3 event: something else writes to our queue."""


class Upload(NamedTuple):
    """An original has arrived for this image."""

    image: ImageKey


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


_document: TypeAdapter[_TestEvent | _Event] = TypeAdapter(_TestEvent | _Event)


def parse_uploads(body: str) -> list[Upload]:
    """Every arrival that a message tells of, in its order; none for a test or a removal.

    Size and ETag are not taken from the event: by the time it is read the object may have been
    replaced, so what counts is asked of S3 itself. Raises `UnreadableMessage`.
    """
    try:
        document = _document.validate_json(body)
    except ValidationError as error:
        raise UnreadableMessage("the message is not an S3 event") from error
    if isinstance(document, _TestEvent):
        return []
    arrivals = (record for record in document.records if _is_arrival(record))
    return [upload for record in arrivals if (upload := _read_upload(record)) is not None]


def _is_arrival(record: _Record) -> bool:
    return record.event_name.removeprefix("s3:").startswith("ObjectCreated:")


def _read_upload(record: _Record) -> Upload | None:
    # S3 encodes keys as a form does: once, with "+" for a space.
    key = unquote_plus(record.s3.object.key, errors="replace")
    try:
        return Upload(parse_original_key(key))
    except ForeignKey:
        logger.warning("refused an object that is nobody's original", extra={"key": key})
        return None
