"""Responses that stream a part of an archive, or a range of its bytes (RFC 9110, section 14)."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from urllib.parse import quote

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from sightline_api.archives.contents import Archive
from sightline_api.archives.zip_stream import OpenObject, stream_zip
from sightline_api.problems import RangeNotSatisfiable

MEDIA_TYPE = "application/zip"

#: One range of bytes; several, and other units, are ignored, as the RFC allows.
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))")


class ArchiveResponse(StreamingResponse):
    """A part of an archive, from the byte `start` on and before `stop`.

    After `seconds` the connection is closed: the client continues from where it is.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self, archive: Archive, open_object: OpenObject, span: range | None, seconds: float
    ) -> None:
        size = archive.size
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Disposition": f'attachment; filename="{quote(archive.part.name)}.zip"',
            "ETag": archive.etag,
        }
        if span is not None:
            headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
        sent = span or range(size)
        headers["Content-Length"] = str(len(sent))
        body = stream_zip(archive.entries, archive.list_missing, open_object, archive.comment)
        super().__init__(_cut(body, sent), 206 if span is not None else 200, headers)
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                await super().__call__(scope, receive, send)


def select_range(archive: Archive, requested: str | None, if_range: str | None) -> range | None:
    """Return the requested range of bytes; None for all of them. Raises `RangeNotSatisfiable`."""
    match = _RANGE.fullmatch(requested.strip()) if requested else None
    if match is None or (if_range is not None and if_range != archive.etag):
        return None
    size = archive.size
    first, last, suffix = match.groups()
    if suffix is not None:
        start, stop = max(0, size - int(suffix)), size
    else:
        start, stop = int(first), size if last is None else min(int(last) + 1, size)
        if last is not None and int(last) < start:
            return None
    if start >= stop:
        raise RangeNotSatisfiable(size)
    return range(start, stop)


async def _cut(chunks: AsyncGenerator[bytes], span: range) -> AsyncGenerator[bytes]:
    """Yield the bytes of the span. What precedes is read too: the directory has its checksums."""
    position = 0
    # Closed also if the client leaves, so that no object stays open.
    async with aclosing(chunks):
        async for chunk in chunks:
            end = position + len(chunk)
            if end > span.start:
                yield chunk[max(0, span.start - position) : span.stop - position]
            position = end
            if position >= span.stop:
                break
