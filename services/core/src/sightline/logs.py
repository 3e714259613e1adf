"""Log lines as JSON, one object a line, for whatever collects a container's output."""

import logging
import sys
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

#: The request that is being answered, on every line that is logged meanwhile.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class _RequestFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if (current := request_id.get()) is not None:
            record.request_id = current
        return True


def configure_logs(service: str, level: str) -> None:
    """Send every log line to standard output; the libraries' chatter only from WARNING on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(_RequestFilter())
    handler.setFormatter(
        JsonFormatter(
            "{levelname}{name}{message}",
            style="{",
            timestamp=True,
            static_fields={"service": service},
            rename_fields={"levelname": "level", "name": "logger"},
        )
    )
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, _number(level)), force=True)
    for name in ("sightline", f"sightline_{service}"):
        logging.getLogger(name).setLevel(level)


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level]
