"""Generated from `_async/downloader.py` by `make clients`; edit that file instead.

Downloads of originals and renditions: atomic, and never over an unrelated file."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from sightline_client._sync.concurrency import Stream, map_concurrently, open_in_thread, to_thread
from sightline_client.downloads import BatchDownloadCallback, DownloadResult
from sightline_client.errors import (
    FileError,
    RenditionNotFound,
    SessionExpired,
    SightlineError,
    Unauthorized,
    Unreachable,
    convert_file_errors,
)
from sightline_client.generated.models import OriginalView
from sightline_client.multipart import ProgressCallback, parse_s3_error

if TYPE_CHECKING:
    from sightline_client._sync.client import Sightline

#: Bytes written at a time.
CHUNK_SIZE = 256 * 2**10

#: Errors that affect the whole batch, not a single image.
BATCH_ERRORS = (FileError, SessionExpired, Unauthorized, Unreachable)


class Downloader:
    """Downloads images from the presigned URLs that the API returns."""

    def __init__(self, client: "Sightline", http: httpx.Client, concurrency: int) -> None:
        self._client = client
        self._http = http
        self._concurrency = concurrency
        #: The image that each path is reserved for.
        self._reserved: dict[Path, str] = {}

    def download(
        self, image_id: str, target: Path, rendition: str | None, progress: ProgressCallback | None
    ) -> Path:
        with convert_file_errors():
            return self._download(image_id, target, rendition, progress)

    def _download(
        self, image_id: str, target: Path, rendition: str | None, progress: ProgressCallback | None
    ) -> Path:
        if rendition is not None:
            image = self._client.image(image_id)
            urls = {each.name: each.url for each in image.renditions.items}
            if rendition not in urls:
                raise RenditionNotFound(image_id, rendition, list(urls))
            name = f"{image_id}-{rendition}.webp"
            path = target / name if to_thread(target.is_dir) else target
            return self._save(urls[rendition], path, progress)
        original = self._client.original(image_id)
        if not to_thread(target.is_dir):
            return self._save(original.url, target, progress)
        path, is_saved = self._choose_path(image_id, original, target)
        return path if is_saved else self._save(original.url, path, progress)

    def download_many(
        self,
        image_ids: Iterable[str],
        folder: Path,
        rendition: str | None,
        progress: BatchDownloadCallback | None,
    ) -> Stream[DownloadResult]:
        def download(image_id: str) -> DownloadResult:
            def report(received: int, total: int) -> None:
                if progress:
                    progress(image_id, received, total)

            try:
                path = self.download(image_id, folder, rendition, report)
            except BATCH_ERRORS:
                raise
            except SightlineError as error:
                return DownloadResult(image_id, error=error)
            return DownloadResult(image_id, path)

        for result in map_concurrently(download, dict.fromkeys(image_ids), self._concurrency):
            yield result

    def _choose_path(
        self, image_id: str, original: OriginalView, folder: Path
    ) -> tuple[Path, bool]:
        """Return the path for an original, and whether it has been saved there before."""
        # A file name from the server must not leave the folder.
        path = folder / Path(original.file_name).name
        for each in (path, path.with_stem(f"{path.stem}-{image_id[-12:]}")):
            if self._reserved.setdefault(each, image_id) != image_id:
                continue
            if not to_thread(each.exists):
                return each, False
            if to_thread(_hash_file, each) == (self._client.image(image_id)).sha256:
                return each, True
        return path.with_stem(f"{path.stem}-{image_id}"), False

    def _save(self, url: str, path: Path, progress: ProgressCallback | None) -> Path:
        part = path.with_name(f".{path.name}.part")
        try:
            with self._http.stream("GET", url) as response:
                if response.is_error:
                    raise parse_s3_error(response.status_code, response.read())
                total = int(response.headers.get("content-length", 0))
                with open_in_thread(part.open, "wb") as file:
                    for chunk in response.iter_bytes(CHUNK_SIZE):
                        to_thread(file.write, chunk)
                        if progress:
                            progress(file.tell(), total)
            to_thread(part.replace, path)
        except httpx.TransportError as error:
            raise Unreachable("the download was interrupted") from error
        finally:
            to_thread(part.unlink, missing_ok=True)
        return path


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
