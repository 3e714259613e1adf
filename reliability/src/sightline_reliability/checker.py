"""Invariant checker: compares the state of the system with the ledger of what users observed.

It shares no code with the services; what it knows of them is the documentation's, in docs/.
"""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from sightline_reliability.ledger import Deletion, Ledger
from sightline_reliability.system_state import Row, SystemState, get_image_id, get_owner

#: Parts of an image that are processed independently.
PARTS = ("recognition", "renditions")

#: The flags of an image.
FLAGS = ("favorite", "archived", "rating")

#: The states of a part by their number in its summary.
STATES = ("pending", "running", "succeeded", "failed")

#: Final states of a part.
FINAL_STATES = {"succeeded", "failed"}

#: The only failure code that does not depend on the image.
RETRIES_EXHAUSTED = "retries_exhausted"

#: Widths of the bands of a perceptual hash in bits, from its lowest bits (docs/architecture.md).
BAND_BITS = (10, 10, 10, 10, 9, 9, 6)

#: First words of the unparsable messages that a test sends in order to have them dead-lettered.
POISON_MESSAGE = "not an S3 event"

#: Kinds of violations: data lost; counted, listed or processed too often; processing not completed;
#: visible to another owner; left behind after a deletion.
VIOLATION_KINDS = ("lost", "doubled", "stuck", "foreign", "left")

#: Kind and detail of each violation.
Violations = Iterator[tuple[str, str]]


class Violation(NamedTuple):
    """An invariant that does not hold, and where; `kind` is one of `VIOLATION_KINDS`."""

    invariant: str
    kind: str
    detail: str


class Invariant(NamedTuple):
    """A sentence that must be true of every state, and its check."""

    sentence: str
    check: Callable[[SystemState, Ledger], Violations]


def check_invariants(state: SystemState, ledger: Ledger) -> list[Violation]:
    """Return every violation of every invariant."""
    return [
        Violation(invariant.sentence, kind, detail)
        for invariant in INVARIANTS
        for kind, detail in invariant.check(state, ledger)
    ]


def count_by_kind(violations: Iterable[Violation]) -> dict[str, int]:
    counts = Counter(violation.kind for violation in violations)
    return {kind: counts[kind] for kind in VIOLATION_KINDS}


def _check_accepted_uploads(state: SystemState, ledger: Ledger) -> Violations:
    for upload in ledger.uploads:
        if not upload.accepted or upload.deletion != "none":
            continue
        row = state.images.get(upload.image_id)
        if row is None:
            yield "lost", f"{upload.image_id} has no row"
        elif f"originals/{upload.owner}/{upload.image_id}" not in state.originals:
            yield "lost", f"{upload.image_id} has no original"
        elif not _states(row) <= FINAL_STATES:
            yield "stuck", f"{upload.image_id} is {sorted(_states(row))}"


def _check_nothing_pending(state: SystemState, ledger: Ledger) -> Violations:
    """An original that is stored must be processed even if its user got no response."""
    accepted = {upload.image_id for upload in ledger.uploads if upload.accepted}
    for image_id, row in state.images.items():
        key = f"originals/{row['owner']}/{image_id}"
        is_final = _states(row) <= FINAL_STATES
        if image_id not in accepted and key in state.originals and not is_final:
            yield "stuck", f"{image_id} is {sorted(_states(row))}"
    for url, count in state.unsettled.items():
        if count:
            yield "stuck", f"{count} messages in {url.rsplit('/', 1)[-1]}"


def _check_outcomes(state: SystemState, ledger: Ledger) -> Violations:
    for upload in ledger.uploads:
        row = state.images.get(upload.image_id)
        if row is None or not upload.accepted or not _states(row) <= FINAL_STATES:
            continue
        failures = [row[part].get("failure") for part in PARTS if row[part]["state"] == "failed"]
        if any(not failure or not failure.get("code") for failure in failures):
            yield "lost", f"{upload.image_id} failed without a reason"
        codes = {failure["code"] for failure in failures if failure}
        if upload.kind == "valid" and codes - {RETRIES_EXHAUSTED}:
            yield "lost", f"{upload.image_id} is a valid image and failed with {sorted(codes)}"
        if upload.kind != "valid" and not failures:
            yield "doubled", f"{upload.image_id} is a {upload.kind} image and is ready"


def _check_confirmed_deletions(state: SystemState, ledger: Ledger) -> Violations:
    deleted = {upload.image_id for upload in ledger.uploads if upload.deletion == "confirmed"}
    for image_id in deleted & state.images.keys():
        yield "left", f"row of {image_id}"
    for owner, label, image_id in state.label_index:
        if image_id in deleted:
            yield "left", f"{image_id} under {owner}'s label {label}"
    for key in sorted(state.originals | state.renditions):
        if get_image_id(key) in deleted:
            yield "left", key
    indexes = (
        state.content_index
        | state.word_index
        | state.album_images.keys()
        | state.album_ranks.keys()
        | state.hash_index.keys()
        | state.contributions.keys()
        | state.image_contributions.keys()
    )
    for _, name, image_id in sorted(indexes):
        if image_id in deleted:
            yield "left", f"{image_id} under {name}"


def _check_started_deletions(state: SystemState, ledger: Ledger) -> Violations:
    for image_id, row in state.images.items():
        if row.get("deleted_at"):
            yield "left", f"{image_id} is marked as deleted at {row['deleted_at']}, but not removed"


def _check_label_index(state: SystemState, ledger: Ledger) -> Violations:
    expected = {
        (row["owner"], label, image_id): confidence
        for image_id, row in state.images.items()
        for label, confidence in _get_labels(row).items()
    }
    for key in sorted(expected.keys() - state.label_index.keys()):
        yield "lost", f"{key} is missing in the label index"
    for key in sorted(state.label_index.keys() - expected.keys()):
        yield "doubled", f"{key} is in the label index, but not in the image"
    for key in sorted(expected.keys() & state.label_index.keys()):
        if expected[key] != state.label_index[key]:
            yield (
                "doubled",
                f"{key} has confidence {state.label_index[key]}, its image {expected[key]}",
            )


def _check_label_counts(state: SystemState, ledger: Ledger) -> Violations:
    expected = Counter(
        (row["owner"], label) for row in state.images.values() for label in _get_labels(row)
    )
    for key in sorted(expected.keys() | state.label_counts.keys()):
        count = state.label_counts.get(key, 0)
        if count != expected[key]:
            yield _kind(count, expected[key]), f"{key} counts {count}, expected {expected[key]}"


def _check_timeline(state: SystemState, ledger: Ledger) -> Violations:
    """A position is the time on a clock at the place of capture, or of the upload, and the id.

    Those of the archive and of the trash begin with their names.
    """
    for image_id, row in state.images.items():
        if row.get("deleted_at"):
            continue
        expected = None
        if trashed_at := _get_trashed_at(row):
            expected = f"trash#{_normalize_time(trashed_at)}#{image_id}"
        elif row["renditions"].get("etag"):
            place = "archive#" if _is_archived(row) else ""
            expected = f"{place}{_get_local_time(row)}#{image_id}"
        if (position := row.get("timeline")) != expected:
            kind = "lost" if position is None else "doubled"
            yield kind, f"{image_id} is at {position} in the timeline, expected {expected}"


def _check_month_counts(state: SystemState, ledger: Ledger) -> Violations:
    expected = Counter(
        (row["owner"], _get_local_time(row)[:7])
        for row in state.images.values()
        if row["renditions"].get("etag") and not _get_trashed_at(row) and not _is_archived(row)
    )
    for key in sorted(expected.keys() | state.month_counts.keys()):
        count = state.month_counts.get(key, 0)
        if count != expected[key]:
            yield _kind(count, expected[key]), f"{key} counts {count}, expected {expected[key]}"


def _check_trash(state: SystemState, ledger: Ledger) -> Violations:
    """An image in the trash is in no album; a restored one is back in all that still exist."""
    for image_id, row in state.images.items():
        if _get_trashed_at(row):
            for album_id in sorted(row.get("albums", ())):
                yield "left", f"{image_id} is in the trash, and in the album {album_id}"
        else:
            for album_id in sorted(row.get("trashed_albums", ())):
                yield "lost", f"{image_id} was restored, but not to the album {album_id}"


def _check_total_usage(state: SystemState, ledger: Ledger) -> Violations:
    arrived = [row for row in state.images.values() if row["renditions"].get("etag")]
    images = Counter(row["owner"] for row in arrived)
    trashed = Counter(row["owner"] for row in arrived if _get_trashed_at(row))
    sizes: Counter[str] = Counter()
    for row in arrived:
        sizes[row["owner"]] += int(row["bytes"])
    for owner in sorted(images.keys() | state.usage.keys()):
        total = state.usage.get(owner, {}).get("total", {})
        for name, expected in (
            ("images", images[owner]),
            ("bytes", sizes[owner]),
            ("trashed_images", trashed[owner]),
        ):
            if (count := int(total.get(name, 0))) != expected:
                yield _kind(count, expected), f"{owner}'s usage is {count} {name}, not {expected}"


def _check_monthly_usage(state: SystemState, ledger: Ledger) -> Violations:
    """A month's usage includes deleted images, so it is exact only for owners without deletions."""
    arrived: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for row in state.images.values():
        arrived[row["owner"]] += bool(row["renditions"].get("etag"))
        calls = row["recognition"].get("result", {}).get("calls", {})
        paid[row["owner"]] += int(sum(calls.values()))
    inexact = {
        upload.owner
        for upload in ledger.uploads
        if upload.deletion != "none" or upload.reprocess_count or upload.kind == "mismatched"
    }
    for owner in sorted(arrived.keys() | state.usage.keys()):
        months = [row for name, row in state.usage.get(owner, {}).items() if name != "total"]
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
            count = counted[name]
            if count < expected or (count > expected and owner not in inexact):
                detail = f"{owner}'s months count {count} {name}, expected {expected}"
                yield _kind(count, expected), detail


def _check_content_index(state: SystemState, ledger: Ledger) -> Violations:
    expected = {
        (row["owner"], row["sha256"], image_id)
        for image_id, row in state.images.items()
        if row["renditions"].get("result")
    }
    for key in sorted(expected - state.content_index):
        yield "lost", f"{key} is missing in the content index"
    for key in sorted(state.content_index - expected):
        yield "doubled", f"{key} is in the content index, but the image has other content"


def _check_recognition_cache(state: SystemState, ledger: Ledger) -> Violations:
    """Results without an image are left over; claims without an image expire."""
    stored = {(row["owner"], row["sha256"]) for row in state.images.values()}
    for key, rows in state.recognition_cache.items():
        if key not in stored and any("result" in row for row in rows):
            yield "left", f"recognition result of {key}"


def _check_word_index(state: SystemState, ledger: Ledger) -> Violations:
    """The index agrees with the words of the image, which include its detected text and its flags.

    They may also include words of an earlier recognition, and earlier flags.
    """
    expected = {
        (row["owner"], word, image_id)
        for image_id, row in state.images.items()
        for word in row.get("indexed_words", ())
    }
    for key in sorted(state.word_index - expected):
        yield "doubled", f"{key} is in the word index, but not in the image"
    for key in sorted(expected - state.word_index):
        yield "lost", f"{key} is missing in the word index"
    counts = Counter((owner, word) for owner, word, _ in expected)
    for owned_word in sorted(counts.keys() | state.word_counts.keys()):
        stored = state.word_counts.get(owned_word, 0)
        if stored != counts[owned_word]:
            yield (
                "doubled" if stored > counts[owned_word] else "lost",
                (f"{owned_word} counts {stored} images, and {counts[owned_word]} name it"),
            )
    for image_id, row in state.images.items():
        lines = row["recognition"].get("result", {}).get("text", [])
        detected = {word for line in lines for word in _split_words(line["text"])}
        missing = detected - set(row.get("indexed_words", ()))
        if row["recognition"]["state"] == "succeeded" and missing:
            yield "lost", f"{image_id} is not indexed by {sorted(missing)}"
        if flags := _get_flags(row) - set(row.get("indexed_words", ())):
            yield "lost", f"{image_id} is not indexed by {sorted(flags)}"


def _check_hash_index(state: SystemState, ledger: Ledger) -> Violations:
    """The index has an entry for each band of the hash that the renditions of an image state."""
    expected = {
        (row["owner"], band, image_id): value
        for image_id, row in state.images.items()
        if (value := row["renditions"].get("result", {}).get("perceptual_hash"))
        for band in _split_bands(value)
    }
    for key in sorted(state.hash_index.keys() - expected.keys()):
        yield "doubled", f"{key} is in the hash index, but is not a band of the image"
    for key in sorted(expected.keys() - state.hash_index.keys()):
        yield "lost", f"{key} is missing in the hash index"
    for key in sorted(expected.keys() & state.hash_index.keys()):
        if state.hash_index[key] != expected[key]:
            yield "lost", f"{key} is {state.hash_index[key]}, and the image's is {expected[key]}"


def _check_albums(state: SystemState, ledger: Ledger) -> Violations:
    """The content of an album is stored in three places, which must agree."""
    expected = {
        (row["owner"], album_id, image_id)
        for image_id, row in state.images.items()
        for album_id in row.get("albums", ())
    }
    for key in sorted(state.album_images.keys() - expected):
        yield "doubled", f"album row {key}, but its image does not list the album"
    for key in sorted(expected - state.album_images.keys()):
        yield "lost", f"{key} is listed by the image, but has no album row"
    counts = Counter((owner, album_id) for owner, album_id, _ in state.album_images)
    for album in sorted(state.albums.keys() | counts.keys()):
        row = state.albums.get(album)
        if row is None:
            yield "left", f"{counts[album]} images in {album}, which does not exist"
        elif int(row["images"]) != counts[album]:
            kind = _kind(int(row["images"]), counts[album])
            yield kind, f"{album} counts {row['images']} images, expected {counts[album]}"
        elif row.get("cover_id") and (*album, row["cover_id"]) not in state.album_images:
            yield "lost", f"{album} has the cover {row['cover_id']}, which it does not contain"
    deleted = set(ledger.deleted_albums)
    for owner, album_id in state.albums:
        if album_id in deleted:
            yield "left", f"album {album_id} of {owner}"


def _check_album_orders(state: SystemState, ledger: Ledger) -> Violations:
    """Each image of an album has a place in its order of capture, and a rank."""
    inside = state.album_images.keys() | state.contributions.keys()
    for owner, album_id, image_id in sorted(state.album_ranks.keys() - inside):
        yield "left", f"rank of {image_id} in the album {album_id} of {owner}, which has it not"
    for key, position in sorted(state.album_images.items()):
        *_, image_id = key
        rank = state.album_ranks.get(key)
        if rank is None or not rank.endswith(f"#{image_id}"):
            yield "lost", f"{key} has the rank {rank}"
        row = state.images.get(image_id)
        if row is None or row.get("deleted_at") or _get_trashed_at(row):
            continue
        is_processed = row["renditions"].get("etag")
        expected = f"{_get_local_time(row)}#{image_id}" if is_processed else None
        if position != expected:
            kind = "lost" if position is None else "doubled"
            yield kind, f"{key} is at {position} in the order of capture, expected {expected}"


def _check_objects(state: SystemState, ledger: Ledger) -> Violations:
    for keys in (state.renditions, state.originals):
        for key in sorted(keys):
            if get_image_id(key) not in state.images:
                yield "left", key


def _check_written_objects(state: SystemState, ledger: Ledger) -> Violations:
    """Once a write is confirmed, the object is in a file, even if the disk was full meanwhile."""
    before, after = state.objects, state.objects_after_kill
    if after is None:
        return
    for key in sorted(before.keys() - after.keys()):
        yield "lost", f"{key} was not written to the disk"
    for key in sorted(after.keys() - before.keys()):
        yield "left", f"{key} was deleted, but not on the disk"
    for key in sorted(before.keys() & after.keys()):
        if before[key] != after[key]:
            yield "lost", f"{key} has the ETag {after[key]} on the disk, and had {before[key]}"


def _check_renditions(state: SystemState, ledger: Ledger) -> Violations:
    for image_id, row in state.images.items():
        if row["renditions"]["state"] != "succeeded":
            continue
        renditions = row["renditions"]["result"].get("renditions", [])
        if not renditions:
            yield "lost", f"{image_id} has no renditions"
        for rendition in renditions:
            if rendition["key"] not in state.renditions:
                yield "lost", f"{rendition['key']} does not exist"


def _check_summaries(state: SystemState, ledger: Ledger) -> Violations:
    """Each part has a summary in MessagePack, which a list shows in place of the part."""
    for image_id, row in state.images.items():
        title, added, hidden, _, _, _, *flags = _unpack(
            row["sd"], None, (), (), *[None] * 3, 0, 0, 0
        )
        recognition, confidences, names = _unpack(row["sl"], 0, b"", ())
        renditions, *_, thumbnail, _ = _unpack(row["sr"], 0, *[None] * 11)
        labels = row["recognition"].get("result", {}).get("labels", [])
        keys = {each["key"] for each in row["renditions"].get("result", {}).get("renditions", [])}
        stored = [
            row.get("details", {}).get("title"),
            sorted(row.get("details", {}).get("added", [])),
            sorted(row.get("details", {}).get("hidden", [])),
            *(row.get("details", {}).get(name) or 0 for name in FLAGS),
            *(row[part]["state"] for part in PARTS),
            sorted((label["name"], round(float(label["confidence"]) * 2)) for label in labels),
            bool(keys),
        ]
        summarized = [
            title,
            sorted(added),
            sorted(hidden),
            *flags,
            STATES[recognition],
            STATES[renditions],
            sorted(zip(names, confidences, strict=True)),
            thumbnail is not None
            and f"renditions/{row['owner']}/{image_id}/{thumbnail[0]}" in keys,
        ]
        if summarized != stored:
            yield "lost", f"{image_id} is summarized as {summarized}, and stored as {stored}"


def _check_dead_letters(state: SystemState, ledger: Ledger) -> Violations:
    for body in state.dead_letters:
        if not body.startswith(POISON_MESSAGE):
            yield "stuck", f"dead-lettered: {body[:120]}"


def _check_isolation(state: SystemState, ledger: Ledger) -> Violations:
    for detail in ledger.isolation_violations:
        yield "foreign", detail
    owners = {upload.image_id: upload.owner for upload in ledger.uploads}
    # An owner whose id begins like another one's comes first.
    alternatives = map(re.escape, sorted(set(owners.values()), reverse=True))
    any_owner = re.compile("|".join(alternatives) or r"(?!)")
    for image_id, row in state.images.items():
        if (
            row["pk"] != f"USER#{row['owner']}"
            or owners.get(image_id, row["owner"]) != row["owner"]
        ):
            yield "foreign", f"{image_id} is stored under {row['pk']}"
        # Owner ids are long and random, so a match cannot be a coincidence.
        mentioned = set(any_owner.findall(json.dumps(row, default=repr)))
        for other in sorted(mentioned - {row["owner"]}):
            yield "foreign", f"{row['pk']} {image_id} contains the owner {other}"
    for owner, label, image_id in state.label_index:
        if owners.get(image_id, owner) != owner:
            yield "foreign", f"{image_id} of {owners[image_id]} under {owner}'s label {label}"
    for owner, name, image_id in (
        state.word_index
        | state.album_images.keys()
        # The owner of an album arranges also what members added.
        | (state.album_ranks.keys() - state.contributions.keys())
        | state.hash_index.keys()
    ):
        if owners.get(image_id, owner) != owner:
            yield "foreign", f"{image_id} of {owners[image_id]} under {owner}'s {name}"
    for owner, _, image_id in state.content_index:
        if owners.get(image_id, owner) != owner:
            yield "foreign", f"{image_id} of {owners[image_id]} in {owner}'s content index"
    for key in sorted(state.originals | state.renditions):
        if owners.get(get_image_id(key), get_owner(key)) != get_owner(key):
            yield "foreign", key


def _check_messages(state: SystemState, ledger: Ledger) -> Violations:
    """Messages are delivered at least once, and the last state of an image is among them."""
    received = {(message.owner, message.type, message.subject_id) for message in ledger.messages}
    for image_id, row in state.images.items():
        if row["owner"] not in ledger.webhook_owners or not _states(row) <= FINAL_STATES:
            continue
        kind = "image.failed" if "failed" in _states(row) else "image.ready"
        if (row["owner"], kind, image_id) not in received:
            yield "lost", f"{kind} of {image_id} did not reach {row['owner']}"
    for owner, _, subject_id, delivery_id in sorted(state.pending_deliveries):
        yield "stuck", f"delivery {delivery_id} about {subject_id} of {owner}"


def _check_message_owners(state: SystemState, ledger: Ledger) -> Violations:
    owners = {image_id: row["owner"] for image_id, row in state.images.items()}
    owners |= {album_id: owner for owner, album_id in state.albums}
    owners |= {upload.image_id: upload.owner for upload in ledger.uploads}
    joined = {(each.member, each.album_id) for each in ledger.memberships}
    for message in ledger.messages:
        if message.type == "album.updated" and (message.owner, message.subject_id) in joined:
            continue
        if owners.get(message.subject_id, message.owner) != message.owner:
            yield "foreign", f"{message.type} of {message.subject_id} reached {message.owner}"


def _check_pairs(
    name: str, of_owners: Mapping[tuple[str, str], Row], of_digests: Mapping[str, tuple[str, str]]
) -> Violations:
    """What is found by a secret is stored twice: for its owner, and by the digest of the secret."""
    by_owner = {(row["digest"], *key) for key, row in of_owners.items()}
    by_digest = {(digest, *key) for digest, key in of_digests.items()}
    for digest, owner, subject_id in sorted(by_owner ^ by_digest):
        kind = "lost" if (digest, owner, subject_id) in by_owner else "left"
        yield kind, f"{name} {subject_id} of {owner} is stored once only"


def _check_share_rows(state: SystemState, ledger: Ledger) -> Violations:
    """A share link is stored twice: for its owner, and by the digest of its token."""
    by_digest = {key: (row["owner"], row["link_id"]) for key, row in state.share_digests.items()}
    yield from _check_pairs("share link", state.share_links, by_digest)
    for link in ledger.share_links:
        if link.revocation == "confirmed" and (link.owner, link.link_id) in state.share_links:
            yield "left", f"share link {link.link_id} of {link.owner}"


def _check_shares(state: SystemState, ledger: Ledger) -> Violations:
    """A link shows what it refers to until that is trashed or deleted, or the link revoked."""
    visible = _list_visible(state)
    album_images = _group_by_album(state.album_images)
    for link in ledger.share_links:
        if link.status is None or link.revocation == "requested":
            continue
        if link.image_id is not None:
            images = {link.image_id} & visible[link.owner]
            exists = bool(images)
        else:
            album = link.owner, str(link.album_id)
            images = album_images[album]
            exists = album in state.albums
        is_alive = exists and link.revocation == "none"
        if (link.status == 200) is not is_alive:
            expected = 200 if is_alive else 404
            kind = "lost" if is_alive else "left"
            yield kind, f"share link {link.link_id} responds {link.status}, expected {expected}"
        shown = set(link.image_ids)
        for image_id in sorted(shown - (images if is_alive else set())):
            yield "foreign", f"share link {link.link_id} shows {image_id}"
        if is_alive:
            ready = {
                each
                for each in images & state.images.keys()
                if _states(state.images[each]) == {"succeeded"}
            }
            for image_id in sorted(ready - shown):
                yield "lost", f"share link {link.link_id} does not show {image_id}"


def _check_api_keys(state: SystemState, ledger: Ledger) -> Violations:
    """A key is stored for its owner and by the digest of its secret, and works until revoked."""
    by_digest = {key: (row["owner"], row["key_id"]) for key, row in state.api_key_digests.items()}
    yield from _check_pairs("API key", state.api_keys, by_digest)
    for key in ledger.api_keys:
        is_stored = (key.owner, key.key_id) in state.api_keys
        if key.revocation == "none" and (not is_stored or key.status not in {None, 200}):
            yield "lost", f"API key {key.key_id} of {key.owner} responds {key.status}"
        if key.revocation == "confirmed" and (is_stored or key.status not in {None, 401}):
            yield "left", f"API key {key.key_id} of {key.owner} responds {key.status}"


def _check_sharing_pairs(state: SystemState, ledger: Ledger) -> Violations:
    """Invitations, members and contributions are stored twice, and refer to what exists."""
    digests = {
        (row["owner"], row["album_id"], row["invitation_id"])
        for row in state.invitation_digests.values()
    }
    for name, one, other in (
        ("invitation", state.invitations.keys(), digests),
        ("member", state.members.keys(), state.memberships.keys()),
        ("contribution", state.contributions.keys(), state.image_contributions.keys()),
    ):
        for key in sorted(one ^ other):
            yield "lost", f"{name} {key} is stored once only"
        for owner, album_id, each in sorted(one | other):
            if (owner, album_id) not in state.albums:
                yield "left", f"{name} {each} of the album {album_id}, which does not exist"


def _check_memberships(state: SystemState, ledger: Ledger) -> Violations:
    """A membership exists from its confirmation until the member leaves or is removed."""
    stored = {row["member_id"]: row for row in state.members.values()}
    accepted = Counter(each.member_id for each in ledger.memberships if each.confirmed)
    for member_id, count in accepted.items():
        if count > 1:
            yield "doubled", f"invitation {member_id} was accepted by {count} persons"
    for each in ledger.memberships:
        row = stored.get(each.member_id)
        if not each.confirmed:
            continue
        if each.ending == "confirmed" and row is not None:
            yield "left", f"{each.member} is still a member of {each.album_id}"
        is_kept = each.ending == "none" and (each.owner, each.album_id) in state.albums
        if is_kept and (row is None or row.get("ended_at")):
            yield "lost", f"{each.member} is no member of {each.album_id}"
        if is_kept and row is not None and each.role not in {None, row["role"]}:
            yield "lost", f"{each.member} is {row['role']} of {each.album_id}, not {each.role}"
    used = {each for each, count in accepted.items() if count}
    revoked = {each.invitation_id for each in ledger.invitations if each.revocation == "confirmed"}
    for _, album_id, invitation_id in sorted(state.invitations):
        if invitation_id in used:
            yield "doubled", f"invitation {invitation_id} to {album_id} was accepted, and is open"
        if invitation_id in revoked:
            yield "left", f"invitation {invitation_id} to {album_id} was revoked"


def _check_contributions(state: SystemState, ledger: Ledger) -> Violations:
    """A contribution is one of a member, and has the place of its image in the album's orders."""
    for key, row in sorted(state.contributions.items()):
        owner, album_id, image_id = key
        member = state.members.get((owner, album_id, row["contributor"]))
        image = state.images.get(image_id)
        if member is None:
            yield "left", f"{image_id} in {album_id} of {row['contributor']}, who is no member"
        if image is None:
            yield "left", f"{image_id} in {album_id}, which does not exist"
            continue
        if image["owner"] != row["contributor"]:
            yield "foreign", f"{image_id} of {image['owner']} was added by {row['contributor']}"
        if not image.get("deleted_at"):
            expected = f"{_get_local_time(image)}#{image_id}"
            if (position := row.get("timeline")) != expected:
                yield "lost", f"{key} is at {position} in the order of capture, expected {expected}"
        rank = state.album_ranks.get(key)
        if rank is None or not rank.endswith(f"#{image_id}"):
            yield "lost", f"{key} has the rank {rank}"
    inside = {(album_id, image_id) for _, album_id, image_id in state.contributions}
    albums = {album_id for _, album_id in state.albums}
    deletions: dict[str, Deletion] = {each.image_id: each.deletion for each in ledger.uploads}
    for each in ledger.contributions.values():
        is_inside = (each.album_id, each.image_id) in inside
        is_kept = each.album_id in albums and deletions.get(each.image_id) == "none"
        if each.inside is True and is_kept and not is_inside:
            yield "lost", f"{each.image_id} was added to {each.album_id}, and is not in it"
        if each.inside is False and is_inside:
            yield "left", f"{each.image_id} was removed from {each.album_id}, and is in it"


def _check_album_visits(state: SystemState, ledger: Ledger) -> Violations:
    """The owner and the members of an album see its images in its order; others see nothing."""
    contents = _list_album_images(state)
    for visit in ledger.album_visits:
        album = state.albums.get((visit.owner, visit.album_id))
        member = state.members.get((visit.owner, visit.album_id, visit.caller))
        is_member = member is not None and not member.get("ended_at")
        may_see = album is not None and (visit.caller == visit.owner or is_member)
        name = f"{visit.album_id} to {visit.caller}"
        if (visit.status == 200) is not may_see:
            yield ("lost" if may_see else "foreign"), f"{name} responds {visit.status}"
        if album is None or not may_see:
            continue
        images = contents[visit.owner, visit.album_id]
        for image_id in sorted(set(visit.image_ids) - images.keys()):
            yield "foreign", f"{name} shows {image_id}"
        shown = [each for each in visit.image_ids if each in images]
        ready = {each for each in images if _states(state.images[each]) == {"succeeded"}}
        for image_id in sorted(ready - set(shown)):
            yield "lost", f"{name} does not show {image_id}"
        sort = album.get("sort", "uploaded_newest")
        positions = [images[each][sort.partition("_")[0]] for each in shown]
        if positions != sorted(positions, reverse=sort.endswith("_newest")):
            yield "lost", f"{name} is not in the order {sort}: {positions}"
        if len(set(shown)) != len(shown):
            yield "doubled", f"{name} shows an image twice"


def _list_album_images(
    state: SystemState,
) -> defaultdict[tuple[str, str], dict[str, dict[str, str]]]:
    """Return the images that the members of each album see, with their place in each order."""
    added = [
        key
        for key, row in state.contributions.items()
        if (member := state.members.get((*key[:2], row["contributor"]))) is not None
        and not member.get("ended_at")
    ]
    albums: defaultdict[tuple[str, str], dict[str, dict[str, str]]] = defaultdict(dict)
    for owner, album_id, image_id in (*state.album_images, *added):
        row = state.images.get(image_id)
        if row is not None and not row.get("deleted_at") and not _get_trashed_at(row):
            albums[owner, album_id][image_id] = {
                "uploaded": image_id,
                "taken": f"{_get_local_time(row)}#{image_id}",
                "manual": state.album_ranks.get((owner, album_id, image_id)) or "",
            }
    return albums


def _check_corrections(state: SystemState, ledger: Ledger) -> Violations:
    """A correction is applied once, and the renditions follow it."""
    for upload in ledger.uploads:
        row = state.images.get(upload.image_id)
        if row is None or upload.deletion != "none":
            continue
        details = row.get("details", {})
        taken_at = details.get("taken_at")
        if upload.taken_at is not None and (
            taken_at is None or _normalize_time(taken_at) != _normalize_time(upload.taken_at)
        ):
            yield "doubled", f"{upload.image_id} was taken at {taken_at}, not {upload.taken_at}"
        rotation = int(details.get("rotation", 0))
        if upload.rotation is not None and rotation != upload.rotation:
            yield "doubled", f"{upload.image_id} is rotated by {rotation}, not {upload.rotation}"
        position = _get_position(details.get("position"))
        if upload.position is not None and position != upload.position:
            yield "lost", f"{upload.image_id} is at {position}, not {upload.position}"
    for image_id, row in state.images.items():
        result = row["renditions"].get("result")
        if row["renditions"]["state"] != "succeeded" or row.get("deleted_at") or not result:
            continue
        details = row.get("details", {})
        wanted, rendered = int(details.get("rotation", 0)), int(result.get("rotation", 0))
        if rendered != wanted:
            yield "stuck", f"{image_id} is rendered at {rendered} degrees, not {wanted}"
        corrected = _get_position(details.get("position"))
        named = _get_position(result.get("corrected_place"))
        if corrected is not None and named != corrected:
            yield "stuck", f"the place of {image_id} is that of {named}, not of {corrected}"


def _get_position(place: Any) -> tuple[float, float] | None:
    """Return degrees north and east, None for no position."""
    if isinstance(place, list):
        place = dict(zip(("latitude", "longitude"), place, strict=False))
    if not place or place.get("latitude") is None:
        return None
    return float(place["latitude"]), float(place["longitude"])


def _check_row_types(state: SystemState, ledger: Ledger) -> Violations:
    for row in state.unknown_rows:
        yield "left", f"{row['pk']} {row['sk']} is of no documented type"


INVARIANTS = (
    Invariant("accepted uploads reach a final state", _check_accepted_uploads),
    Invariant("no image or message is left pending", _check_nothing_pending),
    Invariant("valid images succeed, others fail with a reason", _check_outcomes),
    Invariant("confirmed deletions leave nothing behind", _check_confirmed_deletions),
    Invariant("started deletions are completed", _check_started_deletions),
    Invariant("the label index matches the images", _check_label_index),
    Invariant("label counts match the images", _check_label_counts),
    Invariant("positions in the timeline match the images", _check_timeline),
    Invariant("month counts match the images", _check_month_counts),
    Invariant("images in the trash are in no album until they are restored", _check_trash),
    Invariant("total usage matches the images", _check_total_usage),
    Invariant("monthly usage counts each arrival and paid call once", _check_monthly_usage),
    Invariant("the content index matches the images", _check_content_index),
    Invariant("cached recognition results belong to an image", _check_recognition_cache),
    Invariant("the word index matches the images", _check_word_index),
    Invariant("the hash index matches the images", _check_hash_index),
    Invariant("albums and images refer to each other, and counts match", _check_albums),
    Invariant("albums order their images by capture and by rank", _check_album_orders),
    Invariant("every object belongs to an image", _check_objects),
    Invariant("every object outlives a kill of the emulator", _check_written_objects),
    Invariant("every ready image has its renditions", _check_renditions),
    Invariant("summaries match the images", _check_summaries),
    Invariant("only unparsable messages are dead-lettered", _check_dead_letters),
    Invariant("owners are isolated from each other", _check_isolation),
    Invariant("webhook messages reach their endpoint at least once", _check_messages),
    Invariant("no webhook message reaches another owner", _check_message_owners),
    Invariant("share links are stored for their owner and by their token", _check_share_rows),
    Invariant("share links show what exists until they are revoked", _check_shares),
    Invariant("API keys work until they are revoked", _check_api_keys),
    Invariant("items of shared albums exist in pairs, and with their album", _check_sharing_pairs),
    Invariant("memberships last from their acceptance to their end", _check_memberships),
    Invariant("contributions are those of members, in the album's orders", _check_contributions),
    Invariant("an album is shown in its order, to its owner and members only", _check_album_visits),
    Invariant("corrections are applied once, and the renditions follow them", _check_corrections),
    Invariant("every row is of a documented type", _check_row_types),
)


def _kind(count: int, expected: int) -> str:
    return "doubled" if count > expected else "lost"


def _states(row: Row) -> set[str]:
    return {row[part]["state"] for part in PARTS}


def _get_labels(row: Row) -> dict[str, Decimal]:
    """Return the searchable labels: recognized, less the hidden, plus those added by the owner.

    An image in the trash has none.
    """
    if _get_trashed_at(row):
        return {}
    details = row.get("details", {})
    hidden = {name.casefold() for name in details.get("hidden", [])}
    result = row["recognition"].get("result", {})
    labels = {label["name"].casefold(): label["confidence"] for label in result.get("labels", [])}
    visible = {name: confidence for name, confidence in labels.items() if name not in hidden}
    return visible | {name.casefold(): Decimal(100) for name in details.get("added", [])}


def _get_trashed_at(row: Row) -> str | None:
    """Return when the image was moved to the trash, None if it is not in it."""
    trashed_at: str | None = row.get("details", {}).get("trashed_at")
    return trashed_at


def _list_visible(state: SystemState) -> defaultdict[str, set[str]]:
    """Return the ids of each owner's images that are neither in the trash nor being deleted."""
    visible: defaultdict[str, set[str]] = defaultdict(set)
    for image_id, row in state.images.items():
        if not row.get("deleted_at") and not _get_trashed_at(row):
            visible[row["owner"]].add(image_id)
    return visible


def _group_by_album(
    keys: Iterable[tuple[str, str, str]],
) -> defaultdict[tuple[str, str], set[str]]:
    """Return the ids of the images of each album."""
    groups: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for owner, album_id, image_id in keys:
        groups[owner, album_id].add(image_id)
    return groups


def _is_archived(row: Row) -> bool:
    return bool(row.get("details", {}).get("archived"))


def _get_flags(row: Row) -> set[str]:
    """Return the terms of the flags, by which the image is found once its renditions have begun."""
    details = row.get("details", {})
    if not row["renditions"].get("etag"):
        return set()
    flags = {f":{name}" for name in ("favorite", "archived") if details.get(name)}
    rating = details.get("rating")
    return flags | {f":rating{rating}"} if rating else flags


def _get_local_time(row: Row) -> str:
    """Return the time of capture without its offset, or else that of the upload."""
    captured = row["renditions"].get("result", {}).get("capture", {}).get("taken_at")
    corrected = row.get("details", {}).get("taken_at")
    return _normalize_time(corrected or captured or row["created_at"])


def _normalize_time(text: str) -> str:
    """Return a time in ISO 8601 without its offset and with six digits of the second."""
    matched = re.match(r"(.{19})(?:\.(\d{1,6}))?", text)
    if matched is None:
        return text
    return f"{matched[1]}.{(matched[2] or '').ljust(6, '0')}"


def _unpack(summary: Any, *defaults: Any) -> list[Any]:
    """Return the first fields of a summary; those that it leaves out have their default."""
    fields = msgspec.msgpack.decode(bytes(summary))
    padded = [*fields, *[None] * (len(defaults) - len(fields))]
    pairs = zip(padded, defaults, strict=False)
    return [default if value is None else value for value, default in pairs]


def _split_words(text: str) -> list[str]:
    """Return the words as they are indexed: case-folded, without accents and punctuation."""
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return re.findall(r"\w+", re.sub("[\u0300-\u036f]", "", folded))


def _split_bands(value: str) -> list[str]:
    """Return the names of the bands of a perceptual hash: their position and bits, in hex."""
    bits = int(value, 16)
    offsets = [sum(BAND_BITS[:index]) for index in range(len(BAND_BITS))]
    return [
        f"{index}-{bits >> offset & (1 << width) - 1:03x}"
        for index, (offset, width) in enumerate(zip(offsets, BAND_BITS, strict=True))
    ]
