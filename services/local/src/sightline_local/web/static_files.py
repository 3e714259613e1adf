"""The static files of the web application, read into memory once.

The build also contains its assets in Brotli, which takes long and is 15 % shorter than gzip, with
which all are compressed here.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

INDEX_PAGE = "index.html"

#: File names in this folder contain a hash of the content.
ASSETS = "assets/"

#: Suffix of the Brotli form of a file.
BROTLI = ".br"

#: Files up to this size are not worth compressing.
MIN_COMPRESSED_BYTES = 1_000

_TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file in memory; `encoded` has its compressed forms by encoding, the shortest first."""

    body: bytes
    encoded: dict[str, bytes]
    media_type: str
    etag: str
    cache_control: str


class StaticFiles:
    """The files of a folder by path. Raises `OSError` if the index page is missing."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _read(path, path.relative_to(folder).as_posix())
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith(".") and path.suffix != BROTLI
        }
        if INDEX_PAGE not in self._files:
            raise FileNotFoundError(f"{folder / INDEX_PAGE} does not exist")

    def find(self, path: str) -> StaticFile | None:
        """Return the file at a path; a path without a file extension is a route: the index page."""
        if "." not in path.rsplit("/", 1)[-1]:
            path = INDEX_PAGE
        return self._files.get(path.lstrip("/"))

    async def serve(self, request: web.Request) -> web.Response:
        """Return the file, compressed or 304 where the client allows. Raises `HTTPNotFound`."""
        file = self.find(request.path)
        if file is None:
            raise web.HTTPNotFound
        headers = {
            "Cache-Control": file.cache_control,
            "ETag": file.etag,
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("If-None-Match") == file.etag:
            return web.Response(status=304, headers=headers)
        body = file.body
        accepted = request.headers.get("Accept-Encoding", "").split(",")
        names = {each.partition(";")[0].strip() for each in accepted}
        encoding = next((each for each in file.encoded if each in names), None)
        if encoding:
            body, headers["Content-Encoding"] = file.encoded[encoding], encoding
        return web.Response(body=body, headers={**headers, "Content-Type": file.media_type})


def _read(path: Path, name: str) -> StaticFile:
    body = path.read_bytes()
    guessed = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_text = guessed.startswith("text/") or guessed.endswith(("json", "svg+xml"))
    return StaticFile(
        body=body,
        encoded=_encode(path, body) if is_text and len(body) > MIN_COMPRESSED_BYTES else {},
        media_type=f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed,
        etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        cache_control=(
            "public, max-age=31536000, immutable" if name.startswith(ASSETS) else "no-cache"
        ),
    )


def _encode(path: Path, body: bytes) -> dict[str, bytes]:
    brotli = path.with_name(path.name + BROTLI)
    encoded = {"br": brotli.read_bytes()} if brotli.is_file() else {}
    return encoded | {"gzip": gzip.compress(body, 9)}
