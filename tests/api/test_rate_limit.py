"""How many requests an owner may make, and how it is told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from api.conftest import Gateway, serve
from sightline.settings import read_settings
from sightline_api.auth import rate_limit as allowance
from sightline_api.auth.rate_limit import OwnerRateLimiter, RateLimitState
from sightline_api.settings import ApiSettings
from sightline_testing.builders import new_owner
from sightline_testing.tokens import TokenIssuer


class Clock:
    def __init__(self) -> None:
        # A machine that has been up for a year.
        self.now = timedelta(days=365).total_seconds()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def buckets(clock: Clock) -> OwnerRateLimiter:
    return OwnerRateLimiter(rate=2, burst=5, clock=clock)


def test_a_bucket_gives_what_it_holds_and_then_waits(buckets: OwnerRateLimiter) -> None:
    taken = [buckets.take("a") for _ in range(6)]
    assert [each.remaining for each in taken] == [4, 3, 2, 1, 0, 0]
    assert [each.reset_seconds for each in taken] == [1, 1, 2, 2, 3, 3]
    assert [each.retry_seconds for each in taken] == [0, 0, 0, 0, 0, 1]


def test_a_bucket_fills_again(buckets: OwnerRateLimiter, clock: Clock) -> None:
    for _ in range(5):
        buckets.take("a")
    clock.now += 0.5
    assert buckets.take("a") == RateLimitState(remaining=0, reset_seconds=3, retry_seconds=0)
    assert buckets.take("a").retry_seconds == 1
    clock.now += 3600
    assert buckets.take("a") == RateLimitState(remaining=4, reset_seconds=1, retry_seconds=0)


def test_what_is_refused_takes_nothing(buckets: OwnerRateLimiter, clock: Clock) -> None:
    for _ in range(100):
        buckets.take("a")
    clock.now += 0.5
    assert buckets.take("a").retry_seconds == 0


def test_a_slow_bucket_says_how_long_to_wait(clock: Clock) -> None:
    buckets = OwnerRateLimiter(rate=0.1, burst=1, clock=clock)
    assert buckets.take("a").retry_seconds == 0
    clock.now += 2.5
    assert buckets.take("a").retry_seconds == 8


def test_owners_have_buckets_of_their_own(buckets: OwnerRateLimiter) -> None:
    for _ in range(6):
        buckets.take("a")
    assert buckets.take("b").remaining == 4


def test_those_who_called_last_are_remembered(
    buckets: OwnerRateLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "MAX_BUCKETS", 2)
    for owner in ("a", "b", "a", "c"):
        buckets.take(owner)
    assert buckets.take("a").remaining == 2
    assert buckets.take("b").remaining == 4


@pytest.fixture
def narrow_gateway(pool: TokenIssuer, settings: ApiSettings) -> Iterator[Gateway]:
    """One that soon has enough of an owner, and that a page may call."""
    changes = {
        "owner_requests_per_second": 0.01,
        "owner_burst": 3,
        "cors_origins": ("https://app.example.com",),
    }
    with serve(pool, settings.model_copy(update=changes)) as gateway:
        yield gateway


def test_too_many_requests_are_refused(narrow_gateway: Gateway) -> None:
    client, headers = narrow_gateway.client, narrow_gateway.headers()
    answers = [client.get("/v1/images", headers=headers) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit"] for answer in answers] == [
        '"owner";r=2;t=100',
        '"owner";r=1;t=200',
        '"owner";r=0;t=300',
        '"owner";r=0;t=300',
    ]
    refused = answers[-1]
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "rate_limited"
    assert refused.headers["Retry-After"] == "100"
    assert refused.headers["RateLimit-Policy"] == '"owner";q=3;w=300'
    other = client.get("/v1/images", headers=narrow_gateway.headers(new_owner()))
    assert other.status_code == 200


def test_a_request_that_is_known_by_its_key_counts_once(narrow_gateway: Gateway) -> None:
    headers = {**narrow_gateway.headers(), "Idempotency-Key": "first"}
    body = {"ids": ["0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"]}
    for left in (2, 1):
        answer = narrow_gateway.client.post("/v1/images/delete", json=body, headers=headers)
        assert answer.headers["RateLimit"].startswith(f'"owner";r={left};')


def test_every_answer_to_somebody_tells_what_is_left(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors too, whoever makes them, and answers without a body."""
    headers = gateway.headers()
    etag = gateway.client.get("/v1/images", headers=headers).headers["ETag"]

    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(gateway.tables.usage, "read", fail)
    plain, json = "text/plain", "application/json"
    large: dict[str, object] = {"content": b" " * (2**20 + 1), "headers": {"Content-Type": json}}
    asked: list[tuple[int, str, str, dict[str, object]]] = [
        (304, "GET", "/v1/images", {"headers": {"If-None-Match": etag}}),
        (400, "GET", "/v1/images?cursor=x", {}),
        (404, "GET", "/v1/images/x", {}),
        (404, "GET", "/v2", {}),
        (405, "PUT", "/v1/images", {}),
        (413, "POST", "/v1/images", large),
        (422, "POST", "/v1/images", {"content": b"{", "headers": {"Content-Type": json}}),
        (422, "POST", "/v1/images", {"content": b"{", "headers": {"Content-Type": plain}}),
        (500, "GET", "/v1/usage", {}),
    ]
    for status, method, path, options in asked:
        own = options.pop("headers", {})
        assert isinstance(own, dict)
        answer = gateway.client.request(method, path, headers={**headers, **own}, **options)
        assert answer.status_code == status, path
        assert answer.headers["RateLimit-Policy"] == '"owner";q=200;w=4', path
        assert answer.headers["RateLimit"].startswith('"owner";r='), path
        assert answer.headers["X-Request-Id"], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path


def test_nobody_is_told_nothing(gateway: Gateway) -> None:
    for path in ("/health", "/v1/images"):
        assert "RateLimit" not in gateway.client.get(path).headers


def test_a_page_may_read_what_is_left(narrow_gateway: Gateway) -> None:
    headers = {**narrow_gateway.headers(), "Origin": "https://app.example.com"}
    answer = narrow_gateway.client.get("/v1/images", headers=headers)
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed)


def test_the_document_tells_of_it_everywhere(gateway: Gateway) -> None:
    document = gateway.client.get("/openapi.json").json()
    for path in document["paths"].values():
        for operation in path.values():
            if not operation.get("security"):
                continue
            assert "429" in operation["responses"], operation["operationId"]
            assert "Retry-After" in operation["responses"]["429"]["headers"]
            for response in operation["responses"].values():
                assert {"RateLimit", "RateLimit-Policy"} <= set(response["headers"])


def test_the_limit_can_be_switched_off(
    pool: TokenIssuer, settings: ApiSettings, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("SIGHTLINE_OWNER_REQUESTS_PER_SECOND", "none")
    rate = read_settings(ApiSettings).owner_requests_per_second
    assert rate is None
    unlimited = settings.model_copy(update={"owner_requests_per_second": rate})
    with serve(pool, unlimited) as gateway:
        headers = gateway.headers()
        answers = [gateway.client.get("/v1/images", headers=headers) for _ in range(201)]
    assert answers[-1].status_code == 200
    assert "RateLimit" not in answers[-1].headers
