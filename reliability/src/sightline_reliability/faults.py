"""What can go wrong between a service and AWS, and how AWS itself says so.

Pure: which fault befalls a call, and the answer that the real service would give. The proxy acts.
"""

import json
import random
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import parse_qs
from xml.sax.saxutils import escape


class Service(StrEnum):
    """Whom a call is for."""

    S3 = "s3"
    SQS = "sqs"
    SNS = "sns"
    DYNAMODB = "dynamodb"
    REKOGNITION = "rekognition"
    JWKS = "jwks"


class Fault(StrEnum):
    """What befalls one call."""

    #: Answered late, but in time.
    SLOW = "slow"
    #: Answered later than any caller waits.
    TIMEOUT = "timeout"
    #: Refused for coming too often.
    THROTTLE = "throttle"
    #: Refused for a fault of the service's own.
    ERROR = "error"
    #: The connection is cut before the call is carried out.
    RESET = "reset"
    #: Carried out, and then the connection is cut: the caller cannot know.
    LOST = "lost"
    #: Carried out, and the answer breaks off in the middle.
    CUT = "cut"
    #: Refused because another transaction holds the item.
    CONFLICT = "conflict"
    #: A part of a batch is refused.
    PARTIAL = "partial"
    #: One message twice in the same answer, as to two consumers.
    TWICE = "twice"
    #: A message comes again, some time later.
    DUPLICATE = "duplicate"
    #: Messages come in another order.
    REORDER = "reorder"


class Call(NamedTuple):
    """One request to AWS."""

    service: Service
    operation: str
    body: bytes = b""


class Reply(NamedTuple):
    """What is answered in the place of the service."""

    status: int
    media_type: str
    body: bytes


#: Faults that any call may meet, with how often they do where everything goes wrong.
ANYWHERE = {
    Fault.SLOW: 0.02,
    Fault.TIMEOUT: 0.0003,
    Fault.THROTTLE: 0.01,
    Fault.ERROR: 0.008,
    Fault.RESET: 0.006,
    Fault.LOST: 0.008,
    Fault.CUT: 0.002,
}

#: Those that only some operations know.
PARTICULAR: dict[tuple[Service, str], dict[Fault, float]] = {
    (Service.DYNAMODB, "TransactWriteItems"): {Fault.CONFLICT: 0.03},
    (Service.DYNAMODB, "UpdateItem"): {Fault.CONFLICT: 0.01},
    (Service.DYNAMODB, "PutItem"): {Fault.CONFLICT: 0.01},
    (Service.DYNAMODB, "DeleteItem"): {Fault.CONFLICT: 0.01},
    (Service.DYNAMODB, "BatchGetItem"): {Fault.PARTIAL: 0.05},
    (Service.SQS, "DeleteMessageBatch"): {Fault.PARTIAL: 0.05},
    (Service.SQS, "ChangeMessageVisibilityBatch"): {Fault.PARTIAL: 0.05},
    (Service.SQS, "ReceiveMessage"): {
        Fault.TWICE: 0.02,
        Fault.DUPLICATE: 0.05,
        Fault.REORDER: 0.1,
    },
}


def identify(method: str, path: str, headers: dict[str, str], body: bytes) -> Call:
    """Which operation of which service a request asks for; header names in lower case."""
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


def draw(call: Call, chance: random.Random, share: float = 1.0) -> Fault | None:
    """The fault that befalls this call, if any does; `share` scales all of their rates."""
    rates = ANYWHERE | PARTICULAR.get((call.service, call.operation), {})
    point = chance.random()
    for fault, rate in rates.items():
        point -= rate * share
        if point < 0:
            return fault
    return None


def answer(call: Call, fault: Fault, chance: random.Random) -> Reply:
    """What the service says when it throttles, fails, or finds an item held by another."""
    code, status = _code(call, fault, chance)
    match call.service:
        case Service.S3:
            return _s3(call, code, status)
        case Service.SNS:
            return _sns(code, status)
        case Service.JWKS:
            return Reply(status, "text/plain", code.encode())
    document: dict[str, object] = {"__type": _TYPES[call.service] + code, "message": code}
    if code == "TransactionCanceledException":
        document |= _cancellation(call, chance)
    return Reply(status, "application/x-amz-json-1.0", json.dumps(document).encode())


_TYPES = {
    Service.DYNAMODB: "com.amazonaws.dynamodb.v20120810#",
    Service.SQS: "com.amazonaws.sqs#",
    Service.REKOGNITION: "",
}

#: Codes and statuses from each service's API reference, under "Common Errors" and the operations.
_CODES: dict[tuple[Service, Fault], list[tuple[str, int]]] = {
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


def _code(call: Call, fault: Fault, chance: random.Random) -> tuple[str, int]:
    if fault is not Fault.CONFLICT:
        return chance.choice(_CODES[call.service, fault])
    if call.operation == "TransactWriteItems":
        return "TransactionCanceledException", 400
    return "TransactionConflictException", 400


def _cancellation(call: Call, chance: random.Random) -> dict[str, object]:
    """One of the items was held, or its partition throttled; the others were well."""
    count = len(json.loads(call.body)["TransactItems"])
    reasons = [{"Code": "None"} for _ in range(count)]
    code = chance.choice(["TransactionConflict", "TransactionConflict", "ThrottlingError"])
    reasons[chance.randrange(count)] = {"Code": code, "Message": code}
    told = ", ".join(reason["Code"] for reason in reasons)
    return {
        "message": f"Transaction cancelled, please refer cancellation reasons for "
        f"specific reasons [{told}]",
        "CancellationReasons": reasons,
    }


def _s3(call: Call, code: str, status: int) -> Reply:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{escape(code)}</Code></Error>'
    # An answer to HEAD has no body, so S3 can only say the status.
    return Reply(
        status, "application/xml", b"" if call.operation == "HeadObject" else body.encode()
    )


def _sns(code: str, status: int) -> Reply:
    body = (
        '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error>'
        f"<Type>Sender</Type><Code>{escape(code)}</Code><Message>{escape(code)}</Message>"
        "</Error></ErrorResponse>"
    )
    return Reply(status, "text/xml", body.encode())
