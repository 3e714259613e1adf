"""Other clocks for single processes, by libfaketime (https://github.com/wolfcw/libfaketime).

Only wall clocks step. Monotonic ones, by which timeouts are measured, go on as on a real host.
"""

from pathlib import Path

#: Where Debian's package `libfaketime` has the library.
LIBRARY_FOLDER, LIBRARY_PATTERN = Path("/usr/lib"), "*/faketime/libfaketime.so.1"

#: Services whose clocks may step by an hour. Nothing accepts what the others sign with a wrong one:
#: S3 rejects presigned POSTs of the api that have expired, and receivers reject webhooks.
STEPPED_SERVICES = ("worker", "resizer")

#: Seconds for which the library remembers the offset.
CACHE_SECONDS = 1


def find_clock_library() -> Path | None:
    """Return the library; None if it is not installed."""
    return next(iter(sorted(LIBRARY_FOLDER.glob(LIBRARY_PATTERN))), None)


class StepClock:
    """The clock of one process, by an offset in seconds that a file contains."""

    def __init__(self, library: Path, file: Path) -> None:
        self._library = library
        self._file = file
        self.step(0)

    def environment(self) -> dict[str, str]:
        """Return the variables of the process and its children."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(CACHE_SECONDS),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def step(self, offset: int) -> None:
        """Set the clock to the right time plus an offset in seconds, within a second."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        following = self._file.with_suffix(".new")
        following.write_text(f"{offset:+d}\n")
        following.replace(self._file)
