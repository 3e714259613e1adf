"""API keys: their endpoints, what they allow, and when they stop working."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from api.conftest import Gateway, serve
from sightline.adapters.memory import memory_tables
from sightline.domain.api_keys import Scope, digest_secret, new_secret
from sightline.domain.ids import new_image_id, new_key_id
from sightline_api.auth.api_keys import MAX_AGE_SECONDS, UNKNOWN_AGE_SECONDS, ApiKeyVerifier
from sightline_api.auth.scopes import required_scopes
from sightline_api.auth.user import InvalidToken, User
from sightline_api.openapi import make_document
from sightline_api.settings import ApiSettings
from sightline_testing.builders import SHA256, make_api_key, new_owner
from sightline_testing.tokens import TokenIssuer

ALL_SCOPES = list(Scope)


def create(gateway: Gateway, *scopes: str, **fields: Any) -> Any:
    body = {"name": "import", "scopes": scopes or ALL_SCOPES} | fields
    return gateway.client.post("/v1/api-keys", headers=gateway.headers(), json=body)


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def call(gateway: Gateway, secret: str, method: str = "GET", path: str = "/v1/images") -> Any:
    return gateway.client.request(method, path, headers=bearer(secret), json=None)


def test_a_key_acts_for_its_owner(gateway: Gateway) -> None:
    created = create(gateway)
    assert created.status_code == 201
    assert created.headers["Cache-Control"] == "no-store"
    secret = created.json()["secret"]
    upload = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}
    image = gateway.client.post("/v1/images", headers=bearer(secret), json=upload).json()["image"]
    path = f"/v1/images/{image['id']}"
    assert gateway.client.get(path, headers=gateway.headers()).status_code == 200
    assert gateway.client.get(path, headers=gateway.headers(new_owner())).status_code == 404


def test_keys_are_listed_without_their_secret(gateway: Gateway) -> None:
    created = create(gateway, "images:read", name=" nightly ", expires_in_days=7).json()
    response = gateway.client.get("/v1/api-keys", headers=gateway.headers())
    (item,) = response.json()["items"]
    assert item == created["api_key"]
    assert created["secret"] not in response.text
    assert digest_secret(created["secret"]) not in response.text
    assert created["secret"].startswith(item["prefix"])
    assert (item["name"], item["scopes"]) == ("nightly", ["images:read"])
    assert item["last_used_at"] is None


def test_keys_expire_by_default(gateway: Gateway) -> None:
    key = create(gateway).json()["api_key"]
    (listed,) = gateway.run(gateway.tables.api_keys.list(gateway.owner))
    assert listed.ends_at - listed.created_at == timedelta(days=90)
    assert key["expires_at"] == listed.ends_at.isoformat().replace("+00:00", "Z")


def test_the_table_has_no_secret(gateway: Gateway) -> None:
    secret = create(gateway).json()["secret"]
    (key,) = gateway.run(gateway.tables.api_keys.list(gateway.owner))
    assert secret not in key.model_dump_json()


@pytest.mark.parametrize(
    "body",
    [
        {"scopes": ["images:read"]},
        {"name": "", "scopes": ["images:read"]},
        {"name": "x" * 101, "scopes": ["images:read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["images:delete"]},
        {"name": "x", "scopes": ["images:read"], "expires_in_days": 0},
        {"name": "x", "scopes": ["images:read"], "expires_in_days": 367},
        {"name": "x", "scopes": ["images:read"], "owner": "someone"},
        {"name": "\ud800", "scopes": ["images:read"]},
    ],
)
def test_invalid_requests_are_refused(gateway: Gateway, body: Any) -> None:
    headers = gateway.headers() | {"Content-Type": "application/json"}
    response = gateway.client.post("/v1/api-keys", headers=headers, content=json.dumps(body))
    assert response.status_code == 422


def test_the_number_of_keys_is_limited(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sightline_api.keys.endpoints.MAX_KEYS", 2)
    assert [create(gateway).status_code for _ in range(3)] == [201, 201, 409]


def test_revocation(gateway: Gateway) -> None:
    created = create(gateway).json()
    path = f"/v1/api-keys/{created['api_key']['id']}"
    assert gateway.client.delete(path, headers=gateway.headers(new_owner())).status_code == 404
    assert gateway.client.delete(path, headers=gateway.headers()).status_code == 204
    assert gateway.client.delete(path, headers=gateway.headers()).status_code == 404
    assert gateway.client.delete("/v1/api-keys/x", headers=gateway.headers()).status_code == 404
    # This process has not seen the key before, so it reads the table.
    response = call(gateway, created["secret"])
    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_wrong_secrets_are_refused(gateway: Gateway) -> None:
    secret = create(gateway).json()["secret"]
    wrong = secret[:10] + ("A" if secret[10] != "A" else "B") + secret[11:]
    for other in (wrong, new_secret(), secret[:-1], "slk_", f"{secret}0", secret.lower()):
        assert call(gateway, other).status_code == 401, other
    assert call(gateway, secret).status_code == 200


@pytest.fixture(scope="module")
def readable(pool: TokenIssuer, settings: ApiSettings) -> Iterator[tuple[Gateway, dict[str, str]]]:
    """A gateway, and the secret of a key for each scope."""
    unlimited = settings.model_copy(update={"api_key_requests_per_second": None})
    with serve(pool, unlimited) as gateway:
        secrets = {}
        for scope in Scope:
            secret = new_secret()
            key = make_api_key(gateway.owner, secret, scopes=frozenset({scope}))
            gateway.run(gateway.tables.api_keys.create(key))
            secrets[scope.value] = secret
        yield gateway, secrets


OPERATIONS = [
    (method.upper(), path.replace("{", "").replace("}", ""), operation)
    for path, item in make_document()["paths"].items()
    for method, operation in item.items()
    if operation["security"] and path != "/v1/events"
]

#: What requires an access token, whatever the scopes.
PERSONAL = {
    *("create_api_key", "list_api_keys", "revoke_api_key", "erase_account"),
    *("create_webhook", "list_webhooks", "get_webhook", "update_webhook", "delete_webhook"),
    *("rotate_webhook_secret", "test_webhook", "list_webhook_deliveries"),
    *("get_webhook_delivery", "replay_webhook_delivery"),
    *("get_email_notifications", "update_email_notifications"),
    *("get_invitation", "accept_invitation", "decline_invitation"),
}


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize(
    ("method", "path", "operation"),
    OPERATIONS,
    ids=[operation["operationId"] for _, _, operation in OPERATIONS],
)
def test_each_operation_requires_its_documented_scopes(
    readable: tuple[Gateway, dict[str, str]],
    scope: Scope,
    method: str,
    path: str,
    operation: dict[str, Any],
) -> None:
    gateway, secrets = readable
    response = gateway.client.request(method, path, headers=bearer(secrets[scope]))
    documented = operation.get("x-api-key-scopes")
    if documented is None:
        assert operation["operationId"] in PERSONAL
    allowed = documented is not None and set(documented) <= {scope}
    assert (response.status_code != 403) == allowed, response.text
    if not allowed:
        assert response.json()["code"] == "insufficient_scope"
        challenge = response.headers["WWW-Authenticate"]
        assert challenge.startswith('Bearer error="insufficient_scope"')
        assert all(each in challenge for each in documented or ())


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/imagesx", "/v1/secrets", "/v2/images"])
def test_unlisted_paths_accept_no_key(path: str) -> None:
    assert required_scopes("GET", path) is None


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "TRACE", "get"])
def test_methods_that_do_not_read_need_a_scope_to_write(method: str) -> None:
    assert required_scopes(method, "/v1/images/x") == frozenset({Scope.IMAGES_WRITE})


def test_the_event_stream_of_a_key_ends_when_the_key_is_checked_again(gateway: Gateway) -> None:
    secret = create(gateway, "images:read").json()["secret"]
    user = gateway.run(ApiKeyVerifier(gateway.tables.api_keys).verify(secret))
    assert user.expires_at - time.time() <= MAX_AGE_SECONDS
    stream = gateway.stream(bearer(secret))
    assert stream.next_event().name == "open"
    stream.close()
    assert gateway.stream(bearer(create(gateway, "account:read").json()["secret"])).status == 403


def test_keys_have_a_rate_limit_of_their_own(pool: TokenIssuer, settings: ApiSettings) -> None:
    changes = {"api_key_burst": 2, "api_key_requests_per_second": 0.001}
    with serve(pool, settings.model_copy(update=changes)) as gateway:
        one, other = (create(gateway).json()["secret"] for _ in range(2))
        assert [call(gateway, one).status_code for _ in range(3)] == [200, 200, 429]
        response = call(gateway, other)
        assert response.status_code == 200
        assert response.headers["RateLimit"].startswith('"api-key";r=1')
        people = gateway.client.get("/v1/images", headers=gateway.headers())
        assert people.headers["RateLimit"].startswith('"owner";r=')


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class CountingTable:
    """A table of keys in memory that counts calls, and fails on demand."""

    def __init__(self) -> None:
        self.inner = memory_tables().api_keys
        self.calls: list[str] = []
        self.failing: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        async def call(*args: Any) -> Any:
            self.calls.append(name)
            if name in self.failing:
                raise EndpointConnectionError(endpoint_url="http://table")
            return await getattr(self.inner, name)(*args)

        return call


class Verification:
    """A verifier over a table with one key."""

    def __init__(self) -> None:
        self.clock, self.table, self.secret = Clock(), CountingTable(), new_secret()
        self.verifier = ApiKeyVerifier(self.table, self.clock)
        at = datetime.fromtimestamp(self.clock.now, UTC)
        times = {"created_at": at, "ends_at": at + timedelta(days=1)}
        self.key = make_api_key("owner", self.secret, **times)
        asyncio.run(self.table.inner.create(self.key))

    def verify(self, secret: str | None = None) -> User:
        return asyncio.run(self.verifier.verify(secret or self.secret))


@pytest.fixture
def verification() -> Verification:
    return Verification()


def test_a_key_is_read_once_in_its_age(verification: Verification) -> None:
    for _ in range(3):
        assert verification.verify().owner == "owner"
    assert verification.table.calls.count("find") == 1
    verification.clock.now += MAX_AGE_SECONDS
    verification.verify()
    assert verification.table.calls.count("find") == 2


def test_a_revoked_key_stops_working_within_a_minute(verification: Verification) -> None:
    verification.verify()
    asyncio.run(verification.table.inner.revoke("owner", verification.key.key_id))
    verification.clock.now += 60
    with pytest.raises(InvalidToken, match="revoked"):
        verification.verify()


def test_an_expired_key_is_refused_also_while_it_is_cached(verification: Verification) -> None:
    verification.clock.now = verification.key.ends_at.timestamp() - 1
    assert verification.verify().expires_at == verification.key.ends_at.timestamp()
    verification.clock.now += 1
    with pytest.raises(InvalidToken, match="expired"):
        verification.verify()


def test_unknown_keys_are_read_seldom_and_found_soon(verification: Verification) -> None:
    secret = new_secret()
    for _ in range(3):
        with pytest.raises(InvalidToken):
            verification.verify(secret)
    assert verification.table.calls == ["find"]
    other = {"key_id": new_key_id(), "digest": digest_secret(secret)}
    asyncio.run(verification.table.inner.create(verification.key.model_copy(update=other)))
    verification.clock.now += UNKNOWN_AGE_SECONDS
    assert verification.verify(secret).owner == "owner"


def test_a_wrong_checksum_does_not_reach_the_table(verification: Verification) -> None:
    with pytest.raises(InvalidToken, match="checksum"):
        verification.verify("slk_" + "0" * 36)
    assert verification.table.calls == []


def test_the_use_is_written_once_an_hour(verification: Verification) -> None:
    for _ in range(5):
        verification.verify()
        verification.clock.now += 1000
    # At 0 and at 4,000 seconds.
    assert verification.table.calls.count("record_use") == 2


def test_a_use_that_cannot_be_written_does_not_fail_the_request(verification: Verification) -> None:
    verification.table.failing = {"record_use"}
    assert verification.verify().key_id == verification.key.key_id


def test_an_unavailable_table_is_answered_with_503(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = CountingTable()
    table.failing = {"find"}
    monkeypatch.setattr(gateway.tables.api_keys, "find", table.find)
    response = call(gateway, new_secret(), path=f"/v1/images/{new_image_id()}")
    assert response.status_code == 503
    assert response.json()["code"] == "dependency_unavailable"
