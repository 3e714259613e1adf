"""The independent judge of a trial: reads S3, SQS and DynamoDB as they are, and says which of the
promises are broken.

It shares no code with the services. What it knows of keys and rows is written down here once more
from docs/architecture.md; it scans, which nothing in the product may.
"""

import json
import re
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from boto3.dynamodb.types import TypeDeserializer

from sightline_reliability.ledger import Ledger

_deserialize = TypeDeserializer().deserialize

Row = dict[str, Any]

#: States in which a part may rest.
ENDED = {"succeeded", "failed"}

#: The one reason that has nothing to do with the picture.
EXHAUSTED = "retries_exhausted"


class Finding(NamedTuple):
    """A promise that does not hold, and where. `kind` is one of `KINDS`."""

    promise: str
    kind: str
    detail: str


#: What a finding means for whoever trusted in us.
KINDS = ("lost", "doubled", "stuck", "foreign", "left")


class Places(NamedTuple):
    """Where the data lies."""

    table: str
    originals: str
    renditions: str
    queues: tuple[str, ...]


@dataclass
class World:
    """Everything there is, read once."""

    images: dict[str, Row] = field(default_factory=dict)
    #: (owner, label, image id) -> confidence
    index: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)
    #: (owner, label) -> count
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    #: owner -> period -> attributes
    usage: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    #: (owner, sha256, image id)
    shown: set[tuple[str, str, str]] = field(default_factory=set)
    #: (owner, sha256) -> rows of what is known of these bytes
    known: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    #: (owner, word, image id)
    words: set[tuple[str, str, str]] = field(default_factory=set)
    #: (owner, album id) -> row
    albums: dict[tuple[str, str], Row] = field(default_factory=dict)
    #: (owner, album id, image id)
    members: set[tuple[str, str, str]] = field(default_factory=set)
    unknown: list[Row] = field(default_factory=list)
    originals: set[str] = field(default_factory=set)
    renditions: set[str] = field(default_factory=set)
    waiting: Counter[str] = field(default_factory=Counter)
    dead: list[str] = field(default_factory=list)


class Promise(NamedTuple):
    """What is promised, in a sentence, and the test of it."""

    sentence: str
    check: Callable[[World, Ledger], Iterator[tuple[str, str]]]


def read_world(client: Callable[[str], Any], places: Places) -> World:
    """Reads all of it; `client` makes a boto3 client by the service's name."""
    world = World()
    s3, sqs = client("s3"), client("sqs")
    for row in _scan(client("dynamodb"), places.table):
        _file(world, row)
    world.originals = set(_keys(s3, places.originals))
    world.renditions = set(_keys(s3, places.renditions))
    for url in places.queues:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        for name in ("", "NotVisible", "Delayed"):
            world.waiting[url] += int(attributes[f"ApproximateNumberOfMessages{name}"])
        arn = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
        world.dead += _peek(sqs, sqs.get_queue_url(QueueName=arn.split(":")[-1])["QueueUrl"])
    return world


def check(world: World, ledger: Ledger) -> list[Finding]:
    """Every promise that does not hold."""
    return [
        Finding(promise.sentence, kind, detail)
        for promise in PROMISES
        for kind, detail in promise.check(world, ledger)
    ]


def count_kinds(findings: Iterable[Finding]) -> dict[str, int]:
    counts = Counter(finding.kind for finding in findings)
    return {kind: counts[kind] for kind in KINDS}


Broken = Iterator[tuple[str, str]]


def _accepted_ended(world: World, ledger: Ledger) -> Broken:
    for entry in ledger.entries:
        if not entry.accepted or entry.deletion != "none":
            continue
        row = world.images.get(entry.image_id)
        if row is None:
            yield "lost", f"{entry.image_id} has no row"
        elif f"originals/{entry.owner}/{entry.image_id}" not in world.originals:
            yield "lost", f"{entry.image_id} has no original"
        elif not _states(row) <= ENDED:
            yield "stuck", f"{entry.image_id} is {sorted(_states(row))}"


def _nothing_waits(world: World, ledger: Ledger) -> Broken:
    """Also what no ledger knows of: an original that is there is worked on to its end."""
    accepted = {entry.image_id for entry in ledger.entries if entry.accepted}
    for image_id, row in world.images.items():
        key = f"originals/{row['owner']}/{image_id}"
        if image_id not in accepted and key in world.originals and not _states(row) <= ENDED:
            yield "stuck", f"{image_id} is {sorted(_states(row))}"
    for url, count in world.waiting.items():
        if count:
            yield "stuck", f"{count} messages in {url.rsplit('/', 1)[-1]}"


def _ends_as_it_should(world: World, ledger: Ledger) -> Broken:
    for entry in ledger.entries:
        row = world.images.get(entry.image_id)
        if row is None or not entry.accepted or not _states(row) <= ENDED:
            continue
        failures = [row[part].get("failure") for part in PARTS if row[part]["state"] == "failed"]
        if any(not failure or not failure.get("code") for failure in failures):
            yield "lost", f"{entry.image_id} failed without a reason"
        codes = {failure["code"] for failure in failures if failure}
        if entry.kind == "good" and codes - {EXHAUSTED}:
            yield "lost", f"{entry.image_id} is a good picture and failed with {sorted(codes)}"
        if entry.kind != "good" and not failures:
            yield "doubled", f"{entry.image_id} is a {entry.kind} picture and is ready"


def _deleted_without_trace(world: World, ledger: Ledger) -> Broken:
    gone = {entry.image_id for entry in ledger.entries if entry.deletion == "done"}
    for image_id in gone & world.images.keys():
        yield "left", f"row of {image_id}"
    for owner, label, image_id in world.index:
        if image_id in gone:
            yield "left", f"{image_id} under {owner}'s label {label}"
    for key in sorted(world.originals | world.renditions):
        if _image_of(key) in gone:
            yield "left", key
    for _, name, image_id in world.shown | world.words | world.members:
        if image_id in gone:
            yield "left", f"{image_id} under {name}"


def _deletions_complete(world: World, ledger: Ledger) -> Broken:
    for image_id, row in world.images.items():
        if row.get("deleted_at"):
            yield "left", f"{image_id} is hidden since {row['deleted_at']}, not gone"


def _index_agrees(world: World, ledger: Ledger) -> Broken:
    expected = {
        (row["owner"], label, image_id): confidence
        for image_id, row in world.images.items()
        for label, confidence in _labels(row).items()
    }
    for key in sorted(expected.keys() - world.index.keys()):
        yield "lost", f"{key} is not in the index"
    for key in sorted(world.index.keys() - expected.keys()):
        yield "doubled", f"{key} is in the index alone"
    for key in sorted(expected.keys() & world.index.keys()):
        if expected[key] != world.index[key]:
            yield "doubled", f"{key} has {world.index[key]}, its image {expected[key]}"


def _counts_agree(world: World, ledger: Ledger) -> Broken:
    expected = Counter(
        (row["owner"], label) for row in world.images.values() for label in _labels(row)
    )
    for key in sorted(expected.keys() | world.counts.keys()):
        counted = world.counts.get(key, 0)
        if counted != expected[key]:
            kind = "doubled" if counted > expected[key] else "lost"
            yield kind, f"{key} counts {counted}, there are {expected[key]}"


def _usage_agrees(world: World, ledger: Ledger) -> Broken:
    arrived = [row for row in world.images.values() if row["renditions"].get("etag")]
    images = Counter(row["owner"] for row in arrived)
    octets: Counter[str] = Counter()
    for row in arrived:
        octets[row["owner"]] += int(row["bytes"])
    for owner in sorted(images.keys() | world.usage.keys()):
        total = world.usage.get(owner, {}).get("total", {})
        for name, expected in (("images", images[owner]), ("bytes", octets[owner])):
            if (counted := int(total.get(name, 0))) != expected:
                kind = "doubled" if counted > expected else "lost"
                yield kind, f"{owner} has {counted} {name} by its usage, and {expected}"


def _months_agree(world: World, ledger: Ledger) -> Broken:
    """What came in a month stays when it is deleted, so only tidy owners' months are exact."""
    arrived: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for row in world.images.values():
        arrived[row["owner"]] += bool(row["renditions"].get("etag"))
        calls = row["recognition"].get("result", {}).get("calls", {})
        paid[row["owner"]] += int(sum(calls.values()))
    untidy = Counter(
        entry.owner
        for entry in ledger.entries
        if entry.deletion != "none" or entry.reprocessed or entry.kind == "swapped"
    )
    for owner in sorted(arrived.keys() | world.usage.keys()):
        months = [row for name, row in world.usage.get(owner, {}).items() if name != "total"]
        counted = {
            "images": sum(int(row.get("images", 0)) for row in months),
            "calls": sum(
                int(value)
                for row in months
                for name, value in row.items()
                if name.startswith("calls_")
            ),
        }
        for name, expected in (("images", arrived[owner]), ("calls", paid[owner])):
            if counted[name] < expected:
                yield "lost", f"{owner}'s months count {counted[name]} {name} of {expected}"
            if counted[name] > expected and not untidy[owner]:
                yield "doubled", f"{owner}'s months count {counted[name]} {name} of {expected}"


def _same_bytes_agree(world: World, ledger: Ledger) -> Broken:
    expected = {
        (row["owner"], row["sha256"], image_id)
        for image_id, row in world.images.items()
        if row["renditions"].get("result")
    }
    for key in sorted(expected - world.shown):
        yield "lost", f"{key} is not among the images of its bytes"
    for key in sorted(world.shown - expected):
        yield "doubled", f"{key} is listed as showing bytes that it does not"


def _content_is_somebodys(world: World, ledger: Ledger) -> Broken:
    """Nothing is known of bytes that no image has; a claim ends by itself."""
    held = {(row["owner"], row["sha256"]) for row in world.images.values()}
    for key, rows in world.known.items():
        if key not in held and any("result" in row for row in rows):
            yield "left", f"what is known of {key}"


def _words_agree(world: World, ledger: Ledger) -> Broken:
    """An image may be found by words that it had before, but not by words that it does not name;
    and by all that are to be read in it."""
    named = {
        (row["owner"], word, image_id)
        for image_id, row in world.images.items()
        for word in row.get("words", ())
    }
    for key in sorted(world.words - named):
        yield "doubled", f"{key} is in the index of words alone"
    for key in sorted(named - world.words):
        yield "lost", f"{key} is not in the index of words"
    for image_id, row in world.images.items():
        lines = row["recognition"].get("result", {}).get("text", [])
        found = {word for line in lines for word in _split(line["text"])}
        if row["recognition"]["state"] == "succeeded" and found - set(row.get("words", ())):
            yield "lost", f"{image_id} is not found by {sorted(found)}"


def _albums_agree(world: World, ledger: Ledger) -> Broken:
    """What an album holds is told three times, and always alike."""
    named = {
        (row["owner"], album_id, image_id)
        for image_id, row in world.images.items()
        for album_id in row.get("albums", ())
    }
    for key in sorted(world.members - named):
        yield "doubled", f"album row {key}, which its image does not name"
    for key in sorted(named - world.members):
        yield "lost", f"{key} is named by the image alone"
    counts = Counter((owner, album_id) for owner, album_id, _ in world.members)
    for album in sorted(world.albums.keys() | counts.keys()):
        row = world.albums.get(album)
        if row is None:
            yield "left", f"{counts[album]} images in {album}, which is not there"
        elif int(row["images"]) != counts[album]:
            kind = "doubled" if int(row["images"]) > counts[album] else "lost"
            yield kind, f"{album} counts {row['images']}, and holds {counts[album]}"
        elif row.get("cover_id") and (*album, row["cover_id"]) not in world.members:
            yield "lost", f"{album} is covered by {row['cover_id']}, which it does not hold"
    dropped = set(ledger.dropped_albums)
    for owner, album_id in world.albums:
        if album_id in dropped:
            yield "left", f"album {album_id} of {owner}"


def _renditions_have_images(world: World, ledger: Ledger) -> Broken:
    for key in sorted(world.renditions):
        if _image_of(key) not in world.images:
            yield "left", key
    for key in sorted(world.originals):
        if _image_of(key) not in world.images:
            yield "left", key


def _ready_is_complete(world: World, ledger: Ledger) -> Broken:
    for image_id, row in world.images.items():
        if row["renditions"]["state"] != "succeeded":
            continue
        renditions = row["renditions"]["result"].get("renditions", [])
        if not renditions:
            yield "lost", f"{image_id} has no renditions"
        for rendition in renditions:
            if rendition["key"] not in world.renditions:
                yield "lost", f"{rendition['key']} is not there"


def _dead_are_broken(world: World, ledger: Ledger) -> Broken:
    for body in world.dead:
        if not body.startswith(BROKEN_MESSAGE):
            yield "stuck", f"set aside: {body[:120]}"


def _each_its_own(world: World, ledger: Ledger) -> Broken:
    for what in ledger.trespasses:
        yield "foreign", what
    owners = {entry.image_id: entry.owner for entry in ledger.entries}
    for image_id, row in world.images.items():
        if (
            row["pk"] != f"USER#{row['owner']}"
            or owners.get(image_id, row["owner"]) != row["owner"]
        ):
            yield "foreign", f"{image_id} lies under {row['pk']}"
        names = json.dumps(row, default=str)
        # Ids are long and random: one inside another's row can be no accident.
        for other in set(owners.values()) - {row["owner"]}:
            if other in names:
                yield "foreign", f"{row['pk']} {image_id} names {other}"
    for owner, label, image_id in world.index:
        if owners.get(image_id, owner) != owner:
            yield "foreign", f"{image_id} of {owners[image_id]} under {owner}'s label {label}"
    for owner, _, image_id in world.words | world.members:
        if owners.get(image_id, owner) != owner:
            yield "foreign", f"{image_id} of {owners[image_id]} under a word or album of {owner}"
    for owner, _, image_id in world.shown:
        if owners.get(image_id, owner) != owner:
            yield "foreign", f"{image_id} of {owners[image_id]} among {owner}'s bytes"
    for key in sorted(world.originals | world.renditions):
        if owners.get(_image_of(key), key.split("/")[1]) != key.split("/")[1]:
            yield "foreign", key


def _rows_are_known(world: World, ledger: Ledger) -> Broken:
    for row in world.unknown:
        yield "left", f"{row['pk']} {row['sk']} is no row that the document knows"


PARTS = ("recognition", "renditions")

#: How the messages begin that a trial puts into the queues to be set aside.
BROKEN_MESSAGE = "no event of S3's"

PROMISES = (
    Promise("an accepted upload ends, with its row and original", _accepted_ended),
    Promise("nothing waits or hangs when all is quiet", _nothing_waits),
    Promise("good pictures are ready, others failed with a reason", _ends_as_it_should),
    Promise("what is deleted leaves no trace", _deleted_without_trace),
    Promise("what a deletion began is done", _deletions_complete),
    Promise("the label index is what the images say", _index_agrees),
    Promise("label counts are what the images say", _counts_agree),
    Promise("usage is what the images say", _usage_agrees),
    Promise("months count each arrival and paid call once", _months_agree),
    Promise("images of the same bytes are listed, and no others", _same_bytes_agree),
    Promise("nothing is known of bytes that nobody has", _content_is_somebodys),
    Promise("the index of words is what the images say", _words_agree),
    Promise("albums and images name each other, and counts are exact", _albums_agree),
    Promise("no object is without its image", _renditions_have_images),
    Promise("what is ready has its renditions", _ready_is_complete),
    Promise("only what is broken for good is set aside", _dead_are_broken),
    Promise("nobody has, sees or names another's", _each_its_own),
    Promise("every row is one that the document knows", _rows_are_known),
)


def _states(row: Row) -> set[str]:
    return {row[part]["state"] for part in PARTS}


def _labels(row: Row) -> dict[str, Decimal]:
    """By what the image is to be found: recognition's labels less the hidden, plus the added."""
    details = row.get("details", {})
    hidden = {name.casefold() for name in details.get("hidden", [])}
    result = row["recognition"].get("result", {})
    seen = {label["name"].casefold(): label["confidence"] for label in result.get("labels", [])}
    kept = {name: each for name, each in seen.items() if name not in hidden}
    return kept | {name.casefold(): Decimal(100) for name in details.get("added", [])}


def _split(text: str) -> list[str]:
    """Words as they are indexed: folded, without what is between them."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def _image_of(key: str) -> str:
    """`originals/{owner}/{id}` and `renditions/{owner}/{id}/{name}` alike."""
    return key.split("/")[2]


def _file(world: World, row: Row) -> None:
    """Put a row where it belongs, by its key alone."""
    match row["pk"].split("#"), row["sk"].split("#"):
        case [["USER", _], ["IMAGE", image_id]]:
            world.images[image_id] = row
        case [["USER", owner, "LABEL", label], [image_id]]:
            world.index[owner, label, image_id] = row["confidence"]
        case [["USER", owner, "WORD", word], [image_id]]:
            world.words.add((owner, word, image_id))
        case [["USER", owner], ["ALBUM", album_id]]:
            world.albums[owner, album_id] = row
        case [["USER", owner, "ALBUM", album_id], [image_id]]:
            world.members.add((owner, album_id, image_id))
        case [["INBOXES"], _]:
            # Which gateway tasks listen to events; nobody's data.
            pass
        case [["USER", owner, "LABELS"], [label]]:
            world.counts[owner, label] = int(row["images"])
        case [["USER", owner], ["USAGE", period]]:
            world.usage[owner][period] = row
        case [["USER", _], ["IDEMPOTENCY", _]]:
            pass
        case [["CONTENT", owner, sha256], ["IMAGE", image_id]]:
            world.shown.add((owner, sha256, image_id))
        case [["CONTENT", owner, sha256], ["RECOGNITION", _]]:
            world.known[owner, sha256].append(row)
        case _:
            world.unknown.append(row)


def _scan(dynamodb: Any, table: str) -> Iterator[Row]:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    for page in pages:
        for item in page["Items"]:
            row = {name: _deserialize(value) for name, value in item.items()}
            # What has expired is as good as gone, whether or not it has been removed yet.
            if int(row.get("expires_at", time.time() + 1)) > time.time():
                yield row


def _keys(s3: Any, bucket: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            yield entry["Key"]


def _peek(sqs: Any, url: str) -> Iterator[str]:
    """Every message, hidden from nobody for longer than a moment."""
    seen: dict[str, str] = {}
    while True:
        answer = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=20, WaitTimeSeconds=0
        )
        fresh = {each["MessageId"]: each for each in answer.get("Messages", [])}
        if not fresh.keys() - seen.keys():
            return iter(seen.values())
        seen |= {name: each["Body"] for name, each in fresh.items()}
