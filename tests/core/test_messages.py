"""Reading S3's events, as AWS, moto and LocalStack write them."""

import json
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from sightline.consumer.messages import (
    InvalidMessage,
    ReprocessCommand,
    Upload,
    format_reprocess_command,
    parse_uploads,
)
from sightline.domain.object_keys import ImageKey
from sightline.domain.recognition import Feature

EVENTS = Path(__file__).parent / "events"
OWNER = "c3d4e5f6-1111-2222-3333-444455556666"
FIRST = Upload(ImageKey(OWNER, "01932b6e-8f00-7c3a-9d5e-3f1f6a0b2c4d"))
SECOND = Upload(ImageKey(OWNER, "01932b6e-8f01-7aaa-8bbb-0123456789ab"))


def read(name: str) -> str:
    return (EVENTS / f"{name}.json").read_text()


@pytest.mark.parametrize(
    ("name", "uploads"),
    [
        ("aws_one", [FIRST]),
        ("moto_one", [FIRST]),
        ("localstack_one", [FIRST]),
        ("aws_several", [FIRST, SECOND]),
        ("aws_test", []),
        ("moto_test", []),
        ("aws_removed", []),
        ("aws_mixed", [SECOND]),
        ("aws_foreign_keys", []),
    ],
)
def test_events_give_their_uploads(name: str, uploads: list[Upload]) -> None:
    """All records of a message count, tests and removals give none, foreign keys are refused."""
    assert parse_uploads(read(name)) == uploads


@pytest.mark.parametrize("owner", ["plain", "with_underscore", "with-hyphen", "9" * 128])
def test_keys_are_decoded_once(owner: str) -> None:
    event = json.loads(read("aws_one"))
    key = f"originals/{owner}/{FIRST.image.image_id}"
    event["Records"][0]["s3"]["object"]["key"] = quote_plus(key)
    assert parse_uploads(json.dumps(event)) == [Upload(ImageKey(owner, FIRST.image.image_id))]


def test_a_twice_encoded_key_is_foreign() -> None:
    event = json.loads(read("aws_one"))
    key = event["Records"][0]["s3"]["object"]["key"]
    event["Records"][0]["s3"]["object"]["key"] = quote_plus(quote_plus(key))
    assert parse_uploads(json.dumps(event)) == []


def test_a_foreign_record_does_not_hide_its_neighbours() -> None:
    event = json.loads(read("aws_foreign_keys"))
    event["Records"] += json.loads(read("aws_one"))["Records"]
    assert parse_uploads(json.dumps(event)) == [FIRST]


@pytest.mark.parametrize(
    "request_",
    [
        ReprocessCommand("r1", ("recognition",)),
        ReprocessCommand("r2", ("recognition", "renditions"), (Feature.TEXT, Feature.FACES)),
    ],
)
def test_a_demand_to_reprocess_comes_back_as_it_was_composed(request_: ReprocessCommand) -> None:
    assert parse_uploads(format_reprocess_command(FIRST.image, request_)) == [
        Upload(FIRST.image, request_)
    ]


@pytest.mark.parametrize(
    "change",
    [{"owner": "a/b"}, {"image_id": "x"}, {"parts": ["all"]}, {"request_id": "r" * 101}],
)
def test_a_demand_for_nonsense_is_unreadable(change: dict[str, object]) -> None:
    document = json.loads(
        format_reprocess_command(FIRST.image, ReprocessCommand("r", ("recognition",)))
    )
    with pytest.raises(InvalidMessage):
        parse_uploads(json.dumps(document | change))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "[]",
        "null",
        "{}",
        '{"Records": null}',
        '{"Records": [{}]}',
        '{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {}}}]}',
        '{"Event": "s3:OtherEvent"}',
        '{"Type": "Notification", "Message": "{}"}',
        "{" * 10_000,
    ],
)
def test_anything_else_is_unreadable(body: str) -> None:
    with pytest.raises(InvalidMessage):
        parse_uploads(body)


def test_what_follows_the_document_makes_it_unreadable() -> None:
    with pytest.raises(InvalidMessage):
        parse_uploads(read("aws_test") + read("aws_one"))
