"""Convert Python values to and from the attribute values of DynamoDB.

boto3 has the same at ten times the cost: it looks up a method by name for every value, and converts
every number to a `Decimal`. Here a float survives the round trip unchanged.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

import base64
from collections.abc import Callable
from decimal import Decimal
from typing import Any

#: A value by the code of its type, as in `{"S": "text"}`.
Attribute = dict[str, Any]


def serialize(value: Any) -> Attribute:
    """Return the attribute value of a string, number, boolean, bytes, None, set, list or map.

    A set has strings.
    """
    return _SERIALIZERS[type(value)](value)


def deserialize(attribute: Attribute) -> Any:
    """Return the Python value of an attribute value."""
    ((kind, value),) = attribute.items()
    return _DESERIALIZERS[kind](value)


def read_binary(attribute: Attribute) -> bytes:
    """Return the bytes, which botocore decodes and the HTTP fast path leaves in Base64."""
    value: bytes | str = attribute["B"]
    return base64.b64decode(value) if isinstance(value, str) else value


def _parse_number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


_SERIALIZERS: dict[type, Callable[[Any], Attribute]] = {
    str: lambda value: {"S": value},
    bool: lambda value: {"BOOL": value},
    bytes: lambda value: {"B": value},
    int: lambda value: {"N": str(value)},
    Decimal: lambda value: {"N": str(value)},
    float: lambda value: {"N": repr(value)},
    type(None): lambda _: {"NULL": True},
    list: lambda value: {"L": [serialize(each) for each in value]},
    dict: lambda value: {"M": {name: serialize(each) for name, each in value.items()}},
    set: lambda value: {"SS": sorted(value)},
    frozenset: lambda value: {"SS": sorted(value)},
}

_DESERIALIZERS: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "BOOL": bool,
    "B": lambda value: read_binary({"B": value}),
    "N": _parse_number,
    "NULL": lambda _: None,
    "L": lambda value: [deserialize(each) for each in value],
    "M": lambda value: {name: deserialize(each) for name, each in value.items()},
    "SS": set,
}
