"""The server: AWS JSON 1.1 on `POST /`, and `GET /health`.

A client signs its requests as it would for AWS; nothing here looks at the signature, because
nothing here is anybody's secret. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
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

from sightline_local.recognition.errors import (
    ImageTooLarge,
    InternalError,
    Serialization,
    ServiceError,
    UnknownOperation,
)
from sightline_local.recognition.faces import NullFaceDetector, OnnxFaceDetector
from sightline_local.recognition.image_loading import allow_large_images
from sightline_local.recognition.image_sources import S3Storage, Storage, read_image_bytes
from sightline_local.recognition.model_catalog import Task, find_model, is_partially_downloaded
from sightline_local.recognition.moderation import NullModerator, OnnxModerator
from sightline_local.recognition.objects import NullObjectDetector, OnnxObjectDetector
from sightline_local.recognition.operations import Operation, Recognizer
from sightline_local.recognition.requests import MAX_INLINE_BYTES, parse_request
from sightline_local.recognition.settings import RecognitionSettings
from sightline_local.recognition.text import RapidTextReader
from sightline_local.recognition.throttle import ERRORS_BY_CODE, NullThrottle, Throttle

logger = logging.getLogger(__name__)

SERVICE = "RekognitionService"
MEDIA_TYPE = "application/x-amz-json-1.1"

#: A picture grows by a third in base64, and there are a few more words in a request.
MAX_BODY_BYTES = MAX_INLINE_BYTES * 4 // 3 + 64 * 1024

Result = TypeVar("Result")


class RecognizerProvider:
    """The recognizer for the models that lie in the folder now: a new one once there are others.

    None of its models is loaded yet; text is read by the same engine throughout.
    """

    def __init__(self, settings: RecognitionSettings) -> None:
        self._folder = settings.models
        self._threads = settings.threads
        self._reader = RapidTextReader(settings.threads, settings.text_batch)
        self._found = self._look()
        self._current = self._make(self._found)

    def current(self) -> Recognizer:
        found = self._look()
        if found != self._found:
            self._found, self._current = found, self._make(found)
            logger.info("recognizing", extra={"objects": self._current.objects.version})
        return self._current

    def _look(self) -> dict[Task, Path | None]:
        return {task: find_model(task, self._folder) for task in Task}

    def _make(self, found: Mapping[Task, Path | None]) -> Recognizer:
        objects, faces, moderation = (found[task] for task in Task)
        threads = self._threads
        return Recognizer(
            reader=self._reader,
            objects=OnnxObjectDetector(objects, threads) if objects else NullObjectDetector(),
            faces=OnnxFaceDetector(faces, threads) if faces else NullFaceDetector(),
            moderator=OnnxModerator(moderation, threads) if moderation else NullModerator(),
            is_moderation_model_incomplete=lambda: is_partially_downloaded(
                Task.MODERATION, self._folder
            ),
        )


class Service:
    """Takes calls apart, has them done on the executor, and puts answers together."""

    def __init__(
        self,
        recognizers: RecognizerProvider,
        storage: Storage,
        executor: ThreadPoolExecutor,
        throttle: Throttle,
    ) -> None:
        self._recognizers = recognizers
        self._storage = storage
        self._executor = executor
        self._throttle = throttle

    async def answer(self, request: Request) -> dict[str, Any]:
        """Raises `ServiceError`."""
        name = _operation(request)
        operation = self._recognizers.current().operations.get(name)
        if operation is None:
            raise UnknownOperation(f"{name or 'No operation'} is not answered here.")
        body = await _read_body(request)
        self._throttle.check(name)
        call = await self._run(lambda: _read_call(operation, body))
        operation.check(call)
        picture = await read_image_bytes(call.Image, self._storage)
        return await self._run(lambda: operation.answer(call, picture))

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def make_app(settings: RecognitionSettings) -> Starlette:
    """The application; its models are loaded in the background once it runs."""
    allow_large_images()
    recognizers = RecognizerProvider(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Service]]:
        session: Any = aioboto3.Session(region_name=settings.region)
        executor = ThreadPoolExecutor(settings.concurrency, "picture")
        config = AioConfig(connect_timeout=3, read_timeout=30, retries={"total_max_attempts": 2})
        async with session.client("s3", config=config) as client:
            recognizer = recognizers.current()
            executor.submit(warm_up, recognizer)
            throttle = _make_throttle(settings)
            logger.info("recognizing", extra={"objects": recognizer.objects.version})
            yield {"service": Service(recognizers, S3Storage(client), executor, throttle)}
        executor.shutdown(wait=False, cancel_futures=True)

    routes = [Route("/", answer, methods=["POST"]), Route("/health", answer_health)]
    return Starlette(routes=routes, lifespan=lifespan)


def warm_up(recognizer: Recognizer) -> None:
    """Load every model, so that the first picture does not have to wait for it."""
    parts = (recognizer.reader, recognizer.objects, recognizer.faces, recognizer.moderator)
    for part in parts:
        load = getattr(part, "warm_up", None)
        if load is not None:
            try:
                load()
            except Exception:
                # Whoever needs it is told so; the others are served.
                logger.exception("could not load a model")


def _make_throttle(settings: RecognitionSettings) -> Throttle:
    if settings.max_requests_per_second is None:
        return NullThrottle()
    return Throttle(settings.max_requests_per_second, ERRORS_BY_CODE[settings.throttle_with])


async def answer(request: Request) -> Response:
    service: Service = request.state.service
    try:
        return _render(await service.answer(request), 200)
    except ServiceError as error:
        if isinstance(error, InternalError):
            logger.warning("%s", error.message, exc_info=error.__cause__)
        return _render_error(error)
    except asyncio.CancelledError:
        # We are told to stop: whoever still waits is told to ask again.
        return _render_error(InternalError("This server is stopping."))
    except ClientDisconnect:
        # There is nobody left to read it.
        return Response(status_code=400)
    except Exception:
        logger.exception("could not answer a call")
        return _render_error(InternalError("Something is wrong here; the log says what."))


async def answer_health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _operation(request: Request) -> str:
    service, _, name = request.headers.get("x-amz-target", "").partition(".")
    return name if service == SERVICE else ""


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise ImageTooLarge(f"The image is larger than {MAX_INLINE_BYTES} bytes.")
    return bytes(body)


def _read_call(operation: Operation, body: bytes) -> Any:
    try:
        parsed = json.loads(body or b"{}")
        if not isinstance(parsed, dict):
            raise Serialization("The request is not a JSON object.")
        return parse_request(operation.request, parsed)
    except (ValueError, RecursionError):
        # JSON within JSON without end is not ours to follow.
        raise Serialization("The request is not JSON.") from None


def _render(content: dict[str, Any], status: int) -> Response:
    return JSONResponse(
        content, status, {"x-amzn-RequestId": str(uuid.uuid4())}, media_type=MEDIA_TYPE
    )


def _render_error(error: ServiceError) -> Response:
    body = {"__type": error.code, "Message": error.message, **error.details}
    return _render(body, error.status)
