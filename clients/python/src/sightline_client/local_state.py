"""Where sessions and upload journals are stored on this machine."""

import os
import sys
import tempfile
from pathlib import Path

from sightline_client.errors import convert_file_errors


def state_directory() -> Path:
    """Return `SIGHTLINE_HOME`, or the platform's directory for per-user application state."""
    if home := os.environ.get("SIGHTLINE_HOME"):
        return Path(home)
    if sys.platform == "win32":
        return Path(os.environ["LOCALAPPDATA"]) / "sightline"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "sightline"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "sightline"


@convert_file_errors()
def write_private_file(path: Path, text: str) -> None:
    """Write a file atomically that only its owner can read, from the first byte on.

    Raises `FileError`.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # `mkstemp` creates its files with mode 0600.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
