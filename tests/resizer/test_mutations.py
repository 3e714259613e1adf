"""Good pictures of every format, damaged at random: each ends as a picture or with a code.

A few hundred by default; `make fuzz-pictures` does ten thousand. The seed is printed with every
failure, and the same seed damages alike.
"""

import asyncio
import io
import os
import random
from collections import Counter
from collections.abc import Callable

import pytest
from PIL import Image

from sightline.domain.failures import Rejected
from sightline.imaging.decoding import Limits
from sightline.imaging.isolation import run_isolated
from sightline.imaging.process_pool import DecodePool
from sightline_local.sample_image import draw_sample
from sightline_resizer.renditions import Recipe, render_image

MUTATIONS = int(os.environ.get("SIGHTLINE_MUTATIONS", "480"))
SEED = int(os.environ.get("SIGHTLINE_SEED", "20261120"))

LIMITS = Limits(pixels=4_000_000, side=8_000, frames=50)

#: All that a damaged picture may come to besides a picture. Neither a crash nor a hang is there.
CODES = {
    "broken_image",
    "unsupported_format",
    "too_many_pixels",
    "side_too_long",
    "too_many_frames",
    "too_much_memory",
}

Mutation = Callable[[random.Random, bytearray], None]


def make_pictures() -> dict[str, bytes]:
    """One small picture of each format, with all the metadata that it can carry."""
    with Image.open(io.BytesIO(draw_sample(6, (160, 120)))) as sample:
        exif = sample.getexif().tobytes()
        picture = sample.convert("RGB")
    bodies = {}
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"):
        file = io.BytesIO()
        carries = {} if kind in {"GIF", "BMP"} else {"exif": exif}
        picture.save(file, kind, **carries)
        bodies[kind] = file.getvalue()
    frames = [picture.rotate(angle) for angle in (90, 180)]
    for kind in ("GIF", "WEBP", "PNG"):
        file = io.BytesIO()
        picture.save(file, kind, save_all=True, append_images=frames)
        bodies[f"animated {kind}"] = file.getvalue()
    file = io.BytesIO()
    picture.save(file, "JPEG", progressive=True)
    bodies["progressive JPEG"] = file.getvalue()
    return bodies


def flip_bits(chance: random.Random, body: bytearray) -> None:
    for _ in range(chance.choice((1, 4, 32))):
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)


def flip_early_bits(chance: random.Random, body: bytearray) -> None:
    for _ in range(chance.choice((1, 4, 16))):
        body[chance.randrange(min(256, len(body)))] ^= 1 << chance.randrange(8)


def write_extremes(chance: random.Random, body: bytearray) -> None:
    """Numbers at the edges, where sizes, counts and offsets are likely to be."""
    at = chance.randrange(min(512, len(body)))
    value = chance.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\1\0\0"))
    body[at : at + 4] = value


def cut(chance: random.Random, body: bytearray) -> None:
    del body[chance.randrange(1, len(body)) :]


def drop(chance: random.Random, body: bytearray) -> None:
    at = chance.randrange(len(body))
    del body[at : at + chance.randrange(1, 64)]


def repeat(chance: random.Random, body: bytearray) -> None:
    at = chance.randrange(len(body))
    piece = body[at : at + chance.randrange(1, 512)]
    body[at:at] = piece * chance.choice((1, 1, 50))


MUTATION_KINDS: tuple[Mutation, ...] = (
    flip_bits,
    flip_early_bits,
    write_extremes,
    cut,
    drop,
    repeat,
)


def mutate(number: int, body: bytes) -> bytes:
    chance = random.Random(f"{SEED}/{number}")
    mutated = bytearray(body)
    for mutation in chance.choices(MUTATION_KINDS, k=chance.choice((1, 1, 2))):
        if len(mutated) > 1:
            mutation(chance, mutated)
    return bytes(mutated)


async def find_outcome(bench: DecodePool, body: bytes) -> str:
    try:
        developed = await run_isolated(bench, render_image, body, LIMITS, Recipe())
    except Rejected as rejection:
        return rejection.failure.code
    assert len(developed.renditions) == 3
    return "shown"


@pytest.mark.parametrize("kind", make_pictures())
async def test_damage_harms_nobody(kind: str) -> None:
    body = make_pictures()[kind]
    numbers = range(MUTATIONS // len(make_pictures()))
    async with DecodePool(
        2, seconds=20, memory=512 * 2**20, preload=("sightline_resizer.renditions",)
    ) as bench:
        assert await find_outcome(bench, body) == "shown"
        outcomes = await asyncio.gather(
            *(find_outcome(bench, mutate(number, body)) for number in numbers)
        )
    unforeseen = {
        number: outcome
        for number, outcome in zip(numbers, outcomes, strict=True)
        if outcome not in CODES | {"shown"}
    }
    assert not unforeseen, f"seed {SEED}"
    # Damage that never shows, or always does, would not be testing anything.
    assert len(Counter(outcomes)) > 1
