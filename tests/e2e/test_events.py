"""Live events through all of Sightline, and what becomes of a gateway's inbox."""

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

from e2e.conftest import PATIENCE, User, cloud
from e2e.test_journey import rows
from sightline_api.events.replay_buffer import OVERLAP_SECONDS
from sightline_local.environment import api_environment
from sightline_local.sample_image import draw_sample
from sightline_local.stack import Stack, consecutive_ports
from sightline_testing.sse import ServerSentEvent, SseParser

PICTURE = draw_sample(size=(700, 500))

#: Seconds; a gateway that is killed counts as dead after as many, and is swept after as many more.
LEASE = 4


class Watch:
    """An open stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._events = self._read()

    def next(self) -> ServerSentEvent:
        return next(self._events)

    def until(self, name: str, **data: str) -> list[ServerSentEvent]:
        """All events up to the one of this name with these data."""
        seen: list[ServerSentEvent] = []
        while not seen or seen[-1].name != name or not data.items() <= seen[-1].data.items():
            seen.append(self.next())
        return seen

    def rest(self) -> list[ServerSentEvent]:
        """What comes until the gateway ends the stream in good order."""
        return list(self._events)

    def _read(self) -> Iterator[ServerSentEvent]:
        parser = SseParser()
        for text in self.response.iter_text():
            yield from (told for told in parser.feed(text) if told.name)


@contextmanager
def watch(user: User, url: str = "", last: str | None = None) -> Iterator[Watch]:
    """What the user's screen sees at this gateway; nothing for too long ends the test."""
    headers = {} if last is None else {"Last-Event-ID": last}
    with user.http.stream(
        "GET", f"{url}/v1/events", headers=headers, timeout=httpx.Timeout(10, read=PATIENCE)
    ) as response:
        assert response.status_code == 200, response.read()
        yield Watch(response)


class Process:
    """One more gateway of the same stack."""

    def __init__(self, stack: Stack, log: Path) -> None:
        assert stack.resources is not None
        ports = replace(stack.ports, api=consecutive_ports(0).api)
        self.url = ports.url("api")
        environment = api_environment(ports, stack.resources)
        environment["SIGHTLINE_EVENTS_LEASE_SECONDS"] = str(LEASE)
        with log.open("wb") as output:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "sightline_api"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def answers(self) -> bool:
        assert self.popen.poll() is None
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health").is_success
        return False


@pytest.fixture
def start(stack: Stack, tmp_path: Path) -> Iterator[Callable[[], Process]]:
    """Starts gateways; none of them outlives the test."""
    started: list[Process] = []

    def start() -> Process:
        process = Process(stack, tmp_path / f"api-{len(started)}.log")
        started.append(process)
        wait_until(process.answers)
        return process

    yield start
    for process in started:
        # Gently: the next test counts what is there.
        process.popen.terminate()
        process.popen.wait(PATIENCE)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def inboxes(user: User) -> set[str]:
    """The names of all that anything is left of: queues, subscriptions and entries."""
    made = user.stack.resources
    assert made is not None
    answer = cloud(user.stack, "sqs").list_queues(QueueNamePrefix=f"{made.table}-events-")
    queues = {url.rsplit("/", 1)[1] for url in answer.get("QueueUrls", [])}
    subscriptions = cloud(user.stack, "sns").list_subscriptions_by_topic(
        TopicArn=made.events_topic_arn
    )["Subscriptions"]
    subscribed = {each["Endpoint"].rsplit(":", 1)[1] for each in subscriptions}
    registered = {row.split()[1] for row in rows(user) if row.startswith("EVENT_QUEUES ")}
    return queues | subscribed | registered


def new_inbox(user: User, before: set[str]) -> str:
    wait_until(lambda: len(inboxes(user) - before) == 1)
    (name,) = inboxes(user) - before
    return name


def test_an_upload_is_seen_from_its_ticket_to_ready(user: User) -> None:
    """Through a connection that would take compressed answers."""
    with watch(user) as screen:
        assert "content-encoding" not in screen.response.headers
        assert screen.next().name == "open"
        image_id = user.send("live.jpg", PICTURE)
        seen = screen.until("image", image_id=image_id, status="ready")
        user.http.patch(f"/v1/images/{image_id}", json={"title": "Live"}).raise_for_status()
        user.http.delete(f"/v1/images/{image_id}").raise_for_status()
        seen += screen.until("image", image_id=image_id, change="deleted")
    mine = [told.data for told in seen if told.data.get("image_id") == image_id]
    # In any order: the gateway tells of what it did itself a moment later.
    assert {"created", "updated", "deleted"} == {each["change"] for each in mine}
    assert {"processing", "ready", None} <= {each["status"] for each in mine}


def test_a_failure_is_seen(user: User) -> None:
    with watch(user) as screen:
        image_id = user.send("broken.jpg", PICTURE[:2000])
        screen.until("image", image_id=image_id, status="failed")


def test_a_stranger_sees_nothing(user: User, stranger: User) -> None:
    with watch(stranger) as screen:
        assert screen.next().name == "open"
        user.wait(user.send("private.jpg", PICTURE))
        own = stranger.announce("own.jpg", PICTURE)["image"]["id"]
        assert screen.next().data["image_id"] == own


def test_whoever_comes_back_is_told_what_was_missed_by_another_gateway(
    user: User, start: Callable[[], Process]
) -> None:
    """The events of one are the events of all, by the same ids."""
    before = inboxes(user)
    other = start()
    new_inbox(user, before)
    # Of what came shortly after its beginning it could not say that nothing was missed.
    time.sleep(OVERLAP_SECONDS + 1)
    with watch(user) as screen:
        first = user.send("first.jpg", PICTURE)
        last = screen.until("image", image_id=first, status="ready")[-1].event_id
    second = user.send("second.jpg", PICTURE)
    user.wait(second)
    with watch(user, other.url, last) as screen:
        screen.until("image", image_id=second, status="ready")


def test_a_gateway_that_is_told_to_stop_ends_its_streams_and_leaves_nothing(
    user: User, start: Callable[[], Process]
) -> None:
    before = inboxes(user)
    process = start()
    name = new_inbox(user, before)
    with watch(user, process.url) as screen:
        screen.until("open")
        process.popen.terminate()
        # In good order: a connection that breaks would raise.
        screen.rest()
    assert process.popen.wait(PATIENCE) <= 0
    assert name not in inboxes(user)


def test_a_killed_gateways_inbox_is_removed_by_another(
    user: User, start: Callable[[], Process]
) -> None:
    before = inboxes(user)
    killed = start()
    left = new_inbox(user, before)
    with watch(user, killed.url) as screen, suppress(httpx.RemoteProtocolError):
        screen.until("open")
        os.kill(killed.popen.pid, 9)
        screen.rest()
    killed.popen.wait()
    assert left in inboxes(user)
    survivor = start()
    kept = new_inbox(user, before | {left})
    with watch(user, survivor.url) as screen:
        screen.until("open")
        wait_until(lambda: left not in inboxes(user))
        assert before | {kept} == inboxes(user)
        # Whoever lives has lost nothing by it.
        image_id = user.send("after.jpg", PICTURE)
        screen.until("image", image_id=image_id, status="ready")


def test_an_inbox_that_vanishes_is_replaced(user: User, start: Callable[[], Process]) -> None:
    before = inboxes(user)
    process = start()
    name = new_inbox(user, before)
    sqs = cloud(user.stack, "sqs")
    with watch(user, process.url) as screen:
        screen.until("open")
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])
        screen.until("reset")
        assert name not in inboxes(user)
        assert new_inbox(user, before) != name
        image_id = user.announce("after.jpg", PICTURE)["image"]["id"]
        screen.until("image", image_id=image_id, change="created")
