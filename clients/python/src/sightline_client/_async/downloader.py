"""Downloading: whole or not at all, and never over somebody else's file."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from sightline_client._async.concurrency import Stream, each_of, in_thread
from sightline_client.downloads import Download, DownloadProgress
from sightline_client.errors import (
    NoRendition,
    NotSignedIn,
    SessionExpired,
    SightlineError,
    Unreachable,
)
from sightline_client.generated.models import OriginalView
from sightline_client.multipart import Progress, read_refusal

if TYPE_CHECKING:
    from sightline_client._async.client import AsyncSightline

#: Bytes that are written at a time.
CHUNK = 256 * 2**10

#: What is at fault with all files, not with one.
OF_ALL = (SessionExpired, NotSignedIn, Unreachable)


class Fetcher:
    """Fetches pictures from the addresses that the gateway signs, `at_once` of them at most."""

    def __init__(self, client: "AsyncSightline", http: httpx.AsyncClient, at_once: int) -> None:
        self._client = client
        self._http = http
        self._at_once = at_once
        #: Paths that are being written, by whose picture it is.
        self._taken: dict[Path, str] = {}

    async def download(
        self, image_id: str, target: Path, rendition: str | None, progress: Progress | None
    ) -> Path:
        if rendition is not None:
            image = await self._client.image(image_id)
            urls = {each.name: each.url for each in image.renditions.items}
            if rendition not in urls:
                raise NoRendition(image_id, rendition, list(urls))
            name = f"{image_id}-{rendition}.webp"
            path = target / name if await in_thread(target.is_dir) else target
            return await self._save(urls[rendition], path, progress)
        original = await self._client.original(image_id)
        if not await in_thread(target.is_dir):
            return await self._save(original.url, target, progress)
        path, is_there = await self._choose(image_id, original, target)
        return path if is_there else await self._save(original.url, path, progress)

    async def download_all(
        self,
        image_ids: Iterable[str],
        folder: Path,
        rendition: str | None,
        progress: DownloadProgress | None,
    ) -> Stream[Download]:
        async def fetch(image_id: str) -> Download:
            def show(got: int, total: int) -> None:
                if progress:
                    progress(image_id, got, total)

            try:
                path = await self.download(image_id, folder, rendition, show)
            except OF_ALL:
                raise
            except SightlineError as error:
                return Download(image_id, error=error)
            return Download(image_id, path)

        async for download in each_of(dict.fromkeys(image_ids), fetch, self._at_once):
            yield download

    async def _choose(
        self, image_id: str, original: OriginalView, folder: Path
    ) -> tuple[Path, bool]:
        """Where the original goes, and whether it is there already."""
        # What a server calls a file must not say where it goes.
        path = folder / Path(original.file_name).name
        for each in (path, path.with_stem(f"{path.stem}-{image_id[-12:]}")):
            if self._taken.setdefault(each, image_id) != image_id:
                continue
            if not await in_thread(each.exists):
                return each, False
            if await in_thread(_measure, each) == (await self._client.image(image_id)).sha256:
                return each, True
        return path.with_stem(f"{path.stem}-{image_id}"), False

    async def _save(self, url: str, path: Path, progress: Progress | None) -> Path:
        part = path.with_name(f".{path.name}.part")
        try:
            async with self._http.stream("GET", url) as answer:
                if answer.is_error:
                    raise read_refusal(answer.status_code, await answer.aread())
                total = int(answer.headers.get("content-length", 0))
                with await in_thread(part.open, "wb") as file:
                    async for chunk in answer.aiter_bytes(CHUNK):
                        await in_thread(file.write, chunk)
                        if progress:
                            progress(file.tell(), total)
            await in_thread(part.replace, path)
        except httpx.TransportError as error:
            raise Unreachable("the download broke off") from error
        finally:
            await in_thread(part.unlink, missing_ok=True)
        return path


def _measure(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
