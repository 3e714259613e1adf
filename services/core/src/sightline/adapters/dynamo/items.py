"""Items of the one table: their keys, and how domain values are written and read.

docs/architecture.md lists every item.
"""

from typing import Any

from sightline.adapters.dynamo.attribute_values import deserialize, serialize
from sightline.adapters.dynamo.schema import SUMMARY_ATTRIBUTES, TIMELINE_ATTRIBUTE
from sightline.adapters.dynamo.summary_items import summary_items, unpack_summary
from sightline.adapters.dynamo.upgrades import (
    VERSION_ATTRIBUTE,
    current_version,
    upgrade,
    version_of,
)
from sightline.domain.albums import Album, AlbumKey
from sightline.domain.images import Image
from sightline.domain.model import Value
from sightline.domain.object_keys import ImageKey
from sightline.domain.recognition import Feature, RecognitionProfile
from sightline.domain.summaries import ImageSummary
from sightline.domain.webhooks import Delivery, DeliveryKey
from sightline.ports.image_index import Term

Item = dict[str, Any]

IMAGE_PREFIX = "IMAGE#"
ALBUM_PREFIX = "ALBUM#"
API_KEY_PREFIX = "KEY#"
WEBHOOK_PREFIX = "WEBHOOK#"
DELIVERY_PREFIX = "DELIVERY#"
SHARE_PREFIX = "SHARE#"
INVITATION_PREFIX = "INVITATION#"
MEMBER_PREFIX = "MEMBER#"
MEMBERSHIP_PREFIX = "MEMBERSHIP#"
CONTRIBUTION_PREFIX = "CONTRIBUTION#"
USAGE_PREFIX = "USAGE#"
DIGESTS_PARTITION = "DIGESTS"
RECOGNITION_PREFIX = "RECOGNITION#"

#: The sort key of the current totals, in place of a month. It sorts after every month.
TOTAL = "total"

#: The attributes of a summary. All of them have placeholders, because some may be reserved words.
_SUMMARY_ATTRIBUTES = ("pk", "sk", *SUMMARY_ATTRIBUTES)

#: What a Query or BatchGetItem reads of each row for a summary.
SUMMARY_PROJECTION: dict[str, Any] = {
    "ProjectionExpression": ", ".join(f"#{name}" for name in _SUMMARY_ATTRIBUTES),
    "ExpressionAttributeNames": {f"#{name}": name for name in _SUMMARY_ATTRIBUTES},
}


def owner_partition(owner: str) -> str:
    return f"USER#{owner}"


def image_key(key: ImageKey) -> Item:
    return {"pk": {"S": owner_partition(key.owner)}, "sk": {"S": f"{IMAGE_PREFIX}{key.image_id}"}}


def album_key(key: AlbumKey) -> Item:
    return {"pk": {"S": owner_partition(key.owner)}, "sk": {"S": f"{ALBUM_PREFIX}{key.album_id}"}}


def term_partition(owner: str, term: Term) -> str:
    """Return the partition of the owner's images that the term finds, sorted by image id."""
    return f"{owner_partition(owner)}#{term.kind.upper()}#{term.name}"


def index_key(key: ImageKey, term: Term) -> Item:
    return {"pk": {"S": term_partition(key.owner, term)}, "sk": {"S": key.image_id}}


def rank_partition(key: AlbumKey) -> str:
    """Return the partition of the ranks of an album, sorted by image id."""
    return f"{owner_partition(key.owner)}#RANK#{key.album_id}"


def rank_key(key: AlbumKey, image_id: str) -> Item:
    return {"pk": {"S": rank_partition(key)}, "sk": {"S": image_id}}


def band_partition(owner: str, band: str) -> str:
    """Return the partition of the owner's images whose perceptual hash has this band."""
    return f"{owner_partition(owner)}#HASH#{band}"


def band_key(key: ImageKey, band: str) -> Item:
    return {"pk": {"S": band_partition(key.owner, band)}, "sk": {"S": key.image_id}}


def label_counts_partition(owner: str) -> str:
    return f"{owner_partition(owner)}#LABELS"


def label_count_key(owner: str, label: str) -> Item:
    return {"pk": {"S": label_counts_partition(owner)}, "sk": {"S": label}}


def month_counts_partition(owner: str) -> str:
    return f"{owner_partition(owner)}#MONTHS"


def month_count_key(owner: str, month: str) -> Item:
    return {"pk": {"S": month_counts_partition(owner)}, "sk": {"S": month}}


def word_counts_partition(owner: str) -> str:
    return f"{owner_partition(owner)}#WORDS"


def word_count_key(owner: str, word: str) -> Item:
    return {"pk": {"S": word_counts_partition(owner)}, "sk": {"S": word}}


def api_key_key(owner: str, key_id: str) -> Item:
    return {"pk": {"S": owner_partition(owner)}, "sk": {"S": f"{API_KEY_PREFIX}{key_id}"}}


def api_key_digest_key(digest: str) -> Item:
    return {"pk": {"S": f"{API_KEY_PREFIX}{digest}"}, "sk": {"S": "KEY"}}


def webhook_key(owner: str, webhook_id: str) -> Item:
    return {"pk": {"S": owner_partition(owner)}, "sk": {"S": f"{WEBHOOK_PREFIX}{webhook_id}"}}


def deliveries_partition(owner: str, webhook_id: str) -> str:
    """Return the partition of the deliveries to an endpoint."""
    return f"{owner_partition(owner)}#{WEBHOOK_PREFIX}{webhook_id}"


def delivery_key(key: DeliveryKey) -> Item:
    pk = deliveries_partition(key.owner, key.webhook_id)
    return {"pk": {"S": pk}, "sk": {"S": f"{DELIVERY_PREFIX}{key.delivery_id}"}}


def pending_prefix(subject_id: str) -> str:
    """Return the start of the sort keys that mark pending deliveries of a subject."""
    return f"PENDING#{subject_id}#"


def pending_delivery_key(delivery: Delivery) -> Item:
    pk = deliveries_partition(delivery.owner, delivery.webhook_id)
    sk = f"{pending_prefix(delivery.subject_id)}{delivery.delivery_id}"
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def email_preferences_key(owner: str) -> Item:
    return {"pk": {"S": owner_partition(owner)}, "sk": {"S": "EMAIL"}}


def digest_key(owner: str) -> Item:
    return {"pk": {"S": DIGESTS_PARTITION}, "sk": {"S": owner}}


def share_link_key(owner: str, link_id: str) -> Item:
    return {"pk": {"S": owner_partition(owner)}, "sk": {"S": f"{SHARE_PREFIX}{link_id}"}}


def share_link_digest_key(digest: str) -> Item:
    return {"pk": {"S": f"{SHARE_PREFIX}{digest}"}, "sk": {"S": "SHARE"}}


def invitation_prefix(album: AlbumKey) -> str:
    """Return the start of the sort keys of an album's invitations, below its owner."""
    return f"{INVITATION_PREFIX}{album.album_id}#"


def invitation_key(album: AlbumKey, invitation_id: str) -> Item:
    sk = f"{invitation_prefix(album)}{invitation_id}"
    return {"pk": {"S": owner_partition(album.owner)}, "sk": {"S": sk}}


def invitation_digest_key(digest: str) -> Item:
    return {"pk": {"S": f"{INVITATION_PREFIX}{digest}"}, "sk": {"S": "INVITATION"}}


def invitation_count_key(owner: str, day: str) -> Item:
    return {"pk": {"S": owner_partition(owner)}, "sk": {"S": f"INVITED#{day}"}}


def member_prefix(album: AlbumKey) -> str:
    """Return the start of the sort keys of an album's members, below its owner."""
    return f"{MEMBER_PREFIX}{album.album_id}#"


def member_key(album: AlbumKey, member: str) -> Item:
    sk = f"{member_prefix(album)}{member}"
    return {"pk": {"S": owner_partition(album.owner)}, "sk": {"S": sk}}


def membership_key(member: str, album_id: str) -> Item:
    sk = f"{MEMBERSHIP_PREFIX}{album_id}"
    return {"pk": {"S": owner_partition(member)}, "sk": {"S": sk}}


def contributions_partition(album: AlbumKey) -> str:
    """Return the partition of the images that members added to an album, sorted by image id."""
    return f"{owner_partition(album.owner)}#CONTRIBUTIONS#{album.album_id}"


def album_contribution_key(album: AlbumKey, image_id: str) -> Item:
    return {"pk": {"S": contributions_partition(album)}, "sk": {"S": image_id}}


def image_contribution_prefix(image_id: str) -> str:
    """Return the start of the sort keys of an image's contributions, in its owner's partition."""
    return f"{CONTRIBUTION_PREFIX}{image_id}#"


def image_contribution_key(image: ImageKey, album_id: str) -> Item:
    sk = f"{image_contribution_prefix(image.image_id)}{album_id}"
    return {"pk": {"S": owner_partition(image.owner)}, "sk": {"S": sk}}


def idempotency_key(owner: str, key: str) -> Item:
    return {"pk": {"S": owner_partition(owner)}, "sk": {"S": f"IDEMPOTENCY#{key}"}}


def usage_key(owner: str, period: str) -> Item:
    return {"pk": {"S": owner_partition(owner)}, "sk": {"S": f"{USAGE_PREFIX}{period}"}}


def content_partition(owner: str, sha256: str) -> str:
    return f"CONTENT#{owner}#{sha256}"


def cached_recognition_key(image: Image, profile: RecognitionProfile) -> Item:
    pk = content_partition(image.owner, image.sha256)
    return {"pk": {"S": pk}, "sk": {"S": f"{RECOGNITION_PREFIX}{profile.name}"}}


def content_image_key(image: Image) -> Item:
    pk = content_partition(image.owner, image.sha256)
    return {"pk": {"S": pk}, "sk": {"S": f"{IMAGE_PREFIX}{image.image_id}"}}


def calls_attribute(feature: Feature) -> str:
    """Return the attribute that counts the calls of a feature; `text` is a reserved word."""
    return f"calls_{feature}"


def plain_item(item: Item) -> dict[str, Any]:
    return {name: deserialize(value) for name, value in item.items()}


def to_plain(value: Value, exclude: set[str] | None = None) -> Any:
    """Return a value as DynamoDB stores it: without absent fields."""
    return value.model_dump(mode="json", exclude_none=True, exclude=exclude)


def image_item(image: Image) -> Item:
    # Sets cannot be empty in DynamoDB; these appear with their first member.
    sets = {"albums", "trashed_albums", "trashed_covers", "trashed_ranks", "indexed_words"}
    plain = to_plain(image, exclude=sets)
    attributes = {name: serialize(value) for name, value in plain.items()}
    version = {VERSION_ATTRIBUTE: serialize(current_version("image"))}
    return image_key(image.key) | attributes | summary_items(image) | version | timeline_item(image)


def timeline_item(image: Image) -> Item:
    """Return the attribute that places the image in the timeline; none outside it."""
    position = image.timeline_position
    return {} if position is None else {TIMELINE_ATTRIBUTE: {"S": position}}


def read_image(item: Item) -> Image:
    plain = plain_item(item)
    is_outdated = version_of(plain) < current_version("image")
    return Image.model_validate(upgrade("image", plain) | {"is_outdated": is_outdated})


def read_summary(item: Item) -> ImageSummary:
    """Read an image from the attributes of `SUMMARY_PROJECTION`, or those that an index has."""
    owner = item["pk"]["S"].removeprefix("USER#")
    return unpack_summary(ImageKey(owner, item["sk"]["S"].removeprefix(IMAGE_PREFIX)), item)


def album_item(album: Album) -> Item:
    attributes = {name: serialize(value) for name, value in to_plain(album).items()}
    return album_key(album.key) | attributes


def read_album(item: Item) -> Album:
    return Album.model_validate(plain_item(item))
