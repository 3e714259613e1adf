"""Deprecated operations in the document and in responses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from sightline_api.app import create_app
from sightline_api.problems import ImageNotFoundProblem
from sightline_api.routing.deprecation import Deprecation, deprecate
from sightline_api.settings import ApiSettings

HEADERS = {
    "Deprecation": "@1777593600",
    "Sunset": "Sat, 31 Oct 2026 23:59:59 GMT",
    "Link": '</v1/images>; rel="successor-version", '
    '<https://docs.example.com/migrate>; rel="deprecation"; type="text/html"',
}


@asynccontextmanager
async def open_nothing(_: FastAPI, /) -> AsyncIterator[None]:
    yield


@pytest.fixture
def app() -> FastAPI:
    app = create_app(open_nothing, ApiSettings.model_construct())

    @app.get("/old", operation_id="get_old")
    async def get_old(missing: bool = False) -> str:
        if missing:
            raise ImageNotFoundProblem
        return "found"

    @app.get("/new", operation_id="get_new")
    async def get_new() -> str:
        return "found"

    deprecation = Deprecation(
        since=datetime(2026, 5, 1, tzinfo=UTC),
        removal=datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC),
        successor="/v1/images",
        documentation="https://docs.example.com/migrate",
    )
    deprecate(app.routes, "get_old", deprecation)
    return app


async def fetch(app: FastAPI, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        return await client.get(path)


@pytest.mark.parametrize(
    ("query", "status"), [("", 200), ("?missing=true", 404), ("?missing=maybe", 422)]
)
async def test_responses_of_a_deprecated_operation_have_its_dates(
    app: FastAPI, query: str, status: int
) -> None:
    response = await fetch(app, f"/old{query}")
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


async def test_responses_of_other_operations_have_no_deprecation_headers(app: FastAPI) -> None:
    response = await fetch(app, "/new")
    assert HEADERS.keys().isdisjoint(response.headers)


def test_the_document_describes_a_deprecated_operation(app: FastAPI) -> None:
    document = app.openapi()
    old, new = (document["paths"][path]["get"] for path in ("/old", "/new"))
    assert old["deprecated"] is True
    assert "deprecated" not in new
    for response in old["responses"].values():
        assert HEADERS.keys() <= response["headers"].keys()
    for response in new["responses"].values():
        assert HEADERS.keys().isdisjoint(response["headers"])
    assert HEADERS.keys() <= document["components"]["headers"].keys()


def test_deprecating_an_unknown_operation_fails(app: FastAPI) -> None:
    deprecation = Deprecation(datetime.now(UTC), datetime.now(UTC), "/v1/images", "https://x.test")
    with pytest.raises(LookupError, match="get_older"):
        deprecate(app.routes, "get_older", deprecation)
