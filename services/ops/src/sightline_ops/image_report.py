"""A report on one image: its events, its data, and what an operator can do about it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sightline.domain.images import PART_NAMES, Image, PartName
from sightline.domain.object_keys import ImageKey, original_key, rendition_prefix
from sightline.domain.states import State
from sightline.ports.object_store import ObjectNotFound
from sightline_ops.dead_letters import parse_images
from sightline_ops.stack import Stack

#: Maximum number of dead-lettered messages per queue that are searched for the image.
DEAD_LETTER_LIMIT = 500

Json = dict[str, Any]


async def build_image_report(stack: Stack, key: ImageKey) -> Json:
    """Return all data about an image in JSON types; `advice` is text for the operator."""
    image = await stack.tables.inventory.find(key)
    original = await _describe_original(stack, key)
    renditions = [each.key async for each in stack.renditions.list(rendition_prefix(key))]
    dead_lettered = [part for part in PART_NAMES if await _is_dead_lettered(stack, key, part)]
    return {
        "owner": key.owner,
        "image_id": key.image_id,
        "row": image is not None,
        "status": image and ("hidden" if image.is_hidden else image.status.value),
        "events": _list_events(image) if image else [],
        "parts": {name: _describe_part(image, name) for name in PART_NAMES} if image else {},
        "albums": sorted(image.albums) if image else [],
        "labels": sorted(image.labels) if image else [],
        "original": original,
        "renditions": renditions,
        "dead_lettered": dead_lettered,
        "advice": advise(image, original is not None, bool(renditions), dead_lettered),
    }


def advise(
    image: Image | None, original: bool, renditions: bool, dead_lettered: Sequence[PartName]
) -> list[str]:
    """Return what an operator can do about an image, in the recommended order."""
    if image is None:
        if original or renditions:
            return ["Its objects have no row. Delete them with `reconcile --apply`."]
        return ["No data exists for this image: it was never created, was deleted, or has expired."]
    advice = []
    if image.deleted_at is not None:
        advice.append(
            "Its deletion was interrupted. Finish it with `reconcile --apply`, or repeat the "
            "DELETE request as its owner."
        )
    advice += [
        f"Its {part} message is in the dead-letter queue. Redrive it with "
        f"`dlq redrive {part} --apply`."
        for part in dead_lettered
    ]
    states = {image.recognition.state, image.renditions.state}
    if not original and states != {State.PENDING}:
        advice.append("Its original no longer exists, so it cannot be processed again.")
    if original and states & {State.PENDING, State.RUNNING} and not dead_lettered:
        advice.append(
            "It is in progress, or its message was lost: `reconcile` shows which, and "
            "`reconcile --apply` sends a lost message again."
        )
    if not original and states == {State.PENDING}:
        advice.append(
            "Its original has not been uploaded. DynamoDB deletes the row after the upload expires."
        )
    return advice or ["No problems found."]


def _list_events(image: Image) -> list[Json]:
    """Return the events that the image's row records, oldest first."""
    events: list[tuple[datetime, str]] = [(image.created_at, "created")]
    for name in PART_NAMES:
        part = image.part(name)
        if part.queued_at:
            events.append((part.queued_at, f"{name} queued"))
        for attempt in part.attempts:
            events.append((attempt.started_at, f"{name} started, but {attempt.reason}"))
            if attempt.ended_at:
                events.append((attempt.ended_at, f"{name} will be attempted again"))
        if part.started_at and not part.is_attempt_ended:
            events.append((part.started_at, f"{name} started"))
        if part.finished_at:
            reason = f": {part.failure.code}" if part.failure else ""
            events.append((part.finished_at, f"{name} {part.state.value}{reason}"))
    if image.deleted_at:
        events.append((image.deleted_at, "deletion started"))
    if image.expires_at:
        events.append((datetime.fromtimestamp(image.expires_at, UTC), "expires if not uploaded"))
    return [{"at": at.isoformat(), "event": event} for at, event in sorted(events)]


def _describe_part(image: Image, name: PartName) -> Json:
    part = image.part(name)
    return {
        "state": part.state.value,
        "revision": part.revision,
        "etag": part.etag,
        "request": part.request,
        "attempts": len(part.attempts)
        + (part.started_at is not None and not part.is_attempt_ended),
        "failure": part.failure and {"code": part.failure.code, "final": part.failure.final},
    }


async def _describe_original(stack: Stack, key: ImageKey) -> Json | None:
    try:
        found = await stack.originals.head(original_key(key))
    except ObjectNotFound:
        return None
    return {"etag": found.etag, "bytes": found.size, "sha256": found.sha256}


async def _is_dead_lettered(stack: Stack, key: ImageKey, part: PartName) -> bool:
    letters = await stack.dead_letters[part].list_messages(DEAD_LETTER_LIMIT)
    return any(key in (parse_images(letter) or ()) for letter in letters)
