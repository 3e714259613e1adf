"""The HTTP fast path to DynamoDB: its signatures, and the fallback to botocore."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import aiohttp
import botocore.credentials
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from sightline.adapters.aws.dynamo_http import DynamoHttpClient
from sightline.adapters.aws.sigv4 import Credentials

AT = datetime(2026, 11, 20, 10, 20, 30, tzinfo=UTC)


class FakeBotocoreClient:
    """Records requests as the client of botocore receives them."""

    def __init__(self, url: str) -> None:
        self.meta = SimpleNamespace(endpoint_url=url, region_name="eu-central-1")
        self.requests: list[Any] = []

    async def get_item(self, **request: Any) -> Any:
        self.requests.append(request)
        return {"from": "botocore"}

    async def update_item(self, **request: Any) -> Any:
        self.requests.append(request)
        return {"from": "botocore"}


class FakeDynamo:
    """Returns the configured response, and records the last request."""

    def __init__(self) -> None:
        self.status, self.body = 200, "{}"
        self.headers: dict[str, str] = {}
        self.received = b""

    async def respond(self, request: web.Request) -> web.Response:
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        self.received = await request.read()
        return web.Response(status=self.status, text=self.body)


@pytest.fixture
def dynamo() -> FakeDynamo:
    return FakeDynamo()


@pytest.fixture
async def botocore_client(dynamo: FakeDynamo) -> AsyncIterator[FakeBotocoreClient]:
    application = web.Application()
    application.router.add_post("/", dynamo.respond)
    async with TestServer(application) as server:
        yield FakeBotocoreClient(str(server.make_url("")).rstrip("/"))


Open = Callable[[str | None], DynamoHttpClient]


@pytest.fixture
async def open_client(botocore_client: FakeBotocoreClient) -> AsyncIterator[Open]:
    async with aiohttp.ClientSession() as http:

        def open_client(token: str | None) -> DynamoHttpClient:
            async def credentials() -> Credentials:
                return Credentials("AKIAEXAMPLE", "secret/key", token)

            return DynamoHttpClient(botocore_client, http, credentials, clock=lambda: AT)

        yield open_client


@pytest.mark.parametrize("token", [None, "session/token+="])
async def test_request_has_the_signature_of_the_sdk(
    open_client: Open,
    dynamo: FakeDynamo,
    botocore_client: FakeBotocoreClient,
    token: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dynamo.body = json.dumps({"Item": {"pk": {"S": "ä"}}})
    request = {"TableName": "t", "Key": {"pk": {"S": "ä"}}}
    assert await open_client(token).get_item(**request) == {"Item": {"pk": {"S": "ä"}}}
    assert json.loads(dynamo.received) == request
    assert dynamo.headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert botocore_client.requests == []

    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: AT.replace(tzinfo=None))
    headers = {name: dynamo.headers[name] for name in ("content-type", "x-amz-target")}
    theirs = AWSRequest(
        "POST", f"{botocore_client.meta.endpoint_url}/", data=dynamo.received, headers=headers
    )
    keys = botocore.credentials.Credentials("AKIAEXAMPLE", "secret/key", token)
    SigV4Auth(keys, "dynamodb", "eu-central-1").add_auth(theirs)
    assert dynamo.headers["authorization"] == theirs.headers["Authorization"]
    assert dynamo.headers.get("x-amz-security-token") == token


async def test_empty_response_does_not_fall_back(
    open_client: Open, botocore_client: FakeBotocoreClient
) -> None:
    assert await open_client(None).get_item(TableName="t") == {}
    assert botocore_client.requests == []


@pytest.mark.parametrize(
    ("status", "body"), [(400, "{}"), (500, "{}"), (503, "busy"), (200, "{"), (302, "")]
)
async def test_any_error_falls_back_to_botocore(
    open_client: Open,
    dynamo: FakeDynamo,
    botocore_client: FakeBotocoreClient,
    status: int,
    body: str,
) -> None:
    dynamo.status, dynamo.body = status, body
    assert await open_client(None).get_item(TableName="t") == {"from": "botocore"}
    assert botocore_client.requests == [{"TableName": "t"}]


async def test_connection_error_falls_back_to_botocore(
    open_client: Open, botocore_client: FakeBotocoreClient
) -> None:
    botocore_client.meta.endpoint_url = "http://127.0.0.1:9"
    assert await open_client(None).get_item(TableName="t") == {"from": "botocore"}


async def test_other_operations_use_botocore_only(
    open_client: Open, dynamo: FakeDynamo, botocore_client: FakeBotocoreClient
) -> None:
    """Operations that must not be sent twice."""
    assert await open_client(None).update_item(TableName="t") == {"from": "botocore"}
    assert dynamo.received == b""
