"""Perceptual hashes: 64 bits that hardly change when an image is encoded, resized or cropped anew.

Two hashes are compared by their Hamming distance. For a search, a hash is split into bands: if two
hashes are within `MAX_DISTANCE`, at least one band differs in at most one bit, because two bits in
every band are more than that (the pigeonhole principle). A search therefore reads each band of a
hash, and those that differ from it in one bit.
"""

from collections.abc import Iterator

#: Bits of a hash.
HASH_BITS = 64

#: Bits of each band, which together are those of a hash.
BAND_BITS = (10, 9, 9, 9, 9, 9, 9)

#: Maximum distance between images of the same scene, in bits; docs/recognition.md has the
#: measurement. Less than twice the number of bands.
MAX_DISTANCE = 12


def measure_distance(first: str, second: str) -> int:
    """Return the number of bits in which two hashes differ; both are hexadecimal."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def split_bands(value: str) -> list[str]:
    """Return the name of each band of a hash, which contains its position and its bits."""
    return [_name_band(index, bits) for index, bits, _ in _split(value)]


def find_near_bands(value: str) -> list[str]:
    """Return the names of all bands that differ from those of a hash in at most one bit."""
    return [
        _name_band(index, bits ^ flipped)
        for index, bits, size in _split(value)
        for flipped in (0, *(1 << position for position in range(size)))
    ]


def _split(value: str) -> Iterator[tuple[int, int, int]]:
    """Yield the index, the bits and the size of each band, from the lowest bits."""
    rest = int(value, 16)
    for index, size in enumerate(BAND_BITS):
        yield index, rest & ((1 << size) - 1), size
        rest >>= size


def _name_band(index: int, bits: int) -> str:
    return f"{index}-{bits:03x}"
