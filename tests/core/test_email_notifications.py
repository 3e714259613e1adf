"""Digests and preferences: pure functions."""

from datetime import UTC, datetime, timedelta

from sightline.domain.email_notifications import (
    CLAIM_DURATION,
    MAX_COLLECTION,
    MAX_NAMED,
    MIN_INTERVAL,
    QUIET_PERIOD,
    Digest,
    EmailKind,
    EmailPreferences,
    owner_of_token,
)

START = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_digest_is_due_after_a_quiet_period() -> None:
    digest = Digest(owner="owner").add("1", None, False, START)
    later = digest.add("2", None, False, START + timedelta(seconds=90))
    assert digest.due_at == START + QUIET_PERIOD
    assert later.due_at == START + timedelta(seconds=90) + QUIET_PERIOD
    assert (later.ready, later.failed) == (2, 0)


def test_endless_batch_is_reported_after_the_longest_collection() -> None:
    digest = Digest(owner="owner")
    for minute in range(120):
        digest = digest.add(str(minute), None, False, START + timedelta(minutes=minute))
    assert digest.due_at == START + MAX_COLLECTION


def test_repeated_event_counts_once() -> None:
    digest = Digest(owner="owner").add("1", "Cat", True, START)
    assert digest.add("1", "Cat", True, START + timedelta(minutes=1)) is digest


def test_digest_names_a_few_failed_images() -> None:
    digest = Digest(owner="owner")
    for number in range(20):
        digest = digest.add(str(number), f"Title {number}", True, START)
    assert digest.failed == 20
    assert len(digest.failed_titles) == MAX_NAMED


def test_only_one_task_claims_a_due_digest_until_the_claim_ends() -> None:
    digest = Digest(owner="owner").add("1", None, False, START)
    assert digest.claim(START) is None
    due = START + QUIET_PERIOD
    claimed = digest.claim(due)
    assert claimed
    assert claimed.claim(due + CLAIM_DURATION - timedelta(seconds=1)) is None
    again = claimed.claim(due + CLAIM_DURATION)
    assert again
    assert again.attempts == 2


def test_images_that_end_while_a_digest_is_sent_are_in_the_next_one() -> None:
    due = START + QUIET_PERIOD
    claimed = Digest(owner="owner").add("1", "One", True, START).claim(due)
    assert claimed
    current = claimed.add("2", "Two", True, due)
    rest = current.complete(claimed, due, is_sent=True)
    assert (rest.ready, rest.failed, rest.failed_titles) == (0, 1, ("Two",))
    assert rest.due_at == due + MIN_INTERVAL
    assert rest.claimed_until is None
    # An event of the first image that is redelivered now does not count again.
    assert rest.add("1", "One", True, due) is rest


def test_messages_to_an_owner_have_a_minimum_interval() -> None:
    due = START + QUIET_PERIOD
    claimed = Digest(owner="owner").add("1", None, False, START).claim(due)
    assert claimed
    sent = claimed.complete(claimed, due, is_sent=True)
    assert sent.due_at is None
    assert sent.expires_at == due + MIN_INTERVAL
    assert sent.add("2", None, False, due).due_at == due + MIN_INTERVAL
    unsent = claimed.complete(claimed, due, is_sent=False)
    assert unsent.add("2", None, False, due).due_at == due + QUIET_PERIOD


def test_unsubscribe_token_belongs_to_one_owner_and_address() -> None:
    preferences = EmailPreferences(owner="owner").with_email("a@example.com")
    token = preferences.unsubscribe_token()
    assert owner_of_token(token) == "owner"
    assert preferences.accepts(token)
    assert not preferences.accepts(token[:-1])
    assert not EmailPreferences(owner="owner").accepts(token)
    assert not EmailPreferences(owner="owner").accepts("owner.")
    assert not preferences.with_email("b@example.com").accepts(token)
    other = preferences.model_copy(update={"owner": "other"})
    assert other.unsubscribe_token().split(".")[1] != token.split(".")[1]
    assert preferences.with_email("a@example.com") is preferences


def test_malformed_tokens_name_no_owner() -> None:
    for token in ("", "owner", ".signature", "a/b.signature", "a#b.c", "x" * 200 + ".c", "é.c"):
        assert owner_of_token(token) is None


def test_unsubscribing_removes_all_kinds_and_the_address() -> None:
    preferences = EmailPreferences(owner="owner").with_email("a@example.com")
    preferences = preferences.with_changes(kinds=frozenset(EmailKind))
    ended = preferences.unsubscribe()
    assert (ended.kinds, ended.email) == (frozenset(), None)
    # The link still works, so that a second click succeeds too.
    assert ended.accepts(preferences.unsubscribe_token())
