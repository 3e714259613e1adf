"""Headers, limits and logs that apply to every request."""

import asyncio
import base64
import gc
import hashlib
import json
import logging
import re
import tracemalloc
from collections.abc import AsyncIterator

import pytest
from pydantic import ValidationError

from api.conftest import Gateway
from sightline_api.asgi import turns
from sightline_api.asgi.headers import matches
from sightline_api.settings import ApiSettings
from sightline_testing.builders import make_image, with_recognition


def add_images(gateway: Gateway, count: int = 1) -> list[str]:
    images = [make_image(gateway.owner) for _ in range(count)]

    async def fill() -> None:
        for image in images:
            await gateway.tables.images.create(image)
            await gateway.tables.images.store(image, with_recognition(image, "Dog"))

    asyncio.run(fill())
    return [image.image_id for image in images]


def test_every_response_has_a_request_id_and_is_logged(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sightline_api"):
        response = gateway.client.get("/health")
    assert len(response.headers["X-Request-Id"]) == 36
    (record,) = [each for each in caplog.records if each.message == "request completed"]
    assert record.__dict__["method"] == "GET"
    assert record.__dict__["status"] == 200
    assert record.__dict__["route"] == "/health"
    assert record.__dict__["milliseconds"] >= 0


def completed_requests(records: list[logging.LogRecord]) -> list[dict[str, object]]:
    names = ("status", "owner", "credential", "reason", "code")
    return [
        {name: record.__dict__.get(name) for name in names}
        for record in records
        if record.message == "request completed"
    ]


def test_the_log_states_who_made_a_request_and_why_it_was_rejected(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sightline_api"):
        gateway.client.get("/v1/usage", headers=gateway.headers())
        gateway.client.get("/v1/usage")
        gateway.client.get("/v1/usage", headers={"Authorization": f"Bearer {'x' * 9000}"})
        gateway.client.get("/v1/albums/unknown", headers=gateway.headers())
    person = {"owner": gateway.owner, "credential": "access_token", "reason": None}
    anonymous = {"owner": None, "credential": None}
    assert completed_requests(caplog.records) == [
        {"status": 200, **person, "code": None},
        {"status": 401, **anonymous, "reason": None, "code": "unauthenticated"},
        {"status": 401, **anonymous, "reason": "too long", "code": "unauthenticated"},
        {"status": 404, **person, "code": "album_not_found"},
    ]


@pytest.mark.parametrize(
    ("request_id", "accepted"),
    [("abc-1.2_3", True), ("a b", False), ("x" * 65, False), ('"', False)],
)
def test_a_caller_may_set_the_request_id(gateway: Gateway, request_id: str, accepted: bool) -> None:
    response = gateway.client.get("/health", headers={"X-Request-Id": request_id})
    assert (response.headers["X-Request-Id"] == request_id) is accepted


@pytest.mark.parametrize("path", ["/health", "/v1/images", "/nothing"])
def test_every_response_has_security_headers(gateway: Gateway, path: str) -> None:
    headers = gateway.client.get(path).headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["Cache-Control"] == "private, no-cache"


def test_the_interactive_documentation_loads_nothing_from_other_hosts(gateway: Gateway) -> None:
    page = gateway.client.get("/docs")
    assert "https://" not in page.text
    (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = page.headers["Content-Security-Policy"].split("; ")
    assert f"script-src 'self' 'sha256-{digest}'" in policy
    assert "base-uri 'none'" in policy
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert f"/docs/assets/{asset}" in page.text
        assert gateway.client.get(f"/docs/assets/{asset}").status_code == 200


def test_a_matching_etag_returns_not_modified(gateway: Gateway) -> None:
    (image_id,) = add_images(gateway)
    for path in (f"/v1/images/{image_id}", "/v1/images"):
        headers = gateway.headers()
        first = gateway.client.get(path, headers=headers)
        etag = first.headers["ETag"]
        again = gateway.client.get(path, headers={**headers, "If-None-Match": etag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
        other = gateway.client.get(path, headers={**headers, "If-None-Match": '"other"'})
        assert other.content == first.content
    add_images(gateway)
    changed = gateway.client.get("/v1/images", headers={**gateway.headers(), "If-None-Match": etag})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("condition", "expected"),
    [('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ('"b"', False), ("", False)],
)
def test_if_none_match_is_compared_with_the_etag(condition: str, expected: bool) -> None:
    assert matches(condition, 'W/"a"') is expected


def test_errors_ignore_if_none_match(gateway: Gateway) -> None:
    response = gateway.client.get("/v1/images", headers={"If-None-Match": "*"})
    assert response.status_code == 401


def test_large_responses_are_compressed(gateway: Gateway) -> None:
    add_images(gateway, 30)
    headers = {**gateway.headers(), "Accept-Encoding": "gzip"}
    response = gateway.client.get("/v1/images", headers=headers)
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.json()["items"]) == 30
    assert int(response.headers["Content-Length"]) < len(response.content) / 4


#: Bodies with more values than any request needs, by what they consist of.
EXCESSIVE_BODIES = {
    "unknown keys": json.dumps({f"key{number}": 0 for number in range(60_000)}),
    "arrays in arrays": "[" * 500_000 + "]" * 500_000,
    "numbers": json.dumps({"bytes": [0] * 30_000}),
    "a string without an end": "[" * 30_000 + '"' + '\\"' * 10_000,
}


@pytest.mark.parametrize("kind", EXCESSIVE_BODIES)
def test_a_body_with_too_many_values_is_not_validated(gateway: Gateway, kind: str) -> None:
    headers = {**gateway.headers(), "Content-Type": "application/json"}
    response = gateway.client.post("/v1/images", content=EXCESSIVE_BODIES[kind], headers=headers)
    assert (response.status_code, response.json()["errors"]) == (
        422,
        [{"location": "body", "message": "More than 10,000 values."}],
    )


def test_punctuation_in_text_is_not_a_value(gateway: Gateway) -> None:
    body = json.dumps({"unknown": '[{:,"\\' * 30_000})
    headers = {**gateway.headers(), "Content-Type": "application/json"}
    response = gateway.client.post("/v1/images", content=body, headers=headers)
    assert "body.unknown" in {error["location"] for error in response.json()["errors"]}


INVALID_BODIES = {
    "without an end": b'{"title": "' + b"x" * 1_000_000,
    "with an invalid value": json.dumps({"title": "x" * 1_000_000}).encode(),
}


@pytest.mark.parametrize("kind", INVALID_BODIES)
def test_an_invalid_body_is_not_kept_until_a_garbage_collection(
    gateway: Gateway, kind: str
) -> None:
    """The gateway collects garbage seldom: clients could fill its memory until then."""
    headers = {**gateway.headers(), "Content-Type": "application/json"}

    def send() -> None:
        body = INVALID_BODIES[kind]
        response = gateway.client.post("/v1/albums", content=body, headers=headers)
        assert response.status_code == 422

    send()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(2):
            send()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert kept < 1_500_000


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_above_the_limit_is_rejected(gateway: Gateway, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 2**19

    body = chunks() if chunked else b"x" * (2**20 + 1)
    headers = {**gateway.headers(), "Content-Type": "application/json"}
    response = gateway.client.post("/v1/images", content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (413, "request_too_large")


def test_large_bodies_are_rejected_while_too_many_of_the_client_wait(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "MAX_WAITING_BYTES_PER_CLIENT", 0)
    body = {"media_type": "x" * 1_000_000}
    first, second = (
        gateway.client.post("/v1/images", headers=gateway.headers(), json=body) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (422, 429)
    assert second.json()["code"] == "rate_limited"
    assert second.headers["Retry-After"] == "1"


def test_a_slow_request_times_out(slow_gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_: object) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(slow_gateway.tables.images, "page_summaries", hang)
    response = slow_gateway.client.get("/v1/images", headers=slow_gateway.headers())
    assert (response.status_code, response.json()["code"]) == (503, "request_timeout")
    assert response.headers["Retry-After"] == "5"
    assert response.headers["X-Request-Id"]


def test_cors_is_disabled_by_default(gateway: Gateway) -> None:
    preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET"}
    response = gateway.client.request("OPTIONS", "/v1/images", headers=preflight)
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://app.example.com", True), ("https://evil.example.com", False)]
)
def test_cors_allows_only_configured_origins(
    slow_gateway: Gateway, origin: str, allowed: bool
) -> None:
    preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    response = slow_gateway.client.request("OPTIONS", "/v1/images", headers=preflight)
    assert (response.headers.get("Access-Control-Allow-Origin") == origin) is allowed


def test_cors_origins_are_separated_by_commas(
    settings: ApiSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {
        "SIGHTLINE_CORS_ORIGINS": "https://app.example.com, http://localhost:5173",
        "AWS_REGION": "eu-central-1",
    }
    names = {"region", "s3_endpoint", "cors_origins", "call_prices"}
    for name, value in settings.model_dump(mode="json", exclude_none=True).items():
        if name not in names:
            text = value if isinstance(value, str) else json.dumps(value)
            environment[f"SIGHTLINE_{name.upper()}"] = text
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ApiSettings().cors_origins == ("https://app.example.com", "http://localhost:5173")
    monkeypatch.setenv("SIGHTLINE_CORS_ORIGINS", "https://app.example.com/path")
    with pytest.raises(ValidationError, match="without a path"):
        ApiSettings()
    monkeypatch.setenv("SIGHTLINE_CORS_ORIGINS", "")
    assert ApiSettings().cors_origins == ()
