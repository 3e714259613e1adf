"""Load generator: uploads images of several owners and reads when each was processed."""

import asyncio
import hashlib
import itertools
import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import aiohttp

from sightline_reliability.fleet import Fleet
from sightline_reliability.sample_images import draw_image
from sightline_reliability.saturation import Span

#: Owners who upload in turn, since each upload writes to its owner's counters.
OWNERS = tuple(f"load-{number}" for number in range(20))


class LoadGenerator:
    """Creates uploads and sends images, as often as it is called.

    `draw` returns an image and its media type.
    """

    def __init__(
        self,
        fleet: Fleet,
        http: aiohttp.ClientSession,
        owners: Sequence[str] = OWNERS,
        draw: Callable[[random.Random], tuple[bytes, str]] = draw_image,
    ) -> None:
        self._fleet = fleet
        self._http = http
        self._rng = random.Random(7)
        self.owners = owners
        self._draw = draw
        self._headers = itertools.cycle(
            {"Authorization": f"Bearer {fleet.issue_token(owner)}"} for owner in self.owners
        )
        #: Image id -> when S3 accepted the image, in Unix seconds
        self.accepted: dict[str, float] = {}

    async def create_upload(self) -> None:
        """Request an upload without sending its image."""
        digest = self._rng.randbytes(32).hex()
        await self._create_upload({"media_type": "image/jpeg", "bytes": 1000, "sha256": digest})

    async def upload_image(self) -> str:
        """Upload a new image and return its id."""
        body, request = self._draw_upload()
        return await self._post(await self._create_upload(request), body)

    async def upload_images(self, count: int) -> None:
        """Upload up to 100 new images of one owner, whose tickets one request creates."""
        drawn = [self._draw_upload() for _ in range(count)]
        batch = {"images": [request for _, request in drawn]}
        uploads = await self._request("/v1/images/batch", batch)
        posts = zip(uploads["items"], drawn, strict=True)
        await asyncio.gather(*(self._post(item["upload"], body) for item, (body, _) in posts))

    def _draw_upload(self) -> tuple[bytes, dict[str, Any]]:
        """Return a new image, and the request for its upload."""
        body, media_type = self._draw(self._rng)
        digest = hashlib.sha256(body).hexdigest()
        return body, {"media_type": media_type, "bytes": len(body), "sha256": digest}

    async def _post(self, upload: Any, body: bytes) -> str:
        """Send an image to S3; return its id."""
        data = aiohttp.FormData(upload["upload"]["fields"])
        data.add_field("file", body, filename="image")
        async with self._http.post(upload["upload"]["url"], data=data) as response:
            response.raise_for_status()
        image_id: str = upload["image"]["id"]
        self.accepted[image_id] = time.time()
        return image_id

    async def _create_upload(self, request: dict[str, Any]) -> Any:
        return await self._request("/v1/images", request)

    async def _request(self, path: str, request: dict[str, Any]) -> Any:
        url = f"{self._fleet.gateway_urls()[0]}{path}"
        async with self._http.post(url, json=request, headers=next(self._headers)) as response:
            response.raise_for_status()
            return await response.json()

    async def wait_until_processed(
        self, part: str, timeout_seconds: float = 60, poll_seconds: float = 1
    ) -> list[Span]:
        """Return the span from S3's acceptance to the end of `part`, of each processed image.

        Images that are not processed within the timeout are left out.
        """
        deadline = time.monotonic() + timeout_seconds
        while True:
            processed = await asyncio.to_thread(self.read_processing, part)
            if len(processed) == len(self.accepted) or time.monotonic() > deadline:
                return [Span(self.accepted[each], span.end) for each, span in processed.items()]
            await asyncio.sleep(poll_seconds)

    def read_processing(self, part: str) -> dict[str, Span]:
        """Return when `part` of each processed image began and ended, in Unix seconds."""
        if not self.accepted:
            return {}
        dynamodb = self._fleet.client("dynamodb")
        processed = {}
        for owner in self.owners:
            pages = dynamodb.get_paginator("query").paginate(
                TableName=self._fleet.resources.table,
                # Ids are ordered by time, so this range excludes the images of earlier rates.
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues={
                    ":pk": {"S": f"USER#{owner}"},
                    ":first": {"S": f"IMAGE#{min(self.accepted)}"},
                    ":last": {"S": f"IMAGE#{max(self.accepted)}"},
                },
            )
            for row in (row for page in pages for row in page["Items"]):
                times = [row[part]["M"].get(name) for name in ("started_at", "finished_at")]
                if all(times) and row["image_id"]["S"] in self.accepted:
                    start, end = (datetime.fromisoformat(each["S"]).timestamp() for each in times)
                    processed[row["image_id"]["S"]] = Span(start, end)
        return processed
