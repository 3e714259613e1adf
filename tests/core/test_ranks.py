"""Ranks of images in manual order."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.domain.ids import new_image_id
from sightline.domain.ranks import (
    DIGITS,
    MAX_RANK_LENGTH,
    MAX_RESPACED_IMAGES,
    RANK_LIMIT,
    NoRoom,
    append_ranks,
    manual_position,
    new_ranks,
    rank_of_position,
    respace,
    spread_ranks,
    upload_rank,
)

#: No rank ends with a zero, as a fraction does not.
RANKS = st.text(DIGITS, min_size=1, max_size=40).map(lambda rank: rank.rstrip("0") or "1")


def test_new_ranks_sort_after_all_earlier_ones() -> None:
    earlier = [upload_rank(new_image_id()), *new_ranks(3)]
    later = new_ranks(100)
    assert [*earlier, *later] == sorted({*earlier, *later})


@given(st.sets(RANKS, min_size=2, max_size=2), st.integers(1, 100))
def test_ranks_lie_between_two_others_in_ascending_order(bounds: set[str], count: int) -> None:
    low, high = sorted(bounds)
    ranks = spread_ranks(low, high, count)
    assert len(ranks) == count
    assert [low, *ranks, high] == sorted({low, *ranks, high})
    assert not any(rank.endswith("0") for rank in ranks)


@given(RANKS, st.integers(1, 100))
def test_ranks_lie_before_the_first_and_after_the_last(rank: str, count: int) -> None:
    before, after = spread_ranks("", rank, count), append_ranks(rank, count)
    assert [*before, rank, *after] == sorted({*before, rank, *after})


def test_moving_to_the_beginning_never_makes_ranks_longer() -> None:
    (rank,) = new_ranks(1)
    for _ in range(10_000):
        (rank,) = spread_ranks("", rank, 1)
    assert len(rank) <= 12


def test_a_gap_that_is_halved_too_often_has_no_room() -> None:
    low, high = new_ranks(2)
    moves = 0
    with suppress(NoRoom):
        while moves < 1_000:
            (high,) = spread_ranks(low, high, 1, MAX_RANK_LENGTH)
            moves += 1
    assert 100 < moves < 1_000
    assert len(high) == MAX_RANK_LENGTH


@pytest.mark.parametrize(("low", "high"), [("5", "5"), ("7", "5")])
def test_there_is_no_room_between_equal_ranks(low: str, high: str) -> None:
    with pytest.raises(NoRoom):
        spread_ranks(low, high, 1)


def test_images_around_a_gap_are_respaced_in_their_order() -> None:
    size = MAX_RESPACED_IMAGES // 2 + 1
    low, high = new_ranks(2)
    dense = [low]
    while len(dense) < 2 * size:
        dense += spread_ranks(dense[-1], high, 1)
    images = [(f"image-{number}", rank) for number, rank in enumerate(dense)]
    respaced = respace(images[:size], images[size:])
    assert [(each.image_id, each.before) for each in respaced] == images[1:-1]
    ranks = [each.rank for each in respaced]
    assert [dense[0], *ranks, dense[-1]] == sorted({dense[0], *ranks, dense[-1]})
    assert max(map(len, ranks)) < max(map(len, dense))


def test_equal_ranks_are_respaced() -> None:
    respaced = respace([("a", "5"), ("b", "5")], [("c", "5")])
    assert [each.image_id for each in respaced] == ["a", "b"]
    ranks = [each.rank for each in respaced]
    assert [*ranks, "5"] == sorted({*ranks, "5"})


def test_positions_sort_as_their_ranks_do() -> None:
    ranks = ["0", "1", "1a", "1az", "2"]
    positions = [manual_position(rank, new_image_id()) for rank in ranks]
    assert positions == sorted(positions)
    assert list(map(rank_of_position, positions)) == ranks
    assert len(manual_position("1" * RANK_LIMIT, new_image_id())) < 140
