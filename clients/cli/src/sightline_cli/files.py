"""Image files in folders, detected by their content."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from sightline_client.image_file import SIGNATURE_SIZE, detect_media_type


class FoundFiles(NamedTuple):
    """The files to upload with their sizes in bytes, and the number of files skipped."""

    images: dict[Path, int]
    skipped: int


def find_image_files(paths: Iterable[Path]) -> FoundFiles:
    """Return the given files, and all image files below the given folders. Raises `OSError`.

    Hidden files and folders are ignored, and so are links to folders, which may be cyclic.
    """
    images: dict[Path, int] = {}
    skipped = 0
    for path in paths:
        if not path.is_dir():
            images[path] = path.stat().st_size
            continue
        for each in _walk(path):
            if _is_image(each):
                images[each] = each.stat().st_size
            else:
                skipped += 1
    return FoundFiles(images, skipped)


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _is_image(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return detect_media_type(file.read(SIGNATURE_SIZE)) is not None
    except OSError:
        return False
