"""Which changes bring an uploaded image up to what another service knows of it."""

from datetime import datetime, timedelta, tzinfo
from typing import Any

from sightline_cli.importing.library import Metadata
from sightline_client import ImageView
from sightline_client.generated.types import Unset

#: Limits of the API, in characters and labels.
MAX_TITLE_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 2000
MAX_LABEL_LENGTH = 50
MAX_LABELS = 12

#: Differences of two times of the same moment: rounding, and the offsets from UTC that exist.
TOLERANCE = timedelta(seconds=2)
OFFSET_STEP = timedelta(minutes=15)
MIN_OFFSET, MAX_OFFSET = timedelta(hours=-12), timedelta(hours=14)


def find_corrections(
    image: ImageView, file_name: str, metadata: Metadata, zone: tzinfo | None
) -> dict[str, Any]:
    """Return the fields of the image to change; never one that its owner has edited.

    `zone` is the time zone of instants whose local time is not known.
    """
    changes: dict[str, Any] = {}
    title = (metadata.title or "")[:MAX_TITLE_LENGTH].strip()
    if title and title != image.title and image.title in {None, file_name}:
        changes["title"] = title
    if metadata.description and not image.description:
        changes["description"] = metadata.description[:MAX_DESCRIPTION_LENGTH].strip()
    labels = _select_labels(metadata.labels)
    if labels and not image.labels_added:
        changes["labels_added"] = labels
    if metadata.is_favorite and not image.favorite:
        changes["favorite"] = True
    if metadata.is_archived and not image.archived:
        changes["archived"] = True
    if metadata.rating and not image.rating:
        changes["rating"] = metadata.rating
    if image.taken_at_override is None and (taken_at := _find_time(image, metadata, zone)):
        changes["taken_at_override"] = taken_at
    if metadata.position and image.place is None and image.position_override is None:
        changes["position_override"] = metadata.position
    return changes


def _find_time(image: ImageView, metadata: Metadata, zone: tzinfo | None) -> datetime | None:
    """Return the time of capture if the file lacks it, or records another one."""
    taken_at = metadata.taken_at
    if taken_at is None:
        return None
    capture = image.capture
    recorded = capture.taken_at_local if capture and not isinstance(capture, Unset) else None
    if isinstance(recorded, str):
        local = datetime.fromisoformat(recorded).replace(tzinfo=None)
        if metadata.is_instant:
            instant = image.taken_at
            if isinstance(instant, datetime):
                is_same = abs(instant - taken_at) <= TOLERANCE
            else:
                is_same = _is_offset(local - taken_at.replace(tzinfo=None))
        else:
            is_same = abs(local - taken_at.replace(tzinfo=None)) <= TOLERANCE
        if is_same:
            return None
    return taken_at.astimezone(zone) if metadata.is_instant else taken_at


def _is_offset(difference: timedelta) -> bool:
    """Return whether a local time may differ from the same instant in UTC by this."""
    rest = difference % OFFSET_STEP
    is_step = rest <= TOLERANCE or OFFSET_STEP - rest <= TOLERANCE
    return is_step and MIN_OFFSET <= difference <= MAX_OFFSET


def _select_labels(labels: tuple[str, ...]) -> list[str]:
    """Return the labels that the API accepts, each once."""
    known: dict[str, str] = {}
    for label in labels:
        text = " ".join(label.split())
        if 0 < len(text) <= MAX_LABEL_LENGTH:
            known.setdefault(text.casefold(), text)
    return list(known.values())[:MAX_LABELS]
