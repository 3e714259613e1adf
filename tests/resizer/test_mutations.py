"""Fuzz test: valid images of every format, damaged at random, are rendered or rejected.

It runs 480 mutations by default; `make fuzz-pictures` runs ten thousand. Every failure prints the
seed, and the same seed makes the same mutations.
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
from sightline_resizer.renditions import RenderOptions, render_image

MUTATIONS = int(os.environ.get("SIGHTLINE_MUTATIONS", "480"))
SEED = int(os.environ.get("SIGHTLINE_SEED", "20261120"))

LIMITS = Limits(pixels=4_000_000, side=8_000, frames=50)

#: Outcome of an image that is rendered in spite of the damage.
RENDERED = "rendered"

#: Failure codes that a damaged image may be rejected with: neither a crash nor a timeout.
EXPECTED_CODES = {
    "broken_image",
    "unsupported_format",
    "too_many_pixels",
    "side_too_long",
    "too_many_frames",
    "too_complex",
    "too_much_memory",
}

Mutation = Callable[[random.Random, bytearray], None]


def encode_images() -> dict[str, bytes]:
    """Return a small image in each format, with EXIF data if the format supports it."""
    with Image.open(io.BytesIO(draw_sample(6, (160, 120)))) as sample:
        exif = sample.getexif().tobytes()
        image = sample.convert("RGB")
    bodies = {}
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"):
        file = io.BytesIO()
        metadata = {} if kind in {"GIF", "BMP"} else {"exif": exif}
        image.save(file, kind, **metadata)
        bodies[kind] = file.getvalue()
    frames = [image.rotate(angle) for angle in (90, 180)]
    for kind in ("GIF", "WEBP", "PNG"):
        file = io.BytesIO()
        image.save(file, kind, save_all=True, append_images=frames)
        bodies[f"animated {kind}"] = file.getvalue()
    file = io.BytesIO()
    image.save(file, "JPEG", progressive=True)
    bodies["progressive JPEG"] = file.getvalue()
    return bodies


def flip_bits(rng: random.Random, body: bytearray) -> None:
    for _ in range(rng.choice((1, 4, 32))):
        body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)


def flip_early_bits(rng: random.Random, body: bytearray) -> None:
    for _ in range(rng.choice((1, 4, 16))):
        body[rng.randrange(min(256, len(body)))] ^= 1 << rng.randrange(8)


def write_extreme_integers(rng: random.Random, body: bytearray) -> None:
    """Overwrite a likely size, count or offset with the minimum or maximum of its type."""
    start = rng.randrange(min(512, len(body)))
    value = rng.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\1\0\0"))
    body[start : start + 4] = value


def truncate(rng: random.Random, body: bytearray) -> None:
    del body[rng.randrange(1, len(body)) :]


def delete_bytes(rng: random.Random, body: bytearray) -> None:
    start = rng.randrange(len(body))
    del body[start : start + rng.randrange(1, 64)]


def repeat_bytes(rng: random.Random, body: bytearray) -> None:
    start = rng.randrange(len(body))
    repeated = body[start : start + rng.randrange(1, 512)]
    body[start:start] = repeated * rng.choice((1, 1, 50))


MUTATION_TYPES: tuple[Mutation, ...] = (
    flip_bits,
    flip_early_bits,
    write_extreme_integers,
    truncate,
    delete_bytes,
    repeat_bytes,
)


def mutate(number: int, body: bytes) -> bytes:
    rng = random.Random(f"{SEED}/{number}")
    mutated = bytearray(body)
    for mutation in rng.choices(MUTATION_TYPES, k=rng.choice((1, 1, 2))):
        if len(mutated) > 1:
            mutation(rng, mutated)
    return bytes(mutated)


async def render(pool: DecodePool, body: bytes) -> str:
    """Return `RENDERED`, or the code of the failure."""
    try:
        rendered = await run_isolated(pool, render_image, body, LIMITS, RenderOptions())
    except Rejected as rejection:
        return rejection.failure.code
    assert len(rendered.renditions) == 3
    return RENDERED


@pytest.mark.parametrize("kind", encode_images())
async def test_a_damaged_image_is_rendered_or_rejected(kind: str) -> None:
    body = encode_images()[kind]
    numbers = range(MUTATIONS // len(encode_images()))
    async with DecodePool(
        2, seconds=20, memory=512 * 2**20, preload=("sightline_resizer.renditions",)
    ) as pool:
        assert await render(pool, body) == RENDERED
        outcomes = await asyncio.gather(*(render(pool, mutate(number, body)) for number in numbers))
    unexpected = {
        number: outcome
        for number, outcome in zip(numbers, outcomes, strict=True)
        if outcome not in EXPECTED_CODES | {RENDERED}
    }
    assert not unexpected, f"seed {SEED}"
    # Mutations that all have the same outcome would test nothing.
    assert len(Counter(outcomes)) > 1
