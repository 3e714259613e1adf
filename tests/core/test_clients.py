"""Retries and timeouts of the AWS clients."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from botocore.exceptions import ClientError

from sightline.adapters.aws.clients import (
    MAX_TRANSIENT_ATTEMPTS,
    READ_TIMEOUT_SECONDS_BY_SERVICE,
    Clients,
)

Handler = Callable[[web.BaseRequest], Awaitable[web.Response]]


@asynccontextmanager
async def serve(handle: Handler) -> AsyncIterator[str]:
    """Serve every request with the handler, and yield the URL of the server."""
    runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert runner.addresses
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def write(endpoint: str) -> None:
    async with AsyncExitStack() as stack:
        client = await Clients(stack, "eu-central-1").open("dynamodb", endpoint)
        await client.delete_item(TableName="images", Key={"pk": {"S": "x"}, "sk": {"S": "y"}})


class ContendedTable:
    """A table that reports a transaction conflict for the first `times` calls."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.calls = 0

    async def handle(self, _: web.BaseRequest) -> web.Response:
        self.calls += 1
        if not self.left:
            return web.json_response({})
        self.left -= 1
        code = "com.amazonaws.dynamodb.v20120810#TransactionConflictException"
        return web.json_response({"__type": code, "message": "ongoing"}, status=400)


@pytest.mark.usefixtures("aws_environment")
async def test_write_is_retried_until_a_conflicting_transaction_has_ended() -> None:
    table = ContendedTable(5)
    async with serve(table.handle) as endpoint:
        await write(endpoint)
    assert table.calls == 6


@pytest.mark.usefixtures("aws_environment")
async def test_write_fails_after_the_last_attempt_of_a_transaction_conflict() -> None:
    table = ContendedTable(1000)
    async with serve(table.handle) as endpoint:
        with pytest.raises(ClientError, match="TransactionConflictException"):
            await write(endpoint)
    assert table.calls == MAX_TRANSIENT_ATTEMPTS


class HangingTable:
    """A table that does not respond to the first `times` calls."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.calls = 0

    async def handle(self, _: web.BaseRequest) -> web.Response:
        self.calls += 1
        if self.left:
            self.left -= 1
            await asyncio.Event().wait()
        return web.json_response({})


@pytest.mark.usefixtures("aws_environment")
async def test_call_to_a_hanging_table_is_retried_after_the_read_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(READ_TIMEOUT_SECONDS_BY_SERVICE, "dynamodb", 0.1)
    table = HangingTable(2)
    async with serve(table.handle) as endpoint:
        await write(endpoint)
    assert table.calls == 3


@pytest.mark.usefixtures("aws_environment")
async def test_fast_path_falls_back_to_botocore_after_the_read_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(READ_TIMEOUT_SECONDS_BY_SERVICE, "dynamodb", 0.1)
    table = HangingTable(2)
    async with serve(table.handle) as endpoint, AsyncExitStack() as stack:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        client = await Clients(stack, "eu-central-1").open_dynamodb(fast_path=True)
        await client.get_item(TableName="images", Key={"pk": {"S": "x"}, "sk": {"S": "y"}})
    assert table.calls == 3


@pytest.mark.usefixtures("aws_environment")
async def test_throttled_publish_is_retried() -> None:
    """SNS has an error code of its own for throttling, which botocore does not retry."""
    calls = 0

    async def handle(_: web.BaseRequest) -> web.Response:
        nonlocal calls
        calls += 1
        if calls < 6:
            error = "<Error><Type>Sender</Type><Code>Throttled</Code><Message/></Error>"
            body = f"<ErrorResponse>{error}</ErrorResponse>"
            return web.Response(status=429, text=body, content_type="text/xml")
        body = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult>"
        return web.Response(text=f"{body}</PublishResponse>", content_type="text/xml")

    async with serve(handle) as endpoint, AsyncExitStack() as stack:
        client = await Clients(stack, "eu-central-1").open("sns", endpoint)
        await client.publish(TopicArn="arn:aws:sns:eu-central-1:1:t", Message="m")
    assert calls == 6


async def test_credentials_of_a_task_role_have_an_expiry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The expiry is that of the credentials endpoint of ECS."""
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=6)

    async def respond(_: web.BaseRequest) -> web.Response:
        return web.json_response(
            {
                "AccessKeyId": "AKIAEXAMPLE",
                "SecretAccessKey": "secret",
                "Token": "token",
                "Expiration": expires_at.isoformat(),
            }
        )

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    async with serve(respond) as url, AsyncExitStack() as stack:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/credentials")
        credentials = await Clients(stack, "eu-central-1").credentials()
    assert credentials == ("AKIAEXAMPLE", "secret", "token", expires_at)
