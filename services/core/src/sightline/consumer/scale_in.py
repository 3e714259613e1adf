"""Keeping a task alive while it works: ECS scale-in protection, and nothing elsewhere."""

import time
from typing import Protocol

import aiohttp

#: Minutes after which ECS lifts a protection that was not renewed, so that a hung task cannot
#: be protected for ever.
EXPIRES_IN_MINUTES = 10

#: Seconds after which a standing protection is renewed.
RENEWAL = 300.0

_TIMEOUT = aiohttp.ClientTimeout(total=5)


class ScaleInProtection(Protocol):
    """Whether the platform may take this task away to save capacity."""

    async def set(self, wanted: bool) -> None:
        """Ask for protection, or for none; cheap where nothing changes."""


class NullScaleInProtection:
    """Where nobody takes tasks away."""

    async def set(self, wanted: bool) -> None:
        pass


class EcsScaleInProtection:
    """`ScaleInProtection` by the ECS agent, whose address every Fargate task is given.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
    """

    def __init__(self, session: aiohttp.ClientSession, agent: str) -> None:
        self._session = session
        self._url = f"{agent}/task-protection/v1/state"
        self._protected = False
        self._renew_at = 0.0

    async def set(self, wanted: bool) -> None:
        clock = time.monotonic()
        if wanted == self._protected and (not wanted or clock < self._renew_at):
            return
        state: dict[str, object] = {"ProtectionEnabled": wanted}
        if wanted:
            state["ExpiresInMinutes"] = EXPIRES_IN_MINUTES
        async with self._session.put(self._url, json=state, timeout=_TIMEOUT) as answer:
            answer.raise_for_status()
        self._protected = wanted
        self._renew_at = clock + RENEWAL
