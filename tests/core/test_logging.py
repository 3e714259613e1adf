"""Structured logs: each record is one JSON object on one line."""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import sightline.logging
from sightline.logging import JsonLines, configure_logs, log_event, request_id


def format_line(message: str, *arguments: object, **extra: object) -> dict[str, Any]:
    logger = logging.getLogger("sightline.test")
    record = logger.makeRecord(
        "sightline.test", logging.INFO, "file", 1, message, arguments, None, extra=extra
    )
    text = JsonLines("api").format(record)
    assert "\n" not in text
    line: dict[str, Any] = json.loads(text)
    return line


def test_line_contains_time_level_logger_message_and_service() -> None:
    line = format_line("%s\nof %d", "one", 2)
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo == UTC
    assert line == {
        "level": "INFO",
        "logger": "sightline.test",
        "message": "one\nof 2",
        "service": "api",
    }


def test_line_contains_extra_attributes() -> None:
    line = format_line(
        "x", status=200, route=None, owners={"a"}, at=datetime(2026, 11, 20, tzinfo=UTC)
    )
    assert (line["status"], line["route"]) == (200, None)
    assert (line["owners"], line["at"]) == (["a"], "2026-11-20T00:00:00Z")


def test_line_contains_values_that_json_cannot_represent_as_text() -> None:
    assert format_line("x", reason=ValueError("bad"))["reason"] == "bad"


def test_line_contains_the_request_id() -> None:
    token = request_id.set("abc")
    try:
        assert format_line("x")["request_id"] == "abc"
    finally:
        request_id.reset(token)
    assert "request_id" not in format_line("x")


def test_line_contains_the_traceback() -> None:
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})
    line = json.loads(JsonLines("api").format(record))
    assert line["exc_info"].startswith("Traceback")
    assert line["exc_info"].endswith("ZeroDivisionError: division by zero")


@pytest.fixture
def _logs() -> Iterator[None]:
    """Restore the logging configuration after the test."""
    root = logging.getLogger()
    before = list(root.handlers), root.level
    kept = {name: getattr(logging, name) for name in ("_srcfile", "logThreads", "logProcesses")}
    multiprocessing = logging.logMultiprocessing
    lines = sightline.logging._lines
    yield
    sightline.logging._lines = lines
    root.handlers[:], root.level = before
    logging.logMultiprocessing = multiprocessing
    for name, value in kept.items():
        setattr(logging, name, value)
    for name in ("sightline", "sightline_api"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.usefixtures("_logs")
def test_libraries_log_only_warnings_and_errors(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("api", "INFO")
    logging.getLogger("sightline_api.app").info("ours")
    logging.getLogger("botocore").info("theirs")
    logging.getLogger("botocore").warning("wrong")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in lines] == ["ours", "wrong"]


@pytest.mark.usefixtures("_logs")
def test_an_event_is_a_line_like_any_other(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("api", "INFO")
    logger = logging.getLogger("sightline_api.app")
    logger.info("completed", extra={"status": 200})
    log_event(logger, "completed", {"status": 200})
    logging.getLogger("sightline_api").setLevel("WARNING")
    log_event(logger, "completed", {"status": 200})
    record, event = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert event.pop("timestamp") >= record.pop("timestamp")
    assert record == event
