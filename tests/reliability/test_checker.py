"""The judge must be able to condemn: each kind of damage is planted in a small world that is well,
and must be found."""

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import boto3
import pytest

from sightline_reliability.checker import BROKEN_MESSAGE, Places, check, read_world
from sightline_reliability.ledger import Entry, Ledger

REGION = "eu-central-1"
ONE, OTHER = "owner-1", "owner-2"
ALBUM = "01a1f937-0000-7000-8000-00000000aaaa"
FIRST, SECOND, FOREIGN = (f"01a1f937-0000-7000-8000-00000000000{n}" for n in range(1, 4))

Row = dict[str, Any]


class Scene:
    """A small world in the embedded cloud, written row by row."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        name = f"judged-{uuid4().hex[:8]}"
        s3, sqs = self.client("s3"), self.client("sqs")
        place: Any = {"LocationConstraint": REGION}
        for bucket in (f"{name}-originals", f"{name}-renditions"):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        redrive = {"deadLetterTargetArn": arn["Attributes"]["QueueArn"], "maxReceiveCount": 3}
        attributes = {"RedrivePolicy": json.dumps(redrive)}
        queue = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        self.queue, self.dead = queue, dead
        self.places = Places(name, f"{name}-originals", f"{name}-renditions", (queue,))
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

    def put(self, pk: str, sk: str, **row: Any) -> None:
        self.table.put_item(Item={"pk": pk, "sk": sk, **row})

    def drop(self, pk: str, sk: str) -> None:
        self.table.delete_item(Key={"pk": pk, "sk": sk})

    def change(self, image_id: str, owner: str = ONE, **changes: Any) -> None:
        key = {"pk": f"USER#{owner}", "sk": f"IMAGE#{image_id}"}
        self.table.put_item(Item={**self.table.get_item(Key=key)["Item"], **changes})

    def row(self, image_id: str, owner: str = ONE) -> Row:
        key = {"pk": f"USER#{owner}", "sk": f"IMAGE#{image_id}"}
        return copy.deepcopy(self.table.get_item(Key=key)["Item"])

    def store(self, bucket: str, key: str) -> None:
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")

    def remove(self, bucket: str, key: str) -> None:
        self.client("s3").delete_object(Bucket=bucket, Key=key)

    def send(self, url: str, body: str) -> None:
        self.client("sqs").send_message(QueueUrl=url, MessageBody=body)

    def add_image(self, owner: str, image_id: str) -> None:
        """A ready image with all that belongs to it."""
        key = f"renditions/{owner}/{image_id}/thumb.webp"
        label = {"name": "Dog", "confidence": Decimal("91.5")}
        self.put(
            f"USER#{owner}",
            f"IMAGE#{image_id}",
            owner=owner,
            image_id=image_id,
            sha256=f"sha-{image_id}",
            bytes=100,
            details={"revision": 0},
            recognition={
                "state": "succeeded",
                "result": {
                    "labels": [label],
                    "text": [{"text": "Open!"}],
                    "calls": {"labels": 1},
                },
            },
            words={"open"},
            albums={ALBUM},
            renditions={
                "state": "succeeded",
                "etag": "e",
                "result": {"renditions": [{"key": key}]},
            },
        )
        self.put(f"USER#{owner}#LABEL#dog", image_id, confidence=Decimal("91.5"))
        self.put(f"USER#{owner}#WORD#open", image_id)
        self.put(f"USER#{owner}#ALBUM#{ALBUM}", image_id)
        self.put(f"CONTENT#{owner}#sha-{image_id}", f"IMAGE#{image_id}")
        self.put(f"CONTENT#{owner}#sha-{image_id}", "RECOGNITION#p", result={"labels": [label]})
        self.store(self.places.originals, f"originals/{owner}/{image_id}")
        self.store(self.places.renditions, key)

    def count(self, owner: str, images: int) -> None:
        self.put(f"USER#{owner}#LABELS", "dog", name="Dog", images=images)
        self.put(f"USER#{owner}", f"ALBUM#{ALBUM}", images=images)
        self.put(f"USER#{owner}", "USAGE#total", images=images, bytes=100 * images)
        self.put(f"USER#{owner}", "USAGE#2026-11", images=images, calls_labels=images)


def entry(owner: str, image_id: str) -> Entry:
    return Entry(owner, image_id, f"sha-{image_id}", 100, "good", accepted=True)


@pytest.fixture
def ledger() -> Ledger:
    told = Ledger()
    for owner, image_id in ((ONE, FIRST), (ONE, SECOND), (OTHER, FOREIGN)):
        told.add(entry(owner, image_id))
    return told


@pytest.fixture
def scene(aws_endpoint: str) -> Scene:
    made = Scene(aws_endpoint)
    for owner, image_id in ((ONE, FIRST), (ONE, SECOND), (OTHER, FOREIGN)):
        made.add_image(owner, image_id)
    made.count(ONE, 2)
    made.count(OTHER, 1)
    return made


def judge(scene: Scene, ledger: Ledger) -> set[tuple[str, str]]:
    """What is broken, as promises and kinds."""
    findings = check(read_world(scene.client, scene.places), ledger)
    return {(finding.promise, finding.kind) for finding in findings}


def test_where_all_is_well_nothing_is_found(scene: Scene, ledger: Ledger) -> None:
    scene.send(scene.dead, f"{BROKEN_MESSAGE} 1")
    scene.put(f"USER#{ONE}", "IDEMPOTENCY#k", fingerprint="f", expires_at=4_000_000_000)
    scene.put(f"CONTENT#{ONE}#other", "RECOGNITION#p", claimant=FIRST, expires_at=4_000_000_000)
    assert judge(scene, ledger) == set()


def set_part(scene: Scene, part: str, **changes: Any) -> None:
    row = scene.row(FIRST)
    scene.table.put_item(Item={**row, part: {**row[part], **changes}})


def hang_unseen(scene: Scene, ledger: Ledger) -> None:
    set_part(scene, "renditions", state="pending")
    ledger.entries.pop(0)


def forget_word(scene: Scene, _: Ledger) -> None:
    scene.change(FIRST, words={"shut"})
    scene.put(f"USER#{ONE}#WORD#shut", FIRST)


def fail_without_reason(scene: Scene, _: Ledger) -> None:
    set_part(scene, "recognition", state="failed")


def fail_though_good(scene: Scene, _: Ledger) -> None:
    set_part(scene, "renditions", state="failed", failure={"code": "broken_image"})


def be_deleted(scene: Scene, ledger: Ledger) -> None:
    ledger.entries[0].deletion = "done"


def hide(scene: Scene, ledger: Ledger) -> None:
    ledger.entries[0].deletion = "asked"
    scene.change(FIRST, deleted_at="2026-11-20T10:00:00Z")


def be_ready_though_broken(_: Scene, ledger: Ledger) -> None:
    ledger.entries[0].kind = "broken"


def misplace(scene: Scene, _: Ledger) -> None:
    row = scene.row(FIRST)
    scene.drop(row["pk"], row["sk"])
    scene.table.put_item(Item={**row, "pk": f"USER#{OTHER}"})


def name_other(scene: Scene, _: Ledger) -> None:
    scene.change(FIRST, title=f"shared with {OTHER}")


ENDED = "an accepted upload ends, with its row and original"
QUIET = "nothing waits or hangs when all is quiet"
OUTCOME = "good pictures are ready, others failed with a reason"
TRACE = "what is deleted leaves no trace"
BEGUN = "what a deletion began is done"
INDEX = "the label index is what the images say"
COUNTS = "label counts are what the images say"
USAGE = "usage is what the images say"
MONTHS = "months count each arrival and paid call once"
BYTES = "images of the same bytes are listed, and no others"
CONTENT = "nothing is known of bytes that nobody has"
WORDS = "the index of words is what the images say"
ALBUMS = "albums and images name each other, and counts are exact"
ORPHANS = "no object is without its image"
COMPLETE = "what is ready has its renditions"
DEAD = "only what is broken for good is set aside"
OWN = "nobody has, sees or names another's"
KNOWN = "every row is one that the document knows"

Damage = Callable[[Scene, Ledger], object]

DAMAGES: dict[str, tuple[Damage, tuple[str, str]]] = {
    "a lost row": (lambda s, _: s.drop(f"USER#{ONE}", f"IMAGE#{FIRST}"), (ENDED, "lost")),
    "a lost original": (
        lambda s, _: s.remove(s.places.originals, f"originals/{ONE}/{FIRST}"),
        (ENDED, "lost"),
    ),
    "a part that hangs": (
        lambda s, _: set_part(s, "recognition", state="running"),
        (ENDED, "stuck"),
    ),
    "an upload that no ledger knows": (
        hang_unseen,
        (QUIET, "stuck"),
    ),
    "a message that waits": (lambda s, _: s.send(s.queue, "{}"), (QUIET, "stuck")),
    "a failure without a reason": (fail_without_reason, (OUTCOME, "lost")),
    "a good picture refused": (fail_though_good, (OUTCOME, "lost")),
    "a broken picture shown": (be_ready_though_broken, (OUTCOME, "doubled")),
    "a deletion that did nothing": (be_deleted, (TRACE, "left")),
    "a deletion cut off": (hide, (BEGUN, "left")),
    "an index row lost": (lambda s, _: s.drop(f"USER#{ONE}#LABEL#dog", FIRST), (INDEX, "lost")),
    "an index row too many": (
        lambda s, _: s.put(f"USER#{ONE}#LABEL#cat", FIRST, confidence=1),
        (INDEX, "doubled"),
    ),
    "another confidence": (
        lambda s, _: s.put(f"USER#{ONE}#LABEL#dog", FIRST, confidence=1),
        (INDEX, "doubled"),
    ),
    "a count too high": (
        lambda s, _: s.put(f"USER#{ONE}#LABELS", "dog", name="Dog", images=3),
        (COUNTS, "doubled"),
    ),
    "a count too low": (
        lambda s, _: s.put(f"USER#{ONE}#LABELS", "dog", name="Dog", images=1),
        (COUNTS, "lost"),
    ),
    "usage doubled": (
        lambda s, _: s.put(f"USER#{ONE}", "USAGE#total", images=3, bytes=200),
        (USAGE, "doubled"),
    ),
    "bytes lost": (
        lambda s, _: s.put(f"USER#{ONE}", "USAGE#total", images=2, bytes=100),
        (USAGE, "lost"),
    ),
    "a call charged twice": (
        lambda s, _: s.put(f"USER#{ONE}", "USAGE#2026-11", images=2, calls_labels=3),
        (MONTHS, "doubled"),
    ),
    "an arrival not counted": (
        lambda s, _: s.put(f"USER#{ONE}", "USAGE#2026-11", images=1, calls_labels=2),
        (MONTHS, "lost"),
    ),
    "bytes that lost their image": (
        lambda s, _: s.drop(f"CONTENT#{ONE}#sha-{FIRST}", f"IMAGE#{FIRST}"),
        (BYTES, "lost"),
    ),
    "an image among other bytes": (
        lambda s, _: s.put(f"CONTENT#{ONE}#sha-{SECOND}", f"IMAGE#{FIRST}"),
        (BYTES, "doubled"),
    ),
    "knowledge of nobody's bytes": (
        lambda s, _: s.put(f"CONTENT#{ONE}#gone", "RECOGNITION#p", result={}),
        (CONTENT, "left"),
    ),
    "a word lost": (lambda s, _: s.drop(f"USER#{ONE}#WORD#open", FIRST), (WORDS, "lost")),
    "a word too many": (lambda s, _: s.put(f"USER#{ONE}#WORD#shut", FIRST), (WORDS, "doubled")),
    "a word that was never indexed": (
        forget_word,
        (WORDS, "lost"),
    ),
    "an album that forgot an image": (
        lambda s, _: s.drop(f"USER#{ONE}#ALBUM#{ALBUM}", FIRST),
        (ALBUMS, "lost"),
    ),
    "an image that forgot its album": (
        lambda s, _: s.change(FIRST, albums={"other"}),
        (ALBUMS, "doubled"),
    ),
    "an album that counts too many": (
        lambda s, _: s.put(f"USER#{ONE}", f"ALBUM#{ALBUM}", images=3),
        (ALBUMS, "doubled"),
    ),
    "a cover that is not in the album": (
        lambda s, _: s.put(f"USER#{ONE}", f"ALBUM#{ALBUM}", images=2, cover_id=FOREIGN),
        (ALBUMS, "lost"),
    ),
    "an album deleted in part": (
        lambda s, _: s.drop(f"USER#{ONE}", f"ALBUM#{ALBUM}"),
        (ALBUMS, "left"),
    ),
    "an album whose deletion did nothing": (
        lambda _, told: told.dropped_albums.append(ALBUM),
        (ALBUMS, "left"),
    ),
    "a rendition without image": (
        lambda s, _: s.store(s.places.renditions, f"renditions/{ONE}/{FIRST[:-1]}9/thumb.webp"),
        (ORPHANS, "left"),
    ),
    "an original without image": (
        lambda s, _: s.store(s.places.originals, f"originals/{ONE}/{FIRST[:-1]}9"),
        (ORPHANS, "left"),
    ),
    "a rendition that is not there": (
        lambda s, _: s.remove(s.places.renditions, f"renditions/{ONE}/{FIRST}/thumb.webp"),
        (COMPLETE, "lost"),
    ),
    "a good message set aside": (lambda s, _: s.send(s.dead, '{"Records": []}'), (DEAD, "stuck")),
    "a row under another owner": (misplace, (OWN, "foreign")),
    "a row that names another owner": (name_other, (OWN, "foreign")),
    "an index row of another's image": (
        lambda s, _: s.put(f"USER#{OTHER}#LABEL#dog", FIRST, confidence=Decimal("91.5")),
        (OWN, "foreign"),
    ),
    "another's image shown": (lambda _, told: told.trespasses.append("x"), (OWN, "foreign")),
    "a row of no known kind": (lambda s, _: s.put("USER", "x"), (KNOWN, "left")),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found(scene: Scene, ledger: Ledger, name: str) -> None:
    plant, expected = DAMAGES[name]
    plant(scene, ledger)
    assert expected in judge(scene, ledger)
