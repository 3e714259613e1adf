"""How the worker handles each error of Rekognition.

https://docs.aws.amazon.com/rekognition/latest/dg/error-handling.html
"""

from enum import Enum

from botocore.exceptions import ClientError

from sightline.domain.failures import Rejected


class ErrorAction(Enum):
    """How to handle an error."""

    #: Reject the image: the same image or request would fail again.
    REJECT = "reject"
    #: Call again at a lower rate.
    SLOW_DOWN = "slow_down"
    #: Return the message to the queue: AWS or the operator may resolve the cause in the meantime.
    REDELIVER = "redeliver"


#: Every error in the service model of the operations that the worker calls.
ERROR_ACTIONS: dict[str, ErrorAction] = {
    "AccessDeniedException": ErrorAction.REDELIVER,
    "HumanLoopQuotaExceededException": ErrorAction.REDELIVER,
    "ImageTooLargeException": ErrorAction.REJECT,
    "InternalServerError": ErrorAction.REDELIVER,
    "InvalidImageFormatException": ErrorAction.REJECT,
    "InvalidParameterException": ErrorAction.REJECT,
    # The object was deleted, or is not readable yet: the next delivery checks whether it exists.
    "InvalidS3ObjectException": ErrorAction.REDELIVER,
    "ProvisionedThroughputExceededException": ErrorAction.SLOW_DOWN,
    "ResourceNotFoundException": ErrorAction.REDELIVER,
    "ResourceNotReadyException": ErrorAction.REDELIVER,
    "ThrottlingException": ErrorAction.SLOW_DOWN,
}

#: Failure code and message of each error that rejects the image.
REJECTIONS = {
    "ImageTooLargeException": (
        "image_too_large",
        "The image is too large to be recognized.",
    ),
    "InvalidImageFormatException": (
        "unsupported_format",
        "The file is not an image in a format that can be recognized.",
    ),
    "InvalidParameterException": (
        "recognition_refused",
        "The recognition service rejected the image.",
    ),
}


def choose_action(error: ClientError) -> ErrorAction:
    """Return how to handle the error; the message of an unknown error is redelivered."""
    return ERROR_ACTIONS.get(error.response["Error"]["Code"], ErrorAction.REDELIVER)


def build_rejection(error: ClientError) -> Rejected:
    """Return the rejection for an error whose action is `REJECT`."""
    return Rejected(*REJECTIONS[error.response["Error"]["Code"]])
