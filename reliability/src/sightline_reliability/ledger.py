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
    #: The corrections that must hold at the end; None while that is not known.
    taken_at: str | None = None
    rotation: int | None = None
    position: tuple[float, float] | None = None


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
class ApiKeyRecord:
    """An API key, and the status of its use at the end of the run; None if it was not used then.

    `revoked_at` is a monotonic time in seconds.
    """

    owner: str
    key_id: str
    secret: str
    revocation: Deletion = "none"
    revoked_at: float = 0.0
    status: int | None = None


@dataclass
class InvitationRecord:
    """An invitation to an album. `is_open` until a person accepted it or the owner revoked it."""

    owner: str
    album_id: str
    invitation_id: str
    token: str
    role: str
    is_open: bool = True
    revocation: Deletion = "none"


@dataclass
class MembershipRecord:
    """A membership in the album of another owner; `confirmed` by the response.

    `member_id` is the id of the invitation. `role` is None while a change of it is not confirmed.
    """

    owner: str
    album_id: str
    member: str
    member_id: str
    role: str | None
    confirmed: bool = False
    ending: Deletion = "none"


@dataclass
class ContributionRecord:
    """An image that a member added to an album, and whether it must be inside.

    `inside` is None while that is not known: a request failed, or two overlapped.
    """

    album_id: str
    image_id: str
    contributor: str
    inside: bool | None = None
    pending: int = 0
    overlapped: bool = False

    def begin(self) -> None:
        """Record that a request to add or remove the image starts."""
        self.inside = None
        self.overlapped = self.pending > 0
        self.pending += 1

    def end(self, inside: bool | None) -> None:
        """Record the end of a request, and what it confirmed."""
        self.pending -= 1
        self.inside = None if self.overlapped or self.pending else inside


@dataclass
class AlbumVisit:
    """What the list of a shared album returned to a person at the end of the run."""

    caller: str
    owner: str
    album_id: str
    status: int
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

    #: API keys whose creation was confirmed.
    api_keys: list[ApiKeyRecord] = field(default_factory=list)

    #: Owner and id of each album.
    albums: list[tuple[str, str]] = field(default_factory=list)
    invitations: list[InvitationRecord] = field(default_factory=list)
    memberships: list[MembershipRecord] = field(default_factory=list)
    #: By the ids of the album and of the image.
    contributions: dict[str, ContributionRecord] = field(default_factory=dict)
    album_visits: list[AlbumVisit] = field(default_factory=list)

    _owners: dict[str, str] = field(default_factory=dict)

    def add_upload(self, upload: UploadRecord) -> None:
        self.uploads.append(upload)
        self._owners[upload.image_id] = upload.owner

    def owner_of(self, image_id: str | None) -> str | None:
        return self._owners.get(image_id or "")

    def contribution(self, album_id: str, image_id: str, contributor: str) -> ContributionRecord:
        """Return the record of an image in an album, a new one if there is none."""
        record = ContributionRecord(album_id, image_id, contributor)
        return self.contributions.setdefault(f"{album_id} {image_id}", record)

    def list_contributions(self, album_id: str, contributor: str) -> list[ContributionRecord]:
        """Return the images that a person added to an album at any time."""
        found = self.contributions.values()
        return [
            each for each in found if (each.album_id, each.contributor) == (album_id, contributor)
        ]

    def count_unexpected(self, response: str) -> None:
        self.unexpected_responses[response] = self.unexpected_responses.get(response, 0) + 1

    def count_action(self, name: str) -> None:
        self.actions[name] = self.actions.get(name, 0) + 1

    @property
    def accepted_count(self) -> int:
        return sum(upload.accepted for upload in self.uploads)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1))
