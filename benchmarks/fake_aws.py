"""Fake AWS with fixed responses, for benchmarks of the gateway and of a consumer.

python benchmarks/fake_aws.py PORT JWKS-FILE

It parses no more of a request than it needs to choose a response, so that its own CPU time does not
limit the measurement.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import httptools
import msgspec
import uvloop

from sightline.adapters.dynamo import DynamoImageTable
from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import to_plain
from sightline.adapters.dynamo.schema import table_schema
from sightline.domain.images import Image
from sightline.domain.renditions import Rendition
from sightline_testing.builders import (
    make_api_key,
    make_image,
    make_recognition,
    make_rendition_set,
)

S3_EVENT = Path(__file__).with_name("s3_event.json")

#: Images per page of the owner, with these labels and renditions each.
PAGE_SIZE = 100
LABELS = ("Dog", "Beach", "Sea", "Sand", "Person", "Sky", "Cloud", "Horizon", "Nature", "Outdoors")
RENDITION_SIZES = {
    "full": (2048, 1536),
    "preview": (1024, 768),
    "thumb": (256, 192),
    "tiny": (64, 48),
}

#: Messages per response of ReceiveMessage.
SQS_BATCH_SIZE = 10

#: Seconds for which a long poll of an event queue, which is always empty, waits.
LONG_POLL_SECONDS = 20

#: Different Query requests whose responses are cached.
QUERY_CACHE_SIZE = 256

Item = dict[str, Any]


class RecordingClient:
    """A DynamoDB client that records the items it is to write."""

    def __init__(self) -> None:
        self.items: list[Item] = []

    async def put_item(self, **request: Any) -> None:
        self.items.append(request["Item"])


def make_ready_image() -> Image:
    """Return an image with recognition results and all renditions."""
    image = make_image()
    image = image.with_part("recognition", image.recognition.begin("etag"))
    recognition = image.recognition.succeed(make_recognition(*LABELS))
    image = image.with_part("recognition", recognition)
    image = image.with_part("renditions", image.renditions.begin("etag"))
    renditions = tuple(
        Rendition(
            name=name,
            key=f"renditions/{image.owner}/{image.image_id}/{name}.webp",
            media_type="image/webp",
            width=width,
            height=height,
            bytes=123_456,
        )
        for name, (width, height) in RENDITION_SIZES.items()
    )
    rendition_set = make_rendition_set().model_copy(update={"renditions": renditions})
    return image.with_part("renditions", image.renditions.succeed(rendition_set))


def make_api_key_item() -> Item:
    """Return the item of an API key, which the fake AWS has for every digest."""
    key = to_plain(make_api_key())
    return {name: serialize(value) for name, value in key.items()}


async def make_page_items() -> list[Item]:
    """Return the rows of a page of ready images, as the table adapter writes them."""
    client = RecordingClient()
    table = DynamoImageTable(client, "images")
    for _ in range(PAGE_SIZE):
        await table.create(make_ready_image())
    return client.items


def read_projection(request: dict[str, Any]) -> frozenset[str] | None:
    """Return the top-level attribute names of a request's ProjectionExpression, if it has one."""
    expression = request.get("ProjectionExpression")
    if expression is None:
        return None
    placeholders = request.get("ExpressionAttributeNames", {})
    names = (name.strip() for name in expression.split(","))
    return frozenset(placeholders.get(name, name) for name in names)


def read_selection(request: dict[str, Any]) -> frozenset[str] | None:
    """Return the attributes that a Query returns; None for all of them."""
    index = request.get("IndexName")
    if index is None:
        return read_projection(request)
    schema = table_schema(request["TableName"])["GlobalSecondaryIndexes"]
    (found,) = (each for each in schema if each["IndexName"] == index)
    keys = {key["AttributeName"] for key in found["KeySchema"]}
    return frozenset({"pk", "sk", *keys, *found["Projection"]["NonKeyAttributes"]})


def build_page(items: list[Item], projection: frozenset[str] | None) -> bytes:
    """Return the response to a Query that selects these items."""
    if projection is not None:
        items = [
            {name: value for name, value in item.items() if name in projection} for item in items
        ]
    # As in DynamoDB, binary values are in Base64.
    return build_response(
        msgspec.json.encode({"Items": items, "Count": len(items), "ScannedCount": len(items)})
    )


def build_query_handler(items: list[Item]) -> Callable[[bytes], bytes]:
    """Return a function from the body of a Query to its response, each computed only once."""
    build_cached_page = lru_cache(lambda projection: build_page(items, projection))

    @lru_cache(QUERY_CACHE_SIZE)
    def handle_query(body: bytes) -> bytes:
        return build_cached_page(read_selection(json.loads(body)))

    return handle_query


def build_messages() -> bytes:
    """Return the body of a ReceiveMessage response: a batch of uploads."""
    entries = [
        {
            "MessageId": f"message-{number}",
            "ReceiptHandle": f"receipt-{number}" + "x" * 300,
            "MD5OfBody": "",
            "Body": S3_EVENT.read_text(),
            "Attributes": {"ApproximateReceiveCount": "1"},
        }
        for number in range(SQS_BATCH_SIZE)
    ]
    return json.dumps({"Messages": entries}).encode()


def build_response(body: bytes, media_type: bytes = b"application/x-amz-json-1.0") -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n"
        b"x-amzn-RequestId: 0123456789\r\n\r\n%s" % (media_type, len(body), body)
    )


def build_sns_response(action: bytes) -> bytes:
    """Return a successful response of SNS without a result."""
    body = b"<%sResponse><%sResult/></%sResponse>" % (action, action, action)
    return build_response(body, b"text/xml")


class FakeAws(asyncio.Protocol):
    """Responds by the operation that the request's headers name."""

    responses: dict[bytes, bytes]
    jwks: bytes
    handle_query: Callable[[bytes], bytes]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._parser = httptools.HttpRequestParser(self)
        self._operation = b""
        self._body = b""

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"x-amz-target":
            self._operation = value.rpartition(b".")[2]

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        operation, body = self._operation, self._body
        self._operation = self._body = b""
        if operation == b"Query" and b"CONTENT#" not in body:
            self._transport.write(self.handle_query(body))
        elif operation == b"ReceiveMessage" and b"/events" in body:
            loop = asyncio.get_running_loop()
            loop.call_later(LONG_POLL_SECONDS, self._respond, b"ReceiveNothing")
        else:
            self._respond(operation or _read_sns_action(body))

    def _respond(self, operation: bytes) -> None:
        self._transport.write(self.responses.get(operation, self.jwks))


def _read_sns_action(body: bytes) -> bytes:
    """Return the operation of an SNS request, whose body is a form."""
    return body.partition(b"Action=")[2].partition(b"&")[0]


async def serve(port: int, jwks: bytes) -> None:
    FakeAws.jwks = build_response(jwks, b"application/json")
    FakeAws.handle_query = staticmethod(build_query_handler(await make_page_items()))
    FakeAws.responses = {
        b"PutItem": build_response(b"{}"),
        b"GetItem": build_response(json.dumps({"Item": make_api_key_item()}).encode()),
        # No other image has the same content.
        b"Query": build_response(b'{"Items":[],"Count":0,"ScannedCount":0}'),
        b"ReceiveMessage": build_response(build_messages()),
        b"ReceiveNothing": build_response(b"{}"),
        b"CreateQueue": build_response(b'{"QueueUrl":"http://127.0.0.1/0/events"}'),
        b"ListQueues": build_response(b"{}"),
        b"UpdateItem": build_response(b"{}"),
        **{action: build_sns_response(action) for action in (b"Subscribe", b"Publish")},
        b"DeleteMessageBatch": build_response(b'{"Successful":[],"Failed":[]}'),
    }
    server = await asyncio.get_running_loop().create_server(FakeAws, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
