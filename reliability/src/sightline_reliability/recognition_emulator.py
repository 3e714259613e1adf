"""A Rekognition emulator with a fixed latency per call.

Its results depend on the bytes of the image only, so the same image always gets the same labels.
It rejects a file whose first bytes are not those of an image, as Rekognition does.
"""

import argparse
import asyncio
import base64
import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp import web

from sightline_local.environment import REGION

#: Possible labels. They are few, so that owners share labels and mixed-up rows would show.
LABELS = (
    *("Dog", "Cat", "Beach", "Forest", "Mountain", "River", "Car", "Bicycle", "Person", "Face"),
    *("Tree", "Flower", "House", "Street", "Night", "Snow", "Boat", "Bridge", "Bird", "Horse"),
    *("Food", "Cup", "Table", "Chair", "Book", "Cloud", "Sun", "Sea", "Field", "Road", "Train"),
    *("Plane", "Tower", "Window", "Door", "Garden", "Lake", "Hill", "Stone", "Fire"),
)

#: Possible words of detected text.
WORDS = ("open", "closed", "exit", "north", "bread", "42", "menu", "total", "SALE", "Welcome")

#: The AWS emulators require a signature, and accept any; its scope names the region of the bucket.
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=local/20260101/{region}/s3/aws4_request, "
    "SignedHeaders=host, Signature=0"
)

#: First bytes of the formats that Rekognition supports: JPEG and PNG.
FORMAT_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class RekognitionError(Exception):
    """An error with the code that Rekognition returns."""


class RecognitionEmulator:
    """Responds to `DetectLabels` and `DetectText` after `latency` seconds."""

    def __init__(
        self, aws_url: str, latency: float, region: str, calls: Path | None = None
    ) -> None:
        self._aws_url = aws_url
        self._authorization = AUTHORIZATION.format(region=region)
        self._latency = latency
        self._calls = calls
        self._session: aiohttp.ClientSession

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def handle(self, request: web.BaseRequest) -> web.Response:
        if request.path == "/health":
            return web.json_response({"status": "ok"})
        await asyncio.sleep(self._latency)
        parameters = json.loads(await request.read())
        operation = request.headers.get("X-Amz-Target", "").partition(".")[2]
        try:
            digest = await self._compute_digest(parameters["Image"])
            result = _find_operation(operation)(digest, parameters)
            self._record_call(operation, digest)
            return web.json_response(result)
        except RekognitionError as error:
            code = str(error)
            return web.json_response({"__type": code, "message": code}, status=400)

    def _record_call(self, operation: str, digest: str) -> None:
        """Append a paid call to the file, which survives a kill of this process."""
        if self._calls is not None:
            with self._calls.open("a") as calls:
                calls.write(f"{operation} {digest}\n")

    async def _compute_digest(self, image: dict[str, Any]) -> str:
        """Return the MD5 of the image, which S3 reports as the object's ETag."""
        if "Bytes" in image:
            body = base64.b64decode(image["Bytes"])
            _check_format(body)
            return hashlib.md5(body, usedforsecurity=False).hexdigest()
        location = image["S3Object"]
        url = f"{self._aws_url}/{location['Bucket']}/{location['Name']}"
        headers = {"Authorization": self._authorization, "Range": "bytes=0-15"}
        async with self._session.get(url, headers=headers) as response:
            if response.status not in {200, 206}:
                raise RekognitionError("InvalidS3ObjectException")
            _check_format(await response.read())
            return response.headers["ETag"].strip('"')


def _check_format(head: bytes) -> None:
    if not head.startswith(FORMAT_SIGNATURES):
        raise RekognitionError("InvalidImageFormatException")


def detect_labels(digest: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return three to six labels, by descending confidence."""
    rng = random.Random(digest)
    names = rng.sample(LABELS, rng.randint(3, 6))
    labels: list[dict[str, Any]] = [
        {
            "Name": name,
            "Confidence": round(rng.uniform(60, 99.9), 4),
            "Parents": [],
            "Aliases": [],
            "Categories": [{"Name": "Everything"}],
            "Instances": [],
        }
        for name in names
    ]
    labels.sort(key=lambda label: -label["Confidence"])
    return {"LabelModelVersion": "3.0", "Labels": labels[: parameters.get("MaxLabels", 1000)]}


def detect_text(digest: str, _: dict[str, Any]) -> dict[str, Any]:
    """Return one or two lines of words, most of which occur in many images."""
    rng = random.Random(digest)
    detections: list[dict[str, Any]] = []
    box = {"Left": 0.1, "Top": 0.1, "Width": 0.5, "Height": 0.1}
    for number in range(rng.randint(1, 2)):
        words = rng.sample(WORDS, rng.randint(2, 5))
        line = {"Type": "LINE", "Id": number, "DetectedText": " ".join(words)}
        parts = [{"Type": "WORD", "ParentId": number, "DetectedText": word} for word in words]
        detections += [
            {**each, "Confidence": 99.0, "Geometry": {"BoundingBox": box, "Polygon": []}}
            for each in (line, *parts)
        ]
    return {"TextModelVersion": "3.0", "TextDetections": detections}


def _find_operation(name: str) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    try:
        return {"DetectLabels": detect_labels, "DetectText": detect_text}[name]
    except KeyError:
        raise RekognitionError("InvalidParameterException") from None


async def serve(emulator: RecognitionEmulator, port: int) -> None:
    await emulator.open()
    runner = web.ServerRunner(web.Server(emulator.handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="sightline_reliability.recognition_emulator", description=__doc__
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--cloud", required=True, help="URL of the S3 emulator")
    parser.add_argument(
        "--latency", type=float, default=0.05, help="seconds per call (default: %(default)s)"
    )
    parser.add_argument(
        "--region", default=REGION, help="region of the bucket (default: %(default)s)"
    )
    parser.add_argument(
        "--calls", type=Path, default=None, help="file to append the operation and MD5 of calls to"
    )
    options = parser.parse_args()
    emulator = RecognitionEmulator(options.cloud, options.latency, options.region, options.calls)
    uvloop.run(serve(emulator, options.port))


if __name__ == "__main__":
    main()
