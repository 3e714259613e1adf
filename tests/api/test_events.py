"""The event stream, from a change to the events that a client receives."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from api.conftest import TIMEOUT_SECONDS, Gateway, Stream, serve
from sightline.domain.albums import AlbumKey
from sightline.domain.events import Event, album_event, image_event, parse_events
from sightline.domain.ids import new_album_id, new_event_id, new_image_id, time_of
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.event_publisher import EventPublisher
from sightline_api.events.broker import MAX_PENDING
from sightline_api.settings import ApiSettings
from sightline_testing.builders import (
    ETAG,
    SHA256,
    make_image,
    make_rendition_set,
    new_owner,
    with_recognition,
)
from sightline_testing.tokens import TokenIssuer

UPLOAD_REQUEST = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}


@pytest.fixture
def quick_gateway(pool: TokenIssuer, settings: ApiSettings) -> Iterator[Gateway]:
    """A gateway with frequent heartbeats, and with few and short streams."""
    changes = {
        "events_heartbeat_seconds": 0.05,
        "events_max_seconds": 0.5,
        "events_max_streams": 2,
        "request_seconds": 0.2,
    }
    with serve(pool, settings.model_copy(update=changes)) as gateway:
        yield gateway


def open_stream(gateway: Gateway) -> Stream:
    """Open a stream, and read its first events."""
    wait_until_subscribed(gateway)
    stream = gateway.stream()
    assert stream.next().fields == {"retry": "2000"}
    assert stream.next().name == "open"
    return stream


def wait_until_subscribed(gateway: Gateway) -> None:
    """Wait until the gateway receives events, and has sent the reset that precedes them."""
    gateway.run(asyncio.wait_for(gateway.broker.was_reset.wait(), TIMEOUT_SECONDS))
    wait_for_next_millisecond(gateway)


def wait_for_next_millisecond(gateway: Gateway) -> None:
    """Wait until new event ids, which are precise to the millisecond, are later than now."""
    now = time.time()
    gateway.wait_until(lambda: time_of(new_event_id()) > now)


def wait_until_delivered(gateway: Gateway) -> None:
    """Wait until the gateway has received and settled every published event."""
    gateway.wait_until(lambda: all(len(queue) == 0 for queue in gateway.events.queues))


def publish(gateway: Gateway, *events: Event) -> None:
    """Publish as a worker or another gateway task does."""
    for event in events:
        gateway.run(EventPublisher(gateway.events).publish(event))


def add_image(gateway: Gateway, owner: str | None = None, **changes: object) -> Image:
    image = make_image(owner or gateway.owner, **changes)
    gateway.run(gateway.tables.images.create(image))
    return image


def add_ready(gateway: Gateway) -> Image:
    image = add_image(gateway)
    labeled = with_recognition(image, "Dog")
    part = labeled.renditions.begin(ETAG).succeed(make_rendition_set())
    complete = labeled.with_part("renditions", part)
    gateway.run(gateway.tables.images.store(image, complete))
    return complete


def test_a_stream_starts_at_once_and_is_not_compressed_cached_or_buffered(
    gateway: Gateway,
) -> None:
    wait_until_subscribed(gateway)
    stream = gateway.stream(accept_encoding="gzip", if_none_match="*")
    assert stream.status == 200
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    assert stream.headers["Cache-Control"] == "no-store"
    assert stream.headers["X-Accel-Buffering"] == "no"
    assert "Content-Encoding" not in stream.headers
    assert "ETag" not in stream.headers
    assert stream.headers["X-Request-Id"]
    assert stream.headers["X-Content-Type-Options"] == "nosniff"
    assert stream.next().fields == {"retry": "2000"}
    first = stream.next()
    assert (first.name, first.data) == ("open", {})
    assert time_of(first.event_id) <= time.time()
    stream.close()


def test_an_image_event_has_the_current_status(gateway: Gateway) -> None:
    stream, image = open_stream(gateway), add_ready(gateway)
    event = image_event(image.key, "updated")
    publish(gateway, event)
    received = stream.next_event()
    assert (received.name, received.event_id) == ("image", event.event_id)
    assert received.data == {"image_id": image.image_id, "change": "updated", "status": "ready"}
    stream.close()


def test_an_event_of_a_missing_image_reports_its_deletion(gateway: Gateway) -> None:
    stream = open_stream(gateway)
    key = ImageKey(gateway.owner, new_image_id())
    publish(gateway, image_event(key, "updated"))
    assert stream.next_event().data == {
        "image_id": key.image_id,
        "change": "deleted",
        "status": None,
    }
    stream.close()


def test_an_album_event_is_delivered(gateway: Gateway) -> None:
    stream, album_id = open_stream(gateway), new_album_id()
    publish(gateway, album_event(AlbumKey(gateway.owner, album_id), "created"))
    event = stream.next_event()
    assert (event.name, event.data) == ("album", {"album_id": album_id, "change": "created"})
    stream.close()


def test_changes_by_a_client_are_published_to_its_other_clients(gateway: Gateway) -> None:
    stream, headers = open_stream(gateway), gateway.headers()
    created = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=headers).json()[
        "image"
    ]["id"]
    batch = {"images": [UPLOAD_REQUEST, UPLOAD_REQUEST]}
    response = gateway.client.post("/v1/images/batch", json=batch, headers=headers).json()
    both = {item["upload"]["image"]["id"] for item in response["items"]}
    change = {"title": "Another"}
    gateway.client.request("PATCH", f"/v1/images/{created}", json=change, headers=headers)
    gateway.client.delete(f"/v1/images/{created}", headers=headers)
    ids = {"ids": sorted(both)}
    gateway.client.post("/v1/images/delete", json=ids, headers=headers)
    events = [stream.next_event().data for _ in range(7)]
    changes = [(event["image_id"], event["change"]) for event in events]
    # The first event may report `deleted`: the image may be gone when the gateway reads it.
    assert changes[0][0] == created
    assert {image_id for image_id, _ in changes[1:3]} == both
    deleted = [image_id for image_id, change in changes if change == "deleted"]
    assert deleted.count(created) >= 1
    assert set(deleted) >= both
    stream.close()


def test_every_change_of_an_album_is_published(gateway: Gateway) -> None:
    stream, image = open_stream(gateway), add_ready(gateway)

    def call(method: str, path: str = "", body: Any = None) -> Any:
        response = gateway.client.request(
            method, f"/v1/albums{path}", json=body, headers=gateway.headers()
        )
        assert response.is_success
        return response

    path = "/" + call("POST", body={"title": "Summer"}).json()["id"]
    call("PATCH", path, {"title": "Autumn"})
    call("POST", f"{path}/images", {"ids": [image.image_id]})
    call("POST", f"{path}/images/delete", {"ids": [image.image_id]})
    call("DELETE", path)
    events = [stream.next_event() for _ in range(5)]
    assert {(event.name, event.data["album_id"]) for event in events} == {("album", path[1:])}
    changes = [event.data["change"] for event in events]
    assert changes == ["created", "updated", "updated", "updated", "deleted"]
    stream.close()


def test_an_account_erasure_publishes_deletions(gateway: Gateway) -> None:
    stream, image = open_stream(gateway), add_ready(gateway)
    gateway.client.post("/v1/albums", json={"title": "Summer"}, headers=gateway.headers())
    assert stream.next_event().data["change"] == "created"
    gateway.client.delete("/v1/account?confirm=everything", headers=gateway.headers())
    album_deleted, image_deleted = stream.next_event(), stream.next_event()
    assert (album_deleted.name, album_deleted.data["change"]) == ("album", "deleted")
    assert image_deleted.data == {"image_id": image.image_id, "change": "deleted", "status": None}
    stream.close()


def test_requests_that_change_nothing_publish_nothing(gateway: Gateway) -> None:
    headers, missing = gateway.headers(), new_image_id()
    path = f"/v1/images/{missing}"
    gateway.client.delete(path, headers=headers)
    gateway.client.request("PATCH", path, json={"title": "x"}, headers=headers)
    gateway.client.post("/v1/images/delete", json={"ids": [missing]}, headers=headers)
    # Events are published in order: any of these requests would precede this change.
    created = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=headers).json()
    gateway.wait_until(lambda: bool(gateway.events.published))
    (event,) = [each for body in gateway.events.published for each in parse_events(body)]
    assert event.subject_id == created["image"]["id"]


def test_an_unavailable_topic_does_not_fail_requests(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: str) -> None:
        raise ConnectionError

    monkeypatch.setattr(gateway.events, "publish", fail)
    response = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
    assert response.status_code == 201
    gateway.wait_until(lambda: "could not publish 1 events" in caplog.messages)
    monkeypatch.undo()
    gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
    gateway.wait_until(lambda: bool(gateway.events.published))
    assert len(gateway.events.published) == 1


def test_a_topic_that_hangs_does_not_delay_requests(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: str) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(gateway.events, "publish", hang)
    response = gateway.client.post("/v1/images", json=UPLOAD_REQUEST, headers=gateway.headers())
    assert response.status_code == 201


def test_another_owner_receives_no_events_live_or_by_resuming(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline_api.events.replay_buffer.OVERLAP_SECONDS", 0)
    other_owner = new_owner()
    wait_until_subscribed(gateway)
    stream = gateway.stream(gateway.headers(other_owner))
    theirs, own = image_event(add_ready(gateway).key, "updated"), add_image(gateway, other_owner)
    publish(gateway, theirs, image_event(own.key, "updated"))
    assert [stream.next_event().name, stream.next_event().data["image_id"]] == [
        "open",
        own.image_id,
    ]
    stream.close()
    again = gateway.stream(gateway.headers(other_owner), last_event_id=theirs.event_id)
    assert again.next_event().data["image_id"] == own.image_id
    again.close()


def test_one_read_serves_all_streams_of_an_owner(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event of an owner without streams causes no read."""
    streams, image, other = (
        [open_stream(gateway) for _ in range(3)],
        add_ready(gateway),
        new_owner(),
    )
    unseen = add_image(gateway, other)
    reads: list[ImageKey] = []
    get = gateway.tables.images.get

    async def count(key: ImageKey) -> Image:
        reads.append(key)
        return await get(key)

    monkeypatch.setattr(gateway.tables.images, "get", count)
    publish(gateway, image_event(unseen.key, "updated"), image_event(image.key, "updated"))
    for stream in streams:
        assert stream.next_event().data["image_id"] == image.image_id
        stream.close()
    assert reads == [image.key]


def test_an_unreadable_image_resets_the_streams_of_its_owner_only(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, image = open_stream(gateway), add_ready(gateway)
    other_owner, album_id = new_owner(), new_album_id()
    theirs = gateway.stream(gateway.headers(other_owner))
    get = gateway.tables.images.get

    async def fail(key: ImageKey) -> Image:
        if key == image.key:
            raise ConnectionError
        return await get(key)

    monkeypatch.setattr(gateway.tables.images, "get", fail)
    publish(
        gateway,
        image_event(image.key, "updated"),
        album_event(AlbumKey(other_owner, album_id), "created"),
    )
    assert stream.next_event().name == "reset"
    assert [theirs.next_event().name, theirs.next_event().name] == ["open", "album"]
    stream.close()
    theirs.close()


# Resuming.


def test_a_resumed_stream_replays_missed_events(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline_api.events.replay_buffer.OVERLAP_SECONDS", 0)
    stream, image, other = open_stream(gateway), add_ready(gateway), add_image(gateway)
    publish(gateway, image_event(image.key, "updated"))
    last = stream.next_event().event_id
    stream.close()
    wait_for_next_millisecond(gateway)
    missed = [image_event(each, "updated") for each in (other.key, image.key, other.key)]
    publish(gateway, *missed)
    wait_until_delivered(gateway)
    again = gateway.stream(last_event_id=last)
    replayed = [again.next_event() for _ in range(2)]
    # The last event of each image, in order.
    assert [each.event_id for each in replayed] == [event.event_id for event in missed[1:]]
    assert [each.data["status"] for each in replayed] == ["ready", "awaiting_upload"]
    live = image_event(image.key, "updated")
    publish(gateway, live)
    assert again.next_event().event_id == live.event_id
    again.close()


@pytest.mark.parametrize(
    "last",
    ["x", "0", "00000000-03e8-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"],
)
def test_an_unknown_position_resets_the_stream(gateway: Gateway, last: str) -> None:
    wait_until_subscribed(gateway)
    stream = gateway.stream(last_event_id=last)
    event = stream.next_event()
    assert (event.name, event.data) == ("reset", {})
    stream.close()


def test_a_position_before_the_subscription_resets_the_stream(gateway: Gateway) -> None:
    wait_until_subscribed(gateway)
    stream = gateway.stream(last_event_id=new_event_id())
    assert stream.next_event().name == "reset"
    stream.close()


def test_too_many_missed_events_reset_the_stream(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline_api.events.replay_buffer.OVERLAP_SECONDS", 0)
    wait_until_subscribed(gateway)
    position = new_event_id()
    events = [image_event(ImageKey(gateway.owner, new_image_id()), "updated") for _ in range(101)]
    publish(gateway, *events)
    wait_until_delivered(gateway)
    stream = gateway.stream(last_event_id=position)
    assert stream.next_event().name == "reset"
    stream.close()


def test_an_unavailable_table_fails_the_request_before_the_stream_starts(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline_api.events.replay_buffer.OVERLAP_SECONDS", 0)
    wait_until_subscribed(gateway)
    position = new_event_id()
    publish(gateway, image_event(add_image(gateway).key, "updated"))
    wait_until_delivered(gateway)

    async def fail(_: ImageKey) -> Image:
        raise ConnectTimeoutError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(gateway.tables.images, "get", fail)
    response = gateway.client.get(
        "/v1/events", headers={**gateway.headers(), "Last-Event-ID": position}
    )
    assert (response.status_code, response.json()["code"]) == (503, "dependency_unavailable")
    # The subscription of the failed request has been removed.
    assert not gateway.broker.remember(
        image_event(ImageKey(gateway.owner, new_image_id()), "updated")
    )


# Ends of streams.


def test_a_stream_ends_when_its_token_expires(gateway: Gateway) -> None:
    wait_until_subscribed(gateway)
    token = gateway.pool.sign(gateway.owner, exp=int(time.time()) + 2)
    stream = gateway.stream({"Authorization": f"Bearer {token}"})
    assert [event.name for event in stream.rest() if event.name] == ["open"]
    assert (
        gateway.client.get("/v1/images", headers={"Authorization": f"Bearer {token}"}).status_code
        == 401
    )


def test_a_stream_sends_heartbeats_until_its_maximum_lifetime(quick_gateway: Gateway) -> None:
    """The request timeout does not apply to it."""
    blocks = open_stream(quick_gateway).rest()
    assert {each.comment for each in blocks} == {"heartbeat"}
    assert len(blocks) > 2


def test_the_number_of_streams_per_owner_is_limited(quick_gateway: Gateway) -> None:
    streams = [quick_gateway.stream() for _ in range(2)]
    response = quick_gateway.client.get("/v1/events", headers=quick_gateway.headers())
    assert (response.status_code, response.json()["code"]) == (429, "too_many_streams")
    assert response.headers["Retry-After"] == "5"
    other = quick_gateway.stream(quick_gateway.headers(new_owner()))
    assert other.status == 200
    streams[0].close()
    assert quick_gateway.stream().status == 200


def test_a_disconnected_client_is_unsubscribed(gateway: Gateway) -> None:
    stream = open_stream(gateway)
    event = image_event(ImageKey(gateway.owner, new_image_id()), "updated")
    assert gateway.broker.remember(event)
    stream.close()
    assert not gateway.broker.remember(event)


def test_streams_end_when_the_gateway_stops(gateway: Gateway) -> None:
    stream = open_stream(gateway)
    gateway.broker.close()
    assert stream.rest() == []
    late = gateway.stream()
    assert [event.name for event in late.rest() if event.name] == ["open"]


def test_a_slow_subscriber_is_reset(gateway: Gateway) -> None:
    """Its pending events are bounded, and it receives the events after the overflow."""
    wait_until_subscribed(gateway)
    subscription = gateway.broker.subscribe(gateway.owner)
    for number in range(MAX_PENDING + 3):
        gateway.broker.publish(gateway.owner, b"%d " % number)
    pending = gateway.run(subscription.take(1)).decode()
    assert pending.startswith("event: reset")
    assert pending.endswith(f"{MAX_PENDING + 1} {MAX_PENDING + 2} ")
    assert gateway.run(subscription.take(0.01)) == b""


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}])
def test_a_stream_requires_a_valid_token(gateway: Gateway, header: dict[str, Any]) -> None:
    response = gateway.client.get("/v1/events", headers=header)
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
