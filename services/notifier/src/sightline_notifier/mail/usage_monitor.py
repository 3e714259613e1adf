"""Compare the usage of owners with their limits."""

from collections.abc import Iterator
from typing import NamedTuple

from sightline.domain.clock import now
from sightline.domain.email_notifications import EmailKind, UsageLevel, UsageResource
from sightline.domain.recognition import Feature
from sightline.domain.timeline import month_of
from sightline.ports.usage_table import Usage, UsageTable

#: Share of a limit from which an owner is warned, in percent.
WARNING_PERCENT = 80

#: The level at which a further image may exceed the limit.
FULL_PERCENT = 100


class UsageLimits(NamedTuple):
    """The limits of each owner: images, bytes, and recognition calls in a month; None: no limit."""

    images: int | None = None
    bytes: int | None = None
    calls: int | None = None


class UsageMonitor:
    """Finds the levels that owners have reached."""

    def __init__(self, usage: UsageTable, limits: UsageLimits) -> None:
        self._usage = usage
        self._limits = limits

    async def find_levels(self, owner: str, kinds: frozenset[EmailKind]) -> tuple[UsageLevel, ...]:
        """Return the current levels of the resources that these kinds are about."""
        limits = self._limits
        has_quota = EmailKind.QUOTA_WARNING in kinds and not (limits.images is limits.bytes is None)
        has_budget = EmailKind.BUDGET_WARNING in kinds and limits.calls is not None
        if not has_quota and not has_budget:
            return ()
        usage = await self._usage.read(owner)
        return (
            *(_find_quota_levels(usage, limits) if has_quota else ()),
            *(_find_budget_levels(usage, limits) if has_budget else ()),
        )


def _find_quota_levels(usage: Usage, limits: UsageLimits) -> Iterator[UsageLevel]:
    if percent := _find_percent(usage.images, limits.images, 1):
        yield UsageLevel(resource=UsageResource.IMAGES, percent=percent)
    # A further image is assumed to have the average size.
    if percent := _find_percent(usage.bytes, limits.bytes, usage.bytes // max(1, usage.images)):
        yield UsageLevel(resource=UsageResource.BYTES, percent=percent)


def _find_budget_levels(usage: Usage, limits: UsageLimits) -> Iterator[UsageLevel]:
    month = month_of(now())
    # A further image needs one call for each feature.
    if percent := _find_percent(usage.calls_in(month), limits.calls, len(Feature)):
        yield UsageLevel(resource=UsageResource.CALLS, percent=percent, month=month)


def _find_percent(used: int, limit: int | None, further: int) -> int | None:
    """Return the level of a resource of which a further image uses so much; None below all."""
    if limit is None or used * 100 < limit * WARNING_PERCENT:
        return None
    return FULL_PERCENT if used + further > limit else WARNING_PERCENT
