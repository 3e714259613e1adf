"""The bands of perceptual hashes."""

import random

from hypothesis import given
from hypothesis import strategies as st

from sightline.domain.perceptual_hash import (
    BANDS,
    HASH_BITS,
    MAX_DISTANCE,
    find_near_bands,
    measure_distance,
    split_bands,
)


def test_the_bands_have_all_bits_of_a_hash() -> None:
    assert sum(band.bits for band in BANDS) == HASH_BITS
    assert split_bands("f" * 16) == [
        *(f"{index}-3ff" for index in range(4)),
        *(f"{index}-1ff" for index in (4, 5)),
        "6-03f",
    ]


def test_differences_outside_every_radius_exceed_the_maximum_distance() -> None:
    assert sum(band.radius + 1 for band in BANDS) == MAX_DISTANCE + 1


def test_the_distance_is_the_number_of_different_bits() -> None:
    assert measure_distance("0" * 16, "0" * 16) == 0
    assert measure_distance("0" * 16, "000000000000000f") == 4
    assert measure_distance("0" * 16, "f" * 16) == HASH_BITS


@given(value=st.integers(0, 2**HASH_BITS - 1), seed=st.integers())
def test_no_hash_within_the_maximum_distance_is_missed(value: int, seed: int) -> None:
    choose = random.Random(seed)
    for distance in range(MAX_DISTANCE + 1):
        flipped = sum(1 << bit for bit in choose.sample(range(HASH_BITS), distance))
        assert_is_found(value, flipped, distance)


@given(value=st.integers(0, 2**HASH_BITS - 1), seed=st.integers())
def test_the_least_favorable_differences_are_found(value: int, seed: int) -> None:
    """Each band but one differs in one bit more than its radius, and that one in its radius."""
    choose = random.Random(seed)
    for spared in range(len(BANDS)):
        flipped, start = 0, 0
        for index, band in enumerate(BANDS):
            size = band.radius + (index != spared)
            flipped |= sum(1 << start + bit for bit in choose.sample(range(band.bits), size))
            start += band.bits
        assert_is_found(value, flipped, MAX_DISTANCE)


def assert_is_found(value: int, flipped: int, distance: int) -> None:
    first, second = f"{value:016x}", f"{value ^ flipped:016x}"
    assert measure_distance(first, second) == distance
    assert not set(find_near_bands(first)).isdisjoint(split_bands(second))


def test_a_search_reads_few_bands() -> None:
    bands = find_near_bands("0123456789abcdef")
    assert len(set(bands)) == len(bands) == 65
