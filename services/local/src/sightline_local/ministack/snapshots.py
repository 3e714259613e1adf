"""Files in which the state of MiniStack's services is kept between runs.

services/NAME.json      one service, replaced as a whole
services/*.pem          signing keys of Cognito, which MiniStack itself writes
s3/                     objects, which MiniStack itself writes at once
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

State = dict[str, Any]
Encode = Callable[[Any], Any]
Decode = Callable[[State], Any]


class StateUnreadable(Exception):
    """A file of the state is damaged; the message names it."""


class ServiceFiles:
    """One JSON file per service. `encode` and `decode` are MiniStack's own hooks for JSON."""

    def __init__(self, folder: Path, encode: Encode, decode: Decode) -> None:
        self._folder = folder
        self._encode = encode
        self._decode = decode
        folder.mkdir(parents=True, exist_ok=True)

    def save(self, name: str, state: State) -> None:
        text = json.dumps(state, default=self._encode)
        write_atomically(self._path(name), text)

    def load(self, name: str) -> State | None:
        """Return the state of a service, None if it has none. Raises `StateUnreadable`."""
        path = self._path(name)
        if not path.exists():
            return None
        with _reading(path):
            state: State = json.loads(path.read_text(), object_hook=self._decode)
            return state

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def write_atomically(path: Path, text: str) -> None:
    """Replace a file; it has either its old or its new content, whatever happens."""
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        with temporary.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _flush_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _flush_folder(folder: Path) -> None:
    """Make the names in a folder survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StateUnreadable(f"{path} is damaged") from error
