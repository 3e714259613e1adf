"""Load generator: uploads images of several owners and reads when each was processed."""

import asyncio
import hashlib
import itertools
import random
import time
from datetime import datetime
from typing import Any

import aiohttp

from sightline_reliability.fleet import Fleet
from sightline_reliability.sample_images import draw_image
from sightline_reliability.saturation import Span

#: Owners who upload in turn, since each upload writes to its owner's counters.
OWNER_COUNT = 20


class LoadGenerator:
    """Creates uploads and sends images, as often as it is called."""

    def __init__(self, fleet: Fleet, http: aiohttp.ClientSession) -> None:
        self._fleet = fleet
        self._http = http
        self._rng = random.Random(7)
        self.owners = [f"load-{number}" for number in range(OWNER_COUNT)]
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
        body, media_type = draw_image(self._rng)
        digest = hashlib.sha256(body).hexdigest()
        upload = await self._create_upload(
            {"media_type": media_type, "bytes": len(body), "sha256": digest}
        )
        data = aiohttp.FormData(upload["upload"]["fields"])
        data.add_field("file", body, filename="image")
        async with self._http.post(upload["upload"]["url"], data=data) as response:
            response.raise_for_status()
        image_id: str = upload["image"]["id"]
        self.accepted[image_id] = time.time()
        return image_id

    async def _create_upload(self, request: dict[str, Any]) -> Any:
        url = f"{self._fleet.gateway_urls()[0]}/v1/images"
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
            finished = await asyncio.to_thread(self._read_finish_times, part)
            if len(finished) == len(self.accepted) or time.monotonic() > deadline:
                return [Span(self.accepted[each], end) for each, end in finished.items()]
            await asyncio.sleep(poll_seconds)

    def _read_finish_times(self, part: str) -> dict[str, float]:
        """Return when `part` of each accepted image was finished, in Unix seconds."""
        if not self.accepted:
            return {}
        dynamodb = self._fleet.client("dynamodb")
        finished = {}
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
                finished_at = row[part]["M"].get("finished_at")
                if finished_at and row["image_id"]["S"] in self.accepted:
                    at = datetime.fromisoformat(finished_at["S"])
                    finished[row["image_id"]["S"]] = at.timestamp()
        return finished
