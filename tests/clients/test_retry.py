"""Requests are retried after transient errors, and only where a repetition has no second effect."""

import itertools

import httpx
import pytest

from sightline_client._async.transport import RetryingTransport, is_idempotent
from sightline_client.retry import NO_RETRIES, RetryPolicy

IMMEDIATE = RetryPolicy(max_attempts=4, initial_delay=0.0)


def test_delays_double_up_to_the_maximum_and_then_end() -> None:
    policy = RetryPolicy(max_attempts=5, initial_delay=1.0, max_delay=3.0)
    for attempt, most in ((1, 1.0), (2, 2.0), (3, 3.0), (4, 3.0)):
        delay = policy.delay_after_error(attempt)
        assert delay is not None
        assert most / 2 <= delay <= most
    assert policy.delay_after_error(5) is None
    assert NO_RETRIES.delay_after_error(1) is None


@pytest.mark.parametrize(
    ("status", "after", "expected"),
    [
        (200, None, None),
        (404, None, None),
        (409, None, None),
        (409, "1", 1.0),
        (429, "7", 7.0),
        (429, "0", 0.0),
        (429, "3600", None),
        (500, None, None),
        (503, None, 0.0),
        (503, "Wed, 21 Oct 2026 07:28:00 GMT", 0.0),
    ],
)
def test_policy_honors_retry_after(status: int, after: str | None, expected: float | None) -> None:
    headers = {"retry-after": after} if after else {}
    assert IMMEDIATE.delay_after_response(1, status, headers) == expected
    assert IMMEDIATE.delay_after_response(4, status, headers) is None


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("GET", {}, True),
        ("DELETE", {}, True),
        ("PATCH", {}, True),
        ("PATCH", {"If-Match": "x"}, False),
        ("POST", {}, False),
        ("POST", {"Idempotency-Key": "x"}, True),
    ],
)
def test_only_idempotent_requests_are_repeatable(
    method: str, headers: dict[str, str], expected: bool
) -> None:
    request = httpx.Request(method, "http://gateway/v1/images", headers=headers)
    assert is_idempotent(request) is expected


class FakeTransport(httpx.AsyncBaseTransport):
    """Returns or raises the given responses in order, and counts the requests."""

    def __init__(self, *responses: httpx.Response | httpx.TransportError) -> None:
        self._responses = itertools.chain(responses)
        self.request_count = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.request_count += 1
        response = next(self._responses)
        if isinstance(response, httpx.TransportError):
            raise response
        return response


async def test_transport_retries_until_the_gateway_responds() -> None:
    fake = FakeTransport(httpx.ConnectError("down"), httpx.Response(503), httpx.Response(200))
    async with httpx.AsyncClient(transport=RetryingTransport(fake, IMMEDIATE)) as http:
        response = await http.get("http://gateway/health")
    assert (response.status_code, fake.request_count) == (200, 3)


async def test_transport_raises_after_the_last_attempt() -> None:
    fake = FakeTransport(*[httpx.ConnectError("down")] * 10)
    async with httpx.AsyncClient(transport=RetryingTransport(fake, IMMEDIATE)) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get("http://gateway/health")
    assert fake.request_count == IMMEDIATE.max_attempts


async def test_transport_retries_a_lost_response_only_for_idempotent_requests() -> None:
    fake = FakeTransport(httpx.ReadError("lost"), httpx.Response(201))
    async with httpx.AsyncClient(transport=RetryingTransport(fake, IMMEDIATE)) as http:
        with pytest.raises(httpx.ReadError):
            await http.post("http://gateway/v1/images")
        response = await http.post("http://gateway/v1/images", headers={"Idempotency-Key": "x"})
    assert (response.status_code, fake.request_count) == (201, 2)
