"""Requests are made again where that helps, and never where it could do something twice."""

import itertools

import httpx
import pytest

from sightline_client._async.transport import RetryingTransport, is_repeatable
from sightline_client.retry import NEVER, Retries

AT_ONCE = Retries(attempts=4, first=0.0)


def test_waits_double_up_to_the_longest_and_then_there_are_no_more() -> None:
    retries = Retries(attempts=5, first=1.0, longest=3.0)
    for attempt, most in ((1, 1.0), (2, 2.0), (3, 3.0), (4, 3.0)):
        wait = retries.after_failure(attempt)
        assert wait is not None
        assert most / 2 <= wait <= most
    assert retries.after_failure(5) is None
    assert NEVER.after_failure(1) is None


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
def test_retry_after_is_kept_to(status: int, after: str | None, expected: float | None) -> None:
    headers = {"retry-after": after} if after else {}
    assert AT_ONCE.after_answer(1, status, headers) == expected
    assert AT_ONCE.after_answer(4, status, headers) is None


@pytest.mark.parametrize(
    ("method", "headers", "may"),
    [
        ("GET", {}, True),
        ("DELETE", {}, True),
        ("PATCH", {}, True),
        ("PATCH", {"If-Match": "x"}, False),
        ("POST", {}, False),
        ("POST", {"Idempotency-Key": "x"}, True),
    ],
)
def test_what_could_do_something_twice_is_not_repeated(
    method: str, headers: dict[str, str], may: bool
) -> None:
    request = httpx.Request(method, "http://gateway/v1/images", headers=headers)
    assert is_repeatable(request) is may


class Answers(httpx.AsyncBaseTransport):
    """Gives these, one after the other, and counts."""

    def __init__(self, *answers: httpx.Response | httpx.TransportError) -> None:
        self._answers = itertools.chain(answers)
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        answer = next(self._answers)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer


async def test_a_gateway_that_comes_back_is_waited_for() -> None:
    answers = Answers(httpx.ConnectError("away"), httpx.Response(503), httpx.Response(200))
    async with httpx.AsyncClient(transport=RetryingTransport(answers, AT_ONCE)) as http:
        answer = await http.get("http://gateway/health")
    assert (answer.status_code, answers.asked) == (200, 3)


async def test_one_that_does_not_is_given_up() -> None:
    answers = Answers(*[httpx.ConnectError("away")] * 10)
    async with httpx.AsyncClient(transport=RetryingTransport(answers, AT_ONCE)) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get("http://gateway/health")
    assert answers.asked == AT_ONCE.attempts


async def test_a_lost_answer_is_asked_for_again_only_where_nothing_is_done_twice() -> None:
    lost = Answers(httpx.ReadError("lost"), httpx.Response(201))
    async with httpx.AsyncClient(transport=RetryingTransport(lost, AT_ONCE)) as http:
        with pytest.raises(httpx.ReadError):
            await http.post("http://gateway/v1/images")
        answer = await http.post("http://gateway/v1/images", headers={"Idempotency-Key": "x"})
    assert (answer.status_code, lost.asked) == (201, 2)
