"""What follows from the attempt at a message: pure functions over data.

The last deliveries that the queue permits are kept for giving up. A message that comes back so
often was never answered for: its pictures have been written `failed` before the queue sets it
aside, even where every attempt killed the process that made it.
"""

from dataclasses import dataclass

#: How many of the permitted deliveries are kept for giving up: one, and one more in case the
#: table cannot be reached at that moment.
RESERVED_RECEIVES = 2


@dataclass(frozen=True, slots=True)
class Handled:
    """Every effect of the message is durable, a written refusal included."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Something stood in the way that may be gone later."""


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Its pictures have been written `failed`; the message is for an operator to look at."""


Outcome = Handled | Failed | Exhausted


@dataclass(frozen=True, slots=True)
class Delete:
    """Settle the message for good."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Have the message delivered again in `after` seconds."""

    after: float


Settlement = Delete | Retry


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds until the next delivery: doubling from `first` up to `longest`."""

    first: float = 2
    longest: float = 600

    def delay(self, receive_count: int, roll: float) -> float:
        """`roll` (0 to 1) spreads messages that failed together over half of the time."""
        # The exponent is bounded so that a large count cannot overflow.
        full = min(self.longest, self.first * 2.0 ** min(receive_count - 1, 32))
        return full * (0.5 + roll / 2)


def working_receives(max_receives: int | None) -> float:
    """How many deliveries may be worked on before it is time to give up."""
    return float("inf") if max_receives is None else max(1, max_receives - RESERVED_RECEIVES)


def settle(outcome: Outcome, receive_count: int, backoff: Backoff, roll: float) -> Settlement:
    match outcome:
        case Handled():
            return Delete()
        case Failed():
            return Retry(backoff.delay(receive_count, roll))
        case Exhausted():
            # Delivered at once until the queue has had enough and sets it aside.
            return Retry(0)
