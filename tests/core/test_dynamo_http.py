"""DynamoDB asked without the SDK: signed as the SDK signs, and left to it where all is not well."""

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


class Sdk:
    """Stands in for botocore's client: notes what it is asked."""

    def __init__(self, url: str) -> None:
        self.meta = SimpleNamespace(endpoint_url=url, region_name="eu-central-1")
        self.asked: list[Any] = []

    async def get_item(self, **request: Any) -> Any:
        self.asked.append(request)
        return {"from": "the SDK"}

    async def update_item(self, **request: Any) -> Any:
        self.asked.append(request)
        return {"from": "the SDK"}


class Cloud:
    """Answers as it is told, and keeps the last request."""

    def __init__(self) -> None:
        self.status, self.body = 200, "{}"
        self.headers: dict[str, str] = {}
        self.received = b""

    async def answer(self, request: web.Request) -> web.Response:
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        self.received = await request.read()
        return web.Response(status=self.status, text=self.body)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
async def sdk(cloud: Cloud) -> AsyncIterator[Sdk]:
    application = web.Application()
    application.router.add_post("/", cloud.answer)
    async with TestServer(application) as server:
        yield Sdk(str(server.make_url("")).rstrip("/"))


Open = Callable[[str | None], DynamoHttpClient]


@pytest.fixture
async def open_client(sdk: Sdk) -> AsyncIterator[Open]:
    async with aiohttp.ClientSession() as http:

        def open_client(token: str | None) -> DynamoHttpClient:
            async def credentials() -> Credentials:
                return Credentials("AKIAEXAMPLE", "secret/key", token)

            return DynamoHttpClient(sdk, http, credentials, clock=lambda: AT)

        yield open_client


@pytest.mark.parametrize("token", [None, "session/token+="])
async def test_a_request_is_signed_as_the_sdk_signs(
    open_client: Open, cloud: Cloud, sdk: Sdk, token: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.body = json.dumps({"Item": {"pk": {"S": "ä"}}})
    request = {"TableName": "t", "Key": {"pk": {"S": "ä"}}}
    assert await open_client(token).get_item(**request) == {"Item": {"pk": {"S": "ä"}}}
    assert json.loads(cloud.received) == request
    assert cloud.headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert sdk.asked == []

    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: AT.replace(tzinfo=None))
    told = {name: cloud.headers[name] for name in ("content-type", "x-amz-target")}
    theirs = AWSRequest("POST", f"{sdk.meta.endpoint_url}/", data=cloud.received, headers=told)
    keys = botocore.credentials.Credentials("AKIAEXAMPLE", "secret/key", token)
    SigV4Auth(keys, "dynamodb", "eu-central-1").add_auth(theirs)
    assert cloud.headers["authorization"] == theirs.headers["Authorization"]
    assert cloud.headers.get("x-amz-security-token") == token


async def test_nothing_found_is_an_answer(open_client: Open, sdk: Sdk) -> None:
    assert await open_client(None).get_item(TableName="t") == {}
    assert sdk.asked == []


@pytest.mark.parametrize(
    ("status", "body"), [(400, "{}"), (500, "{}"), (503, "busy"), (200, "{"), (302, "")]
)
async def test_whatever_is_not_well_is_left_to_the_sdk(
    open_client: Open, cloud: Cloud, sdk: Sdk, status: int, body: str
) -> None:
    cloud.status, cloud.body = status, body
    assert await open_client(None).get_item(TableName="t") == {"from": "the SDK"}
    assert sdk.asked == [{"TableName": "t"}]


async def test_no_answer_is_left_to_the_sdk(open_client: Open, sdk: Sdk) -> None:
    sdk.meta.endpoint_url = "http://127.0.0.1:9"
    assert await open_client(None).get_item(TableName="t") == {"from": "the SDK"}


async def test_other_operations_are_the_sdks(open_client: Open, cloud: Cloud, sdk: Sdk) -> None:
    """Those that must not be repeated without a thought."""
    assert await open_client(None).update_item(TableName="t") == {"from": "the SDK"}
    assert cloud.received == b""
