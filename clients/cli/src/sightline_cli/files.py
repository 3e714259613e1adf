"""Image files in folders, detected by their content."""

import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from sightline_client.errors import UnsupportedFileType
from sightline_client.image_file import (
    SIGNATURE_SIZE,
    describe_special_file,
    detect_media_type,
    open_regular_file,
)


@dataclass(slots=True)
class FoundFiles:
    """The files to upload, and what else was found."""

    #: The size of each image in bytes.
    images: dict[Path, int] = field(default_factory=dict)
    #: Files in folders that are not images.
    other: int = 0
    #: Why something in a folder is skipped that may be, or may contain, an image.
    skipped: dict[Path, str] = field(default_factory=dict)
    #: Why a given path cannot be uploaded.
    rejected: dict[Path, str] = field(default_factory=dict)


def find_image_files(paths: Iterable[Path], exclude: Collection[str] = ()) -> FoundFiles:
    """Return the given files, and all image files below the given folders.

    Hidden files and folders are ignored. Links to files are followed, links to folders are not:
    they may be cyclic. What matches one of the patterns in `exclude` by its name or by its path
    from the given folder is ignored, with all that is below it.
    """
    found = FoundFiles()
    for path in paths:
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                _search(path, found, exclude)
            elif reason := _describe_special(status.st_mode) or _check_name(path):
                found.rejected[path] = reason
            else:
                found.images[path] = status.st_size
        except OSError as error:
            found.rejected[path] = format_error(error)
    return found


def format_error(error: OSError) -> str:
    """Return what is wrong, without the path."""
    return error.strerror or str(error)


def _search(folder: Path, found: FoundFiles, exclude: Collection[str]) -> None:
    """Add what is in the folder. Raises `OSError` if the folder itself cannot be read."""
    pending = [_list(folder)]
    while pending:
        for path in pending[-1]:
            if _matches(path, folder, exclude):
                continue
            try:
                if (entries := _visit(path, found)) is not None:
                    pending.append(entries)
                    break
            except OSError as error:
                found.skipped[path] = format_error(error)
        else:
            pending.pop()


def _matches(path: Path, folder: Path, patterns: Collection[str]) -> bool:
    relative = path.relative_to(folder).as_posix()
    return any(
        fnmatchcase(path.name, pattern) or fnmatchcase(relative, pattern)
        for pattern in (each.removesuffix("/") for each in patterns)
    )


def _list(folder: Path) -> Iterator[Path]:
    return iter([each for each in sorted(folder.iterdir()) if not each.name.startswith(".")])


def _visit(path: Path, found: FoundFiles) -> Iterator[Path] | None:
    """Add a file; return the entries of a folder."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        if not path.is_symlink():
            return _list(path)
        found.skipped[path] = "link to a folder"
    elif reason := _describe_special(status.st_mode):
        found.skipped[path] = reason
    elif not _is_image(path):
        found.other += 1
    elif reason := _check_name(path):
        found.skipped[path] = reason
    else:
        found.images[path] = status.st_size
    return None


def _describe_special(mode: int) -> str | None:
    kind = describe_special_file(mode)
    return f"{kind}, not a regular file" if kind else None


def _check_name(path: Path) -> str | None:
    """Return why a file name cannot be a title."""
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return "file name is not UTF-8"
    return None


def _is_image(path: Path) -> bool:
    try:
        with open_regular_file(path) as file:
            return detect_media_type(file.read(SIGNATURE_SIZE)) is not None
    except UnsupportedFileType:
        return False
