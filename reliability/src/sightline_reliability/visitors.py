"""Visitors of share links, who have no account."""

import asyncio
import contextlib
import random
import time
from collections.abc import Sequence
from typing import Any

import aiohttp

from sightline_reliability.ledger import ShareRecord

#: Seconds for which a visitor retries, and between two attempts.
RETRY_SECONDS = 150.0
RETRY_INTERVAL_SECONDS = 0.5

#: Statuses that a visitor retries: visits are limited per network, and all come from one.
RETRYABLE_STATUSES = {429, 500, 503}

#: Images of the page that a visitor reads; larger than any album of a run.
PAGE_SIZE = 100


class Visitor:
    """Opens share links, with the token as the only credential."""

    def __init__(
        self, gateway_urls: Sequence[str], http: aiohttp.ClientSession, rng: random.Random
    ) -> None:
        self._gateway_urls = gateway_urls
        self._http = http
        self._rng = rng

    async def open(self, link: ShareRecord) -> None:
        """Open the link and list its images; record what it shows. Raises `TimeoutError`."""
        path = f"/v1/shared/{link.token}"
        link.status, _ = await self._get(path)
        status, page = await self._get(f"{path}/images?limit={PAGE_SIZE}")
        link.image_ids = [item["id"] for item in page["items"]] if status == 200 else []

    async def _get(self, path: str) -> tuple[int, Any]:
        deadline = time.monotonic() + RETRY_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
                url = self._rng.choice(self._gateway_urls) + path
                async with self._http.get(url) as response:
                    if response.status not in RETRYABLE_STATUSES:
                        return response.status, await response.json()
            await asyncio.sleep(RETRY_INTERVAL_SECONDS)
        raise TimeoutError(f"no response to {path.rpartition('/')[0]}")
