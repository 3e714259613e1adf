"""Decide whether an exception says that a dependency is down."""

from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
)
from botocore.exceptions import ConnectionError as AwsConnectionError

from sightline.ports.errors import DependencyBusy

#: Errors of a call that got no response, or no credentials to be sent with.
UNANSWERED = (AwsConnectionError, HTTPClientError, CredentialRetrievalError, NoCredentialsError)

#: Codes that say that no call is permitted at present: too many calls, or missing permissions,
#: which an operator restores.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
#: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
#: https://docs.aws.amazon.com/rekognition/latest/dg/error-handling.html
REFUSED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttled",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "UnrecognizedClientException",
    }
)


def is_outage(error: BaseException) -> bool:
    """Return whether the error is one of an AWS service, and not of the request to it.

    A group of errors is an outage if each of them is.
    """
    match error:
        case BaseExceptionGroup():
            return all(is_outage(each) for each in error.exceptions)
        case ClientError():
            code = error.response.get("Error", {}).get("Code", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            return status >= 500 or code in REFUSED
        case _:
            return isinstance(error, (*UNANSWERED, DependencyBusy, TimeoutError))
