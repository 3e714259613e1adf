"""One image, explained: what happened to it and when, what there is of it, what may be done."""

from datetime import UTC, datetime
from typing import Any

from sightline.domain.images import PART_NAMES, Image
from sightline.domain.object_keys import ImageKey, original_key, rendition_prefix
from sightline.domain.states import State
from sightline.ports.object_store import ObjectNotFound
from sightline_ops.dead_letters import list_dead
from sightline_ops.stack import Stack

#: Messages set aside that are looked through for the image.
LOOKED_THROUGH = 500

Json = dict[str, Any]


async def explain(stack: Stack, key: ImageKey) -> Json:
    """Everything that there is of an image, as plain data; `advice` is for people."""
    image = await stack.tables.inventory.find(key)
    original = await _describe_original(stack, key)
    renditions = [each.key async for each in stack.renditions.list(rendition_prefix(key))]
    dead = [part for part in PART_NAMES if await _is_dead(stack, key, stack.places.dead(part))]
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
        "set_aside": dead,
        "advice": advise(image, original is not None, bool(renditions), dead),
    }


def advise(image: Image | None, original: bool, renditions: bool, dead: list[Any]) -> list[str]:
    """What an operator may do about it, in the order of its use."""
    if image is None:
        if original or renditions:
            return ["Files without a row: `reconcile --apply` removes them."]
        return ["There is nothing of this image: never announced, deleted, or expired."]
    advice = []
    if image.deleted_at is not None:
        advice.append("A deletion was cut off: `reconcile --apply` finishes it, or its caller.")
    advice += [f"Its {part} message was set aside: `dead redrive {part} --apply`." for part in dead]
    states = {image.recognition.state, image.renditions.state}
    if not original and states != {State.PENDING}:
        advice.append("Its original is gone, so nothing can be made of it any more.")
    if original and states & {State.PENDING, State.RUNNING} and not dead:
        advice.append(
            "In work, or its message was lost: `reconcile` tells which, and sends it again."
        )
    if not original and states == {State.PENDING}:
        advice.append("Announced and not uploaded; it is forgotten when its ticket has run out.")
    return advice or ["All is well with it."]


def _list_events(image: Image) -> list[Json]:
    """What its row tells, oldest first."""
    events: list[tuple[datetime, str]] = [(image.created_at, "announced")]
    for name in PART_NAMES:
        part = image.part(name)
        if part.started_at:
            events.append((part.started_at, f"{name} began"))
        if part.finished_at:
            reason = f": {part.failure.code}" if part.failure else ""
            events.append((part.finished_at, f"{name} {part.state.value}{reason}"))
    if image.deleted_at:
        events.append((image.deleted_at, "deletion began"))
    if image.expires_at:
        events.append((datetime.fromtimestamp(image.expires_at, UTC), "is forgotten if not used"))
    return [{"at": at.isoformat(), "what": what} for at, what in sorted(events)]


def _describe_part(image: Image, name: Any) -> Json:
    part = image.part(name)
    return {
        "state": part.state.value,
        "revision": part.revision,
        "etag": part.etag,
        "request": part.request,
        "failure": part.failure and {"code": part.failure.code, "final": part.failure.final},
    }


async def _describe_original(stack: Stack, key: ImageKey) -> Json | None:
    try:
        found = await stack.originals.head(original_key(key))
    except ObjectNotFound:
        return None
    return {"etag": found.etag, "bytes": found.size, "sha256": found.sha256}


async def _is_dead(stack: Stack, key: ImageKey, url: str) -> bool:
    messages = await list_dead(stack.sqs, url, LOOKED_THROUGH)
    return any(key in (message.images or ()) for message in messages)
