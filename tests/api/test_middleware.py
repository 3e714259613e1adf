"""What every answer has in common."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from api.conftest import Gateway
from sightline_api.asgi.headers import matches
from sightline_testing.builders import make_image


def add(gateway: Gateway, count: int = 1) -> list[str]:
    images = [make_image(gateway.owner) for _ in range(count)]
    for image in images:
        asyncio.run(gateway.tables.images.create(image))
    return [image.image_id for image in images]


def test_every_answer_is_named(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "sightline_api"):
        answer = gateway.client.get("/health")
    assert len(answer.headers["X-Request-Id"]) == 36
    (record,) = [each for each in caplog.records if each.message == "answered"]
    assert record.__dict__["method"] == "GET"
    assert record.__dict__["status"] == 200
    assert record.__dict__["route"] == "/health"
    assert record.__dict__["milliseconds"] >= 0


@pytest.mark.parametrize(
    ("asked", "kept"), [("abc-1.2_3", True), ("a b", False), ("x" * 65, False), ('"', False)]
)
def test_a_caller_may_name_its_request(gateway: Gateway, asked: str, kept: bool) -> None:
    answer = gateway.client.get("/health", headers={"X-Request-Id": asked})
    assert (answer.headers["X-Request-Id"] == asked) is kept


@pytest.mark.parametrize("path", ["/health", "/v1/images", "/nothing"])
def test_every_answer_tells_browsers_to_be_careful(gateway: Gateway, path: str) -> None:
    headers = gateway.client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["Cache-Control"] == "private, no-cache"


def test_the_reference_loads_nothing_from_elsewhere(gateway: Gateway) -> None:
    page = gateway.client.get("/docs")
    assert "https://" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert f"/docs/assets/{asset}" in page.text
        assert gateway.client.get(f"/docs/assets/{asset}").status_code == 200


def test_what_a_caller_has_is_not_sent_again(gateway: Gateway) -> None:
    (image_id,) = add(gateway)
    for path in (f"/v1/images/{image_id}", "/v1/images"):
        headers = gateway.headers()
        first = gateway.client.get(path, headers=headers)
        etag = first.headers["ETag"]
        again = gateway.client.get(path, headers={**headers, "If-None-Match": etag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
        other = gateway.client.get(path, headers={**headers, "If-None-Match": '"other"'})
        assert other.content == first.content
    add(gateway)
    changed = gateway.client.get("/v1/images", headers={**gateway.headers(), "If-None-Match": etag})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("condition", "same"),
    [('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ('"b"', False), ("", False)],
)
def test_a_condition_names_tags(condition: str, same: bool) -> None:
    assert matches(condition, 'W/"a"') is same


def test_errors_are_never_conditional(gateway: Gateway) -> None:
    answer = gateway.client.get("/v1/images", headers={"If-None-Match": "*"})
    assert answer.status_code == 401


def test_large_answers_are_compressed(gateway: Gateway) -> None:
    add(gateway, 30)
    headers = {**gateway.headers(), "Accept-Encoding": "gzip"}
    answer = gateway.client.get("/v1/images", headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.json()["items"]) == 30
    assert int(answer.headers["Content-Length"]) < len(answer.content) / 4


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_above_the_limit_is_refused(gateway: Gateway, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 2**19

    body = chunks() if chunked else b"x" * (2**20 + 1)
    headers = {**gateway.headers(), "Content-Type": "application/json"}
    answer = gateway.client.post("/v1/images", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_an_answer_that_does_not_come_is_given_up(
    slow_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(slow_gateway.tables.images, "page_summaries", hang)
    answer = slow_gateway.client.get("/v1/images", headers=slow_gateway.headers())
    assert (answer.status_code, answer.json()["code"]) == (503, "request_timeout")
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["X-Request-Id"]


def test_other_pages_may_not_call_unless_they_are_named(gateway: Gateway) -> None:
    asked = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET"}
    answer = gateway.client.request("OPTIONS", "/v1/images", headers=asked)
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://app.example.com", True), ("https://evil.example.com", False)]
)
def test_a_page_that_is_named_may_call(slow_gateway: Gateway, origin: str, allowed: bool) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = slow_gateway.client.request("OPTIONS", "/v1/images", headers=asked)
    assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is allowed
