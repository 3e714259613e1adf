"""Starts the local Rekognition: `python -m sightline_local.recognition`."""

import os
import signal
from types import FrameType

import uvicorn

from sightline.logging import configure_logs
from sightline.settings import read_settings
from sightline_local.recognition.app import make_app
from sightline_local.recognition.settings import RecognitionSettings

#: Seconds that answers in the making have once told to stop.
SHUTDOWN_TIMEOUT_SECONDS = 1


def main() -> None:
    # uvicorn raises the signal again once it has ended. A picture that is still being looked at
    # cannot be interrupted, and nothing is lost with it: whoever asked will ask again.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    settings = read_settings(RecognitionSettings)
    configure_logs("local", settings.log_level)
    uvicorn.run(
        make_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_SECONDS,
    )


def _leave(_: int, __: FrameType | None) -> None:
    os._exit(0)


if __name__ == "__main__":
    main()
