"""Faults are what AWS's own clients take for the real thing, and the proxy does what it says."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import boto3
import pytest
from aiohttp import web
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sightline_reliability import faults, proxy
from sightline_reliability.faults import ANYWHERE, Call, Fault, Service, draw, identify

ITEM = {"pk": {"S": "a"}, "sk": {"S": "b"}}
ENTRIES = [{"Id": str(number), "ReceiptHandle": f"r{number}"} for number in range(3)]

#: A call of each service, by which its faults are seen.
CALLS: dict[Service, Callable[[Any], Any]] = {
    Service.S3: lambda client: client.get_object(Bucket="b", Key="k"),
    Service.SQS: lambda client: client.receive_message(QueueUrl="http://q"),
    Service.SNS: lambda client: client.publish(TopicArn="arn:aws:sns:x:1:t", Message="m"),
    Service.DYNAMODB: lambda client: client.update_item(TableName="t", Key=ITEM),
    Service.REKOGNITION: lambda client: client.detect_labels(Image={"Bytes": b"x"}),
}


class Cloud:
    """Answers every call well, and remembers its body."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def handle(self, request: web.BaseRequest) -> web.Response:
        self.bodies.append(await request.read())
        call = identify(
            request.method,
            request.path,
            {name.lower(): value for name, value in request.headers.items()},
            self.bodies[-1],
        )
        if call.service is Service.SNS:
            text = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult>"
            return web.Response(text=f"{text}</PublishResponse>", content_type="text/xml")
        if call.service is Service.S3:
            return web.Response(body=b"hello")
        if call.operation == "DeleteMessageBatch":
            entries = json.loads(self.bodies[-1])["Entries"]
            return web.json_response({"Successful": [{"Id": each["Id"]} for each in entries]})
        messages = [{"MessageId": f"m{n}", "ReceiptHandle": "r", "Body": "x"} for n in range(3)]
        return web.json_response({"Messages": messages})


class Line:
    """A cloud, the proxy before it with one fault alone, and AWS's clients."""

    def __init__(self, address: str, cloud: Cloud) -> None:
        self.address = address
        self.cloud = cloud

    def client(self, service: Service) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service.value,
            endpoint_url=self.address,
            region_name="eu-central-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=5),
        )

    async def call(self, service: Service) -> Any:
        return await asyncio.to_thread(lambda: CALLS[service](self.client(service)))


async def listen(handle: Any) -> tuple[web.ServerRunner, str]:
    runner = web.ServerRunner(web.Server(handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture
async def line(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Line]:
    fault: Fault | None = request.param
    cloud = Cloud()
    behind, address = await listen(cloud.handle)
    passing = proxy.Proxy(address, address, b'{"keys": []}', seed=1)
    monkeypatch.setattr(proxy, "draw", lambda *_: fault)
    monkeypatch.setattr(proxy, "SLOWNESS", (0.0, 0.01))
    await passing.open()
    before, address = await listen(passing.handle)
    yield Line(address, cloud)
    await before.cleanup()
    await passing.close()
    await behind.cleanup()


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("line", [Fault.THROTTLE, Fault.ERROR], indirect=True)
async def test_a_refusal_is_one_of_the_services_own(line: Line, service: Service) -> None:
    with pytest.raises(ClientError) as caught:
        await line.call(service)
    codes = {
        code for (whose, _), known in faults._CODES.items() if whose is service for code, _ in known
    }
    assert caught.value.response["Error"]["Code"] in codes
    assert line.cloud.bodies == []


@pytest.mark.parametrize("line", [Fault.CONFLICT], indirect=True)
async def test_a_conflict_has_its_reasons(line: Line) -> None:
    client = line.client(Service.DYNAMODB)
    with pytest.raises(client.exceptions.TransactionConflictException):
        await line.call(Service.DYNAMODB)
    put = {"Put": {"TableName": "t", "Item": ITEM}}
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        await asyncio.to_thread(client.transact_write_items, TransactItems=[put, put, put])
    reasons = [each["Code"] for each in caught.value.response["CancellationReasons"]]
    assert len(reasons) == 3
    assert len(set(reasons) - {"None"}) == 1


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize(
    ("line", "done"), [(Fault.RESET, 0), (Fault.LOST, 1), (Fault.CUT, 1)], indirect=["line"]
)
async def test_a_cut_comes_before_or_after_the_work(
    line: Line, done: int, service: Service
) -> None:
    with pytest.raises((BotoCoreError, ClientError, OSError)):
        (await line.call(service))["Body"].read()
    assert len(line.cloud.bodies) == done


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("line", [None, Fault.SLOW], indirect=True)
async def test_else_everything_passes_unchanged(line: Line, service: Service) -> None:
    answer = await line.call(service)
    assert len(line.cloud.bodies) == 1
    if service is Service.S3:
        assert await asyncio.to_thread(answer["Body"].read) == b"hello"
    if service is Service.SQS:
        assert [each["MessageId"] for each in answer["Messages"]] == ["m0", "m1", "m2"]


@pytest.mark.parametrize("line", [Fault.PARTIAL], indirect=True)
async def test_one_of_a_batch_is_refused_and_not_done(line: Line) -> None:
    client = line.client(Service.SQS)
    answer = await asyncio.to_thread(
        client.delete_message_batch, QueueUrl="http://q", Entries=ENTRIES
    )
    assert [each["Id"] for each in answer["Successful"]] == ["0", "1"]
    assert [each["Id"] for each in answer["Failed"]] == ["2"]
    assert len(json.loads(line.cloud.bodies[0])["Entries"]) == 2


@pytest.mark.parametrize(
    ("line", "expected"), [(Fault.TWICE, 4), (Fault.REORDER, 3)], indirect=["line"]
)
async def test_messages_come_twice_and_out_of_order(line: Line, expected: int) -> None:
    answer = await line.call(Service.SQS)
    messages = [each["MessageId"] for each in answer["Messages"]]
    assert (len(messages), set(messages)) == (expected, {"m0", "m1", "m2"})


@pytest.mark.parametrize("line", [Fault.DUPLICATE], indirect=True)
async def test_a_message_is_sent_again(line: Line) -> None:
    await line.call(Service.SQS)
    async with asyncio.timeout(5):
        while len(line.cloud.bodies) < 2:  # noqa: ASYNC110 - the proxy tells nobody
            await asyncio.sleep(0.01)
    assert json.loads(line.cloud.bodies[1])["MessageBody"] == "x"


def test_faults_come_as_often_as_they_are_told_to() -> None:
    chance = random.Random(3)
    call = Call(Service.S3, "GetObject")
    drawn = [draw(call, chance) for _ in range(20_000)]
    for fault, rate in ANYWHERE.items():
        assert drawn.count(fault) / len(drawn) == pytest.approx(rate, rel=0.5, abs=0.001)
    assert {draw(call, chance, 0) for _ in range(1000)} == {None}
