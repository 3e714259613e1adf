"""Summaries of images as attributes of DynamoDB: one for the upload and one for each part.

A page of a list reads the summaries of a hundred images from an index, and DynamoDB charges for
each byte. So the names have two letters, and the values are MessagePack of the fields in order,
without default values at the end. A new field of a summary must be its last one.
https://github.com/msgpack/msgpack/blob/master/spec.md
"""

import base64
import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

import msgspec

from sightline.adapters.dynamo.attribute_values import (
    Attribute,
    deserialize,
    read_binary,
    serialize,
)
from sightline.adapters.dynamo.schema import PART_SUMMARIES, STATE_ATTRIBUTES, UPLOAD_SUMMARY
from sightline.domain.capture import GeoPosition, Projection
from sightline.domain.images import Image
from sightline.domain.labels import ImageLabel
from sightline.domain.model import Value
from sightline.domain.object_keys import ImageKey, rendition_prefix
from sightline.domain.states import State
from sightline.domain.summaries import (
    CONFIDENCE_STEPS,
    DetailsSummary,
    ImageSummary,
    RecognitionSummary,
    RenditionLink,
    RenditionsSummary,
)

Item = dict[str, Attribute]

#: The fields of a position in order.
Place = list[float | str | None]

#: A time in UTC, as a timestamp of MessagePack; or that of a clock as if it was in UTC, with its
#: offset in seconds, or None without an offset.
Time = datetime | tuple[datetime, int | None]

#: States by their number in a summary.
_STATES = tuple(State)

#: The prefix of media types that is left out.
_IMAGE_TYPE = "image/"

#: The fields of the details, in order; they are stored as they are.
_DETAILS_FIELDS = tuple(DetailsSummary.model_fields)
_DETAILS_DEFAULTS = DetailsSummary()


class _Upload(NamedTuple):
    """The media type without its prefix, the bytes, and the time of creation."""

    media_type: str
    bytes: int
    created_at: datetime


class _Recognition(NamedTuple):
    """The state, and the labels: a byte for each confidence, in half percents, and their names."""

    state: int = 0
    confidences: bytes = b""
    names: tuple[str, ...] = ()


class _Link(NamedTuple):
    """A rendition: its key without the prefix of the image, and its sides in pixels."""

    name: str
    width: int
    height: int


class _Renditions(NamedTuple):
    """The state, and what is known of the original."""

    state: int = 0
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    animated: bool | None = None
    placeholder: bytes | None = None
    taken_at: Time | None = None
    motion: bool | None = None
    projection: Projection | None = None
    place: Place | None = None
    thumbnail: _Link | None = None
    preview: _Link | None = None
    corrected_place: Place | None = None


_decode_upload = msgspec.msgpack.Decoder(_Upload).decode
_decode_details = msgspec.msgpack.Decoder(list[Any]).decode
_decode_recognition = msgspec.msgpack.Decoder(_Recognition).decode
_decode_renditions = msgspec.msgpack.Decoder(_Renditions).decode


def summary_items(image: Image) -> Item:
    """Return all attributes that summarize the image."""
    upload = _Upload(_shorten(image.media_type), image.bytes, image.created_at)
    parts = {PART_SUMMARIES[name]: part_summary(image, name) for name in PART_SUMMARIES}
    return {UPLOAD_SUMMARY: _pack(upload), **parts}


def part_summary(image: Image, name: str) -> Attribute:
    """Return the attribute value that summarizes the part of this name."""
    match name:
        case "details":
            return _pack_details(image.details_summary)
        case "recognition":
            return _pack_recognition(image.recognition_summary)
        case _:
            return _pack_renditions(image.renditions_summary, rendition_prefix(image.key))


def unpack_summary(key: ImageKey, item: Item) -> ImageSummary:
    """Return the summary of an image from the attributes of `SUMMARY_ATTRIBUTES`."""
    upload = _decode_upload(read_binary(item[UPLOAD_SUMMARY]))
    details, recognition, renditions = (read_binary(item[n]) for n in PART_SUMMARIES.values())
    state = {name: deserialize(item[name]) for name in STATE_ATTRIBUTES if name in item}
    return ImageSummary(
        owner=key.owner,
        image_id=key.image_id,
        media_type=_restore(upload.media_type),
        bytes=upload.bytes,
        created_at=upload.created_at,
        details=_unpack_details(_decode_details(details)),
        recognition=_unpack_recognition(_decode_recognition(recognition)),
        renditions=_unpack_renditions(_decode_renditions(renditions), rendition_prefix(key)),
        **state,
    )


def _pack_details(summary: DetailsSummary) -> Attribute:
    values = ((getattr(summary, n), getattr(_DETAILS_DEFAULTS, n)) for n in _DETAILS_FIELDS)
    return _pack([None if value == default else value for value, default in values])


def _unpack_details(fields: list[Any]) -> DetailsSummary:
    named = {
        name: _unpack_time(value) if _is_time(value) else value
        for name, value in zip(_DETAILS_FIELDS, fields, strict=False)
        if value is not None
    }
    return DetailsSummary.model_validate(named)


def _pack_recognition(summary: RecognitionSummary) -> Attribute:
    confidences = bytes(round(each.confidence * CONFIDENCE_STEPS) for each in summary.labels)
    names = tuple(each.name for each in summary.labels)
    return _pack(_Recognition(_STATES.index(summary.state), confidences, names))


def _unpack_recognition(packed: _Recognition) -> RecognitionSummary:
    confidences = (each / CONFIDENCE_STEPS for each in packed.confidences)
    labels = map(ImageLabel, packed.names, confidences)
    return RecognitionSummary(state=_STATES[packed.state], labels=tuple(labels))


def _pack_renditions(summary: RenditionsSummary, prefix: str) -> Attribute:
    def pack_link(link: RenditionLink | None) -> _Link | None:
        return link and _Link(link.key.removeprefix(prefix), link.width, link.height)

    return _pack(
        _Renditions(
            state=_STATES.index(summary.state),
            media_type=summary.media_type and _shorten(summary.media_type),
            width=summary.width,
            height=summary.height,
            animated=summary.animated,
            placeholder=_pack_placeholder(summary.placeholder),
            taken_at=summary.taken_at,
            motion=summary.motion,
            projection=summary.projection,
            place=_pack_place(summary.place),
            corrected_place=_pack_place(summary.corrected_place),
            thumbnail=pack_link(summary.thumbnail),
            preview=pack_link(summary.preview),
        )
    )


def _unpack_renditions(packed: _Renditions, prefix: str) -> RenditionsSummary:
    def unpack_link(link: _Link | None) -> RenditionLink | None:
        if link is None:
            return None
        key = link.name if "/" in link.name else prefix + link.name
        return RenditionLink(key, link.width, link.height)

    placeholder = packed.placeholder
    return RenditionsSummary(
        state=_STATES[packed.state],
        media_type=packed.media_type and _restore(packed.media_type),
        width=packed.width,
        height=packed.height,
        animated=packed.animated,
        placeholder=placeholder and base64.b64encode(placeholder).decode(),
        taken_at=packed.taken_at and _unpack_time(packed.taken_at),
        motion=packed.motion,
        projection=packed.projection,
        place=_unpack_place(packed.place),
        corrected_place=_unpack_place(packed.corrected_place),
        thumbnail=unpack_link(packed.thumbnail),
        preview=unpack_link(packed.preview),
    )


def _pack_placeholder(placeholder: str | None) -> bytes | None:
    return None if placeholder is None else base64.b64decode(placeholder)


def _pack_place(place: GeoPosition | None) -> Place | None:
    return None if place is None else _trim(dataclasses.astuple(place))


def _unpack_place(fields: Any) -> GeoPosition | None:
    return fields and GeoPosition(*fields)


def _pack(fields: Iterable[object]) -> Attribute:
    values = [_pack_time(each) if isinstance(each, datetime) else each for each in fields]
    return serialize(msgspec.msgpack.encode(_trim(values), enc_hook=_encode_value))


def _pack_time(at: datetime) -> Time:
    offset = at.utcoffset()
    if offset is None:
        return at.replace(tzinfo=UTC), None
    return (at.replace(tzinfo=UTC), round(offset.total_seconds())) if offset else at


def _unpack_time(packed: Time) -> datetime:
    if isinstance(packed, datetime):
        return packed
    at, offset = packed
    return at.replace(tzinfo=None if offset is None else timezone(timedelta(seconds=offset)))


def _is_time(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], datetime)


def _encode_value(value: Any) -> object:
    """Return a value of the domain as one that MessagePack has. Raises `NotImplementedError`."""
    if isinstance(value, Value):
        return value.model_dump(mode="json", exclude_defaults=True)
    raise NotImplementedError


def _trim(fields: Iterable[Any]) -> list[Any]:
    """Return the fields without empty ones at the end."""
    values = list(fields)
    while values and values[-1] in (None, b"", ()):
        values.pop()
    return values


def _shorten(media_type: str) -> str:
    return media_type.removeprefix(_IMAGE_TYPE)


def _restore(name: str) -> str:
    return name if "/" in name else _IMAGE_TYPE + name
