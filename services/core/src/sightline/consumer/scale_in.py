"""ECS scale-in protection: keep a task running while it processes messages."""

import time
from typing import Protocol

import aiohttp

#: Time after which ECS ends a protection that was not renewed, so that a hung task is not protected
#: forever.
EXPIRES_IN_MINUTES = 10

#: Time after which an active protection is renewed.
RENEWAL_SECONDS = 300.0

#: Timeout of one request to the ECS agent.
TIMEOUT_SECONDS = 5.0


class ScaleInProtection(Protocol):
    """Protects this task from being stopped when the service scales in."""

    async def set(self, enabled: bool) -> None:
        """Turn protection on or off; cheap if nothing changes."""


class NullScaleInProtection:
    """Does nothing: for platforms without scale-in protection."""

    async def set(self, enabled: bool) -> None:
        pass


class EcsScaleInProtection:
    """`ScaleInProtection` by the ECS agent, whose URL every Fargate task receives.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
    """

    def __init__(self, session: aiohttp.ClientSession, agent: str) -> None:
        self._session = session
        self._url = f"{agent}/task-protection/v1/state"
        self._protected = False
        self._renew_at = 0.0

    async def set(self, enabled: bool) -> None:
        now = time.monotonic()
        if enabled == self._protected and (not enabled or now < self._renew_at):
            return
        state: dict[str, object] = {"ProtectionEnabled": enabled}
        if enabled:
            state["ExpiresInMinutes"] = EXPIRES_IN_MINUTES
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        async with self._session.put(self._url, json=state, timeout=timeout) as response:
            response.raise_for_status()
        self._protected = enabled
        self._renew_at = now + RENEWAL_SECONDS
