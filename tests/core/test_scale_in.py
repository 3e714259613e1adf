"""Scale-in protection, against a server that answers as the ECS agent does."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from sightline.consumer.scale_in import EcsScaleInProtection, NullScaleInProtection


class Agent:
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.status = 200
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        return web.json_response({"protection": {}}, status=self.status)


@pytest.fixture
async def agent() -> AsyncIterator[Agent]:
    agent = Agent()
    application = web.Application()
    application.router.add_put("/api/task-protection/v1/state", agent.answer)
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


async def test_only_changes_are_asked_for(agent: Agent, session: aiohttp.ClientSession) -> None:
    protection = EcsScaleInProtection(session, agent.url)
    for wanted in (False, True, True, True, False, False):
        await protection.set(wanted)
    assert agent.asked == [
        {"ProtectionEnabled": True, "ExpiresInMinutes": 10},
        {"ProtectionEnabled": False},
    ]


async def test_a_refusal_is_asked_for_again(agent: Agent, session: aiohttp.ClientSession) -> None:
    protection = EcsScaleInProtection(session, agent.url)
    agent.status = 400
    with pytest.raises(aiohttp.ClientResponseError):
        await protection.set(True)
    agent.status = 200
    await protection.set(True)
    assert len(agent.asked) == 2


async def test_elsewhere_nothing_happens() -> None:
    await NullScaleInProtection().set(True)
