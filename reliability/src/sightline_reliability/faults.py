"""Faults between a service and AWS, and the error responses that AWS sends for them.

Pure functions: which fault a call gets, and the response of the real service. The proxy injects
them.
"""

import json
import random
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import parse_qs
from xml.sax.saxutils import escape


class Service(StrEnum):
    """The service that a call is for."""

    S3 = "s3"
    SQS = "sqs"
    SNS = "sns"
    DYNAMODB = "dynamodb"
    REKOGNITION = "rekognition"
    JWKS = "jwks"


class Fault(StrEnum):
    """The fault injected into one call."""

    #: The response is late, but within every client's timeout.
    SLOW = "slow"
    #: The response is later than any client's timeout.
    TIMEOUT = "timeout"
    #: Rejected by the service's rate limit.
    THROTTLE = "throttle"
    #: Rejected with a server-side error.
    ERROR = "error"
    #: The connection is reset before the call is executed.
    RESET = "reset"
    #: The call is executed, then the connection is reset: the client cannot know the result.
    LOST_RESPONSE = "lost response"
    #: The call is executed, and the response body ends half way.
    TRUNCATED_RESPONSE = "truncated response"
    #: Rejected because a concurrent transaction holds the item.
    CONFLICT = "conflict"
    #: One entry of a batch is rejected.
    PARTIAL_BATCH = "partial batch"
    #: One message appears twice in the same response, as if delivered to two consumers.
    DUPLICATE = "duplicate"
    #: A message is delivered again some seconds later.
    REDELIVERY = "redelivery"
    #: Messages are delivered in another order.
    REORDER = "reorder"
    #: An event of S3 is delivered again at the end, as if it were a day old.
    LATE_EVENT = "late event"
    #: S3 has no space for the object, and rejects it.
    FULL_DISK = "full disk"


class Call(NamedTuple):
    """One request to AWS."""

    service: Service
    operation: str
    body: bytes = b""


class ErrorResponse(NamedTuple):
    """An error response sent in place of the service's own response."""

    status: int
    media_type: str
    body: bytes


#: Faults of every operation, with their probability per call at a rate multiplier of 1.
COMMON_FAULT_RATES = {
    Fault.SLOW: 0.02,
    Fault.TIMEOUT: 0.0003,
    Fault.THROTTLE: 0.01,
    Fault.ERROR: 0.008,
    Fault.RESET: 0.006,
    Fault.LOST_RESPONSE: 0.008,
    Fault.TRUNCATED_RESPONSE: 0.002,
}

#: Additional faults of single operations, as probabilities per call.
OPERATION_FAULT_RATES: dict[tuple[Service, str], dict[Fault, float]] = {
    (Service.DYNAMODB, "TransactWriteItems"): {Fault.CONFLICT: 0.03},
    (Service.DYNAMODB, "UpdateItem"): {Fault.CONFLICT: 0.01},
    (Service.DYNAMODB, "PutItem"): {Fault.CONFLICT: 0.01},
    (Service.DYNAMODB, "DeleteItem"): {Fault.CONFLICT: 0.01},
    (Service.DYNAMODB, "BatchGetItem"): {Fault.PARTIAL_BATCH: 0.05},
    (Service.SQS, "DeleteMessageBatch"): {Fault.PARTIAL_BATCH: 0.05},
    (Service.SQS, "ChangeMessageVisibilityBatch"): {Fault.PARTIAL_BATCH: 0.05},
    (Service.SQS, "ReceiveMessage"): {
        Fault.DUPLICATE: 0.02,
        Fault.REDELIVERY: 0.05,
        Fault.REORDER: 0.1,
    },
}


def identify_call(method: str, path: str, headers: dict[str, str], body: bytes) -> Call:
    """Return the service and operation of a request; `headers` has lower-case names."""
    service, _, operation = headers.get("x-amz-target", "").partition(".")
    if operation:
        return Call(_TARGETS[service.partition("_")[0]], operation, body)
    if path.endswith("/jwks.json"):
        return Call(Service.JWKS, "GetKeys", body)
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return Call(Service.SNS, parse_qs(body.decode()).get("Action", ["?"])[0], body)
    return Call(Service.S3, f"{method.title()}Object", body)


_TARGETS = {
    "DynamoDB": Service.DYNAMODB,
    "AmazonSQS": Service.SQS,
    "RekognitionService": Service.REKOGNITION,
}


def choose_fault(call: Call, rng: random.Random, rate_multiplier: float = 1.0) -> Fault | None:
    """Draw the fault for this call, or None; `rate_multiplier` scales every probability."""
    rates = COMMON_FAULT_RATES | OPERATION_FAULT_RATES.get((call.service, call.operation), {})
    point = rng.random()
    for fault, rate in rates.items():
        point -= rate * rate_multiplier
        if point < 0:
            return fault
    return None


def build_error_response(call: Call, fault: Fault, rng: random.Random) -> ErrorResponse:
    """Return what the service responds when it throttles, fails or detects a conflict."""
    code, status = _choose_error_code(call, fault, rng)
    match call.service:
        case Service.S3:
            return _build_s3_error(call, code, status)
        case Service.SNS:
            return _build_sns_error(code, status)
        case Service.JWKS:
            return ErrorResponse(status, "text/plain", code.encode())
    document: dict[str, object] = {"__type": _TYPE_PREFIXES[call.service] + code, "message": code}
    if code == "TransactionCanceledException":
        document |= _build_cancellation(call, rng)
    return ErrorResponse(status, "application/x-amz-json-1.0", json.dumps(document).encode())


_TYPE_PREFIXES = {
    Service.DYNAMODB: "com.amazonaws.dynamodb.v20120810#",
    Service.SQS: "com.amazonaws.sqs#",
    Service.REKOGNITION: "",
}

#: Error codes and statuses from each service's API reference ("Common Errors" and the operations).
ERROR_CODES: dict[tuple[Service, Fault], list[tuple[str, int]]] = {
    (Service.S3, Fault.THROTTLE): [("SlowDown", 503)],
    (Service.S3, Fault.ERROR): [("InternalError", 500), ("ServiceUnavailable", 503)],
    (Service.SQS, Fault.THROTTLE): [("RequestThrottled", 400), ("ThrottlingException", 400)],
    (Service.SQS, Fault.ERROR): [("InternalFailure", 500), ("ServiceUnavailable", 503)],
    (Service.SNS, Fault.THROTTLE): [("Throttled", 429)],
    (Service.SNS, Fault.ERROR): [("InternalError", 500)],
    (Service.DYNAMODB, Fault.THROTTLE): [
        ("ThrottlingException", 400),
        ("ProvisionedThroughputExceededException", 400),
        ("RequestLimitExceeded", 400),
    ],
    (Service.DYNAMODB, Fault.ERROR): [("InternalServerError", 500), ("ServiceUnavailable", 503)],
    (Service.REKOGNITION, Fault.THROTTLE): [
        ("ThrottlingException", 400),
        ("ProvisionedThroughputExceededException", 400),
    ],
    (Service.REKOGNITION, Fault.ERROR): [("InternalServerError", 500)],
    (Service.JWKS, Fault.THROTTLE): [("Too Many Requests", 429)],
    (Service.JWKS, Fault.ERROR): [("Service Unavailable", 503)],
}


def _choose_error_code(call: Call, fault: Fault, rng: random.Random) -> tuple[str, int]:
    if fault is not Fault.CONFLICT:
        return rng.choice(ERROR_CODES[call.service, fault])
    if call.operation == "TransactWriteItems":
        return "TransactionCanceledException", 400
    return "TransactionConflictException", 400


def _build_cancellation(call: Call, rng: random.Random) -> dict[str, object]:
    """One item is in conflict or its partition throttled; the other items have no error."""
    count = len(json.loads(call.body)["TransactItems"])
    reasons = [{"Code": "None"} for _ in range(count)]
    code = rng.choice(["TransactionConflict", "TransactionConflict", "ThrottlingError"])
    reasons[rng.randrange(count)] = {"Code": code, "Message": code}
    codes = ", ".join(reason["Code"] for reason in reasons)
    return {
        "message": f"Transaction cancelled, please refer cancellation reasons for "
        f"specific reasons [{codes}]",
        "CancellationReasons": reasons,
    }


def _build_s3_error(call: Call, code: str, status: int) -> ErrorResponse:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{escape(code)}</Code></Error>'
    # A response to HEAD has no body, so S3 reports the error by the status only.
    return ErrorResponse(
        status, "application/xml", b"" if call.operation == "HeadObject" else body.encode()
    )


def _build_sns_error(code: str, status: int) -> ErrorResponse:
    body = (
        '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error>'
        f"<Type>Sender</Type><Code>{escape(code)}</Code><Message>{escape(code)}</Message>"
        "</Error></ErrorResponse>"
    )
    return ErrorResponse(status, "text/xml", body.encode())
