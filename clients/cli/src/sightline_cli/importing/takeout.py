"""Google Takeout: exports of Google Photos."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from sightline_cli.importing.library import ExportedFile, Library, Metadata
from sightline_cli.importing.sidecar_names import find_original, find_sidecar
from sightline_cli.importing.tree import is_image, is_video, read_text

#: The folder at the top of an export, which an extraction may put anywhere.
ROOT = "Takeout"

#: Titles of the folders of years, which are no albums, in the languages of Google Photos.
_YEAR_FOLDER = re.compile(
    r"(?:photos from|photos de|photos du|photos of|fotos von|fotos aus|fotos de|fotos del|"
    r"fotos d'|foto del|foto dal|foto dari|foto's uit|zdjęcia z|bilder från|foton från|bilder fra|"
    r"billeder fra|kuvat vuodelta|fotky z|фото за|фотографии за|写真)\s*\d{4}\D{0,3}",
    re.IGNORECASE,
)

#: The earliest time that `datetime` adds seconds to.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Names of the web page in an export, and of files that describe no image.
IGNORED_SUFFIXES = frozenset({".html", ".json", ".csv", ".txt"})


def read_takeout(files: Sequence[ExportedFile]) -> Library:
    """Return the images of an export, with their metadata and albums."""
    library = Library()
    folders: defaultdict[PurePosixPath, list[ExportedFile]] = defaultdict(list)
    for file in files:
        folders[_within_root(file.path).parent].append(file)
    for folder in sorted(folders):
        _read_folder(folders[folder], library)
    return library


def _read_folder(files: list[ExportedFile], library: Library) -> None:
    sidecars, album = _read_sidecars(files, library)
    albums = (album,) if album else ()
    for file in files:
        name = file.path.name
        if file.path.suffix.lower() in IGNORED_SUFFIXES:
            continue
        if is_video(file.path):
            library.rejected[file.path] = "a video, or the moving part of a live photo"
        elif not is_image(file):
            library.rejected[file.path] = "not a supported image"
        elif (found := find_sidecar(name, sidecars)) is not None:
            library.add(file, replace(found, albums=albums))
        elif (found := find_original(name, sidecars)) is not None:
            # The title is that of the original.
            library.add(file, replace(found, title=None, albums=albums))
        else:
            library.left_out["metadata, because there is no JSON file"] += 1
            library.add(file, Metadata(albums=albums))


def _read_sidecars(
    files: Iterable[ExportedFile], library: Library
) -> tuple[dict[str, Metadata], str | None]:
    """Return the metadata of a folder by the name without `.json`, and the title of its album.

    The description of the album is added to the library.
    """
    sidecars: dict[str, Metadata] = {}
    album: str | None = None
    for file in files:
        if file.path.suffix.lower() != ".json":
            continue
        document = _parse(read_text(file))
        if "photoTakenTime" in document:
            sidecars[file.path.name[: -len(".json")]] = parse_sidecar(document)
        elif (title := parse_album(document)) is not None:
            album = title
            library.describe_album(title, _text(_album(document).get("description")))
    return sidecars, album


def parse_sidecar(document: dict[str, Any]) -> Metadata:
    """Return the metadata in the JSON file of an image."""
    return Metadata(
        title=_text(document.get("title")),
        description=_text(document.get("description")),
        taken_at=_parse_time(document.get("photoTakenTime")),
        is_instant=True,
        position=_parse_position(document.get("geoData"))
        or _parse_position(document.get("geoDataExif")),
        is_favorite=document.get("favorited") is True,
        is_archived=document.get("archived") is True,
        is_trashed=document.get("trashed") is True,
    )


def parse_album(document: dict[str, Any]) -> str | None:
    """Return the title in the JSON file of an album, whose name depends on the language.

    None for that of a year, of an album without a title, and for any other JSON file.
    """
    album = _album(document)
    if not {"date", "access"} & set(album):
        return None
    title = _text(album.get("title"))
    return None if title is None or _YEAR_FOLDER.fullmatch(title) else title


def _album(document: dict[str, Any]) -> dict[str, Any]:
    """Return what a JSON file states of an album, which older exports nest."""
    album = document.get("albumData", document)
    return album if isinstance(album, dict) else {}


def _within_root(path: PurePosixPath) -> PurePosixPath:
    """Return the path below `Takeout`: the same in all ZIP files of an export."""
    parts = path.parts
    return PurePosixPath(*parts[parts.index(ROOT) + 1 :]) if ROOT in parts[:-1] else path


def _parse(text: str | None) -> dict[str, Any]:
    try:
        document = json.loads(text or "")
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _parse_time(value: object) -> datetime | None:
    """Return a time in Unix seconds, which may be negative; zero is a missing one."""
    timestamp = value.get("timestamp") if isinstance(value, dict) else None
    try:
        seconds = int(str(timestamp))
        return EPOCH + timedelta(seconds=seconds) if seconds else None
    except (ValueError, OverflowError):
        return None


def _parse_position(value: object) -> tuple[float, float] | None:
    """Return a position; that of a missing one is exactly zero."""
    if not isinstance(value, dict):
        return None
    latitude, longitude = value.get("latitude"), value.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    if not (latitude or longitude) or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return float(latitude), float(longitude)
