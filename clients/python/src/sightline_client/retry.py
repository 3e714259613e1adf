"""Whether, and when, a request is made once more. Decisions only: nothing here waits or sends."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

#: Answers after which the same request may go well.
PASSING = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retries:
    """At most `attempts` of a request; waits in seconds, doubling from `first` up to `longest`.

    A `Retry-After` is kept to, and one above `longest` ends the attempts: whoever called should
    know rather than wait.
    """

    attempts: int = 6
    first: float = 0.3
    longest: float = 20.0

    def after_failure(self, attempt: int) -> float | None:
        """Seconds until the next attempt where nothing answered, None for no more."""
        if attempt >= self.attempts:
            return None
        wait = min(self.longest, self.first * 2.0 ** (attempt - 1))
        # Half of it by chance, so that many who failed together do not come back together.
        return wait * random.uniform(0.5, 1)  # noqa: S311

    def after_answer(self, attempt: int, status: int, headers: Mapping[str, str]) -> float | None:
        """The same where this was answered; None also where it is a good answer, or final."""
        told = _seconds(headers.get("retry-after"))
        # What is asked while it is being answered (409) says when to ask again.
        if status not in PASSING and not (status == 409 and told is not None):
            return None
        wait = self.after_failure(attempt)
        if wait is None or told is None:
            return wait
        return max(wait, told) if told <= self.longest else None


#: Never again: what fails, fails.
NEVER = Retries(attempts=1)


def _seconds(value: str | None) -> float | None:
    """Dates, which the header may have too, are not given out by the gateway or by S3."""
    return float(value) if value is not None and value.strip().isdigit() else None
