"""Traces: units of work, their spans, sampling, and the `traceparent` header."""

import asyncio
import json
import time
from collections.abc import Iterator

import pytest

from sightline import tracing
from sightline.logging import JsonLines
from sightline_testing.traces import RecordedTraces, recorded_traces

#: The example of the specification: https://www.w3.org/TR/trace-context/
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
CONTEXT = tracing.TraceContext(0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7, True)


@pytest.fixture
def traces() -> Iterator[RecordedTraces]:
    with recorded_traces() as recorded:
        yield recorded


def test_traceparent_is_parsed_and_formatted() -> None:
    assert tracing.parse_traceparent(TRACEPARENT) == CONTEXT
    assert tracing.format_traceparent(CONTEXT) == TRACEPARENT


def test_traceparent_of_a_later_version_is_parsed() -> None:
    assert tracing.parse_traceparent(f"cc{TRACEPARENT[2:]}-what-it-adds") == CONTEXT


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "00",
        TRACEPARENT.upper(),
        f"ff{TRACEPARENT[2:]}",
        f"{TRACEPARENT}-more",
        f"{TRACEPARENT}\n",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-4bf92f3577b34da6a3ce929d0e0e4736-{'0' * 16}-01",
    ],
)
def test_invalid_traceparent_is_ignored(value: str | None) -> None:
    assert tracing.parse_traceparent(value) is None


def test_nothing_is_recorded_while_tracing_is_off() -> None:
    with tracing.root_span("request", "server", CONTEXT) as root:
        assert root is tracing.child_span("query") is tracing.NULL_SPAN
        assert tracing.current_traceparent() is None


def test_child_span_belongs_to_the_span_around_it(traces: RecordedTraces) -> None:
    with (
        tracing.root_span("request", "server", CONTEXT),
        tracing.child_span("query", attributes={"rows": 3}),
        tracing.child_span("connect"),
    ):
        pass
    root, query, connect = traces.spans
    assert [root.name, query.name, connect.name] == ["request", "query", "connect"]
    assert [root.parent_id, query.parent_id, connect.parent_id] == [
        None,
        root.span_id,
        query.span_id,
    ]
    assert query.attributes == {"rows": 3}
    assert traces.units[0].trace_id == CONTEXT.trace_id
    assert traces.units[0].parent_id == CONTEXT.span_id
    assert root.end
    assert connect.end
    assert root.start <= query.start <= connect.start <= connect.end <= root.end


def test_span_outside_a_unit_is_not_recorded(traces: RecordedTraces) -> None:
    with tracing.child_span("poll"):
        pass
    assert traces.units == []


async def test_task_that_outlives_its_unit_records_nothing(traces: RecordedTraces) -> None:
    finished = asyncio.Event()

    async def work() -> tracing.Span | tracing.NullSpan:
        await finished.wait()
        return tracing.child_span("late")

    with tracing.root_span("request", "server"):
        task = asyncio.create_task(work())
    finished.set()
    assert await task is tracing.NULL_SPAN


def test_unsampled_unit_is_exported_only_if_it_fails() -> None:
    with recorded_traces(ratio=0) as traces:
        with tracing.root_span("request", "server"), tracing.child_span("query"):
            pass
        with (
            pytest.raises(ValueError, match="a secret"),
            tracing.root_span("request", "server"),
            tracing.child_span("query"),
        ):
            raise ValueError("a secret")
    assert [(span.name, span.error) for span in traces.spans] == [
        ("request", "ValueError"),
        ("query", "ValueError"),
    ]


def test_handled_error_of_a_child_does_not_fail_the_unit() -> None:
    with (
        recorded_traces(ratio=0) as traces,
        tracing.root_span("request", "server"),
        pytest.raises(KeyError),
        tracing.child_span("query"),
    ):
        raise KeyError
    assert traces.units == []


def test_ratio_selects_traces_by_their_id() -> None:
    with recorded_traces(ratio=0.25):
        assert tracing.should_sample(2**62 - 1)
        assert not tracing.should_sample(2**62)
        assert tracing.should_sample((7 << 64) | 1)


def test_decision_of_the_parent_is_kept() -> None:
    with recorded_traces(ratio=0) as traces, tracing.root_span("process", "consumer", CONTEXT):
        pass
    assert [span.name for span in traces.spans] == ["process"]
    with recorded_traces(ratio=1) as traces:
        unsampled = CONTEXT._replace(is_sampled=False)
        with tracing.root_span("process", "consumer", unsampled):
            assert (tracing.current_traceparent() or "").endswith("-00")
    assert traces.units == []


def test_unit_joins_the_trace_that_it_finds(traces: RecordedTraces) -> None:
    with tracing.root_span("process", "consumer"), tracing.child_span("read row"):
        tracing.join_trace(TRACEPARENT)
        tracing.join_trace(TRACEPARENT)
    (unit,) = traces.units
    assert (unit.trace_id, unit.parent_id, unit.links) == (*CONTEXT[:2], ())


def test_unit_links_to_a_second_trace(traces: RecordedTraces) -> None:
    command = tracing.TraceContext(1, 2, True)
    with tracing.root_span("process", "consumer", command):
        tracing.join_trace(TRACEPARENT)
        tracing.join_trace(TRACEPARENT)
        tracing.join_trace(None)
    (unit,) = traces.units
    assert (unit.trace_id, unit.parent_id, unit.links) == (1, 2, (CONTEXT,))


def test_time_in_the_queue_precedes_the_unit(traces: RecordedTraces) -> None:
    with tracing.root_span("process", "consumer", CONTEXT, waiting_since=time.time() - 60):
        pass
    root, queued = traces.find("process"), traces.find("in queue")
    assert (queued.parent_id, queued.end) == (None, root.start)
    assert 60e9 <= root.start - queued.start < 120e9


def test_clock_of_the_queue_may_be_ahead(traces: RecordedTraces) -> None:
    with tracing.root_span("process", "consumer", waiting_since=time.time() + 60):
        pass
    queued = traces.find("in queue")
    assert queued.start == queued.end


def test_number_of_spans_is_bounded(traces: RecordedTraces) -> None:
    with tracing.root_span("request", "server"):
        for _ in range(tracing.MAX_SPANS + 1):
            tracing.child_span("query").finish()
    assert (len(traces.spans), traces.units[0].dropped) == (tracing.MAX_SPANS, 2)


def test_log_lines_contain_the_ids(traces: RecordedTraces) -> None:
    lines = JsonLines("api")
    with tracing.root_span("request", "server", CONTEXT), tracing.child_span("query"):
        line = json.loads(lines.encode(0, "INFO", "test", "message", {}))
    assert line["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert line["span_id"] == f"{traces.find('query').span_id:016x}"
    outside = json.loads(lines.encode(0, "INFO", "test", "message", {}))
    assert "trace_id" not in outside
