"""Downloads of archives: each part is resumed where it was interrupted, also by a later run."""

from pathlib import Path

import httpx

from sightline_client._async.concurrency import open_in_thread, sleep, to_thread
from sightline_client.archives import ArchiveCallback, ArchiveFile
from sightline_client.errors import (
    Problem,
    UnexpectedResponse,
    Unreachable,
    convert_file_errors,
)
from sightline_client.generated.models import ArchivePart
from sightline_client.retry import RetryPolicy


class ArchiveDownloader:
    """Downloads the parts of archives from the API."""

    def __init__(self, http: httpx.AsyncClient, retry: RetryPolicy) -> None:
        self._http = http
        self._retry = retry

    async def download(
        self, part: ArchivePart, folder: Path, progress: ArchiveCallback | None
    ) -> Path:
        file = ArchiveFile.of(part, folder)
        attempt, received = 0, 0
        with convert_file_errors():
            await to_thread(folder.mkdir, parents=True, exist_ok=True)
            while True:
                try:
                    return await self._continue(part, file, progress)
                except httpx.TransportError as error:
                    beginning = await to_thread(file.find_beginning)
                    size = beginning[1] if beginning else 0
                    # An attempt that made progress is not counted.
                    attempt, received = (1 if size > received else attempt + 1), size
                    delay = self._retry.delay_after_error(attempt)
                    if delay is None:
                        raise Unreachable(
                            "the download was interrupted; run it again to resume"
                        ) from error
                    await sleep(delay)

    async def _continue(
        self, part: ArchivePart, file: ArchiveFile, progress: ArchiveCallback | None
    ) -> Path:
        """Download what is missing, and return the path of the complete file."""
        headers = await to_thread(_describe_known, file)
        async with self._http.stream("GET", part.url, headers=headers) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED:
                return file.path
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                # The beginning is complete, or of another file: fetch it anew.
                await to_thread(file.delete_beginnings)
                raise httpx.ReadError("the beginning has all bytes of the file")
            if response.is_error:
                content = await response.aread()
                raise Problem.from_response(response.status_code, content, response.headers)
            etag = response.headers.get("etag", "")
            is_resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
            if not etag or (is_resumed and etag != headers.get("If-Range")):
                raise UnexpectedResponse("unexpected response from the API; update the client")
            if not is_resumed:
                await to_thread(file.delete_beginnings)
            beginning = file.beginning(etag)
            with await open_in_thread(beginning.open, "ab") as opened:
                total = opened.tell() + int(response.headers.get("content-length", 0))
                # As they arrive: a chunk that is not full yet would be lost with the connection.
                async for chunk in response.aiter_bytes():
                    await to_thread(opened.write, chunk)
                    if progress:
                        progress(file.path.name, opened.tell(), total)
        await to_thread(beginning.replace, file.path)
        return file.path


def _describe_known(file: ArchiveFile) -> dict[str, str]:
    """Return the headers that ask only for what the folder does not have."""
    if etag := file.find_etag():
        return {"If-None-Match": etag}
    if beginning := file.find_beginning():
        etag, size = beginning
        if size:
            return {"If-Range": etag, "Range": f"bytes={size}-"}
    return {}
