"""Log lines as JSON, one object a line, for whatever collects a container's output."""

import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

from pydantic_core import to_json

#: The request that is being answered, on every line that is logged meanwhile.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

#: What the library itself keeps in a record; all else was given as `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"asctime", "message", "taskName"}


class JsonLines(logging.Formatter):
    """What is said, by whom and when, with all that was given as `extra`.

    There are libraries for it; they take twice the time, and every request is a line.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "service": self._service,
        }
        if (current := request_id.get()) is not None:
            line["request_id"] = current
        given = vars(record)
        for name in given.keys() - _OWN:
            line[name] = given[name]
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        # The quickest encoder among what is there anyway.
        return to_json(line, fallback=str).decode()


def configure_logs(service: str, level: str) -> None:
    """Send every log line to standard output; the libraries' chatter only from WARNING on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines(service))
    # No line tells where in the code it was logged, or by which thread; finding out costs more than
    # the rest. https://docs.python.org/3/howto/logging.html#optimization
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, _number(level)), force=True)
    for name in ("sightline", f"sightline_{service}"):
        logging.getLogger(name).setLevel(level)


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level]
