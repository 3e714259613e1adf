"""Fake Rekognition that answers at once, with the labels of the sample library.

python benchmarks/fake_rekognition.py PORT SIZE...

Each request counts as the next image of the library, whichever image it names. The sizes are those
at which the library is measured, see `choose_labels`.
"""

import itertools
import random
import sys
from collections.abc import Sequence
from typing import Any

from aiohttp import web
from library import choose_labels

#: Model version in the responses.
MODEL_VERSION = "3.0"


def build_labels(number: int, sizes: Sequence[int]) -> dict[str, Any]:
    """Return the response of DetectLabels to the image of this number."""
    chooser = random.Random(number)
    return {
        "LabelModelVersion": MODEL_VERSION,
        "Labels": [
            {
                "Name": name,
                "Confidence": chooser.uniform(55, 100),
                "Parents": [{"Name": "Thing"}],
                "Categories": [{"Name": "Nature and Outdoors"}],
                "Instances": [],
            }
            for name in choose_labels(number, chooser, sizes)
        ],
    }


def make_app(sizes: Sequence[int]) -> web.Application:
    numbers = itertools.count()

    async def detect(request: web.Request) -> web.Response:
        if not request.headers["X-Amz-Target"].endswith(".DetectLabels"):
            raise web.HTTPBadRequest
        # The connection is only free for the next request when this one has been read.
        await request.read()
        response = build_labels(next(numbers), sizes)
        return web.json_response(response, content_type="application/x-amz-json-1.1")

    app = web.Application(client_max_size=2**24)
    app.router.add_post("/", detect)
    return app


if __name__ == "__main__":
    port, *found_sizes = map(int, sys.argv[1:])
    web.run_app(make_app(found_sizes), host="127.0.0.1", port=port, print=None)
