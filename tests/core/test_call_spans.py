"""Spans of calls: of the AWS clients, of the HTTP fast path and of SQLite."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError
from uuid_utils.compat import uuid4

from sightline import tracing
from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.adapters.dynamo import dynamo_tables
from sightline.adapters.dynamo.schema import table_schema
from sightline.adapters.sqlite import Database, sqlite_tables
from sightline.ports.object_store import ObjectNotFound
from sightline_local.environment import REGION
from sightline_testing.builders import make_image
from sightline_testing.traces import RecordedTraces, recorded_traces


@pytest.fixture
def traces() -> Iterator[RecordedTraces]:
    with recorded_traces() as recorded:
        yield recorded


@pytest.fixture
async def traced_clients(aws_environment: str, traces: RecordedTraces) -> AsyncIterator[Clients]:
    """Clients that were opened while traces are recorded."""
    async with AsyncExitStack() as stack:
        yield Clients(stack, REGION)


async def test_aws_call_has_a_span_with_its_status(
    traced_clients: Clients, traces: RecordedTraces
) -> None:
    client, bucket = await traced_clients.open("s3"), f"secret-{uuid4()}"
    with tracing.root_span("process", "consumer"):
        await client.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        store = S3ObjectStore(client, bucket)
        await store.write("secret.webp", b"hello", "image/webp")
        with pytest.raises(ObjectNotFound):
            await store.head("secret.jpg")
    put, head = traces.find("S3 PutObject"), traces.find("S3 HeadObject")
    assert put.attributes == {
        "rpc.system": "aws-api",
        "rpc.method": "S3/PutObject",
        "http.response.status_code": 200,
    }
    assert (put.kind, put.error, put.end is None) == ("client", None, False)
    assert (head.attributes["http.response.status_code"], head.error) == (404, "404")
    # A call that fails, and that its caller handles, does not fail the unit.
    assert traces.find("process").error is None
    assert "secret" not in str([(span.name, span.attributes) for span in traces.spans])


async def test_calls_without_a_response_fail_with_the_type_of_the_error(
    traced_clients: Clients, traces: RecordedTraces
) -> None:
    client = await traced_clients.open("sqs", endpoint_url="http://127.0.0.1:9", attempts=1)
    with pytest.raises(EndpointConnectionError), tracing.root_span("process", "consumer"):
        await client.list_queues()
    assert traces.find("SQS ListQueues").error == "EndpointConnectionError"


async def test_fast_path_of_dynamodb_has_spans(
    traced_clients: Clients, traces: RecordedTraces
) -> None:
    client, name = await traced_clients.open_dynamodb(fast_path=True), f"images-{uuid4()}"
    await client.create_table(**table_schema(name))
    images, image = dynamo_tables(client, name).images, make_image()
    with tracing.root_span("request", "server"):
        await images.create(image)
        await images.get(image.key)
    assert [span.name for span in traces.spans[1:]] == ["DynamoDB PutItem", "DynamoDB GetItem"]


async def test_calls_of_sqlite_have_spans(tmp_path: Path, traces: RecordedTraces) -> None:
    image = make_image()
    async with Database.open(tmp_path / "table.db") as database:
        images = sqlite_tables(database).images
        with tracing.root_span("request", "server"):
            await images.create(image)
            await images.get(image.key)
    assert [span.name for span in traces.spans[1:]] == ["SQLite create", "SQLite read_image"]
    assert traces.spans[1].attributes == {
        "db.system.name": "sqlite",
        "db.operation.name": "create",
    }
