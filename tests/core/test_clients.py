"""What the AWS clients do by themselves when AWS says "not now"."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web
from botocore.exceptions import ClientError

from sightline.adapters.aws.clients import PASSING_ATTEMPTS, READ_TIMEOUTS, Clients

Handler = Callable[[web.BaseRequest], Awaitable[web.Response]]


@asynccontextmanager
async def serving(handle: Handler) -> AsyncIterator[str]:
    """A server that answers every request so; its address."""
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


class Contended:
    """A table whose item is held by a transaction for so many calls."""

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
async def test_a_write_outwaits_a_transaction_on_its_item() -> None:
    table = Contended(5)
    async with serving(table.handle) as endpoint:
        await write(endpoint)
    assert table.calls == 6


@pytest.mark.usefixtures("aws_environment")
async def test_a_transaction_is_not_waited_for_without_end() -> None:
    table = Contended(1000)
    async with serving(table.handle) as endpoint:
        with pytest.raises(ClientError, match="TransactionConflictException"):
            await write(endpoint)
    assert table.calls == PASSING_ATTEMPTS


class Hanging:
    """A table that never answers so many calls."""

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
async def test_a_table_that_hangs_is_soon_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READ_TIMEOUTS, "dynamodb", 0.1)
    table = Hanging(2)
    async with serving(table.handle) as endpoint:
        await write(endpoint)
    assert table.calls == 3


@pytest.mark.usefixtures("aws_environment")
async def test_a_direct_call_that_hangs_is_soon_left_to_the_sdk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(READ_TIMEOUTS, "dynamodb", 0.1)
    table = Hanging(2)
    async with serving(table.handle) as endpoint, AsyncExitStack() as stack:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        client = await Clients(stack, "eu-central-1").open_dynamodb(fast_path=True)
        await client.get_item(TableName="images", Key={"pk": {"S": "x"}, "sk": {"S": "y"}})
    assert table.calls == 3


@pytest.mark.usefixtures("aws_environment")
async def test_a_throttled_publication_is_made_again() -> None:
    """SNS has a word of its own for it, which botocore does not know."""
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

    async with serving(handle) as endpoint, AsyncExitStack() as stack:
        client = await Clients(stack, "eu-central-1").open("sns", endpoint)
        await client.publish(TopicArn="arn:aws:sns:eu-central-1:1:t", Message="m")
    assert calls == 6
