"""The metadata that was applied to images by earlier imports, so that it is applied once."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Self

from sightline_cli.importing.library import Metadata
from sightline_client.local_state import state_directory, write_private_file


class AppliedMetadata:
    """A digest of the applied metadata by image id, for one owner at one API.

    If it is lost, an import reads every image again, and still changes nothing that is edited.
    """

    def __init__(self, path: Path, digests: dict[str, str]) -> None:
        self._path = path
        self._digests = digests

    @classmethod
    def load(cls, owner: str) -> Self:
        path = state_directory() / "imports" / f"{owner}.json"
        try:
            digests = json.loads(path.read_text())
            return cls(path, digests if isinstance(digests, dict) else {})
        except (OSError, ValueError):
            return cls(path, {})

    def contains(self, image_id: str, metadata: Metadata) -> bool:
        return self._digests.get(image_id) == _digest(metadata)

    def add(self, image_id: str, metadata: Metadata) -> None:
        self._digests[image_id] = _digest(metadata)

    def save(self) -> None:
        """Write the state atomically. Raises `FileError`."""
        write_private_file(self._path, json.dumps(self._digests))


def _digest(metadata: Metadata) -> str:
    text = json.dumps(asdict(metadata), default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
