"""The color spaces that files name instead of embedding a profile, as ICC profiles.

None stands for sRGB throughout. Code points of primaries and transfer functions: ITU-T H.273,
tables 2 and 3.
"""

import math
import struct
from collections.abc import Callable
from functools import lru_cache

from sightline.imaging.icc import Curve, Primaries, build_profile

D65 = (0.3127, 0.3290)
ILLUMINANT_C = (0.310, 0.316)

BT709 = Primaries((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65)

#: Primaries by code point.
PRIMARIES = {
    1: BT709,
    4: Primaries((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), ILLUMINANT_C),
    5: Primaries((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), D65),
    6: Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    7: Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    8: Primaries((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), ILLUMINANT_C),
    9: Primaries((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    11: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),
    22: Primaries((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), D65),
}

#: Parameters of the transfer function of sRGB (IEC 61966-2-1).
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)

#: Transfer functions by code point. As in browsers, those of video count as that of sRGB, because
#: what is made for a video display is not made for the inverse of a camera's function.
SDR_CURVES: dict[int, Curve] = {
    1: SRGB_CURVE,
    4: 2.2,
    5: 2.8,
    6: SRGB_CURVE,
    8: 1.0,
    11: SRGB_CURVE,
    12: SRGB_CURVE,
    13: SRGB_CURVE,
    14: SRGB_CURVE,
    15: SRGB_CURVE,
    17: 2.6,
}
PQ, HLG = 16, 18

#: Adobe RGB (1998), 4.3.
ADOBE_RGB = build_profile(Primaries((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), D65), 563 / 256)

#: Relative deviation below which a gamma or a chromaticity is that of sRGB.
GAMMA_TOLERANCE = 0.01
CHROMATICITY_TOLERANCE = 0.002

#: The exponent that approximates the transfer function of sRGB, as `gAMA` of PNG writes it.
SRGB_GAMMA = 1 / 2.2

#: Exponents outside this range are errors.
MIN_GAMMA, MAX_GAMMA = 0.05, 20.0

#: Luminance (cd/m²) of white in HDR images (ITU-R BT.2408, 2.1), and the highest that they are
#: mapped from: that of the display which most of them are made for.
HDR_WHITE = 203.0
HDR_PEAK = 1000.0

#: Luminance (cd/m²) of the code value 1 of PQ (SMPTE ST 2084).
PQ_PEAK = 10_000.0

#: Samples of a tone curve.
TONE_SAMPLES = 4096


def profile_from_cicp(primaries: int, transfer: int) -> bytes | None:
    """Return the profile for code points of H.273; None for sRGB and for unspecified ones."""
    space = PRIMARIES.get(primaries, BT709)
    if transfer in {PQ, HLG}:
        return build_profile(space, _sample_tone_curve(transfer))
    curve = SDR_CURVES.get(transfer, SRGB_CURVE)
    return None if space == BT709 and curve == SRGB_CURVE else build_profile(space, curve)


def profile_from_gamma(gamma: float | None, primaries: Primaries | None) -> bytes | None:
    """Return the profile for the chunks `gAMA` and `cHRM` of a PNG; None for sRGB.

    `gamma` is the exponent from the linear value to the encoded one. What is missing or impossible
    is that of sRGB.
    """
    curve: Curve = SRGB_CURVE
    if (
        gamma is not None
        and MIN_GAMMA <= gamma <= MAX_GAMMA
        and not math.isclose(gamma, SRGB_GAMMA, rel_tol=GAMMA_TOLERANCE)
    ):
        curve = 1 / gamma
    space = BT709 if primaries is None or _is_bt709(primaries) else primaries
    if space == BT709 and curve == SRGB_CURVE:
        return None
    try:
        return build_profile(space, curve)
    except ValueError:
        return None if curve == SRGB_CURVE else build_profile(BT709, curve)


def _is_bt709(primaries: Primaries) -> bool:
    return all(
        abs(one - other) <= CHROMATICITY_TOLERANCE
        for point, expected in zip(primaries, BT709, strict=True)
        for one, other in zip(point, expected, strict=True)
    )


@lru_cache(2)
def _sample_tone_curve(transfer: int) -> bytes:
    """Return the transfer function of PQ or HLG, followed by the mapping to the range of sRGB."""
    decode: Callable[[float], float] = decode_pq if transfer == PQ else decode_hlg
    samples = (
        min(1.0, _map_tone(decode(index / (TONE_SAMPLES - 1))) / HDR_WHITE)
        for index in range(TONE_SAMPLES)
    )
    return struct.pack(f">{TONE_SAMPLES}H", *(round(value * 65535) for value in samples))


def decode_pq(value: float) -> float:
    """Return the luminance (cd/m²) of a code value of PQ (SMPTE ST 2084, 5.2)."""
    power = value ** (1 / 78.84375)
    return PQ_PEAK * float(
        (max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)
    )


def encode_pq(luminance: float) -> float:
    """Return the code value of PQ for a luminance in cd/m² (SMPTE ST 2084, 5.3)."""
    power = (luminance / PQ_PEAK) ** 0.1593017578125
    return float(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)


def decode_hlg(value: float) -> float:
    """Return the luminance (cd/m²) of a code value of HLG on a display of `HDR_PEAK`.

    ITU-R BT.2100, table 5; its system gamma of 1.2 is applied to each channel.
    """
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = value**2 / 3 if value <= 0.5 else (math.exp((value - c) / a) + b) / 12
    return HDR_PEAK * float(scene**1.2)


def _map_tone(luminance: float) -> float:
    """Map a luminance up to `HDR_PEAK` to one up to `HDR_WHITE`; dark ones stay as they are.

    The curve is that of ITU-R BT.2390, 5.4.1, between the code values of PQ, without a black level.
    """
    peak = encode_pq(HDR_PEAK)
    value = min(encode_pq(luminance) / peak, 1.0)
    target = encode_pq(HDR_WHITE) / peak
    knee = 1.5 * target - 0.5
    if value < knee:
        return luminance
    t = (value - knee) / (1 - knee)
    mapped = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * target
    )
    return decode_pq(mapped * peak)
