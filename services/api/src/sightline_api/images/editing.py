"""Change what an owner says of an image, and the ETag that such a change can be conditional on."""

import zlib
from typing import Any

from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.labels import fold_label
from sightline.domain.object_keys import ImageKey
from sightline.optimistic import retry_conflicts
from sightline.ports.image_table import ImageTable
from sightline_api.asgi.headers import parse_if_match
from sightline_api.problems import PreconditionFailed


def make_etag(image: Image) -> str:
    """Return the ETag of an image: its version, and the hour for which its URLs stay the same."""
    return f'"{_version(image)}-{now():%Y%m%d%H}"'


@retry_conflicts()
async def edit_image(
    key: ImageKey, images: ImageTable, changes: dict[str, Any], if_match: str | None
) -> Image:
    """Apply changes, which are fields of `ImageChanges`, and return the image.

    Raises `ImageNotFound`, `Conflict`, and `PreconditionFailed` if the image is not the version
    that `if_match` names.
    """
    image = await images.get(key)
    check_precondition(image, if_match)
    edited = _apply(image, changes)
    await images.store(image, edited)
    return edited


def _apply(image: Image, changes: dict[str, Any]) -> Image:
    update: dict[str, object] = {"revision": image.details.revision + 1}
    for name in ("title", "description"):
        if name in changes:
            update[name] = changes[name]
    if "taken_at_override" in changes:
        update["taken_at"] = changes["taken_at_override"]
    for name in ("added", "hidden"):
        labels = changes.get(f"labels_{name}")
        if labels is not None:
            # One of each label, as it was written first.
            names = {fold_label(label): label for label in reversed(labels)}
            update[name] = tuple(sorted(names.values()))
    return image.with_details(image.details.model_copy(update=update))


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
