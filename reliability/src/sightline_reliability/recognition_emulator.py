"""A Rekognition emulator whose calls always take the same time.

What it sees follows from the picture's bytes alone, so the same picture always bears the same
labels. What is no picture by its first bytes it refuses as the real one does.
"""

import argparse
import asyncio
import base64
import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

import aiohttp
import uvloop
from aiohttp import web

#: What there is to be seen. Several owners see the same, so their rows could be mixed up.
VOCABULARY = (
    *("Dog", "Cat", "Beach", "Forest", "Mountain", "River", "Car", "Bicycle", "Person", "Face"),
    *("Tree", "Flower", "House", "Street", "Night", "Snow", "Boat", "Bridge", "Bird", "Horse"),
    *("Food", "Cup", "Table", "Chair", "Book", "Cloud", "Sun", "Sea", "Field", "Road", "Train"),
    *("Plane", "Tower", "Window", "Door", "Garden", "Lake", "Hill", "Stone", "Fire"),
)

WORDS = ("open", "closed", "exit", "north", "bread", "42", "menu", "total", "SALE", "Welcome")

#: The stand-ins want to know who asks, and take any signature.
SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=0"
}

MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class Refused(Exception):
    """With the code that Rekognition would give."""


class Recognition:
    """Answers `DetectLabels` and `DetectText` `latency` seconds after it was asked."""

    def __init__(self, cloud: str, latency: float) -> None:
        self._cloud = cloud
        self._latency = latency
        self._session: aiohttp.ClientSession

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def handle(self, request: web.BaseRequest) -> web.Response:
        if request.path == "/health":
            return web.json_response({"status": "ok"})
        await asyncio.sleep(self._latency)
        asked = json.loads(await request.read())
        operation = request.headers.get("X-Amz-Target", "").partition(".")[2]
        try:
            digest = await self._identify(asked["Image"])
            return web.json_response(_find(operation)(digest, asked))
        except Refused as refusal:
            code = str(refusal)
            return web.json_response({"__type": code, "message": code}, status=400)

    async def _identify(self, image: dict[str, Any]) -> str:
        """The MD5 of the picture: S3 knows it as the object's ETag."""
        if "Bytes" in image:
            body = base64.b64decode(image["Bytes"])
            _check(body)
            return hashlib.md5(body, usedforsecurity=False).hexdigest()
        where = image["S3Object"]
        url = f"{self._cloud}/{where['Bucket']}/{where['Name']}"
        headers = {**SIGNED, "Range": "bytes=0-15"}
        async with self._session.get(url, headers=headers) as found:
            if found.status not in {200, 206}:
                raise Refused("InvalidS3ObjectException")
            _check(await found.read())
            return found.headers["ETag"].strip('"')


def _check(head: bytes) -> None:
    if not head.startswith(MAGIC):
        raise Refused("InvalidImageFormatException")


def see(digest: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Three to six labels, the likeliest first."""
    chance = random.Random(digest)
    names = chance.sample(VOCABULARY, chance.randint(3, 6))
    labels: list[dict[str, Any]] = [
        {
            "Name": name,
            "Confidence": round(chance.uniform(60, 99.9), 4),
            "Parents": [],
            "Aliases": [],
            "Categories": [{"Name": "Everything"}],
            "Instances": [],
        }
        for name in names
    ]
    labels.sort(key=lambda label: -label["Confidence"])
    return {"LabelModelVersion": "3.0", "Labels": labels[: asked.get("MaxLabels", 1000)]}


def read(digest: str, _: dict[str, Any]) -> dict[str, Any]:
    """A line or two of words, some of which many pictures have."""
    chance = random.Random(digest)
    found: list[dict[str, Any]] = []
    box = {"Left": 0.1, "Top": 0.1, "Width": 0.5, "Height": 0.1}
    for number in range(chance.randint(1, 2)):
        words = chance.sample(WORDS, chance.randint(2, 5))
        line = {"Type": "LINE", "Id": number, "DetectedText": " ".join(words)}
        parts = [{"Type": "WORD", "ParentId": number, "DetectedText": word} for word in words]
        found += [
            {**each, "Confidence": 99.0, "Geometry": {"BoundingBox": box, "Polygon": []}}
            for each in (line, *parts)
        ]
    return {"TextModelVersion": "3.0", "TextDetections": found}


def _find(operation: str) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    try:
        return {"DetectLabels": see, "DetectText": read}[operation]
    except KeyError:
        raise Refused("InvalidParameterException") from None


async def serve(recognition: Recognition, port: int) -> None:
    await recognition.open()
    runner = web.ServerRunner(web.Server(recognition.handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="sightline_reliability.recognition_emulator", description=__doc__
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--cloud", required=True, help="address of the stand-in for S3")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds (%(default)s)")
    given = parser.parse_args()
    uvloop.run(serve(Recognition(given.cloud, given.latency), given.port))


if __name__ == "__main__":
    main()
