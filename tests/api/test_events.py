"""The live stream, from a change to what a client reads."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from api.conftest import Gateway, Stream, serve
from sightline.domain.albums import AlbumKey
from sightline.domain.events import Event, album_event, image_event
from sightline.domain.ids import new_event_id, new_image_id, time_of
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

TICKET = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256}


@pytest.fixture
def quick(pool: TokenIssuer, settings: ApiSettings) -> Iterator[Gateway]:
    """One whose hearts beat fast, and whose streams are few and short."""
    changes = {
        "events_heartbeat_seconds": 0.05,
        "events_max_seconds": 0.5,
        "events_max_streams": 2,
        "request_seconds": 0.2,
    }
    with serve(pool, settings.model_copy(update=changes)) as gateway:
        yield gateway


def opened(gateway: Gateway) -> Stream:
    """A stream past its first words."""
    settle(gateway)
    stream = gateway.stream()
    assert stream.next().fields == {"retry": "2000"}
    assert stream.next().name == "open"
    return stream


def settle(gateway: Gateway) -> None:
    """Wait until the gateway listens: what it tells then is of what happens, not of itself."""

    async def listens() -> None:
        while not gateway.events.queues:  # noqa: ASYNC110 - it is the gateway's doing, not ours
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)

    gateway.run(listens())


def publish(gateway: Gateway, *events: Event) -> None:
    """As a worker does, or another gateway task."""
    for event in events:
        gateway.run(EventPublisher(gateway.events).publish(event))


def add(gateway: Gateway, owner: str | None = None, **changes: object) -> Image:
    image = make_image(owner or gateway.owner, **changes)
    gateway.run(gateway.tables.images.create(image))
    return image


def ready(gateway: Gateway) -> Image:
    image = add(gateway)
    labelled = with_recognition(image, "Dog")
    developed = labelled.renditions.begin(ETAG).succeed(make_rendition_set())
    complete = labelled.with_part("renditions", developed)
    gateway.run(gateway.tables.images.store(image, complete))
    return complete


def test_a_stream_begins_at_once_and_is_passed_on_as_it_is(gateway: Gateway) -> None:
    """Nothing on the way compresses it, caches it or waits for more of it."""
    settle(gateway)
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


def test_an_event_arrives_with_the_status_of_now(gateway: Gateway) -> None:
    stream, image = opened(gateway), ready(gateway)
    event = image_event(image.key, "updated")
    publish(gateway, event)
    told = stream.next_event()
    assert (told.name, told.event_id) == ("image", event.event_id)
    assert told.data == {"image_id": image.image_id, "change": "updated", "status": "ready"}
    stream.close()


def test_an_event_of_an_image_that_has_gone_says_so(gateway: Gateway) -> None:
    stream = opened(gateway)
    key = ImageKey(gateway.owner, new_image_id())
    publish(gateway, image_event(key, "updated"))
    assert stream.next_event().data == {
        "image_id": key.image_id,
        "change": "deleted",
        "status": None,
    }
    stream.close()


def test_albums_are_told_of(gateway: Gateway) -> None:
    stream, album_id = opened(gateway), new_image_id()
    publish(gateway, album_event(AlbumKey(gateway.owner, album_id), "created"))
    told = stream.next_event()
    assert (told.name, told.data) == ("album", {"album_id": album_id, "change": "created"})
    stream.close()


def test_what_a_client_changes_its_other_screens_are_told(gateway: Gateway) -> None:
    stream, headers = opened(gateway), gateway.headers()
    created = gateway.client.post("/v1/images", json=TICKET, headers=headers).json()["image"]["id"]
    batch = {"images": [TICKET, TICKET]}
    answer = gateway.client.post("/v1/images/batch", json=batch, headers=headers).json()
    both = {item["upload"]["image"]["id"] for item in answer["items"]}
    change = {"title": "Another"}
    gateway.client.request("PATCH", f"/v1/images/{created}", json=change, headers=headers)
    gateway.client.delete(f"/v1/images/{created}", headers=headers)
    ids = {"ids": sorted(both)}
    gateway.client.post("/v1/images/delete", json=ids, headers=headers)
    told = [stream.next_event().data for _ in range(7)]
    seen = [(each["image_id"], each["change"]) for each in told]
    # The first is told of once more as created at most: by then it may have gone.
    assert seen[0][0] == created
    assert {image_id for image_id, _ in seen[1:3]} == both
    assert [each for each, change in seen if change == "deleted"].count(created) >= 1
    assert {image_id for image_id, change in seen if change == "deleted"} >= both
    stream.close()


def test_what_happens_to_an_album_is_told(gateway: Gateway) -> None:
    stream, image = opened(gateway), ready(gateway)

    def call(method: str, path: str = "", body: Any = None) -> Any:
        answer = gateway.client.request(
            method, f"/v1/albums{path}", json=body, headers=gateway.headers()
        )
        assert answer.is_success
        return answer

    path = "/" + call("POST", body={"title": "Summer"}).json()["id"]
    call("PATCH", path, {"title": "Autumn"})
    call("POST", f"{path}/images", {"ids": [image.image_id]})
    call("POST", f"{path}/images/delete", {"ids": [image.image_id]})
    call("DELETE", path)
    told = [stream.next_event() for _ in range(5)]
    assert {(each.name, each.data["album_id"]) for each in told} == {("album", path[1:])}
    changes = [each.data["change"] for each in told]
    assert changes == ["created", "updated", "updated", "updated", "deleted"]
    stream.close()


def test_an_erasure_is_told(gateway: Gateway) -> None:
    stream, image = opened(gateway), ready(gateway)
    gateway.client.post("/v1/albums", json={"title": "Summer"}, headers=gateway.headers())
    assert stream.next_event().data["change"] == "created"
    gateway.client.delete("/v1/account?confirm=everything", headers=gateway.headers())
    album, picture = stream.next_event(), stream.next_event()
    assert (album.name, album.data["change"]) == ("album", "deleted")
    assert picture.data == {"image_id": image.image_id, "change": "deleted", "status": None}
    stream.close()


def test_what_did_not_happen_is_not_told(gateway: Gateway) -> None:
    headers, nothing = gateway.headers(), new_image_id()
    path = f"/v1/images/{nothing}"
    gateway.client.delete(path, headers=headers)
    gateway.client.request("PATCH", path, json={"title": "x"}, headers=headers)
    gateway.client.post("/v1/images/delete", json={"ids": [nothing]}, headers=headers)
    gateway.run(asyncio.sleep(0.05))
    assert gateway.events.published == []


def test_a_topic_that_is_away_fails_no_request(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: str) -> None:
        raise ConnectionError

    monkeypatch.setattr(gateway.events, "publish", fail)
    answer = gateway.client.post("/v1/images", json=TICKET, headers=gateway.headers())
    assert answer.status_code == 201
    gateway.run(asyncio.sleep(0.05))
    assert "could not publish 1 events" in caplog.messages
    monkeypatch.undo()
    gateway.client.post("/v1/images", json=TICKET, headers=gateway.headers())
    gateway.run(asyncio.sleep(0.05))
    assert len(gateway.events.published) == 1


def test_a_topic_that_hangs_keeps_no_request_waiting(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: str) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(gateway.events, "publish", hang)
    answer = gateway.client.post("/v1/images", json=TICKET, headers=gateway.headers())
    assert answer.status_code == 201


def test_a_stranger_hears_nothing(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not live, and not by resuming from somebody else's event."""
    monkeypatch.setattr("sightline_api.events.replay_buffer.OVERLAP_SECONDS", 0)
    stranger = new_owner()
    settle(gateway)
    stream = gateway.stream(gateway.headers(stranger))
    theirs, own = image_event(ready(gateway).key, "updated"), add(gateway, stranger)
    publish(gateway, theirs, image_event(own.key, "updated"))
    assert [stream.next_event().name, stream.next_event().data["image_id"]] == [
        "open",
        own.image_id,
    ]
    stream.close()
    again = gateway.stream(gateway.headers(stranger), last_event_id=theirs.event_id)
    assert again.next_event().data["image_id"] == own.image_id
    again.close()


def test_one_read_serves_all_of_an_owners_streams(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is read for an owner who has none."""
    streams, image, other = [opened(gateway) for _ in range(3)], ready(gateway), new_owner()
    unseen = add(gateway, other)
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


def test_an_image_that_cannot_be_read_resets_its_owners_screens(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody else's."""
    stream, image = opened(gateway), ready(gateway)
    stranger, other = new_owner(), new_image_id()
    theirs = gateway.stream(gateway.headers(stranger))
    get = gateway.tables.images.get

    async def fail(key: ImageKey) -> Image:
        if key == image.key:
            raise ConnectionError
        return await get(key)

    monkeypatch.setattr(gateway.tables.images, "get", fail)
    publish(
        gateway,
        image_event(image.key, "updated"),
        album_event(AlbumKey(stranger, other), "created"),
    )
    assert stream.next_event().name == "reset"
    assert [theirs.next_event().name, theirs.next_event().name] == ["open", "album"]
    stream.close()
    theirs.close()


# Coming back.


def test_what_happened_meanwhile_is_told_on_return(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline_api.events.replay_buffer.OVERLAP_SECONDS", 0)
    stream, image, other = opened(gateway), ready(gateway), add(gateway)
    publish(gateway, image_event(image.key, "updated"))
    last = stream.next_event().event_id
    stream.close()
    gateway.run(asyncio.sleep(0.002))
    missed = [image_event(each, "updated") for each in (other.key, image.key, other.key)]
    publish(gateway, *missed)
    gateway.run(asyncio.sleep(0.05))
    again = gateway.stream(last_event_id=last)
    told = [again.next_event() for _ in range(2)]
    # The last of each, in order.
    assert [each.event_id for each in told] == [event.event_id for event in missed[1:]]
    assert [each.data["status"] for each in told] == ["ready", "awaiting_upload"]
    live = image_event(image.key, "updated")
    publish(gateway, live)
    assert again.next_event().event_id == live.event_id
    again.close()


@pytest.mark.parametrize(
    "last",
    ["x", "0", "00000000-03e8-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"],
)
def test_a_place_that_is_not_known_resets(gateway: Gateway, last: str) -> None:
    settle(gateway)
    stream = gateway.stream(last_event_id=last)
    told = stream.next_event()
    assert (told.name, told.data) == ("reset", {})
    stream.close()


def test_a_place_from_before_this_task_listened_resets(gateway: Gateway) -> None:
    settle(gateway)
    stream = gateway.stream(last_event_id=new_event_id())
    assert stream.next_event().name == "reset"
    stream.close()


def test_too_much_to_tell_again_resets(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sightline_api.events.replay_buffer.OVERLAP_SECONDS", 0)
    settle(gateway)
    place = new_event_id()
    events = [image_event(ImageKey(gateway.owner, new_image_id()), "updated") for _ in range(101)]
    publish(gateway, *events)
    gateway.run(asyncio.sleep(0.3))
    stream = gateway.stream(last_event_id=place)
    assert stream.next_event().name == "reset"
    stream.close()


def test_a_table_that_is_away_is_an_answer_not_a_stream(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline_api.events.replay_buffer.OVERLAP_SECONDS", 0)
    settle(gateway)
    place = new_event_id()
    publish(gateway, image_event(add(gateway).key, "updated"))
    gateway.run(asyncio.sleep(0.05))

    async def fail(_: ImageKey) -> Image:
        raise ConnectTimeoutError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(gateway.tables.images, "get", fail)
    answer = gateway.client.get("/v1/events", headers={**gateway.headers(), "Last-Event-ID": place})
    assert (answer.status_code, answer.json()["code"]) == (503, "dependency_unavailable")
    # Nothing of the stream that did not begin is left.
    assert not gateway.broker.remember(
        image_event(ImageKey(gateway.owner, new_image_id()), "updated")
    )


# The end.


def test_a_stream_ends_with_its_token(gateway: Gateway) -> None:
    settle(gateway)
    token = gateway.pool.sign(gateway.owner, exp=int(time.time()) + 2)
    stream = gateway.stream({"Authorization": f"Bearer {token}"})
    assert [told.name for told in stream.rest() if told.name] == ["open"]
    assert (
        gateway.client.get("/v1/images", headers={"Authorization": f"Bearer {token}"}).status_code
        == 401
    )


def test_a_stream_ends_with_its_life_and_its_heart_beats_until_then(quick: Gateway) -> None:
    """Also beyond the time that a request has to be answered."""
    told = opened(quick).rest()
    assert {each.comment for each in told} == {"heartbeat"}
    assert len(told) > 2


def test_an_owner_has_so_many_streams_and_no_more(quick: Gateway) -> None:
    streams = [quick.stream() for _ in range(2)]
    answer = quick.client.get("/v1/events", headers=quick.headers())
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_streams")
    assert answer.headers["Retry-After"] == "5"
    stranger = quick.stream(quick.headers(new_owner()))
    assert stranger.status == 200
    streams[0].close()
    assert quick.stream().status == 200


def test_a_stream_that_is_hung_up_on_is_forgotten(gateway: Gateway) -> None:
    stream = opened(gateway)
    event = image_event(ImageKey(gateway.owner, new_image_id()), "updated")
    assert gateway.broker.remember(event)
    stream.close()
    assert not gateway.broker.remember(event)


def test_when_the_gateway_stops_streams_end(gateway: Gateway) -> None:
    stream = opened(gateway)
    gateway.broker.close()
    assert stream.rest() == []
    late = gateway.stream()
    assert [told.name for told in late.rest() if told.name] == ["open"]


def test_a_slow_listener_is_told_to_read_anew(gateway: Gateway) -> None:
    """What waits for it is bounded, and what comes after the overflow still arrives."""
    settle(gateway)
    subscription = gateway.broker.subscribe(gateway.owner)
    for number in range(MAX_PENDING + 3):
        gateway.broker.publish(gateway.owner, b"%d " % number)
    waiting = gateway.run(subscription.take(1)).decode()
    assert waiting.startswith("event: reset")
    assert waiting.endswith(f"{MAX_PENDING + 1} {MAX_PENDING + 2} ")
    assert gateway.run(subscription.take(0.01)) == b""


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}])
def test_without_a_good_token_there_is_no_stream(gateway: Gateway, header: dict[str, Any]) -> None:
    answer = gateway.client.get("/v1/events", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
