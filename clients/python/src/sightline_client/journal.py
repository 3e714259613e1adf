"""The upload journal: uploads that were created or completed, so that a later run can resume."""

import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sightline_client.errors import convert_file_errors
from sightline_client.generated.models import ImageUpload
from sightline_client.local_state import write_private_file

#: Seconds for which a presigned POST must remain valid for an upload to start.
EXPIRY_MARGIN_SECONDS = 30

#: Seconds after which an entry is deleted.
RETENTION_SECONDS = 7 * 86_400


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """The image created for some content. `fields` is None once the content has been uploaded."""

    image_id: str
    url: str = ""
    fields: dict[str, str] | None = None
    expires_at: float = 0.0

    @classmethod
    def from_upload(cls, upload: ImageUpload) -> "JournalEntry":
        post = upload.upload
        expires_at: datetime = post.expires_at
        return cls(upload.image.id, post.url, dict(post.fields.to_dict()), expires_at.timestamp())

    @property
    def is_uploaded(self) -> bool:
        return self.fields is None

    @property
    def is_usable(self) -> bool:
        """Whether the presigned POST is valid for long enough to start the upload."""
        return not self.is_uploaded and time.time() < self.expires_at - EXPIRY_MARGIN_SECONDS


class Journal(Protocol):
    """The entries of one owner at one API, by the SHA-256 of the content."""

    def find(self, sha256: str) -> JournalEntry | None: ...
    def save(self, sha256: str, entry: JournalEntry) -> None: ...
    def delete(self, sha256: str) -> None: ...


class MemoryJournal:
    """A journal in memory, for the lifetime of the client."""

    def __init__(self) -> None:
        self._entries: dict[str, JournalEntry] = {}

    def find(self, sha256: str) -> JournalEntry | None:
        return self._entries.get(sha256)

    def save(self, sha256: str, entry: JournalEntry) -> None:
        self._entries[sha256] = entry

    def delete(self, sha256: str) -> None:
        self._entries.pop(sha256, None)


class FolderJournal:
    """A journal with one small file per entry: safe to share between processes and in a crash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._delete_expired()

    def find(self, sha256: str) -> JournalEntry | None:
        try:
            return JournalEntry(**json.loads(self._path(sha256).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def save(self, sha256: str, entry: JournalEntry) -> None:
        write_private_file(self._path(sha256), json.dumps(asdict(entry)))

    @convert_file_errors()
    def delete(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.json"

    @convert_file_errors()
    def _delete_expired(self) -> None:
        oldest = time.time() - RETENTION_SECONDS
        if self._folder.is_dir():
            for entry in os.scandir(self._folder):
                if entry.stat().st_mtime < oldest:
                    Path(entry.path).unlink(missing_ok=True)
