"""Structured logs: one JSON object per line on standard output."""

import logging
import sys
import time
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime

from pydantic_core import to_json

from sightline import tracing

#: The id of the current request; every line that is logged meanwhile has it.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

#: Attributes of every record; all others were passed as `extra`.
_RECORD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"asctime", "message", "taskName"}


class JsonLines(logging.Formatter):
    """Formats a record and its `extra` attributes as one line of JSON.

    Libraries for it take twice the time, and every request logs a line.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        attributes = vars(record)
        fields = {name: attributes[name] for name in attributes.keys() - _RECORD_ATTRIBUTES}
        if record.exc_info:
            fields["exc_info"] = self.formatException(record.exc_info)
        line = self.encode(
            record.created, record.levelname, record.name, record.getMessage(), fields
        )
        return line.decode()

    def encode(
        self, created: float, level: str, logger: str, message: str, fields: Mapping[str, object]
    ) -> bytes:
        """Encode one line; `created` is in seconds since 1970."""
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(created, UTC),
            "level": level,
            "logger": logger,
            "message": message,
            "service": self._service,
        }
        if (current := request_id.get()) is not None:
            line["request_id"] = current
        if (context := tracing.current_context()) is not None:
            line["trace_id"] = f"{context.trace_id:032x}"
            line["span_id"] = f"{context.span_id:016x}"
        # The fastest encoder among the dependencies.
        return to_json({**line, **fields}, fallback=str)


#: The lines of this process, once its logs are configured.
_lines: JsonLines | None = None


def log_event(logger: logging.Logger, message: str, fields: Mapping[str, object]) -> None:
    """Log at level INFO what happens at every request.

    The line bypasses `LogRecord` and the handlers, which cost a request more than its token, rate
    limit and headers together (docs/performance.md).
    """
    if not logger.isEnabledFor(logging.INFO):
        return
    if _lines is None:
        logger.info(message, extra=dict(fields))
        return
    line = _lines.encode(time.time(), "INFO", logger.name, message, fields)
    write_line(line.decode())


def write_line(line: str) -> None:
    """Write a complete line to the log, past its levels and format."""
    # One write: lines of other threads never end up inside.
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def configure_logs(service: str, level: str) -> None:
    """Log to standard output: the service from `level` on, libraries from WARNING on."""
    global _lines
    _lines = JsonLines(service)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_lines)
    # No line contains the caller, thread or process: collecting them costs more than the rest.
    # https://docs.python.org/3/howto/logging.html#optimization
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, _number(level)), force=True)
    for name in ("sightline", f"sightline_{service}"):
        logging.getLogger(name).setLevel(level)


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level]
