"""Users of a stack whose region may change, and what they measure."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from sightline_reliability.ledger import Ledger, UploadRecord
from sightline_reliability.requests import Json, RequestFailed, Response
from sightline_reliability.users import (
    RETRYABLE_STATUSES,
    Pacer,
    SimulatedUser,
    is_in_progress,
)

#: Actions by method name, with their relative frequency. Each image is unique, so that a second
#: paid call for the same bytes is one too many.
ACTION_WEIGHTS = {"upload_valid": 80, "delete_image": 7, "edit_labels": 6, "list_everything": 2}

#: Seconds between two attempts of a request.
RETRY_INTERVAL_SECONDS = 0.3


@dataclass
class Traffic:
    """Where requests go, as DNS decides; `generation` counts the changes of region."""

    urls: list[str] = field(default_factory=list)
    generation: int = 0

    def move(self, urls: list[str]) -> None:
        self.urls[:] = urls
        self.generation += 1


class PausablePacer(Pacer):
    """Limits the rate of the actions of some users, and starts none while it is paused."""

    def __init__(self, rate: float, users: int) -> None:
        super().__init__(rate)
        self._users = users
        self._idle = 0
        self._all_idle = asyncio.Event()
        self._running = asyncio.Event()
        self._running.set()

    async def pause(self) -> None:
        """Pause, and wait until every action in progress is completed."""
        self._running.clear()
        await self._all_idle.wait()

    def resume(self) -> None:
        self._running.set()

    async def wait(self) -> None:
        self._idle += 1
        if self._idle == self._users:
            self._all_idle.set()
        await super().wait()
        await self._running.wait()
        self._idle -= 1
        self._all_idle.clear()


@dataclass
class Acknowledgements:
    """When S3 accepted each image (seconds of `time.monotonic`), and the MD5 of its bytes."""

    accepted_at: dict[str, float] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def first_after(self, moment: float) -> float | None:
        """Return when the first image after this moment was accepted."""
        return min((at for at in self.accepted_at.values() if at > moment), default=None)


class RegionUser(SimulatedUser):
    """An owner who repeats a request until a region answers, and abandons uploads to a lost one."""

    def __init__(
        self,
        owner: str,
        token: str,
        traffic: Traffic,
        http: aiohttp.ClientSession,
        ledger: Ledger,
        seed: int,
        acknowledgements: Acknowledgements,
    ) -> None:
        super().__init__(owner, token, traffic.urls, http, ledger, seed, exact_usage=False)
        self._traffic = traffic
        self._acknowledgements = acknowledgements
        self._action_weights = dict(ACTION_WEIGHTS)

    async def _post(
        self, form: Json, body: bytes, upload: UploadRecord, expected: set[int] | None = None
    ) -> None:
        digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
        self._acknowledgements.digests[upload.image_id] = digest
        await super()._post(form, body, upload, expected)
        self._acknowledgements.accepted_at[upload.image_id] = time.monotonic()

    async def _retry(
        self, endpoint: str, attempt: Callable[[], Awaitable[Response]], retryable: set[int]
    ) -> Response:
        generation = self._traffic.generation
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
                response = await attempt()
                if response.status not in retryable | RETRYABLE_STATUSES and not is_in_progress(
                    response
                ):
                    return response
            if endpoint == "upload" and self._traffic.generation != generation:
                # The presigned POST is for a bucket of the lost region.
                raise RequestFailed("the region of the upload is gone")
            await asyncio.sleep(RETRY_INTERVAL_SECONDS)


def is_expected(response: str) -> bool:
    """Return whether a response is what the loss of a region causes.

    These are abandoned uploads, and changes of images that are not in the other region.
    """
    return response.startswith("gave up") or ": 404 " in response
