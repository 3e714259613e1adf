"""Errors as clients see them: `application/problem+json` (RFC 9457) with a stable code.

Problem
├── Unauthenticated        401  no token, or not a good one
├── RateLimited            429  more requests than the owner may make
├── ImageMissing           404  not there, or somebody else's: never told apart
├── InvalidCursor          400  not one of our cursors
├── PictureTooLarge        413  announced as larger than the limit
└── DependencyUnavailable  503  something that we call is away; worth another try
"""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, ClassVar

from botocore.exceptions import BotoCoreError, ClientError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from sightline.adapters.aws.clients import DependencyBusy

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

#: Seconds after which a client may try again when something that we call is away.
RETRY_AFTER = 5

#: Codes with which AWS says that the fault is not in the request.
PASSING_CODES = frozenset(
    {
        "InternalError",
        "InternalServerError",
        "KMSThrottling",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttled",
        "Throttling",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


#: How the document tells of it.
RETRY_HEADER = {
    "Retry-After": {
        "description": "Seconds after which to try again.",
        "schema": {"type": "integer"},
    }
}


class FieldError(BaseModel):
    """One thing that is wrong with a request."""

    location: str = Field(examples=["body.sha256"])
    message: str = Field(examples=["String should match pattern '^[0-9a-f]{64}$'"])


class ProblemBody(BaseModel):
    """What went wrong, for programs by `code` and for people by `detail`."""

    type: str = Field(examples=["urn:sightline:problem:image_not_found"])
    code: str = Field(examples=["image_not_found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no such image."])
    errors: list[FieldError] | None = None


class Problem(Exception):
    """An error that a client is meant to see."""

    status: ClassVar[HTTPStatus]
    code: ClassVar[str]
    detail: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {}
    #: Seconds after which it is worth another try, where it ever is.
    retry_after: int | None = None

    def body(self) -> ProblemBody:
        """The problem as it is written where it is not an answer by itself."""
        return _describe(self.status, self.code, self.detail)

    @classmethod
    def schema(cls) -> dict[int | str, dict[str, Any]]:
        """The entry of this error in an endpoint's `responses`."""
        return _schema(cls.status, cls.detail, {} if cls.retry_after is None else RETRY_HEADER)


class Unauthenticated(Problem):
    status = HTTPStatus.UNAUTHORIZED
    code = "unauthenticated"
    detail = "A valid access token is needed."
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}


class RateLimited(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "rate_limited"
    detail = "These are more requests than one owner may make; slow down."
    retry_after = 1

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class QuotaExceeded(Problem):
    status = HTTPStatus.FORBIDDEN
    code = "quota_exceeded"
    detail = "There is no room for another picture of this size; delete some first."


class ImageNotFoundProblem(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "image_not_found"
    detail = "There is no such image."


class AlbumNotFoundProblem(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "album_not_found"
    detail = "There is no such album."


class NotInAlbumProblem(Problem):
    status = HTTPStatus.CONFLICT
    code = "not_in_album"
    detail = "The cover has to be a picture of the album."


class InvalidSearch(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid_search"
    detail = "A search names a label or a word to be read at least, and 20 words at most."


class InvalidCursor(Problem):
    status = HTTPStatus.BAD_REQUEST
    code = "invalid_cursor"
    detail = "The cursor is not one that this listing gave out."


class InvalidKey(Problem):
    status = HTTPStatus.BAD_REQUEST
    code = "invalid_idempotency_key"
    detail = "An Idempotency-Key has 1 to 200 visible ASCII characters."


class RequestInProgress(Problem):
    status = HTTPStatus.CONFLICT
    code = "request_in_progress"
    detail = "The same request is being answered at this moment; ask again."
    retry_after = 1


class KeyReused(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "idempotency_key_reused"
    detail = "Another request has been made with this Idempotency-Key."


class NotUploaded(Problem):
    status = HTTPStatus.CONFLICT
    code = "nothing_uploaded"
    detail = "The picture has not been uploaded yet."


class Contended(Problem):
    status = HTTPStatus.CONFLICT
    code = "contended"
    detail = "It is being changed by others at this moment; please try again."


class PreconditionFailed(Problem):
    status = HTTPStatus.PRECONDITION_FAILED
    code = "changed"
    detail = "It has changed since it was read; read it again and decide anew."


class ImageTooLarge(Problem):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "image_too_large"
    detail = "The picture is larger than what is accepted."


class TooManyStreams(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_streams"
    detail = "So many streams of events are open already; close one first."
    retry_after = RETRY_AFTER


class RequestTooLarge(Problem):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "request_too_large"
    detail = "The request is larger than what is accepted; pictures go to S3."


class RequestTimeout(Problem):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "request_timeout"
    detail = "The answer took too long; please try again."
    retry_after = RETRY_AFTER


class DependencyUnavailable(Problem):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "dependency_unavailable"
    detail = "A service that is needed here does not answer; please try again."
    retry_after = RETRY_AFTER


#: What every endpoint that wants a token may answer.
AUTHENTICATED = (Unauthenticated, RateLimited, DependencyUnavailable)


def documented(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint that takes input and may answer with these."""
    responses = _schema(HTTPStatus.UNPROCESSABLE_ENTITY, "The request is not as documented.")
    for problem in problems:
        for status, response in problem.schema().items():
            # One status may have several reasons; all of them are told.
            known = responses.setdefault(status, response)
            if response["description"] not in known["description"]:
                known["description"] += " " + response["description"]
            known["headers"] |= response["headers"]
    return responses


def _schema(
    status: HTTPStatus, description: str, headers: dict[str, Any] | None = None
) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    response = {"description": description, "headers": {**(headers or {})}, "content": content}
    return {int(status): response}


def problem_schemas() -> dict[str, Any]:
    """The schemas that the entries of `documented` refer to."""
    _, schemas = models_json_schema(
        [(ProblemBody, "serialization")], ref_template="#/components/schemas/{model}"
    )
    return dict(schemas["$defs"])


def install_handlers(app: FastAPI) -> None:
    """Have every error leave the application as a problem."""
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(ClientError, _answer_vendor)
    app.add_exception_handler(BotoCoreError, _answer_vendor)
    app.add_exception_handler(DependencyBusy, _answer_vendor)
    app.add_exception_handler(ExceptionGroup, _answer_group)
    app.add_exception_handler(Exception, _answer_unforeseen)


def _describe(
    status: int, code: str, detail: str, errors: list[FieldError] | None = None
) -> ProblemBody:
    return ProblemBody(
        type=f"urn:sightline:problem:{code}",
        code=code,
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=errors,
    )


def _render(
    status: int,
    code: str,
    detail: str,
    headers: dict[str, str] | None = None,
    errors: list[FieldError] | None = None,
) -> JSONResponse:
    body = _describe(status, code, detail, errors)
    return JSONResponse(
        body.model_dump(exclude_none=True), status, headers=headers, media_type=MEDIA_TYPE
    )


def render_problem(problem: Problem) -> JSONResponse:
    headers = dict(problem.headers)
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    return _render(problem.status, problem.code, problem.detail, headers)


async def _answer_problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)  # noqa: S101
    return render_problem(error)


async def _answer_invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    # What was sent is not repeated: it may hold what should not be logged.
    errors = [
        FieldError(location=".".join(str(step) for step in item["loc"]), message=item["msg"])
        for item in error.errors()
    ]
    return _render(422, "invalid_request", "The request is not as documented.", errors=errors)


async def _answer_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == HTTPStatus.BAD_REQUEST:
        # FastAPI could not even decode the body; every endpoint documents what that is.
        return _render(422, "invalid_request", "The request is not as documented.")
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_allowed_methods(request)))
    return _render(error.status_code, code, f"{phrase}.", headers)


def _allowed_methods(request: Request) -> Iterator[str]:
    """Of every route of the path: the one that refuses knows its own alone."""
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            yield from route.methods or ()


async def _answer_group(request: Request, error: Exception) -> JSONResponse:
    """Of several things that went wrong at once, the first speaks for all."""
    assert isinstance(error, ExceptionGroup)  # noqa: S101
    first = error.exceptions[0]
    if isinstance(first, ClientError | BotoCoreError | DependencyBusy):
        return await _answer_vendor(request, first)
    return await _answer_unforeseen(request, first)


async def _answer_vendor(request: Request, error: Exception) -> JSONResponse:
    """AWS away or overloaded is worth another try; any other refusal is our own fault."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if error.response["Error"]["Code"] not in PASSING_CODES and status < 500:
            return await _answer_unforeseen(request, error)
    logger.warning("a dependency failed", exc_info=error)
    return await _answer_problem(request, DependencyUnavailable())


async def _answer_unforeseen(_: Request, error: Exception) -> JSONResponse:
    return render_unforeseen(error)


def render_unforeseen(error: Exception) -> JSONResponse:
    logger.error("unforeseen error", exc_info=error)
    return _render(500, "internal_error", "Something went wrong on our side.")
