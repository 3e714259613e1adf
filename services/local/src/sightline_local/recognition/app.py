"""The HTTP server: AWS JSON 1.1 on `POST /`, and `GET /health`.

Clients sign requests as for AWS; the emulator does not check signatures, because it protects
nothing. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

import asyncio
import json
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aioboto3
from aiobotocore.config import AioConfig
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sightline_local.recognition.centerface import CenterFaceDetector
from sightline_local.recognition.errors import (
    ImageTooLarge,
    InternalError,
    Serialization,
    ServiceError,
    UnknownOperation,
)
from sightline_local.recognition.faces import FaceDetector, NullFaceDetector, OnnxFaceDetector
from sightline_local.recognition.image_loading import allow_large_images
from sightline_local.recognition.image_sources import S3Storage, Storage, read_image_bytes
from sightline_local.recognition.memory import release_memory
from sightline_local.recognition.model_catalog import Task, find_model, is_partially_downloaded
from sightline_local.recognition.moderation import Moderator, NullModerator, OnnxModerator
from sightline_local.recognition.objects import NullObjectDetector, OnnxObjectDetector
from sightline_local.recognition.onnx_sessions import ModelError
from sightline_local.recognition.open_nsfw import OpenNsfwModerator
from sightline_local.recognition.operations import VECTOR_MEMBER, Operation, Recognizer
from sightline_local.recognition.packaged_models import ensure_converted, find_packaged_model
from sightline_local.recognition.requests import MAX_INLINE_BYTES, parse_request
from sightline_local.recognition.settings import RecognitionSettings
from sightline_local.recognition.tags import NullTagger, OnnxTagger, Tagger
from sightline_local.recognition.text import RapidTextReader
from sightline_local.recognition.throttle import ERRORS_BY_CODE, NullThrottle, Throttle

logger = logging.getLogger(__name__)

SERVICE = "RekognitionService"
MEDIA_TYPE = "application/x-amz-json-1.1"

#: The vector of the image is returned in a header: AWS SDKs drop members that are unknown to the
#: service model, but provide every header.
VECTOR_HEADER = "x-sightline-image-vector"

#: Base64 enlarges the image by a third; the rest of a request is small.
MAX_BODY_BYTES = MAX_INLINE_BYTES * 4 // 3 + 64 * 1024

Result = TypeVar("Result")


class RecognizerProvider:
    """Provides the recognizer for the models in the folder, and a new one when they change.

    Models load lazily. The engines for text and tags are shared by all recognizers.
    """

    def __init__(self, settings: RecognitionSettings) -> None:
        self._folder = settings.models
        self._settings = settings
        self._threads = settings.threads
        self._tagger = make_tagger(settings)
        self._reader = RapidTextReader(settings.threads, settings.text_batch)
        self._found = self._find_models()
        self._current = self._build(self._found)

    def current(self) -> Recognizer:
        found = self._find_models()
        if found != self._found:
            self._found, self._current = found, self._build(found)
            logger.info("models changed", extra={"labels": self._current.label_model})
        return self._current

    def _find_models(self) -> dict[Task, Path | None]:
        return {task: find_model(task, self._folder) for task in Task}

    def _build(self, found: Mapping[Task, Path | None]) -> Recognizer:
        objects = found[Task.OBJECTS]
        threads = self._threads
        return Recognizer(
            reader=self._reader,
            tagger=self._tagger,
            objects=OnnxObjectDetector(objects, threads) if objects else NullObjectDetector(),
            faces=self._build_faces(found[Task.FACES]),
            moderator=self._build_moderator(found[Task.MODERATION]),
            is_moderation_model_incomplete=lambda: is_partially_downloaded(
                Task.MODERATION, self._folder
            ),
        )

    def _build_faces(self, downloaded: Path | None) -> FaceDetector:
        if downloaded is not None:
            return OnnxFaceDetector(downloaded, self._threads)
        locate = find_converted(Task.FACES, self._settings)
        if locate is None or not self._settings.faces:
            return NullFaceDetector()
        return CenterFaceDetector(locate, self._threads)

    def _build_moderator(self, downloaded: Path | None) -> Moderator:
        if downloaded is not None:
            return OnnxModerator(downloaded, self._threads)
        locate = find_converted(Task.MODERATION, self._settings)
        if locate is None or not self._settings.moderation:
            return NullModerator()
        return OpenNsfwModerator(locate, self._threads)


def find_converted(task: Task, settings: RecognitionSettings) -> Callable[[], Path] | None:
    """Return a function that converts the packaged model of a task, if there is one."""
    model = find_packaged_model(task)
    return None if model is None else lambda: ensure_converted(model, settings.converted_models)


def make_tagger(settings: RecognitionSettings) -> Tagger:
    """Return the tagger for the installed package, or one without a model."""
    model = find_packaged_model(Task.TAGS) if settings.tags else None
    if model is None:
        return NullTagger()
    return OnnxTagger(
        model.name, lambda: ensure_converted(model, settings.converted_models), settings.threads
    )


class Service:
    """Parses requests, runs operations on the executor and returns their responses."""

    def __init__(
        self,
        provider: RecognizerProvider,
        storage: Storage,
        executor: ThreadPoolExecutor,
        throttle: Throttle,
    ) -> None:
        self._provider = provider
        self._storage = storage
        self._executor = executor
        self._throttle = throttle

    async def handle(self, request: Request) -> dict[str, Any]:
        """Return the response of the operation. Raises `ServiceError`."""
        name = _operation_name(request)
        operation = self._provider.current().operations.get(name)
        if operation is None:
            raise UnknownOperation(f"{name or 'No operation'} is not supported by this emulator.")
        body = await _read_body(request)
        self._throttle.check(name)
        parsed = await self._run(lambda: _parse_body(operation, body))
        operation.check(parsed)
        image_bytes = await read_image_bytes(parsed.Image, self._storage)
        return await self._run(lambda: handle(operation, parsed, image_bytes))

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def handle(operation: Operation, request: Any, image_bytes: bytes) -> dict[str, Any]:
    """Run an operation and return the memory it used. Raises `ServiceError`."""
    try:
        return operation.handle(request, image_bytes)
    finally:
        release_memory()


def make_app(settings: RecognitionSettings) -> Starlette:
    """Build the application; it loads its models in the background after startup."""
    allow_large_images()
    provider = RecognizerProvider(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Service]]:
        session: Any = aioboto3.Session(region_name=settings.region)
        executor = ThreadPoolExecutor(settings.concurrency, "recognition")
        config = AioConfig(connect_timeout=3, read_timeout=30, retries={"total_max_attempts": 2})
        async with session.client("s3", config=config) as client:
            recognizer = provider.current()
            executor.submit(warm_up, recognizer)
            throttle = _make_throttle(settings)
            logger.info("started", extra={"labels": recognizer.label_model})
            yield {"service": Service(provider, S3Storage(client), executor, throttle)}
        executor.shutdown(wait=False, cancel_futures=True)

    routes = [Route("/", handle_operation, methods=["POST"]), Route("/health", report_health)]
    return Starlette(routes=routes, lifespan=lifespan)


def warm_up(recognizer: Recognizer) -> None:
    """Load every model, so that the first image does not wait for it."""
    for part in recognizer.engines:
        load = getattr(part, "warm_up", None)
        if load is not None:
            try:
                load()
            except ModelError as error:
                logger.error("%s", error)  # noqa: TRY400  # the message gives the reason
            except Exception:
                # Operations that need the model fail with this error; the others still work.
                logger.exception("could not load a model")


def _make_throttle(settings: RecognitionSettings) -> Throttle:
    if settings.max_requests_per_second is None:
        return NullThrottle()
    return Throttle(settings.max_requests_per_second, ERRORS_BY_CODE[settings.throttle_with])


async def handle_operation(request: Request) -> Response:
    service: Service = request.state.service
    try:
        return _render(await service.handle(request), 200)
    except ServiceError as error:
        if isinstance(error, InternalError):
            logger.warning("%s", error.message, exc_info=error.__cause__)
        return _render_error(error)
    except ModelError as error:
        logger.warning("%s", error)
        return _render_error(InternalError(str(error)))
    except asyncio.CancelledError:
        # Shutdown: return a retryable error.
        return _render_error(InternalError("The server is shutting down. Retry the request."))
    except ClientDisconnect:
        # No client is left to read the response.
        return Response(status_code=400)
    except Exception:
        logger.exception("unexpected error")
        return _render_error(InternalError("Unexpected error; see the log of the emulator."))


async def report_health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _operation_name(request: Request) -> str:
    service, _, name = request.headers.get("x-amz-target", "").partition(".")
    return name if service == SERVICE else ""


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise ImageTooLarge(f"The image is larger than {MAX_INLINE_BYTES} bytes.")
    return bytes(body)


def _parse_body(operation: Operation, body: bytes) -> Any:
    try:
        parsed = json.loads(body or b"{}")
        if not isinstance(parsed, dict):
            raise Serialization("The request is not a JSON object.")
        return parse_request(operation.request, parsed)
    except (ValueError, RecursionError):
        # RecursionError: the JSON is nested too deeply.
        raise Serialization("The request is not JSON.") from None


def _render(content: dict[str, Any], status: int) -> Response:
    headers = {"x-amzn-RequestId": str(uuid.uuid4())}
    vector = content.pop(VECTOR_MEMBER, None)
    if vector is not None:
        headers[VECTOR_HEADER] = vector
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)


def _render_error(error: ServiceError) -> Response:
    body = {"__type": error.code, "Message": error.message, **error.details}
    return _render(body, error.status)
