"""Attribute values are the same as those of boto3, and survive a round trip."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from sightline.adapters.dynamo.attribute_values import deserialize, serialize

VALUES = [
    "text",
    "",
    "ä€😀",
    True,
    False,
    None,
    0,
    -17,
    2**53,
    [],
    {},
    ["a", 1, None, [True], {"b": []}],
    {"a": {"b": ["c"]}, "": 1},
    {"a", "b"},
    frozenset({"a"}),
]

NUMBERS = [0.0, 100.0, 99.9364013671875, 0.1, 1e-07, -2.5e10]


def _name(value: Any) -> str:
    return repr(sorted(value) if isinstance(value, set) else value)


@pytest.mark.parametrize("value", VALUES, ids=_name)
def test_serialize_returns_the_same_as_boto3(value: Any) -> None:
    ours: Any = serialize(value)
    theirs: Any = TypeSerializer().serialize(value)
    if "SS" in theirs:
        theirs["SS"].sort()
    assert ours == theirs
    assert deserialize(ours) == TypeDeserializer().deserialize(theirs) == value


@pytest.mark.parametrize("number", NUMBERS)
def test_float_survives_the_round_trip(number: float) -> None:
    """DynamoDB normalizes numbers, for example without trailing zeros."""
    written: Any = serialize(number)
    stored = TypeDeserializer().deserialize(written)
    assert isinstance(stored, Decimal)
    returned = {"N": format(stored.normalize(), "f")}
    assert deserialize(returned) == deserialize(written) == number


@pytest.mark.parametrize("value", [object(), (1, 2), bytearray(b"bytes")])
def test_serialize_rejects_other_types(value: Any) -> None:
    with pytest.raises((KeyError, TypeError)):
        serialize(value)
