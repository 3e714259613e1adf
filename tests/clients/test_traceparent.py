"""Each request of the Python client starts a trace."""

import httpx

from sightline import tracing
from sightline_client import AsyncSightline, Sightline
from sightline_client.traceparent import make_traceparent

API = "http://api.test"


class RecordingApi(httpx.MockTransport):
    """Answers every request, and keeps its `traceparent`."""

    def __init__(self) -> None:
        self.traceparents: list[str | None] = []
        super().__init__(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.traceparents.append(request.headers.get("traceparent"))
        return httpx.Response(404, json={}, headers={"Content-Type": "application/problem+json"})


def test_traceparent_is_valid_and_random() -> None:
    first, second = (tracing.parse_traceparent(make_traceparent()) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first[:2] != second[:2]
    assert not first.is_sampled


def test_each_request_starts_a_trace() -> None:
    api = RecordingApi()
    with Sightline.from_token(API, "token") as sightline:
        sightline._http._transport = api
        for _ in range(2):
            sightline._http.get("/v1/usage")
    contexts = [tracing.parse_traceparent(value) for value in api.traceparents]
    assert all(contexts)
    assert len({context and context.trace_id for context in contexts}) == 2


async def test_trace_of_the_application_is_kept() -> None:
    api = RecordingApi()
    traceparent = make_traceparent()
    async with AsyncSightline.from_token(API, "token") as sightline:
        sightline._http._transport = api
        await sightline._http.get("/v1/usage", headers={"traceparent": traceparent})
    assert api.traceparents == [traceparent]
