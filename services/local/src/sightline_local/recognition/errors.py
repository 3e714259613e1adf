"""What can be wrong with a call, by the names of Rekognition's service model.

    ServiceError
    ├── AccessDenied                  nobody here can do that: the model for it is not there
    ├── HumanLoopQuotaExceeded        a human review was asked for
    ├── ImageTooLarge
    ├── InternalError                 our fault, or the storage's
    ├── InvalidImageFormat            neither JPEG nor PNG, or damaged
    ├── InvalidParameter
    ├── InvalidS3Object
    ├── ResourceNotFound              a model of one's own was asked for
    ├── ResourceNotReady              the model is still being fetched
    ├── Throttling, ProvisionedThroughputExceeded
    └── Serialization, UnknownOperation     of the protocol itself, in no service model

https://docs.aws.amazon.com/rekognition/latest/dg/error-handling.html
"""

from typing import ClassVar


class ServiceError(Exception):
    """An answer to the client. `code` is the service's name for it, `status` the HTTP status."""

    code: ClassVar[str]
    status: ClassVar[int] = 400
    #: Members of the error's shape other than the message.
    details: ClassVar[dict[str, str]] = {}

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class AccessDenied(ServiceError):
    code = "AccessDeniedException"


class HumanLoopQuotaExceeded(ServiceError):
    """There is nobody here to review anything: the quota is nought."""

    code = "HumanLoopQuotaExceededException"
    details: ClassVar[dict[str, str]] = {
        "ResourceType": "HumanLoop",
        "QuotaCode": "none",
        "ServiceCode": "sightline-local",
    }


class ImageTooLarge(ServiceError):
    code = "ImageTooLargeException"


class InternalError(ServiceError):
    code = "InternalServerError"
    status = 500


class InvalidImageFormat(ServiceError):
    code = "InvalidImageFormatException"


class InvalidParameter(ServiceError):
    code = "InvalidParameterException"


class InvalidS3Object(ServiceError):
    code = "InvalidS3ObjectException"


class ResourceNotFound(ServiceError):
    code = "ResourceNotFoundException"


class ResourceNotReady(ServiceError):
    code = "ResourceNotReadyException"


class Throttling(ServiceError):
    code = "ThrottlingException"
    # The service model calls it a fault, so the status is one of the server's.
    status = 500


class ProvisionedThroughputExceeded(ServiceError):
    code = "ProvisionedThroughputExceededException"


class Serialization(ServiceError):
    code = "SerializationException"


class UnknownOperation(ServiceError):
    code = "UnknownOperationException"
