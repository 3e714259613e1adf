"""The receiver and its pages as an ASGI application."""

import zlib
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from sightline_local.traces.metric_page import render_metrics
from sightline_local.traces.metric_points import parse_metrics
from sightline_local.traces.metric_store import MetricStore
from sightline_local.traces.pages import render_list, render_missing, render_trace
from sightline_local.traces.spans import InvalidExport, parse_export
from sightline_local.traces.store import TraceStore
from sightline_local.traces.waterfall import render_text

#: The media type of OTLP over HTTP with protobuf.
#: https://opentelemetry.io/docs/specs/otlp/#binary-protobuf-encoding
PROTOBUF = "application/x-protobuf"

#: Longest body, also after decompression, bytes.
MAX_BODY_BYTES = 32 * 2**20

#: `wbits` of zlib for a gzip header.
GZIP_WINDOW_BITS = 31

#: Names of spans and attributes come from clients; nothing on a page may run or load.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class BodyTooLarge(Exception):
    """The body exceeds `MAX_BODY_BYTES`."""


def create_app(store: TraceStore, metrics: MetricStore) -> FastAPI:
    """Create the application over the stores of traces and metrics."""
    app = FastAPI(openapi_url=None)

    @app.post("/v1/traces")
    async def receive_traces(request: Request) -> Response:
        """Add the spans of an export request."""
        return await _receive(request, lambda body: store.add(parse_export(body)))

    @app.post("/v1/metrics")
    async def receive_metrics(request: Request) -> Response:
        """Add the points of an export request."""
        return await _receive(request, lambda body: metrics.add(parse_metrics(body)))

    @app.get("/health")
    async def get_health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/")
    async def show_traces() -> HTMLResponse:
        return HTMLResponse(render_list(store.list()), headers=HEADERS)

    @app.get("/metrics")
    async def show_metrics() -> HTMLResponse:
        return HTMLResponse(render_metrics(metrics.list()), headers=HEADERS)

    @app.get("/traces/{trace_id}")
    async def show_trace(trace_id: str) -> HTMLResponse:
        trace = store.get(trace_id)
        if trace is None:
            return HTMLResponse(render_missing(), 404, HEADERS)
        return HTMLResponse(render_trace(trace), headers=HEADERS)

    @app.get("/images/{image_id}")
    async def show_image(image_id: str) -> HTMLResponse:
        trace = store.find_image(image_id)
        if trace is None:
            return HTMLResponse(render_missing(), 404, HEADERS)
        return HTMLResponse(render_trace(trace), headers=HEADERS)

    @app.get("/images/{image_id}/waterfall.txt")
    async def get_waterfall(image_id: str) -> PlainTextResponse:
        trace = store.find_image(image_id)
        if trace is None:
            return PlainTextResponse("no trace of this image\n", 404, HEADERS)
        return PlainTextResponse(render_text(trace), headers=HEADERS)

    return app


async def _receive(request: Request, add: Callable[[bytes], None]) -> Response:
    """Add the body of an export request, and return the response of OTLP."""
    if request.headers.get("content-type", "").partition(";")[0] != PROTOBUF:
        return Response(status_code=415)
    try:
        add(await _read_body(request))
    except BodyTooLarge:
        return Response(status_code=413)
    except (InvalidExport, zlib.error):
        return Response(status_code=400)
    # The message of a response without a partial success is empty.
    return Response(media_type=PROTOBUF)


async def _read_body(request: Request) -> bytes:
    """Return the decompressed body. Raises `BodyTooLarge`, `zlib.error`."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
    if request.headers.get("content-encoding") != "gzip":
        return bytes(body)
    decompressor = zlib.decompressobj(GZIP_WINDOW_BITS)
    plain = decompressor.decompress(bytes(body), MAX_BODY_BYTES)
    if decompressor.unconsumed_tail:
        raise BodyTooLarge
    return plain
