"""The rate limit of each owner, and the headers that report it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from api.conftest import Gateway, serve
from sightline.settings import read_settings
from sightline_api.auth import rate_limit
from sightline_api.auth.rate_limit import RateLimiter, RateLimitState
from sightline_api.settings import ApiSettings
from sightline_testing.builders import new_owner
from sightline_testing.tokens import TokenIssuer


class Clock:
    def __init__(self) -> None:
        # The monotonic clock of a machine with an uptime of one year.
        self.now = timedelta(days=365).total_seconds()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> RateLimiter:
    return RateLimiter("owner", rate=2, burst=5, clock=clock)


def test_a_burst_empties_the_bucket(limiter: RateLimiter) -> None:
    taken = [limiter.take("a") for _ in range(6)]
    assert [each.remaining for each in taken] == [4, 3, 2, 1, 0, 0]
    assert [each.reset_seconds for each in taken] == [1, 1, 2, 2, 3, 3]
    assert [each.retry_seconds for each in taken] == [0, 0, 0, 0, 0, 1]


def test_a_bucket_refills_over_time(limiter: RateLimiter, clock: Clock) -> None:
    for _ in range(5):
        limiter.take("a")
    clock.now += 0.5
    assert limiter.take("a") == RateLimitState(remaining=0, reset_seconds=3, retry_seconds=0)
    assert limiter.take("a").retry_seconds == 1
    clock.now += 3600
    assert limiter.take("a") == RateLimitState(remaining=4, reset_seconds=1, retry_seconds=0)


def test_rejected_requests_do_not_count(limiter: RateLimiter, clock: Clock) -> None:
    for _ in range(100):
        limiter.take("a")
    clock.now += 0.5
    assert limiter.take("a").retry_seconds == 0


def test_the_retry_time_follows_from_the_rate(clock: Clock) -> None:
    limiter = RateLimiter("owner", rate=0.1, burst=1, clock=clock)
    assert limiter.take("a").retry_seconds == 0
    clock.now += 2.5
    assert limiter.take("a").retry_seconds == 8


def test_each_owner_has_a_separate_bucket(limiter: RateLimiter) -> None:
    for _ in range(6):
        limiter.take("a")
    assert limiter.take("b").remaining == 4


def test_the_buckets_of_the_latest_callers_are_kept(
    limiter: RateLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "MAX_BUCKETS", 2)
    for owner in ("a", "b", "a", "c"):
        limiter.take(owner)
    assert limiter.take("a").remaining == 2
    assert limiter.take("b").remaining == 4


def test_a_charge_is_a_deficit_that_later_requests_wait_for(
    limiter: RateLimiter, clock: Clock
) -> None:
    limiter.take("a")
    assert limiter.charge("a", 9) == RateLimitState(remaining=0, reset_seconds=5, retry_seconds=0)
    assert limiter.take("a").retry_seconds == 3
    clock.now += 3
    assert limiter.take("a").retry_seconds == 0
    assert limiter.take("b").remaining == 4


@pytest.fixture
def limited_gateway(pool: TokenIssuer, settings: ApiSettings) -> Iterator[Gateway]:
    """A gateway with a low rate limit that allows one CORS origin."""
    changes = {
        "owner_requests_per_second": 0.01,
        "owner_burst": 3,
        "cors_origins": ("https://app.example.com",),
    }
    with serve(pool, settings.model_copy(update=changes)) as gateway:
        yield gateway


def test_requests_above_the_limit_are_rejected(limited_gateway: Gateway) -> None:
    client, headers = limited_gateway.client, limited_gateway.headers()
    responses = [client.get("/v1/images", headers=headers) for _ in range(4)]
    assert [response.status_code for response in responses] == [200, 200, 200, 429]
    assert [response.headers["RateLimit"] for response in responses] == [
        '"owner";r=2;t=100',
        '"owner";r=1;t=200',
        '"owner";r=0;t=300',
        '"owner";r=0;t=300',
    ]
    rejected = responses[-1]
    assert rejected.headers["Content-Type"] == "application/problem+json"
    assert rejected.json()["code"] == "rate_limited"
    assert rejected.headers["Retry-After"] == "100"
    assert rejected.headers["RateLimit-Policy"] == '"owner";q=3;w=300'
    other = client.get("/v1/images", headers=limited_gateway.headers(new_owner()))
    assert other.status_code == 200


def test_an_idempotent_replay_counts_as_one_request(limited_gateway: Gateway) -> None:
    headers = {**limited_gateway.headers(), "Idempotency-Key": "first"}
    body = {"ids": ["0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"]}
    for left in (2, 1):
        response = limited_gateway.client.post("/v1/images/delete", json=body, headers=headers)
        assert response.headers["RateLimit"].startswith(f'"owner";r={left};')


IMAGE_ID = "0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/images/delete", {"ids": [IMAGE_ID, "other"]}),
        ("/v1/images/update", {"ids": [IMAGE_ID, "other"], "changes": {"favorite": True}}),
        (
            "/v1/images/batch",
            {"images": [{"media_type": "image/jpeg", "bytes": 1, "sha256": "0" * 64}] * 2},
        ),
    ],
)
def test_a_batch_counts_as_many_requests_as_it_has_items(
    limited_gateway: Gateway, path: str, body: dict[str, object]
) -> None:
    client, headers = limited_gateway.client, limited_gateway.headers()
    response = client.post(path, json=body, headers={**headers, "Idempotency-Key": "first"})
    assert response.status_code == 207
    assert response.headers["RateLimit"].startswith('"owner";r=1;')
    repeated = client.post(path, json=body, headers={**headers, "Idempotency-Key": "first"})
    assert repeated.headers["RateLimit"].startswith('"owner";r=0;')
    assert client.post(path, json=body, headers=headers).status_code == 429


@pytest.mark.parametrize("operation", ["images", "images/delete"])
def test_a_batch_of_an_album_counts_as_many_requests_as_it_has_items(
    limited_gateway: Gateway, operation: str
) -> None:
    client, headers = limited_gateway.client, limited_gateway.headers()
    album = client.post("/v1/albums", json={"title": "Trip"}, headers=headers).json()["id"]
    path = f"/v1/albums/{album}/{operation}"
    response = client.post(path, json={"ids": [IMAGE_ID, "other"]}, headers=headers)
    assert response.status_code == 207, response.text
    assert response.headers["RateLimit"].startswith('"owner";r=0;')


def test_every_response_to_an_owner_has_the_headers(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Including errors of every layer, and responses without a body."""
    headers = gateway.headers()
    etag = gateway.client.get("/v1/images", headers=headers).headers["ETag"]

    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(gateway.tables.usage, "read", fail)
    plain, json = "text/plain", "application/json"
    large: dict[str, object] = {"content": b" " * (2**20 + 1), "headers": {"Content-Type": json}}
    requests: list[tuple[int, str, str, dict[str, object]]] = [
        (304, "GET", "/v1/images", {"headers": {"If-None-Match": etag}}),
        (400, "GET", "/v1/images?cursor=x", {}),
        (404, "GET", "/v1/images/x", {}),
        (404, "GET", "/v2", {}),
        (405, "PUT", "/v1/images", {}),
        (413, "POST", "/v1/images", large),
        (422, "POST", "/v1/images", {"content": b"{", "headers": {"Content-Type": json}}),
        (415, "POST", "/v1/images", {"content": b"{", "headers": {"Content-Type": plain}}),
        (500, "GET", "/v1/usage", {}),
    ]
    for status, method, path, options in requests:
        extra = options.pop("headers", {})
        assert isinstance(extra, dict)
        response = gateway.client.request(method, path, headers={**headers, **extra}, **options)
        assert response.status_code == status, path
        assert response.headers["RateLimit-Policy"] == '"owner";q=200;w=4', path
        assert response.headers["RateLimit"].startswith('"owner";r='), path
        assert response.headers["X-Request-Id"], path
        assert response.headers["X-Content-Type-Options"] == "nosniff", path


def test_an_anonymous_response_has_no_rate_limit_headers(gateway: Gateway) -> None:
    for path in ("/health", "/v1/images"):
        assert "RateLimit" not in gateway.client.get(path).headers


def test_web_pages_may_read_the_headers(limited_gateway: Gateway) -> None:
    headers = {**limited_gateway.headers(), "Origin": "https://app.example.com"}
    response = limited_gateway.client.get("/v1/images", headers=headers)
    exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed)


def test_the_document_describes_the_headers_of_every_operation(gateway: Gateway) -> None:
    document = gateway.client.get("/openapi.json").json()
    for path in document["paths"].values():
        for operation in path.values():
            if operation["operationId"] == "get_health":
                continue
            assert "429" in operation["responses"], operation["operationId"]
            assert "Retry-After" in operation["responses"]["429"]["headers"]
            for response in operation["responses"].values():
                assert {"RateLimit", "RateLimit-Policy"} <= set(response["headers"])


def test_the_rate_limit_can_be_disabled(
    pool: TokenIssuer, settings: ApiSettings, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("SIGHTLINE_OWNER_REQUESTS_PER_SECOND", "none")
    rate = read_settings(ApiSettings).owner_requests_per_second
    assert rate is None
    unlimited = settings.model_copy(update={"owner_requests_per_second": rate})
    with serve(pool, unlimited) as gateway:
        headers = gateway.headers()
        responses = [gateway.client.get("/v1/images", headers=headers) for _ in range(201)]
    assert responses[-1].status_code == 200
    assert "RateLimit" not in responses[-1].headers
