"""Validation of JSON responses against Rekognition's service model."""

import re
from typing import Any

import botocore.session

#: botocore's shape classes differ only by their `type_name`.
Shape = Any

MODEL: Any = botocore.session.get_session().get_service_model("rekognition")


def check_response(operation: str, response: Any) -> None:
    """Raise `AssertionError` for the first member that differs from the model."""
    check_shape(operation, MODEL.operation_model(operation).output_shape, response)


def check_error(operation: str, code: str, body: Any) -> None:
    """Check an error response, which must be one of the operation's errors."""
    errors = {shape.name: shape for shape in MODEL.operation_model(operation).error_shapes}
    assert code in errors, f"{operation} does not declare {code}"
    members = {name: value for name, value in body.items() if name not in {"__type", "Message"}}
    check_shape(code, errors[code], members)


def check_shape(path: str, shape: Shape, value: Any) -> None:
    match shape.type_name:
        case "structure":
            assert isinstance(value, dict), f"{path} is not a structure"
            unknown = set(value) - set(shape.members)
            assert not unknown, f"{path} has unknown members {unknown}"
            missing = set(shape.required_members) - set(value)
            assert not missing, f"{path} lacks {missing}"
            for name, member in value.items():
                check_shape(f"{path}.{name}", shape.members[name], member)
        case "list":
            assert isinstance(value, list), f"{path} is not a list"
            _check_range(path, shape, len(value))
            for index, member in enumerate(value):
                check_shape(f"{path}[{index}]", shape.member, member)
        case "string":
            assert isinstance(value, str), f"{path} is not a string"
            _check_range(path, shape, len(value))
            allowed = shape.metadata.get("enum")
            assert not allowed or value in allowed, f"{path} must not be {value!r}"
            pattern = shape.metadata.get("pattern")
            assert not pattern or re.fullmatch(pattern, value), f"{path} is {value!r}"
        case "integer" | "long":
            assert type(value) is int, f"{path} is not an integer"
            _check_range(path, shape, value)
        case "float" | "double":
            assert type(value) in {int, float}, f"{path} is not a number"
            _check_range(path, shape, value)
        case "boolean":
            assert isinstance(value, bool), f"{path} is not a boolean"
        case other:
            raise AssertionError(f"{path} has the unsupported type {other}")


def _check_range(path: str, shape: Shape, value: float) -> None:
    low = shape.metadata.get("min", value)
    high = shape.metadata.get("max", value)
    assert low <= value <= high, f"{path} is {value}, not from {low} to {high}"
