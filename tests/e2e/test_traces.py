"""Traces of images across real processes, as an OTLP receiver gets them."""

import json
import os
import signal
from base64 import urlsafe_b64decode
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import httpx

from e2e.conftest import User, draw_new_sample
from e2e.test_events import open_stream
from sightline_local.demo import upload
from sightline_local.sample_image import draw_sample
from sightline_local.stack import Stack
from sightline_local.traces.metric_points import Histogram
from sightline_local.traces.spans import Span
from sightline_local.traces.store import Trace
from sightline_testing.trace_receiver import TraceReceiver

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-00"

#: Personal data and secrets that a client sends.
TITLE = "Zanzibar honeymoon"
LABEL = "Quetzalcoatl"
DESCRIPTION = "With Wilhelmina at the Xanadu hotel"


def find_units(trace: Trace) -> Counter[tuple[str, str]]:
    """Return how many units of work each service has completed, by name."""
    return Counter(
        (span.service, span.name)
        for span in trace.spans
        if span.name in {"process upload", "POST /v1/images", "deliver event"}
    )


def is_complete(trace: Trace) -> bool:
    units = find_units(trace)
    consumers = ("sightline-worker", "sightline-resizer")
    return all(units[service, "process upload"] for service in consumers) and bool(
        units["sightline-api", "deliver event"]
    )


def find(trace: Trace, service: str, name: str) -> list[Span]:
    return [span for span in trace.spans if (span.service, span.name) == (service, name)]


def test_one_trace_covers_an_image(user: User, receiver: TraceReceiver) -> None:
    user.http.headers["traceparent"] = TRACEPARENT
    try:
        with open_stream(user) as stream:
            image_id = user.upload("trace.jpg", draw_sample(size=(640, 480)))
            stream.until("image", image_id=image_id, status="ready")
    finally:
        del user.http.headers["traceparent"]
    trace = receiver.wait_for(image_id, is_complete)
    assert trace.trace_id == TRACE_ID
    assert trace.error is None
    (ticket,) = find(trace, "sightline-api", "POST /v1/images")
    for service, operations in {
        "sightline-api": {"deliver event", "DynamoDB PutItem", "DynamoDB GetItem"},
        "sightline-worker": {
            "in queue",
            "DynamoDB GetItem",
            "S3 HeadObject",
            "wait for rate limit",
            "Rekognition DetectLabels",
            "SNS Publish",
        },
        "sightline-resizer": {
            "in queue",
            "read object",
            "S3 GetObject",
            "isolated render_image",
            "S3 PutObject",
            "SNS Publish",
        },
    }.items():
        assert operations <= {span.name for span in trace.spans if span.service == service}
    for service in ("sightline-worker", "sightline-resizer"):
        (work,) = find(trace, service, "process upload")
        assert (work.parent_id, work.attributes["sightline.receive_count"]) == (ticket.span_id, 1)
        (queued,) = find(trace, service, "in queue")
        assert ticket.start < queued.start <= queued.end == work.start < work.end
    history = user.http.get(f"/v1/images/{image_id}/history").raise_for_status().json()
    assert image_id in httpx.get(history["trace_url"], trust_env=False).raise_for_status().text
    # Every parent but the client's span has arrived.
    known = {span.span_id for span in trace.spans}
    assert {span.parent_id for span in trace.spans} - known == {"00f067aa0ba902b7"}


def test_metrics_of_an_image_arrive(user: User, receiver: TraceReceiver) -> None:
    def count(name: str, attribute: str, value: str) -> float:
        """Return the value of a counter, or the number of measurements of a histogram."""
        values = [
            each.value
            for each in receiver.metrics.list()
            if (each.name, each.attributes) == (name, ((attribute, value),))
        ]
        return sum(each.count if isinstance(each, Histogram) else each for each in values)

    before = count("sightline.image.seconds", "outcome", "ready")
    user.wait(user.upload("measured.jpg", draw_sample(size=(645, 480))))
    receiver.wait_until(lambda: count("sightline.image.seconds", "outcome", "ready") > before)
    receiver.wait_until(
        lambda: all(
            (
                count("sightline.queue.seconds", "part", "recognition"),
                count("sightline.queue.seconds", "part", "renditions"),
                count("sightline.recognition.calls", "feature", "labels"),
            )
        )
    )
    page = httpx.get(f"{receiver.url}/metrics", trust_env=False).text
    for text in ("Upload to ready", "Time in queue", "Recognition calls"):
        assert text in page


def test_redelivery_is_a_part_of_the_trace(
    stack: Stack, user: User, receiver: TraceReceiver
) -> None:
    stack.stop("recognition")
    try:
        image_id = user.upload("retried.jpg", draw_new_sample())
        receiver.wait_for(image_id, lambda trace: trace.error is not None)
    finally:
        stack.restart("recognition")
    user.wait(image_id)
    trace = receiver.wait_for(
        image_id,
        lambda trace: any(
            span.error is None for span in find(trace, "sightline-worker", "process upload")
        ),
    )
    attempts = find(trace, "sightline-worker", "process upload")
    counts = [int(span.attributes["sightline.receive_count"]) for span in attempts]
    # A longer outage opens the circuit, and a message that it keeps is attempted without a receive.
    assert counts == sorted(counts)
    assert set(counts) == set(range(1, max(counts) + 1))
    errors = [span.error for span in attempts]
    assert errors == ["EndpointConnectionError"] * (len(attempts) - 1) + [None]
    assert len(attempts) >= 2


def test_trace_continues_after_a_kill_in_the_middle(
    stack: Stack, user: User, receiver: TraceReceiver
) -> None:
    """The killed process exports nothing of its unit; its message is received again."""
    recognition = stack.pid("recognition")
    os.kill(recognition, signal.SIGSTOP)
    try:
        image_id = user.upload("killed.jpg", draw_new_sample())
        user.wait(image_id, recognition="running")
        stack.kill("worker")
    finally:
        os.kill(recognition, signal.SIGCONT)
    stack.restart("worker")
    user.wait(image_id)
    trace = receiver.wait_for(
        image_id, lambda trace: bool(find(trace, "sightline-worker", "process upload"))
    )
    (work,) = find(trace, "sightline-worker", "process upload")
    assert work.attributes["sightline.receive_count"] == 2
    (ticket,) = find(trace, "sightline-api", "POST /v1/images")
    assert work.parent_id == ticket.span_id


def test_traces_and_logs_contain_no_personal_data(
    stack: Stack, user: User, receiver: TraceReceiver
) -> None:
    body = draw_sample(size=(642, 480))
    created = user.request_upload(f"{TITLE}.jpg", body)
    image_id = created["image"]["id"]
    changes = {"description": DESCRIPTION, "labels_added": [LABEL]}
    user.http.patch(f"/v1/images/{image_id}", json=changes).raise_for_status()
    user.http.get("/v1/images", params={"label": LABEL, "text": "Wilhelmina"})
    user.http.get(f"/v1/images/{TITLE}")
    upload(created, body)
    image = user.wait(image_id)
    receiver.wait_for(image_id, lambda trace: len({span.service for span in trace.spans}) == 3)
    token = user.http.headers["Authorization"].removeprefix("Bearer ")
    signature = parse_qs(urlsplit(image["renditions"]["items"][0]["url"]).query)["X-Amz-Signature"]
    fields = {name.lower(): value for name, value in created["upload"]["fields"].items()}
    planted = [
        TITLE,
        DESCRIPTION,
        "Wilhelmina",
        LABEL,
        LABEL.lower(),
        user.connection.email,
        user.connection.password,
        token,
        token.rpartition(".")[2],
        *signature,
        fields["policy"],
        fields["x-amz-signature"],
    ]
    assert all(planted)
    spans = b"".join(receiver.bodies)
    logs = b"".join(stack.log(name).read_bytes() for name in ("api", "worker", "resizer"))
    assert image_id.encode() in spans
    assert b'"trace_id"' in logs
    found = [text for text in planted if text.encode() in spans or text.encode() in logs]
    assert found == []
    # The identity of the owner, which is the subject of the token.
    payload = token.split(".")[1]
    owner: str = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"]
    assert owner.encode() not in spans
    assert b"enduser.pseudo.id" in spans
