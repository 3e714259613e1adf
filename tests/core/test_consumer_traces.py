"""Traces of the consumer: from the row of the image, for each receive and each record."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from core.test_consumer import ScriptedHandler, format_body, make_upload, running
from sightline import tracing
from sightline.adapters.memory import MemoryQueue
from sightline.consumer.messages import ReprocessCommand, Upload, format_reprocess_command
from sightline.consumer.part_processor import PartProcessor
from sightline.domain.failures import Rejected
from sightline.domain.images import Image
from sightline.domain.recognition import Recognition
from sightline_testing.backend import MemoryBackend
from sightline_testing.builders import make_recognition
from sightline_testing.traces import RecordedTraces, recorded_traces

TICKET = tracing.TraceContext(0xA1, 0xB2, True)
COMMAND = tracing.TraceContext(0xC3, 0xD4, True)


@pytest.fixture
def traces() -> Iterator[RecordedTraces]:
    with recorded_traces(ratio=0) as recorded:
        yield recorded


class TracedWork:
    """Recognizes a dog, and raises the errors of the test before."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    async def perform(self, *_: object) -> Recognition:
        with tracing.child_span("work"):
            if self._errors:
                raise self._errors.pop(0)
            return make_recognition("Dog")

    async def discard(self, *_: object) -> None:
        pass


async def process(work: TracedWork, format_message: Callable[[Image], str]) -> MemoryBackend:
    """Process the message of an image until it is deleted."""
    backend = MemoryBackend()
    image = await backend.upload(b"hello", traceparent=tracing.format_traceparent(TICKET))
    processor: PartProcessor[Recognition] = backend.processor("recognition", work)
    queue = MemoryQueue()
    queue.send(format_message(image))
    async with running(queue, processor):
        await until(lambda: len(queue) == 0)
    return backend


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the queue has no event
            await asyncio.sleep(0.01)


def upload_message(image: Image) -> str:
    return format_body(Upload(image.key))


async def test_unit_continues_the_trace_of_the_row(traces: RecordedTraces) -> None:
    backend = await process(TracedWork(), upload_message)
    (unit,) = traces.units
    assert (unit.trace_id, unit.parent_id) == TICKET[:2]
    assert [span.name for span in unit.spans] == ["process upload", "in queue", "work"]
    root = unit.spans[0]
    (image,) = (await backend.tables.images.page(unit.owner or "", 10)).images
    assert root.attributes["sightline.image_id"] == image.image_id
    assert root.attributes["sightline.receive_count"] == 1
    for event in backend.published_events():
        context = tracing.parse_traceparent(event.traceparent)
        assert context is not None
        assert context.trace_id == TICKET.trace_id


async def test_redelivery_is_a_second_unit_of_the_same_trace(traces: RecordedTraces) -> None:
    await process(TracedWork(OSError("a secret")), upload_message)
    first, second = traces.units
    assert first.trace_id == second.trace_id == TICKET.trace_id
    assert [unit.spans[0].error for unit in traces.units] == ["OSError", None]
    assert [unit.spans[0].attributes["sightline.receive_count"] for unit in traces.units] == [1, 2]
    # The time until the redelivery is backoff, not waiting for a consumer.
    assert [span.name for span in second.spans] == ["process upload", "work"]


async def test_rejection_fails_the_unit_with_its_code(traces: RecordedTraces) -> None:
    await process(TracedWork(Rejected("unsupported_format", "A message.")), upload_message)
    assert traces.find("process upload").error == "unsupported_format"


async def test_command_links_to_the_trace_of_the_row(traces: RecordedTraces) -> None:
    def command(image: Image) -> str:
        traceparent = tracing.format_traceparent(COMMAND)
        request = ReprocessCommand("request", ("recognition",), None, traceparent)
        return format_reprocess_command(image.key, request)

    await process(TracedWork(), command)
    (unit,) = traces.units
    assert (unit.trace_id, unit.parent_id) == COMMAND[:2]
    assert unit.links == (TICKET,)


async def test_giving_up_fails_a_unit(traces: RecordedTraces) -> None:
    async def fail(_: Upload) -> None:
        raise OSError

    queue = MemoryQueue(max_receives=3)
    queue.send(format_body(make_upload()))
    effect: Callable[[Upload], Awaitable[None]] = fail
    async with running(queue, ScriptedHandler(effect)):
        await until(lambda: len(queue.dead) == 1)
    assert traces.units[0].spans[0].error == "OSError"
    assert {unit.spans[0].error for unit in traces.units if unit.spans[0].name == "give up"} == {
        "retries_exhausted"
    }


async def test_messages_contain_no_context_while_tracing_is_off() -> None:
    backend = MemoryBackend()
    image = await backend.upload(b"hello")
    processor: PartProcessor[Recognition] = backend.processor("recognition", TracedWork())
    await processor.handle(Upload(image.key))
    assert "traceparent" not in "".join(backend.topic.published)
    assert backend.published_events()
