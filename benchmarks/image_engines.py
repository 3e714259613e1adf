"""The jobs by each engine written in Python: a line of JSON in, a line of JSON out.

python benchmarks/engines.py ours|ours-m4|naive|vips
"""

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageOps

from sightline.imaging.decoding import Limits
from sightline_resizer import encoding
from sightline_resizer.encoding import Format, encode
from sightline_resizer.renditions import Recipe, decode_image, render

SIZES = (("full", 2048), ("preview", 1024), ("thumb", 256))
RECIPES = {"one": Recipe(sizes=(("thumb", 256),)), "three": Recipe(sizes=SIZES)}

Job = Callable[[bytes], int]


def ours(job: str, method: int) -> Job:
    """The resizer's own steps to the same files that the others make."""
    encoding.OPTIONS[Format.WEBP] = {"quality": 80, "method": method}
    recipe = RECIPES[job]

    def run(body: bytes) -> int:
        shown = list(render(decode_image(body, Limits(), recipe), recipe))
        return sum(len(encode(picture, recipe.format)) for _, picture in shown)

    return run


def naive(job: str) -> Job:
    """As tutorials have it: decode in full, turn, make every size from the full picture."""

    def run(body: bytes) -> int:
        total = 0
        with Image.open(io.BytesIO(body)) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
        for _, longest in RECIPES[job].sizes:
            copy = upright.copy()
            copy.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=None)
            file = io.BytesIO()
            copy.save(file, "WEBP", quality=80, method=4)
            total += file.tell()
        return total

    return run


def vips(job: str) -> Job:
    import pyvips

    pyvips.cache_set_max(0)

    def run(body: bytes) -> int:
        total = 0
        current = None
        for _, longest in RECIPES[job].sizes:
            current = (
                pyvips.Image.thumbnail_buffer(body, longest, height=longest, size="down")
                if current is None
                else current.thumbnail_image(longest, height=longest, size="down")
            ).copy_memory()
            total += len(current.webpsave_buffer(Q=80, effort=4, strip=True))
        return total

    return run


ENGINES: dict[str, Callable[[str], Job]] = {
    "ours": lambda job: ours(job, 2),
    "ours-m4": lambda job: ours(job, 4),
    "naive": naive,
    "vips": vips,
}


def main() -> None:
    jobs = {job: ENGINES[sys.argv[1]](job) for job in RECIPES}
    for line in sys.stdin:
        request = json.loads(line)
        body = Path(request["path"]).read_bytes()
        began = time.process_time()
        size = jobs[request["job"]](body)
        answer = {"seconds": time.process_time() - began, "bytes": size}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
