"""Files of downloaded archive parts: the complete one, and the beginning of an interrupted one."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sightline_client.generated.models import ArchivePart

#: Called with the name of a part's file, the bytes received so far and the total.
ArchiveCallback = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """The files of one part in a folder.

    A beginning has the ETag of the part in its name, and a complete file in its comment: only what
    is still current is continued or kept.
    """

    path: Path

    @classmethod
    def of(cls, part: ArchivePart, folder: Path) -> "ArchiveFile":
        # A file name from the server must not leave the folder.
        return cls(folder / Path(part.file_name).name)

    def find_etag(self) -> str | None:
        """Return the ETag of the complete file; None without one."""
        try:
            with zipfile.ZipFile(self.path) as opened:
                return opened.comment.decode("ascii") or None
        except (FileNotFoundError, zipfile.BadZipFile, UnicodeDecodeError):
            return None

    def find_beginning(self) -> tuple[str, int] | None:
        """Return the ETag and the size in bytes of the beginning; None without one."""
        for path in sorted(self.path.parent.glob(f".{_escape(self.path.name)}.*.part")):
            tag = path.name.removeprefix(f".{self.path.name}.").removesuffix(".part")
            return f'"{tag}"', path.stat().st_size
        return None

    def beginning(self, etag: str) -> Path:
        """Return the path of the beginning with this strong ETag."""
        tag = "".join(each for each in etag if each.isalnum() or each in "-_")
        return self.path.with_name(f".{self.path.name}.{tag}.part")

    def delete_beginnings(self) -> None:
        for path in self.path.parent.glob(f".{_escape(self.path.name)}.*.part"):
            path.unlink(missing_ok=True)


def _escape(name: str) -> str:
    return "".join(f"[{each}]" if each in "*?[" else each for each in name)
