"""What the simulated users observed: the checker compares the state of the system with it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

#: `valid` can be decoded; `corrupt` cannot; `mismatched` has another checksum than its upload.
ImageKind = Literal["valid", "corrupt", "mismatched"]

#: Whether the owner requested the deletion, and whether the gateway confirmed it.
Deletion = Literal["none", "requested", "confirmed"]


@dataclass
class UploadRecord:
    """One upload; `accepted` once S3 has stored the image."""

    owner: str
    image_id: str
    sha256: str
    bytes: int
    kind: ImageKind
    accepted: bool = False
    deletion: Deletion = "none"
    reprocess_count: int = 0


@dataclass
class MessageRecord:
    """A message that the webhook endpoint of an owner accepted."""

    owner: str
    message_id: str
    type: str
    subject_id: str


@dataclass
class ShareRecord:
    """A share link to an image or album, and what a visitor got at the end of the run.

    `status` is that of the response, None before the visit; `image_ids` are those of the images
    that the link showed.
    """

    owner: str
    link_id: str
    token: str
    image_id: str | None = None
    album_id: str | None = None
    revocation: Deletion = "none"
    status: int | None = None
    image_ids: list[str] = field(default_factory=list)


@dataclass
class Ledger:
    """All uploads, and every response that violated the API's contract."""

    uploads: list[UploadRecord] = field(default_factory=list)
    #: Responses that the API does not document, with their number.
    unexpected_responses: dict[str, int] = field(default_factory=dict)
    #: Data of another owner that was read or changed.
    isolation_violations: list[str] = field(default_factory=list)
    #: Ids of albums whose deletion was requested.
    deleted_albums: list[str] = field(default_factory=list)
    #: Completed actions of simulated users, by name.
    actions: dict[str, int] = field(default_factory=dict)

    #: Owners whose webhook endpoint receives all events, and what it accepted.
    webhook_owners: list[str] = field(default_factory=list)
    messages: list[MessageRecord] = field(default_factory=list)

    #: Share links whose creation was confirmed.
    share_links: list[ShareRecord] = field(default_factory=list)

    _owners: dict[str, str] = field(default_factory=dict)

    def add_upload(self, upload: UploadRecord) -> None:
        self.uploads.append(upload)
        self._owners[upload.image_id] = upload.owner

    def owner_of(self, image_id: str | None) -> str | None:
        return self._owners.get(image_id or "")

    def count_unexpected(self, response: str) -> None:
        self.unexpected_responses[response] = self.unexpected_responses.get(response, 0) + 1

    def count_action(self, name: str) -> None:
        self.actions[name] = self.actions.get(name, 0) + 1

    @property
    def accepted_count(self) -> int:
        return sum(upload.accepted for upload in self.uploads)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1))
