"""Messages of the queues: S3 events as AWS, moto and LocalStack send them, and commands."""

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


def read_event(name: str) -> str:
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
def test_parse_uploads_returns_every_created_original(name: str, uploads: list[Upload]) -> None:
    """Test events, deletions and other keys are ignored."""
    assert parse_uploads(read_event(name)) == uploads


@pytest.mark.parametrize("owner", ["plain", "with_underscore", "with-hyphen", "9" * 128])
def test_keys_are_url_decoded_once(owner: str) -> None:
    event = json.loads(read_event("aws_one"))
    key = f"originals/{owner}/{FIRST.image.image_id}"
    event["Records"][0]["s3"]["object"]["key"] = quote_plus(key)
    assert parse_uploads(json.dumps(event)) == [Upload(ImageKey(owner, FIRST.image.image_id))]


def test_a_key_that_is_encoded_twice_is_ignored() -> None:
    event = json.loads(read_event("aws_one"))
    key = event["Records"][0]["s3"]["object"]["key"]
    event["Records"][0]["s3"]["object"]["key"] = quote_plus(quote_plus(key))
    assert parse_uploads(json.dumps(event)) == []


def test_a_record_with_another_key_does_not_affect_other_records() -> None:
    event = json.loads(read_event("aws_foreign_keys"))
    event["Records"] += json.loads(read_event("aws_one"))["Records"]
    assert parse_uploads(json.dumps(event)) == [FIRST]


@pytest.mark.parametrize(
    "command",
    [
        ReprocessCommand("r1", ("recognition",)),
        ReprocessCommand("r2", ("recognition", "renditions"), (Feature.TEXT, Feature.FACES)),
    ],
)
def test_a_formatted_reprocess_command_is_parsed_unchanged(command: ReprocessCommand) -> None:
    assert parse_uploads(format_reprocess_command(FIRST.image, command)) == [
        Upload(FIRST.image, command)
    ]


@pytest.mark.parametrize(
    "change",
    [{"owner": "a/b"}, {"image_id": "x"}, {"parts": ["all"]}, {"request_id": "r" * 101}],
)
def test_an_invalid_reprocess_command_is_rejected(change: dict[str, object]) -> None:
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
def test_any_other_document_is_rejected(body: str) -> None:
    with pytest.raises(InvalidMessage):
        parse_uploads(body)


def test_data_after_the_document_is_rejected() -> None:
    with pytest.raises(InvalidMessage):
        parse_uploads(read_event("aws_test") + read_event("aws_one"))
