"""The exceptions that the client raises.

SightlineError
├── Unreachable            no response after all retries
├── Problem                an error response of the API: `status`, `code`, `detail`, `errors`
│   ├── InvalidRequest     400, 422
│   ├── Unauthorized       401
│   ├── QuotaExceeded      403
│   ├── NotFound           404
│   ├── Conflict           409
│   ├── PreconditionFailed 412, the resource has changed since it was fetched
│   ├── PayloadTooLarge    413
│   ├── RateLimited        429
│   └── ServerError        5xx
├── SignInRejected         wrong password, or an unanswered challenge
├── SessionExpired         no session, or one that cannot be renewed; sign in again
├── StorageError           S3 rejected an upload or a download
├── FileError              a local file cannot be read or written; also an `OSError`
├── UnsupportedFileType    the file's format is not supported, or it is not a regular file
├── FileChanged            the file's content changed between hashing and sending
├── RenditionNotFound      the image has no rendition of this name
├── InvalidCaptureTime     a time of capture that cannot be shifted
├── ImageDeleted           the image was deleted while the client waited for it
├── ProcessingFailed       the image's status is `failed`
├── ProcessingTimeout      processing did not finish in time
├── UnexpectedResponse     a response that this version of the client cannot read
└── InvalidConfiguration   an invalid URL, or a missing optional package
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sightline_client.generated.models import FieldError, ImageView, ProblemBody


class SightlineError(Exception):
    """The base class of all errors of this client."""


class Unreachable(SightlineError):
    """No response after all retries."""


class UnexpectedResponse(SightlineError):
    """A response that this version of the client cannot read."""


class InvalidConfiguration(SightlineError):
    """A URL is invalid, or an optional package is not installed."""


class SignInRejected(SightlineError):
    """Cognito rejected the sign-in; `code` is Cognito's error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class InvalidCaptureTime(SightlineError):
    """The image has no time of capture to shift, or the result is not in the calendar."""


class ImageDeleted(SightlineError):
    """The image was deleted while the client waited for it."""


class SessionExpired(SightlineError):
    """There is no session, or it cannot be renewed. Sign in again."""


class StorageError(SightlineError):
    """S3 rejected an upload or a download; `code` is S3's error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FileError(SightlineError, OSError):
    """A local file cannot be read or written; `errno` and `filename` as in `OSError`."""

    @classmethod
    def from_error(cls, error: OSError | ValueError) -> "FileError":
        """Return the error with the same code, text and file name."""
        if isinstance(error, OSError) and error.errno is not None:
            return cls(error.errno, error.strerror, error.filename)
        return cls(str(error))

    def __str__(self) -> str:
        if self.errno is None:
            return OSError.__str__(self)
        return f"{self.filename}: {self.strerror}" if self.filename else str(self.strerror)


@contextmanager
def convert_file_errors(
    kinds: tuple[type[OSError | ValueError], ...] = (OSError,),
) -> Iterator[None]:
    """Raise `FileError` for errors of these kinds, such as the `ValueError` of a closed stream."""
    try:
        yield
    except SightlineError:
        raise
    except kinds as error:
        raise FileError.from_error(error) from error


class UnsupportedFileType(SightlineError):
    """The file's format is not supported, or it is a FIFO, a socket or a device."""


class FileChanged(SightlineError):
    """The file's content changed between hashing and sending."""


class RenditionNotFound(SightlineError):
    """The image has no rendition of this name; `names` lists the existing ones."""

    def __init__(self, image_id: str, name: str, names: list[str]) -> None:
        available = ", ".join(names) or "none yet"
        super().__init__(f"image {image_id} has no rendition {name!r} (available: {available})")
        self.names = names


class ProcessingFailed(SightlineError):
    """Processing failed: `image` is the failed image, `codes` are the reasons."""

    def __init__(self, image: ImageView) -> None:
        failures = [part.failure for part in (image.renditions, image.recognition) if part.failure]
        super().__init__("; ".join(failure.message for failure in failures) or "processing failed")
        self.image = image
        self.codes = [failure.code for failure in failures]


class ProcessingTimeout(SightlineError):
    """Processing did not finish in time; `image_ids` are the unfinished images."""

    def __init__(self, image_ids: list[str], seconds: float) -> None:
        subject = "the image is" if len(image_ids) == 1 else f"{len(image_ids)} images are"
        super().__init__(f"{subject} still being processed after {seconds:.0f} seconds")
        self.image_ids = image_ids


class Problem(SightlineError):
    """An error response of the API (RFC 9457): `code` is stable, `detail` is for people."""

    def __init__(self, body: ProblemBody, headers: Mapping[str, str]) -> None:
        super().__init__(body.detail)
        self.status = body.status
        self.code = body.code
        self.detail = body.detail
        self.errors: list[FieldError] = body.errors or []
        #: The request ID in the API's logs.
        self.request_id = headers.get("x-request-id")
        self.retry_after = headers.get("retry-after")

    def __str__(self) -> str:
        errors = "; ".join(f"{each.location}: {each.message}" for each in self.errors)
        return f"{errors or self.detail} ({self.status} {self.code})"

    @classmethod
    def from_body(cls, body: ProblemBody, headers: Mapping[str, str]) -> "Problem":
        """Return the problem as the exception class of its code or status."""
        by_status = BY_STATUS.get(body.status, ServerError if body.status >= 500 else Problem)
        kind = BY_CODE.get(body.code, by_status)
        return kind(body, headers)

    @classmethod
    def from_response(cls, status: int, content: bytes, headers: Mapping[str, str]) -> "Problem":
        """Return a problem for any error response, including one of a proxy in between."""
        fields = _parse_object(content)
        body = ProblemBody(
            type_=str(fields.get("type", "about:blank")),
            code=str(fields.get("code", "unexpected_response")),
            title=str(fields.get("title", "")),
            status=status,
            detail=str(fields.get("detail", f"Unexpected response with status {status}.")),
        )
        return cls.from_body(body, headers)


def _parse_object(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


class InvalidRequest(Problem):
    pass


class Unauthorized(Problem):
    pass


class Forbidden(Problem):
    pass


class QuotaExceeded(Forbidden):
    pass


class MissingScope(Forbidden):
    """The API key lacks a scope, or the operation does not accept API keys."""


class NotFound(Problem):
    pass


class Conflict(Problem):
    pass


class PreconditionFailed(Problem):
    pass


class PayloadTooLarge(Problem):
    pass


class RateLimited(Problem):
    pass


class ServerError(Problem):
    pass


BY_STATUS: dict[int, type[Problem]] = {
    400: InvalidRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: PreconditionFailed,
    413: PayloadTooLarge,
    422: InvalidRequest,
    429: RateLimited,
}

BY_CODE: dict[str, type[Problem]] = {
    "insufficient_scope": MissingScope,
    "quota_exceeded": QuotaExceeded,
}
