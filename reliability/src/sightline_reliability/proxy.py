"""The way to AWS with everything that goes wrong on it: `python -m sightline_reliability.proxy`.

A process between the services and the cloud's stand-in. What it does is said at `/-/`:

GET  /-/figures   {"calls": {service: n}, "faults": {service: {fault: n}}, "settled": n}
PUT  /-/share     how often faults occur, 1 as `faults.py` says, 0 never
PUT  /-/down      {service: "refuse" | "hang"}: nothing gets through to these
GET  /-/spans     [[service, operation, began, ended]]: calls begun at `?since=` or later, in Unix
                  seconds
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter, deque
from pathlib import Path

import aiohttp
import uvloop
from aiohttp import web
from multidict import CIMultiDict

from sightline_reliability.faults import Call, Fault, Service, answer, draw, identify

#: Seconds; no service of ours waits longer for an answer.
BEYOND_PATIENCE = 35.0

#: Seconds within which a message comes again.
LATEST_DUPLICATE = 15

#: Messages that SQS gives in one answer.
MOST = 10

#: Seconds of delay, uniformly.
SLOWNESS = (0.05, 1.5)

#: Calls that are remembered for whoever measures: those of ten minutes under load.
REMEMBERED = 500_000

#: Of one connection alone, so not to be passed on.
HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade", "expect")

CONTROL = "/-/"


class Proxy:
    """Passes calls on to `cloud`, those of Rekognition to `recognition`; answers JWKS itself."""

    def __init__(self, cloud: str, recognition: str, jwks: bytes, seed: int) -> None:
        self._cloud = cloud
        self._recognition = recognition
        self._jwks = jwks
        self._chance = random.Random(seed)
        self._share = 0.0
        self._down: dict[str, str] = {}
        self._calls: Counter[str] = Counter()
        self._faults: dict[str, Counter[str]] = {each: Counter() for each in Service}
        self._settled = 0
        self._spans: deque[tuple[str, str, float, float]] = deque(maxlen=REMEMBERED)
        self._session: aiohttp.ClientSession
        self._sending: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            auto_decompress=False,
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=60),
        )

    async def close(self) -> None:
        await asyncio.gather(*self._sending)
        await self._session.close()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith(CONTROL):
            return await self._control(request)
        if request.headers.get("Expect", "").lower() == "100-continue":
            # S3's clients hold a body back until they are told that it is wanted.
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = _forget_token(identify(request.method, request.path, headers, body))
        self._calls[call.service] += 1
        if how := self._down.get(call.service):
            return await self._be_away(request, how)
        fault = draw(call, self._chance, self._share)
        began = time.time()
        try:
            return await self._suffer(request, call, fault)
        finally:
            self._spans.append((call.service, call.operation, began, time.time()))

    async def _suffer(
        self, request: web.BaseRequest, call: Call, fault: Fault | None
    ) -> web.StreamResponse:
        if fault is not None:
            self._count(call, fault)
        match fault:
            case Fault.SLOW:
                await asyncio.sleep(self._chance.uniform(*SLOWNESS))
            case Fault.TIMEOUT:
                # Whether it is carried out before or not at all, the caller has gone by then.
                if self._chance.random() < 0.5:
                    await self._forward(request, call)
                await asyncio.sleep(BEYOND_PATIENCE)
                return _hang_up(request)
            case Fault.THROTTLE | Fault.ERROR | Fault.CONFLICT:
                reply = answer(call, fault, self._chance)
                return web.Response(
                    status=reply.status, body=reply.body, content_type=reply.media_type
                )
            case Fault.RESET:
                return _hang_up(request)
            case Fault.LOST:
                await self._forward(request, call)
                return _hang_up(request)
            case Fault.CUT:
                return await _break_off(request, await self._forward(request, call))
            case Fault.PARTIAL:
                return await self._do_in_part(request, call)
        return self._deliver(call, await self._forward(request, call), fault)

    async def _forward(self, request: web.BaseRequest, call: Call) -> web.Response:
        if call.service is Service.JWKS:
            return web.Response(body=self._jwks, content_type="application/json")
        base = self._recognition if call.service is Service.REKOGNITION else self._cloud
        headers = CIMultiDict(
            (name, value) for name, value in request.headers.items() if name.lower() not in HOP
        )
        try:
            async with self._session.request(
                request.method,
                base + request.raw_path,
                data=call.body,
                headers=headers,
                allow_redirects=False,
            ) as found:
                kept = CIMultiDict(
                    (name, value)
                    for name, value in found.headers.items()
                    if name.lower() not in HOP
                )
                # The answer to HEAD tells of a length without a body.
                if request.method == "HEAD" and "Content-Length" in found.headers:
                    kept["Content-Length"] = found.headers["Content-Length"]
                return web.Response(status=found.status, headers=kept, body=await found.read())
        except aiohttp.ClientError:
            return _hang_up(request)

    async def _do_in_part(self, request: web.BaseRequest, call: Call) -> web.Response:
        """Leave out one entry of a batch, and say so as the service does."""
        document = json.loads(call.body)
        if call.service is Service.SQS:
            *kept, refused = document["Entries"]
            entry = {"Id": refused["Id"], "Code": "InternalError", "SenderFault": False}
            if not kept:
                return web.json_response({"Successful": [], "Failed": [entry]})
            part = call._replace(body=json.dumps({**document, "Entries": kept}).encode())
            done = json.loads(_body(await self._forward(request, part)))
            self._settled += len(kept) if call.operation == "DeleteMessageBatch" else 0
            return web.json_response({**done, "Failed": [*done.get("Failed", []), entry]})
        ((table, asked),) = document["RequestItems"].items()
        *keys, left = asked["Keys"]
        unprocessed = {table: {**asked, "Keys": [left]}}
        if not keys:
            return web.json_response({"Responses": {table: []}, "UnprocessedKeys": unprocessed})
        fewer = {**document, "RequestItems": {table: {**asked, "Keys": keys}}}
        part = call._replace(body=json.dumps(fewer).encode())
        done = json.loads(_body(await self._forward(request, part)))
        return web.json_response({**done, "UnprocessedKeys": unprocessed})

    def _deliver(self, call: Call, response: web.Response, fault: Fault | None) -> web.Response:
        """The answer as it is, but for what a queue does with its messages."""
        if call.operation == "DeleteMessageBatch" and response.status == 200:
            self._settled += len(json.loads(_body(response)).get("Successful", []))
        if fault not in {Fault.TWICE, Fault.DUPLICATE, Fault.REORDER} or response.status != 200:
            return response
        document = json.loads(_body(response))
        messages = document.get("Messages", [])
        if not messages or (fault is Fault.REORDER and len(messages) == 1):
            # There was nothing that could have suffered from it.
            self._faults[call.service][fault] -= 1
            return response
        match fault:
            case Fault.TWICE:
                # Never more than a call may give; whoever has to make way comes later.
                messages = messages[: MOST - 1]
                messages.append(self._chance.choice(messages))
                document["Messages"] = messages
            case Fault.REORDER:
                self._chance.shuffle(messages)
            case _:
                url = json.loads(call.body)["QueueUrl"]
                task = asyncio.create_task(self._send_again(url, self._chance.choice(messages)))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
        return web.json_response(document)

    async def _send_again(self, url: str, message: dict[str, str]) -> None:
        body = {
            "QueueUrl": url,
            "MessageBody": message["Body"],
            "DelaySeconds": self._chance.randint(0, LATEST_DUPLICATE),
        }
        headers = {
            "X-Amz-Target": "AmazonSQS.SendMessage",
            "Content-Type": "application/x-amz-json-1.0",
        }
        async with self._session.post(self._cloud, data=json.dumps(body), headers=headers):
            pass

    async def _be_away(self, request: web.BaseRequest, how: str) -> web.StreamResponse:
        if how == "hang":
            await asyncio.sleep(BEYOND_PATIENCE)
        return _hang_up(request)

    async def _control(self, request: web.BaseRequest) -> web.Response:
        match request.method, request.path.removeprefix(CONTROL):
            case "GET", "figures":
                return web.json_response(
                    {"calls": self._calls, "faults": self._faults, "settled": self._settled}
                )
            case "GET", "spans":
                since = float(request.query["since"])
                return web.json_response([span for span in self._spans if span[2] >= since])
            case "PUT", "share":
                self._share = float(await request.json())
            case "PUT", "down":
                self._down = await request.json()
            case _:
                return web.Response(status=404)
        return web.Response(status=204)

    def _count(self, call: Call, fault: Fault) -> None:
        self._faults[call.service][fault] += 1


def _forget_token(call: Call) -> Call:
    """MiniStack writes numbers of a Put its own way ("100" for "100.0") into what it remembers, and
    then takes the same transaction, sent again, for another one with its token. Without a token
    the second meets the traces of the first, which is harder on the services than AWS is."""
    if call.operation != "TransactWriteItems":
        return call
    document = json.loads(call.body)
    document.pop("ClientRequestToken", None)
    return call._replace(body=json.dumps(document).encode())


def _body(response: web.Response) -> bytes:
    assert isinstance(response.body, bytes)
    return response.body


def _hang_up(request: web.BaseRequest) -> web.Response:
    """No answer at all: the connection ends as if the network had."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


async def _break_off(request: web.BaseRequest, whole: web.Response) -> web.StreamResponse:
    """Half of the answer, under the length of all of it."""
    body = _body(whole)
    if len(body) < 2:
        return _hang_up(request)
    half = web.StreamResponse(status=whole.status, headers=whole.headers)
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    _hang_up(request)
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
    parser.add_argument("--cloud", required=True, help="address of the stand-in for AWS")
    parser.add_argument("--recognition", required=True, help="address of that for Rekognition")
    parser.add_argument("--jwks", type=Path, required=True, help="file with the issuer's keys")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    proxy = Proxy(given.cloud, given.recognition, given.jwks.read_bytes(), given.seed)
    uvloop.run(serve(proxy, given.port))


if __name__ == "__main__":
    main()
