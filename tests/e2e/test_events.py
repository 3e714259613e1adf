"""Live events through the whole stack, and the event queues of gateway processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from e2e.conftest import TIMEOUT_SECONDS, User, cloud
from e2e.test_journey import list_rows
from sightline_api.events.replay_buffer import OVERLAP_SECONDS
from sightline_local.environment import api_environment
from sightline_local.sample_image import draw_sample
from sightline_local.stack import Stack, consecutive_ports
from sightline_testing.sse import ServerSentEvent, SseParser

IMAGE = draw_sample(size=(700, 500))

#: Lease of an event queue; one lease after it has expired, the queue is removed.
LEASE_SECONDS = 4


class EventStream:
    """An open event stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._events = self._read()

    def next(self) -> ServerSentEvent:
        return next(self._events)

    def until(self, name: str, **data: str) -> list[ServerSentEvent]:
        """Return all events up to the first with this name and these data."""
        events: list[ServerSentEvent] = []
        while not events or events[-1].name != name or not data.items() <= events[-1].data.items():
            events.append(self.next())
        return events

    def rest(self) -> list[ServerSentEvent]:
        """Return the events until the gateway ends the stream properly."""
        return list(self._events)

    def _read(self) -> Iterator[ServerSentEvent]:
        parser = SseParser()
        for text in self.response.iter_text():
            yield from (event for event in parser.feed(text) if event.name)


@contextmanager
def open_stream(user: User, url: str = "", last: str | None = None) -> Iterator[EventStream]:
    """Open the event stream of the user at this gateway; silence for too long fails the test."""
    headers = {} if last is None else {"Last-Event-ID": last}
    with user.http.stream(
        "GET", f"{url}/v1/events", headers=headers, timeout=httpx.Timeout(10, read=TIMEOUT_SECONDS)
    ) as response:
        assert response.status_code == 200, response.read()
        yield EventStream(response)


class GatewayProcess:
    """An additional gateway process of the stack."""

    def __init__(self, stack: Stack, log: Path) -> None:
        assert stack.resources is not None
        ports = replace(stack.ports, api=consecutive_ports(0).api)
        self.url = ports.url("api")
        environment = api_environment(ports, stack.resources)
        environment["SIGHTLINE_EVENTS_LEASE_SECONDS"] = str(LEASE_SECONDS)
        with log.open("wb") as output:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "sightline_api"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def is_ready(self) -> bool:
        assert self.popen.poll() is None
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health").is_success
        return False


@pytest.fixture
def start(stack: Stack, tmp_path: Path) -> Iterator[Callable[[], GatewayProcess]]:
    """Start gateway processes; they end with the test."""
    started: list[GatewayProcess] = []

    def start() -> GatewayProcess:
        process = GatewayProcess(stack, tmp_path / f"api-{len(started)}.log")
        started.append(process)
        wait_until(process.is_ready)
        return process

    yield start
    for process in started:
        # Not killed: the next test counts the event queues.
        process.popen.terminate()
        process.popen.wait(TIMEOUT_SECONDS)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def event_queues(user: User) -> set[str]:
    """Return the names of event queues that exist, are subscribed or are registered."""
    resources = user.stack.resources
    assert resources is not None
    response = cloud(user.stack, "sqs").list_queues(QueueNamePrefix=f"{resources.table}-events-")
    queues = {url.rsplit("/", 1)[1] for url in response.get("QueueUrls", [])}
    subscriptions = cloud(user.stack, "sns").list_subscriptions_by_topic(
        TopicArn=resources.events_topic_arn
    )["Subscriptions"]
    subscribed = {each["Endpoint"].rsplit(":", 1)[1] for each in subscriptions}
    registered = {row.split()[1] for row in list_rows(user) if row.startswith("EVENT_QUEUES ")}
    return queues | subscribed | registered


def new_event_queue(user: User, before: set[str]) -> str:
    """Wait for one event queue that did not exist before, and return its name."""
    wait_until(lambda: len(event_queues(user) - before) == 1)
    (name,) = event_queues(user) - before
    return name


def test_the_stream_reports_an_image_from_creation_to_deletion(user: User) -> None:
    """The stream is not compressed although the client accepts it."""
    with open_stream(user) as stream:
        assert "content-encoding" not in stream.response.headers
        assert stream.next().name == "open"
        image_id = user.upload("live.jpg", IMAGE)
        events = stream.until("image", image_id=image_id, status="ready")
        user.http.patch(f"/v1/images/{image_id}", json={"title": "Live"}).raise_for_status()
        user.http.delete(f"/v1/images/{image_id}").raise_for_status()
        events += stream.until("image", image_id=image_id, change="deleted")
    changes = [event.data for event in events if event.data.get("image_id") == image_id]
    # In any order: the gateway publishes its own changes with a short delay.
    assert {"created", "updated", "deleted"} == {each["change"] for each in changes}
    assert {"processing", "ready", None} <= {each["status"] for each in changes}


def test_the_stream_reports_a_failure(user: User) -> None:
    with open_stream(user) as stream:
        image_id = user.upload("broken.jpg", IMAGE[:100])
        stream.until("image", image_id=image_id, status="failed")


def test_another_user_receives_no_events(user: User, other_user: User) -> None:
    with open_stream(other_user) as stream:
        assert stream.next().name == "open"
        user.wait(user.upload("private.jpg", IMAGE))
        own = other_user.request_upload("own.jpg", IMAGE)["image"]["id"]
        assert stream.next().data["image_id"] == own


def test_a_stream_resumes_at_another_gateway(
    user: User, start: Callable[[], GatewayProcess]
) -> None:
    """All gateways receive the same events with the same ids."""
    before = event_queues(user)
    other = start()
    new_event_queue(user, before)
    # The replay buffer of the new gateway covers positions only after this time.
    time.sleep(OVERLAP_SECONDS + 1)
    with open_stream(user) as stream:
        first = user.upload("first.jpg", IMAGE)
        last = stream.until("image", image_id=first, status="ready")[-1].event_id
    second = user.upload("second.jpg", IMAGE)
    user.wait(second)
    with open_stream(user, other.url, last) as stream:
        stream.until("image", image_id=second, status="ready")


def test_a_stopping_gateway_ends_its_streams_and_removes_its_queue(
    user: User, start: Callable[[], GatewayProcess]
) -> None:
    before = event_queues(user)
    process = start()
    name = new_event_queue(user, before)
    with open_stream(user, process.url) as stream:
        stream.until("open")
        process.popen.terminate()
        # A broken connection would raise.
        stream.rest()
    assert process.popen.wait(TIMEOUT_SECONDS) <= 0
    assert name not in event_queues(user)


def test_the_queue_of_a_killed_gateway_is_removed_by_another(
    user: User, start: Callable[[], GatewayProcess]
) -> None:
    before = event_queues(user)
    killed = start()
    abandoned = new_event_queue(user, before)
    with open_stream(user, killed.url) as stream, suppress(httpx.RemoteProtocolError):
        stream.until("open")
        os.kill(killed.popen.pid, 9)
        stream.rest()
    killed.popen.wait()
    assert abandoned in event_queues(user)
    survivor = start()
    kept = new_event_queue(user, before | {abandoned})
    with open_stream(user, survivor.url) as stream:
        stream.until("open")
        wait_until(lambda: abandoned not in event_queues(user))
        assert before | {kept} == event_queues(user)
        # The surviving gateway still delivers events.
        image_id = user.upload("after.jpg", IMAGE)
        stream.until("image", image_id=image_id, status="ready")


def test_a_lost_event_queue_is_replaced(user: User, start: Callable[[], GatewayProcess]) -> None:
    before = event_queues(user)
    process = start()
    name = new_event_queue(user, before)
    sqs = cloud(user.stack, "sqs")
    with open_stream(user, process.url) as stream:
        stream.until("open")
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])
        stream.until("reset")
        assert name not in event_queues(user)
        assert new_event_queue(user, before) != name
        image_id = user.request_upload("after.jpg", IMAGE)["image"]["id"]
        stream.until("image", image_id=image_id, change="created")
