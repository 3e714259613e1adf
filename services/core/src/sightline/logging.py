"""Log lines as JSON, one object a line, for whatever collects a container's output."""

import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import ClassVar, TextIO

from pydantic_core import to_json

#: The request that is being answered, on every line that is logged meanwhile.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

#: What the library itself keeps in a record; all else was given as `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"asctime", "message", "taskName"}


class Facts:
    """Lines of one kind, about what happens all the time.

    Each is as `logger.info` with `extra` makes it, but written past the library, which takes three
    times as long: it notes a place and a thread, asks every logger above, and locks twice.
    """

    #: Where lines go, and whose they are, once `configure_logs` has said so.
    output: ClassVar[TextIO | None] = None
    service: ClassVar[str] = ""

    def __init__(self, logger: logging.Logger, message: str) -> None:
        self._logger = logger
        self._message = message

    def tell(self, **fields: object) -> None:
        if self.output is None:
            self._logger.info(self._message, extra=fields)
        elif self._logger.isEnabledFor(logging.INFO):
            # In one go, so that lines of other threads come before it or behind.
            self.output.write(self._line(fields))
            self.output.flush()

    def _line(self, fields: dict[str, object]) -> str:
        timestamp = datetime.now(UTC).isoformat()[: -len("+00:00")]
        current = request_id.get()
        named = "" if current is None else f'"request_id":"{current}",'
        rest = to_json({"service": self.service, **fields}, fallback=str)
        return (
            f'{{"timestamp":"{timestamp}Z","level":"INFO","logger":"{self._logger.name}",'
            f'"message":"{self._message}",{named}{rest.decode()[1:]}\n'
        )


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
    Facts.output, Facts.service = sys.stdout, service
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
