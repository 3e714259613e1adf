"""The files of an export: those of a folder, and those in the ZIP files that it consists of."""

import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path, PurePosixPath

from sightline_cli.importing.library import ExportedFile
from sightline_client.image_file import SIGNATURE_SIZE, detect_media_type, open_regular_file

#: Suffixes of videos and of the moving parts of live photos, which are no images.
VIDEO_SUFFIXES = frozenset(
    {".3gp", ".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp", ".mp4", ".mpg", ".mts", ".webm"}
)

#: Largest metadata file that is read, in bytes.
MAX_METADATA_BYTES = 64 * 2**20


def read_tree(paths: Iterable[Path], stack: ExitStack) -> list[ExportedFile]:
    """Return the files of folders and ZIP files, by path; the stack closes the ZIP files.

    ZIP files in the folders are read as well, as one export often consists of several. Raises
    `OSError`, `zipfile.BadZipFile`.
    """
    found: dict[PurePosixPath, ExportedFile] = {}
    for file in _read_all(paths, stack):
        found.setdefault(file.path, file)
    return [found[path] for path in sorted(found)]


def read_text(file: ExportedFile) -> str | None:
    """Return the text of a metadata file; None if it is too large or no text."""
    if file.size > MAX_METADATA_BYTES:
        return None
    with file.open() as opened:
        try:
            return opened.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            return None


def is_image(file: ExportedFile) -> bool:
    """Return whether the content of a file is that of a supported image."""
    with file.open() as opened:
        return detect_media_type(opened.read(SIGNATURE_SIZE)) is not None


def is_video(path: PurePosixPath) -> bool:
    return path.suffix.lower() in VIDEO_SUFFIXES


def _read_all(paths: Iterable[Path], stack: ExitStack) -> Iterator[ExportedFile]:
    for path in paths:
        if path.is_dir():
            for each in sorted(path.rglob("*")):
                if each.is_file() and not _is_hidden(each.relative_to(path)):
                    yield from _read_file(each, each.relative_to(path), stack)
        else:
            yield from _read_file(path, Path(path.name), stack)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _read_file(location: Path, relative: Path, stack: ExitStack) -> Iterator[ExportedFile]:
    if location.suffix.lower() == ".zip":
        yield from _read_zip(stack.enter_context(zipfile.ZipFile(location)))
        return
    status = location.stat()
    if stat.S_ISREG(status.st_mode):
        path = _normalize(relative.as_posix())
        yield ExportedFile(path, status.st_size, partial(open_regular_file, location), location)


def _read_zip(archive: zipfile.ZipFile) -> Iterator[ExportedFile]:
    for info in archive.infolist():
        if not info.is_dir():
            yield ExportedFile(
                _normalize(info.filename), info.file_size, partial(archive.open, info)
            )


def _normalize(name: str) -> PurePosixPath:
    """Return a path in the form in which names are compared: some systems decompose letters."""
    return PurePosixPath(unicodedata.normalize("NFC", name))
