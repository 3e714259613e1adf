"""Settlement of messages, and the backoff of redeliveries."""

import math

import pytest

from sightline.consumer.settlement import (
    Backoff,
    Delete,
    Exhausted,
    Failed,
    Handled,
    Outcome,
    Retry,
    Settlement,
    settle,
    working_receives,
)

BACKOFF = Backoff(first=2, longest=600)


@pytest.mark.parametrize(
    ("outcome", "receive_count", "settlement"),
    [
        (Handled(), 1, Delete()),
        (Handled(), 9, Delete()),
        (Failed(), 1, Retry(2)),
        (Failed(), 2, Retry(4)),
        (Failed(), 5, Retry(32)),
        (Failed(), 10, Retry(600)),
        (Failed(), 100_000, Retry(600)),
        (Exhausted(), 8, Retry(0)),
    ],
)
def test_settle_returns_what_to_do_with_the_message(
    outcome: Outcome, receive_count: int, settlement: Settlement
) -> None:
    assert settle(outcome, receive_count, BACKOFF, roll=1) == settlement


def test_backoff_jitter_spreads_the_second_half_of_the_delay() -> None:
    assert [BACKOFF.delay(3, roll) for roll in (0, 0.5, 1)] == [4, 6, 8]


@pytest.mark.parametrize(
    ("max_receives", "working"), [(10, 8), (3, 1), (2, 1), (1, 1), (None, math.inf)]
)
def test_the_last_receives_are_reserved_for_giving_up(
    max_receives: int | None, working: float
) -> None:
    """At least one receive is processed, even if too few are permitted to reserve any."""
    assert working_receives(max_receives) == working
