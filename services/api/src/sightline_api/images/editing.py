"""Changing what an owner says of an image."""

import zlib
from typing import Any

from sightline.domain.clock import now
from sightline.domain.images import Image, fold_label
from sightline.domain.object_keys import ImageKey
from sightline.ports.image_table import Conflict, ImageNotFound, ImageTable
from sightline_api.asgi.middleware import matches
from sightline_api.problems import Contended, ImageNotFoundProblem, PreconditionFailed

#: How often a change is made anew because the image moved meanwhile.
ATTEMPTS = 5


def make_etag(image: Image) -> str:
    """The image as it is, for as long as its pictures' addresses stay the same: an hour."""
    return f'"{_version(image)}-{now():%Y%m%d%H}"'


async def edit_image(
    key: ImageKey, table: ImageTable, changes: dict[str, Any], if_match: str | None
) -> Image:
    """The image with its changes, which are fields of `ImageChanges`.

    Raises `ImageNotFoundProblem`, `PreconditionFailed`, `Contended`.
    """
    for _ in range(ATTEMPTS):
        try:
            image = await table.get(key)
        except ImageNotFound:
            raise ImageNotFoundProblem from None
        if if_match is not None and not _is_seen(image, if_match):
            raise PreconditionFailed
        edited = _apply(image, changes)
        try:
            await table.store(image, edited)
        except Conflict:
            continue
        return edited
    raise Contended


def _apply(image: Image, changes: dict[str, Any]) -> Image:
    update: dict[str, object] = {"revision": image.details.revision + 1}
    for name in ("title", "description"):
        if name in changes:
            update[name] = changes[name]
    for name in ("added", "hidden"):
        if f"labels_{name}" in changes:
            # One of each, as it was written first.
            names = {fold_label(label): label for label in reversed(changes[f"labels_{name}"])}
            update[name] = tuple(sorted(names.values()))
    return image.with_details(image.details.model_copy(update=update))


def _is_seen(image: Image, if_match: str) -> bool:
    """Whether the caller has seen this version; the hour of its addresses does not matter."""
    tags = [tag.strip().strip('"').rsplit("-", 1)[0] for tag in if_match.split(",")]
    return matches(if_match, "*") or _version(image) in tags


def _version(image: Image) -> str:
    parts = (image.details, image.recognition, image.renditions)
    albums = zlib.crc32(" ".join(sorted(image.albums)).encode())
    return ".".join([*(str(part.revision) for part in parts), f"{albums:x}"])
