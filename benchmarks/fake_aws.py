"""AWS as far as the gateway and a consumer need it, with the same answers every time.

python benchmarks/answers.py PORT JWKS-FILE

It reads no more of a request than what was asked for, so that it is never what is measured.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, cast

import httptools
import uvloop

from sightline.adapters.dynamo import DynamoImageTable
from sightline.domain.images import Image
from sightline.domain.renditions import Rendition
from sightline_testing.builders import make_image, make_recognition, make_rendition_set

EVENT = Path(__file__).parents[1] / "tests" / "core" / "events" / "aws_one.json"

#: Images in the owner's listing, and labels and renditions of each.
IMAGES = 100
LABELS = ("Dog", "Beach", "Sea", "Sand", "Person", "Sky", "Cloud", "Horizon", "Nature", "Outdoors")
NAMES = ("full", "preview", "thumb", "tiny")


class Writing:
    """A client that keeps the rows which it is to write."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    async def put_item(self, **request: Any) -> None:
        self.items.append(request["Item"])


def make_ready() -> Image:
    """An image that all is known of."""
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
            width=2048,
            height=1536,
            bytes=123_456,
        )
        for name in NAMES
    )
    developed = make_rendition_set().model_copy(update={"renditions": renditions})
    return image.with_part("renditions", image.renditions.succeed(developed))


async def listing() -> bytes:
    """What a Query answers for a page of images that are ready, as the table has written them."""
    client = Writing()
    table = DynamoImageTable(client, "images")
    for _ in range(IMAGES):
        await table.create(make_ready())
    answer = {"Items": client.items, "Count": IMAGES, "ScannedCount": IMAGES}
    return json.dumps(answer).encode()


def messages() -> bytes:
    """What a ReceiveMessage answers: ten uploads."""
    entries = [
        {
            "MessageId": f"message-{number}",
            "ReceiptHandle": f"receipt-{number}" + "x" * 300,
            "MD5OfBody": "",
            "Body": EVENT.read_text(),
            "Attributes": {"ApproximateReceiveCount": "1"},
        }
        for number in range(10)
    ]
    return json.dumps({"Messages": entries}).encode()


def render(body: bytes, media_type: bytes = b"application/x-amz-json-1.0") -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n"
        b"x-amzn-RequestId: 0123456789\r\n\r\n%s" % (media_type, len(body), body)
    )


def render_form(action: bytes) -> bytes:
    """What SNS answers that has nothing to say."""
    body = b"<%sResponse><%sResult/></%sResponse>" % (action, action, action)
    return render(body, b"text/xml")


class Answers(asyncio.Protocol):
    """Answers by the operation that a request names in its headers."""

    fixed: dict[bytes, bytes]
    keys: bytes

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
        if operation == b"Query" and b"CONTENT#" in body:
            operation = b"QueryContent"
        if operation == b"ReceiveMessage" and b"/events" in body:
            # Nothing ever happens there: a poll that takes its time.
            asyncio.get_running_loop().call_later(20, self._answer, b"ReceiveNothing")
            return
        self._answer(operation or _read_action(body))

    def _answer(self, operation: bytes) -> None:
        self._transport.write(self.fixed.get(operation, self.keys))


def _read_action(body: bytes) -> bytes:
    """The operation as SNS is asked for it: in a form."""
    return body.partition(b"Action=")[2].partition(b"&")[0]


async def serve(port: int, jwks: bytes) -> None:
    Answers.keys = render(jwks, b"application/json")
    Answers.fixed = {
        b"PutItem": render(b"{}"),
        b"Query": render(await listing()),
        b"QueryContent": render(b'{"Items":[],"Count":0,"ScannedCount":0}'),
        b"ReceiveMessage": render(messages()),
        b"ReceiveNothing": render(b"{}"),
        b"CreateQueue": render(b'{"QueueUrl":"http://127.0.0.1/0/events"}'),
        b"ListQueues": render(b"{}"),
        b"UpdateItem": render(b"{}"),
        **{action: render_form(action) for action in (b"Subscribe", b"Publish")},
        b"DeleteMessageBatch": render(b'{"Successful":[],"Failed":[]}'),
    }
    server = await asyncio.get_running_loop().create_server(Answers, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
