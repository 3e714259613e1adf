"""Errors as clients see them: `application/problem+json` (RFC 9457) with a stable code.

Problem
├── Unauthenticated        401  no valid access token or API key
├── InsufficientScope      403  the credential lacks a scope, or only people are accepted
├── RateLimited            429  a rate limit is exceeded
├── ImageNotFoundProblem   404  not found, or another owner's: callers cannot distinguish the two
├── InvalidCursor          400  not a cursor of this list
├── ImageTooLarge          413  declared as larger than the limit
└── DependencyUnavailable  503  a service that the gateway calls is down; retry later

Endpoints raise problems, or let the errors of the domain and of AWS pass: the handlers here
translate all of them.
"""

import logging
import re
import traceback
from collections.abc import Awaitable, Callable, Collection
from http import HTTPStatus
from itertools import islice
from typing import Any, ClassVar

from botocore.exceptions import BotoCoreError, ClientError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from sightline.domain.album_members import (
    AlreadyMember,
    InvitationNotFound,
    MemberNotFound,
    TooManyInvitations,
)
from sightline.domain.albums import AlbumNotFound, NotInAlbum
from sightline.domain.api_keys import ApiKeyNotFound
from sightline.domain.share_links import ShareLinkNotFound
from sightline.domain.webhooks import DeliveryNotFound, WebhookNotFound
from sightline.optimistic import Conflict
from sightline.ports.errors import DependencyBusy
from sightline.ports.image_table import ImageNotFound

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

#: Under this key, the scope of a request has the code of the problem that it ended with.
PROBLEM_CODE = "sightline.problem_code"

#: Seconds after which a client may retry while a dependency is down.
RETRY_AFTER_SECONDS = 5

#: Error codes of AWS for faults that are not in the request.
TRANSIENT_CODES = frozenset(
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

#: The header in the OpenAPI document.
RETRY_HEADER = {
    "Retry-After": {
        "description": "Seconds after which to retry.",
        "schema": {"type": "integer"},
    }
}

#: Length of the reason in `WWW-Authenticate`.
MAX_REASON_LENGTH = 200

#: Maximum number of validation errors that one response reports.
MAX_FIELD_ERRORS = 20

#: Maximum length of the location of such an error; a request may name a field as it likes.
MAX_LOCATION_LENGTH = 200

#: Key of the codes of a response or an operation in the OpenAPI document.
CODES_KEY = "x-problem-codes"

INVALID_REQUEST_CODE = "invalid_request"
INVALID_REQUEST = "The request failed validation; see `errors`."


class FieldError(BaseModel):
    """One field that failed validation."""

    location: str = Field(examples=["body.sha256"])
    message: str = Field(examples=["String should match pattern '^[0-9a-f]{64}$'"])


class ProblemBody(BaseModel):
    """What went wrong: `code` is for programs, `detail` for people."""

    type: str = Field(examples=["urn:sightline:problem:image_not_found"])
    code: str = Field(examples=["image_not_found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["Image not found."])
    errors: list[FieldError] | None = None


class ProblemResponse(JSONResponse):
    """The response for a problem; it leaves the code in the scope, for the log of the request."""

    media_type = MEDIA_TYPE

    def __init__(self, body: ProblemBody, headers: dict[str, str] | None = None) -> None:
        super().__init__(body.model_dump(exclude_none=True), body.status, headers=headers)
        self._code = body.code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[PROBLEM_CODE] = self._code
        await super().__call__(scope, receive, send)


class Problem(Exception):
    """An error that clients are meant to see."""

    status: ClassVar[HTTPStatus]
    code: ClassVar[str]
    detail: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {}
    #: Seconds after which a retry may succeed; None where it never does.
    retry_after: int | None = None

    def body(self) -> ProblemBody:
        """Return the problem as a part of another response."""
        return _describe(self.status, self.code, self.detail)

    def response_headers(self) -> dict[str, str]:
        """Return the headers of the response."""
        retry = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return {**self.headers, **retry}

    @classmethod
    def schema(cls) -> dict[int | str, dict[str, Any]]:
        """Return the entry of this error in the `responses` of an endpoint."""
        headers = {} if cls.retry_after is None else RETRY_HEADER
        return _schema(cls.status, cls.code, cls.detail, headers)


class Unauthenticated(Problem):
    status = HTTPStatus.UNAUTHORIZED
    code = "unauthenticated"
    detail = "A valid access token or API key is required."
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}


class InvalidAccessToken(Unauthenticated):
    """The token was refused; `reason` says why, as RFC 6750, section 3 asks."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        description = re.sub(r'[^ -~]|["\\\\]', "", reason)[:MAX_REASON_LENGTH]
        self._challenge = f'Bearer error="invalid_token", error_description="{description}"'

    def response_headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": self._challenge}


class InsufficientScope(Problem):
    """The credential lacks one of these scopes; without any, only people are accepted."""

    status = HTTPStatus.FORBIDDEN
    code = "insufficient_scope"
    detail = (
        "The credential lacks a required scope, or the operation requires an access token of a "
        "person."
    )

    def __init__(self, scopes: Collection[str] = ()) -> None:
        super().__init__(scopes)
        self._challenge = 'Bearer error="insufficient_scope"'
        if scopes:
            self._challenge += f', scope="{" ".join(sorted(scopes))}"'

    def response_headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": self._challenge}


class BadRequest(Problem):
    status = HTTPStatus.BAD_REQUEST
    code = "bad_request"
    detail = "The request is not valid HTTP/1.1, or it does not have exactly one `Host` header."


class HeadersTooLarge(Problem):
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    code = "headers_too_large"
    detail = "The request has too many headers, or they are too large."


class RequestHeadTimeout(Problem):
    status = HTTPStatus.REQUEST_TIMEOUT
    code = "request_head_timeout"
    detail = "The headers of the request did not arrive in time."


class UnsupportedMediaType(Problem):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_media_type"
    detail = "The body must be JSON, with `Content-Type: application/json`."
    headers: ClassVar = {"Accept": "application/json"}


class InvalidPrecondition(Problem):
    status = HTTPStatus.BAD_REQUEST
    code = "invalid_precondition"
    detail = "`If-Match` must be `*` or a list of quoted entity tags, as `ETag` returns them."


class RateLimited(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "rate_limited"
    detail = "Rate limit exceeded. Retry after the seconds in `Retry-After`."
    retry_after = 1

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class QuotaExceeded(Problem):
    status = HTTPStatus.FORBIDDEN
    code = "quota_exceeded"
    detail = (
        "Storage quota exceeded. Delete images to free space; those in the trash count until they "
        "are deleted permanently."
    )


class TooManyUploadsProblem(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_uploads"
    detail = (
        "Too many uploads are outstanding. Send their images, or delete those that you do not send."
    )
    retry_after = RETRY_AFTER_SECONDS


class ImageNotFoundProblem(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "image_not_found"
    detail = "Image not found."


class AlbumNotFoundProblem(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "album_not_found"
    detail = "Album not found."


class ApiKeyNotFoundProblem(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "api_key_not_found"
    detail = "API key not found."


class TooManyApiKeys(Problem):
    status = HTTPStatus.CONFLICT
    code = "too_many_api_keys"
    detail = "The account has the maximum number of API keys. Revoke one first."


class WebhookNotFoundProblem(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "webhook_not_found"
    detail = "Webhook endpoint not found."


class DeliveryNotFoundProblem(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "delivery_not_found"
    detail = "Delivery not found. Deliveries are kept for 14 days."


class TooManyWebhooks(Problem):
    status = HTTPStatus.CONFLICT
    code = "too_many_webhooks"
    detail = "The account has the maximum number of webhook endpoints. Delete one first."


class WebhookPaused(Problem):
    status = HTTPStatus.CONFLICT
    code = "webhook_paused"
    detail = "The webhook endpoint is paused. Resume it first."


class InvalidWebhookUrl(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid_webhook_url"
    detail = "The URL must be a public `https` URL without a user name, password or fragment."


class EmailNotVerified(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "email_not_verified"
    detail = "Send the caller's current `id_token`, with a verified email address."


class ShareLinkNotFoundProblem(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "share_link_not_found"
    detail = "Share link not found."


class OriginalRequiresMetadata(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "original_requires_metadata"
    detail = (
        "An original contains its metadata and position. To share originals, share `metadata` and "
        "`position` as well."
    )


class SharedNotFound(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "shared_not_found"
    detail = "Not found, or no longer shared."


class SharePasswordRequired(Problem):
    status = HTTPStatus.FORBIDDEN
    code = "share_password_required"
    detail = (
        "The link has a password. Send it to `POST /v1/shared/{token}/access`, and the returned "
        "`access` in the header `Share-Access`."
    )


class WrongSharePassword(Problem):
    status = HTTPStatus.FORBIDDEN
    code = "wrong_share_password"
    detail = "The password is wrong, or the link has none."


class TooManyAlbums(Problem):
    status = HTTPStatus.CONFLICT
    code = "too_many_albums"
    detail = "The image is in the maximum number of albums. Remove it from another one first."


class TooManyLabels(Problem):
    status = HTTPStatus.CONFLICT
    code = "too_many_labels"
    detail = "The image has the maximum number of own or hidden labels. Remove some of them first."


class CaptureTimeNotShiftable(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "capture_time_not_shiftable"
    detail = (
        "The image has no time of capture, or the shift leaves the years 1 to 9999. Set "
        "`taken_at_override` instead."
    )


class NotInAlbumProblem(Problem):
    status = HTTPStatus.CONFLICT
    code = "not_in_album"
    detail = "The image must belong to the album: as its cover, or to move others next to it."


class InsufficientRole(Problem):
    status = HTTPStatus.FORBIDDEN
    code = "insufficient_role"
    detail = "A viewer cannot add images to the album. Ask its owner for the role `contributor`."


class InvitationNotFoundProblem(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "invitation_not_found"
    detail = "Invitation not found. It may have been used or revoked, or have expired."


class MemberNotFoundProblem(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "member_not_found"
    detail = "Member not found."


class AlreadyMemberProblem(Problem):
    status = HTTPStatus.CONFLICT
    code = "already_member"
    detail = "You have access to the album already. The invitation stays valid for someone else."


class TooManyInvitationsProblem(Problem):
    status = HTTPStatus.CONFLICT
    code = "too_many_invitations"
    detail = "The limit of invitations per day is reached. Try again tomorrow (UTC)."


class TooManyMembers(Problem):
    status = HTTPStatus.CONFLICT
    code = "too_many_members"
    detail = (
        "The album has the maximum number of members and invitations. Remove a member or revoke an "
        "invitation first."
    )


class InvalidText(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid_text"
    detail = "`q` and each `text` must contain a word, and all of them at most 20 words."


class InvalidCursor(Problem):
    status = HTTPStatus.BAD_REQUEST
    code = "invalid_cursor"
    detail = "The cursor does not belong to this list. Start again without a cursor."


class InvalidKey(Problem):
    status = HTTPStatus.BAD_REQUEST
    code = "invalid_idempotency_key"
    detail = "An Idempotency-Key must have 1 to 200 visible ASCII characters."


class RequestInProgress(Problem):
    status = HTTPStatus.CONFLICT
    code = "request_in_progress"
    detail = "The same request is still in progress. Retry after the seconds in `Retry-After`."
    retry_after = 1


class KeyReused(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "idempotency_key_reused"
    detail = "This Idempotency-Key was used for a different request. Use a new key."


class NotUploaded(Problem):
    status = HTTPStatus.CONFLICT
    code = "nothing_uploaded"
    detail = "The image has not been uploaded yet."


class Contended(Problem):
    status = HTTPStatus.CONFLICT
    code = "contended"
    detail = "Concurrent requests are changing the resource. Retry."


class PreconditionFailed(Problem):
    status = HTTPStatus.PRECONDITION_FAILED
    code = "changed"
    detail = "The resource has changed. Fetch it again and retry with its new ETag."


class ImageTooLarge(Problem):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "image_too_large"
    detail = "The image exceeds the maximum file size."


class TooManyStreams(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_streams"
    detail = "Too many open event streams. Close one first."
    retry_after = RETRY_AFTER_SECONDS


class TooManyArchives(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_archives"
    detail = "Too many archives are being downloaded. Finish one first, or retry later."
    retry_after = RETRY_AFTER_SECONDS


class InvalidArchivePart(Problem):
    status = HTTPStatus.BAD_REQUEST
    code = "invalid_archive_part"
    detail = "The archive part is not valid. Create the archive again."


class RangeNotSatisfiable(Problem):
    """The range starts after the end of the representation, which has `size` bytes."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    code = "range_not_satisfiable"
    detail = "The range starts after the end. Request the headers to get the size."

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._size = size

    def response_headers(self) -> dict[str, str]:
        return {"Content-Range": f"bytes */{self._size}"}


class RequestTooLarge(Problem):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "request_too_large"
    detail = "The request body is too large. Upload images to S3 with a presigned POST."


class RequestTimeout(Problem):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "request_timeout"
    detail = "The request timed out. Retry after the seconds in `Retry-After`."
    retry_after = RETRY_AFTER_SECONDS


class DependencyUnavailable(Problem):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "dependency_unavailable"
    detail = "A required service is unavailable. Retry after the seconds in `Retry-After`."
    retry_after = RETRY_AFTER_SECONDS


class InternalError(Problem):
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal_error"
    detail = "An internal error occurred."


#: What every endpoint that requires a credential may answer.
AUTHENTICATED = (Unauthenticated, InsufficientScope, RateLimited, DependencyUnavailable)

#: What every endpoint below a share link may answer.
SHARED = (SharedNotFound, RateLimited, DependencyUnavailable)

#: Errors of AWS and of the table; `_handle_dependency` says which of them are faults of ours.
DEPENDENCY_ERRORS = (ClientError, BotoCoreError, DependencyBusy)

#: What every endpoint that takes `If-Match` may answer.
PRECONDITION = (InvalidPrecondition, PreconditionFailed)

#: The problem of each domain error that endpoints let pass.
DOMAIN_ERRORS: dict[type[Exception], type[Problem]] = {
    ImageNotFound: ImageNotFoundProblem,
    AlbumNotFound: AlbumNotFoundProblem,
    ApiKeyNotFound: ApiKeyNotFoundProblem,
    WebhookNotFound: WebhookNotFoundProblem,
    DeliveryNotFound: DeliveryNotFoundProblem,
    NotInAlbum: NotInAlbumProblem,
    ShareLinkNotFound: ShareLinkNotFoundProblem,
    InvitationNotFound: InvitationNotFoundProblem,
    MemberNotFound: MemberNotFoundProblem,
    AlreadyMember: AlreadyMemberProblem,
    TooManyInvitations: TooManyInvitationsProblem,
    Conflict: Contended,
}


def documented(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of an endpoint that takes input and may answer with these problems."""
    responses = _schema(HTTPStatus.UNPROCESSABLE_ENTITY, INVALID_REQUEST_CODE, INVALID_REQUEST, {})
    for problem in problems:
        add_problem(responses, problem)
    return responses


def add_problem(responses: dict[Any, dict[str, Any]], problem: type[Problem]) -> None:
    """Add a problem to the `responses` of an endpoint, whose statuses are all numbers or all text.

    A status may have several reasons; the description and the codes list all of them.
    """
    is_text = any(isinstance(status, str) for status in responses)
    for status, response in problem.schema().items():
        known = responses.setdefault(str(status) if is_text else status, response)
        if response["description"] not in known["description"]:
            known["description"] += " " + response["description"]
        known["headers"] = known.get("headers", {}) | response["headers"]
        known[CODES_KEY] = sorted({*known.get(CODES_KEY, ()), *response[CODES_KEY]})


def _schema(
    status: HTTPStatus, code: str, description: str, headers: dict[str, Any]
) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    response = {
        "description": description,
        "headers": {**headers},
        "content": content,
        CODES_KEY: [code],
    }
    return {int(status): response}


def problem_schemas() -> dict[str, Any]:
    """Return the schemas that the entries of `documented` refer to."""
    _, schemas = models_json_schema(
        [(ProblemBody, "serialization")], ref_template="#/components/schemas/{model}"
    )
    return dict(schemas["$defs"])


def install_handlers(app: FastAPI) -> None:
    """Render every error of the application as a problem."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


def render_problem(problem: Problem) -> JSONResponse:
    """Return the response for a problem."""
    return _render(problem.status, problem.code, problem.detail, problem.response_headers())


def render_invalid_request(errors: list[FieldError]) -> JSONResponse:
    """Return the response for a request that failed validation."""
    return _render(422, INVALID_REQUEST_CODE, INVALID_REQUEST, errors=errors[:MAX_FIELD_ERRORS])


def render_unexpected(error: Exception) -> JSONResponse:
    """Log an unexpected error, and return a response that does not reveal it."""
    logger.error("unexpected error", exc_info=error)
    return render_problem(InternalError())


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
    return ProblemResponse(_describe(status, code, detail, errors), headers)


async def _handle_problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)  # noqa: S101
    return render_problem(error)


async def _handle_domain_error(_: Request, error: Exception) -> JSONResponse:
    return render_problem(DOMAIN_ERRORS[type(error)]())


async def _handle_invalid_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    # The input is not repeated: it may hold what must not be logged.
    errors = [
        FieldError(location=_locate(item["loc"]), message=item["msg"])
        for item in islice(error.errors(), MAX_FIELD_ERRORS)
    ]
    # FastAPI's frame refers to the error, and the error to the frame. The body in it would be kept
    # until the next garbage collection.
    traceback.clear_frames(error.__traceback__)
    return render_invalid_request(errors)


def _locate(location: tuple[str | int, ...]) -> str:
    """Return the path of a field; its name may contain code points that UTF-8 cannot encode."""
    path = ".".join(str(step) for step in location)[:MAX_LOCATION_LENGTH]
    return path.encode(errors="replace").decode()


async def _handle_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == HTTPStatus.BAD_REQUEST:
        traceback.clear_frames(error.__traceback__)
        # FastAPI could not decode the body.
        return _render(422, INVALID_REQUEST_CODE, INVALID_REQUEST)
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_allowed_methods(request)))
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
    return _render(error.status_code, code, f"{phrase}.", headers)


def _allowed_methods(request: Request) -> set[str]:
    """Return the methods of all routes of the path; the route that rejects knows only its own."""
    methods = {"OPTIONS"}
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return methods | {"HEAD"} if "GET" in methods else methods


async def _handle_group(request: Request, error: Exception) -> Response:
    """Answer for the first of several concurrent errors."""
    assert isinstance(error, ExceptionGroup)  # noqa: S101
    first = error.exceptions[0]
    handler = next(_HANDLERS[kind] for kind in type(first).__mro__ if kind in _HANDLERS)
    return await handler(request, first)


async def _handle_dependency(_: Request, error: Exception) -> JSONResponse:
    """Answer 503 if AWS is down or throttles; any other error of AWS is a fault of the gateway."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if error.response["Error"]["Code"] not in TRANSIENT_CODES and status < 500:
            return render_unexpected(error)
    logger.warning("a dependency failed", exc_info=error)
    return render_problem(DependencyUnavailable())


async def _handle_unexpected(_: Request, error: Exception) -> JSONResponse:
    return render_unexpected(error)


_HANDLERS: dict[type[Exception], Callable[[Request, Any], Awaitable[Response]]] = {
    Problem: _handle_problem,
    **dict.fromkeys(DOMAIN_ERRORS, _handle_domain_error),
    RequestValidationError: _handle_invalid_request,
    HTTPException: _handle_http,
    **dict.fromkeys(DEPENDENCY_ERRORS, _handle_dependency),
    ExceptionGroup: _handle_group,
    Exception: _handle_unexpected,
}
