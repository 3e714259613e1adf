"""The table of images: the port, and what it may answer besides a value."""

from typing import NamedTuple, Protocol

from sightline.images import Image
from sightline.keys import ImageKey
from sightline.recognition import Feature, Profile, Recognition


class ImageNotFound(Exception):
    """No such image, or its deletion has begun; the two are not told apart."""


class Conflict(Exception):
    """Somebody else has changed the image since it was read: read it again and decide anew."""


class Page(NamedTuple):
    """Some images, newest first; `next_before` continues the listing, None at its end."""

    images: list[Image]
    next_before: str | None


class ContentClaimed(Exception):
    """Somebody else is having the same bytes recognised right now."""


class ImageTable(Protocol):
    """Images by owner and time, with all that is derived from them: the index of their labels,
    how many bear each, what recognition has cost, and what is known of their bytes.

    The derived changes in the same transaction as the image, so it never disagrees with it.
    """

    async def create(self, image: Image) -> None:
        """Add a new image. Raises `Conflict` where the id is taken."""

    async def get(self, key: ImageKey) -> Image:
        """The image as last written. Raises `ImageNotFound`."""

    async def page(self, owner: str, limit: int, before: str | None = None) -> Page:
        """At most `limit` of the owner's images that are older than the image id `before`."""

    async def store(self, before: Image, after: Image) -> None:
        """Write the parts in which `after` differs, and what is derived from them.

        Nothing is written unless those parts are still as in `before`. Raises `Conflict`, also
        where the image has gone.
        """

    async def begin_deletion(self, key: ImageKey) -> Image:
        """Hide the image from everyone and forbid every later `store`; repeatable.

        Raises `ImageNotFound` where there is no row at all.
        """

    async def remove(self, image: Image) -> None:
        """Take out an image whose deletion has begun, with its index and counts; repeatable."""

    async def count_labels(self, owner: str) -> dict[str, int]:
        """How many of the owner's images bear each label; no label without an image."""

    async def find_labelled(self, owner: str, label: str) -> dict[str, float]:
        """Confidence by image id of every image of the owner that bears the label."""

    async def count_calls(self, owner: str, month: str) -> dict[Feature, int]:
        """How often each feature was paid for the owner in a month (`2026-11`)."""

    async def claim_content(
        self, image: Image, profile: Profile, seconds: float
    ) -> Recognition | None:
        """What is known of the image's bytes, or None: then the caller is to find out.

        The claim ends after `seconds`, or with a `store` of the result. Raises `ContentClaimed`.
        """

    async def release_content(self, image: Image, profile: Profile) -> None:
        """Give back a claim without a result."""
