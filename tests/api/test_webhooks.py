"""Webhook endpoints and deliveries: their operations, limits and owners."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from api.conftest import Gateway, serve
from sightline.domain.clock import now
from sightline.domain.delivery_tasks import parse_delivery_tasks
from sightline.domain.ids import new_webhook_id
from sightline.domain.webhooks import DeliveryKey, PauseReason, Webhook
from sightline_api.settings import ApiSettings
from sightline_testing.builders import make_delivery, make_webhook, new_owner
from sightline_testing.tokens import TokenIssuer

URL = "https://hooks.example.com/sightline"


def create(gateway: Gateway, **fields: Any) -> Any:
    body = {"url": URL, "events": ["image.ready"]} | fields
    return gateway.client.post("/v1/webhooks", headers=gateway.headers(), json=body)


def call(gateway: Gateway, method: str, path: str = "", body: Any = None) -> Any:
    return gateway.client.request(
        method, f"/v1/webhooks{path}", headers=gateway.headers(), json=body
    )


def add(gateway: Gateway, **changes: Any) -> Webhook:
    webhook = make_webhook(gateway.owner, **changes)
    gateway.run(gateway.tables.webhooks.create(webhook))
    return webhook


def read(gateway: Gateway, webhook_id: str) -> Webhook:
    return gateway.run(gateway.tables.webhooks.get(gateway.owner, webhook_id))


def test_the_secret_is_returned_once(gateway: Gateway) -> None:
    created = create(gateway, description=" search ")
    assert created.status_code == 201
    assert created.headers["Cache-Control"] == "no-store"
    secret, view = created.json()["secret"], created.json()["webhook"]
    assert secret.startswith("whsec_")
    assert (view["url"], view["events"], view["description"]) == (URL, ["image.ready"], "search")
    assert (view["state"], view["failures"]) == ("active", 0)
    listed, one = call(gateway, "GET"), call(gateway, "GET", f"/{view['id']}")
    assert listed.json()["items"] == [view]
    assert one.json() == view
    assert secret not in listed.text + one.text
    assert read(gateway, view["id"]).secret == secret


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"url": "http://hooks.example.com/"}, "invalid_webhook_url"),
        ({"url": "https://169.254.169.254/latest"}, "invalid_webhook_url"),
        ({"url": "http://127.0.0.1:8000/"}, "invalid_webhook_url"),
        ({"url": "https://user:password@example.com/"}, "invalid_webhook_url"),
        ({"url": ""}, "invalid_request"),
        ({"url": f"https://example.com/{'x' * 3_000}"}, "invalid_request"),
        ({"events": []}, "invalid_request"),
        ({"events": ["image.created"]}, "invalid_request"),
        ({"description": "x" * 201}, "invalid_request"),
        ({"secret": "whsec_chosen"}, "invalid_request"),
    ],
)
def test_invalid_endpoints_are_rejected(gateway: Gateway, fields: Any, code: str) -> None:
    response = create(gateway, **fields)
    assert (response.status_code, response.json()["code"]) == (422, code)
    webhook = add(gateway)
    if code == "invalid_webhook_url":
        response = call(gateway, "PATCH", f"/{webhook.webhook_id}", fields)
        assert (response.status_code, response.json()["code"]) == (422, code)


def test_loopback_is_accepted_where_it_is_allowed(pool: TokenIssuer, settings: ApiSettings) -> None:
    local = settings.model_copy(update={"webhooks_allow_loopback": True})
    with serve(pool, local) as gateway:
        assert create(gateway, url="http://127.0.0.1:9000/").status_code == 201
        assert create(gateway, url="http://10.0.0.1/").status_code == 422


def test_the_number_of_endpoints_is_limited(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline_api.webhooks.endpoints.MAX_WEBHOOKS", 2)
    assert [create(gateway).status_code for _ in range(3)] == [201, 201, 409]


def test_changes(gateway: Gateway) -> None:
    webhook = add(gateway, description="old")
    path = f"/{webhook.webhook_id}"
    changes = {"url": "https://other.example.com/", "events": ["image.deleted"]}
    changed = call(gateway, "PATCH", path, changes).json()
    assert {name: changed[name] for name in changes} == changes
    assert changed["description"] == "old"
    assert call(gateway, "PATCH", path, {"description": None}).json()["description"] is None
    assert call(gateway, "PATCH", path, {"events": None, "url": None}).json()["url"] == (
        "https://other.example.com/"
    )
    assert read(gateway, webhook.webhook_id).secret == webhook.secret


def test_an_endpoint_is_paused_and_resumed(gateway: Gateway) -> None:
    """A resumed endpoint starts without failures, and with what happens from then on."""
    at = now() - timedelta(days=1)
    webhook = add(
        gateway,
        failures=7,
        failing_since=at,
        active_since=at,
        paused_at=at,
        pause_reason=PauseReason.FAILING,
    )
    path = f"/{webhook.webhook_id}"
    assert call(gateway, "GET", path).json()["pause_reason"] == "failing"
    assert call(gateway, "PATCH", path, {"paused": True}).json()["pause_reason"] == "failing"
    resumed = call(gateway, "PATCH", path, {"paused": False}).json()
    assert (resumed["state"], resumed["failures"], resumed["pause_reason"]) == ("active", 0, None)
    assert read(gateway, webhook.webhook_id).active_since > at + timedelta(hours=23)
    paused = call(gateway, "PATCH", path, {"paused": True}).json()
    assert (paused["state"], paused["pause_reason"]) == ("paused", "owner")


def test_rotation_keeps_the_previous_secret_for_a_day(gateway: Gateway) -> None:
    webhook = add(gateway)
    response = call(gateway, "POST", f"/{webhook.webhook_id}/secret")
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    rotated, secret = read(gateway, webhook.webhook_id), response.json()["secret"]
    assert rotated.signing_secrets(now()) == (secret, webhook.secret)
    ends_at = datetime.fromisoformat(response.json()["webhook"]["previous_secret_expires_at"])
    assert timedelta(hours=23) < ends_at - now() <= timedelta(hours=24)


def test_a_test_message_is_requested_from_the_notifier(gateway: Gateway) -> None:
    webhook = add(gateway)
    response = call(gateway, "POST", f"/{webhook.webhook_id}/test")
    assert response.status_code == 202
    view = response.json()
    assert (view["event"], view["state"], view["attempts"]) == ("webhook.test", "pending", 0)
    (task,) = parse_delivery_tasks(gateway.events.published[-1])
    assert task.key == DeliveryKey(gateway.owner, webhook.webhook_id, view["id"])
    delivery = gateway.run(gateway.tables.webhooks.get_delivery(task.key))
    assert delivery.payload == view["payload"]


def test_the_request_for_a_delivery_is_no_event_of_the_stream(gateway: Gateway) -> None:
    """The topic has other subscribers, which see no event in it."""
    webhook = add(gateway)
    with_stream = gateway.stream()
    assert with_stream.next_event().name == "open"
    call(gateway, "POST", f"/{webhook.webhook_id}/test")
    album = gateway.client.post("/v1/albums", headers=gateway.headers(), json={"title": "Summer"})
    event = with_stream.next_event()
    assert (event.name, event.data["album_id"]) == ("album", album.json()["id"])
    with_stream.close()


def test_deliveries_are_listed_in_pages(gateway: Gateway) -> None:
    webhook = add(gateway)
    deliveries = [make_delivery(webhook) for _ in range(3)]
    for delivery in deliveries:
        gateway.run(gateway.tables.webhooks.add_delivery(delivery))
    path = f"/{webhook.webhook_id}/deliveries"
    first = call(gateway, "GET", f"{path}?limit=2").json()
    rest = call(gateway, "GET", f"{path}?limit=2&cursor={first['next_cursor']}").json()
    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert ids == [delivery.delivery_id for delivery in reversed(deliveries)]
    assert rest["next_cursor"] is None
    assert call(gateway, "GET", f"{path}?cursor=x").json()["code"] == "invalid_cursor"
    one = call(gateway, "GET", f"{path}/{ids[0]}")
    assert one.json() == first["items"][0]


def test_a_delivery_is_replayed_with_all_its_attempts(gateway: Gateway) -> None:
    webhook, at = add(gateway), now()
    delivery = make_delivery(webhook)
    gateway.run(gateway.tables.webhooks.add_delivery(delivery))
    failed = delivery.fail(500, "status", at)
    gateway.run(gateway.tables.webhooks.store_delivery(delivery, failed))
    path = f"/{webhook.webhook_id}/deliveries/{delivery.delivery_id}"
    response = call(gateway, "POST", f"{path}/replay")
    assert (response.status_code, response.json()["state"]) == (202, "pending")
    (task,) = parse_delivery_tasks(gateway.events.published[-1])
    assert (task.key, task.attempt) == (delivery.key, 1)
    replayed = gateway.run(gateway.tables.webhooks.get_delivery(delivery.key))
    assert replayed.retry_delay() == delivery.retry_delay()


def test_a_paused_endpoint_receives_nothing(gateway: Gateway) -> None:
    webhook = add(gateway, paused_at=now(), pause_reason=PauseReason.OWNER)
    delivery = make_delivery(webhook)
    gateway.run(gateway.tables.webhooks.add_delivery(delivery))
    for path in ("test", f"deliveries/{delivery.delivery_id}/replay"):
        response = call(gateway, "POST", f"/{webhook.webhook_id}/{path}")
        assert (response.status_code, response.json()["code"]) == (409, "webhook_paused")


OPERATIONS = [
    ("GET", ""),
    ("PATCH", ""),
    ("DELETE", ""),
    ("POST", "/secret"),
    ("POST", "/test"),
    ("GET", "/deliveries"),
    ("GET", "/deliveries/{}"),
    ("POST", "/deliveries/{}/replay"),
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("kind", ["foreign", "missing", "malformed"])
def test_other_endpoints_are_not_found(gateway: Gateway, method: str, path: str, kind: str) -> None:
    foreign = make_webhook(new_owner())
    delivery = make_delivery(foreign)
    gateway.run(gateway.tables.webhooks.create(foreign))
    gateway.run(gateway.tables.webhooks.add_delivery(delivery))
    webhook_id = {"foreign": foreign.webhook_id, "missing": new_webhook_id(), "malformed": "x"}
    place = f"/{webhook_id[kind]}{path.format(delivery.delivery_id)}"
    response = call(gateway, method, place, {"paused": True} if method == "PATCH" else None)
    assert (response.status_code, response.json()["code"]) == (404, "webhook_not_found")
    assert gateway.run(gateway.tables.webhooks.list_webhooks(foreign.owner)) == [foreign]


@pytest.mark.parametrize("delivery_id", ["x", "0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"])
def test_missing_deliveries_are_not_found(gateway: Gateway, delivery_id: str) -> None:
    webhook = add(gateway)
    for method, path in (("GET", ""), ("POST", "/replay")):
        place = f"/{webhook.webhook_id}/deliveries/{delivery_id}{path}"
        response = call(gateway, method, place)
        assert (response.status_code, response.json()["code"]) == (404, "delivery_not_found")


def test_deletion(gateway: Gateway) -> None:
    webhook = add(gateway)
    assert call(gateway, "DELETE", f"/{webhook.webhook_id}").status_code == 204
    assert call(gateway, "DELETE", f"/{webhook.webhook_id}").status_code == 404
    assert call(gateway, "GET").json()["items"] == []


def test_erasing_the_account_deletes_its_endpoints(gateway: Gateway) -> None:
    webhook, foreign = add(gateway), make_webhook(new_owner())
    gateway.run(gateway.tables.webhooks.create(foreign))
    response = gateway.client.delete("/v1/account?confirm=everything", headers=gateway.headers())
    assert response.status_code < 300, response.text
    assert gateway.run(gateway.tables.webhooks.list_webhooks(webhook.owner)) == []
    assert gateway.run(gateway.tables.webhooks.list_webhooks(foreign.owner)) == [foreign]
