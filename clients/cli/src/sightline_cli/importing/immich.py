"""Immich: its library with XMP sidecars, archives of immich-go, and the JSON of its API.

Sidecars have the name of the image with `.xmp` or `.json` after it, in either case. An XMP sidecar
may also replace the suffix. Albums are in the JSON of immich-go, or in that of Immich's albums.
https://docs.immich.app/features/xmp-sidecars/
https://github.com/simulot/immich-go
"""

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta, timezone
from pathlib import PurePosixPath
from typing import Any

from sightline_cli.importing.library import ExportedFile, Library, Metadata, parse_rating
from sightline_cli.importing.tree import is_image, is_video, read_text
from sightline_cli.importing.xmp import parse_time, parse_xmp
from sightline_client import AlbumSort

#: Bytes of a file that are hashed at a time.
BLOCK_SIZE = 2**20

#: The orders of an album by the time of capture, as the API of Immich names them.
_ORDERS = {"asc": AlbumSort.ALBUM_TAKEN_OLDEST, "desc": AlbumSort.ALBUM_TAKEN_NEWEST}

_METADATA_SUFFIXES = frozenset({".xmp", ".json"})


def read_immich(files: Sequence[ExportedFile]) -> Library:
    """Return the images of an export, with their metadata and albums."""
    library = Library()
    sidecars: dict[PurePosixPath, Metadata] = {}
    albums: defaultdict[str, list[tuple[str | None, str]]] = defaultdict(list)
    images: list[ExportedFile] = []
    for file in files:
        if file.path.suffix.lower() in _METADATA_SUFFIXES:
            _read_metadata(file, sidecars, albums, library)
        elif is_video(file.path):
            library.rejected[file.path] = "a video, or the moving part of a live photo"
        elif is_image(file):
            images.append(file)
        else:
            library.rejected[file.path] = "not a supported image"
    for file in images:
        metadata = _find(file.path, sidecars)
        if metadata is None:
            library.left_out["metadata, because there is no sidecar"] += 1
            metadata = Metadata()
        titles = tuple(_find_albums(file, albums))
        library.add(file, metadata.merge(Metadata(albums=titles)))
    return library


def parse_immich_go(document: dict[str, Any]) -> Metadata:
    """Return the metadata of a JSON file of immich-go."""
    albums = [each for each in _list(document.get("albums")) if isinstance(each, dict)]
    return Metadata(
        title=_text(document.get("fileName")),
        description=_text(document.get("description")),
        taken_at=parse_time(_text(document.get("dateTaken"))),
        position=_position(document),
        labels=_labels(document.get("tags")),
        is_favorite=document.get("favorited") is True,
        is_archived=document.get("archived") is True,
        rating=parse_rating(document.get("rating")),
        is_trashed=document.get("trashed") is True,
        albums=tuple(title for each in albums if (title := _text(each.get("title")))),
    )


def parse_asset(document: dict[str, Any]) -> Metadata:
    """Return the metadata of an asset, as the API of Immich describes it."""
    exif = document.get("exifInfo")
    exif = exif if isinstance(exif, dict) else {}
    instant = parse_time(
        _text(exif.get("dateTimeOriginal")) or _text(document.get("fileCreatedAt"))
    )
    # The local time, marked as UTC. Its difference from the instant is the offset.
    local = parse_time(_text(document.get("localDateTime")))
    taken_at = instant
    if instant is not None and instant.tzinfo and local is not None and local.tzinfo:
        offset = local - instant
        if abs(offset) < timedelta(hours=24):
            minutes = timedelta(minutes=round(offset / timedelta(minutes=1)))
            taken_at = instant.astimezone(timezone(minutes) if minutes else UTC)
    return Metadata(
        title=_text(document.get("originalFileName")),
        description=_text(exif.get("description")),
        taken_at=taken_at,
        position=_position(exif),
        labels=_labels(document.get("tags")),
        is_favorite=document.get("isFavorite") is True,
        is_archived=document.get("isArchived") is True or document.get("visibility") == "archive",
        rating=parse_rating(exif.get("rating")),
        is_trashed=document.get("isTrashed") is True,
    )


def _read_metadata(
    file: ExportedFile,
    sidecars: dict[PurePosixPath, Metadata],
    albums: defaultdict[str, list[tuple[str | None, str]]],
    library: Library,
) -> None:
    """Add a sidecar by the path without its suffix, or the assets of an album by file name.

    The descriptions and orders of albums are added to the library.
    """
    text = read_text(file) or ""
    described = _key(file.path.with_suffix(""))
    if file.path.suffix.lower() == ".xmp":
        if (found := parse_xmp(text)) is not None:
            sidecars[described] = found.merge(sidecars.get(described, Metadata()))
        return
    for document in _read_documents(text):
        if (title := _text(document.get("albumName"))) is not None:
            library.describe_album(title, _text(document.get("description")))
            library.order_album(title, _ORDERS.get(_text(document.get("order")) or ""))
            for asset in _list(document.get("assets")):
                if isinstance(asset, dict) and (name := _text(asset.get("originalFileName"))):
                    albums[name.casefold()].append((_text(asset.get("checksum")), title))
        elif "originalFileName" in document:
            metadata = parse_asset(document)
            is_sidecar = file.path.with_suffix("").suffix != ""
            path = described if is_sidecar else _key(_asset_path(file.path, document))
            sidecars[path] = sidecars.get(path, Metadata()).merge(metadata)
        elif {"fileName", "dateTaken"} & set(document):
            metadata = parse_immich_go(document)
            for each in _list(document.get("albums")):
                if isinstance(each, dict) and (title := _text(each.get("title"))) is not None:
                    library.describe_album(title, _text(each.get("description")))
            sidecars[described] = sidecars.get(described, Metadata()).merge(metadata)


def _read_documents(text: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON file: one, a list of them, or a page of a search."""
    try:
        document = json.loads(text)
    except ValueError:
        return
    if isinstance(document, dict) and isinstance(document.get("assets"), dict):
        document = document["assets"].get("items")
    for each in document if isinstance(document, list) else [document]:
        if isinstance(each, dict):
            yield each


def _asset_path(listing: PurePosixPath, asset: dict[str, Any]) -> PurePosixPath:
    """Return the path of an asset that a list describes: beside the list, by its file name."""
    return listing.parent / PurePosixPath(str(asset["originalFileName"])).name


def _find(path: PurePosixPath, sidecars: dict[PurePosixPath, Metadata]) -> Metadata | None:
    whole = sidecars.get(_key(path))
    return whole if whole is not None else sidecars.get(_key(path.with_suffix("")))


def _find_albums(
    file: ExportedFile, albums: dict[str, list[tuple[str | None, str]]]
) -> Iterator[str]:
    """Yield the titles of the albums that contain the file."""
    entries = albums.get(file.path.name.casefold(), [])
    # Only the checksum distinguishes files of the same name.
    checksum = _checksum(file) if any(expected for expected, _ in entries) else None
    for expected, title in entries:
        if expected is None or expected == checksum:
            yield title


def _checksum(file: ExportedFile) -> str:
    """Return the SHA-1 of a file in Base64, as the API of Immich has it."""
    digest = hashlib.sha1(usedforsecurity=False)
    with file.open() as opened:
        while block := opened.read(BLOCK_SIZE):
            digest.update(block)
    return base64.b64encode(digest.digest()).decode()


def _key(path: PurePosixPath) -> PurePosixPath:
    return PurePosixPath(str(path).casefold())


def _position(values: dict[str, Any]) -> tuple[float, float] | None:
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    if not (latitude or longitude) or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return float(latitude), float(longitude)


def _labels(tags: object) -> tuple[str, ...]:
    """Return the last step of each tag, which may be a path such as `Animals/Dog`."""
    values = [
        each.get("value") or each.get("name") for each in _list(tags) if isinstance(each, dict)
    ]
    return tuple(text.rpartition("/")[2] for value in values if (text := _text(value)))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
