"""What can go wrong.

SightlineError
├── Unreachable            nothing answers, however often it is asked
├── Problem                what the gateway answered: `status`, `code`, `detail`, `errors`
│   ├── InvalidRequest     400, 422
│   ├── NotSignedIn        401
│   ├── QuotaExceeded      403
│   ├── NotFound           404
│   ├── Conflict           409
│   ├── Changed            412  not any more what it was when it was read
│   ├── TooLarge           413
│   ├── RateLimited        429
│   └── Unavailable        5xx
├── SignInRefused          wrong password, or a step that nobody answered
├── SessionExpired         sign in again
├── UploadRefused          S3 did not take the file
├── NotAPicture            the file is of no kind that Sightline takes
├── NoRendition            there is no such copy of the picture
├── ProcessingFailed       the picture ended as `failed`
└── StillProcessing        the picture did not end in time
"""

import json
from collections.abc import Mapping
from typing import Any

from sightline_client.generated.models import FieldError, ImageView, ProblemBody


class SightlineError(Exception):
    """Any of these."""


class Unreachable(SightlineError):
    """Nothing answers, however often it is asked."""


class SignInRefused(SightlineError):
    """Cognito's `code`, and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ImageGone(SightlineError):
    """The picture was deleted meanwhile."""


class SessionExpired(SightlineError):
    """Nobody is signed in any more."""


class UploadRefused(SightlineError):
    """S3 did not take the file, or did not give it; `code` is its own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NotAPicture(SightlineError):
    """The file is of no kind that Sightline takes."""


class NoRendition(SightlineError):
    """There is no copy of this name; `names` has those that there are."""

    def __init__(self, image_id: str, name: str, names: list[str]) -> None:
        have = ", ".join(names) or "none yet"
        super().__init__(f"{image_id} has no copy called {name!r}; there are: {have}")
        self.names = names


class ProcessingFailed(SightlineError):
    """The picture ended as `failed`: `image` has the reasons."""

    def __init__(self, image: ImageView) -> None:
        failures = [part.failure for part in (image.renditions, image.recognition) if part.failure]
        super().__init__("; ".join(failure.message for failure in failures) or "it failed")
        self.image = image
        self.codes = [failure.code for failure in failures]


class StillProcessing(SightlineError):
    """These pictures, by id, did not end in time."""

    def __init__(self, image_ids: list[str], seconds: float) -> None:
        count = "the picture is" if len(image_ids) == 1 else f"{len(image_ids)} pictures are"
        super().__init__(f"{count} still being processed after {seconds:.0f} seconds")
        self.image_ids = image_ids


class Problem(SightlineError):
    """What the gateway answered (RFC 9457). `code` is stable, `detail` is for people."""

    def __init__(self, body: ProblemBody, headers: Mapping[str, str]) -> None:
        super().__init__(body.detail)
        self.status = body.status
        self.code = body.code
        self.detail = body.detail
        self.errors: list[FieldError] = body.errors or []
        #: As the gateway's logs have it.
        self.request_id = headers.get("x-request-id")
        self.retry_after = headers.get("retry-after")

    def __str__(self) -> str:
        told = "; ".join(f"{each.location}: {each.message}" for each in self.errors)
        return f"{told or self.detail} ({self.status} {self.code})"

    @classmethod
    def of(cls, body: ProblemBody, headers: Mapping[str, str]) -> "Problem":
        """The problem as an exception of the kind that its status says."""
        kind = BY_STATUS.get(body.status, Unavailable if body.status >= 500 else Problem)
        return kind(body, headers)

    @classmethod
    def of_answer(cls, status: int, content: bytes, headers: Mapping[str, str]) -> "Problem":
        """The same of any answer, as something between here and the gateway may give it."""
        told = _read_json(content)
        body = ProblemBody(
            type_=str(told.get("type", "about:blank")),
            code=str(told.get("code", "unexpected_answer")),
            title=str(told.get("title", "")),
            status=status,
            detail=str(told.get("detail", f"An answer came that nobody expected ({status}).")),
        )
        return cls.of(body, headers)


def _read_json(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


class InvalidRequest(Problem):
    pass


class NotSignedIn(Problem):
    pass


class QuotaExceeded(Problem):
    pass


class NotFound(Problem):
    pass


class Conflict(Problem):
    pass


class Changed(Problem):
    pass


class TooLarge(Problem):
    pass


class RateLimited(Problem):
    pass


class Unavailable(Problem):
    pass


BY_STATUS: dict[int, type[Problem]] = {
    400: InvalidRequest,
    401: NotSignedIn,
    403: QuotaExceeded,
    404: NotFound,
    409: Conflict,
    412: Changed,
    413: TooLarge,
    422: InvalidRequest,
    429: RateLimited,
}
