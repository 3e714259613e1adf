"""Log lines as JSON, one object a line, for whatever collects a container's output."""

import logging
import sys

from pythonjsonlogger.json import JsonFormatter


def configure_logs(service: str, level: str) -> None:
    """Send every log line to standard output; the libraries' chatter only from WARNING on."""
    handler = logging.StreamHandler(sys.stdout)
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
