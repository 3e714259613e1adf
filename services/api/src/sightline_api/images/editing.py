"""Change what an owner says of an image, and the ETag that such a change can be conditional on."""

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from uuid_utils.compat import uuid4

from sightline import tracing
from sightline.consumer.messages import ReprocessCommand, format_reprocess_command
from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.labels import fold_label
from sightline.domain.object_keys import ImageKey
from sightline.domain.position_override import PositionOverride
from sightline.optimistic import retry_conflicts
from sightline.ports.image_table import ImageTable
from sightline.ports.queues import Topic
from sightline_api.asgi.headers import parse_if_match
from sightline_api.images.relative_changes import derive_relative_update
from sightline_api.problems import PreconditionFailed, TooManyLabels

#: Labels of an image that its owner adds or hides at most. Replacing twelve of either takes 97 of
#: the 100 items of a transaction.
MAX_OWN_LABELS = 12

#: The changes that the resizer applies.
CORRECTIONS = frozenset({"position_override", "rotation", "rotate_by"})


def make_etag(image: Image) -> str:
    """Return the ETag of an image: its version, and the hour for which its URLs stay the same."""
    return f'"{_version(image)}-{now():%Y%m%d%H}"'


async def edit_image(
    key: ImageKey,
    images: ImageTable,
    resizer: Topic,
    changes: dict[str, Any],
    if_match: str | None = None,
    edit_id: str = "",
) -> Image:
    """Apply changes, which are fields of `ImageChanges` or `BatchChanges`, and return the image.

    It is not written if they change nothing. Changes that depend on the image are applied once for
    each `edit_id`. The resizer is sent a command if it has to apply them. Raises `ImageNotFound`,
    `Conflict`, `TooManyLabels`, `CaptureTimeNotShiftable`, and `PreconditionFailed` if the image is
    not the version that `if_match` names.
    """
    before, after = await _store(key, images, changes, if_match, edit_id)
    is_correction = not changes.keys().isdisjoint(CORRECTIONS)
    if is_correction and _requires_resizer(before, after):
        await resizer.publish(_format_correction(key))
    return after


@retry_conflicts()
async def _store(
    key: ImageKey,
    images: ImageTable,
    changes: dict[str, Any],
    if_match: str | None,
    edit_id: str,
) -> tuple[Image, Image]:
    """Store the changes, and return the image before and after."""
    image = await images.get(key)
    check_precondition(image, if_match)
    edited = _apply(image, changes, edit_id)
    if edited is not image:
        await images.store(image, edited)
    return image, edited


def _requires_resizer(before: Image, after: Image) -> bool:
    """Return whether the resizer has to read the image again.

    A correction always requires it, even one back to what the renditions show: work in progress may
    apply the one before. If an earlier command was not published, the same correction sends it.
    Before the first processing, none is needed.
    """
    if after.renditions.etag is None:
        return False
    is_corrected = before.details.corrected_at != after.details.corrected_at
    return is_corrected or after.is_correction_due


def _format_correction(key: ImageKey) -> str:
    command = ReprocessCommand(
        str(uuid4()),
        ("renditions",),
        traceparent=tracing.current_traceparent(),
        only_corrections=True,
    )
    return format_reprocess_command(key, command)


def _apply(image: Image, changes: dict[str, Any], edit_id: str) -> Image:
    """Return the image with the changes; the same object if they change nothing."""
    details = image.details
    update = _derive_update(image, changes) | derive_relative_update(image, changes, edit_id)
    edited = details.model_copy(update=update)
    if edited == details:
        return image
    update = {"revision": details.revision + 1}
    if (edited.position, edited.rotation) != (details.position, details.rotation):
        update["corrected_at"] = now()
    return image.with_details(edited.model_copy(update=update))


def _derive_update(image: Image, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the details that the changes set."""
    update: dict[str, Any] = {}
    for name in ("title", "description"):
        if name in changes:
            update[name] = changes[name]
    if "taken_at_override" in changes:
        update["taken_at"] = changes["taken_at_override"]
    if "position_override" in changes:
        position = changes["position_override"]
        update["position"] = position and PositionOverride(**position)
    if "rotation" in changes:
        update["rotation"] = changes["rotation"] or 0
    for name in ("added", "hidden"):
        labels = changes.get(f"labels_{name}")
        if labels is not None:
            update[name] = _sort_labels(reversed(labels))
    if changes.get("add_labels") or changes.get("remove_labels"):
        added, removed = (changes.get(name) or () for name in ("add_labels", "remove_labels"))
        update["added"], update["hidden"] = _change_labels(image, added, removed)
    for name in ("favorite", "archived", "rating"):
        value = changes.get(name)
        if value is not None:
            update[name] = value
    return update


def _change_labels(
    image: Image, add: Sequence[str], remove: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the added and the hidden labels of the image after it lost some and gained others.

    A detected label is removed by hiding it, and added by no longer hiding it. Raises
    `TooManyLabels`.
    """
    added = {fold_label(name): name for name in image.details.added}
    hidden = {fold_label(name): name for name in image.details.hidden}
    detected = {fold_label(label.name): label.name for label in image.detected_labels}
    for name in remove:
        added.pop(fold_label(name), None)
        if (key := fold_label(name)) in detected:
            hidden.setdefault(key, detected[key])
    for name in add:
        hidden.pop(fold_label(name), None)
        if (key := fold_label(name)) not in detected:
            added.setdefault(key, name)
    if max(len(added), len(hidden)) > MAX_OWN_LABELS:
        raise TooManyLabels
    return _sort_labels(added.values()), _sort_labels(hidden.values())


def _sort_labels(names: Iterable[str]) -> tuple[str, ...]:
    """Return one of each label in order: of several ways to write it, the last one."""
    return tuple(sorted({fold_label(name): name for name in names}.values()))


def check_precondition(image: Image, if_match: str | None) -> None:
    """Raise `PreconditionFailed` unless `if_match` is absent or names this version of the image.

    The hour of the URLs in the ETag does not matter.
    """
    if if_match is None or (tags := parse_if_match(if_match)) is None:
        return
    if _version(image) not in {tag.rsplit("-", 1)[0] for tag in tags}:
        raise PreconditionFailed


def _version(image: Image) -> str:
    parts = (image.details, image.recognition, image.renditions)
    albums = zlib.crc32(" ".join(sorted(image.albums)).encode())
    return ".".join([*(str(part.revision) for part in parts), f"{albums:x}"])
