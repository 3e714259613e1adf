"""What the tables in memory share."""

from collections import Counter
from dataclasses import dataclass, field

from sightline.domain.album_members import Contribution, Invitation, Member
from sightline.domain.albums import Album, AlbumKey
from sightline.domain.api_keys import ApiKey
from sightline.domain.email_notifications import Digest, EmailPreferences
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.quotas import Amount, Reservation
from sightline.domain.recognition import Recognition
from sightline.domain.share_links import ShareLink
from sightline.domain.webhooks import Delivery, DeliveryKey, Webhook
from sightline.ports.idempotency_store import StoredResponse


@dataclass(frozen=True, slots=True)
class MemoryState:
    """The rows of all tables; times are those of `time.monotonic`."""

    images: dict[ImageKey, Image] = field(default_factory=dict)
    albums: dict[AlbumKey, Album] = field(default_factory=dict)
    #: The ranks of the images of albums, by album and image id.
    album_ranks: dict[tuple[AlbumKey, str], str] = field(default_factory=dict)
    #: By owner and key id.
    api_keys: dict[tuple[str, str], ApiKey] = field(default_factory=dict)
    #: By owner and webhook id.
    webhooks: dict[tuple[str, str], Webhook] = field(default_factory=dict)
    deliveries: dict[DeliveryKey, Delivery] = field(default_factory=dict)
    #: By owner.
    email_preferences: dict[str, EmailPreferences] = field(default_factory=dict)
    #: By owner.
    digests: dict[str, Digest] = field(default_factory=dict)
    #: By owner and link id.
    share_links: dict[tuple[str, str], ShareLink] = field(default_factory=dict)
    #: By digest.
    invitations: dict[str, Invitation] = field(default_factory=dict)
    #: By owner and day: invitations that were created.
    invitation_counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: By album and person.
    members: dict[tuple[AlbumKey, str], Member] = field(default_factory=dict)
    #: By album and image id.
    contributions: dict[tuple[AlbumKey, str], Contribution] = field(default_factory=dict)
    #: By owner and month: arrivals, their bytes, and calls by feature.
    usage: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    #: By owner and end of the reservation: images, and their bytes.
    reservations: dict[tuple[str, int], Amount] = field(default_factory=dict)
    #: By owner and key: fingerprint, response once there is one, and expiry.
    requests: dict[tuple[str, str], tuple[str, StoredResponse | None, float]] = field(
        default_factory=dict
    )
    #: By owner, checksum and profile: a result, or the claimant and its expiry.
    contents: dict[tuple[str, str, str], Recognition | tuple[str, float]] = field(
        default_factory=dict
    )

    def end_reservation(self, reservation: Reservation) -> None:
        """Give back what an upload reserved, unless it has lapsed and is forgotten."""
        key = reservation.owner, reservation.until
        if (amount := self.reservations.get(key)) is not None:
            self.reservations[key] = Amount(amount.images - 1, amount.bytes - reservation.bytes)

    def owned_images(self, owner: str) -> list[Image]:
        """Return the images of an owner, hidden ones included, newest first."""
        owned = [image for image in self.images.values() if image.owner == owner]
        return sorted(owned, key=lambda image: image.image_id, reverse=True)
