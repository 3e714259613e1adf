"""Start the local Rekognition emulator: `python -m sightline_local.recognition`."""

import os
import signal
from types import FrameType

import uvicorn

from sightline.logging import configure_logs
from sightline.settings import read_settings
from sightline_local.recognition.app import make_app
from sightline_local.recognition.settings import RecognitionSettings

#: Time limit for requests in progress at shutdown.
SHUTDOWN_TIMEOUT_SECONDS = 1


def main() -> None:
    # uvicorn raises the signal again after it has shut down. Recognition in progress cannot be
    # interrupted; exiting loses nothing, because the client retries.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)
    settings = read_settings(RecognitionSettings)
    configure_logs("local", settings.log_level)
    uvicorn.run(
        make_app(settings),
        host=settings.host,
        port=settings.port,
        loop="sightline.event_loop:EventLoop",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_SECONDS,
    )


def _exit(_: int, __: FrameType | None) -> None:
    os._exit(0)


if __name__ == "__main__":
    main()
