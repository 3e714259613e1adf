"""What users were told: the ground on which the checker stands."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

#: `good` can be shown; `broken` is no picture or half of one; `swapped` is not what was announced.
Kind = Literal["good", "broken", "swapped"]

#: Whether the owner asked for the deletion, and whether the gateway has said that it is done.
Deletion = Literal["none", "asked", "done"]


@dataclass
class Entry:
    """One ticket; `accepted` once S3 has taken the picture."""

    owner: str
    image_id: str
    sha256: str
    bytes: int
    kind: Kind
    accepted: bool = False
    deletion: Deletion = "none"
    reprocessed: int = 0


@dataclass
class Ledger:
    """All tickets, and everything that a user was told and should not have been."""

    entries: list[Entry] = field(default_factory=list)
    #: What the gateway did that its document does not tell of, with how often.
    surprises: dict[str, int] = field(default_factory=dict)
    #: Another owner's data seen or changed.
    trespasses: list[str] = field(default_factory=list)
    #: Albums whose deletion was asked for, and answered in the end.
    dropped_albums: list[str] = field(default_factory=list)
    #: What was done, by its name.
    steps: dict[str, int] = field(default_factory=dict)

    _owners: dict[str, str] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        self.entries.append(entry)
        self._owners[entry.image_id] = entry.owner

    def owner_of(self, image_id: str | None) -> str | None:
        return self._owners.get(image_id or "")

    def surprise(self, what: str) -> None:
        self.surprises[what] = self.surprises.get(what, 0) + 1

    def step(self, what: str) -> None:
        self.steps[what] = self.steps.get(what, 0) + 1

    @property
    def uploads(self) -> int:
        return sum(entry.accepted for entry in self.entries)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1))
