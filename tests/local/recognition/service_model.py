"""Whether a JSON answer is what Rekognition's service model says it is."""

import re
from typing import Any

import botocore.session

#: botocore's classes of shapes are told apart by their `type_name` only.
Shape = Any

MODEL: Any = botocore.session.get_session().get_service_model("rekognition")


def check_answer(operation: str, answer: Any) -> None:
    """Raises `AssertionError` that names the first member that is not as modelled."""
    check_shape(operation, MODEL.operation_model(operation).output_shape, answer)


def check_error(operation: str, code: str, answer: Any) -> None:
    """The same for an error, which must also be one of the operation's own."""
    errors = {shape.name: shape for shape in MODEL.operation_model(operation).error_shapes}
    assert code in errors, f"{operation} knows no {code}"
    members = {name: value for name, value in answer.items() if name not in {"__type", "Message"}}
    check_shape(code, errors[code], members)


def check_shape(place: str, shape: Shape, value: Any) -> None:
    match shape.type_name:
        case "structure":
            assert isinstance(value, dict), f"{place} is no structure"
            unknown = set(value) - set(shape.members)
            assert not unknown, f"{place} has unknown members {unknown}"
            missing = set(shape.required_members) - set(value)
            assert not missing, f"{place} lacks {missing}"
            for name, member in value.items():
                check_shape(f"{place}.{name}", shape.members[name], member)
        case "list":
            assert isinstance(value, list), f"{place} is no list"
            _check_range(place, shape, len(value))
            for index, member in enumerate(value):
                check_shape(f"{place}[{index}]", shape.member, member)
        case "string":
            assert isinstance(value, str), f"{place} is no string"
            _check_range(place, shape, len(value))
            allowed = shape.metadata.get("enum")
            assert not allowed or value in allowed, f"{place} may not be {value!r}"
            pattern = shape.metadata.get("pattern")
            assert not pattern or re.fullmatch(pattern, value), f"{place} is {value!r}"
        case "integer" | "long":
            assert type(value) is int, f"{place} is no integer"
            _check_range(place, shape, value)
        case "float" | "double":
            assert type(value) in {int, float}, f"{place} is no number"
            _check_range(place, shape, value)
        case "boolean":
            assert isinstance(value, bool), f"{place} is neither true nor false"
        case other:
            raise AssertionError(f"{place} is of type {other}, which this check does not know")


def _check_range(place: str, shape: Shape, value: float) -> None:
    low = shape.metadata.get("min", value)
    high = shape.metadata.get("max", value)
    assert low <= value <= high, f"{place} is {value}, not from {low} to {high}"
