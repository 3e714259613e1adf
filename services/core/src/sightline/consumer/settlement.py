"""Decide what happens to a message after an attempt: pure functions over data.

The last receives that the redrive policy permits are reserved for giving up. A message that is
received so often was never settled, and its images are marked as failed before it goes to the
dead-letter queue, even if every attempt crashed its process.
"""

from dataclasses import dataclass

#: Permitted receives that are reserved for giving up: one, and another in case the table is
#: unavailable at the first.
RESERVED_RECEIVES = 2


@dataclass(frozen=True, slots=True)
class Handled:
    """Every effect of the message is durable, including a rejection.

    `is_complete` is False if the image was rejected or is gone: then not all dependencies were
    needed.
    """

    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt failed for a reason that may be temporary; a redelivery may succeed.

    `error` is the reason, which may say that a dependency is down.
    """

    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Exhausted:
    """All attempts failed, and images that it names are marked so; the message is dead-lettered."""


Outcome = Handled | Failed | Exhausted


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the message from the queue."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Have the message redelivered in `after` seconds."""

    after: float


Settlement = Delete | Retry


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential backoff: seconds until the redelivery, doubling from `first` up to `longest`."""

    first: float = 2
    longest: float = 600

    def delay(self, receive_count: int, roll: float) -> float:
        """Return the delay after this many receives.

        `roll` (0 to 1) is the jitter: it spreads messages that failed together over half the delay.
        """
        # The exponent is bounded so that a large count cannot overflow.
        full = min(self.longest, self.first * 2.0 ** min(receive_count - 1, 32))
        return full * (0.5 + roll / 2)


def working_receives(max_receives: int | None) -> float:
    """Return the number of receives that are processed; later ones only give up."""
    return float("inf") if max_receives is None else max(1, max_receives - RESERVED_RECEIVES)


def settle(outcome: Outcome, receive_count: int, backoff: Backoff, roll: float) -> Settlement:
    """Return what to do with a message after this outcome; `roll` is the jitter, 0 to 1."""
    match outcome:
        case Handled():
            return Delete()
        case Failed():
            return Retry(backoff.delay(receive_count, roll))
        case Exhausted():
            # Redelivered at once, until the redrive policy moves it to the dead-letter queue.
            return Retry(0)
