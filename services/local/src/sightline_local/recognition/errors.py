"""Errors of the emulator, named as in Rekognition's service model.

    ServiceError
    ├── AccessDenied                  no model is installed for the operation
    ├── HumanLoopQuotaExceeded        human review was requested
    ├── ImageTooLarge
    ├── InternalError                 unexpected error, or S3 failed
    ├── InvalidImageFormat            neither JPEG nor PNG, or damaged
    ├── InvalidParameter
    ├── InvalidS3Object
    ├── ResourceNotFound              a custom model was requested
    ├── ResourceNotReady              the model download is incomplete
    ├── Throttling, ProvisionedThroughputExceeded
    └── Serialization, UnknownOperation     protocol errors, not in the service model

https://docs.aws.amazon.com/rekognition/latest/dg/error-handling.html
"""

from typing import ClassVar


class ServiceError(Exception):
    """An error response; `code` is the AWS error code, `status` the HTTP status."""

    code: ClassVar[str]
    status: ClassVar[int] = 400
    #: Members of the error shape besides the message.
    details: ClassVar[dict[str, str]] = {}

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class AccessDenied(ServiceError):
    code = "AccessDeniedException"


class HumanLoopQuotaExceeded(ServiceError):
    """Human review is not available: the quota is zero."""

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
    # The service model declares it a server fault.
    status = 500


class ProvisionedThroughputExceeded(ServiceError):
    code = "ProvisionedThroughputExceededException"


class Serialization(ServiceError):
    code = "SerializationException"


class UnknownOperation(ServiceError):
    code = "UnknownOperationException"
