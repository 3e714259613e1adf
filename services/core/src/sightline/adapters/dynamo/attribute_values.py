"""Attribute values as DynamoDB's JSON has them, and what they mean.

boto3 has the same, at ten times the cost: it looks for a method by name for every value, and makes
a `Decimal` of every number. A number that came from a float gives the same float again.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

#: One type by its letter, and the value, as in `{"S": "text"}`.
Attribute = dict[str, Any]


def serialize(value: Any) -> Attribute:
    """Text, numbers, truth, nothing, sets of text, and lists and maps of such."""
    return _WRITERS[type(value)](value)


def deserialize(attribute: Attribute) -> Any:
    ((kind, value),) = attribute.items()
    return _READERS[kind](value)


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


_WRITERS: dict[type, Callable[[Any], Attribute]] = {
    str: lambda value: {"S": value},
    bool: lambda value: {"BOOL": value},
    int: lambda value: {"N": str(value)},
    Decimal: lambda value: {"N": str(value)},
    float: lambda value: {"N": repr(value)},
    type(None): lambda _: {"NULL": True},
    list: lambda value: {"L": [serialize(each) for each in value]},
    dict: lambda value: {"M": {name: serialize(each) for name, each in value.items()}},
    set: lambda value: {"SS": sorted(value)},
    frozenset: lambda value: {"SS": sorted(value)},
}

_READERS: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "BOOL": bool,
    "N": _number,
    "NULL": lambda _: None,
    "L": lambda value: [deserialize(each) for each in value],
    "M": lambda value: {name: deserialize(each) for name, each in value.items()},
    "SS": set,
}
