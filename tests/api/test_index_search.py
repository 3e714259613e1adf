"""What a search finds, and how much of the index it reads."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import pytest

from sightline.domain.ids import new_image_id
from sightline.domain.sort_order import SortOrder
from sightline.ports.image_index import HashMatch, LabelCount, Term, TermMatch
from sightline_api.images.index_search import MAX_READ_SIZE, IndexSearch, Query


class CountingIndex:
    """An index over lists of image ids by label, which counts reads and entries."""

    def __init__(self, labels: dict[str, list[str]], confidence: float = 100) -> None:
        self._labels = {name: sorted(ids) for name, ids in labels.items()}
        self._confidence = confidence
        self.reads = 0
        self.entries = 0

    async def find(
        self,
        owner: str,
        term: Term,
        limit: int,
        start: str | None = None,
        order: SortOrder = SortOrder.NEWEST,
    ) -> list[TermMatch]:
        ids = self._labels[term.name]
        if order is SortOrder.OLDEST:
            first = 0 if start is None else bisect_left(ids, start)
            found = ids[first : first + limit]
        else:
            end = len(ids) if start is None else bisect_right(ids, start)
            found = ids[max(0, end - limit) : end][::-1]
        self.reads += 1
        self.entries += len(found)
        return [TermMatch(image_id, self._confidence) for image_id in found]

    async def match(self, owner: str, term: Term, image_ids: Sequence[str]) -> list[TermMatch]:
        found = sorted(set(image_ids) & set(self._labels[term.name]), reverse=True)
        self.reads += 1
        self.entries += len(found)
        return [TermMatch(image_id, self._confidence) for image_id in found]

    async def count_images(self, owner: str, terms: Sequence[Term]) -> list[int]:
        self.reads += 1
        return [len(self._labels[term.name]) for term in terms]

    async def list_words(self, owner: str, prefix: str, limit: int) -> list[str]:
        raise AssertionError

    async def find_by_bands(self, owner: str, bands: Sequence[str], limit: int) -> list[HashMatch]:
        raise AssertionError

    async def count_labels(
        self, owner: str, limit: int, prefix: str = "", after: str | None = None
    ) -> list[LabelCount]:
        raise NotImplementedError


async def search(
    index: CountingIndex,
    query: Query,
    order: SortOrder = SortOrder.NEWEST,
    size: int = MAX_READ_SIZE,
) -> list[str]:
    found: list[str] = []
    search = IndexSearch(index, "owner", query, order)
    await search.plan()
    while not search.is_exhausted:
        found += await search.read(size)
    return found


@pytest.mark.parametrize("order", SortOrder)
@pytest.mark.parametrize("interval", [50, 99, 100, 101, 200, 1_000])
async def test_a_common_and_a_rare_label_take_few_reads(interval: int, order: SortOrder) -> None:
    """The images of the rare label are looked up together, not sought one by one."""
    images = [new_image_id() for _ in range(10_000)]
    rare = images[::interval]
    for labels in (("common", "rare"), ("rare", "common")):
        index = CountingIndex({"common": images, "rare": rare})
        expected = sorted(rare, reverse=order is SortOrder.NEWEST)
        assert await search(index, Query(labels=labels), order) == expected
        # The counts, a read of the rare label, and a look-up for each hundred of its images.
        assert index.reads <= 2 + -(-len(rare) // 100)
        assert index.entries <= 2 * len(rare)


async def test_a_common_label_with_two_rare_ones_finds_what_all_of_them_have() -> None:
    images = [new_image_id() for _ in range(6_000)]
    index = CountingIndex({"common": images[::2], "rare": images[::20], "other": images[::30]})
    found = await search(index, Query(labels=("common", "rare", "other")))
    assert found == images[::60][::-1]


async def test_a_rare_label_that_a_common_one_lacks_finds_nothing() -> None:
    images = [new_image_id() for _ in range(4_000)]
    rare = images[::100]
    index = CountingIndex({"common": sorted(set(images) - set(rare)), "rare": rare})
    assert await search(index, Query(labels=("common", "rare"))) == []


async def test_a_label_that_no_image_has_ends_the_search_after_the_counts() -> None:
    index = CountingIndex({"common": [new_image_id() for _ in range(100)], "none": []})
    assert await search(index, Query(labels=("common", "none"))) == []
    assert (index.reads, index.entries) == (1, 0)


async def test_two_frequent_labels_are_read_in_full_pages() -> None:
    """Ranges of both are read; few images must be looked up."""
    images = [new_image_id() for _ in range(2_000)]
    index = CountingIndex({"common": images, "frequent": images[::2]})
    found = await search(index, Query(labels=("common", "frequent")), size=100)
    assert found == images[::2][::-1]
    assert index.reads <= 1 + 3 * 11


async def test_labels_below_the_confidence_are_passed_over_in_full_pages() -> None:
    images = [new_image_id() for _ in range(2_000)]
    index = CountingIndex({"common": images}, confidence=60)
    assert await search(index, Query(labels=("common",), min_confidence=90)) == []
    assert index.reads == 2_000 / MAX_READ_SIZE + 1


@pytest.mark.parametrize("seed", range(200))
async def test_a_search_finds_exactly_the_images_with_all_labels(seed: int) -> None:
    """Compared with sets, for labels of any frequency in any order, read in any portions."""
    chooser = random.Random(seed)
    images = [new_image_id() for _ in range(chooser.randrange(1, 1_500))]
    shares = [chooser.choice((0.005, 0.02, 0.1, 0.5, 1)) for _ in range(4)]
    labels = {
        f"label {n}": [each for each in images if chooser.random() < share]
        for n, share in enumerate(shares)
    }
    included = chooser.sample(sorted(labels), chooser.randrange(1, 4))
    excluded = chooser.sample(sorted(labels), chooser.randrange(2))
    expected = set(images).intersection(*(labels[name] for name in included))
    expected -= {each for name in excluded for each in labels[name]}
    index, query = CountingIndex(labels), Query(labels=included, without=excluded)
    size = chooser.choice((1, 10, 100, MAX_READ_SIZE))
    for order in SortOrder:
        found = await search(index, query, order, size)
        assert found == sorted(expected, reverse=order is SortOrder.NEWEST)
