"""What was announced and what was sent, so that an upload that broke off goes on where it was."""

import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sightline_client.generated.models import ImageUpload
from sightline_client.sessions import write_privately

#: Seconds for which a form must still be good to be begun with.
MARGIN = 30

#: Seconds for which an entry is kept.
KEPT = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Entry:
    """The image that bytes were announced as; without a `form` they have been sent."""

    image_id: str
    url: str = ""
    fields: dict[str, str] | None = None
    expires_at: float = 0.0

    @classmethod
    def of(cls, ticket: ImageUpload) -> "Entry":
        form = ticket.upload
        expires_at: datetime = form.expires_at
        return cls(ticket.image.id, form.url, dict(form.fields.to_dict()), expires_at.timestamp())

    @property
    def is_sent(self) -> bool:
        return self.fields is None

    @property
    def is_good(self) -> bool:
        """Whether the form may still be posted."""
        return not self.is_sent and time.time() < self.expires_at - MARGIN


class Journal(Protocol):
    """Entries by the SHA-256 of the bytes, of one owner at one gateway."""

    def find(self, sha256: str) -> Entry | None: ...
    def keep(self, sha256: str, entry: Entry) -> None: ...
    def forget(self, sha256: str) -> None: ...


class MemoryJournal:
    """Lasts as long as the client."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def find(self, sha256: str) -> Entry | None:
        return self._entries.get(sha256)

    def keep(self, sha256: str, entry: Entry) -> None:
        self._entries[sha256] = entry

    def forget(self, sha256: str) -> None:
        self._entries.pop(sha256, None)


class FolderJournal:
    """One small file for each, so that processes may share it and a crash costs nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._remove_old()

    def find(self, sha256: str) -> Entry | None:
        try:
            return Entry(**json.loads(self._path(sha256).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def keep(self, sha256: str, entry: Entry) -> None:
        write_privately(self._path(sha256), json.dumps(asdict(entry)))

    def forget(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.json"

    def _remove_old(self) -> None:
        oldest = time.time() - KEPT
        if self._folder.is_dir():
            for entry in os.scandir(self._folder):
                if entry.stat().st_mtime < oldest:
                    Path(entry.path).unlink(missing_ok=True)
