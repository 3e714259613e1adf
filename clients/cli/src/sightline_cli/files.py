"""Pictures on this machine: what folders hold, told by content and not by name."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from sightline_client.image_file import HEAD, find_media_type


class Found(NamedTuple):
    """What there is to upload, in bytes by path, and how many other files were passed over."""

    pictures: dict[Path, int]
    others: int


def find_pictures(paths: Iterable[Path]) -> Found:
    """Files as they are named, and all pictures below folders. Raises `OSError`.

    What begins with a dot is left alone, and so are links to folders, which may go in circles.
    """
    pictures: dict[Path, int] = {}
    others = 0
    for path in paths:
        if not path.is_dir():
            pictures[path] = path.stat().st_size
            continue
        for each in _walk(path):
            if _is_picture(each):
                pictures[each] = each.stat().st_size
            else:
                others += 1
    return Found(pictures, others)


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _is_picture(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return find_media_type(file.read(HEAD)) is not None
    except OSError:
        return False
