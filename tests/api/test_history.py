"""The history of an image: as its processor writes it, and as its owner reads it."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from api.conftest import Gateway, serve
from sightline.consumer.messages import ReprocessCommand, Upload
from sightline.consumer.part_processor import Superseded
from sightline.consumer.upload_messages import RETRIES_EXHAUSTED
from sightline.domain.failures import Failure, Rejected
from sightline.domain.images import MAX_ATTEMPTS, Image
from sightline.domain.recognition import Recognition
from sightline_api.images.history import HistoryEntry, list_entries
from sightline_api.settings import ApiSettings
from sightline_testing.backend import MemoryBackend
from sightline_testing.builders import make_image, make_recognition, new_owner
from sightline_testing.tokens import TokenIssuer

#: Stage, part, outcome and reason of an entry.
Line = tuple[str, str, str, str | None]


class ScriptedWork:
    """Raises the errors of the test, one per attempt, and then recognizes a dog."""

    def __init__(self, errors: Sequence[BaseException]) -> None:
        self._errors = list(errors)

    async def perform(self, *_: object) -> Recognition:
        if self._errors:
            raise self._errors.pop(0)
        return make_recognition("Dog")

    async def discard(self, *_: object) -> None:
        pass


async def process(*errors: BaseException, failure: Failure | None = None) -> Image:
    """Process an image with an attempt per error and another one, or until it fails."""
    backend = MemoryBackend()
    image = await backend.upload(b"hello")
    processor = backend.processor("recognition", ScriptedWork(errors))
    message = Upload(image.key, sent_at=time.time())
    for error in errors:
        with pytest.raises(type(error)):
            await processor.handle(message)
    if failure is None:
        await processor.handle(message)
    else:
        await processor.fail(message, failure)
    return await backend.read(image)


def describe(image: Image) -> list[Line]:
    entries = sorted(list_entries(image), key=lambda entry: entry.started_at)
    return [(each.stage, each.part, each.outcome, each.reason) for each in entries]


UPLOAD: Line = ("upload", "original", "completed", None)
QUEUE: Line = ("queue", "recognition", "completed", None)
DONE: Line = ("work", "recognition", "completed", None)


async def test_image_without_trouble_was_uploaded_waited_and_was_processed() -> None:
    image = await process()
    assert describe(image) == [UPLOAD, QUEUE, DONE]
    upload, queue, work = sorted(list_entries(image), key=lambda entry: entry.started_at)
    assert upload.finished_at == queue.started_at
    assert queue.finished_at == work.started_at
    assert queue.milliseconds is not None


async def test_retries_have_reasons_and_waits_between_them() -> None:
    image = await process(ConnectionError("s3.internal"), TimeoutError(), Superseded("x"))
    retries = [
        ("work", "recognition", "retried", reason)
        for reason in ("temporary_error", "timeout", "superseded")
    ]
    assert describe(image) == [
        UPLOAD,
        QUEUE,
        retries[0],
        QUEUE,
        retries[1],
        QUEUE,
        retries[2],
        QUEUE,
        DONE,
    ]


async def test_attempt_that_was_cut_off_is_interrupted() -> None:
    """A process that is killed cannot note why."""
    image = await process(asyncio.CancelledError())
    interrupted = ("work", "recognition", "retried", "interrupted")
    assert describe(image) == [UPLOAD, QUEUE, interrupted, DONE]


async def test_number_of_attempts_is_bounded() -> None:
    image = await process(*[ConnectionError()] * (MAX_ATTEMPTS + 3))
    assert len(image.recognition.attempts) == MAX_ATTEMPTS


async def test_failure_after_all_attempts_is_an_entry() -> None:
    image = await process(ConnectionError(), failure=RETRIES_EXHAUSTED)
    assert describe(image)[-2:] == [
        QUEUE,
        ("work", "recognition", "failed", "retries_exhausted"),
    ]


async def test_rejected_image_has_one_attempt() -> None:
    backend = MemoryBackend()
    image = await backend.upload(b"hello")
    work = ScriptedWork([Rejected("broken_image", "The image is damaged.")])
    await backend.processor("recognition", work).handle(Upload(image.key, None, time.time()))
    assert describe(await backend.read(image)) == [
        UPLOAD,
        QUEUE,
        ("work", "recognition", "failed", "broken_image"),
    ]


async def test_reprocessing_starts_a_new_history_of_the_part() -> None:
    backend = MemoryBackend()
    image = await backend.upload(b"hello")
    processor = backend.processor("recognition", ScriptedWork([ConnectionError()]))
    with pytest.raises(ConnectionError):
        await processor.handle(Upload(image.key, None, time.time()))
    await processor.handle(Upload(image.key, None, time.time()))
    command = ReprocessCommand("request-1", ("recognition",))
    await processor.handle(Upload(image.key, command, time.time()))
    entries = list(list_entries(await backend.read(image)))
    assert [entry.outcome for entry in entries] == ["completed"] * 3
    # The time of the upload is no longer known.
    assert entries[0].milliseconds is None


def test_image_that_waits_for_its_upload_has_one_running_entry() -> None:
    assert describe(make_image()) == [("upload", "original", "running", None)]


def test_clocks_that_differ_do_not_make_a_duration_negative() -> None:
    late, early = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert HistoryEntry.between("work", "renditions", late, early).milliseconds == 0


def get_history(gateway: Gateway, image: Image) -> tuple[int, Any]:
    path = f"/v1/images/{image.image_id}/history"
    response = gateway.client.get(path, headers=gateway.headers())
    return response.status_code, response.json()


#: A position in a trace that is recorded.
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_owner_reads_the_history_and_its_trace(gateway: Gateway) -> None:
    image = make_image(gateway.owner, traceparent=TRACEPARENT)
    asyncio.run(gateway.tables.images.create(image))
    part = image.recognition.begin("etag", queued_at=image.created_at).succeed(
        make_recognition("Dog")
    )
    asyncio.run(gateway.tables.images.store(image, image.with_part("recognition", part)))
    status, history = get_history(gateway, image)
    assert status == 200
    assert history["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert history["trace_url"] is None
    assert [each["stage"] for each in history["items"]] == ["upload", "queue", "work"]


def test_history_of_another_owner_is_not_found(gateway: Gateway) -> None:
    image = make_image(new_owner())
    asyncio.run(gateway.tables.images.create(image))
    status, problem = get_history(gateway, image)
    assert (status, problem["code"]) == (404, "image_not_found")


@pytest.mark.parametrize(
    ("template", "traceparent", "url"),
    [
        (
            "https://traces.example/{trace_id}",
            TRACEPARENT,
            "https://traces.example/4bf92f3577b34da6a3ce929d0e0e4736",
        ),
        (
            "https://console.example/#xray:traces/{xray_trace_id}",
            TRACEPARENT,
            "https://console.example/#xray:traces/1-4bf92f35-77b34da6a3ce929d0e0e4736",
        ),
        # Not sampled: no page shows it.
        ("https://traces.example/{trace_id}", TRACEPARENT[:-1] + "0", None),
        ("https://traces.example/{trace_id}", None, None),
    ],
)
def test_history_links_to_the_page_of_a_recorded_trace(
    pool: TokenIssuer,
    settings: ApiSettings,
    template: str,
    traceparent: str | None,
    url: str | None,
) -> None:
    with serve(pool, settings.model_copy(update={"trace_url": template})) as gateway:
        image = make_image(gateway.owner, traceparent=traceparent)
        asyncio.run(gateway.tables.images.create(image))
        _, history = get_history(gateway, image)
    assert history["trace_url"] == url


def test_trace_url_is_a_template(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SIGHTLINE_TABLE", "images")
    for valid in ("https://traces.example/{trace_id}", "http://x/{xray_trace_id}?a=b"):
        environment.setenv("SIGHTLINE_TRACE_URL", valid)
        assert ApiSettings().trace_url == valid
    environment.setenv("SIGHTLINE_TRACE_URL", "")
    assert ApiSettings().trace_url is None
    for invalid in ("https://traces.example/", "javascript:alert('{trace_id}')", "{trace_id}"):
        environment.setenv("SIGHTLINE_TRACE_URL", invalid)
        with pytest.raises(ValidationError, match="write a URL"):
            ApiSettings()
