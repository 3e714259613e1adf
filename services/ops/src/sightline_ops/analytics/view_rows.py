"""Derive the rows of the view from items of the table."""

import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sightline.adapters.dynamo.items import IMAGE_PREFIX, TOTAL, USAGE_PREFIX, owner_partition
from sightline.adapters.dynamo.upgrades import upgrade
from sightline.domain.images import PART_NAMES, Image
from sightline.domain.labels import visible_labels
from sightline.domain.states import Status
from sightline.owner_hash import hash_owner
from sightline_ops.analytics.table_export import ItemChange
from sightline_ops.analytics.view_schema import IMAGES, LABELS, USAGE, ViewTable

#: Hexadecimal digits of the other hashes: enough for 10^9 images without a collision (p = 1e-21).
HASH_DIGITS = 32

_OWNER_PREFIX = owner_partition("")

#: A row of the view, by column. Columns without a value may be missing.
Row = dict[str, Any]


class Pseudonyms:
    """Keyed hashes that replace identifiers; without the key, none can be computed or reversed."""

    def __init__(self, key: bytes) -> None:
        """Raises `ValueError` for an empty key."""
        if not key:
            raise ValueError("the key of the owner hash is empty")
        self._key = key

    @property
    def fingerprint(self) -> str:
        """A value that changes with the key."""
        return self._hash("fingerprint of the key")

    def hash_owner(self, owner: str) -> str:
        """Return the same hash as traces have for the owner with this key."""
        return hash_owner(owner, self._key)

    def hash_of_owner(self, owner: str, kind: str, value: str) -> str:
        """Return the hash of a value, which differs from that of the same value of other owners."""
        # Owners contain no slash, so no other owner, kind and value have the same text.
        return self._hash(f"{owner}/{kind}/{value}")

    def _hash(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256").hex()[:HASH_DIGITS]


class ViewChange(NamedTuple):
    """The rows that replace all rows with this key in a table of the view."""

    table: ViewTable
    key: Row
    rows: list[Row]


def derive_changes(change: ItemChange, pseudonyms: Pseudonyms) -> Iterator[ViewChange]:
    """Yield what an item's change means for the view; nothing for items that it does not show."""
    owner = change.pk.removeprefix(_OWNER_PREFIX)
    if owner == change.pk:
        return
    if change.sk.startswith(IMAGE_PREFIX):
        image_id = change.sk.removeprefix(IMAGE_PREFIX)
        key = {"image_hash": pseudonyms.hash_of_owner(owner, "image", image_id)}
        image = _read_image(change.item) if change.item else None
        # The view does not wait for the end of a deletion.
        is_shown = image is not None and image.deleted_at is None
        yield ViewChange(IMAGES, key, [_image_row(image, pseudonyms)] if is_shown and image else [])
        yield ViewChange(LABELS, key, _label_rows(image, pseudonyms) if is_shown and image else [])
    elif change.sk.startswith(USAGE_PREFIX) and change.sk != USAGE_PREFIX + TOTAL:
        month = change.sk.removeprefix(USAGE_PREFIX)
        key = {"owner_hash": pseudonyms.hash_owner(owner), "month": month}
        rows = [key | _select(change.item, USAGE)] if change.item else []
        yield ViewChange(USAGE, key, rows)


def _read_image(item: dict[str, Any]) -> Image:
    """Read an image of any schema version: exports contain items that were not migrated yet."""
    return Image.model_validate(upgrade("image", item))


def _select(item: dict[str, Any], table: ViewTable) -> Row:
    counts = table.columns.keys() - set(table.key)
    return {name: int(item.get(name, 0)) for name in counts}


def _identify(image: Image, pseudonyms: Pseudonyms) -> Row:
    return {
        "image_hash": pseudonyms.hash_of_owner(image.owner, "image", image.image_id),
        "owner_hash": pseudonyms.hash_owner(image.owner),
        "created_at": _format_time(image.created_at),
    }


def _image_row(image: Image, pseudonyms: Pseudonyms) -> Row:
    result = image.renditions.result
    recognition, renditions = image.recognition.failure, image.renditions.failure
    return _identify(image, pseudonyms) | {
        "media_type": image.media_type,
        "format": result and result.media_type,
        "bytes": image.bytes,
        "width": result and result.width,
        "height": result and result.height,
        "status": image.status.value,
        "recognition_failure": recognition and recognition.code,
        "renditions_failure": renditions and renditions.code,
        "seconds_to_ready": _measure_seconds_to_ready(image),
        "retries": sum(len(image.part(name).attempts) for name in PART_NAMES),
        "content_hash": pseudonyms.hash_of_owner(image.owner, "content", image.sha256),
        "visual_hash": image.perceptual_hash
        and pseudonyms.hash_of_owner(image.owner, "visual", image.perceptual_hash),
    }


def _measure_seconds_to_ready(image: Image) -> float | None:
    """Return the duration of the slower part; None if unknown, or if the image is not ready.

    Each part is measured from its own message, because reprocessing repeats one part only.
    """
    if image.status is not Status.READY:
        return None
    seconds = []
    for name in PART_NAMES:
        part = image.part(name)
        if part.finished_at is None or part.queued_at is None:
            return None
        seconds.append((part.finished_at - part.queued_at).total_seconds())
    return max(seconds)


def _label_rows(image: Image, pseudonyms: Pseudonyms) -> list[Row]:
    labels = visible_labels(image.detected_labels, (), image.details.hidden)
    identity = _identify(image, pseudonyms)
    return [
        identity | {"label": label.name, "confidence": label.confidence}
        for label in labels.values()
    ]


def _format_time(time: datetime) -> str:
    return time.astimezone(UTC).replace(tzinfo=None).isoformat()
