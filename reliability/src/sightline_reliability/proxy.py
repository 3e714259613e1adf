"""Fault-injecting proxy between the services and AWS: `python -m sightline_reliability.proxy`.

A process between the services and the AWS emulator. Its control API is below `/-/`:

GET  /-/metrics           {"calls": {service: n}, "faults": {service: {fault: n}}, "settled": n};
                          `settled` counts the messages deleted from queues
GET  /-/spans             [[service, operation, start, end]] in Unix seconds: calls that started at
                          `?since=` or later
PUT  /-/fault-multiplier  number that scales every fault rate; 0 disables fault injection
PUT  /-/late-events       number of events of S3 to deliver again, as if they were a day late
PUT  /-/outages           {service: "reset" | "hang"}: services that are unavailable, by resetting
                          each connection or by never responding
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter, deque
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import aiohttp
import uvloop
from aiohttp import web
from multidict import CIMultiDict

from sightline_reliability.faults import (
    Call,
    Fault,
    Service,
    build_error_response,
    choose_fault,
    identify_call,
)

#: Longer than the timeout of every client in the services.
HANG_SECONDS = 35.0

#: Maximum delay of a redelivered message.
MAX_REDELIVERY_SECONDS = 15

#: Maximum number of messages in one response of ReceiveMessage.
SQS_BATCH_SIZE = 10

#: Events of S3 that are kept, to be delivered again: a random choice of all.
KEPT_EVENTS = 500

#: Age of an event that is delivered late.
LATE_EVENT_AGE = timedelta(days=1)

#: Range of the delay of a slow call, uniformly distributed.
SLOW_CALL_SECONDS = (0.05, 1.5)

#: Calls kept for `/-/spans`: those of ten minutes under load.
SPAN_HISTORY_SIZE = 500_000

#: Hop-by-hop headers, which a proxy must not forward.
HOP_BY_HOP_HEADERS = (
    *("connection", "keep-alive", "transfer-encoding"),
    *("content-length", "te", "upgrade", "expect"),
)

#: Marks the objects that a replicator of a test has copied; S3 reports them as replicas.
REPLICA_METADATA = "x-amz-meta-replica"

CONTROL_PREFIX = "/-/"


class Proxy:
    """Forwards calls to `aws_url`, Rekognition's to `rekognition_url`; serves the JWKS itself."""

    def __init__(self, aws_url: str, rekognition_url: str, jwks: bytes, seed: int) -> None:
        self._aws_url = aws_url
        self._rekognition_url = rekognition_url
        self._jwks = jwks
        self._rng = random.Random(seed)
        self._fault_multiplier = 0.0
        self._outages: dict[str, str] = {}
        self._calls: Counter[str] = Counter()
        self._faults: dict[str, Counter[str]] = {each: Counter() for each in Service}
        self._settled = 0
        self._events: list[tuple[str, str]] = []
        self._events_seen = 0
        self._spans: deque[tuple[str, str, float, float]] = deque(maxlen=SPAN_HISTORY_SIZE)
        self._session: aiohttp.ClientSession
        self._redeliveries: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            auto_decompress=False,
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=60),
        )

    async def close(self) -> None:
        await asyncio.gather(*self._redeliveries)
        await self._session.close()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith(CONTROL_PREFIX):
            return await self._handle_control(request)
        if request.headers.get("Expect", "").lower() == "100-continue":
            # S3 clients send the body only after this response.
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = _strip_client_token(identify_call(request.method, request.path, headers, body))
        self._calls[call.service] += 1
        if mode := self._outages.get(call.service):
            return await self._simulate_outage(request, mode)
        fault = choose_fault(call, self._rng, self._fault_multiplier)
        start = time.time()
        try:
            return await self._execute(request, call, fault)
        finally:
            self._spans.append((call.service, call.operation, start, time.time()))

    async def _execute(
        self, request: web.BaseRequest, call: Call, fault: Fault | None
    ) -> web.StreamResponse:
        if fault is not None:
            self._faults[call.service][fault] += 1
        match fault:
            case Fault.SLOW:
                await asyncio.sleep(self._rng.uniform(*SLOW_CALL_SECONDS))
            case Fault.TIMEOUT:
                # Half of the calls are executed; the client has disconnected by the end anyway.
                if self._rng.random() < 0.5:
                    await self._forward(request, call)
                await asyncio.sleep(HANG_SECONDS)
                return _reset_connection(request)
            case Fault.THROTTLE | Fault.ERROR | Fault.CONFLICT:
                error = build_error_response(call, fault, self._rng)
                return web.Response(
                    status=error.status, body=error.body, content_type=error.media_type
                )
            case Fault.RESET:
                return _reset_connection(request)
            case Fault.LOST_RESPONSE:
                await self._forward(request, call)
                return _reset_connection(request)
            case Fault.TRUNCATED_RESPONSE:
                return await _send_truncated(request, await self._forward(request, call))
            case Fault.PARTIAL_BATCH:
                return await self._execute_partially(request, call)
        return self._deliver(call, await self._forward(request, call), fault)

    async def _forward(self, request: web.BaseRequest, call: Call) -> web.Response:
        if call.service is Service.JWKS:
            return web.Response(body=self._jwks, content_type="application/json")
        is_rekognition = call.service is Service.REKOGNITION
        base_url = self._rekognition_url if is_rekognition else self._aws_url
        request_headers = CIMultiDict(
            (name, value)
            for name, value in request.headers.items()
            if name.lower() not in HOP_BY_HOP_HEADERS
        )
        try:
            async with self._session.request(
                request.method,
                base_url + request.raw_path,
                data=call.body,
                headers=request_headers,
                allow_redirects=False,
            ) as response:
                headers = CIMultiDict(
                    (name, value)
                    for name, value in response.headers.items()
                    if name.lower() not in HOP_BY_HOP_HEADERS
                )
                # A response to HEAD has a Content-Length without a body.
                if request.method == "HEAD" and "Content-Length" in response.headers:
                    headers["Content-Length"] = response.headers["Content-Length"]
                if REPLICA_METADATA in response.headers:
                    headers["x-amz-replication-status"] = "REPLICA"
                body = await response.read()
                if response.status == HTTPStatus.INSUFFICIENT_STORAGE:
                    self._faults[call.service][Fault.FULL_DISK] += 1
                return web.Response(status=response.status, headers=headers, body=body)
        except aiohttp.ClientError:
            return _reset_connection(request)

    async def _execute_partially(self, request: web.BaseRequest, call: Call) -> web.Response:
        """Leave out one entry of a batch, and report it as the service does."""
        document = json.loads(call.body)
        if call.service is Service.SQS:
            *kept, failed = document["Entries"]
            entry = {"Id": failed["Id"], "Code": "InternalError", "SenderFault": False}
            if not kept:
                return web.json_response({"Successful": [], "Failed": [entry]})
            partial = call._replace(body=json.dumps({**document, "Entries": kept}).encode())
            result = json.loads(_get_body(await self._forward(request, partial)))
            self._settled += len(kept) if call.operation == "DeleteMessageBatch" else 0
            return web.json_response({**result, "Failed": [*result.get("Failed", []), entry]})
        ((table, table_request),) = document["RequestItems"].items()
        *keys, left = table_request["Keys"]
        unprocessed = {table: {**table_request, "Keys": [left]}}
        if not keys:
            return web.json_response({"Responses": {table: []}, "UnprocessedKeys": unprocessed})
        fewer = {**document, "RequestItems": {table: {**table_request, "Keys": keys}}}
        partial = call._replace(body=json.dumps(fewer).encode())
        result = json.loads(_get_body(await self._forward(request, partial)))
        return web.json_response({**result, "UnprocessedKeys": unprocessed})

    def _deliver(self, call: Call, response: web.Response, fault: Fault | None) -> web.Response:
        """Return the response, with the delivery faults of a queue applied to its messages."""
        if call.operation == "DeleteMessageBatch" and response.status == 200:
            self._settled += len(json.loads(_get_body(response)).get("Successful", []))
        if call.operation == "ReceiveMessage" and response.status == 200:
            self._keep_events(call, response)
        delivery_faults = {Fault.DUPLICATE, Fault.REDELIVERY, Fault.REORDER}
        if fault not in delivery_faults or response.status != 200:
            return response
        document = json.loads(_get_body(response))
        messages = document.get("Messages", [])
        if not messages or (fault is Fault.REORDER and len(messages) == 1):
            # The fault has no effect on these messages, so it does not count.
            self._faults[call.service][fault] -= 1
            return response
        match fault:
            case Fault.DUPLICATE:
                # Stay within the batch size; a message left out is delivered later.
                messages = messages[: SQS_BATCH_SIZE - 1]
                messages.append(self._rng.choice(messages))
                document["Messages"] = messages
            case Fault.REORDER:
                self._rng.shuffle(messages)
            case _:
                url = json.loads(call.body)["QueueUrl"]
                task = asyncio.create_task(self._redeliver(url, self._rng.choice(messages)))
                self._redeliveries.add(task)
                task.add_done_callback(self._redeliveries.discard)
        return web.json_response(document)

    def _keep_events(self, call: Call, response: web.Response) -> None:
        """Keep some of the events of S3 that a queue delivers, each with the same probability."""
        for message in json.loads(_get_body(response)).get("Messages", []):
            if '"ObjectCreated' not in message["Body"]:
                continue
            event = json.loads(call.body)["QueueUrl"], message["Body"]
            self._events_seen += 1
            if len(self._events) < KEPT_EVENTS:
                self._events.append(event)
            elif (at := self._rng.randrange(self._events_seen)) < KEPT_EVENTS:
                self._events[at] = event

    async def _deliver_late_events(self, count: int) -> None:
        for url, body in self._rng.sample(self._events, min(count, len(self._events))):
            document = json.loads(body)
            for record in document.get("Records", []):
                at = datetime.fromisoformat(record["eventTime"]) - LATE_EVENT_AGE
                record["eventTime"] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            await self._redeliver(url, {"Body": json.dumps(document)})
            self._faults[Service.SQS][Fault.LATE_EVENT] += 1

    async def _redeliver(self, queue_url: str, message: dict[str, str]) -> None:
        body = {
            "QueueUrl": queue_url,
            "MessageBody": message["Body"],
            "DelaySeconds": self._rng.randint(0, MAX_REDELIVERY_SECONDS),
        }
        headers = {
            "X-Amz-Target": "AmazonSQS.SendMessage",
            "Content-Type": "application/x-amz-json-1.0",
        }
        async with self._session.post(self._aws_url, data=json.dumps(body), headers=headers):
            pass

    async def _simulate_outage(self, request: web.BaseRequest, mode: str) -> web.StreamResponse:
        if mode == "hang":
            await asyncio.sleep(HANG_SECONDS)
        return _reset_connection(request)

    async def _handle_control(self, request: web.BaseRequest) -> web.Response:
        match request.method, request.path.removeprefix(CONTROL_PREFIX):
            case "GET", "metrics":
                return web.json_response(
                    {"calls": self._calls, "faults": self._faults, "settled": self._settled}
                )
            case "GET", "spans":
                since = float(request.query["since"])
                return web.json_response([span for span in self._spans if span[2] >= since])
            case "PUT", "fault-multiplier":
                self._fault_multiplier = float(await request.json())
            case "PUT", "late-events":
                await self._deliver_late_events(int(await request.json()))
            case "PUT", "outages":
                self._outages = await request.json()
            case _:
                return web.Response(status=404)
        return web.Response(status=204)


def _strip_client_token(call: Call) -> Call:
    """Remove the idempotency token of a transaction.

    MiniStack normalizes numbers of a Put ("100" for "100.0") in the request that it remembers, and
    then rejects the same transaction, sent again, as a different one with the same token. Without a
    token the second attempt meets the effects of the first, which is stricter than AWS.
    """
    if call.operation != "TransactWriteItems":
        return call
    document = json.loads(call.body)
    document.pop("ClientRequestToken", None)
    return call._replace(body=json.dumps(document).encode())


def _get_body(response: web.Response) -> bytes:
    assert isinstance(response.body, bytes)
    return response.body


def _reset_connection(request: web.BaseRequest) -> web.Response:
    """Close the connection without a response, as a network failure does."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


async def _send_truncated(request: web.BaseRequest, whole: web.Response) -> web.StreamResponse:
    """Send the first half of the body with the Content-Length of the whole body."""
    body = _get_body(whole)
    if len(body) < 2:
        return _reset_connection(request)
    half = web.StreamResponse(status=whole.status, headers=whole.headers)
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    _reset_connection(request)
    return half


async def serve(proxy: Proxy, port: int) -> None:
    await proxy.open()
    runner = web.ServerRunner(web.Server(proxy.handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="sightline_reliability.proxy", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--cloud", required=True, help="URL of the AWS emulator")
    parser.add_argument("--recognition", required=True, help="URL of the Rekognition emulator")
    parser.add_argument("--jwks", type=Path, required=True, help="file with the issuer's JWKS")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    proxy = Proxy(options.cloud, options.recognition, options.jwks.read_bytes(), options.seed)
    uvloop.run(serve(proxy, options.port))


if __name__ == "__main__":
    main()
