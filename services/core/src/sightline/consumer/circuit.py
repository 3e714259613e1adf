"""The circuit breaker of a consumer: while a dependency is down, no delivery is spent.

The circuit opens when several attempts in a row end with an outage. The consumer then receives
nothing, keeps the messages it has, and probes: at growing intervals one of them is attempted again,
or one more is received. The first attempt that succeeds closes the circuit.

Attempts of other images count, so an image that a dependency cannot process does not keep the
circuit open while others succeed.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable

from sightline import metrics
from sightline.consumer.settlement import Backoff, Failed, Handled, Outcome

logger = logging.getLogger(__name__)

#: Outages in a row that open the circuit. Fewer would stop a consumer for single faults.
OUTAGES_TO_OPEN = 3

#: The longest time that an open circuit keeps a message. SQS hides a message for 12 hours at most.
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
HOLD_SECONDS = 6 * 3600.0

#: The longest time if no place is free for a message that could succeed where this one fails.
HOLD_SECONDS_IF_FULL = 900.0


def is_never_outage(_error: BaseException) -> bool:
    """Return False: no error is an outage, and the circuit never opens."""
    return False


class Circuit:
    """Closed while attempts succeed, open during an outage.

    `is_outage` decides whether an exception says that a dependency is down. `part` names the
    consumer in metrics and logs; `probes` has the intervals between probes.
    """

    def __init__(
        self, part: str, probes: Backoff, is_outage: Callable[[BaseException], bool]
    ) -> None:
        self._is_outage = is_outage
        self._part = part
        self._probes = probes
        self._outages = 0
        self._probe_at = 0.0
        self._closed = asyncio.Event()
        self._closed.set()

    @property
    def is_open(self) -> bool:
        """Whether a dependency is down, as far as is known."""
        return not self._closed.is_set()

    def find_outage(self, outcome: Outcome) -> Exception | None:
        """Return the error if an attempt failed because a dependency is down."""
        error = outcome.error if isinstance(outcome, Failed) else None
        return error if error is not None and self._is_outage(error) else None

    def record(self, outcome: Outcome) -> None:
        """Count how an attempt ended: a success closes the circuit, and outages open it."""
        if (error := self.find_outage(outcome)) is not None:
            self._outages += 1
            if self._outages >= OUTAGES_TO_OPEN:
                self._open(error)
        elif isinstance(outcome, Handled) and outcome.is_complete:
            self._outages = 0
            if self.is_open:
                self._closed.set()
                metrics.record(metrics.CIRCUIT_OPEN, 0, Part=self._part)
                logger.info("the circuit closed", extra={"part": self._part})

    def _open(self, error: Exception) -> None:
        """Open the circuit, or keep it open."""
        if not self.is_open:
            self._closed.clear()
            logger.warning(
                "the circuit opened: a dependency is down",
                extra={"part": self._part, "error": type(error).__qualname__},
            )
        metrics.record(metrics.CIRCUIT_OPEN, 1, Part=self._part)
        self._schedule_probe()

    async def wait_for_probe(self, stopping: "asyncio.Task[bool]", longest: float) -> bool:
        """Wait until the circuit closes, or until the caller is to probe.

        Returns False if the consumer stops, or after `longest` seconds. One caller probes at a
        time; the next follows if nothing is known when its interval has passed.
        """
        deadline = time.monotonic() + longest
        while self.is_open:
            now = time.monotonic()
            if stopping.done() or now >= deadline:
                return False
            if now >= self._probe_at:
                self._schedule_probe()
                return True
            closing = asyncio.ensure_future(self._closed.wait())
            try:
                await asyncio.wait(
                    {closing, stopping},
                    timeout=min(self._probe_at, deadline) - now,
                    return_when=asyncio.FIRST_COMPLETED,
                )
            finally:
                closing.cancel()
        return True

    def _schedule_probe(self) -> None:
        failed_probes = self._outages - OUTAGES_TO_OPEN + 1
        delay = self._probes.delay(failed_probes, random.random())  # noqa: S311
        self._probe_at = time.monotonic() + delay
