"""Optimistic concurrency: writes are conditional on what was read, and retried on conflict."""

from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import stamina

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

#: How often a change is derived and written before the conflict is reported.
ATTEMPTS = 5

#: Longest wait before the next attempt, seconds.
MAX_WAIT_SECONDS = 0.05


class Conflict(Exception):
    """The item changed since it was read: read it again and derive the change anew."""


def retry_conflicts(
    attempts: int = ATTEMPTS,
) -> Callable[[Callable[Parameters, Awaitable[Result]]], Callable[Parameters, Awaitable[Result]]]:
    """Decorate a coroutine that reads, decides and writes: call it again when it conflicts.

    The `Conflict` of the last attempt is raised.
    """
    return stamina.retry(
        on=Conflict,
        attempts=attempts,
        timeout=None,
        wait_initial=0,
        wait_jitter=MAX_WAIT_SECONDS,
        wait_max=MAX_WAIT_SECONDS,
    )
