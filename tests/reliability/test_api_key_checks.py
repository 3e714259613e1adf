"""The checker reports API keys that were lost, or that remain after their revocation."""

import pytest

from sightline_reliability.checker import check_invariants
from sightline_reliability.ledger import ApiKeyRecord, Ledger
from sightline_reliability.system_state import SystemState, add_row

API_KEYS = "API keys work until they are revoked"
BY_OWNER, BY_DIGEST = ("USER#owner", "KEY#key"), ("KEY#digest", "KEY")


def find_kinds(key: ApiKeyRecord, *rows: tuple[str, str]) -> list[str]:
    """Return the kinds of the violations that this key leads to, of which these rows are stored."""
    state = SystemState()
    for pk, sk in rows:
        add_row(state, {"pk": pk, "sk": sk, "owner": "owner", "key_id": "key", "digest": "digest"})
    assert not state.unknown_rows
    violations = check_invariants(state, Ledger(api_keys=[key]))
    return [each.kind for each in violations if each.invariant == API_KEYS]


@pytest.mark.parametrize(
    ("rows", "status", "kinds"),
    [
        ([BY_OWNER, BY_DIGEST], 200, []),
        ([BY_OWNER, BY_DIGEST], 401, ["lost"]),
        ([BY_OWNER], 200, ["lost"]),
        ([BY_DIGEST], 200, ["left", "lost"]),
        ([], 401, ["lost"]),
    ],
)
def test_a_key_works_and_is_stored_twice(
    rows: list[tuple[str, str]], status: int, kinds: list[str]
) -> None:
    assert find_kinds(ApiKeyRecord("owner", "key", "secret", status=status), *rows) == kinds


@pytest.mark.parametrize(
    ("rows", "status", "kinds"),
    [
        ([], 401, []),
        ([], None, []),
        ([], 200, ["left"]),
        ([BY_OWNER, BY_DIGEST], 401, ["left"]),
    ],
)
def test_a_revoked_key_is_deleted_and_rejected(
    rows: list[tuple[str, str]], status: int | None, kinds: list[str]
) -> None:
    key = ApiKeyRecord("owner", "key", "secret", "confirmed", status=status)
    assert find_kinds(key, *rows) == kinds
