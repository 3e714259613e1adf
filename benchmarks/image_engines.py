"""The image engines written in Python: one line of JSON per job on stdin, one per result on stdout.

python benchmarks/image_engines.py sightline|sightline-m4|naive|vips
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
from sightline_resizer.encoding import RenditionFormat, encode
from sightline_resizer.renditions import RenderOptions, decode_image, resize_image

SIZES = (("full", 2048), ("preview", 1024), ("thumb", 256))
RENDER_OPTIONS = {
    "one": RenderOptions(sizes=(("thumb", 256),)),
    "three": RenderOptions(sizes=SIZES),
}

#: A function from the bytes of an image to the total bytes of its renditions.
Job = Callable[[bytes], int]


def sightline(job: str, method: int) -> Job:
    """Run the resizer's own code, with the same WebP quality as the other engines."""
    encoding.SAVE_OPTIONS[RenditionFormat.WEBP] = {"quality": 80, "method": method}
    options = RENDER_OPTIONS[job]

    def run(body: bytes) -> int:
        renditions = list(resize_image(decode_image(body, Limits(), options), options))
        return sum(len(encode(image, options.format)) for _, image in renditions)

    return run


def naive(job: str) -> Job:
    """Use Pillow as in tutorials: decode in full, rotate, make every size from the full image."""

    def run(body: bytes) -> int:
        total = 0
        with Image.open(io.BytesIO(body)) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
        for _, longest in RENDER_OPTIONS[job].sizes:
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
        for _, longest in RENDER_OPTIONS[job].sizes:
            current = (
                pyvips.Image.thumbnail_buffer(body, longest, height=longest, size="down")
                if current is None
                else current.thumbnail_image(longest, height=longest, size="down")
            ).copy_memory()
            total += len(current.webpsave_buffer(Q=80, effort=4, strip=True))
        return total

    return run


ENGINES: dict[str, Callable[[str], Job]] = {
    "sightline": lambda job: sightline(job, 2),
    "sightline-m4": lambda job: sightline(job, 4),
    "naive": naive,
    "vips": vips,
}


def main() -> None:
    jobs = {job: ENGINES[sys.argv[1]](job) for job in RENDER_OPTIONS}
    for line in sys.stdin:
        request = json.loads(line)
        body = Path(request["path"]).read_bytes()
        start = time.process_time()
        size = jobs[request["job"]](body)
        result = {"seconds": time.process_time() - start, "bytes": size}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
