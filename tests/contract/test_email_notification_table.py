"""The contract of `EmailNotificationTable`."""

from datetime import timedelta

import pytest

from sightline.domain.clock import now
from sightline.domain.email_notifications import (
    QUIET_PERIOD,
    Digest,
    EmailKind,
    EmailPreferences,
    Language,
    UsageLevel,
    UsageResource,
)
from sightline.optimistic import Conflict
from sightline.ports.tables import Tables

LEVEL = UsageLevel(resource=UsageResource.CALLS, percent=80, month="2026-11")


def make_preferences(owner: str = "owner") -> EmailPreferences:
    preferences = EmailPreferences(owner=owner, language=Language.JAPANESE)
    return preferences.with_email("owner@example.com").model_copy(
        update={"kinds": frozenset(EmailKind), "usage_levels": (LEVEL,)}
    )


async def test_preferences_start_empty_and_are_stored_by_owner(tables: Tables) -> None:
    table, preferences = tables.email_notifications, make_preferences()
    assert await table.get_preferences("owner") == EmailPreferences(owner="owner")
    await table.store_preferences(preferences)
    assert await table.get_preferences("owner") == preferences
    assert await table.get_preferences("other") == EmailPreferences(owner="other")


async def test_stale_preferences_conflict(tables: Tables) -> None:
    table, first = tables.email_notifications, make_preferences()
    second = first.with_changes(language=Language.GERMAN)
    with pytest.raises(Conflict):
        await table.store_preferences(second)
    await table.store_preferences(first)
    await table.store_preferences(second)
    for stale in (
        first.with_changes(kinds=frozenset()),
        make_preferences().model_copy(update={"language": Language.ARABIC}),
        second.with_changes().with_changes(),
    ):
        with pytest.raises(Conflict):
            await table.store_preferences(stale)
    assert await table.get_preferences("owner") == second


async def test_stale_digests_conflict(tables: Tables) -> None:
    table, at = tables.email_notifications, now()
    first = (await table.get_digest("owner")).add("image-1", "Title", True, at)
    await table.store_digest(first)
    assert await table.get_digest("owner") == first
    second = first.add_paused_endpoint("webhook-1", "hooks.example.com", at)
    await table.store_digest(second)
    with pytest.raises(Conflict):
        await table.store_digest(first.add("image-3", None, False, at))
    assert await table.get_digest("owner") == second


async def test_due_digests_are_found(tables: Tables) -> None:
    table, at = tables.email_notifications, now()
    early, late = (
        Digest(owner=owner).add("image", None, False, at + timedelta(minutes=minutes))
        for owner, minutes in (("early", 0), ("late", 5))
    )
    for digest in (early, late):
        await table.store_digest(digest)
    due = at + QUIET_PERIOD
    assert await table.find_due_digests(due - timedelta(seconds=1), 10) == []
    assert await table.find_due_digests(due, 10) == [early]
    both = await table.find_due_digests(due + timedelta(minutes=5), 10)
    assert sorted(digest.owner for digest in both) == ["early", "late"]
    assert len(await table.find_due_digests(due + timedelta(minutes=5), 1)) == 1
    claimed = early.claim(due)
    assert claimed
    await table.store_digest(claimed)
    await table.store_digest(claimed.complete(claimed, due, is_sent=True))
    assert await table.find_due_digests(due, 10) == []


async def test_erasure_removes_what_belongs_to_one_owner(tables: Tables) -> None:
    table, at = tables.email_notifications, now()
    for owner in ("gone", "kept"):
        await table.store_preferences(make_preferences(owner))
        await table.store_digest(Digest(owner=owner).add("image", None, False, at))
    await tables.owner_data.erase("gone")
    assert await table.get_preferences("gone") == EmailPreferences(owner="gone")
    assert await table.get_digest("gone") == Digest(owner="gone")
    assert (await table.get_preferences("kept")).kinds == frozenset(EmailKind)
    assert (await table.get_digest("kept")).ready == 1
