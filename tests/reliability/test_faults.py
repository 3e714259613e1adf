"""AWS's own clients accept the injected faults as real, and the proxy applies each fault."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import boto3
import pytest
from aiohttp import web
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sightline_reliability import proxy
from sightline_reliability.faults import (
    COMMON_FAULT_RATES,
    ERROR_CODES,
    Call,
    Fault,
    Service,
    choose_fault,
    identify_call,
)

ITEM = {"pk": {"S": "a"}, "sk": {"S": "b"}}
ENTRIES = [{"Id": str(number), "ReceiptHandle": f"r{number}"} for number in range(3)]

#: One call of each service.
CALLS: dict[Service, Callable[[Any], Any]] = {
    Service.S3: lambda client: client.get_object(Bucket="b", Key="k"),
    Service.SQS: lambda client: client.receive_message(QueueUrl="http://q"),
    Service.SNS: lambda client: client.publish(TopicArn="arn:aws:sns:x:1:t", Message="m"),
    Service.DYNAMODB: lambda client: client.update_item(TableName="t", Key=ITEM),
    Service.REKOGNITION: lambda client: client.detect_labels(Image={"Bytes": b"x"}),
}


class FakeAws:
    """Responds successfully to every call, and records its body."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.message = "x"

    async def handle(self, request: web.BaseRequest) -> web.Response:
        self.bodies.append(await request.read())
        call = identify_call(
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
        messages = [
            {"MessageId": f"m{n}", "ReceiptHandle": "r", "Body": self.message} for n in range(3)
        ]
        return web.json_response({"Messages": messages})


class Route:
    """AWS's clients, the proxy with a single fault, and a fake AWS behind it."""

    def __init__(self, url: str, aws: FakeAws) -> None:
        self.url = url
        self.aws = aws

    def client(self, service: Service) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service.value,
            endpoint_url=self.url,
            region_name="eu-central-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=5),
        )

    async def call(self, service: Service) -> Any:
        return await asyncio.to_thread(lambda: CALLS[service](self.client(service)))


async def start_server(handle: Any) -> tuple[web.ServerRunner, str]:
    """Return the running server and its URL."""
    runner = web.ServerRunner(web.Server(handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture
async def route(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Route]:
    fault: Fault | None = request.param
    aws = FakeAws()
    aws_server, aws_url = await start_server(aws.handle)
    faulty = proxy.Proxy(aws_url, aws_url, b'{"keys": []}', seed=1)
    monkeypatch.setattr(proxy, "choose_fault", lambda *_: fault)
    monkeypatch.setattr(proxy, "SLOW_CALL_SECONDS", (0.0, 0.01))
    await faulty.open()
    proxy_server, proxy_url = await start_server(faulty.handle)
    yield Route(proxy_url, aws)
    await proxy_server.cleanup()
    await faulty.close()
    await aws_server.cleanup()


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("route", [Fault.THROTTLE, Fault.ERROR], indirect=True)
async def test_error_is_one_of_the_documented_codes(route: Route, service: Service) -> None:
    with pytest.raises(ClientError) as caught:
        await route.call(service)
    codes = {
        code
        for (code_service, _), errors in ERROR_CODES.items()
        if code_service is service
        for code, _ in errors
    }
    assert caught.value.response["Error"]["Code"] in codes
    assert route.aws.bodies == []


@pytest.mark.parametrize("route", [Fault.CONFLICT], indirect=True)
async def test_conflict_has_cancellation_reasons(route: Route) -> None:
    client = route.client(Service.DYNAMODB)
    with pytest.raises(client.exceptions.TransactionConflictException):
        await route.call(Service.DYNAMODB)
    put = {"Put": {"TableName": "t", "Item": ITEM}}
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        await asyncio.to_thread(client.transact_write_items, TransactItems=[put, put, put])
    reasons = [each["Code"] for each in caught.value.response["CancellationReasons"]]
    assert len(reasons) == 3
    assert len(set(reasons) - {"None"}) == 1


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize(
    ("route", "executed"),
    [(Fault.RESET, 0), (Fault.LOST_RESPONSE, 1), (Fault.TRUNCATED_RESPONSE, 1)],
    indirect=["route"],
)
async def test_connection_is_cut_before_or_after_the_call_is_executed(
    route: Route, executed: int, service: Service
) -> None:
    with pytest.raises((BotoCoreError, ClientError, OSError)):
        (await route.call(service))["Body"].read()
    assert len(route.aws.bodies) == executed


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("route", [None, Fault.SLOW], indirect=True)
async def test_call_without_an_error_fault_passes_unchanged(route: Route, service: Service) -> None:
    response = await route.call(service)
    assert len(route.aws.bodies) == 1
    if service is Service.S3:
        assert await asyncio.to_thread(response["Body"].read) == b"hello"
    if service is Service.SQS:
        assert [each["MessageId"] for each in response["Messages"]] == ["m0", "m1", "m2"]


@pytest.mark.parametrize("route", [Fault.PARTIAL_BATCH], indirect=True)
async def test_partial_batch_rejects_one_entry_and_does_not_forward_it(route: Route) -> None:
    client = route.client(Service.SQS)
    response = await asyncio.to_thread(
        client.delete_message_batch, QueueUrl="http://q", Entries=ENTRIES
    )
    assert [each["Id"] for each in response["Successful"]] == ["0", "1"]
    assert [each["Id"] for each in response["Failed"]] == ["2"]
    assert len(json.loads(route.aws.bodies[0])["Entries"]) == 2


@pytest.mark.parametrize(
    ("route", "expected"), [(Fault.DUPLICATE, 4), (Fault.REORDER, 3)], indirect=["route"]
)
async def test_messages_are_duplicated_and_reordered(route: Route, expected: int) -> None:
    response = await route.call(Service.SQS)
    messages = [each["MessageId"] for each in response["Messages"]]
    assert (len(messages), set(messages)) == (expected, {"m0", "m1", "m2"})


@pytest.mark.parametrize("route", [Fault.REDELIVERY], indirect=True)
async def test_message_is_redelivered(route: Route) -> None:
    await route.call(Service.SQS)
    async with asyncio.timeout(5):
        while len(route.aws.bodies) < 2:  # noqa: ASYNC110 - the proxy has no event to wait for
            await asyncio.sleep(0.01)
    assert json.loads(route.aws.bodies[1])["MessageBody"] == "x"


@pytest.mark.parametrize("route", [None], indirect=True)
async def test_events_of_s3_are_delivered_again_as_if_they_were_a_day_old(route: Route) -> None:
    record = {"eventName": "ObjectCreated:Post", "eventTime": "2026-11-27T09:00:00.250Z"}
    route.aws.message = json.dumps({"Records": [record]})
    received = await route.call(Service.SQS)
    async with aiohttp.ClientSession() as http:
        await http.put(f"{route.url}/-/late-events", json=2)
        async with http.get(f"{route.url}/-/metrics") as response:
            metrics = await response.json()
    bodies = [json.loads(json.loads(body)["MessageBody"]) for body in route.aws.bodies[1:]]
    assert len(received["Messages"]) == 3
    expected = {"Records": [{**record, "eventTime": "2026-11-26T09:00:00.250Z"}]}
    assert bodies == [expected] * 2
    assert metrics["faults"]["sqs"]["late event"] == 2


def test_fault_frequencies_match_the_rates() -> None:
    rng = random.Random(3)
    call = Call(Service.S3, "GetObject")
    faults = [choose_fault(call, rng) for _ in range(20_000)]
    for fault, rate in COMMON_FAULT_RATES.items():
        assert faults.count(fault) / len(faults) == pytest.approx(rate, rel=0.5, abs=0.001)
    assert {choose_fault(call, rng, 0) for _ in range(1000)} == {None}
