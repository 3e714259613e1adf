"""Build ICC profiles from primaries and a transfer function, and read the header of a profile.

Little CMS then converts every color space in the same way, whether a file embeds a profile or only
names its color space. Layout of a profile: ICC.1:2022, sections 7, 9.2 and 10.
"""

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

#: XYZ of the illuminant D50, which is the white of every profile (ICC.1:2022, 7.2.16).
D50 = (0.9642, 1.0, 0.8249)

#: The Bradford matrix adapts colors from one white to another (ICC.1:2022, annex E).
BRADFORD = (
    (0.8951, 0.2664, -0.1614),
    (-0.7502, 1.7135, 0.0367),
    (0.0389, -0.0685, 1.0296),
)

#: Offsets (bytes) of the data color space and of the tag table in a profile.
COLOR_SPACE_OFFSET = 16
TAG_TABLE_OFFSET = 128

#: A profile has about twenty tags; a longer table is not read.
MAX_TAGS = 100

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]


class Primaries(NamedTuple):
    """CIE 1931 chromaticities (x, y) of red, green, blue and white."""

    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]
    white: tuple[float, float]


#: A transfer function from the encoded value to the linear one, both from 0 to 1: the exponent of a
#: power function, or the parameters g, a, b, c, d of `(a * x + b) ** g if x >= d else c * x`, or
#: equidistant samples, 16 bits each and big-endian.
Curve = float | tuple[float, ...] | bytes


@lru_cache(32)
def build_profile(primaries: Primaries, curve: Curve) -> bytes:
    """Return an RGB profile. Raises `ValueError` for primaries that span no color space."""
    columns = _compute_colorants(primaries)
    transfer = _encode_curve(curve)
    tags = {
        b"desc": _encode_text("Sightline"),
        b"cprt": _encode_text("No copyright"),
        b"wtpt": _encode_xyz(D50),
        **{
            name: _encode_xyz(column)
            for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)
        },
        b"rTRC": transfer,
        b"gTRC": transfer,
        b"bTRC": transfer,
    }
    table, data = struct.pack(">I", len(tags)), b""
    start = TAG_TABLE_OFFSET + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += struct.pack(">4sII", name, start + len(data), len(value))
        data += value + b"\0" * (-len(value) % 4)
    header = struct.pack(
        ">I4x4s4s4s4s12x4s28x3i48x",
        start + len(data),
        b"\x04\x30\0\0",
        b"mntr",
        b"RGB ",
        b"XYZ ",
        b"acsp",
        *(_to_fixed(value) for value in D50),
    )
    return header + table + data


def read_color_space(profile: bytes) -> bytes:
    """Return the signature of the profile's data color space, such as `b"RGB "`."""
    return profile[COLOR_SPACE_OFFSET : COLOR_SPACE_OFFSET + 4]


def read_cicp(profile: bytes) -> tuple[int, int] | None:
    """Return the primaries and the transfer function of the tag `cicp`, None without it.

    The codes are those of ITU-T H.273.
    """
    try:
        (count,) = struct.unpack_from(">I", profile, TAG_TABLE_OFFSET)
        for index in range(min(count, MAX_TAGS)):
            name, offset, size = struct.unpack_from(
                ">4sII", profile, TAG_TABLE_OFFSET + 4 + 12 * index
            )
            if name == b"cicp" and size >= 12:
                return profile[offset + 8], profile[offset + 9]
    except (struct.error, IndexError):
        pass
    return None


def _compute_colorants(primaries: Primaries) -> tuple[Vector, Vector, Vector]:
    """Return the XYZ of red, green and blue at full intensity, adapted to D50."""
    white = _to_xyz(primaries.white)
    corners = tuple(_to_xyz(corner) for corner in primaries[:3])
    scale = _multiply(_invert(_transpose(corners)), white)
    scaled = [
        (scale[i] * corners[i][0], scale[i] * corners[i][1], scale[i] * corners[i][2])
        for i in range(3)
    ]
    source, target = _multiply(BRADFORD, white), _multiply(BRADFORD, D50)
    ratios = (target[0] / source[0], target[1] / source[1], target[2] / source[2])
    inverse = _invert(BRADFORD)

    def adapt(color: Vector) -> Vector:
        cone = _multiply(BRADFORD, color)
        return _multiply(inverse, (cone[0] * ratios[0], cone[1] * ratios[1], cone[2] * ratios[2]))

    return adapt(scaled[0]), adapt(scaled[1]), adapt(scaled[2])


def _to_xyz(chromaticity: tuple[float, float]) -> Vector:
    x, y = chromaticity
    if not 0 < y <= 1:
        raise ValueError("no chromaticity")
    return x / y, 1.0, (1 - x - y) / y


def _multiply(matrix: Sequence[Vector], vector: Vector) -> Vector:
    a, b, c = (sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix)
    return a, b, c


def _transpose(matrix: Sequence[Vector]) -> Matrix:
    a, b, c = matrix
    return (a[0], b[0], c[0]), (a[1], b[1], c[1]), (a[2], b[2], c[2])


def _cross(one: Vector, other: Vector) -> Vector:
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )


def _invert(matrix: Sequence[Vector]) -> Matrix:
    a, b, c = matrix
    columns = (_cross(b, c), _cross(c, a), _cross(a, b))
    determinant = sum(x * y for x, y in zip(a, columns[0], strict=True))
    if abs(determinant) < 1e-9:
        raise ValueError("the primaries are on a line")
    rows = _transpose(columns)
    x, y, z = ((row[0] / determinant, row[1] / determinant, row[2] / determinant) for row in rows)
    return x, y, z


def _to_fixed(value: float) -> int:
    """Return the number as s15Fixed16."""
    fixed = round(value * 65536)
    if not -(2**31) <= fixed < 2**31:
        raise ValueError("out of range")
    return fixed


def _encode_xyz(vector: Vector) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(_to_fixed(value) for value in vector))


def _encode_curve(curve: Curve) -> bytes:
    if isinstance(curve, bytes):
        return b"curv\0\0\0\0" + struct.pack(">I", len(curve) // 2) + curve
    parameters = curve if isinstance(curve, tuple) else (curve,)
    kind = 0 if len(parameters) == 1 else 3
    values = (_to_fixed(value) for value in parameters)
    return b"para\0\0\0\0" + struct.pack(f">Hxx{len(parameters)}i", kind, *values)


def _encode_text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return (
        b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded
    )
