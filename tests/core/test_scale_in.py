"""Scale-in protection, against a fake ECS agent."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from sightline.consumer.scale_in import EcsScaleInProtection, NullScaleInProtection


class FakeAgent:
    """Records the requested states."""

    def __init__(self) -> None:
        self.requested: list[object] = []
        self.status = 200
        self.url = ""

    async def respond(self, request: web.Request) -> web.Response:
        self.requested.append(await request.json())
        return web.json_response({"protection": {}}, status=self.status)


@pytest.fixture
async def agent() -> AsyncIterator[FakeAgent]:
    agent = FakeAgent()
    application = web.Application()
    application.router.add_put("/api/task-protection/v1/state", agent.respond)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    agent.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api"
    yield agent
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_protection_requests_only_changes(
    agent: FakeAgent, session: aiohttp.ClientSession
) -> None:
    protection = EcsScaleInProtection(session, agent.url)
    for enabled in (False, True, True, True, False, False):
        await protection.set(enabled)
    assert agent.requested == [
        {"ProtectionEnabled": True, "ExpiresInMinutes": 10},
        {"ProtectionEnabled": False},
    ]


async def test_protection_retries_after_an_error(
    agent: FakeAgent, session: aiohttp.ClientSession
) -> None:
    protection = EcsScaleInProtection(session, agent.url)
    agent.status = 400
    with pytest.raises(aiohttp.ClientResponseError):
        await protection.set(True)
    agent.status = 200
    await protection.set(True)
    assert len(agent.requested) == 2


async def test_null_protection_does_nothing() -> None:
    await NullScaleInProtection().set(True)
