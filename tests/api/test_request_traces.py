"""Traces of requests: their names and attributes, and what they pass on."""

from collections.abc import Iterator

import pytest

from api.conftest import Gateway
from sightline import tracing
from sightline.consumer.messages import parse_uploads
from sightline.domain.events import image_event, parse_events
from sightline.domain.object_keys import ImageKey
from sightline_testing.builders import SHA256, with_recognition
from sightline_testing.traces import RecordedTraces, recorded_traces

CLIENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
TRACE_ID = 0x4BF92F3577B34DA6A3CE929D0E0E4736

UPLOAD = {"media_type": "image/jpeg", "bytes": 5, "sha256": SHA256, "title": "Our secret wedding"}


@pytest.fixture(autouse=True)
def traces() -> Iterator[RecordedTraces]:
    """Enable traces before the gateway is created."""
    with recorded_traces() as recorded:
        yield recorded


def create_upload(gateway: Gateway, **headers: str) -> str:
    response = gateway.client.post("/v1/images", json=UPLOAD, headers=gateway.headers() | headers)
    assert response.status_code == 201
    image_id: str = response.json()["image"]["id"]
    return image_id


def test_request_is_named_by_its_route(gateway: Gateway, traces: RecordedTraces) -> None:
    image_id = create_upload(gateway)
    gateway.client.get(f"/v1/images/{image_id}", headers=gateway.headers())
    span = traces.find("GET /v1/images/{image_id}")
    assert span.attributes == {
        "http.request.method": "GET",
        "http.route": "/v1/images/{image_id}",
        "http.response.status_code": 200,
    }
    assert (span.kind, span.unit.owner) == ("server", gateway.owner)


def test_upload_continues_the_trace_of_the_client(gateway: Gateway, traces: RecordedTraces) -> None:
    image_id = create_upload(gateway, traceparent=CLIENT)
    span = traces.find("POST /v1/images")
    assert span.unit.trace_id == TRACE_ID
    assert span.attributes["sightline.image_id"] == image_id
    row = gateway.run(gateway.tables.images.get(ImageKey(gateway.owner, image_id)))
    # Not the client, but the gateway decides what is sampled.
    assert row.traceparent == f"00-{TRACE_ID:032x}-{span.span_id:016x}-01"


def test_client_cannot_have_its_requests_sampled(gateway: Gateway) -> None:
    with recorded_traces(ratio=0) as traces:
        create_upload(gateway, traceparent=f"{CLIENT[:-2]}01")
    assert traces.units == []


def test_each_image_of_a_batch_has_its_own_trace(gateway: Gateway, traces: RecordedTraces) -> None:
    headers = gateway.headers() | {"traceparent": CLIENT}
    batch = {"images": [UPLOAD, UPLOAD]}
    response = gateway.client.post("/v1/images/batch", json=batch, headers=headers)
    ids = [item["upload"]["image"]["id"] for item in response.json()["items"]]
    request = traces.find("POST /v1/images/batch")
    rows = gateway.run(gateway.tables.images.get_many(gateway.owner, ids))
    uploads = [unit for unit in traces.units if unit.spans[0].name == "create upload"]
    assert len({unit.trace_id for unit in uploads}) == 2
    assert {unit.links for unit in uploads} == {
        (tracing.TraceContext(TRACE_ID, request.span_id, True),)
    }
    contexts = [tracing.parse_traceparent(row.traceparent) for row in rows]
    assert {context and context.trace_id for context in contexts} == {
        unit.trace_id for unit in uploads
    }


def test_span_contains_nothing_that_the_client_wrote(
    gateway: Gateway, traces: RecordedTraces
) -> None:
    create_upload(gateway, traceparent=CLIENT)
    gateway.client.get("/v1/images?label=our-secret", headers=gateway.headers())
    gateway.client.get("/our-secret", headers=gateway.headers())
    gateway.client.request("SECRET", "/v1/images", headers=gateway.headers())
    names = [span.name for span in traces.spans]
    assert len(names) == 4
    assert "secret" not in str([names, [span.attributes for span in traces.spans]]).lower()


def test_server_error_fails_the_unit(gateway: Gateway, traces: RecordedTraces) -> None:
    async def get(_: object) -> None:
        raise OSError("a secret")

    image_id = create_upload(gateway)
    gateway.tables.images.get = get  # type: ignore[method-assign, assignment]
    response = gateway.client.get(f"/v1/images/{image_id}", headers=gateway.headers())
    assert response.status_code == 500
    assert traces.find("GET /v1/images/{image_id}").error == "500"


def test_health_checks_are_not_recorded(gateway: Gateway, traces: RecordedTraces) -> None:
    gateway.client.get("/health")
    assert traces.units == []


def test_span_of_an_event_stream_ends_when_it_starts(
    gateway: Gateway, traces: RecordedTraces
) -> None:
    stream = gateway.stream()
    assert traces.find("GET /v1/events").end is not None
    stream.close()


def test_delivery_of_an_event_continues_its_trace(gateway: Gateway, traces: RecordedTraces) -> None:
    stream = gateway.stream()
    assert stream.next_event().name == "open"
    image_id = create_upload(gateway, traceparent=CLIENT)
    event = stream.next_event()
    assert event.data["image_id"] == image_id
    delivery = traces.find("deliver event")
    assert delivery.unit.trace_id == TRACE_ID
    stream.close()


def test_event_without_a_trace_starts_none(gateway: Gateway, traces: RecordedTraces) -> None:
    assert image_event(ImageKey(gateway.owner, "image"), "updated").traceparent is None
    with tracing.root_span("request", "server"):
        assert image_event(ImageKey(gateway.owner, "image"), "updated").traceparent


def test_reprocess_command_carries_the_trace(gateway: Gateway, traces: RecordedTraces) -> None:
    image_id = create_upload(gateway)
    image = gateway.run(gateway.tables.images.get(ImageKey(gateway.owner, image_id)))
    gateway.run(gateway.tables.images.store(image, with_recognition(image, "Dog")))
    headers = gateway.headers() | {"traceparent": CLIENT}
    gateway.client.post(f"/v1/images/{image_id}/reprocess", json={}, headers=headers)
    (upload,) = parse_uploads(gateway.uploads.published[-1])
    assert upload.request is not None
    context = tracing.parse_traceparent(upload.request.traceparent)
    assert context is not None
    assert context.trace_id == TRACE_ID


def test_published_events_carry_the_trace(gateway: Gateway) -> None:
    create_upload(gateway, traceparent=CLIENT)
    gateway.wait_until(lambda: bool(gateway.events.published))
    (event,) = parse_events(gateway.events.published[0])
    assert (event.traceparent or "").startswith(f"00-{TRACE_ID:032x}-")
