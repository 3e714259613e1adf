"""The files of a folder that were synced: those that are unchanged need not be read again."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple, Self

from sightline_client.local_state import state_directory, write_private_file


class FileVersion(NamedTuple):
    """What changes when a file is written: its size in bytes, and its time in nanoseconds."""

    size: int
    modified_ns: int

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the file's present version. Raises `OSError`."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns)


class SyncIndex:
    """The synced version of each file of one folder, for one owner at one API.

    A lost index costs time only: the upload detects duplicates by content.
    """

    def __init__(self, path: Path, versions: dict[str, FileVersion]) -> None:
        self._path = path
        self._versions = versions

    @classmethod
    def load(cls, owner: str, folder: Path) -> Self:
        """Return the folder's index, an empty one if there is none that can be read."""
        name = hashlib.sha256(str(folder.resolve()).encode(errors="surrogateescape")).hexdigest()
        path = state_directory() / "sync" / owner / f"{name}.json"
        try:
            stored = json.loads(path.read_text())
            versions = {file: FileVersion(*version) for file, version in stored.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            versions = {}
        return cls(path, versions)

    def contains(self, file: str, version: FileVersion) -> bool:
        """Return whether this version of the file, a path from the folder, was synced."""
        return self._versions.get(file) == version

    def add(self, file: str, version: FileVersion) -> None:
        self._versions[file] = version

    def save(self) -> None:
        """Write the index atomically. Raises `FileError`."""
        write_private_file(self._path, json.dumps(self._versions))
