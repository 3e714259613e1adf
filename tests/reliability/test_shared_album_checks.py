"""The checker reports each kind of corruption of shared albums and corrections.

The state is in memory: no test of this module reads it from an emulator.
"""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from reliability.test_checker import (
    ALBUM,
    FIRST,
    FOREIGN,
    OTHER_OWNER,
    OWNER,
    SECOND,
    Corruption,
    Row,
    Scenario,
    accepted_upload,
)
from sightline_reliability.checker import check_invariants
from sightline_reliability.ledger import (
    AlbumVisit,
    InvitationRecord,
    Ledger,
    MembershipRecord,
    MessageRecord,
)
from sightline_reliability.system_state import DataStores, SystemState, add_row

SHARING_PAIRS = "items of shared albums exist in pairs, and with their album"
MEMBERSHIPS = "memberships last from their acceptance to their end"
CONTRIBUTED = "contributions are those of members, in the album's orders"
VISITS = "an album is shown in its order, to its owner and members only"
CORRECTIONS = "corrections are applied once, and the renditions follow them"


class MemoryScenario(Scenario):
    """The rows and objects of the same small state."""

    def __init__(self) -> None:
        self.stores = DataStores("table", "originals", "renditions", ())
        self.rows: dict[tuple[str, str], Row] = {}
        self.objects: set[tuple[str, str]] = set()

    def put_row(self, pk: str, sk: str, **row: Any) -> None:
        self.rows[pk, sk] = {"pk": pk, "sk": sk, **row}

    def delete_row(self, pk: str, sk: str) -> None:
        del self.rows[pk, sk]

    def update_image(self, image_id: str, owner: str = OWNER, **changes: Any) -> None:
        self.rows[f"USER#{owner}", f"IMAGE#{image_id}"].update(changes)

    def put_object(self, bucket: str, key: str) -> None:
        self.objects.add((bucket, key))

    def find_violations(self, ledger: Ledger) -> set[tuple[str, str]]:
        """Return the invariant and the kind of each violation."""
        state = SystemState()
        for row in self.rows.values():
            add_row(state, copy.deepcopy(row))
        state.originals = {key for bucket, key in self.objects if bucket == "originals"}
        state.renditions = {key for bucket, key in self.objects if bucket == "renditions"}
        return {(each.invariant, each.kind) for each in check_invariants(state, ledger)}


MEMBER = {"owner": OWNER, "album_id": ALBUM, "member": OTHER_OWNER, "member_id": "joined"}
CONTRIBUTIONS = f"USER#{OWNER}#CONTRIBUTIONS#{ALBUM}"


def share_album(scenario: Scenario, ledger: Ledger) -> None:
    """Share the album with the other owner, who adds an image and sees all three."""
    member = {**MEMBER, "role": "contributor"}
    scenario.put_row(f"USER#{OWNER}", f"MEMBER#{ALBUM}#{OTHER_OWNER}", **member)
    scenario.put_row(f"USER#{OTHER_OWNER}", f"MEMBERSHIP#{ALBUM}", **member)
    invitation = {"owner": OWNER, "album_id": ALBUM, "invitation_id": "open", "digest": "digest"}
    scenario.put_row(f"USER#{OWNER}", f"INVITATION#{ALBUM}#open", **invitation)
    scenario.put_row("INVITATION#digest", "INVITATION", **invitation)
    added = {"owner": OWNER, "album_id": ALBUM, "image_id": FOREIGN, "contributor": OTHER_OWNER}
    position = f"2026-11-20T10:00:00.500000#{FOREIGN}"
    scenario.put_row(CONTRIBUTIONS, FOREIGN, **added, timeline=position)
    scenario.put_row(f"USER#{OTHER_OWNER}", f"CONTRIBUTION#{FOREIGN}#{ALBUM}", **added)
    scenario.put_row(f"USER#{OWNER}#RANK#{ALBUM}", FOREIGN, timeline=f"6#{FOREIGN}")
    ledger.invitations.append(InvitationRecord(OWNER, ALBUM, "open", "token", "viewer"))
    ledger.memberships.append(
        MembershipRecord(OWNER, ALBUM, OTHER_OWNER, "joined", "contributor", confirmed=True)
    )
    ledger.contribution(ALBUM, FOREIGN, OTHER_OWNER).inside = True
    every = [FOREIGN, SECOND, FIRST]
    ledger.album_visits += [
        AlbumVisit(OWNER, OWNER, ALBUM, 200, every),
        AlbumVisit(OTHER_OWNER, OWNER, ALBUM, 200, every.copy()),
    ]
    ledger.messages.append(MessageRecord(OTHER_OWNER, "shared", "album.updated", ALBUM))


def after_sharing(corrupt: Callable[[Scenario, Ledger], object]) -> Callable[..., None]:
    def run(scenario: Scenario, ledger: Ledger) -> None:
        share_album(scenario, ledger)
        corrupt(scenario, ledger)

    return run


def remove_member(scenario: Scenario, _: Ledger) -> None:
    scenario.delete_row(f"USER#{OWNER}", f"MEMBER#{ALBUM}#{OTHER_OWNER}")
    scenario.delete_row(f"USER#{OTHER_OWNER}", f"MEMBERSHIP#{ALBUM}")


def remove_contribution(scenario: Scenario, _: Ledger) -> None:
    scenario.delete_row(CONTRIBUTIONS, FOREIGN)
    scenario.delete_row(f"USER#{OTHER_OWNER}", f"CONTRIBUTION#{FOREIGN}#{ALBUM}")
    scenario.delete_row(f"USER#{OWNER}#RANK#{ALBUM}", FOREIGN)


def rotate(scenario: Scenario, ledger: Ledger, **known: Any) -> None:
    """Rotate the first image, whose renditions do not follow."""
    scenario.update_image(FIRST, details={"revision": 1, "rotation": 90})
    for name, value in known.items():
        setattr(ledger.uploads[0], name, value)


SHARED_CORRUPTIONS: dict[str, tuple[Corruption, tuple[str, str]]] = {
    "membership that only the owner lists": (
        after_sharing(lambda s, _: s.delete_row(f"USER#{OTHER_OWNER}", f"MEMBERSHIP#{ALBUM}")),
        (SHARING_PAIRS, "lost"),
    ),
    "invitation without its token": (
        after_sharing(lambda s, _: s.delete_row("INVITATION#digest", "INVITATION")),
        (SHARING_PAIRS, "lost"),
    ),
    "contribution that only the album lists": (
        after_sharing(
            lambda s, _: s.delete_row(f"USER#{OTHER_OWNER}", f"CONTRIBUTION#{FOREIGN}#{ALBUM}")
        ),
        (SHARING_PAIRS, "lost"),
    ),
    "member of an album that does not exist": (
        after_sharing(lambda s, _: s.delete_row(f"USER#{OWNER}", f"ALBUM#{ALBUM}")),
        (SHARING_PAIRS, "left"),
    ),
    "lost member": (after_sharing(remove_member), (MEMBERSHIPS, "lost")),
    "member who left": (
        after_sharing(lambda _, ledger: setattr(ledger.memberships[0], "ending", "confirmed")),
        (MEMBERSHIPS, "left"),
    ),
    "role that was not changed": (
        after_sharing(lambda _, ledger: setattr(ledger.memberships[0], "role", "viewer")),
        (MEMBERSHIPS, "lost"),
    ),
    "invitation that two persons accepted": (
        after_sharing(lambda _, ledger: ledger.memberships.append(ledger.memberships[0])),
        (MEMBERSHIPS, "doubled"),
    ),
    "open invitation that was accepted": (
        after_sharing(lambda _, ledger: setattr(ledger.memberships[0], "member_id", "open")),
        (MEMBERSHIPS, "doubled"),
    ),
    "invitation that was revoked": (
        after_sharing(lambda _, ledger: setattr(ledger.invitations[0], "revocation", "confirmed")),
        (MEMBERSHIPS, "left"),
    ),
    "contribution of a former member": (after_sharing(remove_member), (CONTRIBUTED, "left")),
    "contribution at another time of capture": (
        after_sharing(
            lambda s, _: s.put_row(
                CONTRIBUTIONS, FOREIGN, contributor=OTHER_OWNER, timeline=f"1987#{FOREIGN}"
            )
        ),
        (CONTRIBUTED, "lost"),
    ),
    "contribution without a rank": (
        after_sharing(lambda s, _: s.delete_row(f"USER#{OWNER}#RANK#{ALBUM}", FOREIGN)),
        (CONTRIBUTED, "lost"),
    ),
    "contribution of another owner's image": (
        after_sharing(lambda s, _: s.put_row(CONTRIBUTIONS, FIRST, contributor=OTHER_OWNER)),
        (CONTRIBUTED, "foreign"),
    ),
    "lost contribution": (after_sharing(remove_contribution), (CONTRIBUTED, "lost")),
    "contribution that was removed": (
        after_sharing(
            lambda _, ledger: setattr(
                ledger.contribution(ALBUM, FOREIGN, OTHER_OWNER), "inside", False
            )
        ),
        (CONTRIBUTED, "left"),
    ),
    "member who does not see the album": (
        after_sharing(lambda _, ledger: setattr(ledger.album_visits[1], "status", 404)),
        (VISITS, "lost"),
    ),
    "stranger who sees the album": (
        after_sharing(lambda _, ledger: setattr(ledger.album_visits[1], "caller", "stranger")),
        (VISITS, "foreign"),
    ),
    "album without an image of a member": (
        after_sharing(lambda _, ledger: ledger.album_visits[0].image_ids.remove(FOREIGN)),
        (VISITS, "lost"),
    ),
    "album that shows an image outside it": (
        after_sharing(lambda _, ledger: ledger.album_visits[0].image_ids.append("another")),
        (VISITS, "foreign"),
    ),
    "album that shows an image twice": (
        after_sharing(lambda _, ledger: ledger.album_visits[0].image_ids.append(FIRST)),
        (VISITS, "doubled"),
    ),
    "album in another order": (
        after_sharing(lambda _, ledger: ledger.album_visits[0].image_ids.reverse()),
        (VISITS, "lost"),
    ),
    "time of capture that was shifted twice": (
        lambda _, ledger: setattr(ledger.uploads[0], "taken_at", "2001-01-02T16:30:00"),
        (CORRECTIONS, "doubled"),
    ),
    "rotation that was applied twice": (
        lambda s, ledger: rotate(s, ledger, rotation=180),
        (CORRECTIONS, "doubled"),
    ),
    "position that was not corrected": (
        lambda _, ledger: setattr(ledger.uploads[0], "position", (38.71, -9.14)),
        (CORRECTIONS, "lost"),
    ),
    "renditions at another rotation": (rotate, (CORRECTIONS, "stuck")),
}


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    for owner, image_id in ((OWNER, FIRST), (OWNER, SECOND), (OTHER_OWNER, FOREIGN)):
        ledger.add_upload(accepted_upload(owner, image_id))
    return ledger


@pytest.fixture
def scenario() -> MemoryScenario:
    scenario = MemoryScenario()
    for owner, image_id in ((OWNER, FIRST), (OWNER, SECOND), (OTHER_OWNER, FOREIGN)):
        scenario.add_image(owner, image_id)
    scenario.write_counters(OWNER, 2)
    scenario.write_counters(OTHER_OWNER, 1)
    return scenario


def test_a_shared_album_has_no_violations(scenario: MemoryScenario, ledger: Ledger) -> None:
    share_album(scenario, ledger)
    assert scenario.find_violations(ledger) == set()


@pytest.mark.parametrize("name", SHARED_CORRUPTIONS)
def test_checker_detects_corruption_of_what_is_shared(
    scenario: MemoryScenario, ledger: Ledger, name: str
) -> None:
    corrupt, expected = SHARED_CORRUPTIONS[name]
    corrupt(scenario, ledger)
    assert expected in scenario.find_violations(ledger)


@pytest.mark.parametrize(
    ("confirmed", "expected"), [((True,), True), ((None,), None), ((True, False), None)]
)
def test_overlapping_requests_leave_a_contribution_unknown(
    confirmed: tuple[bool | None, ...], expected: bool | None
) -> None:
    ledger = Ledger()
    record = ledger.contribution(ALBUM, FIRST, OTHER_OWNER)
    for _ in confirmed:
        record.begin()
    for each in confirmed:
        record.end(each)
    assert record.inside is expected
