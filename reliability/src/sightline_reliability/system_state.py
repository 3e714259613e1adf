"""The complete persistent state of Sightline: a snapshot of S3, SQS and DynamoDB.

It shares no code with the services. The keys and rows follow docs/architecture.md, implemented here
a second time; and it scans the table, which no product code does.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from boto3.dynamodb.types import TypeDeserializer

_deserialize = TypeDeserializer().deserialize

Row = dict[str, Any]


class DataStores(NamedTuple):
    """Names of the table and buckets, and URLs of the queues."""

    table: str
    originals: str
    renditions: str
    queue_urls: tuple[str, ...]


@dataclass
class SystemState:
    """All rows, object keys and messages."""

    images: dict[str, Row] = field(default_factory=dict)
    #: (owner, label, image id) -> confidence
    label_index: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)
    #: (owner, label) -> number of images
    label_counts: dict[tuple[str, str], int] = field(default_factory=dict)
    #: (owner, month) -> number of images in the timeline
    month_counts: dict[tuple[str, str], int] = field(default_factory=dict)
    #: owner -> period -> attributes
    usage: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    #: (owner, sha256, image id)
    content_index: set[tuple[str, str, str]] = field(default_factory=set)
    #: (owner, sha256) -> cached recognition results, and claims on them
    recognition_cache: dict[tuple[str, str], list[Row]] = field(
        default_factory=lambda: defaultdict(list)
    )
    #: (owner, word, image id)
    word_index: set[tuple[str, str, str]] = field(default_factory=set)
    #: (owner, word) -> images
    word_counts: dict[tuple[str, str], int] = field(default_factory=dict)
    #: (owner, band, image id) -> perceptual hash
    hash_index: dict[tuple[str, str, str], str] = field(default_factory=dict)
    #: (owner, album id) -> row
    albums: dict[tuple[str, str], Row] = field(default_factory=dict)
    #: (owner, album id, image id) -> position by time of capture, if any
    album_images: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    #: (owner, album id, image id) -> position in the manual order
    album_ranks: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    #: (owner, webhook id, subject id, delivery id) of the deliveries that wait for an attempt
    pending_deliveries: set[tuple[str, str, str, str]] = field(default_factory=set)
    #: (owner, link id) -> share link, as its owner lists it
    share_links: dict[tuple[str, str], Row] = field(default_factory=dict)
    #: Digest of the token -> share link, as visitors find it
    share_digests: dict[str, Row] = field(default_factory=dict)
    #: (owner, key id) -> API key, as its owner lists it
    api_keys: dict[tuple[str, str], Row] = field(default_factory=dict)
    #: Digest of the secret -> API key, as a request finds it
    api_key_digests: dict[str, Row] = field(default_factory=dict)
    #: (owner, album id, invitation id) -> invitation, as its owner lists it
    invitations: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    #: Digest of the token -> invitation, as an invited person finds it
    invitation_digests: dict[str, Row] = field(default_factory=dict)
    #: (owner, album id, member) -> member of an album, as its owner lists it
    members: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    #: (owner, album id, member) -> the same, as the member lists it
    memberships: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    #: (owner, album id, image id) -> image that a member added to an album
    contributions: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    #: (owner, album id, image id) -> the same, as found by the image
    image_contributions: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    unknown_rows: list[Row] = field(default_factory=list)
    #: Object keys of each bucket
    originals: set[str] = field(default_factory=set)
    renditions: set[str] = field(default_factory=set)
    #: Object key -> ETag; the same after the emulator was killed, or None if it was not
    objects: dict[str, str] = field(default_factory=dict)
    objects_after_kill: dict[str, str] | None = None
    #: Queue URL -> number of unsettled messages
    unsettled: Counter[str] = field(default_factory=Counter)
    #: Bodies of the messages in all dead-letter queues
    dead_letters: list[str] = field(default_factory=list)


def read_state(client: Callable[[str], Any], stores: DataStores) -> SystemState:
    """Read everything; `client` returns a boto3 client for a service's name."""
    state = SystemState()
    s3, sqs = client("s3"), client("sqs")
    for row in _scan(client("dynamodb"), stores.table):
        add_row(state, row)
    originals, renditions = _read_bucket(s3, stores.originals), _read_bucket(s3, stores.renditions)
    state.originals, state.renditions = set(originals), set(renditions)
    state.objects = originals | renditions
    dead_letter_arns: dict[str, None] = {}
    for url in stores.queue_urls:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        for name in ("", "NotVisible", "Delayed"):
            state.unsettled[url] += int(attributes[f"ApproximateNumberOfMessages{name}"])
        # A backlog shares the dead-letter queue of its queue.
        dead_letter_arns[json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]] = None
    for arn in dead_letter_arns:
        dead_letter_url = sqs.get_queue_url(QueueName=arn.split(":")[-1])["QueueUrl"]
        state.dead_letters += _read_messages(sqs, dead_letter_url)
    return state


def read_objects(client: Callable[[str], Any], stores: DataStores) -> dict[str, str]:
    """Return the keys of all objects with their ETags."""
    s3 = client("s3")
    return _read_bucket(s3, stores.originals) | _read_bucket(s3, stores.renditions)


def get_image_id(key: str) -> str:
    """Return the id in `originals/{owner}/{id}` or `renditions/{owner}/{id}/{name}`."""
    return key.split("/")[2]


def get_owner(key: str) -> str:
    """Return the owner in the key of an original or a rendition."""
    return key.split("/")[1]


def add_row(state: SystemState, row: Row) -> None:
    """Add a row to the collection that its key determines."""
    match row["pk"].split("#"), row["sk"].split("#"):
        case [["USER", _], ["IMAGE", image_id]]:
            state.images[image_id] = row
        case [["USER", owner, "LABEL", label], [image_id]]:
            state.label_index[owner, label, image_id] = row["confidence"]
        case [["USER", owner, "WORD", word], [image_id]]:
            state.word_index.add((owner, word, image_id))
        case [["USER", owner, "WORDS"], [word]]:
            state.word_counts[owner, word] = int(row["images"])
        case [["USER", owner, "HASH", band], [image_id]]:
            state.hash_index[owner, band, image_id] = row["perceptual_hash"]
        case [["USER", owner], ["ALBUM", album_id]]:
            state.albums[owner, album_id] = row
        case [["USER", owner, "ALBUM", album_id], [image_id]]:
            state.album_images[owner, album_id, image_id] = row.get("timeline")
        case [["USER", owner, "RANK", album_id], [image_id]]:
            state.album_ranks[owner, album_id, image_id] = row.get("timeline")
        case [["USER", owner, "WEBHOOK", webhook_id], ["PENDING", subject_id, delivery_id]]:
            state.pending_deliveries.add((owner, webhook_id, subject_id, delivery_id))
        case [["USER", _, "WEBHOOK", _], ["DELIVERY", _]] | [["USER", _], ["WEBHOOK", _]]:
            pass
        case [["USER", owner], ["SHARE", link_id]]:
            state.share_links[owner, link_id] = row
        case [["SHARE", digest], ["SHARE"]]:
            state.share_digests[digest] = row
        case [["USER", owner], ["KEY", key_id]]:
            state.api_keys[owner, key_id] = row
        case [["KEY", digest], ["KEY"]]:
            state.api_key_digests[digest] = row
        case [["USER", owner], ["INVITATION", album_id, invitation_id]]:
            state.invitations[owner, album_id, invitation_id] = row
        case [["INVITATION", digest], ["INVITATION"]]:
            state.invitation_digests[digest] = row
        case [["USER", owner], ["MEMBER", album_id, member]]:
            state.members[owner, album_id, member] = row
        case [["USER", member], ["MEMBERSHIP", album_id]]:
            state.memberships[row["owner"], album_id, member] = row
        case [["USER", owner, "CONTRIBUTIONS", album_id], [image_id]]:
            state.contributions[owner, album_id, image_id] = row
        case [["USER", _], ["CONTRIBUTION", image_id, album_id]]:
            state.image_contributions[row["owner"], album_id, image_id] = row
        case [["USER", _], ["INVITED", _]]:
            # The number of invitations of a day.
            pass
        case [["EVENT_QUEUES"], _]:
            # The event queues of the gateway's tasks hold no data of an owner.
            pass
        case [["USER", owner, "LABELS"], [label]]:
            state.label_counts[owner, label] = int(row["images"])
        case [["USER", owner, "MONTHS"], [month]]:
            state.month_counts[owner, month] = int(row["images"])
        case [["USER", owner], ["USAGE", period]]:
            state.usage[owner][period] = row
        case [["USER", _], ["IDEMPOTENCY", _]]:
            pass
        case [["CONTENT", owner, sha256], ["IMAGE", image_id]]:
            state.content_index.add((owner, sha256, image_id))
        case [["CONTENT", owner, sha256], ["RECOGNITION", _]]:
            state.recognition_cache[owner, sha256].append(row)
        case _:
            state.unknown_rows.append(row)


def _scan(dynamodb: Any, table: str) -> Iterator[Row]:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    for page in pages:
        for item in page["Items"]:
            row = {name: _deserialize(value) for name, value in item.items()}
            # DynamoDB may remove an expired row days later.
            if int(row.get("expires_at", time.time() + 1)) > time.time():
                yield row


def _read_bucket(s3: Any, bucket: str) -> dict[str, str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {entry["Key"]: entry["ETag"] for page in pages for entry in page.get("Contents", [])}


def _read_messages(sqs: Any, queue_url: str) -> Iterator[str]:
    """Return the bodies of all messages, without deleting them."""
    bodies: dict[str, str] = {}
    while True:
        response = sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=20, WaitTimeSeconds=0
        )
        messages = {each["MessageId"]: each for each in response.get("Messages", [])}
        if not messages.keys() - bodies.keys():
            return iter(bodies.values())
        bodies |= {name: each["Body"] for name, each in messages.items()}
