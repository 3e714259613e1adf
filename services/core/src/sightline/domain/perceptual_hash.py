"""Perceptual hashes: 64 bits that hardly change when an image is encoded, resized or cropped anew.

Two hashes are compared by their Hamming distance. For a search, a hash is split into bands, and the
index finds hashes by band. Each band has a radius: the search reads the bands of the hash, and
those that differ from one of them in at most its radius. If two hashes differ in more than the
radius in every band, they differ in more than `MAX_DISTANCE` bits together (the pigeonhole
principle), so that no pair within that distance is missed.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

#: Bits of a hash.
HASH_BITS = 64

#: Maximum distance between images of the same scene, in bits; docs/api-guide.md has the
#: measurement. Two hashes that have equally many bits set, as those of the resizer do, differ in
#: an even number of bits.
MAX_DISTANCE = 12


class Band(NamedTuple):
    """A part of a hash: its size in bits, and how many of them may differ in a search."""

    bits: int
    radius: int


#: The bands, from the lowest bits. Each radius of 1 covers two of the differences, and the radius
#: of 0 covers the last one; the sizes keep the number of entries small that a search reads.
BANDS = (
    *(Band(bits=10, radius=1),) * 4,
    *(Band(bits=9, radius=1),) * 2,
    Band(bits=6, radius=0),
)


def measure_distance(first: str, second: str) -> int:
    """Return the number of bits in which two hashes differ; both are hexadecimal."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def split_bands(value: str) -> list[str]:
    """Return the name of each band of a hash, which contains its position and its bits."""
    return [_name_band(index, bits) for index, bits in _split(value)]


def find_near_bands(value: str) -> list[str]:
    """Return the names of all bands that differ from those of a hash in at most their radius."""
    return [
        _name_band(index, bits ^ flipped)
        for index, bits in _split(value)
        for flipped in _list_differences(BANDS[index])
    ]


def _split(value: str) -> Iterator[tuple[int, int]]:
    """Yield the index and the bits of each band, from the lowest bits."""
    rest = int(value, 16)
    for index, band in enumerate(BANDS):
        yield index, rest & ((1 << band.bits) - 1)
        rest >>= band.bits


def _list_differences(band: Band) -> Iterator[int]:
    """Yield each set of bits in which the band may differ, the smallest first."""
    for size in range(band.radius + 1):
        for positions in combinations(range(band.bits), size):
            yield sum(1 << position for position in positions)


def _name_band(index: int, bits: int) -> str:
    return f"{index}-{bits:03x}"
