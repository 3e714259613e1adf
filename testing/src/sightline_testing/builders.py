"""Builders of domain objects with sensible defaults."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from uuid_utils.compat import uuid7

from sightline.domain.album_members import (
    INVITATION_LIFETIME,
    AlbumRole,
    Invitation,
    Member,
    accept_invitation,
)
from sightline.domain.albums import Album, AlbumKey
from sightline.domain.api_keys import SHOWN_LENGTH, ApiKey, Scope, digest_secret, new_secret
from sightline.domain.clock import now
from sightline.domain.ids import (
    new_album_id,
    new_image_id,
    new_key_id,
    new_link_id,
    new_webhook_id,
)
from sightline.domain.images import Details, Image, Part
from sightline.domain.labels import fold_label
from sightline.domain.recognition import (
    BoundingBox,
    DetectedLabel,
    Feature,
    LabelInstance,
    Recognition,
    RecognitionProfile,
)
from sightline.domain.renditions import Rendition, RenditionSet
from sightline.domain.share_links import SHOWN_LENGTH as SHOWN_TOKEN_LENGTH
from sightline.domain.share_links import ShareLink, digest_token, new_token
from sightline.domain.webhooks import Delivery, Webhook, WebhookEventType
from sightline.domain.webhooks import new_secret as new_webhook_secret
from sightline.ports.image_index import Term
from sightline.ports.tables import Tables

ETAG = "9b2cf535f27731c974343645a3985328"
SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


def new_owner() -> str:
    """Return a random owner id, in the form of a Cognito `sub`."""
    return str(uuid4())


def make_image(owner: str | None = None, **changes: object) -> Image:
    """Build an image that waits for its upload; `changes` override its fields."""
    image = Image(
        owner=owner or new_owner(),
        image_id=new_image_id(),
        details=Details(title="An image"),
        media_type="image/jpeg",
        bytes=5,
        sha256=SHA256,
        created_at=now(),
    )
    return image.model_copy(update=changes)


def without_index(image: Image) -> Image:
    """Return the image without the words that a table in DynamoDB notes in its row."""
    return image.model_copy(update={"indexed_words": frozenset()})


def make_api_key(owner: str | None = None, secret: str | None = None, **changes: object) -> ApiKey:
    """Build an API key for a day; its secret is random, and `changes` override its fields."""
    secret, at = secret or new_secret(), now()
    key = ApiKey(
        owner=owner or new_owner(),
        key_id=new_key_id(),
        name="nightly import",
        shown=secret[:SHOWN_LENGTH],
        digest=digest_secret(secret),
        scopes=frozenset({Scope.IMAGES_READ, Scope.IMAGES_WRITE}),
        created_at=at,
        ends_at=at + timedelta(days=1),
    )
    return key.model_copy(update=changes)


def make_webhook(owner: str | None = None, **changes: object) -> Webhook:
    """Build a webhook endpoint that receives all events; `changes` override its fields."""
    at = now()
    webhook = Webhook(
        owner=owner or new_owner(),
        webhook_id=new_webhook_id(),
        url="https://hooks.example.com/sightline",
        events=frozenset(WebhookEventType),
        secret=new_webhook_secret(),
        created_at=at,
        active_since=at,
    )
    return webhook.model_copy(update=changes)


def make_delivery(webhook: Webhook, subject_id: str | None = None, **changes: object) -> Delivery:
    """Build a pending delivery to an endpoint; `changes` override its fields."""
    at = now()
    delivery = Delivery(
        owner=webhook.owner,
        webhook_id=webhook.webhook_id,
        delivery_id=str(uuid7()),
        event="image.ready",
        subject_id=subject_id or new_image_id(),
        payload='{"type":"image.ready"}',
        created_at=at,
        next_at=at,
    )
    return delivery.model_copy(update=changes)


def make_share_link(
    owner: str | None = None, token: str | None = None, **changes: object
) -> ShareLink:
    """Build a link for a day to an image, unless `changes` name an album; its token is random."""
    token, at = token or new_token(), now()
    if "album_id" not in changes:
        changes.setdefault("image_id", new_image_id())
    return ShareLink.model_validate(
        {
            "owner": owner or new_owner(),
            "link_id": new_link_id(),
            "shown": token[:SHOWN_TOKEN_LENGTH],
            "digest": digest_token(token),
            "created_at": at,
            "ends_at": at + timedelta(days=1),
            **changes,
        }
    )


def make_invitation(album: AlbumKey, *, token: str | None = None, **changes: Any) -> Invitation:
    """Build an invitation as a viewer; its token is random, and `changes` override its fields."""
    at = now()
    invitation = Invitation(
        owner=album.owner,
        album_id=album.album_id,
        invitation_id=new_link_id(),
        digest=digest_token(token or new_token()),
        email="friend@example.com",
        role=AlbumRole.VIEWER,
        created_at=at,
        ends_at=at + INVITATION_LIFETIME,
    )
    return invitation.model_copy(update=changes)


async def create_album(tables: Tables, owner: str | None = None, title: str = "Summer") -> Album:
    """Create an empty album."""
    at = now()
    album = Album(
        owner=owner or new_owner(),
        album_id=new_album_id(),
        title=title,
        created_at=at,
        updated_at=at,
    )
    await tables.albums.create(album)
    return album


async def create_member(
    tables: Tables, album: AlbumKey, member: str | None = None, **changes: Any
) -> Member:
    """Have a person accept an invitation as `make_invitation` builds it."""
    invitation = make_invitation(album, **changes)
    await tables.album_members.invite(invitation)
    accepted = accept_invitation(invitation, member or new_owner(), None, now())
    await tables.album_members.accept(invitation, accepted)
    return accepted


async def create_image(tables: Tables, owner: str | None = None, **changes: object) -> Image:
    """Build an image as `make_image` does, and add it to the table."""
    image = make_image(owner, **changes)
    await tables.images.create(image)
    return image


async def count_labels(tables: Tables, owner: str) -> dict[str, int]:
    """Return the number of the owner's images per label."""
    return {count.name: count.images for count in await tables.index.count_labels(owner, 1000)}


async def find_labeled(tables: Tables, owner: str, label: str) -> dict[str, float]:
    """Return the confidence by image id of the images with the label."""
    found = await tables.index.find(owner, Term("label", fold_label(label)), 1000)
    return {each.image_id: each.confidence for each in found}


async def count_calls(tables: Tables, owner: str, month: str) -> dict[Feature, int]:
    """Return the number of billed calls per feature in the month."""
    months = (await tables.usage.read(owner)).months
    return {
        feature: count for m in months if m.month == month for feature, count in m.calls.items()
    }


def edit_details(image: Image, **changes: object) -> Image:
    """Return the image after its owner edited the details."""
    update = {**changes, "revision": image.details.revision + 1}
    return image.with_details(image.details.model_copy(update=update))


def make_recognition(
    *names: str,
    confidence: float = 91.25,
    profile: RecognitionProfile | None = None,
    calls: int = 1,
    vector: bytes | None = None,
) -> Recognition:
    """Build a recognition with these labels, each with a parent and one instance."""
    box = BoundingBox(left=0.1, top=0.2, width=0.3, height=0.4)
    return Recognition(
        labels=tuple(
            DetectedLabel(
                name=name,
                confidence=confidence,
                parents=("Thing",),
                instances=(LabelInstance(box=box, confidence=99.9364013671875),),
            )
            for name in names
        ),
        profile=profile or RecognitionProfile(),
        models={Feature.LABELS: "3.0"},
        calls={Feature.LABELS: calls},
        vector=vector,
    )


def with_hash(image: Image, perceptual_hash: str | None, etag: str = ETAG) -> Image:
    """Return the image with a rendition set that has this perceptual hash."""
    renditions = make_rendition_set().model_copy(update={"perceptual_hash": perceptual_hash})
    return image.with_part("renditions", image.renditions.begin(etag).succeed(renditions))


def make_rendition_set() -> RenditionSet:
    """Build a rendition set with one thumbnail."""
    return RenditionSet(
        media_type="image/jpeg",
        width=800,
        height=600,
        renditions=(
            Rendition(
                name="thumb",
                key="renditions/a/b/thumb.webp",
                media_type="image/webp",
                width=256,
                height=192,
                bytes=1234,
            ),
        ),
    )


def with_recognition(
    image: Image,
    *names: str,
    etag: str = ETAG,
    profile: RecognitionProfile | None = None,
    calls: int = 1,
) -> Image:
    """Return the image after a recognition that found the labels and cost `calls` calls."""
    part: Part[Recognition] = image.recognition.begin(etag)
    result = make_recognition(*names, profile=profile, calls=calls)
    return image.with_part("recognition", part.succeed(result))
