"""What is written is what boto3 would write, and what is read is what was meant."""

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
def test_values_are_written_as_boto3_writes_them(value: Any) -> None:
    ours: Any = serialize(value)
    theirs: Any = TypeSerializer().serialize(value)
    if "SS" in theirs:
        theirs["SS"].sort()
    assert ours == theirs
    assert deserialize(ours) == TypeDeserializer().deserialize(theirs) == value


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_the_same_after_it_was_kept(number: float) -> None:
    """DynamoDB gives a number back in its own way: without zeros at the end, for one."""
    written: Any = serialize(number)
    kept = TypeDeserializer().deserialize(written)
    assert isinstance(kept, Decimal)
    given_back = {"N": format(kept.normalize(), "f")}
    assert deserialize(given_back) == deserialize(written) == number


@pytest.mark.parametrize("value", [b"bytes", object(), (1, 2)])
def test_other_kinds_are_refused(value: Any) -> None:
    with pytest.raises((KeyError, TypeError)):
        serialize(value)
