"""Images of hostile structure are rendered or rejected, within the limits of a decode process.

By default, one of each kind; `make fuzz-pictures` renders 200. Every failure prints the seed, and
the same seed makes the same images.
"""

import asyncio
import os
import random

import pytest

from resizer.structures import GENERATORS
from resizer.test_mutations import EXPECTED_CODES, RENDERED, SEED, render
from sightline.imaging.process_pool import DecodePool

STRUCTURES = int(os.environ.get("SIGHTLINE_STRUCTURES", "1"))

#: Limits of a decode process, as in production: seconds of CPU time, and bytes.
MAX_SECONDS = 20
MAX_BYTES = 512 * 2**20


@pytest.mark.parametrize("kind", GENERATORS)
async def test_an_image_of_hostile_structure_is_rendered_or_rejected(kind: str) -> None:
    numbers = range(STRUCTURES)
    bodies = [GENERATORS[kind](random.Random(f"{SEED}/{kind}/{number}")) for number in numbers]
    async with DecodePool(
        2, seconds=MAX_SECONDS, memory=MAX_BYTES, preload=("sightline_resizer.renditions",)
    ) as pool:
        outcomes = await asyncio.gather(*(render(pool, body) for body in bodies))
    unexpected = {
        number: (outcome, len(body))
        for number, outcome, body in zip(numbers, outcomes, bodies, strict=True)
        if outcome not in EXPECTED_CODES | {RENDERED}
    }
    assert not unexpected, f"seed {SEED}"
