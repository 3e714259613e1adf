"""Routes find what is given by themselves."""

import asyncio
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute

from api.conftest import Gateway
from sightline_api.dependencies import Given
from sightline_api.routing.route import Route


class Path(Given):
    """What was asked for; counts how often it was solved as a dependency."""

    def __init__(self) -> None:
        self.solved = 0

    def find(self, request: Request) -> str:
        return request.url.path

    async def __call__(self, request: Request) -> Any:
        self.solved += 1
        return self.find(request)


def ask(route_class: type[APIRoute]) -> tuple[list[str], int]:
    """What an endpoint is told in each way, and how often FastAPI has told it."""
    path, app = Path(), FastAPI()
    app.router.route_class = route_class
    given = Depends(path)

    async def _double(asked: Annotated[str, given]) -> str:
        return asked * 2

    @app.get("/asked")
    async def _endpoint(
        asked: Annotated[str, given],
        twice: Annotated[str, Depends(_double)],
        request: Request,
        more: str = "-",
    ) -> list[str]:
        return [asked, twice, request.method, more]

    async def get() -> Any:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return (await http.get("/asked", params={"more": "!"})).json()

    return asyncio.run(get()), path.solved


def test_endpoints_are_told_the_same_without_a_dependency_being_solved() -> None:
    told = ["/asked", "/asked/asked", "GET", "!"]
    assert ask(APIRoute) == (told, 1)
    assert ask(Route) == (told, 0)


@pytest.mark.parametrize("body", [b"{", b'{"bytes": 0}'])
def test_a_stranger_is_not_told_what_is_wrong_with_a_request(gateway: Gateway, body: bytes) -> None:
    strange = {"Content-Type": "application/json"}
    known = gateway.headers() | strange
    assert gateway.client.post("/v1/images", content=body, headers=strange).status_code == 401
    assert gateway.client.post("/v1/images", content=body, headers=known).status_code == 422
