"""The checker reports each kind of corruption, injected into a small state that is consistent."""

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import boto3
import msgspec
import pytest

from sightline.adapters.dynamo.schema import table_schema
from sightline_reliability.checker import POISON_MESSAGE, check_invariants
from sightline_reliability.ledger import Ledger, MessageRecord, ShareRecord, UploadRecord
from sightline_reliability.system_state import DataStores, read_state

REGION = "eu-central-1"
OWNER, OTHER_OWNER = "owner-1", "owner-2"
ALBUM = "01a1f937-0000-7000-8000-00000000aaaa"
FIRST, SECOND, FOREIGN = (f"01a1f937-0000-7000-8000-00000000000{n}" for n in range(1, 4))

#: A perceptual hash, and its bands as docs/architecture.md describes them.
PERCEPTUAL_HASH = "f0e1d2c3b4a59687"
BANDS = ("0-287", "1-165", "2-34a", "3-30e", "4-1d2", "5-070", "6-03c")

#: The number of a state in a summary.
SUCCEEDED = 2

Row = dict[str, Any]


def pack(*fields: object) -> bytes:
    """Return the fields of a summary in MessagePack."""
    return msgspec.msgpack.encode(fields)


class Scenario:
    """A small state in the AWS emulator, written row by row."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        name = f"checked-{uuid4().hex[:8]}"
        s3, sqs = self.client("s3"), self.client("sqs")
        location: Any = {"LocationConstraint": REGION}
        for bucket in (f"{name}-originals", f"{name}-renditions"):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
        dead_letter_url = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead_letter_url, AttributeNames=["QueueArn"])
        redrive = {"deadLetterTargetArn": arn["Attributes"]["QueueArn"], "maxReceiveCount": 3}
        attributes = {"RedrivePolicy": json.dumps(redrive)}
        queue_url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.client("dynamodb").create_table(**table_schema(name))
        self.queue_url, self.dead_letter_url = queue_url, dead_letter_url
        self.stores = DataStores(name, f"{name}-originals", f"{name}-renditions", (queue_url,))
        self.table = boto3.resource(
            "dynamodb",
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        ).Table(name)

    def client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self._endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def put_row(self, pk: str, sk: str, **row: Any) -> None:
        self.table.put_item(Item={"pk": pk, "sk": sk, **row})

    def delete_row(self, pk: str, sk: str) -> None:
        self.table.delete_item(Key={"pk": pk, "sk": sk})

    def update_image(self, image_id: str, owner: str = OWNER, **changes: Any) -> None:
        key = {"pk": f"USER#{owner}", "sk": f"IMAGE#{image_id}"}
        self.table.put_item(Item={**self.table.get_item(Key=key)["Item"], **changes})

    def read_image(self, image_id: str, owner: str = OWNER) -> Row:
        key = {"pk": f"USER#{owner}", "sk": f"IMAGE#{image_id}"}
        return copy.deepcopy(self.table.get_item(Key=key)["Item"])

    def put_object(self, bucket: str, key: str) -> None:
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")

    def delete_object(self, bucket: str, key: str) -> None:
        self.client("s3").delete_object(Bucket=bucket, Key=key)

    def send(self, queue_url: str, body: str) -> None:
        self.client("sqs").send_message(QueueUrl=queue_url, MessageBody=body)

    def add_image(self, owner: str, image_id: str) -> None:
        """Write a ready image with all its rows and objects."""
        key = f"renditions/{owner}/{image_id}/thumb.webp"
        label = {"name": "Dog", "confidence": Decimal("91.5")}
        self.put_row(
            f"USER#{owner}",
            f"IMAGE#{image_id}",
            owner=owner,
            image_id=image_id,
            sha256=f"sha-{image_id}",
            bytes=100,
            created_at="2026-11-20T10:00:00.5Z",
            timeline=f"2026-11-20T10:00:00.500000#{image_id}",
            details={"revision": 0},
            recognition={
                "state": "succeeded",
                "result": {
                    "labels": [label],
                    "text": [{"text": "Open!"}],
                    "calls": {"labels": 1},
                },
            },
            su=pack("jpeg", 100),
            sd=pack(),
            sl=pack(SUCCEEDED, bytes([183]), ["Dog"]),
            sr=pack(SUCCEEDED, *[None] * 9, ["thumb.webp", 256, 192]),
            indexed_words={"open"},
            albums={ALBUM},
            renditions={
                "state": "succeeded",
                "etag": "e",
                "result": {"renditions": [{"key": key}], "perceptual_hash": PERCEPTUAL_HASH},
            },
        )
        for band in BANDS:
            self.put_row(f"USER#{owner}#HASH#{band}", image_id, perceptual_hash=PERCEPTUAL_HASH)
        self.put_row(f"USER#{owner}#LABEL#dog", image_id, confidence=Decimal("91.5"))
        self.put_row(f"USER#{owner}#WORD#open", image_id)
        position = f"2026-11-20T10:00:00.500000#{image_id}"
        self.put_row(f"USER#{owner}#ALBUM#{ALBUM}", image_id, timeline=position)
        self.put_row(f"USER#{owner}#RANK#{ALBUM}", image_id, timeline=f"5#{image_id}")
        self.put_row(f"CONTENT#{owner}#sha-{image_id}", f"IMAGE#{image_id}")
        self.put_row(f"CONTENT#{owner}#sha-{image_id}", "RECOGNITION#p", result={"labels": [label]})
        self.put_object(self.stores.originals, f"originals/{owner}/{image_id}")
        self.put_object(self.stores.renditions, key)

    def write_counters(self, owner: str, images: int) -> None:
        self.put_row(f"USER#{owner}#LABELS", "dog", name="Dog", images=images)
        self.put_row(f"USER#{owner}#MONTHS", "2026-11", images=images)
        self.put_row(f"USER#{owner}#WORDS", "open", images=images)
        self.put_row(f"USER#{owner}", f"ALBUM#{ALBUM}", images=images)
        self.put_row(f"USER#{owner}", "USAGE#total", images=images, bytes=100 * images)
        self.put_row(f"USER#{owner}", "USAGE#2026-11", images=images, calls_labels=images)


def accepted_upload(owner: str, image_id: str) -> UploadRecord:
    return UploadRecord(owner, image_id, f"sha-{image_id}", 100, "valid", accepted=True)


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    for owner, image_id in ((OWNER, FIRST), (OWNER, SECOND), (OTHER_OWNER, FOREIGN)):
        ledger.add_upload(accepted_upload(owner, image_id))
        ledger.messages.append(MessageRecord(owner, f"m-{image_id}", "image.ready", image_id))
    ledger.webhook_owners += [OWNER, OTHER_OWNER]
    return ledger


@pytest.fixture
def scenario(aws_endpoint: str) -> Scenario:
    scenario = Scenario(aws_endpoint)
    for owner, image_id in ((OWNER, FIRST), (OWNER, SECOND), (OTHER_OWNER, FOREIGN)):
        scenario.add_image(owner, image_id)
    scenario.write_counters(OWNER, 2)
    scenario.write_counters(OTHER_OWNER, 1)
    return scenario


def find_violations(scenario: Scenario, ledger: Ledger) -> set[tuple[str, str]]:
    """Return the invariant and the kind of each violation."""
    state = read_state(scenario.client, scenario.stores)
    return {(each.invariant, each.kind) for each in check_invariants(state, ledger)}


def test_consistent_state_has_no_violations(scenario: Scenario, ledger: Ledger) -> None:
    scenario.send(scenario.dead_letter_url, f"{POISON_MESSAGE} 1")
    scenario.put_row(f"USER#{OWNER}", "IDEMPOTENCY#k", fingerprint="f", expires_at=4_000_000_000)
    scenario.put_row(
        f"CONTENT#{OWNER}#other", "RECOGNITION#p", claimant=FIRST, expires_at=4_000_000_000
    )
    share(scenario, ledger)
    assert find_violations(scenario, ledger) == set()


def set_part(scenario: Scenario, part: str, **changes: Any) -> None:
    row = scenario.read_image(FIRST)
    scenario.table.put_item(Item={**row, part: {**row[part], **changes}})


def move_to_trash(scenario: Scenario, _: Ledger) -> None:
    """Mark the image only: everything that must follow is missing."""
    scenario.update_image(FIRST, details={"revision": 1, "trashed_at": "2026-11-21T10:00:00Z"})


def archive(scenario: Scenario, _: Ledger) -> None:
    """Archive the image in its row alone."""
    scenario.update_image(FIRST, details={"revision": 1, "archived": True})


def leave_unrecorded_upload_pending(scenario: Scenario, ledger: Ledger) -> None:
    set_part(scenario, "renditions", state="pending")
    ledger.uploads.pop(0)


def index_other_word(scenario: Scenario, _: Ledger) -> None:
    scenario.update_image(FIRST, indexed_words={"shut"})
    scenario.put_row(f"USER#{OWNER}#WORD#shut", FIRST)
    scenario.put_row(f"USER#{OWNER}#WORDS", "open", images=1)
    scenario.put_row(f"USER#{OWNER}#WORDS", "shut", images=1)


def remove_failure_reason(scenario: Scenario, _: Ledger) -> None:
    set_part(scenario, "recognition", state="failed")


def fail_valid_image(scenario: Scenario, _: Ledger) -> None:
    set_part(scenario, "renditions", state="failed", failure={"code": "broken_image"})


def confirm_deletion(scenario: Scenario, ledger: Ledger) -> None:
    ledger.uploads[0].deletion = "confirmed"


def interrupt_deletion(scenario: Scenario, ledger: Ledger) -> None:
    ledger.uploads[0].deletion = "requested"
    scenario.update_image(FIRST, deleted_at="2026-11-20T10:00:00Z")


def record_as_corrupt(_: Scenario, ledger: Ledger) -> None:
    ledger.uploads[0].kind = "corrupt"


def move_to_other_owner(scenario: Scenario, _: Ledger) -> None:
    row = scenario.read_image(FIRST)
    scenario.delete_row(row["pk"], row["sk"])
    scenario.table.put_item(Item={**row, "pk": f"USER#{OTHER_OWNER}"})


def mention_other_owner(scenario: Scenario, _: Ledger) -> None:
    scenario.update_image(FIRST, title=f"shared with {OTHER_OWNER}")


def lose_message(_: Scenario, ledger: Ledger) -> None:
    ledger.messages = [each for each in ledger.messages if each.subject_id != FIRST]


def send_message_of_another_state(_: Scenario, ledger: Ledger) -> None:
    ledger.messages[0].type = "image.failed"


def send_message_to_other_owner(_: Scenario, ledger: Ledger) -> None:
    ledger.messages.append(MessageRecord(OTHER_OWNER, "message", "image.ready", FIRST))


def share(scenario: Scenario, ledger: Ledger, **changes: Any) -> None:
    """Share the first image by a link that works, unless `changes` state otherwise."""
    row = {"owner": OWNER, "link_id": "link", "image_id": FIRST, "digest": "digest"}
    scenario.put_row(f"USER#{OWNER}", "SHARE#link", **row)
    scenario.put_row("SHARE#digest", "SHARE", **row)
    visit = {"status": 200, "image_ids": [FIRST], **changes}
    ledger.share_links.append(ShareRecord(OWNER, "link", "token", FIRST, **visit))


def share_in_one_place(scenario: Scenario, ledger: Ledger) -> None:
    share(scenario, ledger)
    scenario.delete_row("SHARE#digest", "SHARE")


def share_trashed_image(scenario: Scenario, ledger: Ledger) -> None:
    share(scenario, ledger)
    move_to_trash(scenario, ledger)


def leave_delivery_pending(scenario: Scenario, _: Ledger) -> None:
    scenario.put_row(f"USER#{OWNER}#WEBHOOK#w", f"PENDING#{FIRST}#d")


ACCEPTED = "accepted uploads reach a final state"
PENDING = "no image or message is left pending"
OUTCOME = "valid images succeed, others fail with a reason"
DELETED = "confirmed deletions leave nothing behind"
DELETING = "started deletions are completed"
LABEL_INDEX = "the label index matches the images"
LABEL_COUNTS = "label counts match the images"
TIMELINE = "positions in the timeline match the images"
MONTH_COUNTS = "month counts match the images"
TRASH = "images in the trash are in no album until they are restored"
TOTAL_USAGE = "total usage matches the images"
MONTHLY_USAGE = "monthly usage counts each arrival and paid call once"
CONTENT_INDEX = "the content index matches the images"
RECOGNITION_CACHE = "cached recognition results belong to an image"
WORD_INDEX = "the word index matches the images"
HASH_INDEX = "the hash index matches the images"
ALBUMS = "albums and images refer to each other, and counts match"
ALBUM_ORDERS = "albums order their images by capture and by rank"
OBJECTS = "every object belongs to an image"
RENDITIONS = "every ready image has its renditions"
SUMMARIES = "summaries match the images"
DEAD_LETTERS = "only unparsable messages are dead-lettered"
MESSAGES = "webhook messages reach their endpoint at least once"
MESSAGE_OWNERS = "no webhook message reaches another owner"
ISOLATION = "owners are isolated from each other"
SHARE_ROWS = "share links are stored for their owner and by their token"
SHARES = "share links show what exists until they are revoked"
ROW_TYPES = "every row is of a documented type"

Corruption = Callable[[Scenario, Ledger], object]

CORRUPTIONS: dict[str, tuple[Corruption, tuple[str, str]]] = {
    "missing image row": (
        lambda s, _: s.delete_row(f"USER#{OWNER}", f"IMAGE#{FIRST}"),
        (ACCEPTED, "lost"),
    ),
    "missing original": (
        lambda s, _: s.delete_object(s.stores.originals, f"originals/{OWNER}/{FIRST}"),
        (ACCEPTED, "lost"),
    ),
    "part stuck in running": (
        lambda s, _: set_part(s, "recognition", state="running"),
        (ACCEPTED, "stuck"),
    ),
    "pending image of an unrecorded upload": (
        leave_unrecorded_upload_pending,
        (PENDING, "stuck"),
    ),
    "lost webhook message": (lose_message, (MESSAGES, "lost")),
    "webhook message of another state": (send_message_of_another_state, (MESSAGES, "lost")),
    "webhook message to another owner": (
        send_message_to_other_owner,
        (MESSAGE_OWNERS, "foreign"),
    ),
    "pending webhook delivery": (leave_delivery_pending, (MESSAGES, "stuck")),
    "share link without its token": (share_in_one_place, (SHARE_ROWS, "lost")),
    "revoked share link": (
        lambda s, ledger: share(s, ledger, revocation="confirmed", status=404, image_ids=[]),
        (SHARE_ROWS, "left"),
    ),
    "share link of an image in the trash": (share_trashed_image, (SHARES, "left")),
    "dead share link of a restored image": (
        lambda s, ledger: share(s, ledger, status=404, image_ids=[]),
        (SHARES, "lost"),
    ),
    "share link that shows another image": (
        lambda s, ledger: share(s, ledger, image_ids=[FIRST, SECOND]),
        (SHARES, "foreign"),
    ),
    "share link that shows nothing": (
        lambda s, ledger: share(s, ledger, image_ids=[]),
        (SHARES, "lost"),
    ),
    "unsettled message": (lambda s, _: s.send(s.queue_url, "{}"), (PENDING, "stuck")),
    "failure without a reason": (remove_failure_reason, (OUTCOME, "lost")),
    "failed valid image": (fail_valid_image, (OUTCOME, "lost")),
    "ready corrupt image": (record_as_corrupt, (OUTCOME, "doubled")),
    "confirmed deletion without effect": (confirm_deletion, (DELETED, "left")),
    "interrupted deletion": (interrupt_deletion, (DELETING, "left")),
    "outdated summary of recognition": (
        lambda s, _: s.update_image(FIRST, sl=pack(SUCCEEDED)),
        (SUMMARIES, "lost"),
    ),
    "outdated summary of renditions": (
        lambda s, _: s.update_image(FIRST, sr=pack(SUCCEEDED)),
        (SUMMARIES, "lost"),
    ),
    "outdated summary of details": (
        lambda s, _: s.update_image(FIRST, sd=pack("Another")),
        (SUMMARIES, "lost"),
    ),
    "missing label index row": (
        lambda s, _: s.delete_row(f"USER#{OWNER}#LABEL#dog", FIRST),
        (LABEL_INDEX, "lost"),
    ),
    "surplus label index row": (
        lambda s, _: s.put_row(f"USER#{OWNER}#LABEL#cat", FIRST, confidence=1),
        (LABEL_INDEX, "doubled"),
    ),
    "wrong confidence in the label index": (
        lambda s, _: s.put_row(f"USER#{OWNER}#LABEL#dog", FIRST, confidence=1),
        (LABEL_INDEX, "doubled"),
    ),
    "label count too high": (
        lambda s, _: s.put_row(f"USER#{OWNER}#LABELS", "dog", name="Dog", images=3),
        (LABEL_COUNTS, "doubled"),
    ),
    "label count too low": (
        lambda s, _: s.put_row(f"USER#{OWNER}#LABELS", "dog", name="Dog", images=1),
        (LABEL_COUNTS, "lost"),
    ),
    "image of another month": (
        lambda s, _: s.put_row(f"USER#{OWNER}#MONTHS", "2026-10", images=1),
        (MONTH_COUNTS, "doubled"),
    ),
    "month count too low": (
        lambda s, _: s.put_row(f"USER#{OWNER}#MONTHS", "2026-11", images=1),
        (MONTH_COUNTS, "lost"),
    ),
    "outdated position in the timeline": (
        lambda s, _: s.update_image(FIRST, details={"revision": 1, "taken_at": "1987-08-02"}),
        (TIMELINE, "doubled"),
    ),
    "archived image in the timeline": (archive, (TIMELINE, "doubled")),
    "archived image that its month counts": (archive, (MONTH_COUNTS, "doubled")),
    "flag that is not indexed": (archive, (WORD_INDEX, "lost")),
    "flag that is not summarized": (archive, (SUMMARIES, "lost")),
    "image in the trash and in an album": (move_to_trash, (TRASH, "left")),
    "image in the trash under a label": (move_to_trash, (LABEL_INDEX, "doubled")),
    "image that was restored without its album": (
        lambda s, _: s.update_image(FIRST, trashed_albums={ALBUM}),
        (TRASH, "lost"),
    ),
    "trash not counted": (move_to_trash, (TOTAL_USAGE, "lost")),
    "total usage too high": (
        lambda s, _: s.put_row(f"USER#{OWNER}", "USAGE#total", images=3, bytes=200),
        (TOTAL_USAGE, "doubled"),
    ),
    "total bytes too low": (
        lambda s, _: s.put_row(f"USER#{OWNER}", "USAGE#total", images=2, bytes=100),
        (TOTAL_USAGE, "lost"),
    ),
    "call counted twice": (
        lambda s, _: s.put_row(f"USER#{OWNER}", "USAGE#2026-11", images=2, calls_labels=3),
        (MONTHLY_USAGE, "doubled"),
    ),
    "arrival not counted": (
        lambda s, _: s.put_row(f"USER#{OWNER}", "USAGE#2026-11", images=1, calls_labels=2),
        (MONTHLY_USAGE, "lost"),
    ),
    "missing content index row": (
        lambda s, _: s.delete_row(f"CONTENT#{OWNER}#sha-{FIRST}", f"IMAGE#{FIRST}"),
        (CONTENT_INDEX, "lost"),
    ),
    "image under other content": (
        lambda s, _: s.put_row(f"CONTENT#{OWNER}#sha-{SECOND}", f"IMAGE#{FIRST}"),
        (CONTENT_INDEX, "doubled"),
    ),
    "cached recognition result without an image": (
        lambda s, _: s.put_row(f"CONTENT#{OWNER}#gone", "RECOGNITION#p", result={}),
        (RECOGNITION_CACHE, "left"),
    ),
    "missing word index row": (
        lambda s, _: s.delete_row(f"USER#{OWNER}#WORD#open", FIRST),
        (WORD_INDEX, "lost"),
    ),
    "surplus word index row": (
        lambda s, _: s.put_row(f"USER#{OWNER}#WORD#shut", FIRST),
        (WORD_INDEX, "doubled"),
    ),
    "detected word that is not indexed": (
        index_other_word,
        (WORD_INDEX, "lost"),
    ),
    "count of a word that is too high": (
        lambda s, _: s.put_row(f"USER#{OWNER}#WORDS", "open", images=3),
        (WORD_INDEX, "doubled"),
    ),
    "count of a word that is too low": (
        lambda s, _: s.put_row(f"USER#{OWNER}#WORDS", "open", images=1),
        (WORD_INDEX, "lost"),
    ),
    "missing hash index row": (
        lambda s, _: s.delete_row(f"USER#{OWNER}#HASH#{BANDS[0]}", FIRST),
        (HASH_INDEX, "lost"),
    ),
    "surplus hash index row": (
        lambda s, _: s.put_row(f"USER#{OWNER}#HASH#0-000", FIRST, perceptual_hash="0" * 16),
        (HASH_INDEX, "doubled"),
    ),
    "hash index row with another hash": (
        lambda s, _: s.put_row(
            f"USER#{OWNER}#HASH#{BANDS[0]}", FIRST, perceptual_hash=f"{1 << 63:016x}"
        ),
        (HASH_INDEX, "lost"),
    ),
    "missing album row of an image": (
        lambda s, _: s.delete_row(f"USER#{OWNER}#ALBUM#{ALBUM}", FIRST),
        (ALBUMS, "lost"),
    ),
    "image without its album": (
        lambda s, _: s.update_image(FIRST, albums={"other"}),
        (ALBUMS, "doubled"),
    ),
    "image of an album without a rank": (
        lambda s, _: s.delete_row(f"USER#{OWNER}#RANK#{ALBUM}", FIRST),
        (ALBUM_ORDERS, "lost"),
    ),
    "rank of an image outside the album": (
        lambda s, _: s.put_row(f"USER#{OWNER}#RANK#{ALBUM}", FOREIGN, timeline=f"5#{FOREIGN}"),
        (ALBUM_ORDERS, "left"),
    ),
    "image of an album without its time of capture": (
        lambda s, _: s.put_row(f"USER#{OWNER}#ALBUM#{ALBUM}", FIRST),
        (ALBUM_ORDERS, "lost"),
    ),
    "image of an album at another time of capture": (
        lambda s, _: s.put_row(f"USER#{OWNER}#ALBUM#{ALBUM}", FIRST, timeline=f"1987#{FIRST}"),
        (ALBUM_ORDERS, "doubled"),
    ),
    "album count too high": (
        lambda s, _: s.put_row(f"USER#{OWNER}", f"ALBUM#{ALBUM}", images=3),
        (ALBUMS, "doubled"),
    ),
    "cover outside the album": (
        lambda s, _: s.put_row(f"USER#{OWNER}", f"ALBUM#{ALBUM}", images=2, cover_id=FOREIGN),
        (ALBUMS, "lost"),
    ),
    "partly deleted album": (
        lambda s, _: s.delete_row(f"USER#{OWNER}", f"ALBUM#{ALBUM}"),
        (ALBUMS, "left"),
    ),
    "album deletion without effect": (
        lambda _, ledger: ledger.deleted_albums.append(ALBUM),
        (ALBUMS, "left"),
    ),
    "rendition without an image": (
        lambda s, _: s.put_object(
            s.stores.renditions, f"renditions/{OWNER}/{FIRST[:-1]}9/thumb.webp"
        ),
        (OBJECTS, "left"),
    ),
    "original without an image": (
        lambda s, _: s.put_object(s.stores.originals, f"originals/{OWNER}/{FIRST[:-1]}9"),
        (OBJECTS, "left"),
    ),
    "missing rendition": (
        lambda s, _: s.delete_object(s.stores.renditions, f"renditions/{OWNER}/{FIRST}/thumb.webp"),
        (RENDITIONS, "lost"),
    ),
    "dead-lettered valid message": (
        lambda s, _: s.send(s.dead_letter_url, '{"Records": []}'),
        (DEAD_LETTERS, "stuck"),
    ),
    "image row under another owner": (move_to_other_owner, (ISOLATION, "foreign")),
    "image row that contains another owner": (mention_other_owner, (ISOLATION, "foreign")),
    "label index row of another owner's image": (
        lambda s, _: s.put_row(f"USER#{OTHER_OWNER}#LABEL#dog", FIRST, confidence=Decimal("91.5")),
        (ISOLATION, "foreign"),
    ),
    "recorded isolation violation": (
        lambda _, ledger: ledger.isolation_violations.append("x"),
        (ISOLATION, "foreign"),
    ),
    "row of an unknown type": (lambda s, _: s.put_row("USER", "x"), (ROW_TYPES, "left")),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_checker_detects_corruption(scenario: Scenario, ledger: Ledger, name: str) -> None:
    corrupt, expected = CORRUPTIONS[name]
    corrupt(scenario, ledger)
    assert expected in find_violations(scenario, ledger)
