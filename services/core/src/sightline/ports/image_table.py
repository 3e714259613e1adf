"""The table of images: the port, and what it may answer besides a value."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.recognition import Feature, Recognition, RecognitionProfile


class ImageNotFound(Exception):
    """No such image, or its deletion has begun; the two are not told apart."""


class Conflict(Exception):
    """Somebody else has changed the image since it was read: read it again and decide anew."""


class ImagePage(NamedTuple):
    """Some images, newest first; `next_before` continues the listing, None at its end."""

    images: list[Image]
    next_before: str | None


class ContentClaimed(Exception):
    """Somebody else is having the same bytes recognised right now."""


class LabelCount(NamedTuple):
    """A label as it was first written, and how many images bear it."""

    key: str
    name: str
    images: int


class Term(NamedTuple):
    """What images are found by: a folded label, an album's id, or a folded word to be read."""

    kind: Literal["label", "album", "word"]
    name: str


class TermMatch(NamedTuple):
    """An image that is found by a term, with a label's confidence; others have 100."""

    image_id: str
    confidence: float


class StoredResponse(NamedTuple):
    """What was answered to a request, as it may have to be answered again."""

    status: int
    headers: dict[str, str]
    body: str


class RequestClaimed(Exception):
    """A request with the same key is being answered, or was another one."""

    def __init__(self, same: bool) -> None:
        super().__init__(same)
        #: Whether it is the same request, only not answered yet.
        self.same = same


class MonthlyUsage(NamedTuple):
    """What came to an owner in one month (`2026-11`): uploads, their bytes, and paid calls."""

    month: str
    images: int
    bytes: int
    calls: dict[Feature, int]


class Usage(NamedTuple):
    """What an owner has now, and the months since the first upload, the newest first."""

    images: int
    bytes: int
    months: list[MonthlyUsage]

    def calls_in(self, month: str) -> int:
        """How many calls were paid for in a month, of whatever feature."""
        return sum(sum(each.calls.values()) for each in self.months if each.month == month)


class ImageTable(Protocol):
    """Images by owner and time, with all that is derived from them: the index of their labels,
    how many bear each, what recognition has cost, and what is known of their bytes.

    The derived changes in the same transaction as the image, so it never disagrees with it.
    """

    async def create(self, image: Image) -> None:
        """Add a new image; repeatable. Raises `Conflict` where another one has the id."""

    async def get(self, key: ImageKey) -> Image:
        """The image as last written. Raises `ImageNotFound`."""

    async def page(
        self, owner: str, limit: int, before: str | None = None, down_to: str | None = None
    ) -> ImagePage:
        """At most `limit` of the owner's images that are older than the image id `before`, and
        no older than `down_to`."""

    async def store(self, before: Image, after: Image) -> None:
        """Write the parts and details in which `after` differs, and what is derived from them.

        Nothing is written unless those are still as in `before`. Raises `Conflict`, also
        where the image has gone.
        """

    async def begin_deletion(self, key: ImageKey) -> Image:
        """Hide the image from everyone and forbid every later `store`; repeatable.

        Raises `ImageNotFound` where there is no row at all.
        """

    async def remove(self, image: Image) -> None:
        """Take out an image whose deletion has begun, with its index and counts; repeatable."""

    async def count_labels(
        self, owner: str, limit: int, prefix: str = "", after: str | None = None
    ) -> list[LabelCount]:
        """How many of the owner's images bear each label, by folded name.

        Those that begin with the folded `prefix` and follow the folded name `after`; at most
        `limit`, and none that no image bears.
        """

    async def find_marked(
        self, owner: str, term: Term, limit: int, upto: str | None = None
    ) -> list[TermMatch]:
        """The newest `limit` images of the owner that the term finds, newest first.

        With `upto`, those no newer than that image id. By a word an image may be found a moment
        too early or too long: its own text decides.
        """

    async def get_many(self, owner: str, image_ids: Sequence[str]) -> list[Image]:
        """Those of up to 100 images that are there, in the order asked for."""

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        """The newest of the owner's images, hidden ones among them: all that has a row."""

    async def forget(self, owner: str) -> None:
        """Remove what there is of an owner who has no image and no album any more; repeatable."""

    async def find_content(self, owner: str, sha256: str) -> list[str]:
        """The ids of the owner's images that show these bytes, newest first."""

    async def read_usage(self, owner: str) -> Usage:
        """What the owner has now, and what came to it by month."""

    async def claim_content(
        self, image: Image, profile: RecognitionProfile, seconds: float
    ) -> Recognition | None:
        """What is known of the image's bytes, or None: then the caller is to find out.

        The claim ends after `seconds`, or with a `store` of the result. An image's own claim may
        be taken again: whoever held it has died, or is overtaken. Raises `ContentClaimed` where
        another image of the same bytes holds it.
        """

    async def release_content(self, image: Image, profile: RecognitionProfile) -> None:
        """Give back a claim without a result."""

    async def claim_request(
        self, owner: str, key: str, fingerprint: str, seconds: float
    ) -> StoredResponse | None:
        """What was answered to the request of this key, or None: then it is to be done.

        The claim ends after `seconds`, or with its answer. Raises `RequestClaimed`.
        """

    async def keep_answer(
        self, owner: str, key: str, answer: StoredResponse, seconds: float
    ) -> None:
        """Answer the request of this key alike for so long."""

    async def release_request(self, owner: str, key: str) -> None:
        """Give back a claim without an answer."""
